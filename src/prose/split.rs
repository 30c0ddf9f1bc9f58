//! Where a long text is divided: between paragraphs, lines, sentences, words or graphemes, in this order.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::prose::clean::is_blank;

/// A border counts only when at least one part in this many of the room lies before it, so that a short first
/// paragraph does not make a message of its own.
const FILL_MIN_DIVISOR: usize = 4;
/// Bytes read past the room, so that the end of the room is not taken for the end of a word.
const LOOKAHEAD_BYTES: usize = 256;

/// Length in UTF-16 units: as Telegram counts, and never less than what Discord counts.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The parts of a text as ranges of bytes, in order: the first has at most `first` units, the others at most `rest`.
/// No part is blank, and none begins or ends with white space. Together they hold every character that can be seen.
/// Limits below 2 units are taken as 2: some characters have so many.
pub fn parts(text: &str, first: usize, rest: usize) -> Vec<Range<usize>> {
    weighed_parts(text, first, rest, &plain)
}

/// As [`parts`], where each character takes as much of the room as `weight` says of its place, in bytes, and of it. A
/// character that alone is over a limit is a part all the same.
pub fn weighed_parts(text: &str, first: usize, rest: usize, weight: Weight<'_>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut from, mut limit) = (0, first.max(2));
    loop {
        let left = text.get(from..).unwrap_or_default();
        from += left.len() - left.trim_start().len();
        let left = left.trim_start();
        if is_blank(left) {
            return parts;
        }
        let part = weighed_head(left, limit, &|at, c| weight(from + at, c));
        if !is_blank(part) {
            parts.push(from..from + part.trim_end().len());
            limit = rest.max(2);
        }
        from += part.len();
    }
}

/// As much of the beginning as fits into this many units, up to a good border; at least one character of a text that
/// is not empty.
pub fn head(text: &str, limit: usize) -> &str {
    weighed_head(text, limit, &plain)
}

/// How much of the room a character takes, by its place in bytes.
pub type Weight<'a> = &'a dyn Fn(usize, char) -> usize;

/// As [`head`], where each character takes as much of the room as `weight` says.
pub fn weighed_head<'a>(text: &'a str, limit: usize, weight: Weight<'_>) -> &'a str {
    let room = room(text, limit, weight);
    if room == text.len() {
        return text;
    }
    let least = room / FILL_MIN_DIVISOR;
    let is_good = |border: &usize| *border > least && *border <= room;
    let mut window = (room + LOOKAHEAD_BYTES).min(text.len());
    while !text.is_char_boundary(window) {
        window += 1;
    }
    let window = text.get(..window).unwrap_or(text);
    let border = before(window, room, "\n\n")
        .filter(is_good)
        .or_else(|| before(window, room, "\n").filter(is_good))
        .or_else(|| last(window.split_sentence_bound_indices().map(|(at, _)| at), room).filter(is_good))
        .or_else(|| last_space(window, room).filter(is_good))
        .or_else(|| last(window.split_word_bound_indices().map(|(at, _)| at), room).filter(is_good))
        .or_else(|| last(window.grapheme_indices(true).map(|(at, _)| at), room))
        .filter(|border| *border > 0)
        .unwrap_or(room);
    text.get(..border).unwrap_or(text)
}

/// The bytes of the whole characters that fit; at least one character's.
fn room(text: &str, limit: usize, weight: Weight<'_>) -> usize {
    let mut used = 0;
    let fits = text.char_indices().find(|&(at, c)| {
        used += weight(at, c);
        used > limit && at > 0
    });
    fits.map_or(text.len(), |(at, _)| at)
}

fn plain(_: usize, c: char) -> usize {
    c.len_utf16()
}

/// The last place before which, or at which, this border stands.
fn before(window: &str, room: usize, border: &str) -> Option<usize> {
    let end = (room + border.len()).min(window.len());
    window.as_bytes().get(..end)?.windows(border.len()).rposition(|bytes| bytes == border.as_bytes())
}

fn last_space(window: &str, room: usize) -> Option<usize> {
    last(window.match_indices(char::is_whitespace).map(|(at, _)| at), room)
}

fn last(borders: impl Iterator<Item = usize>, room: usize) -> Option<usize> {
    borders.take_while(|at| *at <= room).last()
}

#[cfg(test)]
mod tests {
    use super::{head, parts, units};

    fn shown(text: &str, limit: usize) -> Vec<&str> {
        parts(text, limit, limit).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn the_best_border_in_reach_is_taken() {
        for (text, limit, expected) in [
            ("one two\n\nthree. four\nfive six", 24, vec!["one two", "three. four\nfive six"]),
            ("one two. three\nfour five six", 20, vec!["one two. three", "four five six"]),
            ("One two. Three four five six", 18, vec!["One two.", "Three four five", "six"]),
            ("one two three", 9, vec!["one two", "three"]),
            ("one two three", 7, vec!["one two", "three"]),
            ("漢字漢字漢字", 4, vec!["漢字漢字", "漢字"]),
            ("abcdefgh", 3, vec!["abc", "def", "gh"]),
            ("e\u{301}e\u{301}e\u{301}", 3, vec!["e\u{301}", "e\u{301}", "e\u{301}"]),
            ("👩‍👩‍👧👩‍👩‍👧", 9, vec!["👩‍👩‍👧", "👩‍👩‍👧"]),
            ("😀😀😀", 3, vec!["😀", "😀", "😀"]),
            ("😀😀", 1, vec!["😀", "😀"]),
            ("  \n a \n\n ", 9, vec!["a"]),
            ("", 9, vec![]),
            (" \u{200b}\n", 9, vec![]),
        ] {
            assert_eq!(shown(text, limit), expected, "{text:?} at {limit}");
        }
    }

    #[test]
    fn a_short_first_paragraph_makes_no_part_of_its_own() {
        let text = format!("Hi.\n\n{}", "word ".repeat(30));
        assert!(shown(&text, 100)[0].len() > 90);
    }

    #[test]
    fn a_grapheme_larger_than_a_part_is_divided_between_characters() {
        let text = format!("a{}", "\u{301}".repeat(50));
        let parts = shown(&text, 20);
        assert_eq!(parts.concat(), text);
        assert!(parts.iter().all(|part| units(part) <= 20));
    }

    #[test]
    fn what_cannot_be_seen_makes_no_part() {
        let text = format!("a{}b", "\u{200b}".repeat(50));
        assert_eq!(shown(&text, 10).concat().replace('\u{200b}', ""), "ab");
        assert_eq!(shown(&text, 10).len(), 2);
    }

    #[test]
    fn the_first_part_may_have_another_room() {
        let parts = parts("one two three four", 4, 10);
        assert_eq!(parts, [0..3, 4..13, 14..18]);
        assert_eq!(head("", 10), "");
    }

    #[test]
    fn a_megabyte_is_divided_in_one_go() {
        for text in ["a".repeat(1_000_000), "a b. ".repeat(200_000), "\u{301}".repeat(500_000)] {
            assert_eq!(shown(&text, 4096).concat().replace(' ', "").len(), text.replace(' ', "").len());
        }
    }
}
