//! What the bot may do with an interaction: answer it once within three seconds, and use its token for fifteen minutes.
//! <https://discord.com/developers/docs/interactions/receiving-and-responding>

use std::time::Duration;

use serde_json::{Value, json};

use crate::fake_http::multipart::FilePart;

use super::components::Modal;
use super::ledger::Breach;
use super::limits::{ANSWER, DEFER, DEFER_UPDATE, MODAL, UPDATE};
use super::message::{EPHEMERAL, LOADING, Message};
use super::messages::Applied;
use super::refusal::Refusal;
use super::route::Route;
use super::world::World;

/// In which the first answer must come.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(3);
/// In which the token may be used after it.
pub(crate) const TOKEN_LIVES: Duration = Duration::from_secs(15 * 60);

/// Something that a person has done with what the bot shows.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    /// As the platform counts.
    pub(crate) id: u64,
    /// Whoever has it may answer.
    pub(crate) token: String,
    /// Who has done it.
    pub(crate) person: u64,
    /// Where.
    pub(crate) channel: u64,
    /// What kind of channel it is.
    pub(crate) setting: Setting,
    /// What was done.
    pub(crate) kind: InteractionKind,
    /// Types of the callbacks that were taken, such as 6.
    pub(crate) answers: Vec<u64>,
    /// Messages that its token has made beside the first answer.
    pub(crate) followups: Vec<u64>,
    pub(super) made: Duration,
    /// The message with the component.
    pub(super) source: Option<u64>,
    /// What `@original` is.
    pub(super) original: Option<u64>,
}

/// What a person has done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum InteractionKind {
    /// Called a slash command.
    Command,
    /// Pressed a button or chosen from a select.
    Component,
    /// Sent a form off.
    Modal,
}

/// Who else can see what is said in a channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Setting {
    /// Nobody but the person and the bot.
    Dm,
    /// The people of a server, with its id.
    Guild(u64),
    /// The people of a server that has not the bot, with its id.
    GuildAlone(u64),
    /// A few people; the bot is not among them.
    Group,
}

impl InteractionKind {
    /// As the platform numbers it.
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Modal => 5,
        }
    }
}

impl Interaction {
    pub(super) fn has_failed(&self, now: Duration) -> bool {
        self.answers.is_empty() && now > self.made + ANSWER_WITHIN
    }

    fn may_be_answered_by(&self, kind: u64) -> bool {
        match kind {
            ANSWER | DEFER => true,
            DEFER_UPDATE | UPDATE => self.source.is_some(),
            MODAL => self.kind != InteractionKind::Modal,
            _ => false,
        }
    }
}

impl World {
    /// The first answer.
    pub(super) fn answer(
        &mut self,
        id: u64,
        token: &str,
        body: &Value,
        files: &[FilePart],
        is_told: bool,
    ) -> Result<Applied, Refusal> {
        let now = self.clock.now();
        let is_open = |interaction: &Interaction| interaction.id == id && !interaction.has_failed(now);
        let at = self.tokens.get(token).copied().filter(|at| is_open(&self.interactions[*at]));
        let at = at.ok_or_else(|| Refusal::coded(404, 10_062))?;
        let interaction = &self.interactions[at];
        if !interaction.answers.is_empty() {
            return Err(Refusal::coded(400, 40_060));
        }
        let kind = body["type"].as_u64().unwrap_or(0);
        if !interaction.may_be_answered_by(kind) {
            return Err(Refusal::breach(400, 50_035, "no answer of this type is taken here"));
        }
        let original = match kind {
            ANSWER | DEFER => {
                self.is_to_be_private(at, Route::AnswerInteraction, &body["data"]);
                let loading = if kind == DEFER { LOADING } else { 0 };
                Some(self.make_answer(at, &body["data"], files, loading))
            }
            UPDATE => {
                let source = self.interactions[at].source;
                self.change_answer(at, source, &body["data"], files)?;
                source
            }
            DEFER_UPDATE => self.interactions[at].source,
            _ => {
                let interaction = &self.interactions[at];
                let modal = Modal::of(&body["data"], interaction.channel, interaction.setting, interaction.source);
                self.modals.insert(interaction.person, modal);
                None
            }
        };
        self.interactions[at].answers.push(kind);
        self.interactions[at].original = original;
        let message_id = original.filter(|_| kind != DEFER_UPDATE);
        if !is_told {
            return Ok(Applied { message_id, ..Applied::nothing() });
        }
        Ok(Applied { message_id, ..Applied::new(self.callback_json(at, kind)) })
    }

    /// One more message.
    pub(super) fn follow_up(&mut self, token: &str, body: &Value, files: &[FilePart]) -> Result<Applied, Refusal> {
        let at = self.alive(token)?;
        let waiting = self.interactions[at].original.filter(|id| self.shown(at, *id).is_some_and(Message::is_loading));
        if let Some(id) = waiting {
            self.change_answer(at, Some(id), body, files)?;
            return Ok(self.applied(at, id));
        }
        self.is_to_be_private(at, Route::CreateFollowup, body);
        let id = self.make_answer(at, body, files, 0);
        self.interactions[at].followups.push(id);
        Ok(self.applied(at, id))
    }

    /// `@original` without an id.
    pub(super) fn change_shown(
        &mut self,
        token: &str,
        id: Option<&str>,
        body: &Value,
        files: &[FilePart],
    ) -> Result<Applied, Refusal> {
        let (at, id) = self.own(token, id)?;
        self.change_answer(at, Some(id), body, files)?;
        Ok(self.applied(at, id))
    }

    /// `@original` without an id.
    pub(super) fn remove_shown(&mut self, token: &str, id: Option<&str>) -> Result<Applied, Refusal> {
        let (at, id) = self.own(token, id)?;
        let Interaction { person, channel, .. } = self.interactions[at];
        let notes = self.notes.entry(person).or_default();
        let before = notes.len();
        notes.retain(|note| note.id != id);
        if notes.len() == before && !self.removed(channel, id) {
            return Err(Refusal::unknown_message());
        }
        Ok(Applied { message_id: Some(id), ..Applied::nothing() })
    }

    fn is_to_be_private(&mut self, at: usize, route: Route, data: &Value) {
        let is_private = data["flags"].as_u64().is_some_and(|flags| flags & EPHEMERAL != 0);
        if self.interactions[at].setting != Setting::Dm && !is_private {
            let what = "where others are, this bot answers so that only the person sees it";
            self.ledger.breaches.push(Breach::of(route, what, "/flags"));
        }
    }

    /// The interaction whose token it is, if it may still be used.
    fn alive(&self, token: &str) -> Result<usize, Refusal> {
        let at = self.tokens.get(token).copied().ok_or_else(|| Refusal::coded(404, 10_015))?;
        let interaction = &self.interactions[at];
        if self.clock.now() >= interaction.made + TOKEN_LIVES {
            return Err(Refusal { is_breach: true, ..Refusal::coded(401, 50_027) });
        }
        if interaction.answers.is_empty() { Err(Refusal::coded(404, 10_015)) } else { Ok(at) }
    }

    fn own(&self, token: &str, id: Option<&str>) -> Result<(usize, u64), Refusal> {
        let at = self.alive(token)?;
        let interaction = &self.interactions[at];
        let wanted = match id {
            None => interaction.original,
            Some(id) => interaction.followups.iter().copied().find(|known| known.to_string() == id),
        };
        let id = wanted.filter(|id| self.shown(at, *id).is_some()).ok_or_else(Refusal::unknown_message)?;
        Ok((at, id))
    }

    /// A message that the person of an interaction sees, wherever it is kept.
    fn shown(&self, at: usize, id: u64) -> Option<&Message> {
        let interaction = self.interactions.get(at)?;
        self.seen(interaction.person, interaction.channel, id)
    }

    /// A message that a person sees in a channel.
    pub(super) fn seen(&self, person: u64, channel: u64, id: u64) -> Option<&Message> {
        let note = self.notes(person).iter().find(|note| note.id == id);
        note.or_else(|| self.message(channel, id))
    }

    fn make_answer(&mut self, at: usize, data: &Value, files: &[FilePart], flags: u64) -> u64 {
        let Interaction { channel, person, .. } = self.interactions[at];
        let mut message = Message::new(self.clock.next_id(), channel, None, self.clock.now());
        message.write(data);
        message.flags |= flags;
        message.attachments = self.attachments(data, files);
        let id = message.id;
        if message.is_ephemeral() {
            self.notes.entry(person).or_default().push(message);
        } else {
            self.place(message);
        }
        id
    }

    fn change_answer(&mut self, at: usize, id: Option<u64>, data: &Value, files: &[FilePart]) -> Result<(), Refusal> {
        let id = id.ok_or_else(Refusal::unknown_message)?;
        let mut changed = self.shown(at, id).cloned().ok_or_else(Refusal::unknown_message)?;
        let is_first = changed.is_loading();
        self.rewrite(&mut changed, data, files)?;
        changed.flags &= !LOADING;
        let Interaction { channel, person, .. } = self.interactions[at];
        let note = self.notes.entry(person).or_default().iter_mut().find(|note| note.id == id);
        if let Some(note) = note {
            changed.edits += u32::from(!is_first);
            *note = changed;
        } else if let Some(message) = self.message_mut(channel, id) {
            *message = changed;
            self.edited(channel, id);
        }
        Ok(())
    }

    fn applied(&self, at: usize, id: u64) -> Applied {
        Applied::of_message(self.shown(at, id).map(|message| self.message_json(message)).unwrap_or_default(), id)
    }

    fn callback_json(&self, at: usize, kind: u64) -> Value {
        let interaction = &self.interactions[at];
        let mut told = json!({"interaction": {"id": interaction.id.to_string(), "type": interaction.kind.number()}});
        if let Some(message) = interaction.original.and_then(|id| self.shown(at, id)).filter(|_| kind != DEFER_UPDATE) {
            told["interaction"]["response_message_id"] = json!(message.id.to_string());
            told["interaction"]["response_message_ephemeral"] = json!(message.flags & EPHEMERAL != 0);
            told["interaction"]["response_message_loading"] = json!(message.is_loading());
            if kind != DEFER {
                told["resource"] = json!({"type": kind, "message": self.message_json(message)});
            }
        }
        told
    }
}
