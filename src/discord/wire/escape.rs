//! Which characters Discord would take for marks, and which of an author's words are addresses.

use std::ops::Range;

/// What addresses begin with.
const SCHEMES: [&str; 2] = ["https://", "http://"];

/// Places, in bytes, of the characters that stand behind a backslash so that nothing in the text is a mark: emphasis,
/// code, spoilers, links, mentions, times, emoji by name; and where a line begins, headings, quotes and lists.
pub(super) fn escapes(text: &str) -> impl Iterator<Item = usize> {
    let mut line = Line::Begins;
    text.char_indices().filter_map(move |(at, c)| {
        let is_mark = match c {
            '\\' | '*' | '_' | '`' | '~' | '|' | '<' | '[' | ']' | '@' => true,
            '#' | '-' | '+' | '>' => line == Line::Begins,
            '.' | ')' => line == Line::Number,
            ':' => is_sign(text.get(at + 1..).unwrap_or_default()),
            _ => false,
        };
        line = match c {
            '\n' => Line::Begins,
            c if c.is_whitespace() || c == '\u{feff}' => {
                if line == Line::Begins {
                    line
                } else {
                    Line::Goes
                }
            }
            c if c.is_ascii_digit() && line != Line::Goes => Line::Number,
            _ => Line::Goes,
        };
        is_mark.then_some(at)
    })
}

/// The addresses in some words of an author, in bytes. Among emphasised words, one with a mark in it is none: no escape
/// could stand there.
pub(super) fn links_in(words: &str, is_plain: bool) -> Vec<Range<usize>> {
    let mut links = Vec::new();
    let mut from = 0;
    while let Some(at) = SCHEMES.iter().filter_map(|scheme| words.get(from..)?.find(scheme)).min().map(|at| from + at) {
        let link = link(words.get(at..).unwrap_or_default());
        let is_word = words.get(..at).unwrap_or_default().ends_with(char::is_alphanumeric);
        let is_whole = SCHEMES.iter().any(|scheme| link.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        if is_whole && !is_word && (is_plain || !link.contains(['*', '_'])) {
            links.push(at..at + link.len());
        }
        from = at + link.len().max(1);
    }
    links
}

/// How much of a line was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nothing but white space.
    Begins,
    /// A number, which a dot would make an item of a list.
    Number,
    /// More.
    Goes,
}

/// Whether a colon before this may begin the name of an emoji, or ends the scheme of an address. What stands between two
/// colons Discord takes as it is, escapes and all, even when no emoji has such a name.
fn is_sign(after: &str) -> bool {
    after.starts_with('/')
        || after.find(|c: char| c == ':' || c.is_whitespace()).is_some_and(|at| after[at..].starts_with(':'))
}

/// The address that begins here, without the punctuation of the sentence around it.
fn link(words: &str) -> &str {
    let end =
        words.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"\\`|".contains(c)).unwrap_or(words.len());
    let mut link = words.get(..end).unwrap_or_default();
    while let Some(last) = link.chars().next_back() {
        let is_open = |open: char, close: char| link.matches(open).count() >= link.matches(close).count();
        let is_part = match last {
            ')' => is_open('(', ')'),
            ']' => is_open('[', ']'),
            last => !".,:;!?'*_~…“”‘’«»".contains(last),
        };
        if is_part {
            break;
        }
        link = link.get(..link.len() - last.len_utf8()).unwrap_or_default();
    }
    link
}

#[cfg(test)]
mod tests {
    use super::links_in;

    #[test]
    fn the_sentence_around_an_address_is_none_of_it() {
        for (words, found) in [
            (
                "https://a.example, (http://b.example/c) and “https://d.example”.",
                &["https://a.example", "http://b.example/c", "https://d.example"][..],
            ),
            ("https://a.example/x(1)? yes", &["https://a.example/x(1)"]),
            ("https://. http:// https:/a xhttp://a", &[]),
            ("https://a.example|https://b.example", &["https://a.example", "https://b.example"]),
        ] {
            let links: Vec<&str> = links_in(words, true).into_iter().map(|link| &words[link]).collect();
            assert_eq!(links, found, "{words:?}");
        }
        assert_eq!(links_in("https://a.example/b_c", false).len(), 0);
    }
}
