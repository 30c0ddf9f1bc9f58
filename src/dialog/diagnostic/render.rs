//! Diagnostics as people read them: place, quoted line, help.

use std::collections::BTreeMap;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Diagnostic, Severity};
use crate::dialog::load::SourceFile;

/// Every diagnostic with `file:line:column`, the line quoted, and its help, in the given order. `sources` are the files
/// that were loaded; a diagnostic whose file is not among them is shown without its line.
pub fn render(diagnostics: &[Diagnostic], sources: &[SourceFile], color: bool) -> String {
    let texts: BTreeMap<&str, &str> = sources.iter().map(|file| (file.path.as_str(), &*file.text)).collect();
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let mut shown = String::new();
    for diagnostic in diagnostics {
        let text = texts.get(diagnostic.file.as_str()).copied().unwrap_or("");
        shown.push_str(&render_one(&renderer, diagnostic, text));
        shown.push_str("\n\n");
    }
    shown
}

fn render_one(renderer: &Renderer, diagnostic: &Diagnostic, text: &str) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let (quoted, start) = first_line(text, diagnostic);
    let span = diagnostic.span.start - start..(diagnostic.span.end - start).min(quoted.len());
    let snippet = Snippet::source(quoted)
        .path(diagnostic.file.as_str())
        .line_start(diagnostic.line)
        .annotation(AnnotationKind::Primary.span(span));
    let mut group = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code).element(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

/// The line in which the span begins, and where it begins in the file; a span over several lines is cut to it.
fn first_line<'t>(text: &'t str, diagnostic: &Diagnostic) -> (&'t str, usize) {
    let Some(before) = text.get(..diagnostic.span.start) else {
        return ("", diagnostic.span.start);
    };
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or("");
    // A span that begins at the line's own end must still lie inside what is quoted.
    if diagnostic.span.start - start > line.len() { ("", diagnostic.span.start) } else { (line, start) }
}
