//! Every free text is screened before anything else reads it; what cannot wait interrupts for the dialog that fits, and
//! afterwards the question that was open stands again. The words themselves go no further.

use jiff::SignedDuration;

use crate::dialog::effect::Input;
use crate::dialog::session::{Cause, ParkedBy, Status};
use crate::domain::command::Command;
use crate::domain::event::Body;
use crate::domain::message::{RichText, View};
use crate::domain::occasion::Occasion;
use crate::domain::person::Care;
use crate::domain::pin::Typed;
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::safety::screen::{Class, Finding};
use crate::service::person::Need;
use crate::service::turn::Turn;
use crate::service::turn::asking_moderator::ASK_DIALOG;

/// How long what was just asked about may be said again without another question: people repeat what was interrupted.
const ASKED_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long doubtful words are asked about more directly after a "no".
const WATCHED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// What is answered at once, whatever was asked before.
const LEVEL_NOW: u8 = 3;
/// What is answered inside a talk about another danger.
const LEVEL_OTHER: u8 = 2;
/// The parameter that tells the dialog of a finding whether they have taken something, or are badly wounded.
const DONE: &str = "done";

impl Turn<'_, '_> {
    /// Reads a text for danger; true when it was answered instead of being given to whatever it was meant for. Inside a
    /// talk about safety only what cannot wait is answered, and its question stands again.
    pub(super) fn is_cared_for(&mut self, text: &UserText) -> Result<bool, Need> {
        self.cares(text, true)
    }

    /// As [`Self::is_cared_for`]; `may_answer` when the text can be the answer to a question.
    fn cares(&mut self, text: &UserText, may_answer: bool) -> Result<bool, Need> {
        let (settings, library, now) = (self.world.settings, self.world.library, self.world.now);
        let found = settings.screen.look(text.expose());
        if self.is_in_safety() {
            if !self.is_news_in_safety(&found) {
                return Ok(false);
            }
            self.say_what_to_do_now(&found);
            self.step_live(&Input::Again)?;
            return Ok(true);
        }
        let care = self.work.profile.care.clone().unwrap_or_default();
        let watched = care.watched_until.is_some_and(|until| now < until);
        let Some(wanted) = settings.screen.reply(&found, watched) else { return Ok(false) };
        if self.was_just_asked(&care, &found) {
            // People repeat the answer that was interrupted. Without a question it is said to us.
            if may_answer && (self.work.live.is_some() || self.has_parked_by_silence()?) {
                return Ok(false);
            }
            self.say_what_to_do_now(&found);
            return Ok(true);
        }
        if may_answer && self.is_for_moderators() && self.was_asked_lately(&care, &found) {
            // They write for people, and were asked a moment ago: whom to reach at once comes again, and then it is theirs
            // to pass on.
            self.say_what_to_do_now(&found);
            return Ok(false);
        }
        let dialog = match library.dialog(wanted) {
            Some(_) => wanted,
            None if found.level > 1 || watched => settings.dialogs.of(Occasion::Crisis),
            None => return Ok(false),
        };
        let asked_class = Some(asked_class(&found));
        self.work.profile.care = Some(Care { asked_at: Some(now), asked_level: found.level, asked_class, ..care });
        self.work.profile_changed = true;
        self.asks_no_pin();
        self.parked_dropped(|session| session.stack.first().is_some_and(|frame| frame.dialog == dialog))?;
        let with = Values::from([(DONE.to_owned(), Value::Bool(found.class == Some(Class::M)))]);
        self.start_with(dialog, &with, Cause::Person)?;
        Ok(true)
    }

    /// Reads words that stand around something else: after a command, of ours or not, or in a field for a PIN.
    pub(super) fn is_cared_for_around(&mut self, body: &Body) -> Result<bool, Need> {
        if let Body::Command(command, words) = body
            && Typed::read(words.expose()) == Typed::Words
        {
            return self.is_cared_for_after(*command, words);
        }
        if let Body::Pin(words) | Body::UnknownCommand(words) = body
            && Typed::read(words.expose()) == Typed::Words
        {
            return self.cares(words, false);
        }
        Ok(false)
    }

    /// Reads the words after a command as any other; true when they were answered and the command is left. A talk about
    /// safety says what to do now, and the command is done all the same: the way out is never shut.
    fn is_cared_for_after(&mut self, command: Command, words: &UserText) -> Result<bool, Need> {
        let is_link = command == Command::Start && self.world.library.dialog(words.expose()).is_some();
        if words.expose().is_empty() || is_link {
            return Ok(false);
        }
        // These two answer with the same card.
        if !self.is_in_safety() || matches!(command, Command::Crisis | Command::Help) {
            return self.cares(words, false);
        }
        let found = self.world.settings.screen.look(words.expose());
        if self.is_news_in_safety(&found) {
            self.say_what_to_do_now(&found);
        }
        Ok(false)
    }

    /// Whether words inside a talk about safety must not be left to its question: they cannot wait, or they are about
    /// another danger than the talk.
    fn is_news_in_safety(&self, found: &Finding) -> bool {
        let Some(class) = found.class.filter(|_| found.level >= LEVEL_OTHER) else { return false };
        let settings = self.world.settings;
        let is_about = |dialog: &str| {
            let is_crisis = dialog == settings.dialogs.of(Occasion::Crisis) && danger(class) == Some(Danger::Self_);
            is_crisis || settings.screen.answered_by(dialog).any(|answered| danger(answered) == danger(class))
        };
        let stack = self.work.live.iter().flat_map(|held| &held.session.stack);
        danger(class).is_some() && (found.level >= LEVEL_NOW || !stack.into_iter().any(|frame| is_about(&frame.dialog)))
    }

    /// Whether a question waits that nobody has answered for a while, which the same words may be meant for.
    fn has_parked_by_silence(&mut self) -> Result<bool, Need> {
        let newest = self.parked()?.first().map(|held| held.session.status);
        Ok(matches!(newest, Some(Status::Parked { by: ParkedBy::Idle | ParkedBy::GaveUp, .. })))
    }

    /// They said that it was nothing: believed, counted, and, where `watches`, for a day listened to more closely.
    pub(super) fn false_alarm(&mut self, watches: bool) {
        let care = self.work.profile.care.get_or_insert_default();
        care.false_alarms = care.false_alarms.saturating_add(1);
        if watches {
            care.watched_until = self.world.now.checked_add(WATCHED_FOR).ok();
        }
        self.work.profile_changed = true;
    }

    /// Whether a safety dialog is open, at whatever depth.
    pub(super) fn is_in_safety(&self) -> bool {
        self.work.live.as_ref().is_some_and(|held| held.session.is_in_safety(self.world.library))
    }

    /// Whom to reach, as a message.
    pub(super) fn crisis_card(&mut self) {
        if let Some(Value::Text(card)) = self.facts().get("crisis_card") {
            self.show(View::say(RichText::author(card.expose())));
        }
    }

    fn say_what_to_do_now(&mut self, found: &Finding) {
        let key = match found.class {
            Some(Class::M) => "danger_taken",
            Some(Class::V3) => "danger_other",
            Some(_) | None if found.level >= LEVEL_NOW => "danger_self",
            Some(_) | None => "danger_heard",
        };
        self.line(key, &[]);
        self.crisis_card();
    }

    /// Whether the last question was about the same. What could not wait then is never passed over afterwards.
    fn was_just_asked(&self, care: &Care, found: &Finding) -> bool {
        self.was_asked_lately(care, found) && found.level < LEVEL_NOW && care.asked_level < LEVEL_NOW
    }

    /// Whether the same was asked about within minutes.
    fn was_asked_lately(&self, care: &Care, found: &Finding) -> bool {
        // A clock that was set back makes nothing fresh.
        let since = |at| self.world.now.duration_since(at);
        let is_fresh = care.asked_at.is_some_and(|at| (SignedDuration::ZERO..ASKED_FOR).contains(&since(at)));
        is_fresh && care.asked_class.as_ref() == Some(&asked_class(found))
    }

    /// Whether what they write is meant for the moderators of a group.
    fn is_for_moderators(&self) -> bool {
        let stack = self.work.live.iter().flat_map(|held| &held.session.stack);
        stack.last().is_some_and(|frame| frame.dialog == ASK_DIALOG)
    }
}

/// Who is in danger, and from whom.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Danger {
    /// They are, from themselves.
    Self_,
    /// They are, from somebody else.
    FromOther,
    /// Somebody else is, from them.
    ToOther,
}

/// The danger of a class; `None` for those of which a card says nothing new.
fn danger(class: Class) -> Option<Danger> {
    match class {
        Class::M | Class::S3 | Class::S2 | Class::S1 | Class::H => Some(Danger::Self_),
        Class::I => Some(Danger::FromOther),
        Class::V3 | Class::V1 => Some(Danger::ToOther),
        Class::T | Class::O | Class::Y => None,
    }
}

/// What is kept of a finding: its class, and whether it is about somebody else, which is another question.
fn asked_class(found: &Finding) -> String {
    let of_other = if found.is_about_other { "-other" } else { "" };
    format!("{}{of_other}", found.class_name())
}
