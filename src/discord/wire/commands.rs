//! The table of slash commands. <https://discord.com/developers/docs/interactions/application-commands>

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::discord::wire::words::{SPACE_COMMANDS, SpaceCommand, Word};
use crate::discord::wire::{DESCRIPTION_UNITS_MAX, permissions, words};
use crate::domain::command::{COMMANDS, Command};
use crate::domain::language::Language;
use crate::prose::clean::short;

/// Kinds of places where a command is offered: servers, the chat with the bot, chats with others.
const CONTEXTS: [u64; 3] = [0, 1, 2];
/// Only servers.
const GUILD_CONTEXTS: [u64; 1] = [0];
/// Ways to have the bot: in a server, and for oneself.
const INTEGRATION_TYPES: [u64; 2] = [0, 1];
/// Only in a server.
const GUILD_INTEGRATION_TYPES: [u64; 1] = [0];

/// The body of `PUT /applications/{id}/commands`: the whole table, always in the same order.
pub fn body() -> Value {
    let private = COMMANDS.iter().map(|(command, word, _)| entry(*command, word));
    private.chain(SPACE_COMMANDS.iter().map(space_entry)).collect()
}

/// Tells one table from another: 64 hexadecimal digits that stay while the table does. Only 200 commands may be made in
/// a day, so a table that the platform has already is not sent again.
pub fn hash() -> String {
    Sha256::digest(body().to_string().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn entry(command: Command, word: &str) -> Value {
    let mut entry = json!({
        "type": 1,
        "name": word,
        "description": short(command.what(Language::English), DESCRIPTION_UNITS_MAX),
        "description_localizations": localized(command.what(Language::Spanish)),
        "contexts": CONTEXTS,
        "integration_types": INTEGRATION_TYPES,
    });
    if let Some(word) = option(command) {
        entry["options"] = json!([option_entry(word, false)]);
    }
    entry
}

/// A command of servers. Who may give it is decided anew each time: the platform only hides it from others.
fn space_entry(command: &SpaceCommand) -> Value {
    let mut entry = json!({
        "type": 1,
        "name": command.word.name,
        "description": short(command.word.what, DESCRIPTION_UNITS_MAX),
        "description_localizations": localized(command.word.spanish),
        "contexts": GUILD_CONTEXTS,
        "integration_types": GUILD_INTEGRATION_TYPES,
    });
    if !command.options.is_empty() {
        let options = command.options.iter().map(|option| option_entry(*option, command.needs_options));
        entry["options"] = options.collect();
    }
    if command.is_for_admins {
        entry["default_member_permissions"] = json!(permissions::MANAGE_GUILD);
    }
    entry
}

fn option_entry(word: Word, is_required: bool) -> Value {
    json!({
        "type": 3,
        "name": word.name,
        "description": short(word.what, DESCRIPTION_UNITS_MAX),
        "description_localizations": localized(word.spanish),
        "required": is_required,
    })
}

/// The same in every locale of Spanish. <https://discord.com/developers/docs/reference#locales>
fn localized(spanish: &str) -> Value {
    let spanish = short(spanish, DESCRIPTION_UNITS_MAX);
    json!({ "es-ES": spanish, "es-419": spanish })
}

/// The words that a command takes, if it takes any.
fn option(command: Command) -> Option<Word> {
    match command {
        Command::Pause => Some(words::PAUSE_OPTION),
        Command::Journal => Some(words::JOURNAL_OPTION),
        Command::Remind => Some(words::REMIND_OPTION),
        Command::Start => Some(words::START_OPTION),
        Command::Link => Some(words::LINK_OPTION),
        Command::Pin => Some(words::PIN_OPTION),
        Command::Language => Some(words::LANGUAGE_OPTION),
        Command::Menu
        | Command::Settings
        | Command::Dates
        | Command::Goals
        | Command::Tools
        | Command::Guide
        | Command::Checkin
        | Command::Mood
        | Command::Progress
        | Command::Buddy
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
        | Command::Export
        | Command::Forget => None,
    }
}
