//! Texts made safe for a terminal: people's control characters neutralised, the author's `*` marks read and removed.

use crate::domain::message::{Piece, RichText};

/// How strongly a part of a text is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// As any other.
    Plain,
    /// `*emphasis*`.
    Emphasis,
    /// `**strong**`.
    Strong,
}

/// A run of characters of one weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The characters: no control characters but `\n`.
    pub text: String,
    /// Their weight.
    pub weight: Weight,
}

/// The text in runs of one weight, without the author's marks. A person's `*` is no mark.
pub fn spans(text: &RichText) -> Vec<Span> {
    let mut chars = Vec::new();
    for piece in &text.0 {
        let authored = matches!(piece, Piece::Author(_));
        chars.extend(clean(piece.as_str()).chars().map(|c| Glyph { c, authored }));
    }
    let signs = signs(&chars);
    let mut spans: Vec<Span> = Vec::new();
    let (mut emphasis, mut strong, mut at) = (false, false, 0);
    for sign in signs.iter().copied().chain([Sign { at: chars.len(), len: 0, meaning: Meaning::Nothing }]) {
        let weight = if strong {
            Weight::Strong
        } else if emphasis {
            Weight::Emphasis
        } else {
            Weight::Plain
        };
        let run: String = chars.get(at..sign.at).unwrap_or_default().iter().map(|glyph| glyph.c).collect();
        match spans.last_mut() {
            Some(last) if last.weight == weight => last.text.push_str(&run),
            _ if run.is_empty() => {}
            _ => spans.push(Span { text: run, weight }),
        }
        match sign.meaning {
            Meaning::Nothing => {}
            Meaning::Emphasis => emphasis = !emphasis,
            Meaning::Strong => strong = !strong,
        }
        at = sign.at + sign.len;
    }
    spans
}

/// The text without marks, as one string; lines end with `\n`, no newline at the end.
pub fn plain(text: &RichText) -> String {
    let mut all: String = spans(text).into_iter().map(|span| span.text).collect();
    all.truncate(all.trim_end().len());
    all
}

/// A label on one line.
pub fn label(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words that can be shown: escape sequences and other control characters become visible signs, overrides of the
/// writing direction go, line ends become `\n`. Emoji with joiners and right-to-left words stay as they are.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => out.push('\n'),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push(' '),
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}')),
            '\u{7f}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9f}' => out.push('\u{fffd}'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            _ => out.push(c),
        }
    }
    out
}

#[derive(Clone, Copy)]
struct Glyph {
    c: char,
    authored: bool,
}

/// A place where characters are left out, and what changes there.
#[derive(Clone, Copy)]
struct Sign {
    at: usize,
    len: usize,
    meaning: Meaning,
}

#[derive(Clone, Copy)]
enum Meaning {
    Nothing,
    Emphasis,
    Strong,
}

impl Meaning {
    fn of(len: usize) -> Self {
        if len == 2 { Self::Strong } else { Self::Emphasis }
    }
}

fn signs(chars: &[Glyph]) -> Vec<Sign> {
    let is = |at: usize, c: char| chars.get(at).is_some_and(|glyph| glyph.authored && glyph.c == c);
    let is_word = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|glyph| !glyph.c.is_whitespace());
    let mut signs = Vec::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if is(at, '\\') && is(at + 1, '*') {
            signs.push(Sign { at, len: 1, meaning: Meaning::Nothing });
            at += 2;
            continue;
        }
        if is(at, '\n') && is(at + 1, '\n') {
            open.clear();
        }
        let run = (at..chars.len()).take_while(|&at| is(at, '*')).count();
        let (can_close, can_open) = (is_word(at.checked_sub(1)), is_word(Some(at + run)));
        // Strong marks around words that turned out empty.
        if run == 4 {
            signs.push(Sign { at, len: 4, meaning: Meaning::Nothing });
        }
        let mut left = if run < 4 { run } else { 0 };
        while left > 0 {
            let pos = at + run - left;
            let closes = open.iter().rposition(|&(_, len)| len <= left).filter(|_| can_close);
            let len = closes.and_then(|index| open.get(index)).map_or(left.min(2), |&(_, len)| len);
            if let Some(index) = closes {
                let (from, _) = open.swap_remove(index);
                open.truncate(index);
                signs.push(Sign { at: from, len, meaning: Meaning::of(len) });
                signs.push(Sign { at: pos, len, meaning: Meaning::of(len) });
            } else if can_open {
                open.push((pos, len));
            }
            left -= len;
        }
        at += run.max(1);
    }
    signs.sort_by_key(|sign| sign.at);
    signs
}

#[cfg(test)]
mod tests {
    use super::{clean, label, plain};
    use crate::domain::message::{Piece, RichText};

    #[test]
    fn author_marks_go_and_a_persons_stay() {
        for (text, shown) in [
            ("a *b* c", "a b c"),
            ("**b**, c", "b, c"),
            ("***b***", "b"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            ("* one\n* two", "* one\n* two"),
            ("- one\n- two", "- one\n- two"),
            ("open *only", "open *only"),
            ("a \\*b\\* c", "a *b* c"),
            ("**a *b* c**", "a b c"),
            ("*a\n\nb*", "*a\n\nb*"),
            ("****", ""),
            ("*****", "*****"),
            ("ends\n\n", "ends"),
        ] {
            assert_eq!(plain(&RichText::author(text)), shown, "{text:?}");
        }
        let mixed = RichText(vec![
            Piece::Author("**".into()),
            Piece::Person("Sam *of* **old**".into()),
            Piece::Author("**, *hello*".into()),
        ]);
        assert_eq!(plain(&mixed), "Sam *of* **old**, hello");
    }

    #[test]
    fn hostile_words_are_shown_and_do_nothing() {
        for (text, shown) in [
            ("a\u{1b}[2Jb", "a\u{241b}[2Jb"),
            ("\u{9b}31m", "\u{fffd}31m"),
            ("a\0b", "a\u{2400}b"),
            ("a\r\nb\rc", "a\nb\u{240d}c"),
            ("שלום", "שלום"),
            ("\u{202e}evil\u{202c}", "evil"),
            ("👩‍👩‍👧", "👩‍👩‍👧"),
            ("a\u{2028}b", "a\nb"),
        ] {
            assert_eq!(clean(text), shown, "{text:?}");
        }
        assert_eq!(label("two\nlines \t here"), "two lines here");
    }

    #[test]
    fn a_megabyte_is_read_in_one_go() {
        let text =
            RichText(vec![Piece::Author("*".repeat(500_000)), Piece::Person("*".repeat(500_000).as_str().into())]);
        assert_eq!(plain(&text).len(), 1_000_000);
        let pairs = RichText::author("*a* ".repeat(250_000));
        assert_eq!(plain(&pairs).len(), 500_000 - 1);
        let opens = RichText::author("*a ".repeat(300_000));
        assert_eq!(plain(&opens).len(), 900_000 - 1);
    }
}
