//! Nobody's words are kept for ever: who has not written for long is told once, and then everything of theirs goes.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::dialog::session::Cause;
use crate::domain::occasion::Occasion;
use crate::domain::person::Silence;
use crate::domain::recurrence::snooze;
use crate::domain::value::{Value, Values};
use crate::service::person::{Held, Need};
use crate::service::turn::Turn;

/// How exactly it is known when somebody wrote last: a write at every turn would say more than it must.
const NOTED_EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// From the notice until everything goes.
const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// When the end comes so late, the bot itself was away; it is put off by [`GRACE`].
const ABSENCE: SignedDuration = SignedDuration::from_hours(24);
const GRACE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// When an event about somebody's silence broke its turn, it comes again after this.
const BROKEN_AGAIN: SignedDuration = SignedDuration::from_hours(24);

impl Turn<'_, '_> {
    /// They did something: their silence begins anew.
    pub(super) fn is_here(&mut self) {
        let (profile, now) = (&self.work.profile, self.world.now);
        if !profile.has_consented() || self.changes.is_forgotten {
            return;
        }
        let is_noted = |silence: &Silence| !silence.is_warned && now.duration_since(silence.since) < NOTED_EVERY;
        if profile.silence.as_ref().is_some_and(is_noted) {
            return;
        }
        let was_warned = profile.silence.is_some_and(|silence| silence.is_warned);
        let months = i64::from(self.world.settings.idle_months);
        let due = now.to_zoned_datetime(TimeZone::UTC).checked_add(months.months());
        let due = due.map_or(Timestamp::MAX, |due| due.timestamp());
        self.silence_until(Silence { since: now, due, is_warned: false });
        let forget = self.world.settings.dialogs.of(Occasion::Forget);
        let is_forgetting = |held: &Held| held.session.stack.iter().any(|frame| frame.dialog == forget);
        if was_warned && !self.work.live.as_ref().is_some_and(is_forgetting) {
            self.line("silence_over", &[]);
        }
    }

    /// They have not written for so long that something is to be done: the notice, or the end.
    pub(super) fn silence_due(&mut self, due: Timestamp) -> Result<(), Need> {
        let now = self.world.now;
        // Of people who came before silences were counted only the row knows.
        let silence = self.work.profile.silence.unwrap_or(Silence { since: now, due, is_warned: false });
        if silence.due > now {
            self.silence_until(silence);
            return Ok(());
        }
        if silence.is_warned {
            if now.duration_since(silence.due) > ABSENCE {
                // The bot was not there either: an answer to the notice may still wait on its platform.
                let end = now.saturating_add(GRACE).unwrap_or(Timestamp::MAX);
                self.silence_until(Silence { due: end, ..silence });
                return Ok(());
            }
            self.changes.is_forgotten = true;
            self.changes.goes_quietly = true;
            return Ok(());
        }
        let zone = self.work.zone(self.world.settings);
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let at = snooze(now, SignedDuration::ZERO, &zone, quiet);
        if at > now {
            self.silence_until(Silence { due: at, ..silence });
            return Ok(());
        }
        let end = now.saturating_add(NOTICE).unwrap_or(Timestamp::MAX);
        self.silence_until(Silence { due: end, is_warned: true, ..silence });
        if self.work.profile.unreachable {
            return Ok(());
        }
        let with = Values::from([
            ("months".to_owned(), Value::Num(f64::from(self.world.settings.idle_months))),
            ("until".to_owned(), Value::text(self.words().language.near_day(zone.to_datetime(end).date()))),
        ]);
        let dialog = self.world.settings.dialogs.of(Occasion::Silence).to_owned();
        self.begin_unasked(&dialog, &with, Cause::Person)
    }

    /// The event about it broke its turn: it comes again later, so that it does not break every round.
    pub(super) fn silence_left_out(&mut self) {
        let due = self.world.now.saturating_add(BROKEN_AGAIN).unwrap_or(Timestamp::MAX);
        let silence = self.work.profile.silence.unwrap_or(Silence { since: self.world.now, due, is_warned: false });
        self.silence_until(Silence { due, ..silence });
    }

    fn silence_until(&mut self, silence: Silence) {
        self.work.profile.silence = Some(silence);
        self.work.profile_changed = true;
        self.changes.silence = Some(silence.due);
    }
}
