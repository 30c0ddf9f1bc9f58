//! What somebody keeps of their buddies, and what goes between people and spaces about them.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::bars::Mark;
use crate::domain::buddies::{News, Seeker};
use crate::domain::event::{Address, Platform};
use crate::domain::ids::PersonId;
use crate::domain::text::UserText;

/// An account that somebody shows to one other person. `Debug` shows only the platform.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The platform.
    pub platform: Platform,
    /// The platform's id of it.
    pub account: String,
}

/// Why somebody reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// They are frightened.
    Frightens,
    /// They are pushed.
    Pushes,
    /// They are asked for money or pictures.
    Asks,
    /// Something else.
    Other,
}

/// What goes between people and spaces about buddies.
#[derive(Clone, Debug)]
pub enum BuddyWord {
    /// To a space: somebody looks for one, and came by a link with this signature.
    Looks {
        /// Who.
        seeker: Seeker,
        /// The signature.
        tag: u64,
    },
    /// To a space: what somebody says to what they were asked.
    Says {
        /// Who.
        person: PersonId,
        /// The pair.
        number: u32,
        /// Whether yes.
        yes: bool,
    },
    /// To a space: somebody is out, whatever they were in.
    Leaves(PersonId),
    /// To a space: somebody reports who they are paired with, and is out.
    Reports {
        /// Who.
        person: PersonId,
        /// Why.
        reason: Reason,
        /// In their words.
        words: Option<UserText>,
        /// The account of the other, where they want it to be told.
        names: Option<Account>,
    },
    /// To a space: two people became one, or have other accounts.
    Moves {
        /// Who was known.
        from: PersonId,
        /// Who it is.
        to: PersonId,
        /// Their accounts.
        marks: Vec<Mark>,
    },
    /// To a person: what a space says.
    News {
        /// Which.
        space: PersonId,
        /// Where it is.
        platform: Platform,
        /// What.
        news: News,
    },
    /// To a person, from whoever they are paired with now: how to reach them.
    Account {
        /// The space in which they were paired.
        space: PersonId,
        /// The pair.
        number: u32,
        /// The account.
        account: Account,
        /// All of their accounts.
        marks: Vec<Mark>,
    },
}

/// What somebody keeps of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buddying {
    /// The space whose link they followed last, and its signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<(PersonId, u64)>,
    /// Whether they have just come by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_led: bool,
    /// The number of the last standing.
    #[serde(default)]
    pub last_id: u32,
    /// Where they stand, at most once in each space.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standings: Vec<Standing>,
    /// Accounts with which they want to be in no pair, ever.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub never: BTreeSet<Mark>,
    /// When they looked for one in the last day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lately: Vec<Timestamp>,
}

/// Where somebody stands in one space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The space.
    pub space: PersonId,
    /// Where it is.
    pub platform: Platform,
    /// Tells it from others, and with another person from what it was before.
    pub id: u32,
    /// The pair, while there is one.
    #[serde(default)]
    pub number: u32,
    /// What they said of themselves.
    pub line: UserText,
    /// What the other said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<UserText>,
    /// The other, once both have agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<(Account, Vec<Mark>)>,
    /// How far it has come.
    pub stage: Stage,
    /// What they were not told yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// How far it has come for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// They wait.
    Waiting,
    /// They are asked.
    Asked,
    /// They said yes.
    Agreed,
    /// They write to each other.
    Paired,
    /// They are asked whether there is to be another week.
    Over,
    /// They would like another one.
    Again,
    /// It is over, and they are told.
    Gone,
}

/// What somebody is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// It did not come together.
    Apart,
    /// Both have agreed.
    Paired,
    /// Both have agreed to another week.
    Again,
    /// Half of the week is over.
    Midway,
    /// The pair has ended.
    Ended,
    /// They were not heard of.
    Lapsed,
    /// The space has no buddies any more.
    Off,
    /// Moderators want them in no pair.
    Barred,
    /// They are in the group no longer.
    Departed,
}

impl Standing {
    /// It is over: they are told why, and nothing is kept of the other.
    pub fn goes(&mut self, note: Note) {
        (self.stage, self.note, self.theirs, self.other) = (Stage::Gone, Some(note), None, None);
    }
}

impl Account {
    /// Of an address.
    pub fn of(address: &Address) -> Self {
        Self { platform: address.platform, account: address.account.clone() }
    }
}

impl Buddying {
    /// Takes in what another account of the same person keeps of it; a space in which both stand keeps this one's.
    pub fn joined(mut self, other: Self) -> Self {
        self.to = self.to.or(other.to);
        let new = |standing: &Standing| !self.standings.iter().any(|own| own.space == standing.space);
        let new: Vec<Standing> = other.standings.into_iter().filter(new).collect();
        for standing in new {
            let id = self.next_id();
            self.standings.push(Standing { id, ..standing });
        }
        self.never.extend(other.never);
        self.lately.extend(other.lately);
        self
    }

    /// A number for a standing that none has had.
    pub fn next_id(&mut self) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.platform.word())
    }
}
