//! `export.html`: one page to read, which needs nothing beside itself. It runs no script and may load nothing: its policy
//! allows its own style sheet by hash, and nothing else.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::domain::language::Language;
use crate::export::page::{self, Pen};
use crate::export::series::Series;
use crate::export::{Export, chart, words};

const STYLE: &str = include_str!("page.css");

/// Writes the page.
///
/// # Errors
/// What the writer says.
pub fn write(export: &Export, to: &mut dyn Write) -> io::Result<()> {
    let title = escaped(&page::title(export));
    write!(
        to,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header><h1>{title}</h1></header>\n<main>\n",
        export.language.code(),
        STANDARD.encode(Sha256::digest(STYLE)),
    )?;
    let mut pen = HtmlPen { to: &mut *to, language: export.language, is_inside: false, charts: 0 };
    page::write(export, &mut pen)?;
    if pen.is_inside {
        writeln!(to, "</section>")?;
    }
    to.write_all(b"</main>\n</body>\n</html>\n")
}

struct HtmlPen<'a> {
    to: &'a mut dyn Write,
    language: Language,
    /// Whether a section is open.
    is_inside: bool,
    charts: usize,
}

impl Pen for HtmlPen<'_> {
    fn section(&mut self, title: &str) -> io::Result<()> {
        if std::mem::replace(&mut self.is_inside, true) {
            writeln!(self.to, "</section>")?;
        }
        writeln!(self.to, "<section>\n<h2>{}</h2>", escaped(title))
    }

    fn part(&mut self, date: Option<Date>, title: &str) -> io::Result<()> {
        write!(self.to, "<h3 dir=\"auto\">")?;
        if let Some(date) = date {
            write!(self.to, "<time datetime=\"{date}\">{}</time> ", self.language.full_day(date))?;
        }
        writeln!(self.to, "{}</h3>", escaped(title))
    }

    fn ours(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.to, "<p class=\"ours\">{}</p>", escaped(text))
    }

    fn theirs(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.to, "<p class=\"theirs\" dir=\"auto\">{}</p>", escaped(text))
    }

    fn pairs(&mut self, pairs: &[(String, String)]) -> io::Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        writeln!(self.to, "<dl>")?;
        for (name, value) in pairs {
            writeln!(self.to, "<dt>{}</dt><dd dir=\"auto\">{}</dd>", escaped(name), escaped(value))?;
        }
        writeln!(self.to, "</dl>")
    }

    fn charts(&mut self, charts: &[Series]) -> io::Result<()> {
        for series in charts {
            self.charts += 1;
            writeln!(self.to, "<figure>\n<h3>{}</h3>", escaped(&words::label(&series.name, self.language)))?;
            chart::write(series, self.charts, self.language, self.to)?;
            let weekly = words::text(self.language, "Averages of weeks. ", "Medias por semana. ");
            let of = if series.weekly { weekly } else { "" };
            let told = escaped(&chart::in_words(series, self.language));
            writeln!(self.to, "\n<figcaption>{of}{told}</figcaption>\n</figure>")?;
        }
        Ok(())
    }
}

/// A text as HTML in which it is text: nothing in it is markup, and what HTML does not take is U+FFFD.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // A line end, in each of its three ways of writing.
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(letter),
            _ if letter.is_control() => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}
