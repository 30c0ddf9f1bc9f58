//! Views as Discord messages: Markdown, buttons, lists and modals; dispatches of the gateway as events. Pure and total:
//! no I/O, no clock, no error, no panic.
//!
//! | module | what it does |
//! |---|---|
//! | [`message`] | a view as the messages that carry it; a question after it was answered; requests that send them |
//! | [`mod@file`] | a picture or document, and the words with it |
//! | [`components`] | choices as rows of buttons and lists |
//! | [`row`] | such rows as the platform takes them |
//! | [`markdown`] | a styled text as Discord's Markdown, and where a long one is divided |
//! | `marks`, `escape` | what is a mark, and what only looks like one |
//! | [`callback`] | answers to interactions, and the field for words |
//! | [`commands`] | the table of slash commands |
//! | [`custom_id`] | names of buttons and lists |
//! | [`incoming`] | dispatches as what they ask of us |
//! | [`permissions`] | what somebody may do in a channel of a server |
//! | [`said`] | messages of people, also from a channel's history |
//! | [`interaction`] | slash commands, presses and submitted fields |
//! | [`snowflake`] | the platform's ids |
//! | [`words`] | the few words that are the platform's own |

pub mod callback;
pub mod commands;
pub mod components;
pub mod custom_id;
mod escape;
pub mod file;
pub mod incoming;
pub mod interaction;
pub mod markdown;
mod marks;
pub mod message;
pub mod permissions;
pub mod row;
pub mod said;
pub mod snowflake;
pub mod words;

/// Longest text of a message, in characters, marks and escapes counted. The document of the API says 4,000, which bots do
/// not have. We count UTF-16 units, which are never fewer.
pub const TEXT_UNITS_MAX: usize = 2_000;
/// Longest custom id, and longest value of an option, in characters.
pub const CUSTOM_ID_BYTES_MAX: usize = 100;
/// Longest label of a button, in characters.
pub const BUTTON_UNITS_MAX: usize = 80;
/// Longest label of an option of a list, in characters.
pub const OPTION_UNITS_MAX: usize = 100;
/// Options of a list.
pub const OPTIONS_MAX: usize = 25;
/// Rows of components under a message.
pub const ROWS_MAX: usize = 5;
/// Buttons of a row.
pub const ROW_BUTTONS_MAX: usize = 5;
/// Longest words that stand in a list while nothing is chosen, in characters.
pub const SELECT_PLACEHOLDER_UNITS_MAX: usize = 150;
/// Longest title of a modal, and longest label of its field, in characters.
pub const MODAL_LABEL_UNITS_MAX: usize = 45;
/// Longest placeholder of a modal's field, in characters.
pub const MODAL_PLACEHOLDER_UNITS_MAX: usize = 100;
/// Longest words that are taken in a modal's field, in characters: Discord's limit, and ours.
pub const MODAL_WORDS_MAX: usize = 4_000;
/// Longest alternative text of a file, in characters.
pub const ALT_UNITS_MAX: usize = 1_024;
/// Longest nonce, in characters.
pub const NONCE_BYTES_MAX: usize = 25;
/// Longest description of a command or of an option of one, in characters.
pub const DESCRIPTION_UNITS_MAX: usize = 100;
