//! `journal.md`: the same to read as the page, without its charts, for people who keep notes. CommonMark
//! (<https://spec.commonmark.org/0.31.2/>), in which nothing that a person wrote is markup.

use std::io::{self, Write};

use jiff::civil::Date;

use crate::domain::language::Language;
use crate::export::page::{self, Pen};
use crate::export::series::Series;
use crate::export::{Export, chart, words};

/// Writes the text.
///
/// # Errors
/// What the writer says.
pub fn write(export: &Export, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "# {}\n", line(&page::title(export)))?;
    page::write(export, &mut MarkdownPen { to, language: export.language })
}

struct MarkdownPen<'a> {
    to: &'a mut dyn Write,
    language: Language,
}

impl Pen for MarkdownPen<'_> {
    fn section(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.to, "## {}\n", line(title))
    }

    fn part(&mut self, date: Option<Date>, title: &str) -> io::Result<()> {
        match date {
            Some(date) => writeln!(self.to, "### {}: {}\n", self.language.full_day(date), line(title)),
            None => writeln!(self.to, "### {}\n", line(title)),
        }
    }

    fn ours(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.to, "{}\n", line(text))
    }

    fn theirs(&mut self, text: &str) -> io::Result<()> {
        let lines = lines(text);
        for (at, text) in lines.iter().enumerate() {
            let goes_on = !text.is_empty() && lines.get(at + 1).is_some_and(|next| !next.is_empty());
            writeln!(self.to, "> {text}{}", if goes_on { "\\" } else { "" })?;
        }
        writeln!(self.to)
    }

    fn pairs(&mut self, pairs: &[(String, String)]) -> io::Result<()> {
        for (name, value) in pairs {
            let mut lines = lines(value);
            lines.retain(|line| !line.is_empty());
            writeln!(self.to, "- {}: {}", line(name), lines.join("\\\n  "))?;
        }
        if pairs.is_empty() { Ok(()) } else { writeln!(self.to) }
    }

    fn charts(&mut self, charts: &[Series]) -> io::Result<()> {
        for series in charts {
            let name = words::label(&series.name, self.language);
            writeln!(self.to, "- {}: {}", line(&name), line(&chart::in_words(series, self.language)))?;
        }
        writeln!(self.to)
    }
}

/// A text as one line of Markdown.
fn line(text: &str) -> String {
    lines(text).join(" ").trim().to_owned()
}

/// The lines of a text, each as Markdown in which it is text.
fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").split(['\n', '\r']).map(escaped).collect()
}

fn escaped(line: &str) -> String {
    let line = line.trim_end_matches([' ', '\t']);
    let text = line.trim_start_matches([' ', '\t']);
    // Four spaces in front would be code.
    let mut out = "&nbsp;".repeat(line.len() - text.len());
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    for (at, letter) in text.char_indices() {
        let is_markup = match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '~' | '|' | '$' | '^' | '{' => true,
            '+' | '-' | '=' | ':' => at == 0,
            '.' | ')' => at == digits && digits > 0,
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        out.push(if letter.is_control() { '\u{fffd}' } else { letter });
    }
    out
}
