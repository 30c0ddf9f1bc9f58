//! A space: a Discord server or a Telegram group that asks its members one question from time to time. It is kept as a
//! person is, with a key, an outbox and plans of its own; what sets it apart is [`Space`] in its profile.
//!
//! Nothing that is written in a space is read but commands and presses that are meant for the bot.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::domain::bars::Bars;
use crate::domain::buddies::Buddies;
use crate::domain::ids::PersonId;
use crate::domain::supporters::Supporters;
use crate::domain::text::UserText;

/// How the token of a button begins that belongs to a space, not to a person's talk.
pub const SPACE_TOKEN: &str = "g.";
/// The token of a choice that a platform with roles shows as its own list of them. What comes back is this token's page
/// with the platform's id of the role that was chosen, or with [`NO_ROLE`].
pub const ROLE_TOKEN: &str = "g.role.list";
/// Stands for the id where no role was chosen.
pub const NO_ROLE: &str = "none";
/// How the account of a space begins, before the platform's id of the server or group.
pub const SPACE_ACCOUNT: &str = "g";

/// When a question comes where nobody chose another time.
const EVENING: Time = Time::constant(18, 0, 0, 0);

/// What is kept of a space beside its language, clock and quiet hours, which stand among the facts of its profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Space {
    /// Where questions are asked: the platform's id of a channel, chat or topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Where moderators see what waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
    /// How often a question is asked.
    #[serde(default)]
    pub rhythm: Rhythm,
    /// At what time of day; none for the evening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// Themes of which no question is asked.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub themes_off: BTreeSet<String>,
    /// Questions that were asked since all of them last were, by their key.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub asked: BTreeSet<String>,
    /// The last question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Asked>,
    /// Questions in a row to which nobody did anything.
    #[serde(default)]
    pub unanswered: u32,
    /// What members suggested.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub suggestions: BTreeMap<u32, Suggestion>,
    /// The number of the next suggestion.
    #[serde(default)]
    pub next_number: u32,
    /// Posts of members without their name; none while an admin has not switched them on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posts: Option<Posts>,
    /// What members ask moderators; none while an admin has not switched that on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supporters: Option<Supporters>,
    /// Whom they take no questions from; kept while asking is switched off.
    #[serde(default, skip_serializing_if = "Bars::is_empty")]
    pub asks_barred: Bars,
    /// What its settings named and is gone, or shut to the bot; an admin reads so in `/setup`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lost: BTreeSet<Named>,
    /// The group whose moderators look here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moderates: Option<PersonId>,
    /// The key by which a group may have its moderators here, once, and where in here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offers: Option<(u64, String)>,
    /// How the week was; none while an admin has not switched that on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mood: Option<Mood>,
    /// Buddies for a week; none while an admin has not switched them on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buddies: Option<Buddies>,
    /// When it was last said that only admins set the bot up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_at: Option<Timestamp>,
    /// Since when the bot is not in the space any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
    /// What moderators did, counted by kind: members can read it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub audit: BTreeMap<String, u32>,
}

/// Something of the platform's that the settings of a space name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// Where questions are asked.
    Channel,
    /// Where moderators look.
    Review,
    /// The role whose holders may answer.
    Role,
}

/// How often a question is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rhythm {
    /// Never: an admin has not switched it on.
    #[default]
    #[serde(rename = "off")]
    Off,
    /// Each day.
    #[serde(rename = "daily")]
    Daily,
    /// On one day of the week: Monday is 1 and Sunday 7.
    #[serde(rename = "weekly")]
    Weekly(i8),
}

/// A question that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its key.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// Whether somebody has pressed one of its buttons.
    pub is_answered: bool,
}

/// A question that a member suggested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The question.
    pub text: UserText,
    /// Whether a moderator agreed.
    pub is_approved: bool,
}

/// Posts without a name, and what is known of who wrote them: a hash with a key that only its author's profile holds, and
/// that goes with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posts {
    /// What a link to this space must hold, so that nobody writes for a group that they never saw.
    pub key: u64,
    /// The number of the next post.
    #[serde(default)]
    pub next_number: u32,
    /// What waits for a moderator, or for its time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waiting: BTreeMap<u32, Post>,
    /// Posts that appeared lately, by their number: whose, and where they stand once somebody has reported them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub appeared: BTreeMap<u32, Appeared>,
    /// Authors whose posts no moderator wants to see any more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub blocked: BTreeSet<AuthorTag>,
    /// What each author is called below the present question.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<AuthorTag, u16>,
}

/// Tells the posts of one author in one space from those of others, and nobody who it is: the first bytes of an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuthorTag(pub u64);

/// A post that did not appear yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its words.
    pub text: UserText,
    /// Whose.
    pub author: AuthorTag,
    /// When it appears, once a moderator agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// A post that appeared. Its words are kept by the platform only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeared {
    /// Whose.
    pub author: AuthorTag,
    /// The chat and the message, once somebody has pressed a button below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<(String, String)>,
}

/// Rounds of how the week was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mood {
    /// How many rounds there were.
    #[serde(default)]
    pub rounds: u32,
    /// The round that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
}

/// One round. Its answers go with its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Its number.
    pub number: u32,
    /// What accounts are hashed with in this round only.
    pub salt: u64,
    /// When it ends.
    pub ends: Timestamp,
    /// Answers from 0 to 4, by the hash of who gave them.
    #[serde(default)]
    pub answers: BTreeMap<u64, u8>,
}

/// Something in a space that is meant for the bot.
#[derive(Clone, Debug)]
pub struct SpaceEvent {
    /// Who did it; none when the platform says it of itself.
    pub actor: Option<Actor>,
    /// What they want.
    pub ask: SpaceAsk,
    /// The platform's id of the message whose button was pressed.
    pub message: Option<String>,
}

/// A member of a space. `Debug` shows only whether they are an admin.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    /// The platform's id of their account.
    pub account: String,
    /// Whether the platform says now that they may change the space.
    pub is_admin: bool,
    /// The platform's ids of the roles that they have there, where it has any.
    pub roles: Vec<String>,
}

/// What is wanted of the bot in a space. `Debug` shows no words and no token.
#[derive(Clone)]
pub enum SpaceAsk {
    /// The bot was put into the space, or is let write there again.
    Added,
    /// The bot was put out of the space.
    Removed,
    /// The space is another account of the platform's from now on: this one.
    Moved(String),
    /// The platform says that somebody is not a member any more: its id of their account.
    Departed(String),
    /// The platform says that these are not there any more, or are shut to the bot: by its ids of them.
    Missing(Vec<(Named, String)>),
    /// `/setup`, with what stands after it.
    Setup(UserText),
    /// `/suggest`, with the question.
    Suggest(UserText),
    /// `/answer`, with the number of a request and the words.
    Answer(UserText),
    /// `/queue`: what members ask moderators.
    Queue,
    /// Any other command: what the bot does here.
    Help,
    /// A press of a button of a space.
    Press(String),
}

impl Space {
    /// Whether questions are asked: switched on, with a place, and the bot is there.
    pub fn asks(&self) -> bool {
        self.rhythm != Rhythm::Off && self.channel.is_some() && self.left_at.is_none()
    }

    /// Whether members can post without their name: switched on, and somebody looks at it first.
    pub fn takes_posts(&self) -> bool {
        self.posts.is_some() && self.review.is_some() && self.channel.is_some() && self.left_at.is_none()
    }

    /// Whether members can look for a buddy: switched on, and somebody hears of what goes wrong.
    pub fn takes_buddies(&self) -> bool {
        self.buddies.is_some() && self.review.is_some() && self.left_at.is_none()
    }

    /// What its settings name, by the platform's ids.
    pub fn named(&self) -> Vec<(Named, String)> {
        let role = self.supporters.as_ref().and_then(|supporters| supporters.role.as_ref());
        let all = [(Named::Channel, self.channel.as_ref()), (Named::Review, self.review.as_ref()), (Named::Role, role)];
        all.into_iter().filter_map(|(named, id)| Some((named, id?.clone()))).collect()
    }

    /// Something that its settings name is gone. Where questions belong stays known, since it may open again; what
    /// moderators read and who may answer does not, so that nobody is asked for words that reach nobody.
    pub fn loses(&mut self, named: Named) {
        self.lost.insert(named);
        match named {
            Named::Channel => {}
            Named::Review => self.review = None,
            Named::Role => {
                if let Some(supporters) = &mut self.supporters {
                    supporters.role = None;
                }
            }
        }
    }

    /// At what time of day a question comes.
    pub fn time(&self) -> Time {
        self.at.unwrap_or(EVENING)
    }

    /// Counts something that a moderator did.
    pub fn count(&mut self, what: &str) {
        *self.audit.entry(what.to_owned()).or_default() += 1;
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_admin { "Actor(admin)" } else { "Actor(member)" })
    }
}

impl fmt::Debug for SpaceAsk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added => f.write_str("Added"),
            Self::Removed => f.write_str("Removed"),
            Self::Moved(_) => f.write_str("Moved"),
            Self::Departed(_) => f.write_str("Departed"),
            Self::Missing(_) => f.write_str("Missing"),
            Self::Setup(words) => f.debug_tuple("Setup").field(words).finish(),
            Self::Suggest(words) => f.debug_tuple("Suggest").field(words).finish(),
            Self::Answer(words) => f.debug_tuple("Answer").field(words).finish(),
            Self::Queue => f.write_str("Queue"),
            Self::Help => f.write_str("Help"),
            Self::Press(token) => write!(f, "Press({} bytes)", token.len()),
        }
    }
}
