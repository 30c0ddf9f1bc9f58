//! A language pack: the words, rules and shields of one language, `safety/<lang>.toml` in the directory of dialogs.
//!
//! ```toml
//! format = 1
//! lang   = "en"
//! filler = "really just very"        # words that change nothing
//! block  = "not never"               # words that no gap reaches over
//! common = "i to the"                # words whose presence says nothing
//! guard  = "kill die"                # found in pieces, run together, starred
//! fuzzy  = "suicide myself"          # one letter may be wrong (six letters and more)
//! known  = "deadline"                # words that must not be taken for another one
//!
//! [rewrite]                          # words and phrases that stand for others
//! "wanna" = "want to"
//!
//! [slot]                             # pieces of patterns, see `pattern`
//! want = "(want|need) to"
//!
//! [[rule]]                           # what is looked for
//! id = "wish-dead"                   # the reason that a finding gives
//! class = "S2"
//! say = ["<i>? <want> die"]
//!
//! [[shield]]                         # what makes it something else
//! id = "negated"
//! over = ["S2", "S3"]                # classes, or ids of rules
//! to = "S1"                          # a class, or "none"; over M only a class
//! where = "before"                   # see `Reach`
//! unless = "i"                       # if wanted: a match that begins with one of these words is not changed
//! say = ["not"]
//! ```

use std::ops::Range;

use crate::safety::pack_words::Words;
use crate::safety::pattern_graph::Graph;
use crate::safety::screen::Class;

/// A pack as it was found.
#[derive(Clone, Debug)]
pub struct PackFile {
    /// Its path inside the directory of dialogs: `safety/en.toml`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// Something that is wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackProblem {
    /// The file's path, as it was given.
    pub file: String,
    /// Where in the file, in bytes.
    pub span: Range<usize>,
    /// Line of the span's start, from 1.
    pub line: usize,
    /// Column of the span's start in characters, from 1.
    pub column: usize,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl PackProblem {
    pub(crate) fn new(file: &PackFile, span: Range<usize>, message: String) -> Self {
        let before = file.text.get(..span.start).unwrap_or(&file.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let (line, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
        Self { file: file.path.clone(), span, line, column, message }
    }
}

/// A pack, ready for use.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) lang: String,
    pub(crate) words: Words,
    pub(crate) graph: Graph,
    pub(crate) owners: Vec<Owner>,
}

/// What a pattern belongs to.
#[derive(Debug)]
pub(crate) enum Owner {
    /// Something that is looked for.
    Rule { id: String, class: Class, level: u8, is_about_other: bool },
    /// Something that changes what was found.
    Shield(Shield),
    /// Where a clause turns: what a shield says of the clause before does not hold after it.
    Turn,
}

/// Something that changes what was found.
#[derive(Debug)]
pub(crate) struct Shield {
    pub(crate) id: String,
    /// By the rule's owner number.
    pub(crate) over: Vec<bool>,
    /// Words: a match that begins with one of them is not changed.
    pub(crate) unless: Vec<u16>,
    /// `None`: nothing was found.
    pub(crate) to: Option<Class>,
    pub(crate) is_about_other: bool,
    pub(crate) reach: Reach,
}

/// Which matches a shield changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those that begin right after it.
    Before,
    /// Those that share a word with it.
    Over,
    /// Those right after it, right before it or sharing a word.
    Touch,
    /// Those that begin right after it or have it right behind them, up to three words away.
    Near,
    /// Those after it in its sentence, up to a turn ("but").
    Onward,
    /// Those in its sentence.
    Sentence,
    /// Those in quotation marks, wherever it stands.
    Quotes,
    /// All.
    Text,
}

impl Reach {
    pub(crate) const ALL: [(&'static str, Self); 8] = [
        ("before", Self::Before),
        ("over", Self::Over),
        ("touch", Self::Touch),
        ("near", Self::Near),
        ("onward", Self::Onward),
        ("sentence", Self::Sentence),
        ("quotes", Self::Quotes),
        ("text", Self::Text),
    ];
}
