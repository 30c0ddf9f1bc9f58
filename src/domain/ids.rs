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

/// One entry: a keyed hash of the write it came from, the same for as long as the entry is kept, and never another's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntryId(pub [u8; 16]);

impl EntryId {
    /// 32 hexadecimal digits in small letters.
    pub fn encode(self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// Reads them; `None` for anything else.
    pub fn decode(text: &str) -> Option<Self> {
        let id = Self(u128::from_str_radix(text, 16).ok()?.to_be_bytes());
        (id.encode() == text).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::EntryId;

    #[test]
    fn ids_of_entries_come_back() {
        for id in [EntryId([0; 16]), EntryId([255; 16]), EntryId(*b"sixteen bytes 16")] {
            assert_eq!(EntryId::decode(&id.encode()), Some(id));
        }
        for foreign in ["", "0", "+0000000000000000000000000000000", "0000000000000000000000000000000A"] {
            assert_eq!(EntryId::decode(foreign), None, "{foreign}");
        }
    }
}
