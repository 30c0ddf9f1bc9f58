//! From a folded text to the words of a pack: contractions, phrases, misspellings, digits for letters, letters apart, words
//! run together.

use crate::safety::fold::{Folded, Kind};
use crate::safety::pack_words::Words;
use crate::safety::pattern_graph::Token;

/// Ends a word of a pack that is meant with an acute on its last letter. Without such a word the acute does not matter.
const STRESSED: char = 'ʹ';

impl Words {
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
        let stressed = if part.stressed { self.known(&format!("{word}{STRESSED}")) } else { None };
        let known = stressed.or_else(|| self.known(word));
        // Half a word may be a word: "k ill", "di e".
        if self.guard_begins.contains_key(word)
            && (known.is_none() || is_one_letter(word) || self.next_is_unknown(folded, at))
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

pub(crate) fn is_one_letter(word: &str) -> bool {
    word.len() == 1
}

/// The word's value, if it is a number and no more.
fn whole_number(word: &str) -> Option<u16> {
    match number_of(word) {
        (number, "") => number,
        _ => None,
    }
}

/// The number at a word's begin, up to four digits, and what follows it.
fn number_of(word: &str) -> (Option<u16>, &str) {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let number = (1..=4).contains(&digits).then(|| word[..digits].parse().ok()).flatten();
    (number, &word[digits..])
}
