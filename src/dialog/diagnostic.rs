//! What is wrong with a file of dialogs, and where. Every kind has a number, a title and a line of help, in one
//! table: [`codes::CODES`].

use std::ops::Range;

pub mod codes;
mod render;

pub use codes::Code;
pub use render::render;

/// One thing that is wrong, or doubtful, in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its number, such as `D003`.
    pub code: &'static str,
    /// Whether the library loads all the same.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The file's path, as it was given.
    pub file: String,
    /// Where in the file, in bytes.
    pub span: Range<usize>,
    /// Line of the span's start, from 1.
    pub line: usize,
    /// Column of the span's start in characters, from 1.
    pub column: usize,
}

/// Whether a diagnostic keeps the library from loading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is loaded.
    Error,
    /// Everything is loaded.
    Warning,
}

/// Collects the diagnostics of one file.
#[derive(Debug)]
pub(crate) struct Sink<'a> {
    file: &'a str,
    text: &'a str,
    found: Vec<Diagnostic>,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    /// The file's text.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// Notes a problem; the same one at the same place only once.
    pub(crate) fn push(&mut self, code: Code, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        let message = message.into();
        let span = self.clamp(span);
        if self.found.iter().any(|each| each.span == span && each.message == message) {
            return;
        }
        let (line, column) = position(self.text, span.start);
        let file = self.file.to_owned();
        let severity = code.severity();
        self.found.push(Diagnostic { code: code.number(), severity, message, help, file, span, line, column });
    }

    /// How many were found so far.
    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    /// Everything found, in the order of the file.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|a, b| (a.span.start, a.code).cmp(&(b.span.start, b.code)));
        self.found
    }

    fn clamp(&self, span: Range<usize>) -> Range<usize> {
        let floor = |mut at: usize| {
            at = at.min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = floor(span.start);
        start..floor(span.end).max(start)
    }
}

/// Line and column, both from 1, of a byte of a text.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// "did you mean" for a word that is not among the known ones.
pub(crate) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let word = word.get(..word.len().min(60)).unwrap_or(word);
    known
        .into_iter()
        .map(|each| (strsim::damerau_levenshtein(word, each), each))
        .filter(|(distance, each)| *distance <= 1 + each.len().min(word.len()) / 4)
        .min()
        .map(|(_, each)| format!("did you mean `{each}`?"))
}

/// "did you mean", or else the list of what is known.
pub(crate) fn did_you_mean_or_list<'k>(
    word: &str,
    what: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
) -> Option<String> {
    did_you_mean(word, known.clone()).or_else(|| {
        let all: Vec<&str> = known.into_iter().take(16).collect();
        (!all.is_empty()).then(|| format!("{what}: {}", all.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, position};

    #[test]
    fn columns_count_characters() {
        assert_eq!(position("a\n“é”x", "a\n“é”".len()), (2, 4));
        assert_eq!(position("", 0), (1, 1));
    }

    #[test]
    fn near_words_are_offered_and_far_ones_are_not() {
        assert_eq!(did_you_mean("optinal", ["options", "optional"]), Some("did you mean `optional`?".to_owned()));
        assert_eq!(did_you_mean("zebra", ["options", "optional"]), None);
    }
}
