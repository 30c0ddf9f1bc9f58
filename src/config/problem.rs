//! Problems of a configuration, shown with their place so that a host can mend them in one go.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::config::quote::quoted;

/// Everything that is wrong with a configuration. The host must act; `Display` tells them how.
#[derive(Debug)]
pub struct ConfigError {
    /// At least one problem, in the order of the file, then the environment's.
    pub problems: Vec<Problem>,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Where a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A place in a file.
    File {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1; at most that of the first one that is hidden.
        column: usize,
        /// The line; `…` stands for what may be a secret in it.
        text: String,
        /// Characters from the column on that are meant, at least 1.
        width: usize,
    },
    /// An environment variable, or a word for another place such as `--data`.
    Named(String),
}

impl Place {
    /// The place of a span of bytes in a file's text.
    pub(super) fn in_file(path: &Path, source: &str, span: Range<usize>) -> Self {
        let start = (0..=span.start.min(source.len())).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0);
        let (before, after) = source.split_at(start);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = after.split(['\n', '\r']).next().unwrap_or("");
        let head = before.get(line_start..).unwrap_or("");
        let meant = source.get(start..span.end).and_then(|text| text.lines().next()).unwrap_or("");
        let quoted = quoted(before.get(..line_start).unwrap_or(""), &format!("{head}{rest}"));
        let shown = quoted.hidden_from.unwrap_or(usize::MAX);
        let at = head.chars().count().min(shown);
        Self::File {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: at + 1,
            text: quoted.text,
            width: meant.chars().count().min(shown - at).max(1),
        }
    }
}

/// In a few words: `config.toml:3`, or the name.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, .. } => write!(f, "{}:{line}", path.display()),
            Self::Named(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Named(name) => {
                write!(f, "{name}: {}", self.message)?;
                if let Some(help) = &self.help {
                    write!(f, "; {help}")?;
                }
            }
            Place::File { path, line, column, text, width } => {
                let number = line.to_string();
                let margin = " ".repeat(number.len());
                writeln!(f, "{}:{line}:{column}: {}", path.display(), self.message)?;
                writeln!(f, "{margin} |")?;
                writeln!(f, "{number} | {text}")?;
                write!(f, "{margin} | {}{}", " ".repeat(column - 1), "^".repeat(*width))?;
                if let Some(help) = &self.help {
                    write!(f, " {help}")?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        match self.problems.len() {
            1 => write!(f, "1 problem in the configuration"),
            count => write!(f, "{count} problems in the configuration"),
        }
    }
}

impl std::error::Error for ConfigError {}
