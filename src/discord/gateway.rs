//! The platform's gateway: a connection on which events come in order. What it stands on is behind a trait of two
//! functions; here it is twilight's shard, read as raw text, so that no event is lost to a type that does not fit it.
//! <https://docs.discord.com/developers/events/gateway>

use futures::StreamExt;
use futures::future::BoxFuture;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use twilight_gateway::error::ReceiveMessageErrorType;
use twilight_gateway::queue::Queue;
use twilight_gateway::{ConfigBuilder, Intents, Message, Session, Shard, ShardId, ShardState};

use crate::domain::secret::Secret;

/// What the bot wants to hear of: what people write to it in private. Presses and commands come unasked.
pub(crate) const INTENTS: Intents = Intents::DIRECT_MESSAGES;

/// A connection to the gateway, which mends itself as long as it can.
pub(crate) trait Gateway: Send {
    /// The next thing that happens. May be dropped at any time.
    fn next(&mut self) -> BoxFuture<'_, Happening>;

    /// What a later connection needs to go on where this one is; none before a session has begun.
    fn session(&self) -> Option<SessionState>;
}

/// What happens on a connection.
pub(crate) enum Happening {
    /// An event, as it came.
    Event(String),
    /// A sign of life.
    Alive,
    /// The connection is lost; the next call makes another.
    Lost,
    /// No connection could be made.
    Failed,
    /// A new session is to begin, which the platform allows so many times a day: it does once this is answered.
    AsksToIdentify(oneshot::Sender<()>),
    /// The platform ended it for good, with this code.
    /// <https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>
    Closed(u16),
}

/// Where a session stands. Without the token it is worth nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionState {
    /// The platform's id of the session.
    pub id: String,
    /// The number of the last event.
    pub sequence: u64,
    /// Where it is taken up again; empty for where all begin.
    pub url: String,
    /// Whether chats of the time before it are still to be read.
    #[serde(default)]
    pub is_reading: bool,
}

/// Twilight's connection.
pub(crate) struct Twilight {
    shard: Shard<Turnstile>,
    asked: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    /// The code of the last close.
    code: u16,
}

/// Where each new session asks for leave.
#[derive(Debug)]
struct Turnstile(mpsc::UnboundedSender<oneshot::Sender<()>>);

impl Queue for Turnstile {
    fn enqueue(&self, _shard: u32) -> oneshot::Receiver<()> {
        let (leave, left) = oneshot::channel();
        // Nobody listens only when the connection is being dropped.
        let _ = self.0.send(leave);
        left
    }
}

impl Twilight {
    /// A connection to be made at the first call of `next`; with a session it goes on with that.
    pub(crate) fn new(token: &Secret, url: &str, session: Option<SessionState>) -> Self {
        let (ask, asked) = mpsc::unbounded_channel();
        let mut config = ConfigBuilder::new(token.expose().to_owned(), INTENTS)
            .queue(Turnstile(ask))
            .proxy_url(url.trim_end_matches('/').to_owned());
        if let Some(session) = session {
            config = config.session(Session::new(session.sequence, session.id));
            if is_gateway(&session.url) {
                config = config.resume_url(session.url);
            }
        }
        Self { shard: Shard::with_config(ShardId::ONE, config.build()), asked, code: 0 }
    }
}

impl Gateway for Twilight {
    fn next(&mut self) -> BoxFuture<'_, Happening> {
        Box::pin(async move {
            let item = tokio::select! {
                biased;
                Some(leave) = self.asked.recv() => return Happening::AsksToIdentify(leave),
                item = self.shard.next() => item,
            };
            match item {
                Some(Ok(Message::Text(text))) if is_event(&text) => Happening::Event(text),
                Some(Ok(Message::Text(_))) => Happening::Alive,
                Some(Ok(Message::Close(frame))) => {
                    self.code = frame.map_or(0, |frame| frame.code);
                    let is_for_good = self.shard.state() == ShardState::FatallyClosed;
                    if is_for_good { Happening::Closed(self.code) } else { Happening::Lost }
                }
                Some(Err(error)) if matches!(error.kind(), ReceiveMessageErrorType::Reconnect) => Happening::Failed,
                Some(Err(_)) => {
                    // The error's words quote the event.
                    tracing::warn!("Discord's gateway sent something unreadable; it is passed over.");
                    Happening::Alive
                }
                None => Happening::Closed(self.code),
            }
        })
    }

    fn session(&self) -> Option<SessionState> {
        let session = self.shard.session()?;
        let url = self.shard.resume_url().unwrap_or_default().to_owned();
        Some(SessionState { id: session.id().to_owned(), sequence: session.sequence(), url, is_reading: false })
    }
}

/// Whether an address is one that can be connected to.
pub(crate) fn is_gateway(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "ws" | "wss") && url.has_host())
}

/// Whether it is an event and no part of keeping the connection: opcode 0.
fn is_event(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Opcode {
        op: u8,
    }
    serde_json::from_str::<Opcode>(text).is_ok_and(|opcode| opcode.op == 0)
}
