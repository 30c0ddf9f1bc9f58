//! Dialogs as the engine runs them: what the files say, after every check.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dialog::finder::Finder;
use crate::dialog::shelf::Shelf;
use crate::domain::language::Language;
use crate::domain::person::FactKind;
use crate::domain::value::Value;

mod action;
mod expression;
mod question;

pub use action::{Beat, Goal, Pace, Save, Schedule};
pub use expression::{Binary, Expr, Function, Node, Over, Snippet, Text, TextPiece};
pub use question::{Ask, Check, Opt, Question};

/// Every dialog that was loaded, with the system's wording. Immutable; swapped whole on a reload.
#[derive(Clone, Debug)]
pub struct Library {
    /// By id.
    pub dialogs: BTreeMap<String, Arc<Dialog>>,
    /// Wording of what the engine itself says.
    pub system: SystemTexts,
    /// Which of them fits what somebody wrote.
    pub finder: Finder,
    /// The exercises among them, by chapter of the guide.
    pub shelf: Shelf,
    /// The language of its words.
    pub language: Language,
    /// The same library in other languages: what was not translated stands there as here, and what holds no words is
    /// shared.
    pub translations: BTreeMap<Language, Arc<Self>>,
    /// How much of it is translated; nothing to count in the language of the source.
    pub coverage: Coverage,
}

/// How much is translated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Dialogs that hold words.
    pub dialogs: usize,
    /// Of these, those with every text translated.
    pub whole: usize,
    /// Texts, with those of the system.
    pub texts: usize,
    /// Of these, those that are translated.
    pub translated: usize,
}

/// The engine's own sentences, by key; `dialogs/system/en.toml`. Every key of
/// the table in `dialog::system` is there after loading.
#[derive(Clone, Debug, Default)]
pub struct SystemTexts(pub BTreeMap<String, Vec<Text>>);

/// One dialog.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// The file's name without `.toml`.
    pub id: String,
    /// Earlier ids.
    pub was: Vec<String>,
    /// Shown in menus.
    pub title: String,
    /// One line.
    pub summary: String,
    /// Language of the texts.
    pub lang: String,
    /// Free words for grouping.
    pub tags: Vec<String>,
    /// How people may ask for it, in their words.
    pub asks: Vec<String>,
    /// Blocks of the guide that it serves, such as `P9`.
    pub guide: Vec<String>,
    /// What part it plays.
    pub role: Role,
    /// How long it waits.
    pub limits: Limits,
    /// Facts about the person that it reads.
    pub facts: BTreeMap<String, Fact>,
    /// Arguments that a caller gives.
    pub params: BTreeMap<String, Param>,
    /// Unclear answers to one question before `on_give_up`.
    pub retries: u8,
    /// What then.
    pub on_give_up: GiveUp,
    /// The step lists by name; the dialog's own list is `""`.
    pub parts: BTreeMap<String, Vec<Step>>,
    /// Texts repeated over a list.
    pub snippets: BTreeMap<String, Snippet>,
    /// A hash of ids, verbs, kinds, option keys, ranges, conditions and order, and of no text.
    pub shape: u64,
    /// Proven turn counts.
    pub bounds: Bounds,
}

/// What part a dialog plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An exercise like any other.
    Exercise,
    /// Help in a crisis: never interrupted; Back does not leave it.
    Safety,
}

/// How long a dialog waits, in seconds. When one called another, `idle_s` of the innermost holds and the longest `keep_s`,
/// and each says for itself what becomes of its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nobody answers: set it aside silently, so that check-ins may come.
    pub idle_s: u32,
    /// A dialog set aside can be resumed this long.
    pub keep_s: u32,
    /// What then.
    pub on_expire: OnExpire,
}

/// What happens to the answers of a dialog that was set aside for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnExpire {
    /// They go.
    Discard,
    /// They become an unfinished journal entry.
    SavePartial,
}

/// What happens after too many unclear answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GiveUp {
    /// The session is set aside.
    Park,
    /// The session ends.
    Stop,
}

/// A fact that a dialog reads.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its kind, from the table of facts.
    pub kind: FactKind,
    /// What stands for it while it is missing. Without it, the fact may be missing.
    pub or: Option<Value>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its kind.
    pub kind: FactKind,
    /// Smallest number.
    pub min: Option<f64>,
    /// Largest number.
    pub max: Option<f64>,
    /// Its value when the caller gives none. Without it, the caller must give one.
    pub or: Option<Value>,
}

/// The least and the most turns of a person that a dialog can take, from its first message to its end, re-prompts
/// not counted. Items of a list count one each, and its Done one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The least.
    pub shortest: u32,
    /// The most.
    pub longest: u32,
    /// Steps run in one turn at most.
    pub steps_per_turn: u32,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Unique in its dialog.
    pub id: String,
    /// Earlier ids.
    pub was: Vec<String>,
    /// The step is passed over when this is not true.
    pub when: Option<Expr>,
    /// What it does.
    pub verb: Verb,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Verb {
    /// Says one of these, chosen by seed, or by `vary`.
    Say {
        /// At least one.
        texts: Vec<Text>,
        /// A number that picks the text, modulo their count.
        vary: Option<Expr>,
    },
    /// Asks and waits. The answer's name is the step's id.
    Ask(Box<Ask>),
    /// Sets values by name.
    Set(Vec<(String, Expr)>),
    /// Runs the part of the first arm that is true.
    Branch(Vec<Arm>),
    /// Runs a part once per item.
    Each(Each),
    /// Runs a part until a condition holds after a round, at most `max` times.
    Repeat {
        /// The part.
        part: String,
        /// Checked after each round.
        until: Expr,
        /// At least 1.
        max: u32,
    },
    /// Runs another dialog.
    Call {
        /// Its id.
        dialog: String,
        /// Its arguments.
        with: Vec<(String, Expr)>,
    },
    /// Beats in time, shown in one message.
    Pace(Pace),
    /// Keeps something and commits all that was staged.
    Save(Save),
    /// Sets a small thing to do, or says what became of it.
    Goal(Goal),
    /// Plans check-ins.
    Schedule(Schedule),
    /// Interrupts for a safety dialog, then goes on.
    Escalate {
        /// The safety dialog's id.
        dialog: String,
    },
    /// Ends the dialog, or every dialog on the stack.
    Stop {
        /// Every dialog on the stack, not only this one.
        all: bool,
    },
}

/// An arm of a branch.
#[derive(Clone, Debug)]
pub struct Arm {
    /// `None` for `else`.
    pub when: Option<Expr>,
    /// The part to run; `None` does nothing.
    pub part: Option<String>,
}

/// A loop over a list.
#[derive(Clone, Debug)]
pub struct Each {
    /// The list.
    pub list: Expr,
    /// The item's name in the part.
    pub name: String,
    /// The part.
    pub part: String,
    /// The name under which each round's answers are kept as a list of records.
    pub collect: Option<String>,
    /// Items at most, known from the list's question.
    pub max: usize,
}

impl Coverage {
    /// The counts of both; what is whole is for the caller to say.
    pub(super) fn add(&mut self, other: Self) {
        self.texts += other.texts;
        self.translated += other.translated;
    }
}

impl Library {
    /// Of these dialogs and this wording.
    pub fn new(dialogs: BTreeMap<String, Arc<Dialog>>, system: SystemTexts) -> Self {
        Self::in_language(Language::default(), dialogs, system)
    }

    /// Of these dialogs and this wording, in a language.
    pub fn in_language(language: Language, dialogs: BTreeMap<String, Arc<Dialog>>, system: SystemTexts) -> Self {
        let finder = Finder::new(dialogs.values().map(AsRef::as_ref), language);
        let shelf = Shelf::new(dialogs.values().map(AsRef::as_ref));
        Self { dialogs, system, finder, shelf, language, translations: BTreeMap::new(), coverage: Coverage::default() }
    }

    /// The library in a language; this one where there is no translation.
    pub fn speaking(&self, language: Language) -> &Self {
        self.translations.get(&language).map_or(self, AsRef::as_ref)
    }

    /// Every language that it can speak, its own first.
    pub fn languages(&self) -> impl Iterator<Item = Language> {
        std::iter::once(self.language).chain(self.translations.keys().copied())
    }

    /// A dialog by its present id.
    pub fn dialog(&self, id: &str) -> Option<&Arc<Dialog>> {
        self.dialogs.get(id)
    }

    /// Whether this is the id of a dialog that helps in danger.
    pub fn is_safety(&self, id: &str) -> bool {
        self.dialog(id).is_some_and(|dialog| dialog.role == Role::Safety)
    }
}

impl Dialog {
    /// The language of its texts; that of most dialogs where its own is not known here.
    pub fn language(&self) -> Language {
        Language::of_tag(&self.lang).unwrap_or_default()
    }

    /// The steps of a part; none when there is no such part.
    pub fn part(&self, name: &str) -> &[Step] {
        self.parts.get(name).map_or(&[], Vec::as_slice)
    }

    /// A step anywhere in the dialog, with the name of its part.
    pub fn find(&self, step: &str) -> Option<(&str, &Step)> {
        self.parts
            .iter()
            .find_map(|(name, steps)| steps.iter().find(|each| each.id == step).map(|found| (name.as_str(), found)))
    }
}
