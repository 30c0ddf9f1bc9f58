//! Commands of people: the session's own go to the engine, the others are answered here.

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};

use crate::dialog::answer_when;
use crate::dialog::effect::Input;
use crate::dialog::session::{Cause, Session, Status};
use crate::domain::command::{COMMANDS, Command};
use crate::domain::language::Language;
use crate::domain::link_code::LinkCode;
use crate::domain::message::{Piece, View};
use crate::domain::occasion::Occasion;
use crate::domain::recurrence_text::parse_duration;
use crate::domain::text::UserText;
use crate::service::person::Need;
use crate::service::turn::asking_moderator::{ASK_DIALOG, read_ask_link};
use crate::service::turn::space::pairs::{BUDDY_DIALOG, read_buddy_link};
use crate::service::turn::space::posting::{POST_DIALOG, read_post_link};
use crate::service::turn::{Turn, line};

/// The longest rest of check-ins, in days.
const REST_DAYS_MAX: i64 = 366;
/// How long after it was set aside a talk of /crisis goes on; later much may have changed, and it begins anew.
const RESUMED_WITHIN: SignedDuration = SignedDuration::from_hours(1);

impl Turn<'_, '_> {
    pub(super) fn command(&mut self, command: Command, arguments: &UserText) -> Result<(), Need> {
        match command {
            Command::Start => self.begin_by_link(arguments),
            Command::Menu => self.open(self.world.settings.dialogs.of(Occasion::Menu).to_owned()),
            Command::Guide => self.guide(),
            Command::Checkin => self.open(self.world.settings.dialogs.of(Occasion::Checkin).to_owned()),
            Command::Remind if !arguments.expose().trim().is_empty() => self.remind(arguments),
            Command::Remind => self.open(self.world.settings.dialogs.of(Occasion::Remind).to_owned()),
            Command::Journal => self.journal(arguments),
            Command::Goals => self.goals(),
            Command::Dates => self.hard_dates(),
            Command::Settings => self.settings(),
            Command::Tools => self.open(self.world.settings.dialogs.of(Occasion::Tools).to_owned()),
            Command::Crisis => self.crisis(),
            Command::Link => self.link(arguments),
            Command::Unlink => self.unlink(),
            Command::Language => self.speak(arguments),
            Command::Export => self.export(),
            Command::Progress => self.progress(),
            Command::Buddy => self.open(BUDDY_DIALOG.to_owned()),
            Command::Mood => self.open(self.world.settings.dialogs.of(Occasion::Mood).to_owned()),
            Command::Hide => {
                self.hide();
                Ok(())
            }
            // Read before everything else.
            Command::Pin => Ok(()),
            Command::Forget => self.forget(),
            Command::Help => self.help(),
            Command::Privacy => self.privacy(),
            Command::Pause if arguments.expose().is_empty() => self.for_session(command, "pause_how"),
            Command::Pause => self.rest(arguments),
            Command::Resume => self.resume(),
            Command::Stop => self.for_session(command, "nothing_to_stop"),
            Command::Back if !self.may_go_back() => Ok(()),
            Command::Back | Command::Skip | Command::Why => self.for_session(command, "nothing_parked"),
        }
    }

    /// Whom to reach, in every state. A talk about safety that is open is not broken off: the numbers come, and its question
    /// again. Neither is one of /crisis that was set aside a short while ago; an older one gives way to a new one.
    fn crisis(&mut self) -> Result<(), Need> {
        self.asks_no_pin();
        let dialog = self.world.settings.dialogs.of(Occasion::Crisis).to_owned();
        if self.is_in_safety() {
            self.crisis_card();
            return self.step_live(&Input::Again);
        }
        if self.world.library.dialog(&dialog).is_none() {
            self.crisis_card();
            return Ok(());
        }
        let is_it = |session: &Session| session.stack.first().is_some_and(|frame| frame.dialog == dialog);
        let now = self.world.now;
        let is_fresh = |session: &Session| matches!(session.status, Status::Parked { since, .. } if now.duration_since(since) < RESUMED_WITHIN);
        let set_aside = self.parked()?.iter().position(|held| is_it(&held.session) && is_fresh(&held.session));
        if let Some(index) = set_aside {
            self.crisis_card();
            return self.resume_parked(index, &Input::Command(Command::Resume));
        }
        self.parked_dropped(is_it)?;
        self.start(&dialog, Cause::Person)
    }

    /// `/start`, with the word of a link that led here: a dialog's id.
    fn begin_by_link(&mut self, link: &UserText) -> Result<(), Need> {
        let dialog = link.expose();
        if dialog.is_empty() {
            return self.arrived();
        }
        if let Some(code) = dialog.strip_prefix(LinkCode::LINK_WORD) {
            return self.link(&UserText::new(code));
        }
        if let Some(to) = read_ask_link(dialog) {
            self.asking_at(to);
            return self.begin_dialog(ASK_DIALOG);
        }
        if let Some((space, key)) = read_post_link(dialog) {
            self.posting_to(space, key);
            return self.begin_dialog(POST_DIALOG);
        }
        if let Some((space, tag)) = read_buddy_link(dialog) {
            self.buddies_of(space, tag);
            return self.begin_dialog(BUDDY_DIALOG);
        }
        self.begin_dialog(dialog)
    }

    /// A dialog that a link named.
    fn begin_dialog(&mut self, dialog: &str) -> Result<(), Need> {
        if self.world.settings.dialogs.is_own(dialog) {
            return self.arrived();
        }
        if self.world.library.dialog(dialog).is_none() {
            self.line("link_unknown", &[]);
            return self.arrived();
        }
        if dialog == self.world.settings.dialogs.of(Occasion::Crisis) {
            return self.crisis();
        }
        if !self.work.profile.has_consented() {
            if dialog != self.world.settings.dialogs.of(Occasion::Start) {
                self.work.profile.wished = Some(dialog.to_owned());
                self.work.profile_changed = true;
            }
            return self.arrived();
        }
        self.open(dialog.to_owned())
    }

    /// Opens a dialog by command: not twice, and not before the first talk is over.
    pub(super) fn open(&mut self, dialog: String) -> Result<(), Need> {
        if !self.may_tell_of_buddies(&dialog) {
            return Ok(());
        }
        let is_open = |held: &crate::service::person::Held| {
            held.session.stack.first().is_some_and(|frame| frame.dialog == dialog)
        };
        if self.work.live.as_ref().is_some_and(is_open) {
            return self.step_live(&Input::Again);
        }
        if !self.work.profile.has_consented() {
            self.line("welcome_first", &[]);
            return self.arrived();
        }
        self.start(&dialog, Cause::Person)
    }

    /// A command for the open session; without one, a line that says so.
    fn for_session(&mut self, command: Command, or: &str) -> Result<(), Need> {
        if self.work.live.is_some() {
            return self.step_live(&Input::Command(command));
        }
        let parked_by_silence = self.parked()?.first().is_some_and(|held| held.is_parked_by_silence());
        if parked_by_silence && command != Command::Pause {
            return self.bring_back(0, &Input::Command(command));
        }
        self.line(or, &[]);
        Ok(())
    }

    /// Check-ins come again, and the newest dialog that was set aside goes on.
    fn resume(&mut self) -> Result<(), Need> {
        let faded = self.wake()?;
        let rested = self.work.profile.paused_until.take().is_some_and(|until| until > self.world.now) || faded;
        if rested {
            self.work.profile_changed = true;
            self.line("checkins_again", &[]);
        }
        if self.work.live.is_some() {
            return self.step_live(&Input::Command(Command::Resume));
        }
        if !self.parked()?.is_empty() {
            return self.bring_back(0, &Input::Command(Command::Resume));
        }
        if !rested {
            self.line("nothing_parked", &[]);
        }
        Ok(())
    }

    /// Rests all check-ins until a day, and sets the open dialog aside.
    fn rest(&mut self, arguments: &UserText) -> Result<(), Need> {
        let zone = self.work.zone(self.world.settings);
        let today = self.world.now.to_zoned_datetime(zone.clone()).date();
        let language = self.words().language;
        let Some(until) = rest_until(arguments.expose(), today, language) else {
            self.line("pause_unclear", &[]);
            return Ok(());
        };
        let Ok(instant) = until.to_zoned_datetime(zone) else {
            self.line("pause_unclear", &[]);
            return Ok(());
        };
        if self.work.live.is_some() {
            self.step_live(&Input::Command(Command::Pause))?;
        }
        self.work.profile.paused_until = Some(instant.timestamp());
        self.work.profile_changed = true;
        let day = language.near_day(until);
        self.line("checkins_rest", &[("day", &day)]);
        Ok(())
    }

    /// What there is to type; in a talk about safety that is little, and whom to reach comes first.
    fn help(&mut self) -> Result<(), Need> {
        if self.is_in_safety() {
            self.crisis_card();
            self.line("help", &[]);
            return self.step_live(&Input::Again);
        }
        let mut text = line(self.words(), "commands", &[], 0);
        let language = self.words().language;
        for (command, word, _) in COMMANDS {
            if *command != Command::Start {
                let what = command.what(language);
                text.0.push(Piece::Author(format!("\n/{word} – {what}")));
            }
        }
        self.show(View::say(text));
        Ok(())
    }
}

/// The day until which `3d`, `2 weeks`, `until friday`, `hasta el viernes` or a date rests: after today, at most a year away.
fn rest_until(text: &str, today: Date, language: Language) -> Option<Date> {
    let mut text = text.trim().to_lowercase();
    if language == Language::Spanish {
        for (spanish, english) in [
            ("hasta ", "until "),
            ("por ", "for "),
            ("durante ", "for "),
            ("días", "days"),
            ("dias", "days"),
            ("día", "day"),
            ("dia", "day"),
            ("semana", "week"),
        ] {
            text = text.replace(spanish, english);
        }
    }
    let text = ["until ", "till ", "for "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(&text);
    let length = parse_duration(text).map(|length| length.as_secs().div_euclid(24 * 60 * 60));
    let until = length
        .and_then(|days| today.checked_add(days.days()).ok())
        .or_else(|| answer_when::day(text, today, language))?;
    let away = today.until(until).ok()?.get_days();
    (1..=REST_DAYS_MAX).contains(&i64::from(away)).then_some(until)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::rest_until;
    use crate::domain::language::Language::{English, Spanish};

    #[test]
    fn a_rest_ends_on_a_day_after_today() {
        let today = date(2026, 3, 2);
        assert_eq!(rest_until("3d", today, English), Some(date(2026, 3, 5)));
        assert_eq!(rest_until("for 2 weeks", today, English), Some(date(2026, 3, 16)));
        assert_eq!(rest_until("until 2026-04-01", today, English), Some(date(2026, 4, 1)));
        for (text, until) in
            [("3 días", date(2026, 3, 5)), ("por 2 semanas", date(2026, 3, 16)), ("hasta el viernes", date(2026, 3, 6))]
        {
            assert_eq!(rest_until(text, today, Spanish), Some(until), "{text}");
        }
        for unclear in ["", "0d", "soon", "9999999999999999999d", "400d", "2026-03-01", "d"] {
            assert_eq!(rest_until(unclear, today, English), None, "{unclear}");
        }
    }
}
