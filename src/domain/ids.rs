//! Identifiers. Each is a type of its own, so that one can never stand where another belongs.

use serde::{Deserialize, Serialize};

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
    };
}

number_id!(
    /// A person, whatever accounts they use.
    PersonId
);
number_id!(
    /// One run of one dialog by one person. Random, so that a guessed tap meets nothing.
    SessionId
);
number_id!(
    /// One message in the outbox; the source of a platform's idempotency key.
    OutboxId
);
number_id!(
    /// One plan of check-ins.
    PlanId
);
