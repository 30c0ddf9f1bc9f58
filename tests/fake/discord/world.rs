//! The platform's side of things: who is there, what stands in their channels, what the bot may still answer.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};

use super::clock::Clock;
use super::components::Modal;
use super::faults::Faults;
use super::gateway::{DIRECT_MESSAGES, Gateway};
use super::guilds::GuildChannel;
use super::interactions::Interaction;
use super::ledger::{Breach, Ledger, Request};
use super::message::Message;
use super::rate::Rations;
use super::{DATE, Options, TOKEN};

/// Of the bot itself, and of its application.
pub(crate) const BOT_ID: u64 = 1_000_000_000_000_000_001;
/// Above all ids of people.
const DM_BASE: u64 = 1_100_000_000_000_000_000;
/// 401 and 403, and 429 unless it is shared.
const INVALID: &[u16] = &[401, 403, 429];

/// Everything that is so at one moment; what a test looks at.
pub(crate) struct World {
    pub(super) ledger: Ledger,
    pub(super) faults: Faults,
    pub(super) rations: Rations,
    pub(super) gateway: Gateway,
    pub(super) clock: Clock,
    pub(super) people: HashMap<u64, Facts>,
    pub(super) channels: HashMap<u64, Channel>,
    /// What somebody may do in a server, where that is not what everybody may.
    pub(super) rights: HashMap<(u64, u64), u64>,
    /// The roles that there are, by server and id, with their names.
    pub(super) guild_roles: BTreeMap<(u64, u64), String>,
    /// The roles of somebody in a server.
    pub(super) roles: HashMap<(u64, u64), Vec<u64>>,
    /// The language of a server, where it is not English.
    pub(super) guild_locales: HashMap<u64, String>,
    pub(super) interactions: Vec<Interaction>,
    /// Where the interaction of a token stands among them.
    pub(super) tokens: HashMap<String, usize>,
    /// What only one person sees, by person.
    pub(super) notes: HashMap<u64, Vec<Message>>,
    /// The last form of a person.
    pub(super) modals: HashMap<u64, Modal>,
    /// As the bot has put them.
    pub(super) commands: Value,
    pub(super) nonces: HashMap<String, Named>,
    /// None after it was revoked.
    pub(super) token: Option<String>,
    /// Before each answer.
    pub(super) latency: Duration,
    pub(super) messages_a_channel_max: usize,
}

/// What the platform says of a person.
#[derive(Clone)]
pub(super) struct Facts {
    pub(super) name: String,
    pub(super) locale: String,
}

pub(super) struct Channel {
    /// Whose channel with the bot it is.
    pub(super) person: Option<u64>,
    /// Of which server it is.
    pub(super) guild: Option<GuildChannel>,
    /// The person takes no messages from the bot.
    pub(super) is_closed: bool,
    /// Whether the bot has asked for it.
    pub(super) is_opened: bool,
    /// In the order of their ids.
    pub(super) messages: VecDeque<Message>,
    /// How often the bot was shown to be typing.
    pub(super) typing: usize,
}

/// A message that the bot has given a name, for the time in which no other can have it.
pub(super) struct Named {
    pub(super) until: Duration,
    pub(super) channel: u64,
    pub(super) message: u64,
}

impl World {
    pub(super) fn new(options: Options, gateway_url: String) -> Self {
        Self {
            ledger: Ledger { is_kept: options.is_ledger_kept, ..Ledger::default() },
            faults: Faults::default(),
            rations: Rations::new(options.rate_limit),
            gateway: Gateway::new(gateway_url, options.events_a_session_max),
            clock: Clock::at(DATE),
            people: HashMap::new(),
            channels: HashMap::new(),
            rights: HashMap::new(),
            guild_roles: BTreeMap::new(),
            roles: HashMap::new(),
            guild_locales: HashMap::new(),
            interactions: Vec::new(),
            tokens: HashMap::new(),
            notes: HashMap::new(),
            modals: HashMap::new(),
            commands: Value::Null,
            nonces: HashMap::new(),
            token: Some(TOKEN.to_owned()),
            latency: Duration::ZERO,
            messages_a_channel_max: options.messages_a_channel_max,
        }
    }

    /// Every request in its order.
    pub(crate) fn requests(&self) -> &[Request] {
        &self.ledger.requests
    }

    /// Everything that the platform would have refused as malformed.
    pub(crate) fn breaches(&self) -> &[Breach] {
        &self.ledger.breaches
    }

    /// A channel as all see it now, oldest first, both sides.
    pub(crate) fn messages(&self, channel: u64) -> impl DoubleEndedIterator<Item = &Message> {
        self.channels.get(&channel).into_iter().flat_map(|channel| &channel.messages)
    }

    /// What the bot has said there and what still stands.
    pub(crate) fn said(&self, channel: u64) -> Vec<&str> {
        self.messages(channel)
            .filter(|message| message.from.is_none())
            .map(|message| message.content.as_str())
            .collect()
    }

    /// What only this person sees, oldest first, wherever it stands.
    pub(crate) fn notes(&self, person: u64) -> &[Message] {
        self.notes.get(&person).map_or(&[], Vec::as_slice)
    }

    /// The form that stands open before a person.
    pub(crate) fn modal(&self, person: u64) -> Option<&Modal> {
        self.modals.get(&person).filter(|modal| modal.is_open)
    }

    /// Everything that people have pressed, chosen, called and sent off, in order.
    pub(crate) fn interactions(&self) -> &[Interaction] {
        &self.interactions
    }

    /// Those of which the person reads that they failed: not answered, and too old for it by now.
    pub(crate) fn failed_interactions(&self) -> impl Iterator<Item = &Interaction> {
        self.interactions.iter().filter(|interaction| interaction.has_failed(self.clock.now()))
    }

    /// How often the bot was shown to be typing there.
    pub(crate) fn typing(&self, channel: u64) -> usize {
        self.channels.get(&channel).map_or(0, |channel| channel.typing)
    }

    /// Whether the bot has asked for the channel.
    pub(crate) fn is_opened(&self, channel: u64) -> bool {
        self.channels.get(&channel).is_some_and(|channel| channel.is_opened)
    }

    /// As the bot has put them; null if it has not.
    pub(crate) fn commands(&self) -> &Value {
        &self.commands
    }

    /// What there was of the gateway.
    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Answers for which the platform bans an address that gets too many of them.
    pub(crate) fn invalid_requests(&self) -> usize {
        let is_invalid = |request: &&Request| {
            request.status.is_some_and(|status| INVALID.contains(&status)) && !request.is_shared_limit
        };
        self.ledger.requests.iter().filter(is_invalid).count()
    }

    /// The platform's time, since 1970.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    pub(super) fn user_json(&self, id: u64) -> Value {
        let name = self.people.get(&id).map_or("somebody", |facts| facts.name.as_str());
        user_json(id, &name.to_lowercase().replace(' ', "."), Some(name))
    }

    pub(super) fn message_json(&self, message: &Message) -> Value {
        message.json(message.from.map_or_else(bot_json, |id| self.user_json(id)))
    }

    /// With what only its maker and the gateway get to see.
    pub(super) fn fresh_json(&self, message: &Message) -> Value {
        let mut json = self.message_json(message);
        if let Some(nonce) = &message.nonce {
            json["nonce"] = nonce.clone();
        }
        json
    }

    pub(super) fn message(&self, channel: u64, id: u64) -> Option<&Message> {
        let messages = &self.channels.get(&channel)?.messages;
        messages.binary_search_by_key(&id, |message| message.id).ok().and_then(|at| messages.get(at))
    }

    pub(super) fn message_mut(&mut self, channel: u64, id: u64) -> Option<&mut Message> {
        let messages = &mut self.channels.get_mut(&channel)?.messages;
        messages.binary_search_by_key(&id, |message| message.id).ok().and_then(|at| messages.get_mut(at))
    }

    /// The message stands in its channel, and the gateway says so; the oldest goes if there are too many.
    pub(super) fn place(&mut self, message: Message) {
        self.tell("MESSAGE_CREATE", &message);
        let max = self.messages_a_channel_max;
        if let Some(channel) = self.channels.get_mut(&message.channel) {
            channel.messages.push_back(message);
            if channel.messages.len() > max {
                channel.messages.pop_front();
            }
        }
    }

    /// The message was changed, and the gateway says so.
    pub(super) fn edited(&mut self, channel: u64, id: u64) {
        let now = self.clock.now();
        let Some(message) = self.message_mut(channel, id) else { return };
        message.edits += 1;
        message.edited = Some(now);
        let message = message.clone();
        self.tell("MESSAGE_UPDATE", &message);
    }

    /// The message is gone, and the gateway says so; whether there was one.
    pub(super) fn removed(&mut self, channel: u64, id: u64) -> bool {
        let Some(place) = self.channels.get_mut(&channel) else { return false };
        let Ok(at) = place.messages.binary_search_by_key(&id, |message| message.id) else { return false };
        place.messages.remove(at);
        if place.person.is_some() {
            let gone = json!({"id": id.to_string(), "channel_id": channel.to_string()});
            self.gateway.dispatch(DIRECT_MESSAGES, "MESSAGE_DELETE", &gone);
        }
        true
    }

    fn tell(&mut self, kind: &str, message: &Message) {
        if self.channels.get(&message.channel).is_some_and(|channel| channel.person.is_some()) {
            let mut json = self.fresh_json(message);
            json["channel_type"] = json!(1);
            self.gateway.dispatch(DIRECT_MESSAGES, kind, &json);
        }
    }
}

impl Channel {
    pub(super) fn new(person: Option<u64>) -> Self {
        Self { person, guild: None, is_closed: false, is_opened: false, messages: VecDeque::new(), typing: 0 }
    }
}

/// The channel of a person with the bot.
pub(crate) fn dm_of(person: u64) -> u64 {
    DM_BASE + person
}

pub(super) fn bot_json() -> Value {
    let mut bot = user_json(BOT_ID, "mendwell", None);
    bot["bot"] = json!(true);
    bot
}

fn user_json(id: u64, username: &str, name: Option<&str>) -> Value {
    json!({"id": id.to_string(), "username": username, "discriminator": "0", "global_name": name, "avatar": null,
        "public_flags": 0, "flags": 0, "primary_guild": null})
}
