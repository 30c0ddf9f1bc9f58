//! Where one person stands in one dialog. Stored as JSON at every turn, so names are short and derived things left out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dialog::model::{Library, Step, Verb};
use crate::domain::ids::SessionId;
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::domain::write::{Write, WriteKey};

/// The version of [`Session`] as it is stored. Raise it with every change that old JSON does not read as.
pub const SESSION_SCHEMA: u16 = 1;

/// One run of one dialog.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// [`SESSION_SCHEMA`] when it was stored.
    #[serde(rename = "v")]
    pub schema: u16,
    /// Its id.
    pub id: SessionId,
    /// Raised whenever something new is waited for. Never falls.
    #[serde(rename = "n")]
    pub turn: u64,
    /// All variety comes from here and the path of the step.
    #[serde(rename = "r")]
    pub seed: u64,
    /// Whether it waits, is set aside, or is over.
    #[serde(rename = "s")]
    pub status: Status,
    /// Why it was started.
    #[serde(rename = "c")]
    pub cause: Cause,
    /// Positions, outermost first.
    #[serde(rename = "k")]
    pub stack: Vec<Frame>,
    /// What is waited for; there exactly while the status is not `Ended`.
    #[serde(rename = "w")]
    pub wait: Option<Wait>,
    /// Every answer and set value, in order; a later one hides an earlier one of the same scope and name.
    #[serde(rename = "a")]
    pub log: Vec<Logged>,
    /// Where Back leads: one mark per answered question since the last commit.
    #[serde(rename = "h")]
    pub history: Vec<Mark>,
    /// Answers that Back undid, by step path, offered again.
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub carry: Vec<(String, Value)>,
    /// Writes that wait for the next commit.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub staged: Vec<(WriteKey, Write)>,
    /// Length of the log at the last commit: what stands before it is kept.
    #[serde(rename = "l", default, skip_serializing_if = "is_zero")]
    pub kept: usize,
    /// Commits so far; part of write keys.
    #[serde(rename = "m")]
    pub commits: u32,
    /// The number of the next scope.
    #[serde(rename = "x")]
    pub next_scope: u32,
    /// The message whose words were the last answer ([`crate::domain::event::Origin::message`]), and the turn that
    /// began with them: until that turn is over, the words can still be corrected.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<(i64, u64)>,
}

impl Session {
    /// Whether a dialog that helps in danger is open, at whatever depth.
    pub fn is_in_safety(&self, library: &Library) -> bool {
        self.stack.iter().any(|frame| frame.is_safety(library))
    }

    /// Whether it stands at a question that is answered in words of their own.
    pub fn takes_words(&self, library: &Library) -> bool {
        let step = self
            .stack
            .last()
            .and_then(|frame| library.dialog(&frame.dialog)?.part(&frame.part).iter().find(|step| step.id == frame.at));
        let is_asked = |step: &Step| matches!(&step.verb, Verb::Ask(ask) if ask.kind.takes_words());
        step.is_some_and(is_asked)
    }
}

fn is_zero(length: &usize) -> bool {
    *length == 0
}

/// Whether a session waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// For the person, or for a timer.
    Waiting,
    /// Set aside.
    Parked {
        /// Since when.
        since: Timestamp,
        /// Until when it can be resumed.
        until: Timestamp,
        /// Who set it aside.
        by: ParkedBy,
    },
    /// Over.
    Ended(How),
}

/// Who set a session aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParkedBy {
    /// The person: it comes back when they ask.
    Person,
    /// Silence: the next answer goes on as if nothing had happened.
    Idle,
    /// Another dialog that began.
    Other,
    /// Too many unclear answers.
    GaveUp,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// At its last step, or at a `stop`.
    Finished,
    /// By the person.
    Stopped,
    /// Set aside for too long.
    Expired,
    /// A check-in that was put off.
    PutOff,
    /// The dialog is gone from the files.
    Gone,
}

/// Why a session was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// The person asked.
    Person,
    /// A check-in; Later puts it off.
    CheckIn,
}

/// One position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The dialog.
    #[serde(rename = "d")]
    pub dialog: String,
    /// The dialog's shape when the frame was made or last reconciled.
    #[serde(rename = "h")]
    pub shape: u64,
    /// The part; `""` is the dialog's own list.
    #[serde(rename = "p")]
    pub part: String,
    /// The step at which it stands.
    #[serde(rename = "i")]
    pub at: String,
    /// Which entries of the log belong to it.
    #[serde(rename = "s")]
    pub scope: u32,
    /// What kind of frame it is.
    #[serde(rename = "k")]
    pub kind: FrameKind,
}

impl Frame {
    /// Whether this is a dialog that helps in danger, or part of one.
    pub fn is_safety(&self, library: &Library) -> bool {
        self.kind == FrameKind::Interrupt || library.is_safety(&self.dialog)
    }
}

/// What a frame is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FrameKind {
    /// A dialog: its own scope.
    Call,
    /// A safety dialog that interrupted: its own scope.
    Interrupt,
    /// A branch's part: shares the scope of the frame below.
    Part,
    /// A round of a loop: a scope of its own that sees the one below.
    Each {
        /// The items.
        items: Vec<Value>,
        /// The round, from 0.
        round: u32,
        /// The finished rounds' scopes, in order.
        done: Vec<u32>,
    },
    /// A round of a repeat: shares the scope of the frame below.
    Repeat {
        /// The round, from 0.
        round: u32,
    },
}

/// One answer or set value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// Whose it is.
    #[serde(rename = "s")]
    pub scope: u32,
    /// Its name.
    #[serde(rename = "n")]
    pub name: String,
    /// Its value; `None` for a skipped question.
    #[serde(rename = "v")]
    pub value: Option<Value>,
}

/// Where Back leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The stack at the question.
    #[serde(rename = "k")]
    pub stack: Vec<Frame>,
    /// Length of the log then.
    #[serde(rename = "a")]
    pub log: usize,
    /// Length of the staged writes then.
    #[serde(rename = "p")]
    pub staged: usize,
    /// The next scope then.
    #[serde(rename = "x")]
    pub next_scope: u32,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Wait {
    /// An answer to the question at the top of the stack.
    #[serde(rename = "a")]
    Ask {
        /// When it was asked.
        #[serde(rename = "t")]
        asked: Timestamp,
        /// Unclear answers so far.
        #[serde(rename = "n")]
        tries: u8,
        /// The answer so far, of a question that takes several messages.
        #[serde(rename = "d", default, skip_serializing_if = "Draft::is_empty")]
        draft: Draft,
    },
    /// The next beat of the paced exercise at the top of the stack.
    #[serde(rename = "p")]
    Pace {
        /// The round, from 0.
        #[serde(rename = "r")]
        round: u32,
        /// How many rounds.
        #[serde(rename = "o")]
        rounds: u32,
        /// The beat that is shown, from 0.
        #[serde(rename = "b")]
        beat: u16,
        /// When the next one is due.
        #[serde(rename = "t")]
        due: Timestamp,
    },
    /// Whether to go on, start over or let go of a session that was set aside.
    #[serde(rename = "g")]
    Gate {
        /// When it was asked.
        #[serde(rename = "t")]
        asked: Timestamp,
        /// What was waited for before.
        #[serde(rename = "w")]
        then: Box<Wait>,
    },
}

impl Wait {
    /// When what is waited for was asked; `None` of a beat.
    pub fn asked(&self) -> Option<Timestamp> {
        match self {
            Self::Ask { asked, .. } | Self::Gate { asked, .. } => Some(*asked),
            Self::Pace { .. } => None,
        }
    }
}

/// An answer in the making.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Chosen option keys, in the order of the options.
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// Items of a list.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<UserText>,
}

impl Draft {
    /// Whether nothing was given yet.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.items.is_empty()
    }
}
