//! Every free text is screened before anything else reads it; what cannot wait interrupts for the dialog that fits, and
//! afterwards the question that was open stands again. The words themselves go no further.

use jiff::SignedDuration;

use crate::dialog::effect::Input;
use crate::dialog::session::Cause;
use crate::domain::command::Command;
use crate::domain::message::{RichText, View};
use crate::domain::occasion::Occasion;
use crate::domain::person::Care;
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::safety::screen::{Class, Finding};
use crate::service::person::Need;
use crate::service::turn::Turn;

/// How long what was just asked about may be said again without another question: people repeat what was interrupted.
const ASKED_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long doubtful words are asked about more directly after a "no".
const WATCHED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// What is answered at once, whatever was asked before.
const LEVEL_NOW: u8 = 3;
/// The parameter that tells the dialog of a finding whether they have taken something, or are badly wounded.
const DONE: &str = "done";

impl Turn<'_, '_> {
    /// Reads a text for danger; true when it was answered instead of being given to whatever it was meant for. Inside a
    /// talk about safety only what cannot wait is answered, and its question stands again.
    pub(super) fn is_cared_for(&mut self, text: &UserText) -> Result<bool, Need> {
        let (settings, library, now) = (self.world.settings, self.world.library, self.world.now);
        let found = settings.screen.look(text.expose());
        if self.is_in_safety() {
            if found.level < LEVEL_NOW {
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
        self.parked_dropped(|session| session.stack.first().is_some_and(|frame| frame.dialog == dialog))?;
        let with = Values::from([(DONE.to_owned(), Value::Bool(found.class == Some(Class::M)))]);
        self.start_with(dialog, &with, Cause::Person)?;
        Ok(true)
    }

    /// Reads the words after a command as any other; true when they were answered and the command is left. A talk about
    /// safety says what to do now, and the command is done all the same: the way out is never shut.
    pub(super) fn is_cared_for_after(&mut self, command: Command, words: &UserText) -> Result<bool, Need> {
        let is_link = command == Command::Start && self.world.library.dialog(words.expose()).is_some();
        if words.expose().is_empty() || is_link {
            return Ok(false);
        }
        // These two answer with the same card.
        if !self.is_in_safety() || matches!(command, Command::Crisis | Command::Help) {
            return self.is_cared_for(words);
        }
        let found = self.world.settings.screen.look(words.expose());
        if found.level >= LEVEL_NOW {
            self.say_what_to_do_now(&found);
        }
        Ok(false)
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
            Some(_) | None => "danger_self",
        };
        self.line(key, &[]);
        self.crisis_card();
    }

    /// Whether the last question was about the same. What could not wait then is never passed over afterwards.
    fn was_just_asked(&self, care: &Care, found: &Finding) -> bool {
        let is_fresh = care.asked_at.is_some_and(|at| self.world.now.duration_since(at) < ASKED_FOR);
        let is_same = care.asked_class.as_ref() == Some(&asked_class(found));
        is_fresh && is_same && found.level < LEVEL_NOW && care.asked_level < LEVEL_NOW
    }
}

/// What is kept of a finding: its class, and whether it is about somebody else, which is another question.
fn asked_class(found: &Finding) -> String {
    let of_other = if found.is_about_other { "-other" } else { "" };
    format!("{}{of_other}", found.class_name())
}
