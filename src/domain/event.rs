//! What can happen: one closed type for every platform and for the bot's own timers.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::buddying::BuddyWord;
use crate::domain::command::Command;
use crate::domain::ids::{PersonId, PlanId, SessionId};
use crate::domain::language::Language;
use crate::domain::room::Room;
use crate::domain::space::{AuthorTag, SpaceEvent};
use crate::domain::supporters::{FromSupporters, ToSupporters};
use crate::domain::text::UserText;

/// One thing that happened, with the key that makes it happen once.
#[derive(Clone, Debug)]
pub struct Event {
    /// Unique per event: a second event with the same key changes nothing.
    pub key: EventKey,
    /// Who or what caused it.
    pub source: Source,
    /// When it happened, by the clock of the place where it happened.
    pub at: Timestamp,
    /// What happened.
    pub body: Body,
    /// What the platform tells along with it.
    pub origin: Origin,
}

/// What a platform tells along with an event. Empty for the bot's own timers. `Debug` shows no number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The platform's number of the message that the words stand in, unique within its chat, on platforms where a
    /// message can be edited afterwards.
    pub message: Option<i64>,
    /// The language of the person's app, an IETF tag such as `de` or `pt-br`.
    pub language: Option<String>,
}

/// The platform's own name of an event, such as `tg:u:123`, `dc:m:456` or `t:<person>:<plan>:<date>:<slot>`.
/// `Debug` shows only what it begins with: the rest may be an id of the platform's.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventKey(pub String);

/// Who caused an event.
#[derive(Clone, Debug)]
pub enum Source {
    /// Somebody on a platform.
    Address(Address),
    /// The bot's own timers, on behalf of a person it knows.
    Person(PersonId),
    /// A platform, about nobody: taken once and remembered, with no turn.
    Platform,
}

/// What happened. `Debug` shows no token of a press: anybody may send anything for one.
#[derive(Clone)]
pub enum Body {
    /// The person opened the chat: `/start`, or the terminal began.
    Arrived,
    /// The person wrote something.
    Text(UserText),
    /// The person pressed a choice; the token as the platform gave it back.
    Tap(String),
    /// The person put something into the field for their PIN.
    Pin(UserText),
    /// The person gave a command; the words after it.
    Command(Command, UserText),
    /// A word after a slash that is no command of ours; everything that was written, as it may be more than a slip.
    UnknownCommand(UserText),
    /// The person changed a message that they sent before; [`Origin::message`] says which.
    Edited(UserText),
    /// The person sent something that is not words: a sticker, a voice message, a place.
    Wordless,
    /// One more picture without words of an album, of which another was taken before: that one was answered for all.
    MoreOfAlbum,
    /// The person shut the bot out: nothing reaches them until they write again.
    Left,
    /// Something in a space that is meant for the bot; the source is the space and where in it.
    Space(Box<SpaceEvent>),
    /// Somebody has written this for a space, in private, and came there by a link with this key.
    Posted {
        /// The words.
        text: UserText,
        /// Whose they are, which nobody can tell.
        author: AuthorTag,
        /// The key of the link.
        key: u64,
    },
    /// Somebody asks the moderators of this space, in private.
    AsksSupporters(Box<ToSupporters>),
    /// Between a group and the group of its moderators.
    Room(Box<Room>),
    /// What became of what this person asked the moderators of a space.
    FromSupporters(Box<FromSupporters>),
    /// Something about buddies, from a person to a space, back, or from one of two to the other.
    Buddy(Box<BuddyWord>),
    /// The platform sent something that cannot be read, of this many bytes: set apart.
    Unreadable(usize),
    /// A planned check-in is due at this instant, its own; late ones carry the instant they missed.
    CheckInDue {
        /// The plan.
        plan: PlanId,
        /// The due instant that the plan's row held when it was claimed.
        due: Timestamp,
    },
    /// A check-in that waited behind an open dialog may start now, or has expired.
    CheckInQueued {
        /// The plan.
        plan: PlanId,
        /// The due instant of the occurrence.
        due: Timestamp,
    },
    /// The rules of time zones have changed: every due time is worked out again.
    PlansAgain,
    /// Something is to be done about the person's silence; the instant that its row held when it was claimed.
    SilenceDue {
        /// When it was due.
        due: Timestamp,
    },
    /// The timer of a session may have run out; the session itself knows.
    TimerDue {
        /// The session.
        session: SessionId,
    },
}

/// Where a person is reached. `Debug` shows only the platform.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    /// The platform.
    pub platform: Platform,
    /// The platform's id of the account.
    pub account: String,
    /// The platform's id of the chat; for private chats often the account's own.
    pub chat: String,
}

/// A place where people talk with the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Platform {
    /// The terminal.
    Console,
    /// Discord.
    Discord,
    /// Telegram.
    Telegram,
}

impl Platform {
    /// The word under which the platform is stored and logged.
    pub fn word(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Discord => "discord",
            Self::Telegram => "telegram",
        }
    }

    /// Whether what people write while the bot is away does not come by itself later, and must be read up.
    pub fn is_read_up(self) -> bool {
        match self {
            Self::Discord => true,
            Self::Console | Self::Telegram => false,
        }
    }

    /// Whether the numbers of messages must be remembered to delete them later: the bot may delete what stands in a chat,
    /// and cannot read it.
    pub fn is_remembered(self) -> bool {
        match self {
            Self::Telegram => true,
            Self::Console | Self::Discord => false,
        }
    }

    /// Whether a space has rooms that only some of its members can read.
    pub fn has_rooms(self) -> bool {
        match self {
            Self::Discord => true,
            Self::Console | Self::Telegram => false,
        }
    }

    /// Whether members of a space have roles that it can be set up with.
    pub fn has_roles(self) -> bool {
        match self {
            Self::Discord => true,
            Self::Console | Self::Telegram => false,
        }
    }

    /// Whether something can be said to one person in a space such that the others do not read it.
    pub fn answers_aside(self) -> bool {
        match self {
            Self::Discord => true,
            Self::Console | Self::Telegram => false,
        }
    }

    /// The platform of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Console, Self::Discord, Self::Telegram].into_iter().find(|platform| platform.word() == word)
    }

    /// Its name, as people know it.
    pub fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Console, Language::English) => "the terminal",
            (Self::Console, Language::Spanish) => "la terminal",
            (Self::Discord, _) => "Discord",
            (Self::Telegram, _) => "Telegram",
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = if self.message.is_some() { "a message" } else { "no message" };
        f.debug_tuple("Origin").field(&format_args!("{message}")).field(&self.language).finish()
    }
}

impl fmt::Debug for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventKey({})", self.0.split(':').next().unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.platform.word())
    }
}

impl Body {
    /// Reads what somebody typed: a command when it starts with a slash and a known word, else plain text.
    /// `/back@SomeBot` is `/back`; a slash before anything that is no word ("/ or maybe") is text.
    pub fn from_typed(text: &str) -> Self {
        let trimmed = text.trim();
        let Some(rest) = trimmed.strip_prefix('/') else {
            return Self::Text(UserText::new(text));
        };
        let (head, arguments) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let word = head.split('@').next().unwrap_or(head);
        if word.is_empty() || !word.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Self::Text(UserText::new(text));
        }
        match Command::from_word(word) {
            Some(command) => Self::Command(command, UserText::new(arguments.trim())),
            None => Self::UnknownCommand(UserText::new(trimmed)),
        }
    }

    /// Reads what a message was changed into: a command is meant as one, also when it took a second try to write it.
    pub fn from_edited(text: &str) -> Self {
        let typed = Self::from_typed(text);
        if let Self::Text(words) = typed { Self::Edited(words) } else { typed }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arrived => f.write_str("Arrived"),
            Self::Text(text) => f.debug_tuple("Text").field(text).finish(),
            Self::Tap(token) => write!(f, "Tap({} bytes)", token.len()),
            Self::Pin(text) => f.debug_tuple("Pin").field(text).finish(),
            Self::Command(command, text) => f.debug_tuple("Command").field(command).field(text).finish(),
            Self::UnknownCommand(text) => f.debug_tuple("UnknownCommand").field(text).finish(),
            Self::Edited(text) => f.debug_tuple("Edited").field(text).finish(),
            Self::Wordless => f.write_str("Wordless"),
            Self::MoreOfAlbum => f.write_str("MoreOfAlbum"),
            Self::Left => f.write_str("Left"),
            Self::Posted { text, .. } => f.debug_tuple("Posted").field(text).finish(),
            Self::Room(room) => room.fmt(f),
            Self::AsksSupporters(asked) => asked.fmt(f),
            Self::FromSupporters(came) => came.fmt(f),
            Self::Buddy(word) => f.debug_tuple("Buddy").field(word).finish(),
            Self::Space(event) => f.debug_tuple("Space").field(event).finish(),
            Self::Unreadable(bytes) => write!(f, "Unreadable({bytes} bytes)"),
            Self::CheckInDue { plan, due } => {
                f.debug_struct("CheckInDue").field("plan", plan).field("due", due).finish()
            }
            Self::CheckInQueued { plan, due } => {
                f.debug_struct("CheckInQueued").field("plan", plan).field("due", due).finish()
            }
            Self::PlansAgain => f.write_str("PlansAgain"),
            Self::SilenceDue { due } => f.debug_struct("SilenceDue").field("due", due).finish(),
            Self::TimerDue { session } => f.debug_struct("TimerDue").field("session", session).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Body;
    use crate::domain::command::Command;

    #[test]
    fn typed_words_are_commands_only_behind_a_slash() {
        assert!(matches!(Body::from_typed("/Stop"), Body::Command(Command::Stop, _)));
        assert!(matches!(Body::from_typed(" /pause 3d "), Body::Command(Command::Pause, a) if a.expose() == "3d"));
        assert!(matches!(Body::from_typed("/back@mendwell_bot"), Body::Command(Command::Back, _)));
        assert!(matches!(Body::from_typed("/nosuch"), Body::UnknownCommand(_)));
        assert!(matches!(Body::from_typed("stop"), Body::Text(_)));
        assert!(matches!(Body::from_typed("/ or maybe"), Body::Text(_)));
        assert!(matches!(Body::from_typed(""), Body::Text(_)));
    }

    #[test]
    fn a_slip_in_a_command_is_mended_by_editing_it() {
        assert!(matches!(Body::from_edited("/crisis"), Body::Command(Command::Crisis, _)));
        assert!(matches!(Body::from_edited("/crisiss"), Body::UnknownCommand(_)));
        assert!(matches!(Body::from_edited(" my words "), Body::Edited(text) if text.expose() == " my words "));
        assert!(matches!(Body::from_edited("/ or maybe"), Body::Edited(_)));
    }
}
