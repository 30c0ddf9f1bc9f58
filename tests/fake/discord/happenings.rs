//! What people do, as it changes the world and becomes an event for the bot.

use serde_json::{Map, Value, json};

use super::components::{ROLES, items};
use super::interactions::{Interaction, InteractionKind, Setting};
use super::message::{Attachment, Message};
use super::world::{BOT_ID, World, dm_of};

/// Where an interaction happens, as the platform numbers it.
const IN_BOTS_DM: u64 = 1;
const IN_GROUP: u64 = 2;
/// What anybody may do in a channel, as a set of bits.
pub(super) const MEMBER: u64 = 2_248_473_465_835_073;

impl World {
    /// A person writes to the bot; the message's id.
    pub(super) fn written(&mut self, from: u64, text: &str, extra: Map<String, Value>, files: &[&str]) -> u64 {
        let channel = dm_of(from);
        assert!(!self.channels[&channel].is_closed, "nobody writes to a bot that they have blocked");
        let mut message = Message::new(self.clock.next_id(), channel, Some(from), self.clock.now());
        text.trim().clone_into(&mut message.content);
        message.extra = extra;
        for name in files {
            let id = self.clock.next_id();
            message.attachments.push(Attachment {
                id,
                name: (*name).to_owned(),
                description: None,
                bytes: [0; 9].into(),
            });
        }
        let id = message.id;
        self.place(message);
        id
    }

    pub(super) fn rewritten(&mut self, from: u64, id: u64, text: &str) {
        let channel = dm_of(from);
        let message = self.message_mut(channel, id).filter(|message| message.from == Some(from));
        text.trim().clone_into(&mut message.expect("a person changes only what they have written").content);
        self.edited(channel, id);
    }

    /// A component is used, whether there is one of this name or not; the interaction's id.
    pub(super) fn used(&mut self, at: Place, message: u64, kind: u64, custom_id: &str, values: Option<&[&str]>) -> u64 {
        let mut data = json!({"component_type": kind, "custom_id": custom_id, "id": 2});
        if let Some(values) = values {
            data["values"] = json!(values);
        }
        self.interacted(at, InteractionKind::Component, &data, Some(message))
    }

    /// A role is chosen in a list of them, or none; the interaction's id.
    pub(super) fn chose_role(
        &mut self,
        at: Place,
        message: u64,
        custom_id: &str,
        guild: u64,
        role: Option<u64>,
    ) -> u64 {
        let chosen: Vec<String> = role.iter().map(u64::to_string).collect();
        let known: Map<String, Value> =
            role.into_iter().map(|role| (role.to_string(), self.role_json(guild, role))).collect();
        let data = json!({"component_type": ROLES, "custom_id": custom_id, "id": 2, "values": chosen,
            "resolved": {"roles": known}});
        self.interacted(at, InteractionKind::Component, &data, Some(message))
    }

    /// A slash command is called; the interaction's id.
    pub(super) fn called(&mut self, at: Place, word: &str, options: &[(&str, &str)]) -> u64 {
        let known = items(&self.commands).iter().find(|command| command["name"] == word);
        let id = known.map_or_else(|| json!("1"), |command| command["id"].clone());
        let option = |(name, value): &(&str, &str)| json!({"name": name, "type": 3, "value": value});
        let mut data = json!({"id": id, "name": word, "type": 1});
        if !options.is_empty() {
            data["options"] = options.iter().map(option).collect();
        }
        self.interacted(at, InteractionKind::Command, &data, None)
    }

    /// A form is sent off, again if it is open no more; the interaction's id.
    pub(super) fn submitted(&mut self, person: u64, texts: &[&str]) -> u64 {
        let modal = self.modals.get_mut(&person).expect("no form was ever shown to this person");
        modal.is_open = false;
        for (input, text) in modal.inputs.iter().zip(texts) {
            let length = text.chars().count();
            let is_fitting =
                (input.min_length..=input.max_length).contains(&length) || length == 0 && !input.is_required;
            assert!(is_fitting, "no app lets a person send {length} characters in {:?}", input.custom_id);
        }
        let at = Place { person, channel: modal.channel, setting: modal.setting };
        let data = json!({"custom_id": modal.custom_id, "components": modal.filled(texts)});
        let source = modal.source;
        self.interacted(at, InteractionKind::Modal, &data, source)
    }

    fn interacted(&mut self, at: Place, kind: InteractionKind, data: &Value, source: Option<u64>) -> u64 {
        let id = self.clock.next_id();
        let token = format!("aW50ZXJhY3Rpb24fake{id}");
        let json = self.interaction_json(at, id, &token, kind, data, source);
        self.tokens.insert(token.clone(), self.interactions.len());
        self.interactions.push(Interaction {
            id,
            token,
            person: at.person,
            channel: at.channel,
            setting: at.setting,
            kind,
            answers: Vec::new(),
            followups: Vec::new(),
            made: self.clock.now(),
            source,
            original: None,
        });
        self.gateway.dispatch(0, "INTERACTION_CREATE", &json);
        id
    }

    fn interaction_json(
        &self,
        at: Place,
        id: u64,
        token: &str,
        kind: InteractionKind,
        data: &Value,
        source: Option<u64>,
    ) -> Value {
        let user = self.user_json(at.person);
        let channel = at.channel.to_string();
        let mut json = json!({
            "id": id.to_string(),
            "application_id": BOT_ID.to_string(),
            "type": kind.number(),
            "version": 1,
            "token": token,
            "data": data,
            "channel_id": channel,
            "locale": self.people.get(&at.person).map_or("en-US", |facts| facts.locale.as_str()),
            "app_permissions": MEMBER.to_string(),
            "attachment_size_limit": 10_485_760,
            "entitlements": [],
        });
        match at.setting {
            Setting::Guild(guild) | Setting::GuildAlone(guild) => self.tell_guild(&mut json, at, guild),
            Setting::Group => {
                json["context"] = json!(IN_GROUP);
                json["channel"] = json!({"id": channel, "type": 3, "flags": 0, "name": null});
                json["authorizing_integration_owners"] = json!({"1": at.person.to_string()});
                json["user"] = user;
            }
            Setting::Dm => {
                json["context"] = json!(IN_BOTS_DM);
                json["channel"] = json!({"id": channel, "type": 1, "flags": 0, "last_message_id": null});
                json["authorizing_integration_owners"] = json!({"0": "0"});
                json["user"] = user;
            }
        }
        if let Some(source) = source {
            let message = self.seen(at.person, at.channel, source);
            let gone = || json!({"id": source.to_string(), "channel_id": channel, "type": 0, "content": ""});
            json["message"] = message.map_or_else(gone, |message| self.message_json(message));
        }
        json
    }
}

/// Who acts, and where.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) person: u64,
    pub(super) channel: u64,
    pub(super) setting: Setting,
}
