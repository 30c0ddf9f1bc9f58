//! Asking the moderators of a space from a private talk: what the space keeps of a request, what its author keeps, and
//! what goes between the two. The space knows whom an answer goes to and shows it to nobody; what somebody passed on is all
//! that moderators read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::bars::Mark;
use crate::domain::ids::PersonId;
use crate::domain::limits::{
    ASKS_NEWS_MAX, SPACE_REQUEST_CLAIM_HOURS, SPACE_REQUEST_KEPT_DAYS, SPACE_REQUEST_WAIT_HOURS,
};
use crate::domain::space::Space;
use crate::domain::text::UserText;

/// How long what a space said of who is on duty, or of a block, is told as true, in minutes.
const TOLD_MINUTES: i64 = 10;

/// Requests of members to the moderators of a space; a space has none of this while an admin has not switched it on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supporters {
    /// What a link to this space must hold, so that nobody asks in a group that they never saw.
    pub key: u64,
    /// What accounts of moderators are hashed with.
    pub salt: u64,
    /// The number of the next request.
    #[serde(default)]
    pub next_number: u32,
    /// Requests that are open, by their number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub requests: BTreeMap<u32, Request>,
    /// Who said that they are on duty, and until when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub on_duty: BTreeMap<HelperTag, Timestamp>,
    /// The platform's id of a role whose holders may answer as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// Tells one moderator of a space from another, and nobody who it is: the first bytes of an HMAC with a key of the space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HelperTag(pub u64);

/// One open request. It goes whole with its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Whom an answer goes to. Shown to nobody.
    pub person: PersonId,
    /// By what its author knows it.
    pub ticket: u64,
    /// Their accounts, for the case that moderators want nothing more from them. Shown to nobody; none of a request that
    /// came before there were blocks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub marks: BTreeSet<Mark>,
    /// What they passed on lately, the newest last.
    pub words: Vec<UserText>,
    /// When it came.
    pub since: Timestamp,
    /// Who takes care of it, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<(HelperTag, Timestamp)>,
    /// Whether something in it sounded of danger, so that its author was told at once whom to reach.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_heavy: bool,
    /// Whether its author was told that nobody took it for long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_told: bool,
}

/// What somebody keeps of what they ask moderators of groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// Where their words go: by the link that they followed last, or the group that answered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<AskingTo>,
    /// Their open requests, by ticket.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub open: BTreeMap<u64, OpenRequest>,
    /// When they passed something on in the last day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lately: Vec<Timestamp>,
    /// What came back and was not shown yet, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub news: Vec<News>,
}

/// The space that somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskingTo {
    /// The space.
    pub space: PersonId,
    /// The key that its link held.
    pub key: u64,
    /// Whether somebody was on duty there, and when that was so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duty: Option<(bool, Timestamp)>,
    /// When it was said that its moderators take no questions from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barred: Option<Timestamp>,
}

/// One request, as its author knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// The space.
    pub space: PersonId,
    /// The key of its link, for further words.
    pub key: u64,
    /// Its number there, once it has one.
    #[serde(default)]
    pub number: u32,
    /// Since when.
    pub since: Timestamp,
}

/// Something that came back to somebody who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// Of which request.
    pub ticket: u64,
    /// The request.
    pub request: OpenRequest,
    /// What.
    pub what: NewsKind,
}

/// What can come back unasked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// A moderator answers.
    Answer(UserText),
    /// Nobody has taken it for long.
    NobodyYet,
    /// It is closed.
    Closed(Closing),
}

/// Why a request is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// A moderator closed it.
    ByModerator,
    /// A moderator wants no more questions from them.
    Barred,
    /// It was there for as long as one may be.
    Aged,
    /// Asking was switched off, or the bot is not in the group any more.
    SwitchedOff,
    /// The group became another one, which was set up anew.
    SetUpAnew,
}

/// On its way from somebody to a space.
#[derive(Clone)]
pub struct ToSupporters {
    /// From whom.
    pub from: PersonId,
    /// Of which request.
    pub ticket: u64,
    /// What.
    pub what: AskKind,
}

/// What somebody sends to moderators.
#[derive(Clone)]
pub enum AskKind {
    /// Words that they agreed to pass on.
    Words {
        /// The words.
        text: UserText,
        /// The key of the link.
        key: u64,
        /// Whether they sounded of danger.
        is_heavy: bool,
        /// Their accounts.
        marks: Vec<Mark>,
    },
    /// The request is over: settled, taken back, or its author is gone.
    Over(Ended),
    /// Its author is somebody else from now on: two accounts were joined.
    Moved(PersonId),
    /// An answer waits until its author comes back: nothing reaches them.
    Unreached,
}

/// Why its author ends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// They say that it is settled.
    Settled,
    /// They took back that words go to moderators.
    TakenBack,
    /// Everything of theirs was deleted.
    Forgotten,
}

/// On its way from a space to somebody who asks there.
#[derive(Clone)]
pub struct FromSupporters {
    /// From which space.
    pub space: PersonId,
    /// Of which request.
    pub ticket: u64,
    /// What.
    pub what: Came,
}

/// What comes from a space.
#[derive(Clone)]
pub enum Came {
    /// Their words stand where moderators look.
    Passed {
        /// The number of the request.
        number: u32,
        /// Whether they went to a request that was open before.
        is_more: bool,
        /// Whether somebody says that they are on duty.
        is_on_duty: bool,
    },
    /// They do not: asking is not switched on there, or not for this link.
    Refused {
        /// Whether no request of theirs is open there either.
        is_over: bool,
    },
    /// They do not: too many requests are open there.
    Full,
    /// They do not: moderators there take no questions from them.
    Barred,
    /// Something that they did not ask for now.
    News(NewsKind),
}

impl Space {
    /// Whether members can ask moderators: switched on, and somebody looks.
    pub fn takes_asks(&self) -> bool {
        self.supporters.is_some() && self.review.is_some() && self.left_at.is_none()
    }
}

impl Supporters {
    /// Whether somebody is on duty.
    pub fn is_on_duty(&self, now: Timestamp) -> bool {
        self.on_duty.values().any(|until| *until > now)
    }

    /// When something is to be done about a request: it was not taken for long, or has been there for long enough.
    pub fn due(&self) -> Option<Timestamp> {
        self.requests.values().map(|request| request.due()).min()
    }
}

impl Request {
    /// When its author is to be told that nobody took it, or else when it ends by itself.
    pub fn due(&self) -> Timestamp {
        if self.taken.is_none() && !self.is_told { self.waits_until() } else { self.ends() }
    }

    /// Until when it may wait before its author is told.
    pub fn waits_until(&self) -> Timestamp {
        after(self.since, SignedDuration::from_hours(SPACE_REQUEST_WAIT_HOURS))
    }

    /// When it goes.
    pub fn ends(&self) -> Timestamp {
        after(self.since, SignedDuration::from_hours(24 * SPACE_REQUEST_KEPT_DAYS))
    }

    /// Whether this moderator may answer, give back or close it: it is theirs, or whoever took it has let it lie. One whom
    /// the platform does not name counts as whoever took it.
    pub fn is_for(&self, helper: Option<HelperTag>, now: Timestamp) -> bool {
        let Some((taken_by, since)) = self.taken else { return false };
        let is_old = after(since, SignedDuration::from_hours(SPACE_REQUEST_CLAIM_HOURS)) <= now;
        is_old || helper.is_none_or(|helper| helper == taken_by)
    }
}

impl Asking {
    /// Whether somebody is on duty where they ask; `None` where that is not known of now.
    pub fn duty(&self, now: Timestamp) -> Option<bool> {
        let (is_on_duty, at) = self.to?.duty?;
        is_fresh(at, now).then_some(is_on_duty)
    }

    /// Whether it is known of now that moderators take no questions from them where they ask.
    pub fn is_barred(&self, now: Timestamp) -> bool {
        self.to.and_then(|to| to.barred).is_some_and(|at| is_fresh(at, now))
    }

    /// Keeps something that came until it can be shown; of very much the oldest goes.
    pub fn keep_news(&mut self, news: News) {
        self.news.push(news);
        if self.news.len() > ASKS_NEWS_MAX {
            self.news.remove(0);
        }
    }

    /// Whether nothing is open and nothing waits to be shown.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.news.is_empty()
    }

    /// Answers that were not shown yet.
    pub fn answers(&self) -> impl Iterator<Item = &UserText> {
        self.news.iter().filter_map(|news| match &news.what {
            NewsKind::Answer(words) => Some(words),
            NewsKind::NobodyYet | NewsKind::Closed(_) => None,
        })
    }

    /// What both of two accounts ask, once they are one.
    pub fn joined(mut self, other: Self) -> Self {
        self.to = self.to.or(other.to);
        self.open.extend(other.open);
        self.lately.extend(other.lately);
        for news in other.news {
            self.keep_news(news);
        }
        self
    }
}

impl fmt::Debug for ToSupporters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.what {
            AskKind::Words { .. } => "ToSupporters(words)",
            AskKind::Over(_) => "ToSupporters(over)",
            AskKind::Moved(_) => "ToSupporters(moved)",
            AskKind::Unreached => "ToSupporters(unreached)",
        })
    }
}

impl fmt::Debug for FromSupporters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.what {
            Came::Passed { .. } => "FromSupporters(passed)",
            Came::Refused { .. } => "FromSupporters(refused)",
            Came::Full => "FromSupporters(full)",
            Came::Barred => "FromSupporters(barred)",
            Came::News(_) => "FromSupporters(news)",
        })
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..SignedDuration::from_mins(TOLD_MINUTES)).contains(&now.duration_since(at))
}

fn after(from: Timestamp, span: SignedDuration) -> Timestamp {
    from.saturating_add(span).unwrap_or(Timestamp::MAX)
}
