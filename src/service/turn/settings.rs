//! `/settings`: how everything that can be set stands, and a way to change each.

use jiff::civil::Time;

use crate::dialog::effect::Input;
use crate::dialog::session::Cause;
use crate::domain::occasion::Occasion;
use crate::domain::pin::Purpose;
use crate::domain::value::{Value, Values};
use crate::service::person::Need;
use crate::service::turn::{Turn, line};

impl Turn<'_, '_> {
    /// The command. It says what they are called and what they came for, so it stands behind the PIN.
    pub(super) fn settings(&mut self) -> Result<(), Need> {
        let dialog = self.world.settings.dialogs.of(Occasion::Settings).to_owned();
        if !self.may_read(Purpose::Settings)? {
            return Ok(());
        }
        let is_open = self.work.live.as_ref().and_then(|held| held.session.stack.first());
        if is_open.is_some_and(|frame| frame.dialog == dialog) {
            return self.step_live(&Input::Again);
        }
        let with = Values::from([("stands".to_owned(), Value::text(self.stands()?))]);
        self.start_with(&dialog, &with, Cause::Person)
    }

    /// How everything stands, one a line.
    fn stands(&mut self) -> Result<String, Need> {
        let planned = self.work.plans()?.iter().any(|held| held.plan.recurrence.comes_again());
        let (settings, profile) = (self.world.settings, &self.work.profile);
        let quiet = profile.quiet_hours(settings.quiet);
        let fact = |name: &str| profile.facts.get(name).and_then(Value::as_str);
        let is_on = |name: &str| profile.facts.get(name) == Some(&Value::Bool(true));
        let (from, to) = (clock(quiet.from), clock(quiet.to));
        let host_zone = settings.zone.iana_name().unwrap_or("UTC");
        let language = self.language().name();
        let say = |key: &str, arguments: &[(&str, &str)]| line(self.words(), key, arguments, 0).plain();
        let lines = [
            say("stands_language", &[("language", language)]),
            match profile.zone_name() {
                Some(zone) => say("stands_zone", &[("zone", zone)]),
                None => say("stands_no_zone", &[("zone", host_zone)]),
            },
            if quiet.from == quiet.to {
                say("stands_no_quiet", &[])
            } else {
                say("stands_quiet", &[("from", &from), ("to", &to)])
            },
            say(if planned { "stands_checkins" } else { "stands_no_checkins" }, &[]),
            say(if profile.wants_silent_checkins() { "stands_silent" } else { "stands_sound" }, &[]),
            say(if is_on("discreet") { "stands_neutral" } else { "stands_plain" }, &[]),
            say(if profile.pin.is_some() { "stands_pin" } else { "stands_no_pin" }, &[]),
            match fact("name") {
                Some(name) => say("stands_name", &[("name", name)]),
                None => say("stands_no_name", &[]),
            },
            say(
                match fact("goal") {
                    Some("decide") => "stands_decide",
                    Some("reconnect") => "stands_reconnect",
                    Some("repair") => "stands_repair",
                    Some(_) | None => "stands_heal",
                },
                &[],
            ),
        ];
        Ok(lines.map(|line| format!("• {line}")).join("\n"))
    }
}

fn clock(time: Time) -> String {
    time.strftime("%-H:%M").to_string()
}
