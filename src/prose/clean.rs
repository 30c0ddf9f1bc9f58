//! Characters that are never sent: controls, and signs that turn the direction of writing around.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::prose::split::units;

/// UTF-16 units of one column at most: a family emoji has eight on two columns, stacked accents have any number.
const UNITS_PER_COLUMN: usize = 8;

/// Words without control characters but `\n` and `\t`, and without overrides and isolates of the writing direction,
/// which could make what stands after them read differently. All line ends become `\n`. Marks of direction, emoji with
/// joiners and right-to-left words stay as they are.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => out.push(c),
        }
    }
    out
}

/// Clean words on one line, with single spaces between them.
pub fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Clean words on one line of at most this many columns, cut with `…` between graphemes where they are longer.
pub fn short_line(text: &str, columns_max: usize) -> String {
    let words = line(text);
    let units_max = columns_max.saturating_mul(UNITS_PER_COLUMN);
    if words.width() <= columns_max && units(&words) <= units_max {
        return words;
    }
    let (mut columns, mut used, mut out) = (0, 0, String::new());
    for grapheme in words.graphemes(true) {
        columns += grapheme.width();
        used += units(grapheme);
        if columns >= columns_max || used >= units_max {
            break;
        }
        out.push_str(grapheme);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// Words of at most this many UTF-16 units, cut with `…` between graphemes where they are longer.
pub fn short(text: &str, units_max: usize) -> String {
    if units(text) <= units_max {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |grapheme: &&str| {
        used += units(grapheme);
        used <= units_max
    };
    let mut out: String = text.graphemes(true).take_while(fits).collect();
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// Whether nothing of it can be seen: platforms refuse messages and buttons without a visible character.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// Spaces, controls, and the characters that Unicode gives no picture of their own.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffc}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::{clean, is_blank, line, short_line};

    #[test]
    fn long_lines_are_cut_between_graphemes() {
        for (text, columns, cut) in [
            ("twelve chars", 12, "twelve chars"),
            ("twelve chars", 11, "twelve cha…"),
            ("twelve chars", 8, "twelve…"),
            ("漢字漢字", 8, "漢字漢字"),
            ("漢字漢字", 7, "漢字漢…"),
            ("👩‍👩‍👧👩‍👩‍👧", 3, "👩‍👩‍👧…"),
            ("👩‍👩‍👧👩‍👩‍👧", 2, "…"),
            ("ae\u{301}e\u{301}", 2, "a…"),
            ("", 0, ""),
            ("a", 0, "…"),
        ] {
            assert_eq!(short_line(text, columns), cut, "{text:?} at {columns}");
        }
        assert!(short_line(&format!("a{}", "\u{301}".repeat(5_000)), 10).len() < 200);
    }

    #[test]
    fn controls_and_turned_directions_go_and_words_stay() {
        for (text, sent) in [
            ("a\u{1b}[2Jb\0\u{7f}\u{9b}", "a[2Jb"),
            ("a\r\nb\rc\u{2028}d\u{2029}e\u{85}f\n\ng\th", "a\nb\nc\nd\ne\nf\n\ng\th"),
            ("\u{202e}evil\u{202c} \u{2066}x\u{2069}", "evil x"),
            ("שלום\u{200f} a\u{200e}", "שלום\u{200f} a\u{200e}"),
            ("👩‍👩‍👧 e\u{301}", "👩‍👩‍👧 e\u{301}"),
        ] {
            assert_eq!(clean(text), sent, "{text:?}");
        }
        assert_eq!(line(" two\nlines \t here\u{0} "), "two lines here");
    }

    #[test]
    fn what_cannot_be_seen_is_blank() {
        for text in ["", " \n\t", "\u{200b}\u{feff}\u{2060}", "\u{ad}\u{fe0f}", "\u{2800}\u{3164}", "\u{0}"] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in [".", "…", "\u{200b}a", "👍", "\u{301}"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
