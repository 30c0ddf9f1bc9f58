//! The gateway's side of things: sessions with what they have missed, and what every visit is to get.
//! <https://discord.com/developers/docs/events/gateway>

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::visits::{Ending, Frame, GatewayFault, Opening, Visit};

/// The intent for messages of people to the bot.
pub(crate) const DIRECT_MESSAGES: u64 = 1 << 12;
/// Members, presences, and the content of messages in servers.
pub(super) const PRIVILEGED: u64 = 1 << 1 | 1 << 8 | 1 << 15;
/// Above it there is none.
pub(super) const INTENTS_BITS: u32 = 26;
const IDENTIFIES_A_DAY: u32 = 1_000;

/// Everything that the gateway keeps.
pub(crate) struct Gateway {
    pub(super) url: String,
    pub(super) shards: u32,
    pub(super) identifies_left: u32,
    pub(super) heartbeat: Duration,
    /// Whether connections have something to look at.
    pub(super) is_fresh: bool,
    pub(super) events_kept_max: usize,
    pub(super) sessions: Vec<Session>,
    pub(super) visits: Vec<Visit>,
    faults: Vec<(GatewayFault, usize)>,
    last_session: u64,
}

/// What the platform remembers of a bot between its connections.
pub(super) struct Session {
    pub(super) id: String,
    pub(super) intents: u64,
    /// Of the newest event.
    pub(super) sequence: u64,
    /// The newest ones with their numbers.
    pub(super) events: VecDeque<(u64, Arc<str>)>,
    /// The number of the newest event that is kept no more.
    pub(super) dropped: u64,
    /// Which visit it is sent to.
    pub(super) visit: Option<usize>,
    /// The number of the newest event that was sent.
    pub(super) sent: u64,
}

impl Gateway {
    pub(super) fn new(url: String, events_kept_max: usize) -> Self {
        Self {
            url,
            shards: 1,
            identifies_left: IDENTIFIES_A_DAY,
            heartbeat: Duration::from_millis(41_250),
            is_fresh: false,
            events_kept_max,
            sessions: Vec::new(),
            visits: Vec::new(),
            faults: Vec::new(),
            last_session: 0,
        }
    }

    /// Every connection in its order.
    pub(crate) fn visits(&self) -> &[Visit] {
        &self.visits
    }

    /// How often a bot has begun a new session.
    pub(crate) fn identifies(&self) -> usize {
        self.visits.iter().filter(|visit| matches!(visit.opening, Some(Opening::Identify { .. }))).count()
    }

    /// How often a bot has gone on with a session.
    pub(crate) fn resumes(&self) -> usize {
        self.visits.iter().filter(|visit| matches!(visit.opening, Some(Opening::Resume { .. }))).count()
    }

    /// Whether a bot is there and hears what happens.
    pub(crate) fn is_connected(&self) -> bool {
        self.sessions.iter().any(|session| session.visit.is_some_and(|visit| !self.visits[visit].is_mute))
    }

    /// How many events the newest session has not been sent.
    pub(crate) fn undelivered(&self) -> usize {
        self.sessions.last().map_or(0, |session| session.events.len() - session.first_unsent())
    }

    pub(super) fn plan(&mut self, fault: GatewayFault, times: usize) {
        self.faults.push((fault, times));
    }

    pub(super) fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Something happened; whoever wants to know of it is told.
    pub(super) fn dispatch(&mut self, intent: u64, kind: &str, content: &Value) {
        let content = content.to_string();
        for session in self.sessions.iter_mut().filter(|session| session.intents & intent == intent) {
            session.sequence += 1;
            let text = event(kind, session.sequence, &content);
            session.events.push_back((session.sequence, text));
            if session.events.len() > self.events_kept_max {
                session.dropped = session.events.pop_front().map_or(0, |(number, _)| number);
            }
        }
        self.is_fresh = true;
    }

    /// What every bot that is there gets now.
    pub(super) fn order(&mut self, frame: &Frame) {
        for visit in self.visits.iter_mut().filter(|visit| visit.ending.is_none()) {
            visit.orders.push_back(frame.clone());
        }
        self.is_fresh = true;
    }

    /// No session goes on, or none but by a new attempt.
    pub(super) fn invalidate(&mut self, is_resumable: bool) {
        self.order(&Frame::text(&json!({"op": 9, "d": is_resumable, "s": null, "t": null})));
        if !is_resumable {
            self.sessions.clear();
        }
    }

    pub(super) fn fault_of_handshake(&mut self) -> Option<GatewayFault> {
        self.take_fault(true)
    }

    pub(super) fn fault_of_opening(&mut self) -> Option<GatewayFault> {
        self.take_fault(false)
    }

    /// A connection was made; its number.
    pub(super) fn visited(&mut self, path: &str, fault: Option<GatewayFault>) -> usize {
        self.visits.push(Visit::new(path, fault));
        self.visits.len() - 1
    }

    pub(super) fn new_session_id(&mut self) -> String {
        self.last_session += 1;
        format!("session-{:08}", self.last_session)
    }

    /// What a visit gets now: orders, then the events of its session.
    pub(super) fn due(&mut self, number: usize) -> Vec<Frame> {
        let Some(visit) = self.visits.get_mut(number) else { return Vec::new() };
        let mut frames: Vec<Frame> = visit.orders.drain(..).collect();
        if visit.is_mute {
            frames.retain(|frame| !matches!(frame, Frame::Text(_)));
            return frames;
        }
        if let Some(session) = self.sessions.iter_mut().find(|session| session.visit == Some(number)) {
            for (number, text) in session.events.iter().skip(session.first_unsent()) {
                if matches!(visit.fault, Some(GatewayFault::CutAfter { events }) if visit.events >= events) {
                    frames.push(Frame::Cut);
                    break;
                }
                frames.push(Frame::Text(Arc::clone(text)));
                session.sent = *number;
                visit.events += 1;
            }
        }
        frames
    }

    /// A visit is over.
    pub(super) fn left(&mut self, number: usize, ending: Ending) {
        if let Some(visit) = self.visits.get_mut(number) {
            visit.ending.get_or_insert(ending);
        }
        let is_given_up = matches!(ending, Ending::Bot(Some(1_000 | 1_001)));
        self.sessions.retain(|session| !(is_given_up && session.visit == Some(number)));
        for session in self.sessions.iter_mut().filter(|session| session.visit == Some(number)) {
            session.visit = None;
        }
    }

    fn take_fault(&mut self, is_of_handshake: bool) -> Option<GatewayFault> {
        let at = self.faults.iter().position(|(fault, _)| fault.is_of_handshake() == is_of_handshake)?;
        let (fault, times) = &mut self.faults[at];
        let fault = *fault;
        *times = times.saturating_sub(1);
        if *times == 0 {
            self.faults.remove(at);
        }
        Some(fault)
    }
}

impl Session {
    fn first_unsent(&self) -> usize {
        self.events.partition_point(|(number, _)| *number <= self.sent)
    }
}

/// As the gateway writes an event.
pub(super) fn event(kind: &str, sequence: u64, content: &str) -> Arc<str> {
    format!("{{\"t\":{},\"s\":{sequence},\"op\":0,\"d\":{content}}}", json!(kind)).into()
}
