//! A styled text: characters with the style of each stretch, and stretches of it as Telegram HTML.

use std::fmt;
use std::ops::Range;

/// How a stretch of text is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Said strongly.
    pub bold: bool,
    /// Emphasised.
    pub italic: bool,
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
pub const PLAIN: Style = Style { bold: false, italic: false };
/// The style of `*emphasis*`.
pub const ITALIC: Style = Style { bold: false, italic: true };

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

    /// All of it as HTML.
    pub fn html(&self) -> String {
        self.html_of(0..self.text.len())
    }

    /// The part at these bytes as Telegram HTML, with every tag that it opens closed: `<b>`, `<i>` and the entities
    /// `&amp;`, `&lt;` and `&gt;`, nothing else. Empty when the range does not fall between characters.
    pub fn html_of(&self, range: Range<usize>) -> String {
        let mut html = Html::default();
        let mut from = 0;
        for &(end, style) in &self.stretches {
            let (start, stop) = (from.max(range.start), end.min(range.end));
            if start < stop {
                html.push(self.text.get(start..stop).unwrap_or_default(), style);
            }
            from = end;
        }
        html.turn(PLAIN);
        html.out
    }
}

impl fmt::Debug for StyledText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StyledText({} chars)", self.text.chars().count())
    }
}

/// HTML in the making; italics stand inside bold.
#[derive(Default)]
struct Html {
    out: String,
    now: Style,
}

impl Html {
    fn push(&mut self, text: &str, style: Style) {
        self.turn(style);
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                c => self.out.push(c),
            }
        }
    }

    fn turn(&mut self, style: Style) {
        let is_bold_turned = self.now.bold != style.bold;
        if self.now.italic && (is_bold_turned || !style.italic) {
            self.out.push_str("</i>");
            self.now.italic = false;
        }
        if is_bold_turned {
            self.out.push_str(if style.bold { "<b>" } else { "</b>" });
        }
        if style.italic && !self.now.italic {
            self.out.push_str("<i>");
        }
        self.now = style;
    }
}

#[cfg(test)]
mod tests {
    use super::{ITALIC, PLAIN, Style, StyledText};

    #[test]
    fn tags_are_closed_in_order_and_reopened_in_every_part() {
        let bold = Style { bold: true, italic: false };
        let both = Style { bold: true, italic: true };
        let mut text = StyledText::default();
        for (words, style) in [("a<", PLAIN), ("b&", bold), ("c", both), ("d>", ITALIC), ("", bold), ("e", bold)] {
            text.push(words, style);
        }
        assert_eq!(text.html(), "a&lt;<b>b&amp;<i>c</i></b><i>d&gt;</i><b>e</b>");
        assert_eq!(text.html_of(3..5), "<b>&amp;<i>c</i></b>");
        assert_eq!(text.html_of(4..5), "<b><i>c</i></b>");
        assert_eq!(text.html_of(5..5), "");
        assert_eq!(text.as_str(), "a<b&cd>e");
        text.push(" \n", PLAIN);
        text.push(" ", bold);
        text.trim_end();
        text.push("f", bold);
        assert_eq!(text.html_of(8..10), "<b>f</b>");
    }

    #[test]
    fn debug_shows_only_a_length() {
        let mut text = StyledText::default();
        text.push("I miss them", PLAIN);
        assert_eq!(format!("{text:?}"), "StyledText(11 chars)");
    }
}
