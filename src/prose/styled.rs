//! A styled text: characters with the style of each stretch.

use std::fmt;
use std::ops::Range;

/// How a stretch of text is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Said strongly.
    pub bold: bool,
    /// Emphasised.
    pub italic: bool,
    /// Words of a person: no platform may make anything of them, not even a link.
    pub person: bool,
    /// Leads to this account of the platform.
    pub mention: Option<u64>,
}

/// Characters, all of them literal, in stretches of one style. `Debug` shows only its length: it may hold words of a
/// person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StyledText {
    text: String,
    /// The end of each stretch, in bytes, and its style; neighbours differ.
    stretches: Vec<(usize, Style)>,
}

/// The style of most of the text.
pub const PLAIN: Style = Style { bold: false, italic: false, person: false, mention: None };
/// The style of `*emphasis*`.
pub const ITALIC: Style = Style { bold: false, italic: true, person: false, mention: None };

impl StyledText {
    /// Adds characters in one style.
    pub fn push(&mut self, text: &str, style: Style) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        match self.stretches.last_mut() {
            Some((end, last)) if *last == style => *end = self.text.len(),
            _ => self.stretches.push((self.text.len(), style)),
        }
    }

    /// Takes white space away from the end.
    pub fn trim_end(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        let len = self.text.len();
        while self.stretches.len() > 1 && self.stretches.iter().rev().nth(1).is_some_and(|&(end, _)| end >= len) {
            self.stretches.pop();
        }
        if let Some((end, _)) = self.stretches.last_mut() {
            *end = len;
        }
    }

    /// The characters without their styles.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The stretches of one style in the part at these bytes, in order, none of them empty. None at all when the range does
    /// not fall between characters.
    pub fn stretches_of(&self, range: Range<usize>) -> impl Iterator<Item = (&str, Style)> {
        let starts = std::iter::once(0).chain(self.stretches.iter().map(|&(end, _)| end));
        starts.zip(&self.stretches).filter_map(move |(start, &(end, style))| {
            let text = self.text.get(start.max(range.start)..end.min(range.end)).unwrap_or_default();
            (!text.is_empty()).then_some((text, style))
        })
    }
}

impl fmt::Debug for StyledText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StyledText({} chars)", self.text.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::{ITALIC, PLAIN, Style, StyledText};

    #[test]
    fn stretches_are_cut_to_the_part_that_is_asked_for() {
        let bold = Style { bold: true, ..PLAIN };
        let mut text = StyledText::default();
        for (words, style) in [("a", PLAIN), ("b", PLAIN), ("", bold), ("cé", ITALIC), ("d \n", bold)] {
            text.push(words, style);
        }
        assert_eq!(text.stretches_of(1..6).collect::<Vec<_>>(), [("b", PLAIN), ("cé", ITALIC), ("d", bold)]);
        assert_eq!(text.stretches_of(2..3).collect::<Vec<_>>(), [("c", ITALIC)]);
        assert_eq!(text.stretches_of(2..2).count() + text.stretches_of(4..5).count(), 0);
        text.push(" ", PLAIN);
        text.trim_end();
        text.push("e", bold);
        assert_eq!(text.as_str(), "abcéde");
        assert_eq!(text.stretches_of(5..7).collect::<Vec<_>>(), [("de", bold)]);
    }

    #[test]
    fn debug_shows_only_a_length() {
        let mut text = StyledText::default();
        text.push("I miss them", PLAIN);
        assert_eq!(format!("{text:?}"), "StyledText(11 chars)");
    }
}
