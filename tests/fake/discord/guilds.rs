//! Servers: their channels and threads, and what the bot and members may do there.
//! <https://discord.com/developers/docs/topics/permissions>

use serde_json::{Value, json};

use super::happenings::{MEMBER, Place};
use super::interactions::Setting;
use super::messages::Applied;
use super::refusal::Refusal;
use super::world::{BOT_ID, Channel, World};

/// May do everything.
pub(crate) const ADMINISTRATOR: u64 = 1 << 3;
/// May change the server.
pub(crate) const MANAGE_GUILD: u64 = 1 << 5;
/// Sees the channel.
pub(crate) const VIEW_CHANNEL: u64 = 1 << 10;
/// Writes in it.
pub(crate) const SEND_MESSAGES: u64 = 1 << 11;
/// Opens threads that all can read.
pub(crate) const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
/// Writes in threads.
pub(crate) const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
/// What a bot is invited with.
const INVITED_WITH: u64 = VIEW_CHANNEL | SEND_MESSAGES | CREATE_PUBLIC_THREADS | SEND_MESSAGES_IN_THREADS;

/// An ordinary channel, and a thread that all can read.
const TEXT: u64 = 0;
const THREAD: u64 = 11;

/// A channel of a server.
#[derive(Clone, Debug)]
pub(crate) struct GuildChannel {
    /// The server.
    pub(crate) guild: u64,
    /// Its name.
    pub(crate) name: String,
    /// What the bot may do there, as a set of bits.
    pub(super) bot: u64,
    /// Where the thread began, if it is one.
    pub(super) parent: Option<u64>,
    /// When the thread was opened, as the platform writes it.
    pub(super) opened: String,
}

impl GuildChannel {
    pub(super) fn kind(&self) -> u64 {
        if self.parent.is_some() { THREAD } else { TEXT }
    }

    pub(super) fn bot_has(&self, permission: u64) -> bool {
        self.bot & (permission | ADMINISTRATOR) != 0
    }
}

impl World {
    /// The threads that were opened in a channel, by the message that each began with, oldest first.
    pub(crate) fn threads(&self, channel: u64) -> Vec<(u64, &str)> {
        let of_channel = |(id, thread): (&u64, &'_ Channel)| {
            thread.guild.as_ref().filter(|guild| guild.parent == Some(channel)).map(|_| *id)
        };
        let mut threads: Vec<u64> = self.channels.iter().filter_map(of_channel).collect();
        threads.sort_unstable();
        let name = |id: u64| self.channels[&id].guild.as_ref().map_or("", |guild| guild.name.as_str());
        threads.into_iter().map(|id| (id, name(id))).collect()
    }

    pub(super) fn guild_channel(&mut self, guild: u64, id: u64, name: &str) {
        self.channels.entry(id).or_insert_with(|| {
            let name = name.to_owned();
            let guild = GuildChannel { guild, name, bot: INVITED_WITH, parent: None, opened: String::new() };
            Channel { guild: Some(guild), ..Channel::new(None) }
        });
    }

    /// Opens a thread that begins with a message.
    pub(super) fn start_thread(&mut self, channel: u64, message: u64, body: &Value) -> Result<Applied, Refusal> {
        let of = self.visible(channel)?.guild.clone();
        let guild = of.ok_or_else(|| Refusal::breach(400, 50_024, "Cannot execute action on this channel type"))?;
        if guild.parent.is_some() {
            return Err(Refusal::new(400, 50_024, "Cannot execute action on this channel type"));
        }
        if !guild.bot_has(CREATE_PUBLIC_THREADS) {
            return Err(Refusal::coded(403, 50_013));
        }
        if self.message(channel, message).is_none() {
            return Err(Refusal::unknown_message());
        }
        if self.channels.contains_key(&message) {
            return Err(Refusal::new(400, 160_004, "A thread has already been created for this message"));
        }
        let opened = super::clock::written(self.clock.now());
        let name = body["name"].as_str().unwrap_or_default().to_owned();
        let thread = GuildChannel { name, parent: Some(channel), opened, ..guild };
        let json = thread_json(message, channel, &thread, &body["auto_archive_duration"]);
        self.channels.insert(message, Channel { guild: Some(thread), ..Channel::new(None) });
        Ok(Applied { status: 201, ..Applied::new(json) })
    }

    /// What a channel is.
    pub(super) fn get_channel(&self, id: u64) -> Result<Applied, Refusal> {
        let guild = self.visible(id)?.guild.as_ref();
        let kind = guild.map_or(1, GuildChannel::kind);
        let name = guild.map(|guild| guild.name.as_str());
        let of = guild.map(|guild| guild.guild.to_string());
        Ok(Applied::new(json!({"id": id.to_string(), "type": kind, "guild_id": of, "name": name, "flags": 0})))
    }

    /// What a role is.
    pub(super) fn get_role(&self, guild: u64, role: u64) -> Result<Applied, Refusal> {
        if self.has_role(guild, role) {
            Ok(Applied::new(self.role_json(guild, role)))
        } else {
            Err(Refusal::coded(404, 10_011))
        }
    }

    /// The role of everybody has the id of the server.
    pub(super) fn has_role(&self, guild: u64, role: u64) -> bool {
        role == guild || self.guild_roles.contains_key(&(guild, role))
    }

    pub(super) fn role_json(&self, guild: u64, role: u64) -> Value {
        let name = self.guild_roles.get(&(guild, role)).map_or("@everyone", String::as_str);
        json!({"id": role.to_string(), "name": name, "color": 0, "hoist": false, "position": 1,
            "permissions": "0", "managed": false, "mentionable": false, "flags": 0,
            "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null}})
    }

    /// A role is in the server from now on, or is not any more, and nobody has it then.
    pub(super) fn set_role(&mut self, guild: u64, role: u64, name: Option<&str>) {
        match name {
            Some(name) => drop(self.guild_roles.insert((guild, role), name.to_owned())),
            None => {
                assert!(self.guild_roles.remove(&(guild, role)).is_some(), "there is no such role");
                let of_guild = self.roles.iter_mut().filter(|((of, _), _)| *of == guild);
                of_guild.for_each(|(_, roles)| roles.retain(|known| *known != role));
            }
        }
    }

    /// A channel as far as the bot sees it.
    pub(super) fn visible(&self, id: u64) -> Result<&Channel, Refusal> {
        let channel = self.channels.get(&id).ok_or_else(Refusal::unknown_channel)?;
        let is_seen = match &channel.guild {
            Some(guild) => guild.bot_has(VIEW_CHANNEL),
            None => channel.person.is_some(),
        };
        if is_seen { Ok(channel) } else { Err(Refusal::coded(403, 50_001)) }
    }

    /// A channel as far as the bot may write in it.
    pub(super) fn writable(&self, id: u64) -> Result<&Channel, Refusal> {
        let channel = self.visible(id)?;
        let may = channel.guild.as_ref().is_none_or(|guild| {
            guild.bot_has(if guild.parent.is_some() { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES })
        });
        if may { Ok(channel) } else { Err(Refusal::coded(403, 50_013)) }
    }

    /// What a server tells along with what somebody does there.
    pub(super) fn tell_guild(&self, json: &mut Value, at: Place, guild: u64) {
        let (id, channel) = (guild.to_string(), at.channel.to_string());
        let known = self.channels.get(&at.channel).and_then(|channel| channel.guild.as_ref());
        let locale = self.guild_locales.get(&guild).map_or("en-US", String::as_str);
        let rights = self.rights.get(&(guild, at.person)).copied().unwrap_or(MEMBER);
        let roles = self.roles.get(&(guild, at.person));
        let roles: Vec<String> = roles.into_iter().flatten().map(u64::to_string).collect();
        json["context"] = json!(0);
        json["guild_id"] = json!(id);
        json["guild"] = json!({"id": id, "locale": locale, "features": []});
        json["guild_locale"] = json!(locale);
        json["channel"] = json!({"id": channel, "type": known.map_or(TEXT, GuildChannel::kind), "guild_id": id,
            "name": known.map_or("general", |known| known.name.as_str()), "flags": 0});
        json["authorizing_integration_owners"] = match at.setting {
            Setting::GuildAlone(_) => json!({"1": at.person.to_string()}),
            Setting::Guild(_) | Setting::Dm | Setting::Group => json!({"0": id}),
        };
        json["app_permissions"] = json!(known.map_or(MEMBER, |known| known.bot).to_string());
        json["member"] = json!({"user": self.user_json(at.person), "roles": roles, "permissions": rights.to_string(),
            "nick": null, "avatar": null, "joined_at": "2024-01-01T00:00:00.000000+00:00", "deaf": false, "mute": false,
            "flags": 0});
    }
}

/// A thread as the platform writes it.
fn thread_json(id: u64, parent: u64, thread: &GuildChannel, archived_after: &Value) -> Value {
    let minutes = if archived_after.is_null() { json!(4_320) } else { archived_after.clone() };
    json!({
        "id": id.to_string(), "type": THREAD, "flags": 0, "guild_id": thread.guild.to_string(), "name": thread.name,
        "parent_id": parent.to_string(), "owner_id": BOT_ID.to_string(), "last_message_id": null,
        "rate_limit_per_user": 0, "message_count": 0, "member_count": 1, "total_message_sent": 0,
        "thread_metadata": {"archived": false, "archive_timestamp": thread.opened, "auto_archive_duration": minutes,
            "locked": false, "create_timestamp": thread.opened},
    })
}
