//! Every column of both files with its class. A test compares this list with the schema, so that a new column must be
//! given a class before it can be merged.

use crate::store::connect::Database as File;

/// How a column keeps what it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Sealed with a person's key (in `keys.db`: with the master key).
    Sealed,
    /// A keyed hash: says nothing without the pepper.
    KeyedHash,
    /// In the clear, for this reason.
    Plain(&'static str),
}

use Class::{KeyedHash, Plain, Sealed};
use File::{Data, Keys};

const ID: Class = Plain("a number of ours that no platform knows");
const TIMER: Class = Plain("the scheduler searches by it; an instant of ours");
const STATE: Class = Plain("a number of a state machine of ours");
const MESSAGE: Class = Plain("a platform's number of a message; it leads nowhere without the chat, which is sealed");
const PROGRAM: Class = Plain("words and numbers of the program");

/// File, table, column, class.
pub const COLUMNS: &[(File, &str, &str, Class)] = &[
    (Data, "meta", "name", PROGRAM),
    (Data, "meta", "value", PROGRAM),
    (Data, "counters", "name", PROGRAM),
    (Data, "counters", "value", PROGRAM),
    (Data, "persons", "id", ID),
    (Data, "persons", "rev", STATE),
    (Data, "persons", "profile", Sealed),
    (Data, "accounts", "account_hash", KeyedHash),
    (Data, "accounts", "person_id", ID),
    (Data, "sessions", "id", ID),
    (Data, "sessions", "person_id", ID),
    (Data, "sessions", "live", STATE),
    (Data, "sessions", "rev", STATE),
    (Data, "sessions", "timer_at", TIMER),
    (Data, "sessions", "state", Sealed),
    (Data, "shown", "session_id", ID),
    (Data, "shown", "turn", STATE),
    (Data, "shown", "place", MESSAGE),
    (Data, "shown", "platform", PROGRAM),
    (Data, "said", "id", ID),
    (Data, "said", "person_id", ID),
    (Data, "said", "platform", PROGRAM),
    (Data, "said", "place", MESSAGE),
    (Data, "said", "hour", Plain("whether a message can still be deleted from the chat; gone after two days")),
    (Data, "link_codes", "person_id", ID),
    (Data, "link_codes", "code_hash", KeyedHash),
    (Data, "link_codes", "expires_at", TIMER),
    (Data, "link_guesses", "account_hash", KeyedHash),
    (Data, "link_guesses", "until_at", TIMER),
    (Data, "link_guesses", "count", STATE),
    (Data, "absorbed", "person_id", ID),
    (Data, "silences", "person_id", ID),
    (Data, "silences", "due_at", TIMER),
    (Data, "forgetting", "person_id", ID),
    (Data, "forgetting", "heir_id", ID),
    (Data, "forgetting", "day", Plain("the day of the line in the ledger; gone with the receipt")),
    (Data, "forgetting", "key_hash", KeyedHash),
    (Data, "forgetting", "counts", Plain("what the receipt says was deleted, as numbers; gone with the receipt")),
    (Data, "former_keys", "key_hash", KeyedHash),
    (Data, "former_keys", "person_id", ID),
    (Data, "inbox", "key_hash", KeyedHash),
    (Data, "inbox", "day", Plain("old rows are pruned by it; no person stands beside it")),
    (Data, "outbox", "id", ID),
    (Data, "outbox", "person_id", ID),
    (Data, "outbox", "class", STATE),
    (Data, "outbox", "state", STATE),
    (Data, "outbox", "attempts", STATE),
    (Data, "outbox", "next_at", TIMER),
    (Data, "outbox", "created_at", Plain("the age of a message decides whether it is still sent")),
    (Data, "outbox", "item", Sealed),
    (Data, "plans", "id", ID),
    (Data, "plans", "person_id", ID),
    (Data, "plans", "name_hash", KeyedHash),
    (Data, "plans", "due_at", TIMER),
    (Data, "plans", "body", Sealed),
    (Data, "occurrences", "plan_id", ID),
    (Data, "occurrences", "due_at", TIMER),
    (Data, "occurrences", "person_id", ID),
    (Data, "occurrences", "expires_at", TIMER),
    (Data, "occurrences", "state", STATE),
    (Data, "entries", "id", ID),
    (Data, "entries", "person_id", ID),
    (Data, "entries", "kind", Plain("summaries select by it; says only journal, measure or goal")),
    (Data, "entries", "write_hash", KeyedHash),
    (Data, "entries", "body", Sealed),
    (Data, "quarantine", "key_hash", KeyedHash),
    (Data, "quarantine", "at", TIMER),
    (Data, "quarantine", "reason", PROGRAM),
    (Data, "quarantine", "fingerprint", Plain("types and lengths only, so that a host can report a fault")),
    (Keys, "meta", "id", ID),
    (Keys, "meta", "master_check", Sealed),
    (Keys, "meta", "pepper", Sealed),
    (Keys, "person_keys", "person_id", ID),
    (Keys, "person_keys", "dek", Sealed),
];
