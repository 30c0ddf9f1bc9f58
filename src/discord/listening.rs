//! Listening to the gateway: connections one after the other, and their events in order. Where the session stands is
//! kept only up to what is committed, so that a kill costs nothing that the platform still has.

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesOrdered;
use jiff::SignedDuration;
use serde::Deserialize;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::discord::Stopped;
use crate::discord::api::{Body, CallError};
use crate::discord::budget;
use crate::discord::gateway::{Gateway, Happening, SessionState, Twilight, is_gateway};
use crate::discord::intake::{Committed, Intake};
use crate::discord::route::Route;
use crate::discord::session::Keeper;
use crate::discord::wire::incoming::{self, Incoming};
use crate::domain::limits::{DISCORD_EVENTS_WAITING_MAX, DISCORD_IDENTIFIES_MIN};
use crate::domain::secret::Secret;
use crate::service::ServiceError;
use crate::service::ports::Class;

/// The first wait after a failure, in milliseconds.
const RETRY_FIRST_MS: u64 = 500;
/// The longest wait after a failure, in milliseconds.
const RETRY_LAST_MS: u64 = 30_000;

/// A connection is made anew after somebody was forgotten, because its buffer holds what came last; not sooner than this
/// after it was made, so that many who go at once do not keep it from listening.
const RENEWED_AFTER: std::time::Duration = std::time::Duration::from_secs(2);

/// The loop that listens.
pub(crate) struct Listening {
    pub intake: Intake,
    pub token: Secret,
    pub chance: u64,
    /// Connections in a row on which no session came up.
    pub failed: u32,
}

/// Resolves when a session may begin, with where that is to be said.
type Leave = BoxFuture<'static, Result<oneshot::Sender<()>, ServiceError>>;

/// One connection, and what of its events is committed.
struct Line<G> {
    gateway: G,
    keeper: Keeper,
    /// Events that wait for their commit, in order.
    waiting: FuturesOrdered<BoxFuture<'static, Result<Event, ServiceError>>>,
    /// Sessions that have begun on this connection.
    sessions: u64,
    /// Up to here everything of the present session is committed.
    committed: Option<u64>,
    /// Leave to begin a session, once it is time.
    leave: Option<Leave>,
    /// The last sign of life, in real time.
    alive: Instant,
}

/// What the platform says before the gateway is called.
/// <https://docs.discord.com/developers/events/gateway#get-gateway-bot>
#[derive(Deserialize)]
struct GatewayBot {
    url: String,
    #[serde(default)]
    shards: u64,
    session_start_limit: Option<SessionStartLimit>,
}

#[derive(Deserialize)]
struct SessionStartLimit {
    remaining: u64,
    /// In milliseconds.
    #[serde(default)]
    reset_after: u64,
}

/// An event that is committed: its number, and of which session, since each counts anew.
struct Event {
    session: u64,
    sequence: u64,
}

/// What comes after a connection.
enum Next {
    /// Another one, at once.
    Again,
    /// Another one after a rest: as long as the platform said, if it did.
    Rest(Option<SignedDuration>),
}

/// One event, as far as the line itself must know it.
#[derive(Deserialize)]
struct Sequence {
    s: Option<u64>,
}

impl Listening {
    /// Listens until the process ends or may not go on.
    pub(crate) async fn run(mut self) -> Stopped {
        loop {
            match self.connection().await {
                Ok(Next::Again) => {}
                Ok(Next::Rest(told)) => self.rest(told).await,
                Err(stopped) => return stopped,
            }
        }
    }

    /// One connection, from its address to its end.
    async fn connection(&mut self) -> Result<Next, Stopped> {
        let (service, clock) = (self.intake.service.clone(), self.intake.clock.clone());
        let keeper = Keeper::load(service, clock).await?;
        if keeper.kept().is_some_and(|state| state.is_reading) && !self.intake.missed.is_reading() {
            // The last run did not come to the end of them.
            self.intake.missed.begin().await?;
        }
        let url = match self.address(keeper.kept()).await? {
            Ok(url) => url,
            Err(told) => return Ok(Next::Rest(told)),
        };
        let gateway = Twilight::new(&self.token, &url, keeper.kept().cloned());
        let committed = keeper.kept().map(|state| state.sequence);
        let (waiting, alive) = (FuturesOrdered::new(), Instant::now());
        let line = Line { gateway, keeper, waiting, sessions: 0, committed, leave: None, alive };
        self.listen(line).await
    }

    /// Where the gateway is. The inner error: the platform does not say, and perhaps how long it wants to be left alone.
    async fn address(&self, session: Option<&SessionState>) -> Result<Result<String, Option<SignedDuration>>, Stopped> {
        let answer = match self.intake.api.call(&Route::Gateway, Body::Nothing, Class::Reply).await {
            Ok(answer) => answer,
            // A token that is refused ends the loop elsewhere.
            Err(CallError::Refused(refusal)) => return Ok(Err(refusal.retry_after)),
            Err(CallError::NotSent | CallError::Unknown | CallError::Taken) => return Ok(Err(None)),
        };
        let Some(bot) = answer.json::<GatewayBot>().filter(|bot| is_gateway(&bot.url)) else { return Ok(Err(None)) };
        if bot.shards > 1 {
            return Err(Stopped::TooLarge);
        }
        match bot.session_start_limit {
            Some(limit) if session.is_none() && limit.remaining < DISCORD_IDENTIFIES_MIN => {
                let minutes = limit.reset_after.div_ceil(60_000);
                Err(Stopped::FewSessionsLeft { remaining: limit.remaining, minutes })
            }
            Some(_) | None => Ok(Ok(bot.url)),
        }
    }

    /// Takes everything from one connection until another is needed.
    async fn listen<G: Gateway>(&mut self, mut line: Line<G>) -> Result<Next, Stopped> {
        let silence = self.intake.api.timeouts.silence;
        let not_before = Instant::now() + RENEWED_AFTER;
        let mut is_to_renew = false;
        loop {
            let has_room = line.waiting.len() < DISCORD_EVENTS_WAITING_MAX;
            let happening = tokio::select! {
                Some(committed) = line.waiting.next(), if !line.waiting.is_empty() => {
                    line.is_committed(&committed?);
                    if !has_room {
                        // Nothing was asked of the gateway meanwhile.
                        line.alive = Instant::now();
                    }
                    line.keep(self.intake.missed.is_reading()).await?;
                    continue;
                }
                leave = given(&mut line.leave) => {
                    line.leave = None;
                    // A connection that is gone asks again.
                    let _ = leave?.send(());
                    continue;
                }
                () = self.intake.service.forgotten(), if !is_to_renew => {
                    is_to_renew = true;
                    continue;
                }
                () = tokio::time::sleep_until(not_before), if is_to_renew => {
                    line.keeper.hurry();
                    line.keep(self.intake.missed.is_reading()).await?;
                    return Ok(Next::Again);
                }
                happening = timeout_at(line.alive + silence, line.gateway.next()), if has_room => {
                    happening.map_err(|_| Stopped::Silent)?
                }
            };
            line.alive = Instant::now();
            match happening {
                Happening::Event(raw) => self.take(&raw, &mut line).await?,
                Happening::Alive => line.keep(self.intake.missed.is_reading()).await?,
                Happening::Lost => self.lost().await,
                Happening::Failed => return Ok(Next::Rest(None)),
                Happening::AsksToIdentify(leave) => {
                    let may = budget::leave(self.intake.service.clone(), self.intake.clock.clone());
                    line.leave = Some(Box::pin(async move { may.await.map(|()| leave) }));
                }
                Happening::Closed(code) => return closed(code),
            }
        }
    }

    async fn take<G: Gateway>(&mut self, raw: &str, line: &mut Line<G>) -> Result<(), Stopped> {
        let sequence = serde_json::from_str::<Sequence>(raw).ok().and_then(|event| event.s);
        let incoming = incoming::read(raw, self.intake.clock.now());
        let is_up = matches!(incoming, Incoming::Ready(_) | Incoming::Resumed);
        if is_up {
            self.recovered();
        }
        if matches!(incoming, Incoming::Ready(_)) {
            (line.sessions, line.committed) = (line.sessions + 1, None);
        }
        let committed = self.intake.take(incoming).await?;
        if let Some(sequence) = sequence {
            line.waiting.push_back(in_order(committed, Event { session: line.sessions, sequence }));
        }
        Ok(())
    }

    fn recovered(&mut self) {
        if self.failed > 1 {
            tracing::info!("Discord's gateway is there again.");
        }
        self.failed = 0;
    }

    /// A connection that was up is made again at once; one that was not, after a rest.
    async fn lost(&mut self) {
        if self.failed > 0 {
            self.rest(None).await;
        } else {
            self.failed = 1;
        }
    }

    /// Waits as told, or longer each time.
    async fn rest(&mut self, told: Option<SignedDuration>) {
        self.failed = self.failed.saturating_add(1);
        if self.failed == 3 {
            tracing::warn!("Discord's gateway cannot be reached; it is tried again until it can.");
        }
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let top = (RETRY_FIRST_MS << self.failed.min(8)).min(RETRY_LAST_MS);
        let jittered = RETRY_FIRST_MS / 2 + (self.chance >> 16) % top;
        let wait = SignedDuration::from_millis(jittered.cast_signed());
        let wait = told.map_or(wait, |told| told + SignedDuration::from_millis((jittered % 500).cast_signed()));
        self.intake.clock.pass(wait).await;
    }
}

impl<G: Gateway> Line<G> {
    fn is_committed(&mut self, event: &Event) {
        if event.session == self.sessions {
            self.committed = Some(event.sequence);
        }
    }

    /// Keeps where the session stands, as far as it is committed, and whether chats are still to be read: a run that
    /// goes on with it reads them.
    async fn keep(&mut self, is_reading: bool) -> Result<(), ServiceError> {
        let session = self.gateway.session().zip(self.committed);
        let state = session.map(|(session, sequence)| SessionState { sequence, is_reading, ..session });
        self.keeper.keep(state).await
    }
}

/// Never, while nothing is asked for.
async fn given(leave: &mut Option<Leave>) -> Result<oneshot::Sender<()>, ServiceError> {
    match leave {
        Some(leave) => leave.await,
        None => std::future::pending().await,
    }
}

fn in_order(committed: Committed, event: Event) -> BoxFuture<'static, Result<Event, ServiceError>> {
    Box::pin(async move { committed.await.map(|()| event) })
}

/// What the end of a connection means that the platform ends for good.
fn closed(code: u16) -> Result<Next, Stopped> {
    match code {
        4004 => Err(Stopped::TokenRefused),
        4010 | 4011 => Err(Stopped::TooLarge),
        4012 => Err(Stopped::TooOld),
        4013 | 4014 => Err(Stopped::IntentRefused),
        _ => Ok(Next::Rest(None)),
    }
}

impl From<ServiceError> for Stopped {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Closed => Self::Closed,
            ServiceError::Store(error) => Self::Store(error),
        }
    }
}
