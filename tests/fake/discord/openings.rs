//! What the gateway makes of what a bot says: heartbeats, identify and resume.

use serde_json::{Value, json};

use super::gateway::{INTENTS_BITS, PRIVILEGED, Session, event};
use super::ledger::Breach;
use super::visits::{Ending, Frame, GatewayFault, Opening};
use super::world::{BOT_ID, World, bot_json};

const HEARTBEAT: u64 = 1;
const IDENTIFY: u64 = 2;
const PRESENCE: u64 = 3;
const RESUME: u64 = 6;

/// Of an event that is told once, and not to whoever resumes later.
const RESUMED_HEAD: &str = "{\"t\":\"RESUMED\"";

const UNKNOWN_OPCODE: u16 = 4_001;
const NOT_READABLE: u16 = 4_002;
const WRONG_TOKEN: u16 = 4_004;
const IDENTIFIED_ALREADY: u16 = 4_005;
const WRONG_SEQUENCE: u16 = 4_007;
const NO_SUCH_INTENT: u16 = 4_013;
const NOT_ALLOWED_INTENT: u16 = 4_014;

impl World {
    /// The first word of the gateway, unless it says none.
    pub(super) fn hello(&self, visit: usize) -> Option<Frame> {
        if self.gateway.visits[visit].fault == Some(GatewayFault::Silent) {
            return None;
        }
        let interval = u64::try_from(self.gateway.heartbeat.as_millis()).unwrap_or(u64::MAX);
        Some(Frame::text(&json!({"op": 10, "d": {"heartbeat_interval": interval}, "s": null, "t": null})))
    }

    /// What a bot's frame leads to at once.
    pub(super) fn heard(&mut self, visit: usize, text: &str) -> Vec<Frame> {
        let Ok(said) = serde_json::from_str::<Value>(text) else {
            return self.wrong(NOT_READABLE, "a frame is no JSON");
        };
        if self.gateway.visits[visit].is_mute {
            return Vec::new();
        }
        let is_open = self.gateway.sessions.iter().any(|session| session.visit == Some(visit));
        match said["op"].as_u64() {
            Some(HEARTBEAT) => {
                let visit = &mut self.gateway.visits[visit];
                visit.heartbeats += 1;
                visit.last_heartbeat = said["d"].as_u64();
                vec![Frame::text(&json!({"op": 11, "d": null, "s": null, "t": null}))]
            }
            Some(IDENTIFY | RESUME) if is_open => self.wrong(IDENTIFIED_ALREADY, "it has begun already"),
            Some(IDENTIFY) => self.identified(visit, &said["d"]),
            Some(RESUME) => self.resumed(visit, &said["d"]),
            Some(PRESENCE) => Vec::new(),
            _ => self.wrong(UNKNOWN_OPCODE, "no opcode that a bot sends"),
        }
    }

    fn wrong(&mut self, code: u16, what: &str) -> Vec<Frame> {
        self.ledger.breaches.push(Breach::of_gateway(what));
        vec![Frame::Close(Some(code))]
    }

    fn is_token(&self, said: &Value) -> bool {
        let token = said["token"].as_str().unwrap_or("");
        self.token.as_deref() == Some(token.strip_prefix("Bot ").unwrap_or(token))
    }

    fn identified(&mut self, visit: usize, said: &Value) -> Vec<Frame> {
        let intents = said["intents"].as_u64().unwrap_or(u64::MAX);
        if self.gateway.identifies_left == 0 {
            self.token = None;
            return self.wrong(WRONG_TOKEN, "more sessions were begun than a day allows; the token is void now");
        }
        self.gateway.identifies_left -= 1;
        self.gateway.visits[visit].opening = Some(Opening::Identify { intents });
        if !self.is_token(said) {
            return vec![Frame::Close(Some(WRONG_TOKEN))];
        }
        if intents >> INTENTS_BITS != 0 {
            return self.wrong(NO_SUCH_INTENT, "no such intents");
        }
        if intents & PRIVILEGED != 0 {
            return self.wrong(NOT_ALLOWED_INTENT, "privileged intents");
        }
        if !said["properties"].is_object() {
            return self.wrong(NOT_READABLE, "an identify without properties");
        }
        if let Some(frames) = self.spoiled() {
            return frames;
        }
        let id = self.gateway.new_session_id();
        let ready = json!({
            "v": 10,
            "user": bot_json(),
            "guilds": [],
            "private_channels": [],
            "session_type": "normal",
            "session_id": id,
            "resume_gateway_url": format!("{}/resume", self.gateway.url),
            "shard": said["shard"].as_array().cloned().unwrap_or(vec![json!(0), json!(1)]),
            "application": {"id": BOT_ID.to_string(), "flags": 0},
            "_trace": [],
        });
        let first = event("READY", 1, &ready.to_string());
        self.gateway.sessions.push(Session {
            id,
            intents,
            sequence: 1,
            events: [(1, first)].into(),
            dropped: 0,
            visit: Some(visit),
            sent: 0,
        });
        self.gateway.is_fresh = true;
        Vec::new()
    }

    fn resumed(&mut self, visit: usize, said: &Value) -> Vec<Frame> {
        let sequence = said["seq"].as_u64().unwrap_or(0);
        self.gateway.visits[visit].opening = Some(Opening::Resume { sequence, missed: 0 });
        if !self.is_token(said) {
            return vec![Frame::Close(Some(WRONG_TOKEN))];
        }
        if let Some(frames) = self.spoiled() {
            return frames;
        }
        let again = Frame::text(&json!({"op": 9, "d": false, "s": null, "t": null}));
        let at = self.gateway.sessions.iter().position(|session| said["session_id"] == session.id.as_str());
        let Some(at) = at else { return vec![again] };
        let session = &mut self.gateway.sessions[at];
        if sequence > session.sequence {
            self.gateway.sessions.remove(at);
            return self.wrong(WRONG_SEQUENCE, "a resume from an event that was never sent");
        }
        if sequence < session.dropped {
            self.gateway.sessions.remove(at);
            return vec![again];
        }
        session.events.retain(|(_, text)| !text.starts_with(RESUMED_HEAD));
        let missed = session.events.iter().filter(|(number, _)| *number > sequence).count();
        session.sent = sequence;
        session.sequence += 1;
        let done = event("RESUMED", session.sequence, "{\"_trace\":[]}");
        session.events.push_back((session.sequence, done));
        let before = session.visit.replace(visit);
        self.gateway.visits[visit].opening = Some(Opening::Resume { sequence, missed });
        if let Some(before) = before {
            self.gateway.visits[before].orders.push_back(Frame::Cut);
            self.gateway.visits[before].ending = Some(Ending::Fake);
        }
        self.gateway.is_fresh = true;
        Vec::new()
    }

    fn spoiled(&mut self) -> Option<Vec<Frame>> {
        match self.gateway.fault_of_opening()? {
            GatewayFault::InvalidSession { is_resumable } => {
                if !is_resumable {
                    self.gateway.sessions.clear();
                }
                Some(vec![Frame::text(&json!({"op": 9, "d": is_resumable, "s": null, "t": null}))])
            }
            GatewayFault::Close(code) => Some(vec![Frame::Close(code)]),
            GatewayFault::Ignore => Some(Vec::new()),
            GatewayFault::CutAfter { .. } | GatewayFault::Deaf | GatewayFault::Refuse { .. } | GatewayFault::Silent => {
                None
            }
        }
    }
}
