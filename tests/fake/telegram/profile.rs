//! The methods that say what the bot is, and where its updates go.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::methods::Applied;
use super::refusal::Refusal;
use super::updates::Webhook;
use super::world::World;

impl World {
    pub(super) fn set_commands(&mut self, params: &Value) -> Result<Applied, Refusal> {
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        let commands = params["commands"].as_array().map_or(&[][..], Vec::as_slice);
        let commands = commands.iter().map(|command| (text(&command["command"]), text(&command["description"])));
        self.profile.commands.insert((scope(params)?, language(params)), commands.collect());
        Ok(Applied::yes())
    }

    pub(super) fn delete_commands(&mut self, params: &Value) -> Result<Applied, Refusal> {
        self.profile.commands.remove(&(scope(params)?, language(params)));
        Ok(Applied::yes())
    }

    pub(super) fn list_commands(&self, params: &Value) -> Result<Applied, Refusal> {
        let commands = self.commands(&scope(params)?, &language(params));
        let command = |(name, said): &(String, String)| json!({"command": name, "description": said});
        Ok(Applied::new(&commands.iter().map(command).collect()))
    }

    /// Without an address there is no webhook any more.
    pub(super) fn set_webhook(&mut self, params: &Value) -> Result<Applied, Refusal> {
        let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let secret = params["secret_token"].as_str();
        if secret.is_some_and(|secret| !secret.bytes().all(is_letter)) {
            return Err(Refusal::breach("Bad Request: secret token contains unallowed characters"));
        }
        let url = params["url"].as_str().filter(|url| !url.is_empty());
        self.updates.webhook =
            url.map(|url| Webhook { url: url.to_owned(), secret: secret.map(str::to_owned), last_error: None });
        self.updates.allow(params);
        if params["drop_pending_updates"] == true {
            self.updates.queue.clear();
        }
        self.updates.is_fresh = true;
        Ok(Applied::yes())
    }
}

/// Keeps a text by its language.
pub(super) fn set_text(texts: &mut BTreeMap<String, String>, params: &Value, field: &str) -> Applied {
    texts.insert(language(params), params[field].as_str().unwrap_or("").to_owned());
    Applied::yes()
}

/// The text of a language, in an object with this field.
pub(super) fn text_of(texts: &BTreeMap<String, String>, params: &Value, field: &str) -> Applied {
    let text = texts.get(&language(params)).map_or("", String::as_str);
    Applied::new(&json!({ field: text }))
}

fn language(params: &Value) -> String {
    params["language_code"].as_str().unwrap_or("").to_owned()
}

/// `all_private_chats`, `chat:5`, `chat_member:-5:6`.
fn scope(params: &Value) -> Result<String, Refusal> {
    let scope = &params["scope"];
    let mut name = scope["type"].as_str().unwrap_or("default").to_owned();
    let parts: &[&str] = match name.as_str() {
        "chat" | "chat_administrators" => &["chat_id"],
        "chat_member" => &["chat_id", "user_id"],
        _ => &[],
    };
    for part in parts {
        let id = scope[part].as_i64().ok_or_else(|| Refusal::breach("Bad Request: chat not found"))?;
        name.push_str(&format!(":{id}"));
    }
    Ok(name)
}
