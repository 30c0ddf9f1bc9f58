//! Turns of a space. What happens there is public, so nothing of anybody's talk with the bot is ever said in it.

mod asking;
pub(super) mod barring;
mod duty;
mod mood;
pub(super) mod pairs;
pub(super) mod posting;
mod posts;
mod queue;
mod room;
mod setup;
mod suggestions;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::domain::event::{Address, Body, Event, Source};
use crate::domain::ids::PersonId;
use crate::domain::language::Language;
use crate::domain::limits::SPACE_KEPT_DAYS;
use crate::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};
use crate::domain::person::Silence;
use crate::domain::room::{Room, is_for_moderators};
use crate::domain::space::{Actor, Named, SPACE_ACCOUNT, SPACE_TOKEN, Space, SpaceAsk, SpaceEvent};
use crate::domain::supporters::{Came, Closing, NewsKind};
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::service::person::{Need, PersonWork};
use crate::service::ports::{Class, Item, Place};
use crate::service::turn::space::pairs::news_of;
use crate::service::turn::space::queue::came_from;
use crate::service::turn::{Turn, line};

/// That only admins set the bot up is said once in this time: others could have it said again and again.
const REFUSED_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// What is told of what moderators did: its name in the line, and under which it is counted.
const AUDIT: [(&str, &str); 13] = [
    ("taken", "suggestion_approved"),
    ("left", "suggestion_refused"),
    ("published", "space_post_published"),
    ("dropped", "space_post_dropped"),
    ("gone", "space_post_taken"),
    ("blocked", "space_post_blocked"),
    ("claimed", "request_taken"),
    ("answered", "request_answered"),
    ("back", "request_given_back"),
    ("closed", "request_closed"),
    ("barred", "request_barred"),
    ("lifted", "bar_lifted"),
    ("unpaired", "space_buddy_barred"),
];

/// Where in a space something is said.
#[derive(Clone)]
pub(super) struct Spot {
    /// The platform's id of the channel, chat or topic.
    chat: String,
    /// The message that is changed instead of a new one.
    message: Option<Place>,
}

impl Turn<'_, '_> {
    /// Something in a space that is meant for the bot.
    pub(super) fn in_space(&mut self, event: &Event, asked: &SpaceEvent) -> Result<(), Need> {
        let Source::Address(address) = &event.source else { return Ok(()) };
        let spot = Spot { chat: address.chat.clone(), message: asked.message.clone().map(Place) };
        let is_admin = asked.actor.as_ref().is_some_and(|actor| actor.is_admin);
        let was_lost = self.work.profile.unreachable;
        if !matches!(asked.ask, SpaceAsk::Removed | SpaceAsk::Departed(_) | SpaceAsk::Missing(_)) {
            self.is_back_in_space()?;
        }
        if let Some(space) = self.space().moderates.filter(|_| is_for_moderators(&asked.ask)) {
            let did = Room::Did { room: spot.chat, event: asked.clone() };
            self.changes.follows.push((space, Body::Room(Box::new(did))));
            return Ok(());
        }
        match &asked.ask {
            SpaceAsk::Added => {
                let choices = self.ask_button();
                self.space_tell(&Spot { message: None, ..spot }, "space_hello", &[], choices);
                Ok(())
            }
            SpaceAsk::Removed => self.is_out_of_space(),
            SpaceAsk::Moved(account) => {
                self.moved_to(address, account);
                Ok(())
            }
            SpaceAsk::Departed(account) => self.departed(account),
            SpaceAsk::Missing(gone) => {
                for (named, id) in gone {
                    // What was named anew meanwhile is another one.
                    if self.space().named().contains(&(*named, id.clone())) {
                        self.space_mut().loses(*named);
                    }
                }
                Ok(())
            }
            SpaceAsk::Help => {
                let RichText(help) = line(self.words(), "space_help", &[], 0);
                let body = self.with_audit(help);
                let mut choices = self.ask_button();
                choices.extend(self.buddy_way());
                self.say_in_space(&spot, body, choices, Class::Reply, None);
                Ok(())
            }
            SpaceAsk::Answer(words) => self.answer_request(&spot, words, asked.actor.as_ref()),
            SpaceAsk::Queue => {
                self.queue(&spot, asked.actor.as_ref());
                Ok(())
            }
            SpaceAsk::Setup(_) if !is_admin => {
                self.refuse_setup(&spot);
                Ok(())
            }
            SpaceAsk::Setup(words) => {
                self.set_up(&spot, words)?;
                let is_elsewhere = self.space().channel.is_some_and(|channel| channel != spot.chat);
                if was_lost && is_elsewhere {
                    self.tell_asker(&spot, "space_not_said");
                }
                Ok(())
            }
            SpaceAsk::Suggest(words) => {
                self.suggested(&spot, words);
                Ok(())
            }
            SpaceAsk::Press(token) => {
                let nobody = Actor { account: String::new(), is_admin: false, roles: Vec::new() };
                self.pressed_in_space(&spot, token, asked.actor.as_ref().unwrap_or(&nobody))
            }
        }
    }

    /// What the bot's own timers do in a space.
    pub(super) fn space_due(&mut self, body: &Body) -> Result<(), Need> {
        match body {
            Body::CheckInDue { plan, due } => self.planned_in_space(*plan, *due),
            Body::PlansAgain => self.plan_again(),
            // It is there again when nothing is noted any more.
            Body::SilenceDue { .. } if self.work.profile.silence.is_some() => {
                self.end_requests(Closing::SwitchedOff);
                self.changes.is_forgotten = true;
                self.changes.goes_quietly = true;
                self.close_buddies()
            }
            Body::Room(room) => self.about_room(room),
            Body::AsksSupporters(asked) => self.asked_supporters(asked),
            Body::Posted { text, author, key } => {
                self.posted(text, *author, *key);
                Ok(())
            }
            Body::Buddy(word) => self.paired(word),
            // Nobody talks there, so there is nothing else to wait for.
            Body::SilenceDue { .. }
            | Body::CheckInQueued { .. }
            | Body::TimerDue { .. }
            | Body::Arrived
            | Body::Text(_)
            | Body::Tap(_)
            | Body::Pin(_)
            | Body::Command(..)
            | Body::UnknownCommand(_)
            | Body::Edited(_)
            | Body::Wordless
            | Body::MoreOfAlbum
            | Body::Left
            | Body::Space(_)
            | Body::FromSupporters(_)
            | Body::Unreadable(_) => Ok(()),
        }
    }

    /// The platform made another account of the space: everything goes along.
    fn moved_to(&mut self, from: &Address, account: &str) {
        let chat = account.strip_prefix(SPACE_ACCOUNT).unwrap_or(account).to_owned();
        let old = from.chat.split('/').next().unwrap_or_default().to_owned();
        let space = self.space_mut();
        for place in [&mut space.channel, &mut space.review].into_iter().flatten() {
            if *place == old {
                place.clone_from(&chat);
            }
        }
        if let Some(moderated) = space.moderates {
            let changed = Room::Changed { from: old, to: Some(chat.clone()) };
            self.changes.follows.push((moderated, Body::Room(Box::new(changed))));
        }
        let to = Address { account: account.to_owned(), chat, ..from.clone() };
        self.work.profile.address = to.clone();
        self.changes.moved = Some((from.clone(), to));
    }

    fn pressed_in_space(&mut self, spot: &Spot, token: &str, actor: &Actor) -> Result<(), Need> {
        let words: Vec<&str> = token.strip_prefix(SPACE_TOKEN).unwrap_or_default().split('.').collect();
        match words.as_slice() {
            ["private" | "share", key] => {
                let is_private = words.first() == Some(&"private");
                self.answered_in_space(key, is_private);
                Ok(())
            }
            ["mood", number, answer] if !actor.account.is_empty() => {
                self.mood_pressed(&actor.account, number, answer);
                Ok(())
            }
            ["reply" | "report", number] => {
                let is_report = words.first() == Some(&"report");
                self.answered_post(spot, number, is_report);
                Ok(())
            }
            ["buddy"] if !actor.account.is_empty() => {
                self.buddy_wanted(&actor.account);
                Ok(())
            }
            ["ask"] => {
                self.asks_moderator(&actor.account);
                Ok(())
            }
            ["q", verb, number] => self.queue_pressed(spot, verb, number, actor),
            _ if !actor.is_admin => {
                self.note("space_admins_only");
                Ok(())
            }
            ["yes" | "no", number] => {
                let is_approved = words.first() == Some(&"yes");
                self.judged(spot, number, is_approved);
                Ok(())
            }
            ["publish" | "drop" | "block" | "gone", number] => {
                self.moderated(spot, words.first().copied().unwrap_or_default(), number)
            }
            ["unpair", number] => self.unpair(spot, number),
            [page, rest @ ..] => self.setup_pressed(spot, page, rest),
            [] => Ok(()),
        }
    }

    fn refuse_setup(&mut self, spot: &Spot) {
        let now = self.world.now;
        let space = self.space_mut();
        if space.refused_at.is_none_or(|last| now.duration_since(last) >= REFUSED_EVERY) {
            space.refused_at = Some(now);
            self.tell_asker(spot, "space_admins_only");
        }
        self.note("space_admins_only");
    }

    /// The bot is there: what it was told is kept.
    fn is_back_in_space(&mut self) -> Result<(), Need> {
        let is_out = self.work.profile.unreachable || self.space_mut().left_at.is_some();
        if is_out {
            self.space_mut().left_at = None;
            self.work.profile.unreachable = false;
            self.work.profile.silence = None;
            return self.plan_question();
        }
        Ok(())
    }

    /// The bot was put out: it asks nothing, and after some weeks knows nothing.
    fn is_out_of_space(&mut self) -> Result<(), Need> {
        self.space_mut().left_at = Some(self.world.now);
        self.leaves_room();
        self.end_requests(Closing::SwitchedOff);
        self.plan_queue()?;
        self.changes.silence = out_of_space(&mut self.work, self.world.now);
        self.close_buddies()?;
        self.plan_question()
    }

    /// The way to moderators, while they can be asked.
    fn ask_button(&self) -> Vec<Choice> {
        let takes_asks = self.space().takes_asks();
        takes_asks.then(|| button(self.space_line("space_button_ask", &[]), "ask")).into_iter().collect()
    }

    /// What is kept of the space, to be changed.
    fn space_mut(&mut self) -> &mut Space {
        self.work.profile_changed = true;
        self.work.profile.space.get_or_insert_default()
    }

    fn space(&self) -> Space {
        self.work.profile.space.as_deref().cloned().unwrap_or_default()
    }

    fn space_line(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        line(self.words(), key, arguments, 0).plain()
    }

    /// Something, and in numbers below it what moderators did, once they did something: everybody may know that.
    fn with_audit(&self, mut pieces: Vec<Piece>) -> RichText {
        let audit = self.space().audit;
        if !audit.is_empty() {
            let counted = AUDIT.map(|(name, what)| (name, audit.get(what).copied().unwrap_or_default().to_string()));
            let counted: Vec<(&str, &str)> = counted.iter().map(|(name, count)| (*name, count.as_str())).collect();
            pieces.push(Piece::Author(format!("\n\n{}", self.space_line("space_audit", &counted))));
        }
        RichText(pieces)
    }

    /// One of the system's lines, and somebody's words below it.
    fn with_words(&self, key: &str, arguments: &[(&str, &str)], words: &UserText) -> RichText {
        let RichText(mut pieces) = line(self.words(), key, arguments, 0);
        pieces.push(Piece::Author("\n\n".to_owned()));
        pieces.push(Piece::Person(words.clone()));
        RichText(pieces)
    }

    /// One of the system's lines, in a space.
    fn space_tell(&mut self, spot: &Spot, key: &str, arguments: &[(&str, &str)], choices: Vec<Choice>) {
        let body = line(self.words(), key, arguments, 0);
        self.say_in_space(spot, body, choices, Class::Reply, None);
    }

    /// Something that concerns only who asked: all read it only where the platform has no other way.
    fn tell_asker(&mut self, spot: &Spot, key: &str) {
        self.note(key);
        if !self.work.profile.address.platform.answers_aside() {
            self.space_tell(&Spot { message: None, ..spot.clone() }, key, &[], Vec::new());
        }
    }

    fn say_in_space(
        &mut self,
        spot: &Spot,
        body: RichText,
        choices: Vec<Choice>,
        class: Class,
        thread: Option<String>,
    ) {
        let kind = if choices.is_empty() { ViewKind::Say } else { ViewKind::Choice };
        let view = View { body, kind, choices, language: self.language() };
        let (chat, at) = (spot.chat.clone(), spot.message.clone());
        self.changes.items.push((class, Item::InSpace { chat, at, view, thread }));
    }

    fn set_space_fact(&mut self, name: &str, value: Value) -> Result<(), Need> {
        self.work.profile.facts.insert(name.to_owned(), value);
        self.work.profile_changed = true;
        self.plan_question()
    }
}

/// The bot cannot be in a space any more: until when it is kept. `None` of a person.
pub(crate) fn out_of_space(work: &mut PersonWork, now: Timestamp) -> Option<Timestamp> {
    work.profile.space.as_ref()?;
    let end = now.saturating_add(SignedDuration::from_hours(24 * SPACE_KEPT_DAYS)).unwrap_or(Timestamp::MAX);
    work.profile.silence = Some(Silence { since: now, due: end, is_warned: true });
    work.profile_changed = true;
    Some(end)
}

/// A space goes, since the account that it has moved to is another one's, which was set up: what follows for everybody who
/// stands in it, and for the group whose moderators looked here.
pub(crate) fn gives_way(work: &PersonWork, to: &Address) -> Vec<(PersonId, Body)> {
    let Some(space) = work.profile.space.as_deref() else { return Vec::new() };
    let closed = || Came::News(NewsKind::Closed(Closing::SetUpAnew));
    let requests = space.supporters.iter().flat_map(|supporters| supporters.requests.values());
    let asked = requests.map(|request| (request.person, came_from(work.id, request.ticket, closed())));
    let ended = space.buddies.clone().map(|mut buddies| buddies.close()).unwrap_or_default();
    let gone = Room::Changed { from: to.chat.clone(), to: None };
    let moderated = space.moderates.map(|moderated| (moderated, Body::Room(Box::new(gone))));
    asked.chain(news_of(work.id, to.platform, ended)).chain(moderated).collect()
}

/// Nothing can be said in a place of a space any more; whether the rest goes on, since it is elsewhere.
pub(crate) fn lost_place(work: &mut PersonWork, chat: &str) -> bool {
    let Some(space) = work.profile.space.as_deref_mut() else { return false };
    if space.channel.as_deref() == Some(chat) {
        space.loses(Named::Channel);
        work.profile_changed = true;
    }
    let goes_on = space.asks() || space.posts.is_some() || space.supporters.is_some() || space.buddies.is_some();
    if !goes_on || space.channel.as_deref() == Some(chat) {
        return false;
    }
    if space.review.as_deref() == Some(chat) {
        space.loses(Named::Review);
        work.profile_changed = true;
    }
    true
}

/// Tells one thing from others to whoever has the key, and to nobody else: the first bytes of an HMAC-SHA256.
fn keyed(key: &[u8], what: &[u8]) -> u64 {
    // A key of any length is one to HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return 0 };
    mac.update(what);
    first_bytes(&mac.finalize().into_bytes())
}

fn first_bytes(hash: &[u8]) -> u64 {
    hash.iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte))
}

/// A button of a space.
fn button(label: impl Into<String>, token: &str) -> Choice {
    Choice { label: label.into(), token: format!("{SPACE_TOKEN}{token}"), role: ChoiceRole::Answer }
}

/// A day of the week by its number; Monday is 1.
fn weekday(day: i8, language: Language) -> &'static str {
    let at = usize::try_from(day - 1).unwrap_or_default();
    language.weekdays().get(at).copied().unwrap_or_default()
}
