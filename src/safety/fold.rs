//! From characters as people (and those who dodge filters) type them to plain small letters, word by word.
//!
//! Compatibility decomposition (NFKD) without its marks gives the same words for NFC, NFD, full-width, mathematical and
//! circled letters; look-alikes of other scripts become Latin; what cannot be seen is dropped.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use crate::safety::fold_alike::{alike, is_invisible};

/// A folded text: its words and the ends of its clauses, in order.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// Every word, one after the other.
    pub(crate) text: String,
    /// What stands where.
    pub(crate) parts: Vec<Part>,
}

/// A word, or a stop between words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Where its letters stand in [`Folded::text`]; empty for a stop.
    pub(crate) start: usize,
    /// Their end.
    pub(crate) end: usize,
    /// What it is.
    pub(crate) kind: Kind,
    /// Whether it stands between quotation marks.
    pub(crate) quoted: bool,
    /// Whether its last letter, and no other, has an acute: `lastimó` is somebody else's deed, `lastimo` one's own.
    pub(crate) stressed: bool,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, digits and the signs that stand for letters; or one pictograph.
    Word,
    /// A comma, a bracket, dots that trail off, a new line.
    Weak,
    /// The end of a sentence.
    Strong,
}

impl Folded {
    /// The letters of a part.
    pub(crate) fn word(&self, part: Part) -> &str {
        self.text.get(part.start..part.end).unwrap_or("")
    }
}

/// The mark on the last letter of `lastimó`.
const ACUTE: char = '\u{0301}';

/// Folds a text. Linear in its length; any text will do.
pub(crate) fn fold(text: &str) -> Folded {
    let mut folding = Folding::default();
    folding.out.text.reserve(text.len());
    folding.out.parts.reserve(text.len() / 4);
    for c in text.chars() {
        if c.is_ascii() {
            folding.take(c);
        } else if matches!(c, '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{00B4}' | '\u{02BC}') {
            folding.take('\'');
        } else if !is_invisible(c) {
            decompose_compatible(c, |part| {
                if is_combining_mark(part) {
                    return folding.mark(part);
                }
                if is_invisible(part) {
                    return;
                }
                match alike(part) {
                    Some(latin) => latin.chars().for_each(|letter| folding.take(letter)),
                    None => part.to_lowercase().for_each(|small| folding.take(small)),
                }
            });
        }
    }
    folding.end_word();
    folding.end_dots();
    let mut out = folding.out;
    soften_lonely_words(&mut out.parts);
    out
}

#[derive(Default)]
struct Folding {
    out: Folded,
    start: usize,
    quoted: bool,
    /// How many marks the word has so far, and where it ended when the last of them, an acute, came.
    marks: u32,
    acute_at: Option<usize>,
    dots: u32,
    /// Signs seen after a letter that count only when another letter follows.
    held: String,
}

impl Folding {
    fn take(&mut self, c: char) {
        let c = c.to_ascii_lowercase();
        if c != '.' {
            self.end_dots();
        }
        match c {
            c if c.is_alphanumeric() => {
                self.out.text.push_str(&self.held);
                self.held.clear();
                self.out.text.push(c);
            }
            '*' | '@' | '$' | '!' | '|' | '+' if self.is_in_word() || matches!(c, '*' | '@' | '$') => {
                // A second sign in a row is punctuation again, and the first one was.
                if self.held.len() > 2 { self.sign(c) } else { self.held.push(c) }
            }
            '\'' | '`' => {}
            _ => self.sign(c),
        }
    }

    fn mark(&mut self, mark: char) {
        self.marks += 1;
        self.acute_at = Some(self.out.text.len()).filter(|_| mark == ACUTE && self.marks == 1);
    }

    fn is_in_word(&self) -> bool {
        self.out.text.len() > self.start
    }

    fn sign(&mut self, c: char) {
        self.end_word();
        match c {
            '.' => self.dots += 1,
            '!' | '?' | ';' | '¿' | '¡' => self.stop(Kind::Strong),
            ',' | ':' | '(' | ')' | '\n' | '\r' | '\u{2013}' | '\u{2014}' => self.stop(Kind::Weak),
            '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{00AB}' | '\u{00BB}' => {
                self.quoted = !self.quoted;
                self.stop(Kind::Weak);
            }
            c if c >= '\u{2190}' => {
                self.out.text.push(c);
                self.end_word();
            }
            _ => {}
        }
    }

    fn end_word(&mut self) {
        let (start, end) = (self.start, self.out.text.len());
        if end > start {
            let stressed = self.acute_at == Some(end);
            self.out.parts.push(Part { start, end, kind: Kind::Word, quoted: self.quoted, stressed });
            self.start = end;
        }
        (self.marks, self.acute_at) = (0, None);
        if !self.held.is_empty() {
            if self.held.contains('!') {
                self.stop(Kind::Strong);
            }
            self.held.clear();
        }
    }

    /// One dot ends a sentence, more of them trail off.
    fn end_dots(&mut self) {
        match std::mem::take(&mut self.dots) {
            0 => {}
            1 => self.stop(Kind::Strong),
            _ => self.stop(Kind::Weak),
        }
    }

    fn stop(&mut self, kind: Kind) {
        let at = self.out.text.len();
        match self.out.parts.last_mut() {
            Some(last) if last.kind == kind => {}
            _ => self.out.parts.push(Part { start: at, end: at, kind, quoted: self.quoted, stressed: false }),
        }
    }
}

/// "I. Want. To. Go." is one sentence: a stop after a single word divides nothing.
fn soften_lonely_words(parts: &mut [Part]) {
    let mut words = 0;
    for part in parts {
        match part.kind {
            Kind::Word => words += 1,
            Kind::Weak => {}
            Kind::Strong => {
                if words == 1 {
                    part.kind = Kind::Weak;
                }
                words = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, fold};

    fn words(text: &str) -> Vec<String> {
        let folded = fold(text);
        let is_word = |part: &&super::Part| part.kind == Kind::Word;
        folded.parts.iter().filter(is_word).map(|part| folded.word(*part).to_owned()).collect()
    }

    #[test]
    fn the_same_words_come_of_every_disguise() {
        for text in [
            "don't die",
            "DON’T DIE",
            "ｄｏｎ'ｔ ｄｉｅ",
            "d\u{200B}on't d\u{00AD}i\u{0301}e",
            "𝐝𝐨𝐧'𝐭 𝕕𝕚𝕖",
            "dоn't diе",
        ] {
            assert_eq!(words(text), ["dont", "die"], "{text:?}");
        }
    }

    #[test]
    fn signs_inside_a_word_stay_and_signs_after_it_do_not() {
        assert_eq!(words("k!ll d*e! stop! $uicide 🔪x"), ["k!ll", "d*e", "stop", "$uicide", "🔪", "x"]);
    }

    #[test]
    fn one_dot_ends_and_more_trail_off() {
        let kinds = |text: &str| fold(text).parts.iter().map(|part| part.kind).collect::<Vec<_>>();
        assert_eq!(kinds("a b. c")[2], Kind::Strong);
        assert_eq!(kinds("a b... c")[2], Kind::Weak);
        assert_eq!(kinds("a. b. c.")[1], Kind::Weak);
    }
}
