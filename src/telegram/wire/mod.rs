//! Views as Telegram messages: HTML, inline keyboards and prompts; updates as events. Pure and total: no I/O, no clock, no error, no panic.
//!
//! | module | what it does |
//! |---|---|
//! | [`message`] | a view as the messages that carry it; captions; a question after it was answered |
//! | [`keyboard`] | choices as rows of buttons |
//! | [`html`] | a styled text as HTML |
//! | [`incoming`] | updates as events |
//! | [`words`] | the few words that are the platform's own |

pub mod group;
pub mod html;
pub mod incoming;
pub mod keyboard;
pub mod message;
pub mod words;

/// Longest text of a message, in UTF-16 units after its entities are parsed.
pub const TEXT_UNITS_MAX: usize = 4_096;
/// Longest caption of a file, in UTF-16 units after its entities are parsed.
pub const CAPTION_UNITS_MAX: usize = 1_024;
/// Longest data of a button, in bytes.
pub const CALLBACK_BYTES_MAX: usize = 64;
/// Longest note beside a press, in UTF-16 units.
pub const CALLBACK_NOTE_UNITS_MAX: usize = 200;
/// Buttons of one message at most.
pub const BUTTONS_MAX: usize = 100;
