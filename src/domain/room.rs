//! A group whose members look after another one: where a platform has no rooms that only some of a group's members can
//! read, its moderators have a group of their own, and what is pressed and said there goes to the group that they moderate.

use std::fmt;

use crate::domain::ids::PersonId;
use crate::domain::message::{base36, from_base36};
use crate::domain::space::{SPACE_TOKEN, SpaceAsk, SpaceEvent};

/// How the word begins by which an admin tells one group of the other.
const ROOM_WORD: &str = "r-";
/// Buttons below what waits for moderators.
const MODERATED: [&str; 7] = ["q.", "yes.", "no.", "publish.", "drop.", "block.", "gone."];

/// Between a group and the group of its moderators.
#[derive(Clone)]
pub enum Room {
    /// A group wants its moderators there; to the other one.
    Wanted {
        /// Which group.
        space: PersonId,
        /// What its admin typed, which only the other one can have said.
        key: u64,
        /// Where in the group that was.
        at: String,
    },
    /// They look there from now on; `None` when the key was not the right one.
    Given {
        /// Where.
        room: Option<String>,
        /// Where in the group somebody waits to hear it.
        at: String,
    },
    /// The room is another chat from now on, or none.
    Changed {
        /// Where it was.
        from: String,
        /// Where it is.
        to: Option<String>,
    },
    /// A moderator did something there.
    Did {
        /// Where.
        room: String,
        /// What.
        event: SpaceEvent,
    },
}

/// The word for a room and its key.
pub fn room_word(room: PersonId, key: u64) -> String {
    format!("{ROOM_WORD}{}-{}", base36(room.0.cast_unsigned()), base36(key))
}

/// The room and the key of such a word.
pub fn read_room_word(word: &str) -> Option<(PersonId, u64)> {
    let (room, key) = word.trim().strip_prefix(ROOM_WORD)?.split_once('-')?;
    Some((PersonId(from_base36(room)?.cast_signed()), from_base36(key)?))
}

/// Whether something is for moderators, rather than for the members of the group it is done in.
pub fn is_for_moderators(ask: &SpaceAsk) -> bool {
    match ask {
        SpaceAsk::Answer(_) | SpaceAsk::Queue => true,
        SpaceAsk::Press(token) => {
            let token = token.strip_prefix(SPACE_TOKEN).unwrap_or_default();
            MODERATED.iter().any(|word| token.starts_with(word))
        }
        SpaceAsk::Added
        | SpaceAsk::Removed
        | SpaceAsk::Moved(_)
        | SpaceAsk::Departed(_)
        | SpaceAsk::Missing(_)
        | SpaceAsk::Setup(_)
        | SpaceAsk::Suggest(_)
        | SpaceAsk::Help => false,
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wanted { .. } => "Room(wanted)",
            Self::Given { .. } => "Room(given)",
            Self::Changed { .. } => "Room(changed)",
            Self::Did { .. } => "Room(did)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{PersonId, read_room_word, room_word};

    #[test]
    fn words_come_back_and_others_are_none() {
        for (room, key) in [(0, 0), (i64::MIN, u64::MAX), (-1, 7), (i64::MAX, 1)] {
            assert_eq!(read_room_word(&room_word(PersonId(room), key)), Some((PersonId(room), key)));
        }
        for word in ["", "r-", "r-1", "r-1-", "r--1", "p-1-1", "r-1-1-1", "r-\u{e9}-1"] {
            assert_eq!(read_room_word(word), None, "{word}");
        }
    }
}
