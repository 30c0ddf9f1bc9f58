//! Connections to the gateway: how they begin and end, and what goes wrong with them.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

/// One connection of a bot.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// Of the address; a resume comes by another than an identify.
    pub(crate) path: String,
    /// How the bot has begun.
    pub(crate) opening: Option<Opening>,
    /// How many heartbeats came.
    pub(crate) heartbeats: usize,
    /// What the last of them said was the newest event.
    pub(crate) last_heartbeat: Option<u64>,
    /// How many events were sent.
    pub(crate) events: usize,
    /// How it ended.
    pub(crate) ending: Option<Ending>,
    pub(super) orders: VecDeque<Frame>,
    /// Nothing is answered any more.
    pub(super) is_mute: bool,
    /// What is wrong with it from the beginning.
    pub(super) fault: Option<GatewayFault>,
}

/// How a bot begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Opening {
    /// A new session.
    Identify {
        /// What it wants to hear of.
        intents: u64,
    },
    /// An old session goes on.
    Resume {
        /// The newest event that the bot has.
        sequence: u64,
        /// How many events it had missed.
        missed: usize,
    },
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ending {
    /// The bot has closed it, with or without a code.
    Bot(Option<u16>),
    /// The fake has.
    Fake,
    /// The connection was gone.
    Lost,
}

/// One thing that goes wrong with a connection to the gateway.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum GatewayFault {
    /// Instead of a connection there is this status.
    Refuse {
        /// Such as 503.
        status: u16,
    },
    /// The connection is taken, and then nothing comes.
    Silent,
    /// The connection is taken and greeted, and then nothing comes, not even the answer to a heartbeat.
    Deaf,
    /// It is cut after so many events; READY and RESUMED are counted.
    CutAfter {
        /// 0: before the first.
        events: usize,
    },
    /// Instead of READY or RESUMED there is an invalid session; the connection stays.
    InvalidSession {
        /// Whether the bot is to try again to resume.
        is_resumable: bool,
    },
    /// Instead of READY or RESUMED it is closed, with or without a code.
    Close(Option<u16>),
    /// Neither READY nor RESUMED comes, though heartbeats are answered.
    Ignore,
}

/// What goes to a bot.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    Text(Arc<str>),
    Close(Option<u16>),
    /// Without a word.
    Cut,
}

impl GatewayFault {
    pub(super) fn is_of_handshake(self) -> bool {
        match self {
            Self::Refuse { .. } | Self::Silent | Self::Deaf | Self::CutAfter { .. } => true,
            Self::InvalidSession { .. } | Self::Close(_) | Self::Ignore => false,
        }
    }
}

impl Visit {
    pub(super) fn new(path: &str, fault: Option<GatewayFault>) -> Self {
        Self {
            path: path.to_owned(),
            opening: None,
            heartbeats: 0,
            last_heartbeat: None,
            events: 0,
            ending: None,
            orders: VecDeque::new(),
            is_mute: matches!(fault, Some(GatewayFault::Silent | GatewayFault::Deaf)),
            fault,
        }
    }
}

impl Frame {
    pub(super) fn text(value: &Value) -> Self {
        Self::Text(value.to_string().into())
    }
}
