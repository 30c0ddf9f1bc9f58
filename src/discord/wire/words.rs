//! The few words that are the platform's own, in one place so that languages can come later.

use crate::domain::message::ViewKind;

/// Stands in a list of options while none is chosen, at most 150 characters.
pub fn choose(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::Many => "Choose what fits",
        ViewKind::Say
        | ViewKind::Choice
        | ViewKind::Scale
        | ViewKind::Number
        | ViewKind::Text
        | ViewKind::List
        | ViewKind::Date
        | ViewKind::Time
        | ViewKind::Beat(_) => "Choose one",
    }
}

/// On the button that opens a field for words, at most 80 characters.
pub const WRITE: &str = "Write";
/// Above the field for words, at most 45 characters.
pub const MODAL_TITLE: &str = "Your words";
/// Beside the field for words, at most 45 characters.
pub const MODAL_LABEL: &str = "Take the room you need";

/// Answers a slash command in the person's own chat: what it leads to comes as a message below.
pub const COMMAND_TAKEN: &str = "All right.";
/// Answers a slash command where others can read along.
pub const IN_PRIVATE: &str = "Let us go on in private. I have written to you there.";
/// Answers a slash command where others can read along, when the private chat cannot be opened.
pub const NO_PRIVATE: &str = "I would rather talk about this in private, but I cannot write to you there. Your privacy \
                              settings may not let me. You could open my profile and write to me first.";
/// Answers a press where others can read along.
pub const NOT_HERE: &str = "This button works only in your own chat with me.";
/// Answers a press on a button that opens a field, when its question is over.
pub const OVER: &str = "That question is closed.";
/// Answers what could not be read or is not known.
pub const NOT_UNDERSTOOD: &str = "I could not do anything with that. You can write to me here, and /help says more.";

/// What a word after a command is called, and what it says: at most 32 and 100 characters.
pub const PAUSE_OPTION: (&str, &str) = ("how_long", "rests check-ins too: 3d, 2 weeks, a date");
/// As [`PAUSE_OPTION`].
pub const JOURNAL_OPTION: (&str, &str) = ("word", "a word to look for; none for the list");
/// As [`PAUSE_OPTION`].
pub const REMIND_OPTION: (&str, &str) = ("when", "every weekday at 8, tomorrow evening, stop");
/// As [`PAUSE_OPTION`].
pub const START_OPTION: (&str, &str) = ("what", "the exercise to begin with");
/// As [`PAUSE_OPTION`].
pub const PIN_OPTION: (&str, &str) = ("what", "off, or forgot; nothing to set or change it");
/// Above and beside the field for a PIN, at most 45 characters.
pub const PIN_TITLE: &str = "Your PIN";
/// As [`PIN_TITLE`].
pub const PIN_LABEL: &str = "Digits";
/// As [`PAUSE_OPTION`].
pub const LINK_OPTION: (&str, &str) = ("code", "the code from your other app; none to get one");
