//! The words of a pack, and how the words of a text become them: contractions, misspellings, digits for letters, letters
//! apart, words run together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use crate::safety::fold::{Folded, Kind, fold};
use crate::safety::pattern_graph::{END, START, Token};

/// Shortest word of which one letter may be wrong, in bytes.
pub(crate) const FUZZY_BYTES_MIN: usize = 6;

/// A table by spelling. Its keys come from the pack, not from people, so a hash that is only quick will do.
pub(crate) type Table<V> = HashMap<String, V, BuildHasherDefault<Quick>>;

/// Fowler, Noll and Vo's hash (FNV-1a), over eight bytes at a time.
#[derive(Debug)]
pub(crate) struct Quick(u64);

impl Default for Quick {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0 ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        }
    }
}

/// What a phrase is made of, and what it stands for.
type Phrase = (Vec<u16>, Vec<u16>);

/// The words of a pack, by number; 0 is every other word.
#[derive(Debug)]
pub(crate) struct Words {
    ids: Table<u16>,
    /// What each spelling stands for: the word itself, or one or several others.
    pub(crate) forms: Table<Vec<u16>>,
    /// Phrases that do, by their first word, longest first.
    phrases: BTreeMap<u16, Vec<Phrase>>,
    begins_phrase: Vec<bool>,
    /// Words that change nothing, such as "really".
    pub(crate) filler: BTreeSet<u16>,
    is_filler: Vec<bool>,
    /// Words that are told from their pieces and from other words.
    pub(crate) guard: Table<u16>,
    pub(crate) guard_begins: Table<()>,
    pub(crate) stems: Vec<String>,
    /// Every word that may be misspelt, and each of its spellings with one letter less.
    pub(crate) near: Table<Vec<String>>,
    /// The letters that those begin with, a bit for each.
    pub(crate) near_begins: u32,
}

impl Words {
    pub(crate) fn new() -> Self {
        Self {
            ids: [(String::new(), 0), ("^".to_owned(), START), ("$".to_owned(), END)].into_iter().collect(),
            forms: Table::default(),
            phrases: BTreeMap::new(),
            begins_phrase: Vec::new(),
            filler: BTreeSet::new(),
            is_filler: Vec::new(),
            guard: Table::default(),
            guard_begins: Table::default(),
            stems: Vec::new(),
            near: Table::default(),
            near_begins: 0,
        }
    }

    /// How many words there are, with the unknown one.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The number of a word, which becomes known by it.
    pub(crate) fn id(&mut self, word: &str) -> u16 {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let next = u16::try_from(self.ids.len()).unwrap_or(0);
        self.ids.insert(word.to_owned(), next);
        next
    }

    /// Whether a word is written as [`fold`] writes it; anything else could never match.
    pub(crate) fn is_folded(word: &str) -> bool {
        let folded = fold(word);
        matches!(folded.parts.as_slice(), [only] if only.kind == Kind::Word && folded.word(*only) == word)
    }

    /// `from` stands for `to`: both are words with spaces between.
    pub(crate) fn rewrite(&mut self, from: &str, to: &str) {
        let to: Vec<u16> = to.split_whitespace().map(|word| self.id(word)).collect();
        let parts: Vec<&str> = from.split_whitespace().collect();
        if let [only] = parts.as_slice() {
            self.forms.insert((*only).to_owned(), to);
            return;
        }
        let ids: Vec<u16> = parts.iter().map(|word| self.id(word)).collect();
        let Some(first) = ids.first().copied() else { return };
        let all = self.phrases.entry(first).or_default();
        all.push((ids, to));
        all.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
    }

    /// A word that is looked for in pieces, joined words and misspellings (if it is long enough).
    pub(crate) fn add_guard(&mut self, word: &str) {
        let id = self.id(word);
        self.guard.insert(word.to_owned(), id);
        self.stems.push(word.to_owned());
        for end in 1..word.len() {
            self.guard_begins.extend(word.get(..end).map(|begin| (begin.to_owned(), ())));
        }
    }

    /// A word of which one letter may be wrong.
    pub(crate) fn add_fuzzy(&mut self, word: &str) {
        self.id(word);
        if word.len() < FUZZY_BYTES_MIN || !word.is_ascii() {
            return;
        }
        self.near_begins |= letter_bit(word);
        for at in 0..=word.len() {
            let mut shorter = word.to_owned();
            if at < word.len() {
                shorter.remove(at);
            }
            self.near.entry(shorter).or_default().push(word.to_owned());
        }
    }

    /// Fixes what was added.
    pub(crate) fn seal(&mut self) {
        self.is_filler = vec![false; self.ids.len()];
        for id in &self.filler {
            self.is_filler[usize::from(*id)] = true;
        }
        for (word, id) in &self.ids {
            if *id > END {
                self.forms.entry(word.clone()).or_insert_with(|| vec![*id]);
            }
        }
        self.begins_phrase = vec![false; self.ids.len()];
        for first in self.phrases.keys() {
            self.begins_phrase[usize::from(*first)] = true;
        }
        // Shorter stems find the longer ones' words as well.
        let stems = std::mem::take(&mut self.stems);
        let is_covered = |stem: &String| stems.iter().any(|other| other != stem && stem.contains(other.as_str()));
        self.stems = stems.iter().filter(|stem| !is_covered(stem)).cloned().collect();
    }

    /// The words of a text, without those that change nothing.
    pub(crate) fn tokens(&self, folded: &Folded) -> Vec<Token> {
        let mut raw = Vec::with_capacity(folded.parts.len() + 8);
        let mut opens = true;
        let mut at = 0;
        while let Some(part) = folded.parts.get(at) {
            match part.kind {
                Kind::Strong => {
                    if let Some(last) = raw.last_mut() {
                        let last: &mut Token = last;
                        last.closes = true;
                    }
                    opens = true;
                    at += 1;
                }
                Kind::Weak => at += 1,
                Kind::Word => {
                    let before = raw.len();
                    at += self.take(folded, at, &mut raw);
                    if let Some(first) = raw.get_mut(before) {
                        first.opens = std::mem::take(&mut opens);
                    }
                }
            }
        }
        if let Some(last) = raw.last_mut() {
            last.closes = true;
        }
        self.without_filler(self.phrased(raw))
    }

    /// Takes one word, or several that are one; how many parts.
    fn take(&self, folded: &Folded, at: usize, out: &mut Vec<Token>) -> usize {
        let part = folded.parts[at];
        let word = folded.word(part);
        let push = |ids: &[u16], out: &mut Vec<Token>| {
            out.extend(ids.iter().map(|id| Token {
                id: *id,
                number: None,
                quoted: part.quoted,
                opens: false,
                closes: false,
            }));
        };
        if is_one_letter(word)
            && let Some((ids, taken)) = self.spaced(folded, at)
        {
            push(&ids, out);
            return taken;
        }
        let known = self.known(word);
        // Half a word may be a word: "k ill", "di e".
        if (known.is_none() || is_one_letter(word) || self.next_is_unknown(folded, at))
            && let Some((id, taken)) = self.in_pieces(folded, at)
        {
            push(&[id], out);
            return taken;
        }
        let guessed = if known.is_none() { self.guess(word) } else { None };
        match known.or(guessed.as_deref()) {
            Some(ids) => {
                push(ids, out);
                if let (Some(number), Some(last)) = (whole_number(word), out.last_mut()) {
                    last.number = Some(number);
                }
            }
            None => {
                let (number, rest) = number_of(word);
                out.push(Token { id: 0, number, quoted: part.quoted, opens: false, closes: false });
                if let Some(ids) = self.known(rest).filter(|_| number.is_some() && !rest.is_empty()) {
                    push(ids, out);
                }
            }
        }
        1
    }

    pub(crate) fn known(&self, word: &str) -> Option<&[u16]> {
        self.forms.get(word).map(Vec::as_slice)
    }

    pub(crate) fn known_owned(&self, word: &str) -> Option<Vec<u16>> {
        self.known(word).map(<[u16]>::to_vec)
    }

    fn next_is_unknown(&self, folded: &Folded, at: usize) -> bool {
        let next = folded.parts.get(at + 1).filter(|part| part.kind == Kind::Word);
        next.is_some_and(|part| {
            let word = folded.word(*part);
            word.len() <= 4 && self.known(word).is_none()
        })
    }

    fn phrased(&self, raw: Vec<Token>) -> Vec<Token> {
        let mut out = Vec::with_capacity(raw.len());
        let mut at = 0;
        while let Some(token) = raw.get(at) {
            let rest = &raw[at..];
            let fits = |from: &[u16]| {
                from.len() <= rest.len()
                    && from.iter().zip(rest).all(|(id, token)| *id == token.id)
                    && !rest[1..from.len()].iter().any(|token| token.opens)
            };
            let begins = self.begins_phrase.get(usize::from(token.id)).copied().unwrap_or(false);
            let phrases = if begins { self.phrases.get(&token.id) } else { None };
            let phrase = phrases.and_then(|all| all.iter().find(|(from, _)| fits(from)));
            match phrase {
                Some((from, to)) => {
                    let first = out.len();
                    out.extend(to.iter().map(|id| Token {
                        id: *id,
                        number: None,
                        opens: false,
                        closes: false,
                        ..*token
                    }));
                    if let Some(opening) = out.get_mut(first) {
                        let opening: &mut Token = opening;
                        opening.opens = token.opens;
                    }
                    if let Some(last) = out.last_mut() {
                        last.closes |= rest[from.len() - 1].closes;
                    }
                    at += from.len();
                }
                None => {
                    out.push(*token);
                    at += 1;
                }
            }
        }
        out
    }

    fn without_filler(&self, tokens: Vec<Token>) -> Vec<Token> {
        let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
        let mut opens = false;
        for mut token in tokens {
            if self.is_filler.get(usize::from(token.id)).copied().unwrap_or(false) {
                opens |= token.opens;
                if token.closes
                    && let Some(last) = out.last_mut()
                    && !opens
                {
                    last.closes = true;
                }
                opens |= token.closes;
            } else {
                token.opens |= std::mem::take(&mut opens);
                out.push(token);
            }
        }
        if let Some(last) = out.last_mut() {
            last.closes = true;
        }
        out
    }
}

/// The bit of the letter that a word begins with.
pub(crate) fn letter_bit(word: &str) -> u32 {
    word.bytes().next().filter(u8::is_ascii_lowercase).map_or(0, |letter| 1 << (letter - b'a'))
}

pub(crate) fn is_one_letter(word: &str) -> bool {
    word.len() == 1
}

/// The word's value, if it is a number and no more.
fn whole_number(word: &str) -> Option<u32> {
    match number_of(word) {
        (number, "") => number,
        _ => None,
    }
}

/// The number at a word's begin, up to four digits, and what follows it.
fn number_of(word: &str) -> (Option<u32>, &str) {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let number = (1..=4).contains(&digits).then(|| word[..digits].parse().ok()).flatten();
    (number, &word[digits..])
}
