//! What a word that the pack does not know may be meant to be: repeated letters, digits for letters, stars, words run
//! together or torn apart, a letter that is wrong.

use crate::safety::fold::{Folded, Kind};
use crate::safety::pack_tokens::is_one_letter;
use crate::safety::pack_words::{FUZZY_BYTES_MIN, Words, letter_bit};

/// Longest word that is looked at for misspellings, in bytes.
const WORD_BYTES_MAX: usize = 40;
/// Longest such word, in bytes.
const FUZZY_BYTES_MAX: usize = 16;
/// Fewest letters apart that are read as one word.
const SPACED_MIN: usize = 3;

impl Words {
    /// What an unknown word may be meant to be.
    pub(crate) fn guess(&self, word: &str) -> Option<Vec<u16>> {
        if word.len() > WORD_BYTES_MAX {
            return None;
        }
        let is_ascii_letters = word.bytes().all(|byte| byte.is_ascii_lowercase());
        if !is_ascii_letters && word.is_ascii() && word.bytes().any(|byte| byte.is_ascii_lowercase()) {
            for plain in unleet(word) {
                let found = self.known_owned(&plain).or_else(|| self.squeezed(&plain)).or_else(|| self.joined(&plain));
                if found.is_some() || plain.contains('*') {
                    return found.or_else(|| self.starred(&plain));
                }
            }
            return None;
        }
        self.squeezed(word).or_else(|| self.joined(word)).or_else(|| self.nearly(word))
    }

    /// Without letters that are repeated: "diiiie".
    fn squeezed(&self, word: &str) -> Option<Vec<u16>> {
        let bytes = word.as_bytes();
        if !bytes.windows(2).any(|pair| pair[0] == pair[1]) {
            return None;
        }
        for most in [2, 1] {
            let mut out = String::with_capacity(word.len());
            let mut run = 0;
            let mut last = None;
            for c in word.chars() {
                run = if last == Some(c) { run + 1 } else { 1 };
                last = Some(c);
                if run <= most {
                    out.push(c);
                }
            }
            if out != word
                && let Some(found) = self.known_owned(&out).or_else(|| self.joined(&out))
            {
                return Some(found);
            }
        }
        None
    }

    /// A guarded word with stars for letters: "k*ll".
    fn starred(&self, word: &str) -> Option<Vec<u16>> {
        let fits =
            |each: &str| each.len() == word.len() && each.bytes().zip(word.bytes()).all(|(a, b)| a == b || b == b'*');
        let letters = word.bytes().filter(|byte| *byte != b'*').count();
        if letters < 2 {
            return None;
        }
        let mut found: Vec<(&String, &u16)> = self.guard.iter().filter(|(each, _)| fits(each)).collect();
        found.sort();
        found.first().map(|(_, id)| vec![**id])
    }

    /// Words run together, if one of them is guarded: "killmyself".
    fn joined(&self, word: &str) -> Option<Vec<u16>> {
        if word.len() < 6 || !word.is_ascii() || !self.stems.iter().any(|stem| word.contains(stem.as_str())) {
            return None;
        }
        self.split(word)
    }

    /// The fewest known words that a word is made of, one of them guarded.
    fn split(&self, word: &str) -> Option<Vec<u16>> {
        let length = word.len();
        // For each end: how many pieces, and where the last one begins.
        let mut best: Vec<Option<(usize, usize)>> = vec![None; length + 1];
        best[0] = Some((0, 0));
        for end in 1..=length {
            for start in end.saturating_sub(14)..end {
                let Some((pieces, _)) = best[start] else { continue };
                let piece = &word[start..end];
                let is_word = (piece.len() > 1 || matches!(piece, "i" | "a")) && self.forms.contains_key(piece);
                if is_word && best[end].is_none_or(|(fewest, _)| pieces + 1 < fewest) {
                    best[end] = Some((pieces + 1, start));
                }
            }
        }
        let mut pieces = Vec::new();
        let mut end = length;
        while end > 0 {
            let (_, start) = best[end]?;
            pieces.push(&word[start..end]);
            end = start;
        }
        pieces.reverse();
        let is_guarded = pieces.iter().any(|piece| self.guard.contains_key(*piece));
        is_guarded.then(|| pieces.iter().flat_map(|piece| self.known(piece).unwrap_or_default()).copied().collect())
    }

    /// A word with one letter wrong, missing, too many, or two that changed places.
    fn nearly(&self, word: &str) -> Option<Vec<u16>> {
        if word.len() + 1 < FUZZY_BYTES_MIN
            || word.len() > FUZZY_BYTES_MAX
            || !word.is_ascii()
            || letter_bit(word) & self.near_begins == 0
        {
            return None;
        }
        let mut shorter = String::with_capacity(word.len());
        for at in 0..=word.len() {
            shorter.clear();
            shorter.push_str(&word[..at]);
            shorter.push_str(word.get(at + 1..).unwrap_or(""));
            let candidates = self.near.get(shorter.as_str()).into_iter().flatten();
            for candidate in candidates {
                if strsim::osa_distance(candidate, word) <= 1 {
                    return self.known_owned(candidate);
                }
            }
        }
        None
    }

    /// Single letters with spaces or signs between: "k i l l  m e"; the words, and how many parts they take.
    pub(crate) fn spaced(&self, folded: &Folded, at: usize) -> Option<(Vec<u16>, usize)> {
        let mut letters = String::new();
        let mut ends = Vec::new();
        let mut next = at;
        while let Some(part) = folded.parts.get(next) {
            match part.kind {
                Kind::Word if is_one_letter(folded.word(*part)) && letters.len() < WORD_BYTES_MAX => {
                    letters.push_str(folded.word(*part));
                    ends.push(next + 1);
                }
                Kind::Word => break,
                Kind::Weak | Kind::Strong => {}
            }
            next += 1;
        }
        if letters.len() < SPACED_MIN {
            return None;
        }
        let plain = unleet(&letters).into_iter().next().unwrap_or(letters);
        // What follows may begin with a letter of its own: the longest beginning that is made of words counts.
        for length in (SPACED_MIN..=plain.len().min(ends.len())).rev() {
            if let Some(ids) = plain.get(..length).and_then(|head| self.split(head)) {
                return Some((ids, ends[length - 1] - at));
            }
        }
        None
    }

    /// A guarded word in two or three pieces of which one is no word; the first one begins such a word.
    pub(crate) fn in_pieces(&self, folded: &Folded, at: usize) -> Option<(u16, usize)> {
        let first = folded.word(folded.parts[at]);
        let mut joined = first.to_owned();
        for more in 1..=2 {
            let part = folded.parts.get(at + more).filter(|part| part.kind == Kind::Word)?;
            joined.push_str(folded.word(*part));
            if joined.len() > 12 {
                return None;
            }
            if let Some(id) = self.guard.get(&joined) {
                return Some((*id, more + 1));
            }
        }
        None
    }
}

/// Letters for the digits and signs that stand for them; a 1 is an i or an l.
fn unleet(word: &str) -> Vec<String> {
    let plain = |one: char| -> String {
        let letter = |c: char| match c {
            '0' => 'o',
            '1' | '!' | '|' => one,
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' | '+' => 't',
            '8' => 'b',
            '9' => 'g',
            other => other,
        };
        word.trim_matches('*').chars().map(letter).collect()
    };
    let (with_i, with_l) = (plain('i'), plain('l'));
    if with_i == with_l { vec![with_i] } else { vec![with_i, with_l] }
}
