//! What one group commit writes.

use jiff::Timestamp;

use crate::domain::event::{Address, EventKey, Platform};
use crate::domain::ids::{EntryId, OutboxId, PersonId, PlanId, SessionId};
use crate::domain::link_code::LinkCode;
use crate::domain::person::Profile;
use crate::domain::write::{Plan, Write, WriteKey};
use crate::store::SilenceWrite;
use crate::store::records::{LinkGuesses, OccurrenceState, OutboxClass, OutboxState, SecretBytes};

/// Everything that one commit writes: all of it or nothing. At most one write per row: who handles two events of one
/// person in one batch hands over the last state only.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Events taken. One that is already there is a [`crate::store::StoreError::Conflict`].
    pub inbox: Vec<InboxNew>,
    /// People seen for the first time.
    pub persons_new: Vec<PersonNew>,
    /// Changed profiles of people who were there before.
    pub profiles: Vec<ProfileWrite>,
    /// Changed and ended sessions.
    pub sessions: Vec<SessionWrite>,
    /// New messages.
    pub outbox: Vec<OutboxNew>,
    /// Outcomes of sends.
    pub outcomes: Vec<OutcomeWrite>,
    /// Two people who become one. They must be as the store has them: nothing else of the one who is absorbed may stand
    /// in the batch.
    pub joins: Vec<Join>,
    /// People who are to be forgotten: marked here, and done by [`crate::store::Store::forget_marked`] after the commit.
    pub forgets: Vec<ForgetNew>,
    /// People who are forgotten, and whose receipt is on its way.
    pub receipts: Vec<PersonId>,
    /// Codes that are used up.
    pub link_codes_taken: Vec<LinkCodeTake>,
    /// Accounts that people have beside the one they came with.
    pub accounts_new: Vec<AccountNew>,
    /// Accounts that are nobody's any more; they may be somebody new's in the same batch.
    pub accounts_gone: Vec<(Platform, String)>,
    /// New codes that join accounts; a person's earlier code is over.
    pub link_codes: Vec<LinkCodeNew>,
    /// Wrong codes that accounts have typed.
    pub link_guesses: Vec<LinkGuessesPut>,
    /// Where messages stand. Those of a session that is gone are left out silently; of several of one session the
    /// last one stays.
    pub shown: Vec<ShownWrite>,
    /// When something is to be done about somebody's silence.
    pub silences: Vec<SilenceWrite>,
    /// Messages that can still be deleted from their chat. Those of somebody who is gone are left out silently.
    pub said: Vec<SaidNew>,
    /// People who part with their account on a platform: which messages stand there is not theirs to know any more.
    pub said_gone: Vec<(PersonId, Platform)>,
    /// Changed plans.
    pub plans: Vec<PlanWrite>,
    /// What became of occurrences. Those of a plan that is gone are left out silently.
    pub occurrences: Vec<OccurrenceWrite>,
    /// Journal entries, measures, goals. One whose session and key are already there is left out silently.
    pub entries: Vec<EntryNew>,
    /// Changes of entries. Those of an entry that is gone are left out silently.
    pub entry_changes: Vec<EntryChange>,
    /// Events that could not be handled.
    pub quarantine: Vec<QuarantineNew>,
    /// Added to counters; a name is a word of the program.
    pub counters: Vec<(&'static str, i64)>,
    /// Facts about the store itself, such as the version of the time zone data. Nothing of a person.
    pub meta: Vec<(&'static str, String)>,
}

/// An event that was taken.
#[derive(Clone, Debug)]
pub struct InboxNew {
    /// Its key; only a keyed hash is stored.
    pub key: EventKey,
    /// The day, in days since 1970, by which old rows are pruned.
    pub day: i64,
}

/// A new person.
#[derive(Clone, Debug)]
pub struct PersonNew {
    /// From [`crate::store::Store::person_id_next`].
    pub id: PersonId,
    /// The account by which they are found again: platform and account id. Stored as a keyed hash.
    pub address: Address,
    /// The first profile. Its revision will be 1.
    pub profile: Profile,
}

/// A changed profile.
#[derive(Clone, Debug)]
pub struct ProfileWrite {
    /// Whose.
    pub person: PersonId,
    /// The revision that was read; the new one is one higher.
    pub expected_rev: i64,
    /// The new profile.
    pub profile: Profile,
}

/// A change of a session.
#[derive(Clone, Debug)]
pub enum SessionWrite {
    /// Stores it, new or changed.
    Put(SessionPut),
    /// It has ended; nothing of it stays.
    Delete {
        /// Which.
        id: SessionId,
        /// Whose it is.
        person: PersonId,
    },
}

/// A new or changed session.
#[derive(Clone, Debug)]
pub struct SessionPut {
    /// Its id; random, given by the caller.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// Open, or set aside. At most one of a person is open.
    pub live: bool,
    /// The revision that was read, `None` for a new session. The new revision is one higher, or 1.
    pub expected_rev: Option<i64>,
    /// Opaque to the store.
    pub state: SecretBytes,
    /// When its timer is due.
    pub timer_at: Option<Timestamp>,
}

/// A new message.
#[derive(Clone, Debug)]
pub struct OutboxNew {
    /// From [`crate::store::Store::outbox_id_next`].
    pub id: OutboxId,
    /// Whose.
    pub person: PersonId,
    /// What it is.
    pub class: OutboxClass,
    /// [`OutboxState::Sending`] when it is sent as soon as the commit is through.
    pub state: OutboxState,
    /// Not before.
    pub next_at: Timestamp,
    /// Now.
    pub created_at: Timestamp,
    /// Opaque to the store.
    pub item: SecretBytes,
}

/// What became of a send.
#[derive(Clone, Copy, Debug)]
pub enum OutcomeWrite {
    /// It arrived; the row goes.
    Sent(OutboxId),
    /// It is tried again, or an attempt begins (`state` [`OutboxState::Sending`]).
    Retry {
        /// Which.
        id: OutboxId,
        /// Attempts so far.
        attempts: i64,
        /// Not before.
        next_at: Timestamp,
        /// Where it stands now.
        state: OutboxState,
    },
    /// It is given up; the row goes.
    Drop(OutboxId),
}

/// Where the message of a session's turn stands; replaces what was known of an earlier turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownWrite {
    /// The session.
    pub session: SessionId,
    /// Its turn.
    pub turn: u64,
    /// The platform's own id of the message, within its chat.
    pub place: String,
    /// The platform on which it stands.
    pub platform: Platform,
}

/// A message that stands in somebody's chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidNew {
    /// Whose chat.
    pub person: PersonId,
    /// The platform.
    pub platform: Platform,
    /// The platform's own id of the message, within its chat; of several at once with commas between them.
    pub place: String,
    /// When it was sent; the store knows only the hour.
    pub at: Timestamp,
}

/// Two people who become one, in one transaction: everything of the one is sealed anew with the other's key. The key of
/// the absorbed one is destroyed after the commit, or at the next start.
#[derive(Clone, Debug)]
pub struct Join {
    /// Who is absorbed.
    pub from: PersonId,
    /// The revision of their profile that was read.
    pub from_rev: i64,
    /// Who stays. Their profile is written in the same batch.
    pub into: PersonId,
    /// Whether sessions, plans and entries come along; otherwise they are forgotten. The account and what is on its way
    /// to it come along in any case. Sessions come along as set aside, and the one that is to be open is written in
    /// the same batch. Of two plans for one dialog that of the person who stays is kept.
    pub carries: bool,
}

/// Somebody who is to be forgotten.
#[derive(Clone, Copy, Debug)]
pub struct ForgetNew {
    /// Who.
    pub person: PersonId,
    /// The stranger who gets the receipt, with an account that was theirs; `None` when nobody is told.
    pub heir: Option<PersonId>,
    /// The day, in days since 1970, for the ledger.
    pub day: i64,
}

/// One more account of a person.
#[derive(Clone, Debug)]
pub struct AccountNew {
    /// Whose.
    pub person: PersonId,
    /// The account; stored as a keyed hash.
    pub address: Address,
}

/// A code that joins an account to a person.
#[derive(Clone, Debug)]
pub struct LinkCodeNew {
    /// Whose code it is.
    pub person: PersonId,
    /// The code; only a keyed hash is stored.
    pub code: LinkCode,
    /// From this instant on it is void.
    pub expires_at: Timestamp,
}

/// A code that is used up. That it is no longer there is a [`crate::store::StoreError::Conflict`].
#[derive(Clone, Copy, Debug)]
pub struct LinkCodeTake {
    /// Whose code it was.
    pub person: PersonId,
    /// The code.
    pub code: LinkCode,
    /// Now: it must still be valid.
    pub now: Timestamp,
}

/// Wrong codes of an account; replaces what was known of it.
#[derive(Clone, Debug)]
pub struct LinkGuessesPut {
    /// The account, stored as a keyed hash.
    pub account: (Platform, String),
    /// How many, and until when they count.
    pub guesses: LinkGuesses,
}

/// A change of a plan. A person has one plan per dialog.
#[derive(Clone, Debug)]
pub enum PlanWrite {
    /// Stores the plan, or replaces the one of the same person and dialog, which keeps its id.
    Put {
        /// Whose.
        person: PersonId,
        /// The plan.
        plan: Plan,
        /// The instant of the next occurrence.
        due_at: Option<Timestamp>,
    },
    /// Drops it with its occurrences.
    Drop {
        /// Whose.
        person: PersonId,
        /// The dialog it starts.
        dialog: String,
    },
}

/// What became of an occurrence; replaces what stood there.
#[derive(Clone, Copy, Debug)]
pub struct OccurrenceWrite {
    /// Its plan.
    pub plan: PlanId,
    /// Whose.
    pub person: PersonId,
    /// When it was due.
    pub due_at: Timestamp,
    /// After this it is not started any more.
    pub expires_at: Timestamp,
    /// What became of it.
    pub state: OccurrenceState,
}

/// Something to keep.
#[derive(Clone, Debug)]
pub struct EntryNew {
    /// Whose.
    pub person: PersonId,
    /// The session that wrote it.
    pub session: SessionId,
    /// The write's name inside the session.
    pub key: WriteKey,
    /// What: a journal entry, measures, a goal or its end. Anything else is a
    /// [`crate::store::StoreError::Misuse`].
    pub write: Write,
}

/// A change of an entry.
#[derive(Clone, Debug)]
pub struct EntryChange {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub id: EntryId,
    /// What it is from now on, of the same kind as before; `None` deletes it.
    pub to: Option<Write>,
}

/// An event that could not be handled.
#[derive(Clone, Debug)]
pub struct QuarantineNew {
    /// Its key; only a keyed hash is stored.
    pub key: EventKey,
    /// When.
    pub at: Timestamp,
    /// A word of the program, such as `panic`.
    pub reason: &'static str,
    /// Types and lengths, no text of anybody.
    pub fingerprint: String,
}
