//! What decides at the last moment whether a check-in still goes, and how.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::person::Profile;
use crate::domain::recurrence::QuietHours;
use crate::domain::zone;
use crate::service::Settings;

/// A nudge that could not be sent for so long is of no use any more.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(12);

/// When and how somebody may be written to unasked.
#[derive(Debug)]
pub(crate) struct NudgeTerms {
    quiet: QuietHours,
    zone: TimeZone,
    /// Whether it should arrive without a sound.
    pub silent: bool,
}

impl NudgeTerms {
    /// What a person chose, or else the host.
    pub(crate) fn of(profile: &Profile, settings: &Settings) -> Self {
        Self {
            quiet: profile.quiet_hours(settings.quiet),
            zone: profile.zone_name().and_then(zone::tz).unwrap_or_else(|| settings.zone.clone()),
            silent: profile.wants_silent_checkins(),
        }
    }

    /// Whether something that was decided at `created_at` comes too late now: in the quiet hours, or after too long.
    pub(super) fn is_late(&self, created_at: Timestamp, now: Timestamp) -> bool {
        now.duration_since(created_at) > AGE_MAX || self.quiet.contains(self.zone.to_datetime(now).time())
    }
}
