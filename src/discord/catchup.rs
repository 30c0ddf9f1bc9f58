//! What people wrote while no session was there to hear it: after each new session every chat that was active lately is
//! read from where it was heard last, the most recent first. Until a chat is read, what is written in it meanwhile
//! waits, so that everything has its turn in order and nothing is taken for read that is not.
//! <https://docs.discord.com/developers/resources/message#get-channel-messages>

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, oneshot};

use crate::discord::api::{Api, Body, CallError};
use crate::discord::intake::Committed;
use crate::discord::route::{READ_MAX, Route};
use crate::discord::wire::incoming::Incoming;
use crate::discord::wire::said::{self, Said};
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::event::Event;
use crate::domain::ids::PersonId;
use crate::domain::limits::{CLAIM_MAX, DISCORD_CATCH_UP_DAYS, DISCORD_HELD_MAX};
use crate::domain::person::Heard;
use crate::service::pace::{OwnTime, Pace, Rate};
use crate::service::ports::{Class, Clock};
use crate::service::{Service, ServiceError};

/// Ten chats a second, so that answers have the rest of what the platform allows. Somebody may wait in each of them: a
/// page is as urgent as an answer.
const PACE: Rate = Rate { interval: 100_000, burst: 10 };
/// So many at once: each page stands behind the answers that are on their way.
const READ_AT_ONCE: usize = 4;
/// The first wait after a failure.
const RETRY_FIRST: SignedDuration = SignedDuration::from_secs(1);
/// The longest wait after a failure is some half a minute.
const RETRY_DOUBLINGS_MAX: u32 = 5;

/// Chats that are still to be read.
pub(crate) struct CatchUp {
    service: Service,
    api: Arc<Api>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    begun: Notify,
}

#[derive(Default)]
struct State {
    missed: HashMap<Snowflake, Missed>,
    /// Chats in the order in which they are read; those that are being read are not among them.
    order: VecDeque<Snowflake>,
    /// Reads in a row that failed.
    failed: u32,
    /// Messages that wait in all.
    held: usize,
}

/// One chat.
struct Missed {
    /// All messages up to here were heard.
    after: Snowflake,
    /// What was written since the session began, and who waits for its commit.
    held: Vec<(Event, oneshot::Sender<()>)>,
    /// Who waits for a message that there was no room to hold: the chat is read once more, up to it.
    overlooked: Vec<oneshot::Sender<()>>,
}

/// Whether a message waits.
pub(crate) enum Held {
    /// Until its chat is read and it is committed.
    Until(Committed),
    Not(Event),
}

impl CatchUp {
    pub(crate) fn new(service: Service, api: Arc<Api>, clock: Arc<dyn Clock>) -> Self {
        Self { service, api, clock, state: Mutex::default(), begun: Notify::new() }
    }

    /// A new session has begun: what was not heard before it is to be read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn begin(&self) -> Result<(), ServiceError> {
        let since = self.clock.now().checked_sub(SignedDuration::from_hours(24 * DISCORD_CATCH_UP_DAYS));
        let since = since.unwrap_or(Timestamp::MIN);
        let mut chats = Vec::new();
        let mut last = PersonId(0);
        loop {
            let page = self.service.store().profiles_page(last, CLAIM_MAX).await?;
            let Some((person, _)) = page.last() else { break };
            last = *person;
            let heard = page.into_iter().filter_map(|(_, profile)| profile.heard).filter(|heard| heard.at >= since);
            chats.extend(heard.filter_map(|heard| Some((heard.at, Snowflake::parse(&heard.chat)?, after(&heard)))));
        }
        chats.sort_unstable_by_key(|(at, ..)| std::cmp::Reverse(*at));
        self.with(|state| {
            for (_, chat, after) in chats {
                match state.missed.entry(chat) {
                    // It is read from where it was to be; and once more, if its last page was read before now.
                    Entry::Occupied(mut missed) => missed.get_mut().overlooked.push(oneshot::channel().0),
                    Entry::Vacant(place) => {
                        place.insert(Missed { after, held: Vec::new(), overlooked: Vec::new() });
                        state.order.push_back(chat);
                    }
                }
            }
        });
        self.begun.notify_one();
        Ok(())
    }

    /// Whether a chat is still to be read.
    pub(crate) fn is_reading(&self) -> bool {
        self.with(|state| !state.missed.is_empty())
    }

    /// Keeps a message that was just written until its chat is read; gives it back when it need not wait.
    pub(crate) fn hold(&self, said: Said) -> Held {
        let Said { event, channel, .. } = said;
        self.with(|state| {
            let State { missed, order, held, .. } = state;
            let Some(missed) = missed.get_mut(&channel) else { return Held::Not(event) };
            let (read, is_read) = oneshot::channel();
            if *held < DISCORD_HELD_MAX && missed.overlooked.is_empty() {
                missed.held.push((event, read));
                *held += 1;
            } else {
                missed.overlooked.push(read);
            }
            // Somebody is there: theirs comes first.
            if let Some(at) = order.iter().position(|chat| *chat == channel) {
                order.remove(at);
                order.push_front(channel);
            }
            Held::Until(async move { is_read.await.map_err(|_| ServiceError::Closed) }.boxed())
        })
    }

    /// Reads what there is to read, whenever a session has begun.
    ///
    /// # Errors
    /// When the service has ended.
    pub(crate) async fn run(&self) -> Result<(), ServiceError> {
        let (mut time, mut pace) = (OwnTime::default(), Pace::default());
        let mut reading = FuturesUnordered::new();
        loop {
            let has_room = reading.len() < READ_AT_ONCE;
            if has_room && let Some(chat) = self.with(|state| state.order.pop_front()) {
                let away = pace.take(time.now(self.clock.now()), PACE);
                reading.push(self.in_time(chat, SignedDuration::from_micros(away)));
                continue;
            }
            tokio::select! {
                Some(done) = reading.next(), if !reading.is_empty() => done?,
                () = self.begun.notified(), if has_room => {}
            }
        }
    }

    /// Reads one chat after its wait. When that fails the others may do better: it comes last.
    async fn in_time(&self, chat: Snowflake, wait: SignedDuration) -> Result<(), ServiceError> {
        self.clock.pass(wait).await;
        let Err(error) = self.chat(chat).await? else {
            self.with(|state| state.failed = 0);
            return Ok(());
        };
        let told = match error {
            CallError::Refused(refusal) => refusal.retry_after,
            CallError::NotSent | CallError::Unknown | CallError::Taken => None,
        };
        let failed = self.with(|state| {
            state.failed += 1;
            state.failed
        });
        let wait = RETRY_FIRST * 2i32.pow((failed - 1).min(RETRY_DOUBLINGS_MAX));
        self.clock.pass(told.unwrap_or(wait)).await;
        self.with(|state| state.order.push_back(chat));
        Ok(())
    }

    /// Reads one chat to its end, then lets go of what waits for it; and again, for what there was no room to hold.
    async fn chat(&self, chat: Snowflake) -> Result<Result<(), CallError>, ServiceError> {
        loop {
            let seen = self.with(|state| state.missed.get(&chat).map_or(0, |missed| missed.overlooked.len()));
            if let Err(error) = self.pages(chat).await? {
                return Ok(Err(error));
            }
            for read in self.with(|state| state.found(chat, seen)) {
                // Whoever waits for it is gone only together with the connection.
                let _ = read.send(());
            }
            while let Some(held) = self.with(|state| state.held(chat)) {
                for (event, read) in held {
                    let answered = self.service.submit(event).await?;
                    answered.await.map_err(|_| ServiceError::Closed)?;
                    let _ = read.send(());
                }
            }
            if self.with(|state| state.is_done(chat)) {
                return Ok(Ok(()));
            }
        }
    }

    async fn pages(&self, chat: Snowflake) -> Result<Result<(), CallError>, ServiceError> {
        while let Some(after) = self.with(|state| state.missed.get(&chat).map(|missed| missed.after)) {
            match self.page(chat, after).await? {
                Ok(Some(newest)) => self.with(|state| {
                    if let Some(missed) = state.missed.get_mut(&chat) {
                        missed.after = newest;
                    }
                }),
                Ok(None) => break,
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(()))
    }

    /// Takes one page; where the next one begins, if there is one.
    async fn page(
        &self,
        chat: Snowflake,
        after: Snowflake,
    ) -> Result<Result<Option<Snowflake>, CallError>, ServiceError> {
        let route = Route::Read { channel: chat, after };
        let answer = match self.api.call(&route, Body::Nothing, Class::Reply).await {
            Ok(answer) => answer,
            // The chat is gone, or closed to us.
            Err(CallError::Refused(refusal)) if matches!(refusal.status, 400 | 403 | 404) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(error)),
        };
        let history = answer.text().and_then(|text| said::history(text, self.clock.now()));
        let Some(history) = history else { return Ok(Err(CallError::Unknown)) };
        let mut answers = Vec::with_capacity(history.said.len());
        for incoming in history.said {
            match incoming {
                Incoming::Said(Said { event, .. }) | Incoming::Unreadable(Some(event)) => {
                    answers.push(self.service.submit(event).await?);
                }
                Incoming::Ready(_)
                | Incoming::Resumed
                | Incoming::Asked(_)
                | Incoming::Unreadable(None)
                | Incoming::Nothing => {}
            }
        }
        for answered in answers {
            answered.await.map_err(|_| ServiceError::Closed)?;
        }
        let is_last = history.messages < READ_MAX;
        Ok(Ok(history.newest.filter(|newest| !is_last && *newest > after)))
    }

    fn with<T>(&self, ask: impl FnOnce(&mut State) -> T) -> T {
        ask(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// All messages up to here were heard.
fn after(heard: &Heard) -> Snowflake {
    let message = heard.message.and_then(|message| u64::try_from(message).ok());
    message.map_or_else(|| Snowflake::before(heard.at), Snowflake)
}

impl State {
    /// Who waits for what a chat was just read up to, of those that there was no room to hold: the first ones.
    fn found(&mut self, chat: Snowflake, count: usize) -> Vec<oneshot::Sender<()>> {
        self.missed.get_mut(&chat).map(|missed| missed.overlooked.drain(..count).collect()).unwrap_or_default()
    }

    /// What waits for a chat that is read to its end; none when nothing does.
    fn held(&mut self, chat: Snowflake) -> Option<Vec<(Event, oneshot::Sender<()>)>> {
        let held = std::mem::take(&mut self.missed.get_mut(&chat)?.held);
        self.held -= held.len();
        (!held.is_empty()).then_some(held)
    }

    /// Whether nothing waits for a chat any more; then it is done.
    fn is_done(&mut self, chat: Snowflake) -> bool {
        if self.missed.get(&chat).is_some_and(|missed| !(missed.held.is_empty() && missed.overlooked.is_empty())) {
            return false;
        }
        self.missed.remove(&chat);
        true
    }
}
