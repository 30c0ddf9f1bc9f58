//! The author's Markdown and people's literal words as one styled text.
//!
//! Only marks are taken away and everything else stays as it was written, so that nothing anybody said can get lost:
//! the parser says where marks are, and never what the text is. A person's words are one placeholder character while
//! the author's are parsed, which is how an author's `**` may open before them and close after them. Examples of all of
//! it are the tests of [`crate::telegram::wire::html`].

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::domain::message::{Mention, Piece, RichText};
use crate::prose::clean::clean;
use crate::prose::styled::{Style, StyledText};

/// Reads a text. Of the author's, `*emphasis*` and `**strong**` become styles, marks of lists become `•`, and escapes,
/// marks of headings and code, and the brackets of links go; numbers of lists, single line ends, quotes, tables and HTML
/// stay as they were written, and never more than one blank line in a row. A person's words are never marks.
pub fn read(text: &RichText) -> StyledText {
    let source = Source::of(text);
    let mut marks = marks(&source.markdown);
    marks.extend(source.people.iter().map(|&(at, ref words, mention)| Mark {
        at,
        len: PERSON.len_utf8(),
        means: Person(words, mention),
    }));
    marks.sort_by_key(|mark| mark.at);
    let mut out = StyledText::default();
    let (mut bold, mut italic, mut at) = (0_i32, 0_i32, 0);
    for mark in marks {
        let style = Style { bold: bold > 0, italic: italic > 0, ..Style::default() };
        push_authored(&mut out, source.markdown.get(at..mark.at).unwrap_or_default(), style);
        match mark.means {
            Put(sign) => out.push(sign, style),
            Person(words, mention) => out.push(words, Style { person: true, mention, ..style }),
            Bold(step) => bold += step,
            Italic(step) => italic += step,
        }
        at = at.max(mark.at + mark.len);
    }
    push_authored(&mut out, source.markdown.get(at..).unwrap_or_default(), Style::default());
    out
}

/// Stands for a person's words while the author's are parsed: neither a space nor punctuation, so that marks beside it
/// open and close as beside a letter.
const PERSON: char = '\u{fdd0}';
/// Strong marks around words that turned out empty.
const AROUND_NOTHING: &str = "****";

/// The author's words with a placeholder for each person's, and what stands at each.
struct Source {
    markdown: String,
    /// With the account that it leads to, where it is one.
    people: Vec<(usize, String, Option<u64>)>,
}

impl Source {
    fn of(text: &RichText) -> Self {
        let mut source = Self { markdown: String::new(), people: Vec::new() };
        for piece in &text.0 {
            match piece {
                Piece::Author(words) => source.author(&clean(words)),
                Piece::Person(words) => {
                    source.people.push((source.markdown.len(), clean(words.expose()), None));
                    source.markdown.push(PERSON);
                }
                Piece::Mention(Mention { account, label }) => {
                    source.people.push((source.markdown.len(), clean(label), Some(*account)));
                    source.markdown.push(PERSON);
                }
            }
        }
        source
    }

    /// Spaces before a line's end would be marks of a hard line end, and here every line end is one.
    fn author(&mut self, words: &str) {
        for (number, line) in words.split('\n').enumerate() {
            if number > 0 {
                let is_ours = |text: &str| text.ends_with([' ', '\t']);
                while is_ours(&self.markdown) {
                    self.markdown.pop();
                }
                self.markdown.push('\n');
            }
            self.line(line);
        }
    }

    fn line(&mut self, line: &str) {
        let mut from = 0;
        for (at, _) in line.match_indices(AROUND_NOTHING) {
            let (before, after) = (&line[..at], &line[at + AROUND_NOTHING.len()..]);
            if !before.ends_with(['*', '\\']) && !after.starts_with('*') {
                self.markdown.push_str(line.get(from..at).unwrap_or_default());
                from = at + AROUND_NOTHING.len();
            }
        }
        self.markdown.push_str(line.get(from..).unwrap_or_default());
    }
}

/// A place where something other than the author's characters is said, or where the style changes.
#[derive(Clone, Copy)]
struct Mark<'a> {
    at: usize,
    /// The bytes of the source that are not shown.
    len: usize,
    means: Meaning<'a>,
}

#[derive(Clone, Copy)]
enum Meaning<'a> {
    /// These characters are shown instead.
    Put(&'static str),
    /// A person's words are shown, or an account.
    Person(&'a str, Option<u64>),
    /// One more strong span is open, or one fewer.
    Bold(i32),
    /// One more emphasised span is open, or one fewer.
    Italic(i32),
}

use Meaning::{Bold, Italic, Person, Put};

/// The marks of the author's Markdown. Each covers only characters of markup: never a placeholder.
fn marks(markdown: &str) -> Vec<Mark<'static>> {
    let mut marks = Marks { markdown, found: Vec::new(), looked: 0, is_address: false };
    // Where the last event ended; what lies between events is markup.
    let mut last = 0;
    for (event, range) in Parser::new_ext(markdown, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                marks.start(&tag, &range);
                continue;
            }
            Event::End(TagEnd::Link | TagEnd::Image) => marks.link_end(last, &range),
            Event::Text(_) => marks.escape(last, range.start),
            Event::Code(_) => marks.code(&range),
            Event::HardBreak => marks.hide_if(range.start, "\\"),
            Event::End(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
        last = last.max(range.end);
    }
    marks.found
}

struct Marks<'a> {
    markdown: &'a str,
    found: Vec<Mark<'static>>,
    /// How far was looked for addresses, in bytes, and whether one stands there.
    looked: usize,
    is_address: bool,
}

impl<'a> Marks<'a> {
    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        let text = self.text(range.start, range.end);
        match tag {
            Tag::Emphasis => self.span(range, "*", Italic),
            Tag::Strong => self.span(range, "**", Bold),
            Tag::Item => {
                let inside = text.trim_start();
                if inside.starts_with(['-', '*', '+']) && inside[1..].starts_with([' ', '\t']) {
                    self.put(range.end - inside.len() - (range.end - range.start - text.len()), 1, "•");
                }
            }
            Tag::Heading { .. } if text.starts_with('#') => {
                let len = text.len() - text.trim_start_matches('#').trim_start_matches(' ').len();
                self.put(range.start, len, "");
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => self.fences(range),
            Tag::Link { link_type: LinkType::Inline, .. } => self.hide_if(range.start, "["),
            Tag::Image { link_type: LinkType::Inline, .. } => self.hide_if(range.start, "!["),
            Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. } => {
                self.hide_if(range.start, "<");
                self.hide_if(range.end.saturating_sub(1), ">");
            }
            Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::BlockQuote(_)
            | Tag::CodeBlock(CodeBlockKind::Indented)
            | Tag::HtmlBlock
            | Tag::List(_)
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
            | Tag::MetadataBlock(_) => {}
        }
    }

    /// A span between stars. One between underscores is no mark of the subset, and an address stays as it stands.
    fn span(&mut self, range: &Range<usize>, sign: &str, means: fn(i32) -> Meaning<'static>) {
        let text = self.text(range.start, range.end);
        let is_marked = text.len() >= 2 * sign.len() && text.starts_with(sign) && text.ends_with(sign);
        if self.is_in_address(range.start) || !is_marked {
            return;
        }
        let (first, last) = (range.start + sign.len(), range.end - sign.len());
        self.put(range.start, sign.len(), "");
        self.found.push(Mark { at: first, len: 0, means: means(1) });
        self.found.push(Mark { at: last, len: 0, means: means(-1) });
        self.put(last, sign.len(), "");
    }

    /// Whether the word at this place began with an address. Asked from front to back.
    fn is_in_address(&mut self, at: usize) -> bool {
        for (index, c) in self.text(self.looked, at).char_indices() {
            let is_sign = c == '/' && self.text(0, self.looked + index).ends_with(":/");
            self.is_address = is_sign || (self.is_address && !c.is_whitespace());
        }
        self.looked = self.looked.max(at);
        self.is_address
    }

    /// The backslash between two events, before punctuation.
    fn escape(&mut self, last: usize, start: usize) {
        let is_mark = self.text(start, self.markdown.len()).starts_with(|c: char| c.is_ascii_punctuation());
        if let Some(at) = start.checked_sub(1).filter(|at| *at >= last && is_mark) {
            self.hide_if(at, "\\");
        }
    }

    fn code(&mut self, range: &Range<usize>) {
        let text = self.text(range.start, range.end);
        let ticks = text.len() - text.trim_start_matches('`').len();
        if 2 * ticks < text.len() && text.ends_with(&text[..ticks]) {
            self.put(range.start, ticks, "");
            self.put(range.end - ticks, ticks, "");
        }
    }

    /// The fences above and below code; words beside the upper one stay.
    fn fences(&mut self, range: &Range<usize>) {
        let text = self.text(range.start, range.end);
        let signs = text.len() - text.trim_start_matches(['`', '~']).len();
        let is_alone = text[signs..].starts_with('\n');
        self.put(range.start, if is_alone { signs + 1 } else { signs }, "");
        let first = text.find('\n').unwrap_or(text.len());
        let below = text[first..].rfind('\n').map_or(first, |at| first + at);
        let fence = text[below..].trim();
        if !fence.is_empty() && fence.trim_start_matches(['`', '~']).is_empty() {
            self.put(range.start + below, text.len() - below, "");
        }
    }

    /// What stands between the words of a link and its address: `](`.
    fn link_end(&mut self, last: usize, range: &Range<usize>) {
        let signs = if self.text(range.start, range.end).starts_with('!') { 2 } else { 1 };
        let at = last.max(range.start + signs);
        if at < range.end && self.text(at, range.end).starts_with("](") {
            self.put(at, 2, " (");
        }
    }

    fn hide_if(&mut self, at: usize, sign: &str) {
        if self.text(at, self.markdown.len()).starts_with(sign) {
            self.put(at, sign.len(), "");
        }
    }

    fn put(&mut self, at: usize, len: usize, sign: &'static str) {
        self.found.push(Mark { at, len, means: Put(sign) });
    }

    fn text(&self, from: usize, to: usize) -> &'a str {
        self.markdown.get(from..to).unwrap_or_default()
    }
}

/// Adds words of the author; of several blank lines in a row, one.
fn push_authored(out: &mut StyledText, words: &str, style: Style) {
    for line in words.split_inclusive('\n') {
        if line != "\n" || !out.as_str().ends_with("\n\n") {
            out.push(line, style);
        }
    }
}
