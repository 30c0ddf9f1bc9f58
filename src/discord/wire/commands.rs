//! The table of slash commands. <https://discord.com/developers/docs/interactions/application-commands>

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::discord::wire::{DESCRIPTION_UNITS_MAX, words};
use crate::domain::command::{COMMANDS, Command};
use crate::prose::clean::short;

/// Kinds of places where a command is offered: servers, the chat with the bot, chats with others.
const CONTEXTS: [u64; 3] = [0, 1, 2];
/// Ways to have the bot: in a server, and for oneself.
const INTEGRATION_TYPES: [u64; 2] = [0, 1];

/// The body of `PUT /applications/{id}/commands`: the whole table, always in the same order. Only English yet: there are
/// system texts in no other language.
pub fn body() -> Value {
    COMMANDS.iter().map(|(command, word, what)| entry(*command, word, what)).collect()
}

/// Tells one table from another: 64 hexadecimal digits that stay while the table does. Only 200 commands may be made in
/// a day, so a table that the platform has already is not sent again.
pub fn hash() -> String {
    Sha256::digest(body().to_string().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn entry(command: Command, word: &str, what: &str) -> Value {
    let mut entry = json!({
        "type": 1,
        "name": word,
        "description": short(what, DESCRIPTION_UNITS_MAX),
        "contexts": CONTEXTS,
        "integration_types": INTEGRATION_TYPES,
    });
    if let Some((name, what)) = option(command) {
        let what = short(what, DESCRIPTION_UNITS_MAX);
        entry["options"] = json!([{ "type": 3, "name": name, "description": what, "required": false }]);
    }
    entry
}

/// The words that a command takes, if it takes any.
fn option(command: Command) -> Option<(&'static str, &'static str)> {
    match command {
        Command::Pause => Some(words::PAUSE_OPTION),
        Command::Start => Some(words::START_OPTION),
        Command::Link => Some(words::LINK_OPTION),
        Command::Pin => Some(words::PIN_OPTION),
        Command::Menu
        | Command::Guide
        | Command::Checkin
        | Command::Remind
        | Command::Resume
        | Command::Help
        | Command::Crisis
        | Command::Privacy
        | Command::Hide
        | Command::Stop
        | Command::Back
        | Command::Skip
        | Command::Why
        | Command::Unlink
        | Command::Language
        | Command::Export
        | Command::Forget => None,
    }
}
