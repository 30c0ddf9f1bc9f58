//! A styled text as Discord's Markdown, and where a long one is divided.
//! <https://support.discord.com/hc/en-us/articles/210298617>
//!
//! Every character that could be a mark is escaped, whoever wrote it: what an author meant as a mark has become a style
//! by then. What is left to Discord are the addresses that an author wrote, which stay links, and accounts.

use std::ops::Range;

use crate::discord::wire::escape::{escapes, links_in};
use crate::discord::wire::{TEXT_UNITS_MAX, marks};
use crate::prose::split;
use crate::prose::styled::StyledText;

/// Units that the first line of a part may need beyond those counted for its characters: marks that are opened again,
/// and the escape of a character that only there begins a line.
const PART_SLACK_UNITS: usize = 16;
/// Units that the marks of one line of one stretch take at most: `**_` before it and `_**` after it.
const MARK_UNITS: u8 = 6;
/// Units that an account takes at most: `<@…>` with twenty digits.
const MENTION_UNITS: u8 = 23;
/// Units that the signs around a link take: `<` and `>`.
const LINK_UNITS: u8 = 2;

/// A text that is ready to be written as Markdown.
pub struct Markdown<'a> {
    text: &'a StyledText,
    /// Where links of authors stand, in bytes, in order.
    links: Vec<Range<usize>>,
    /// At each byte where a character begins, the units that it takes at most with all that it needs.
    weights: Vec<u8>,
}

impl<'a> Markdown<'a> {
    /// Looks for what has to be escaped and for what stays a link.
    pub fn of(text: &'a StyledText) -> Self {
        let words = text.as_str();
        let mut links = Vec::new();
        let mut weights = vec![0; words.len()];
        for (at, c) in words.char_indices() {
            weights[at] = if c.len_utf16() == 1 { 1 } else { 2 };
        }
        for at in escapes(words) {
            weights[at] += 1;
        }
        let mut from = 0;
        for (words, style) in text.stretches_of(0..words.len()) {
            if style.mention.is_some() {
                weights[from] += MENTION_UNITS;
            }
            let is_plain = !style.bold && !style.italic;
            if !is_plain {
                let lines = words.match_indices('\n').map(|(at, _)| at).filter(|at| *at > 0);
                for at in std::iter::once(0).chain(lines) {
                    weights[from + at] += MARK_UNITS;
                }
            }
            if !style.person {
                for link in links_in(words, is_plain) {
                    weights[from + link.start] += LINK_UNITS;
                    links.push(from + link.start..from + link.end);
                }
            }
            from += words.len();
        }
        Self { text, links, weights }
    }

    /// The parts of the text as ranges of bytes, in order: as Markdown, each has at most [`TEXT_UNITS_MAX`] units.
    pub fn parts(&self) -> Vec<Range<usize>> {
        let limit = TEXT_UNITS_MAX - PART_SLACK_UNITS;
        split::weighed_parts(self.text.as_str(), limit, limit, &|at, _| self.weight(at))
    }

    /// As much of a part as leaves room for so many units; `None` when all of it does.
    pub fn cut(&self, part: &Range<usize>, taken: usize) -> Option<Range<usize>> {
        let words = self.text.as_str().get(part.clone()).unwrap_or_default();
        let limit = (TEXT_UNITS_MAX - PART_SLACK_UNITS).saturating_sub(taken);
        let kept = split::weighed_head(words, limit, &|at, _| self.weight(part.start + at));
        (kept.len() < words.len()).then(|| part.start..part.start + kept.trim_end().len())
    }

    /// All of it.
    pub fn all(&self) -> String {
        self.part(0..self.text.as_str().len())
    }

    /// The part at these bytes as Markdown of its own, with every mark that it opens closed. Empty when the range does not
    /// fall between characters.
    pub fn part(&self, range: Range<usize>) -> String {
        let text = self.text.as_str().get(range.clone()).unwrap_or_default();
        let Range { start, end } = range;
        let mut escaped = escapes(text).map(|at| start + at).peekable();
        let mut links = self.links.iter().filter(|link| start <= link.start && link.end <= end).peekable();
        let mut atoms = Vec::new();
        let mut from = start;
        for (words, style) in self.text.stretches_of(start..end) {
            for (at, c) in words.char_indices() {
                let (is_first, at) = (at == 0, from + at);
                let is_escaped = escaped.next_if(|escape| *escape <= at).is_some();
                while links.next_if(|link| link.end <= at).is_some() {}
                let link = links.peek().filter(|link| link.contains(&at));
                let mut shown = String::new();
                if let Some(account) = style.mention {
                    // The platform writes the name of the account itself.
                    if is_first {
                        shown = format!("<@{account}>");
                        atoms.push(marks::Atom { is_space: false, shown, bold: style.bold, italic: style.italic });
                    }
                    continue;
                }
                match link {
                    Some(link) if link.start == at => shown.push('<'),
                    None if is_escaped => shown.push('\\'),
                    Some(_) | None => {}
                }
                shown.push(c);
                if link.is_some_and(|link| link.end == at + c.len_utf8()) {
                    shown.push('>');
                }
                atoms.push(marks::Atom { is_space: c.is_whitespace(), shown, bold: style.bold, italic: style.italic });
            }
            from += words.len();
        }
        marks::write(atoms)
    }

    fn weight(&self, at: usize) -> usize {
        self.weights.get(at).copied().map_or(1, usize::from)
    }
}

#[cfg(test)]
mod tests {
    use super::Markdown;
    use crate::domain::message::{Piece, RichText};
    use crate::prose::markup::read;
    use crate::prose::split::units;

    fn of(pieces: &[Piece]) -> String {
        Markdown::of(&read(&RichText(pieces.to_vec()))).all()
    }

    fn author(words: &str) -> String {
        of(&[Piece::Author(words.to_owned())])
    }

    fn person(words: &str) -> String {
        of(&[Piece::Person(words.into())])
    }

    #[test]
    fn the_marks_of_an_author_are_marks() {
        for (text, markdown) in [
            ("a *b* c", "a _b_ c"),
            ("**b**, c", "**b**, c"),
            ("***b***", "**_b_**"),
            ("**a *b* c**", "**a _b_ c**"),
            ("*a **b***", "_a_ **_b_**"),
            ("un*believ*able", "un*believ*able"),
            ("**a***b*c", "**a**bc"),
            ("**a** *b*", "**a** _b_"),
            ("**one\ntwo** *three\nfour*", "**one**\n**two** _three_\n_four_"),
            ("2 * 3 # 4 - 5. 6 > 7", "2 \\* 3 # 4 - 5. 6 > 7"),
            ("- one\n- **two**", "• one\n• **two**"),
            ("1. one\n  2. two", "1\\. one\n  2\\. two"),
            ("# Head", "Head"),
            ("snake_case ~~no~~ ||no||", "snake\\_case \\~\\~no\\~\\~ \\|\\|no\\|\\|"),
        ] {
            assert_eq!(author(text), markdown, "{text:?}");
        }
    }

    #[test]
    fn an_address_of_an_author_stays_a_link() {
        for (text, markdown) in [
            ("see https://a.example/x_y?q=1&r=*2*.", "see <https://a.example/x_y?q=1&r=*2>\\*."),
            ("**https://a.example** b", "**<https://a.example>** b"),
            ("**https://a.example/x_y** b", "**https\\://a.example/x\\_y** b"),
            ("[here](https://a.example/(1)), b", "here (<https://a.example/(1)>), b"),
            ("xhttps://a.example https://", "xhttps\\://a.example https\\://"),
        ] {
            assert_eq!(author(text), markdown, "{text:?}");
        }
        let part = "https://a.example/".len();
        let long = format!("https://a.example/{}", "a".repeat(3_000));
        let text = read(&RichText::author(long.as_str()));
        let markdown = Markdown::of(&text);
        assert_eq!(markdown.part(0..part), "https\\://a.example/", "half an address is no link");
    }

    #[test]
    fn the_words_of_a_person_are_literal() {
        for (words, markdown) in [
            ("# one\n  - two\n3. three\n> four", "\\# one\n  \\- two\n3\\. three\n\\> four"),
            ("-# small 1. 2", "\\-# small 1. 2"),
            ("*a* _b_ `c` ~~d~~ ||e||", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~ \\|\\|e\\|\\|"),
            ("<@1> <#2> </a:3> <t:4:f> <:x:5>", "\\<\\@1> \\<#2> \\</a:3> \\<t\\:4:f> \\<\\:x:5>"),
            ("@everyone a@b.c", "\\@everyone a\\@b.c"),
            ("[a](https://b.example)", "\\[a\\](https\\://b.example)"),
            ("¯\\_(ツ)_/¯ C:\\x", "¯\\\\\\_(ツ)\\_/¯ C:\\\\x"),
            (":heart: 10:30 10:30:00 :) a: b", "\\:heart: 10:30 10\\:30:00 :) a: b"),
            (":a::b:", "\\:a\\:\\:b:"),
            ("\u{feff}# a", "\u{feff}\\# a"),
        ] {
            assert_eq!(person(words), markdown, "{words:?}");
        }
        let inside = [Piece::Author("**You said ".into()), Piece::Person("*x*".into()), Piece::Author("** *a".into())];
        assert_eq!(of(&inside), "**You said \\*x\\*** \\*a");
    }

    #[test]
    fn every_part_is_short_enough_with_all_its_marks() {
        for words in ["*", "*a* ", "**b**\n", "**a *b*** ", "- ", "1. ", "😀", "https://a.example/b_c ", "a ***b*** "]
        {
            for body in [
                RichText::author(words.repeat(3_000)),
                RichText(vec![Piece::Person(words.repeat(3_000).as_str().into())]),
            ] {
                let text = read(&body);
                let markdown = Markdown::of(&text);
                for part in markdown.parts() {
                    assert!((1..=2_000).contains(&units(&markdown.part(part))), "{words:?}");
                }
            }
        }
    }

    #[test]
    fn a_part_is_cut_where_something_else_needs_room() {
        let text = read(&RichText::author("word ".repeat(396) + "."));
        let markdown = Markdown::of(&text);
        let part = markdown.parts().remove(0);
        assert_eq!(markdown.cut(&part, 0), None);
        let kept = markdown.cut(&part, 500).unwrap();
        assert!(text.as_str()[..kept.end].ends_with("word") && units(&markdown.part(kept)) <= 1_500);
    }
}
