//! When the service starts a dialog by itself or by a command, and which one that is.

use std::collections::BTreeMap;

/// When the service starts a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    /// Somebody is new here.
    Start,
    /// `/menu`.
    Menu,
    /// `/guide`.
    Guide,
    /// `/checkin`, and what a daily plan starts.
    Checkin,
    /// `/mood`.
    Mood,
    /// The button below `/progress`: an early answer beside a late one.
    ThenNow,
    /// `/remind`.
    Remind,
    /// `/crisis`.
    Crisis,
    /// Two accounts were joined; then `/link`. Parameters: `agreed`, `app`, `app_name`.
    Link,
    /// `/unlink`. Parameters: `app`, `app_name`.
    Unlink,
    /// `/forget`. Parameters: `linked`, `app_name`, `other_name`.
    Forget,
    /// `/export`. Parameter: `app_name`.
    Export,
    /// What `/journal` asks. Parameters: `what`, `entry`, `title`, `found`.
    Journal,
    /// `/goals`. Parameter: `past`.
    Goals,
    /// `/tools`.
    Tools,
    /// `/privacy`. Parameters: `policy`, `kept`, `agreed`, `daily`, `groups`, `posts`, `renew`.
    Privacy,
    /// Somebody has not written for long. Parameters: `months`, `until`.
    Silence,
    /// A check-in comes to somebody who wants neutral words first; the dialog saves `open`.
    Discreet,
    /// Check-ins were not answered. Parameter: `rests`.
    Fading,
    /// Something was planned or ended by typing, which can be taken back; the dialog saves `take_back`. Parameters:
    /// `said`, `ended`, `unsure`.
    Planned,
    /// The time has come for which somebody asked to be asked.
    ComeBy,
    /// A check-in was put off; the dialog saves `put_off`. Parameter: `evening`.
    PutOff,
    /// `/dates`, and what its list asks. Parameters: `what`, `which`, `label`, `day`, `plan`.
    HardDates,
    /// `/settings`; the dialog saves `pin`. Parameter: `stands`.
    Settings,
    /// A hard date comes near. Parameters: `stage`, `days`, `named`, `plan`.
    HardDay,
}

/// Every occasion with the key of its setting in `[bot]` and the dialog that is shipped for it.
pub const OCCASIONS: &[(Occasion, &str, &str)] = &[
    (Occasion::Start, "start_dialog", "welcome"),
    (Occasion::Menu, "menu_dialog", "menu"),
    (Occasion::Guide, "guide_dialog", "guide"),
    (Occasion::Checkin, "checkin_dialog", "daily"),
    (Occasion::Mood, "mood_dialog", "mood"),
    (Occasion::ThenNow, "then_now_dialog", "then-now"),
    (Occasion::Remind, "remind_dialog", "reminders"),
    (Occasion::Crisis, "crisis_dialog", "crisis"),
    (Occasion::Link, "link_dialog", "linked"),
    (Occasion::Unlink, "unlink_dialog", "unlink"),
    (Occasion::Forget, "forget_dialog", "forget"),
    (Occasion::Export, "export_dialog", "export"),
    (Occasion::Journal, "journal_dialog", "journal"),
    (Occasion::Goals, "goals_dialog", "goals"),
    (Occasion::Tools, "tools_dialog", "tools"),
    (Occasion::Privacy, "privacy_dialog", "privacy"),
    (Occasion::Silence, "silence_dialog", "still-here"),
    (Occasion::Discreet, "discreet_dialog", "knock"),
    (Occasion::Fading, "fading_dialog", "keep-asking"),
    (Occasion::Planned, "planned_dialog", "remind-set"),
    (Occasion::ComeBy, "come_by_dialog", "come-by"),
    (Occasion::PutOff, "put_off_dialog", "answer-later"),
    (Occasion::Settings, "settings_dialog", "settings"),
    (Occasion::HardDates, "hard_dates_dialog", "hard-dates"),
    (Occasion::HardDay, "hard_day_dialog", "hard-day"),
];

/// What is about what is kept or planned of somebody: a command begins it and no link does, and what it interrupted goes on
/// after it.
const OWN: [Occasion; 9] = [
    Occasion::Link,
    Occasion::Unlink,
    Occasion::Export,
    Occasion::Forget,
    Occasion::Journal,
    Occasion::Privacy,
    Occasion::Planned,
    Occasion::HardDates,
    Occasion::Settings,
];

/// The dialog of each occasion, by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogs(BTreeMap<Occasion, String>);

impl Dialogs {
    /// Asks for each, by the key of its setting.
    pub fn named(mut dialog_of: impl FnMut(&'static str) -> String) -> Self {
        Self(OCCASIONS.iter().map(|(occasion, key, _)| (*occasion, dialog_of(key))).collect())
    }

    /// Those that are shipped.
    pub fn shipped() -> Self {
        Self(OCCASIONS.iter().map(|(occasion, _, dialog)| (*occasion, (*dialog).to_owned())).collect())
    }

    /// One for all.
    pub fn only(dialog: &str) -> Self {
        Self::named(|_| dialog.to_owned())
    }

    /// The dialog of an occasion.
    pub fn of(&self, occasion: Occasion) -> &str {
        self.0.get(&occasion).map_or("", String::as_str)
    }

    /// Takes another dialog for an occasion.
    pub fn set(&mut self, occasion: Occasion, dialog: &str) {
        self.0.insert(occasion, dialog.to_owned());
    }

    /// Whether a dialog is about what is kept or planned of somebody.
    pub(crate) fn is_own(&self, dialog: &str) -> bool {
        OWN.iter().any(|occasion| self.of(*occasion) == dialog)
    }
}
