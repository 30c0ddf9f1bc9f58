//! Words as they are compared: however they were typed.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Small letters without accents, one space between words.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        // Most letters are these, and a journal of thousands of entries is folded while somebody waits.
        if c.is_ascii() {
            push(&mut folded, c.to_ascii_lowercase());
        } else {
            decompose_compatible(c, |part| {
                if !is_combining_mark(part) {
                    part.to_lowercase().for_each(|small| push(&mut folded, small));
                }
            });
        }
    }
    folded.truncate(folded.trim_end().len());
    // Hangul and the like go together again, as they stand in tables.
    if folded.is_ascii() { folded } else { folded.nfc().collect() }
}

fn push(folded: &mut String, c: char) {
    match c {
        'ß' => folded.push_str("ss"),
        'ø' => folded.push('o'),
        'æ' => folded.push_str("ae"),
        'ł' => folded.push('l'),
        'đ' => folded.push('d'),
        'ı' => folded.push('i'),
        '.' | '\'' | '’' | '‘' | '\u{307}' => {}
        c if c.is_alphanumeric() => folded.push(c),
        _ if folded.is_empty() || folded.ends_with(' ') => {}
        _ => folded.push(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_accents_and_spaces_do_not_count() {
        for (text, folded) in [
            ("  CAF\u{c9}, bar  ", "cafe bar"),
            ("cafe\u{301}", "cafe"),
            ("Plain words. And more!", "plain words and more"),
            ("STRASSE straße", "strasse strasse"),
            ("한국어 서울", "한국어 서울"),
            ("später – schön", "spater schon"),
            ("...", ""),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }
}
