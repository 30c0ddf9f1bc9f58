//! What the store hands out: rows with their sealed parts opened.

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::domain::ids::{EntryId, OutboxId, PersonId, PlanId, SessionId};
use crate::domain::person::Profile;
use crate::domain::write::{Plan, Write};

/// Bytes of a person: wiped on drop; `Debug` shows only their length.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Wraps bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for SecretBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({})", self.0.len())
    }
}

/// Declares an enum that is stored as a number.
macro_rules! stored_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The number under which it is stored.
            pub fn code(self) -> i64 {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The member with a stored number.
            pub fn from_code(code: i64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

stored_enum!(
    /// What a message is, which decides what happens when nobody knows whether it arrived.
    OutboxClass {
        /// An answer: sent again.
        Reply = 0,
        /// A check-in or a reminder: not sent again.
        Nudge = 1,
    }
);
stored_enum!(
    /// Where an outbox row stands.
    OutboxState {
        /// Waits for its time.
        Pending = 0,
        /// An attempt may be under way: found at start-up, its outcome is unknown.
        Sending = 1,
        /// Waits for its time whatever happens: given up for now, or the platform asked for it.
        Parked = 2,
    }
);
stored_enum!(
    /// What became of one occurrence of a plan.
    OccurrenceState {
        /// Waits behind an open dialog.
        Queued = 0,
        /// Its dialog was started.
        Started = 1,
        /// Its time ran out.
        Expired = 2,
        /// Left out, because another dialog was open or check-ins rested.
        Skipped = 3,
    }
);
stored_enum!(
    /// What an entry is.
    EntryKind {
        /// [`Write::Journal`].
        Journal = 0,
        /// [`Write::Measures`].
        Measure = 1,
        /// [`Write::Goal`] and [`Write::GoalClosed`].
        Goal = 2,
    }
);

impl EntryKind {
    /// The kind of a write that is kept as an entry; `None` for writes that change the profile or the plans.
    pub fn of(write: &Write) -> Option<Self> {
        match write {
            Write::Journal(_) => Some(Self::Journal),
            Write::Measures { .. } => Some(Self::Measure),
            Write::Goal { .. } | Write::GoalClosed { .. } => Some(Self::Goal),
            Write::Profile(_) | Write::Plan(_) | Write::PlanDropped { .. } => None,
        }
    }
}

/// An entry and its id.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryKept {
    /// Its id.
    pub id: EntryId,
    /// The entry.
    pub write: Write,
}

/// A person as a turn needs them.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonState {
    /// The profile.
    pub profile: Profile,
    /// The profile's revision, to be given back when it is written.
    pub profile_rev: i64,
    /// The session that is open, if any.
    pub live: Option<SessionRow>,
    /// Whether sessions are set aside.
    pub has_parked: bool,
    /// Whether there are plans.
    pub has_plans: bool,
}

/// Where a batch is loaded from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// What is in memory, and the disk for the rest; events count as new.
    #[default]
    Recent,
    /// The disk.
    Disk,
}

/// What a batch must know before its turns.
#[derive(Clone, Debug)]
pub struct BatchKnown {
    /// For each event, whether it was taken before.
    pub taken: Vec<bool>,
    /// For each account, whose it is.
    pub accounts: Vec<Option<PersonId>>,
    /// Everybody asked for, by account or by id, who is there.
    pub states: HashMap<PersonId, PersonState>,
}

/// A stored session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Its revision, to be given back when it is written.
    pub rev: i64,
    /// What the service stored.
    pub state: SecretBytes,
    /// When its timer is due, if it waits for one.
    pub timer_at: Option<Timestamp>,
}

/// What is known of a code that somebody typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkLook {
    /// Whose code it is; `None` for one that never was, is used up or over.
    pub owner: Option<PersonId>,
    /// Wrong codes of the account that still count.
    pub guesses: Option<LinkGuesses>,
}

/// Wrong codes of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkGuesses {
    /// How many.
    pub count: u32,
    /// Until when they count.
    pub until: Timestamp,
}

/// A stored plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRow {
    /// Its id.
    pub id: PlanId,
    /// Whose it is.
    pub person: PersonId,
    /// The plan.
    pub plan: Plan,
    /// The instant of the next occurrence; `None` when there is none.
    pub due_at: Option<Timestamp>,
}

/// A stored occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OccurrenceRow {
    /// Its plan.
    pub plan: PlanId,
    /// Whose it is.
    pub person: PersonId,
    /// When it was due; with the plan it is unique.
    pub due_at: Timestamp,
    /// After this it is not started any more.
    pub expires_at: Timestamp,
    /// What became of it.
    pub state: OccurrenceState,
}

/// A message that is not known to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its id.
    pub id: OutboxId,
    /// Whose it is.
    pub person: PersonId,
    /// What it is.
    pub class: OutboxClass,
    /// Where it stands.
    pub state: OutboxState,
    /// Attempts so far.
    pub attempts: i64,
    /// Not before.
    pub next_at: Timestamp,
    /// When it was decided.
    pub created_at: Timestamp,
    /// What the service stored.
    pub item: SecretBytes,
}
