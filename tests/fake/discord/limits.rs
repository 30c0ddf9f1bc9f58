//! What the platform refuses though its schema lets it pass, and what this bot has promised never to do.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::fake_http::multipart::FilePart;

use super::components::{BUTTON, INPUT, LABEL, ROLES, ROW, SELECT, items, kind};
use super::contract;
use super::ledger::Breach;
use super::message::EPHEMERAL;
use super::route::Route;

/// Of a bot; the document says 4000.
const CONTENT_MAX_CHARS: usize = 2_000;
const ROWS_MAX: usize = 5;
const INPUTS_MAX: usize = 5;
const COMMANDS_MAX: usize = 100;
/// Names, descriptions and values of one command together.
const COMMAND_MAX_CHARS: usize = 8_000;
const FILES_MAX_BYTES: usize = 10 * 1024 * 1024;
const COMPONENTS_V2: u64 = 1 << 15;
const LINK: u64 = 5;
/// What a channel may be told to leave out or to do without a sound.
const CREATE_FLAGS: u64 = 1 << 2 | 1 << 12;
/// Answered with a code of its own.
pub(super) const EMPTY: &str = "Cannot send an empty message";

/// Callback types, as the platform numbers them.
pub(super) const ANSWER: u64 = 4;
pub(super) const DEFER: u64 = 5;
pub(super) const DEFER_UPDATE: u64 = 6;
pub(super) const UPDATE: u64 = 7;
pub(super) const MODAL: u64 = 9;

/// Adds what is wrong with a body.
pub(super) fn check(route: Route, body: &Value, files: &[FilePart], breaches: &mut Vec<Breach>) {
    let mut found = Found { route, breaches };
    if route.has_message() {
        found.message(body, files, "", route.is_edit());
    }
    if route == Route::CreateMessage {
        found.of_channel(body);
    }
    if route == Route::AnswerInteraction {
        match body["type"].as_u64() {
            Some(ANSWER) => found.message(&body["data"], files, "/data", false),
            Some(UPDATE) => found.message(&body["data"], files, "/data", true),
            Some(MODAL) => found.modal(&body["data"]),
            _ => {}
        }
    }
    if route == Route::PutCommands {
        found.commands(items(body));
    }
}

struct Found<'a> {
    route: Route,
    breaches: &'a mut Vec<Breach>,
}

impl Found<'_> {
    fn breach(&mut self, what: &str, pointer: impl Into<String>) {
        self.breaches.push(Breach::of(self.route, what, pointer));
    }

    fn message(&mut self, data: &Value, files: &[FilePart], at: &str, is_edit: bool) {
        self.mentions(&data["allowed_mentions"], at);
        let content = data["content"].as_str().unwrap_or("");
        if content.chars().count() > CONTENT_MAX_CHARS {
            self.breach("Must be 2000 or fewer in length.", format!("{at}/content"));
        }
        let carries = ["attachments", "components", "embeds", "sticker_ids"];
        let has_more = carries.iter().any(|field| !items(&data[field]).is_empty()) || data["poll"].is_object();
        if !is_edit && content.trim().is_empty() && !has_more && files.is_empty() {
            self.breach(EMPTY, at);
        }
        if data["flags"].as_u64().is_some_and(|flags| flags & COMPONENTS_V2 != 0) {
            self.breach("the fake knows nothing of components V2", format!("{at}/flags"));
        }
        self.files(data, files, at, is_edit);
        self.rows(items(&data["components"]), &format!("{at}/components"));
    }

    fn mentions(&mut self, given: &Value, at: &str) {
        let names_nobody = ["users", "roles"].iter().all(|field| items(&given[field]).is_empty());
        let parses_nothing = given["parse"].as_array().is_some_and(Vec::is_empty);
        if !parses_nothing || !names_nobody || given["replied_user"] == true {
            self.breach("this bot mentions nobody, and says so each time", format!("{at}/allowed_mentions"));
        }
    }

    fn of_channel(&mut self, body: &Value) {
        if body["enforce_nonce"] == true && body["nonce"].is_null() {
            self.breach("enforce_nonce without a nonce", "/nonce");
        }
        if let Some(flags) = body["flags"].as_u64() {
            if flags & EPHEMERAL != 0 {
                self.breach("only an answer to an interaction can be ephemeral", "/flags");
            } else if flags & !CREATE_FLAGS & !COMPONENTS_V2 != 0 {
                self.breach("no flag that a message can be made with", "/flags");
            }
        }
    }

    fn files(&mut self, data: &Value, files: &[FilePart], at: &str, is_edit: bool) {
        if files.iter().map(|file| file.bytes.len()).sum::<usize>() > FILES_MAX_BYTES {
            self.breach("Request entity too large", at);
        }
        if files.iter().any(|file| file.bytes.is_empty()) {
            self.breach("a file is empty", at);
        }
        for (index, attachment) in items(&data["attachments"]).iter().enumerate() {
            let id = attachment["id"].as_str().unwrap_or("");
            let is_old = is_edit && id.len() > 2;
            if !is_old && !files.iter().any(|file| file.field == format!("files[{id}]")) {
                self.breach("there is no file of this number", format!("{at}/attachments/{index}/id"));
            }
        }
        let mut fields = BTreeSet::new();
        if !files.iter().all(|file| file.field.starts_with("files[") && fields.insert(&file.field)) {
            self.breach("files are files[0], files[1] and so on", at);
        }
    }

    fn rows(&mut self, rows: &[Value], at: &str) {
        if rows.len() > ROWS_MAX {
            self.breach("Must be 5 or fewer in length.", at);
        }
        let mut ids = BTreeSet::new();
        for (y, row) in rows.iter().enumerate() {
            let inner = items(&row["components"]);
            if inner.len() > 1 && inner.iter().any(|component| kind(component) != BUTTON) {
                self.breach("a select has its row for itself", format!("{at}/{y}/components"));
            }
            for (x, component) in inner.iter().enumerate() {
                let at = format!("{at}/{y}/components/{x}");
                if component["custom_id"].as_str().is_some_and(|id| !ids.insert(id)) {
                    self.breach("Component custom id cannot be duplicated", format!("{at}/custom_id"));
                }
                match kind(component) {
                    BUTTON => self.button(component, &at),
                    SELECT => self.select(component, &at),
                    ROLES => self.roles(component, &at),
                    _ => self.breach("this bot shows only buttons and lists of words or roles", at),
                }
            }
        }
    }

    fn button(&mut self, button: &Value, at: &str) {
        let is_link = button["style"] == LINK;
        if button["url"].is_string() != is_link || button["custom_id"].is_string() == is_link {
            self.breach("a link has an address, any other button a custom id", at);
        }
        let label = button["label"].as_str().unwrap_or("");
        if label.trim().is_empty() && !button["emoji"].is_object() {
            self.breach("a button needs a label or an emoji", format!("{at}/label"));
        }
    }

    fn select(&mut self, select: &Value, at: &str) {
        let options = items(&select["options"]);
        let mut values = BTreeSet::new();
        for (index, option) in options.iter().enumerate() {
            if option["value"].as_str().is_some_and(|value| !values.insert(value)) {
                self.breach("The specified option value is already used", format!("{at}/options/{index}/value"));
            }
        }
        let [min, max] = ["min_values", "max_values"].map(|field| select[field].as_u64().unwrap_or(1));
        let chosen = options.iter().filter(|option| option["default"] == true).count() as u64;
        if min > max || max > options.len() as u64 {
            self.breach("no so many options", format!("{at}/max_values"));
        }
        if chosen > max {
            self.breach("more is chosen than may be", format!("{at}/options"));
        }
    }

    /// Which roles there are the platform knows; one that is chosen already and not there has the message refused.
    fn roles(&mut self, list: &Value, at: &str) {
        let [min, max] = ["min_values", "max_values"].map(|field| list[field].as_u64().unwrap_or(1));
        if min > max {
            self.breach("no so many options", format!("{at}/max_values"));
        }
        if items(&list["default_values"]).len() as u64 > max {
            self.breach("more is chosen than may be", format!("{at}/default_values"));
        }
    }

    fn modal(&mut self, data: &Value) {
        let mut ids = BTreeSet::new();
        let mut inputs = 0;
        for (index, part) in items(&data["components"]).iter().enumerate() {
            let at = format!("/data/components/{index}");
            let is_labelled = kind(part) == LABEL;
            let fields = match kind(part) {
                LABEL => std::slice::from_ref(&part["component"]),
                ROW => items(&part["components"]),
                _ => &[],
            };
            if fields.len() > 1 {
                self.breach("a row of a modal has one field", at.clone());
            }
            for input in fields {
                inputs += 1;
                if input["custom_id"].as_str().is_some_and(|id| !ids.insert(id)) {
                    self.breach("Component custom id cannot be duplicated", at.clone());
                }
                if kind(input) != INPUT {
                    self.breach("this bot asks only for words", at.clone());
                } else if input["label"].is_string() == is_labelled {
                    self.breach("a field has one label", at.clone());
                }
                let [min, max] = ["min_length", "max_length"].map(|field| input[field].as_u64());
                let (min, max) = (min.unwrap_or(0), max.unwrap_or(4_000));
                let length = input["value"].as_str().unwrap_or("").chars().count() as u64;
                if min > max || length > max {
                    self.breach("no so long text", at.clone());
                }
            }
        }
        if !(1..=INPUTS_MAX).contains(&inputs) {
            self.breach("a modal has one to five fields", "/data/components");
        }
    }

    fn commands(&mut self, commands: &[Value]) {
        if commands.len() > COMMANDS_MAX {
            self.breach("Maximum number of application commands reached (100).", "");
        }
        let mut names = BTreeSet::new();
        let is_of_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        for (index, command) in commands.iter().enumerate() {
            let name = command["name"].as_str().unwrap_or("");
            let description = command["description"].as_str().unwrap_or("");
            if name.is_empty() || !name.bytes().all(is_of_name) {
                self.breach("Command name is invalid", format!("/{index}/name"));
            }
            if !names.insert(name) {
                self.breach("Application command names must be unique", format!("/{index}/name"));
            }
            if description.trim().is_empty() {
                self.breach("This field is required", format!("/{index}/description"));
            }
            for field in ["name_localizations", "description_localizations"] {
                let locales = command[field].as_object().into_iter().flatten().map(|(locale, _)| locale);
                for locale in locales.filter(|locale| !contract::has_locale(locale)) {
                    self.breach("no app has this language", format!("/{index}/{field}/{locale}"));
                }
            }
            if command.to_string().chars().count() > COMMAND_MAX_CHARS {
                self.breach("a command is too long in all", format!("/{index}"));
            }
            let options = items(&command["options"]).iter().map(|option| option["required"] == true);
            if !options.is_sorted_by(|first, second| first >= second) {
                let what = "Required options must be placed before non-required options";
                self.breach(what, format!("/{index}/options"));
            }
        }
    }
}
