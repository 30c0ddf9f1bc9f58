//! An optional PIN before what somebody wrote earlier is shown again. What a PIN is, and what is kept about it; its hash
//! is worked out by the service.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::command::Command;
use crate::domain::event::{Body, Platform};
use crate::domain::limits::{
    PIN_ASKED_MINUTES, PIN_DIGITS_MAX, PIN_DIGITS_MIN, PIN_OPEN_MINUTES, PIN_TRIES_MAX, PIN_WAIT_MINUTES,
};
use crate::domain::person::Profile;
use crate::domain::secret::Secret;
use crate::domain::text::UserText;

/// The token of the button that opens a field for a PIN, on platforms that have one. No tap has this form.
pub const PIN_TOKEN: &str = "pin";

/// The hash of a PIN with everything it takes to check one: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, as the PHC string
/// format has it. `Debug` shows only that there is one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PinHash(pub String);

/// Somebody's PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Its hash.
    pub hash: PinHash,
    /// Wrong tries since the last right one.
    #[serde(default)]
    pub wrong: u32,
    /// Until when no try is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_until: Option<Timestamp>,
    /// When it falls, because they asked for that and have not typed it since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub falls_at: Option<Timestamp>,
    /// Whether they were told of that when they wrote later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_told: bool,
    /// On which platform it was right, and until when that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<(Platform, Timestamp)>,
}

/// The digits that are waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinAsked {
    /// Where.
    pub on: Platform,
    /// Until when.
    pub until: Timestamp,
    /// What for.
    pub wanted: PinWanted,
}

/// What digits are waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PinWanted {
    /// The PIN, before this goes on.
    Present(Purpose),
    /// A new one.
    New,
    /// The new one once more, which has this hash.
    Again(PinHash),
}

/// What a PIN is asked for, and what goes on once it is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// Another PIN.
    Change,
    /// No PIN any more.
    Off,
    /// What was set aside.
    Resume,
    /// Becoming one with another account.
    Link,
    /// Parting with another account.
    Unlink,
    /// Everything as a file.
    Export,
    /// What was saved in the journal.
    Journal,
    /// What holds a word in it.
    Find(UserText),
    /// A press of one of its buttons, by its token.
    JournalTap(String),
    /// Goals, the open one and earlier ones.
    Goals,
    /// The cards that were made.
    Cards,
    /// The newest card of this dialog.
    Card(String),
    /// How their days went.
    Progress,
    /// An early answer beside a late one.
    ThenNow,
    /// Hard dates, and the plans for them.
    Dates,
    /// A press of one of their buttons, by its token.
    DatesTap(String),
    /// How everything that can be set stands.
    Settings,
    /// Words for a hard date that is near.
    HardDay,
    /// What came back from the moderators of a group.
    Moderators,
    /// How it stands with buddies.
    Buddy,
}

/// What must be worked out of digits before their turn: it takes too long for a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinWork {
    /// Their hash.
    Hash,
    /// Whether they have this one.
    Check(PinHash),
}

/// What was worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinProof {
    /// Their hash.
    Hashed(PinHash),
    /// Whether they have this one.
    Checked(PinHash, bool),
}

/// What somebody typed where a PIN was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// A PIN.
    Pin(Secret),
    /// Digits, and no PIN.
    Near,
    /// Something else.
    Words,
}

impl Typed {
    /// Reads it; spaces, hyphens and dots between the digits do not count.
    pub fn read(text: &str) -> Self {
        let digits: String = text.chars().filter(|c| !(c.is_whitespace() || matches!(c, '-' | '.'))).collect();
        let is_pin = digits.chars().all(|c| c.is_ascii_digit());
        if is_pin && (PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&digits.len()) {
            return Self::Pin(Secret::new(digits));
        }
        let is_near = digits.chars().any(char::is_numeric) && !digits.chars().any(char::is_alphabetic);
        if is_near { Self::Near } else { Self::Words }
    }

    /// What an event has typed of a PIN, if it may be one.
    pub fn of(body: &Body) -> Option<Secret> {
        let (Body::Text(text) | Body::Pin(text) | Body::Command(Command::Pin, text)) = body else { return None };
        match Self::read(text.expose()) {
            Self::Pin(pin) => Some(pin),
            Self::Near | Self::Words => None,
        }
    }
}

impl Pin {
    /// A new one, just typed on this platform.
    pub fn new(hash: PinHash, on: Platform, now: Timestamp) -> Self {
        let mut pin = Self { hash, wrong: 0, wait_until: None, falls_at: None, is_told: false, opened: None };
        pin.right(on, now);
        pin
    }

    /// Whether it was typed on this platform a short while ago.
    pub fn is_open(&self, on: Platform, now: Timestamp) -> bool {
        self.opened.is_some_and(|(platform, until)| platform == on && is_ahead(until, now, PIN_OPEN_MINUTES))
    }

    /// For how long no try is looked at; `None` when one is.
    pub fn wait(&self, now: Timestamp) -> Option<SignedDuration> {
        let until = self.wait_until.filter(|until| is_ahead(*until, now, PIN_WAIT_MINUTES));
        until.map(|until| until.duration_since(now))
    }

    /// It was typed.
    pub fn right(&mut self, on: Platform, now: Timestamp) {
        self.wrong = 0;
        self.wait_until = None;
        self.falls_at = None;
        self.is_told = false;
        self.opened = Some((on, after(now, PIN_OPEN_MINUTES)));
    }

    /// Another one was typed; tries that are left. After [`PIN_TRIES_MAX`] each further one takes [`PIN_WAIT_MINUTES`].
    pub fn wrong(&mut self, now: Timestamp) -> u32 {
        self.wrong = self.wrong.saturating_add(1);
        let left = PIN_TRIES_MAX.saturating_sub(self.wrong);
        if left == 0 {
            self.wait_until = Some(after(now, PIN_WAIT_MINUTES));
        }
        left
    }
}

impl PinAsked {
    /// From now on, for a while.
    pub fn new(on: Platform, wanted: PinWanted, now: Timestamp) -> Self {
        Self { on, until: after(now, PIN_ASKED_MINUTES), wanted }
    }
}

impl Profile {
    /// What digits are waited for on this platform now.
    pub fn pin_wanted(&self, on: Platform, now: Timestamp) -> Option<&PinWanted> {
        self.pin_asked.as_ref().filter(|asked| asked.on == on && now < asked.until).map(|asked| &asked.wanted)
    }

    /// What digits behind the command are, where none are waited for.
    pub fn pin_offered(&self) -> PinWanted {
        if self.pin.is_some() { PinWanted::Present(Purpose::Change) } else { PinWanted::New }
    }

    /// What must be worked out before digits of such an event have their turn; `None` when they would not be looked at.
    pub fn pin_work(&self, body: &Body, on: Platform, now: Timestamp) -> Option<PinWork> {
        let wanted = self.pin_wanted(on, now).cloned();
        let is_command = matches!(body, Body::Command(Command::Pin, _));
        match wanted.or_else(|| is_command.then(|| self.pin_offered()))? {
            PinWanted::New => Some(PinWork::Hash),
            PinWanted::Again(hash) => Some(PinWork::Check(hash)),
            PinWanted::Present(_) => {
                let pin = self.pin.as_ref().filter(|pin| pin.wait(now).is_none())?;
                Some(PinWork::Check(pin.hash.clone()))
            }
        }
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash(set)")
    }
}

/// Whether an instant that was set so many minutes ahead is still to come. A clock that was set back opens nothing for
/// longer, and shuts nobody out.
fn is_ahead(until: Timestamp, now: Timestamp, minutes: i64) -> bool {
    let left = until.duration_since(now);
    left.is_positive() && left <= SignedDuration::from_mins(minutes)
}

fn after(now: Timestamp, minutes: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Pin, PinHash, Typed};
    use crate::domain::event::Platform;
    use crate::domain::secret::Secret;

    #[test]
    fn digits_are_a_pin_and_nothing_else_is() {
        for (text, pin) in [("1234", "1234"), (" 12 34-56 ", "123456"), ("000000000000", "000000000000")] {
            assert_eq!(Typed::read(text), Typed::Pin(Secret::new(pin)), "{text}");
        }
        for near in ["123", "1234567890123", "１２３４", "12:34", "12,34"] {
            assert_eq!(Typed::read(near), Typed::Near, "{near}");
        }
        for words in ["", "   ", "hello", "1234 birds", "…", "i want to die 1234"] {
            assert_eq!(Typed::read(words), Typed::Words, "{words}");
        }
    }

    #[test]
    fn five_tries_then_one_an_hour() {
        let now = Timestamp::UNIX_EPOCH;
        let mut pin = Pin::new(PinHash("h".to_owned()), Platform::Telegram, now);
        assert!(pin.is_open(Platform::Telegram, now) && !pin.is_open(Platform::Discord, now));
        assert!(!pin.is_open(Platform::Telegram, now + SignedDuration::from_mins(10)));
        assert_eq!([0; 5].map(|_| pin.wrong(now)), [4, 3, 2, 1, 0]);
        let later = now + SignedDuration::from_mins(60);
        assert!(pin.wait(later - SignedDuration::from_secs(1)).is_some() && pin.wait(later).is_none());
        assert_eq!(pin.wrong(later), 0);
        assert!(pin.wait(later).is_some(), "no five more");
        pin.right(Platform::Discord, later);
        assert!(pin.wait(later).is_none() && pin.wrong == 0);
        assert_eq!(format!("{:?}", pin.hash), "PinHash(set)");
    }
}
