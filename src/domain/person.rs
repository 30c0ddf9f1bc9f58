//! What the bot knows of a person beside their sessions, and which of it dialogs may read.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::domain::buddying::Buddying;
use crate::domain::consent::{Consent, Receipt, Wordings};
use crate::domain::event::{Address, Body, Event, Platform};
use crate::domain::fading::Fading;
use crate::domain::hard_date::HardDate;
use crate::domain::ids::SessionId;
use crate::domain::language::Language;
use crate::domain::pin::{Pin, PinAsked};
use crate::domain::posting::Posting;
use crate::domain::recurrence::QuietHours;
use crate::domain::space::Space;
use crate::domain::supporters::Asking;
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::domain::week::Week;
use crate::domain::write::Plan;

/// A person's profile: sealed as one piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Where to reach them: the address they last wrote from.
    pub address: Address,
    /// Their accounts on other platforms, once they have joined them; one per platform, that of `address` not among
    /// them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Address>,
    /// Values saved by dialogs under [`PROFILE_FACTS`].
    pub facts: Values,
    /// What they agreed to or took back. A consent without a receipt was given before there were any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub consents: BTreeMap<Consent, Receipt>,
    /// Check-ins rest until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Timestamp>,
    /// Nothing reaches them where check-ins arrive: these rest until they write from there, or choose another place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreachable: bool,
    /// The language of their app when they came, an IETF tag; `None` where the platform tells none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The dialog that a link led to, before they had said hello: it comes after the first talk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wished: Option<String>,
    /// The open goal: the small thing that is asked about next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_goal: Option<Goal>,
    /// On which days of the last week they have checked in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<Week>,
    /// Days of the year that are hard for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hard_dates: Vec<HardDate>,
    /// The exercises that they have done, by dialog, with the last day of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub done: BTreeMap<String, Date>,
    /// Since when they have not written, and what is to be done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// Check-ins that they have not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fading: Option<Fading>,
    /// The dialog that they put off last, while they may say until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_off: Option<String>,
    /// What they planned last by typing, while it can be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Planned>,
    /// What a check-in behind neutral words is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// What came of screening their words, if anything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care: Option<Care>,
    /// On a platform where what was missed is read up: up to where it was heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Heard>,
    /// When they last asked for everything as a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported_at: Option<Timestamp>,
    /// When they last asked how their days went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress_at: Option<Timestamp>,
    /// Their PIN, if they set one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
    /// The digits that are waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_asked: Option<PinAsked>,
    /// The session and turn whose question was hidden: the next words bring it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<(SessionId, u64)>,
    /// What they write for groups without their name goes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posting: Option<Posting>,
    /// What they ask the moderators of groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asking: Option<Asking>,
    /// Their buddies, and where they look for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buddying: Option<Buddying>,
    /// Set when this is no person but a space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<Box<Space>>,
}

/// What came of screening somebody's words for danger: never the words, and of what they were about only the class that
/// was asked about last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Care {
    /// When a safety dialog last began because of their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// How urgent that was, 1 to 3.
    #[serde(default)]
    pub asked_level: u8,
    /// The class that it was about, by its name in the screen; none in profiles that were written before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_class: Option<String>,
    /// How often they said that it was nothing.
    #[serde(default)]
    pub false_alarms: u32,
    /// Until when doubtful words about death are asked about more directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched_until: Option<Timestamp>,
}

/// How long somebody has not written, to a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// They wrote then, or up to a week later.
    pub since: Timestamp,
    /// When something is to be done about it.
    pub due: Timestamp,
    /// Whether they were told, and everything goes next.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_warned: bool,
}

/// A change of plans that can be taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The dialog whose plan was made, if one was.
    pub made: Option<String>,
    /// The plans that were replaced or ended.
    pub before: Vec<Plan>,
}

/// A dialog that begins once its person taps for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its id.
    pub dialog: String,
    /// Its arguments.
    pub with: Values,
}

/// Up to where a chat was heard: all that was written later is still to be read. `Debug` shows only when.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The platform's id of the chat.
    pub chat: String,
    /// The platform's number of the newest message that had its turn; `None` while they have only pressed something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<i64>,
    /// When that was, by the platform's clock.
    pub at: Timestamp,
}

impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Heard({})", self.at)
    }
}

/// A small thing somebody set out to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// In their words.
    pub title: UserText,
    /// The day it is for.
    pub due: Option<Date>,
    /// The day it was set.
    pub since: Date,
}

/// The kinds of values that facts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// [`Value::Text`].
    Text,
    /// [`Value::Key`].
    Key,
    /// [`Value::Num`].
    Num,
    /// [`Value::Bool`].
    Bool,
    /// [`Value::Date`].
    Date,
    /// [`Value::Time`].
    Time,
}

/// Facts that `save = "profile"` may write and `[facts]` may read.
pub const PROFILE_FACTS: &[(&str, FactKind)] = &[
    ("name", FactKind::Text),
    ("zone", FactKind::Text),
    ("goal", FactKind::Key),
    ("consent", FactKind::Bool),
    ("consent_daily", FactKind::Bool),
    ("consent_groups", FactKind::Bool),
    ("consent_posts", FactKind::Bool),
    ("consent_moderators", FactKind::Bool),
    ("consent_buddies", FactKind::Bool),
    ("adult", FactKind::Bool),
    ("checkin_at", FactKind::Time),
    ("checkins", FactKind::Num),
    ("looks_heavier", FactKind::Num),
    ("last_mood", FactKind::Num),
    ("last_checkin", FactKind::Date),
    ("quiet_from", FactKind::Time),
    ("quiet_to", FactKind::Time),
    ("silent_checkins", FactKind::Bool),
    ("discreet", FactKind::Bool),
    ("checkins_on", FactKind::Key),
    ("country", FactKind::Key),
    ("contact_lock", FactKind::Key),
    ("contact_outcome", FactKind::Key),
    ("contact_on", FactKind::Date),
    ("contact_rest", FactKind::Date),
    ("both_agreed", FactKind::Bool),
    ("hard_hours_kept", FactKind::Bool),
    ("helper_card_kept", FactKind::Bool),
    (LANGUAGE_FACT, FactKind::Key),
];

/// Dialogs whose card is kept, with the fact that says so to other dialogs. It goes when the last such entry is deleted.
pub const CARD_FACTS: &[(&str, &str)] = &[("hard-hours", "hard_hours_kept"), ("helper-card", "helper_card_kept")];

/// The fact that holds the language that somebody chose, by its code.
pub const LANGUAGE_FACT: &str = "language";

/// What `save = "profile"` may ask for beside them; it is done at once and nothing of it is kept.
/// `unlink` names the platform whose account is no longer to be theirs; `forget` deletes everything of the person.
/// `export` asks for everything as a file; `progress` for how their days went, and `then_now` for an early answer beside a
/// late one; `open` begins what waits behind neutral words.
/// `false_alarm` says that what a safety dialog asked about was nothing: it is counted, and for a day doubtful words about
/// death (S1 of the screen) are asked about as wishes (S2); nothing else is heard differently. `misread` is only counted.
/// `entry` is the id of an entry: `entry_words` takes the place of its words, `entry_note` is added to them, `entry_delete`
/// deletes it. `entry_find` shows the entries that hold a word, `entry_list` the newest, and `entry_cards` the newest of each
/// dialog with the tag `card`; `entry_card` shows the newest of the dialog that it names, whole.
/// `keep_asking` says how check-ins go on: `before`, `weekly` or `stop`; `take_back` that what was just
/// planned by typing shall be as before; `put_off` until when a
/// check-in is put off: `hour`, `evening`, `tomorrow`, or `skip` until its next time.
/// `mood_yesterday` keeps a mood under the day before, `mood_instead` takes the place of the newest one of today.
/// `post` goes to the group whose link they followed last, without their name.
/// `ask_moderator` goes to the moderators of the group whose link they followed last; `moderator_news` shows what came
/// back, and `moderator_done` says that the request is settled.
/// `buddy` is what they want of a buddy for a week: `look` for one with `buddy_line`, say `yes` or `no` to what they were
/// asked, `leave`, `never` again with this one, or `report` for `buddy_reason`, with `buddy_words` and, if `buddy_names`,
/// the other's account; `buddy_of` says which of their buddies it is about.
/// `pin` asks for a new PIN, behind the one that is set.
/// `date_list` shows the hard dates. `date_of` is the id of one: `date_day` (its year does not count), `date_label`,
/// `date_cue` and `date_then` take the place of what it had, `date_delete` deletes it; without an id they make one.
pub const PROFILE_ACTS: &[(&str, FactKind)] = &[
    ("unlink", FactKind::Key),
    ("forget", FactKind::Bool),
    ("false_alarm", FactKind::Bool),
    ("export", FactKind::Bool),
    ("progress", FactKind::Bool),
    ("then_now", FactKind::Bool),
    ("open", FactKind::Bool),
    ("misread", FactKind::Bool),
    ("entry", FactKind::Text),
    ("entry_words", FactKind::Text),
    ("entry_note", FactKind::Text),
    ("entry_delete", FactKind::Bool),
    ("entry_find", FactKind::Text),
    ("entry_list", FactKind::Bool),
    ("entry_cards", FactKind::Bool),
    ("entry_card", FactKind::Text),
    ("keep_asking", FactKind::Key),
    ("take_back", FactKind::Bool),
    ("put_off", FactKind::Key),
    ("mood_yesterday", FactKind::Num),
    ("mood_instead", FactKind::Num),
    ("pin", FactKind::Bool),
    ("date_list", FactKind::Bool),
    ("date_of", FactKind::Num),
    ("date_day", FactKind::Date),
    ("date_label", FactKind::Text),
    ("date_cue", FactKind::Text),
    ("date_then", FactKind::Text),
    ("date_delete", FactKind::Bool),
    ("post", FactKind::Text),
    ("ask_moderator", FactKind::Text),
    ("moderator_news", FactKind::Bool),
    ("moderator_done", FactKind::Bool),
    ("buddy", FactKind::Key),
    ("buddy_of", FactKind::Num),
    ("buddy_line", FactKind::Text),
    ("buddy_reason", FactKind::Key),
    ("buddy_words", FactKind::Text),
    ("buddy_names", FactKind::Bool),
];

/// Facts that the service works out before each turn; `[facts]` may read them, nothing writes them.
/// `open_goal` and `open_goal_due` are there while a goal is open; `checkin_days` says on how many of the last `checkin_of`
/// days they have checked in, if that was noted; `missed_yesterday` whether a check-in came yesterday and none was answered
/// since; `moderators_known` whether they came by the link of a group that can be asked, `moderators_on_duty` whether
/// somebody said there that they are, if that is known of now, `moderators_barred` whether it is known of now that no
/// question is taken from them there, and `moderators_wait` whether a request of what came back last
/// is still open; `emergency` while the person's country is known and has
/// an entry in `helplines.toml`. Each card is a whole message: one line, how to write to it, and
/// the emergency number; without a country it says what holds everywhere.
pub const SERVICE_FACTS: &[(&str, FactKind)] = &[
    ("open_goal", FactKind::Text),
    ("open_goal_due", FactKind::Date),
    ("checkin_days", FactKind::Num),
    ("checkin_of", FactKind::Num),
    ("missed_yesterday", FactKind::Bool),
    ("moderators_known", FactKind::Bool),
    ("moderators_on_duty", FactKind::Bool),
    ("moderators_barred", FactKind::Bool),
    ("moderators_wait", FactKind::Bool),
    ("bot_name", FactKind::Text),
    ("country_known", FactKind::Bool),
    ("emergency", FactKind::Text),
    ("crisis_card", FactKind::Text),
    ("violence_card", FactKind::Text),
    ("own_card", FactKind::Text),
    ("youth_card", FactKind::Text),
];

impl Profile {
    /// The profile of somebody who has just arrived.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            others: Vec::new(),
            facts: Values::new(),
            consents: BTreeMap::new(),
            paused_until: None,
            unreachable: false,
            language: None,
            wished: None,
            open_goal: None,
            week: None,
            hard_dates: Vec::new(),
            done: BTreeMap::new(),
            silence: None,
            fading: None,
            put_off: None,
            planned: None,
            waiting: None,
            care: None,
            heard: None,
            exported_at: None,
            progress_at: None,
            pin: None,
            pin_asked: None,
            hidden: None,
            posting: None,
            asking: None,
            buddying: None,
            space: None,
        }
    }

    /// Notes that an event from an address has its turn; whether that is news.
    pub fn hear(&mut self, address: &Address, event: &Event) -> bool {
        if !address.platform.is_read_up() || matches!(event.body, Body::Edited(_) | Body::Space(_)) {
            return false;
        }
        let is_news = match &self.heard {
            Some(heard) if heard.chat == address.chat => event.origin.message > heard.message,
            Some(_) | None => true,
        };
        if is_news {
            self.heard = Some(Heard { chat: address.chat.clone(), message: event.origin.message, at: event.at });
        }
        is_news
    }

    /// They write from here; whether that is news. One of their accounts may have moved to another chat.
    pub fn write_from(&mut self, from: &Address) -> bool {
        if self.address == *from {
            return false;
        }
        let before = std::mem::replace(&mut self.address, from.clone());
        if before.platform != from.platform {
            self.others.retain(|other| other.platform != from.platform);
            self.others.push(before);
        }
        true
    }

    /// Every way to them: where they last wrote first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        std::iter::once(&self.address).chain(&self.others)
    }

    /// Their account on a platform.
    pub fn address_on(&self, platform: Platform) -> Option<&Address> {
        self.addresses().find(|address| address.platform == platform)
    }

    /// Where check-ins arrive: on the platform that they chose, or else where they last wrote.
    pub fn checkin_address(&self) -> &Address {
        let chosen = self.facts.get("checkins_on").and_then(Value::as_str);
        self.addresses().find(|address| Some(address.platform.word()) == chosen).unwrap_or(&self.address)
    }

    /// Takes the account of a platform away. `None`, and nothing has changed, when there is none there, or no other.
    pub fn part_with(&mut self, platform: Platform) -> Option<Address> {
        if self.others.is_empty() {
            return None;
        }
        let gone = if self.address.platform == platform {
            let newest = self.others.pop()?;
            std::mem::replace(&mut self.address, newest)
        } else {
            let index = self.others.iter().position(|other| other.platform == platform)?;
            self.others.remove(index)
        };
        if self.others.is_empty() || self.facts.get("checkins_on").and_then(Value::as_str) == Some(platform.word()) {
            self.facts.remove("checkins_on");
            self.unreachable = false;
        }
        if gone.platform.is_read_up() {
            self.heard = None;
        }
        Some(gone)
    }

    /// The language that they chose, or else that of their app, if it is spoken here.
    pub fn spoken(&self) -> Option<Language> {
        let chosen = self.facts.get(LANGUAGE_FACT).and_then(Value::as_str);
        chosen.and_then(Language::of_tag).or_else(|| self.language.as_deref().and_then(Language::of_tag))
    }

    /// The IANA zone they chose, if any.
    pub fn zone_name(&self) -> Option<&str> {
        self.facts.get("zone").and_then(Value::as_str)
    }

    /// Their own quiet hours, or else the host's.
    pub fn quiet_hours(&self, or: QuietHours) -> QuietHours {
        let time = |name: &str, or: Time| match self.facts.get(name) {
            Some(Value::Time(time)) => *time,
            _ => or,
        };
        QuietHours { from: time("quiet_from", or.from), to: time("quiet_to", or.to) }
    }

    /// Whether check-ins should come without a sound.
    pub fn wants_silent_checkins(&self) -> bool {
        self.facts.get("silent_checkins") == Some(&Value::Bool(true))
    }

    /// Whether they agreed that answers are stored.
    pub fn has_consented(&self) -> bool {
        self.says(Consent::Store) == Some(true)
    }

    /// What they said to something, to whatever wording; `None` when they were not asked.
    pub fn says(&self, consent: Consent) -> Option<bool> {
        match self.facts.get(consent.fact()) {
            Some(Value::Bool(given)) => Some(*given),
            Some(_) | None => None,
        }
    }

    /// Whether they agreed to something in a wording that no longer holds, so that they must be asked again.
    pub fn is_outdated(&self, consent: Consent, wordings: &Wordings) -> bool {
        // Without a receipt it was given before there were any, to the first wording.
        let wording = self.consents.get(&consent).map_or(1, |receipt| receipt.wording);
        self.says(consent) == Some(true) && wording < wordings.of(consent)
    }

    /// Notes what they said to something, and when; whether that is news.
    pub fn agree(&mut self, consent: Consent, given: bool, wordings: &Wordings, now: Timestamp) -> bool {
        let wording = wordings.of(consent);
        if self.consents.get(&consent).is_some_and(|known| known.given == given && known.wording == wording) {
            return false;
        }
        self.facts.insert(consent.fact().to_owned(), Value::Bool(given));
        self.consents.insert(consent, Receipt { given, wording, at: now });
        true
    }
}
