//! Somebody who asks for people to reach is answered also when the store is not: the card that is known by heart goes
//! out beside everything else, and the event stays what it is, not acknowledged until it is committed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::{Either, select};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::dialog::model::Library;
use crate::domain::command::Command;
use crate::domain::event::{Address, Body, Event, Platform, Source};
use crate::domain::ids::OutboxId;
use crate::domain::limits::VIGILS_MAX;
use crate::domain::message::View;
use crate::service::lines::Lines;
use crate::service::ports::{Class, Clock, Delivery, Item, Messenger, NotSent, Outcome};
use crate::service::{Answer, Taken};

/// How long a turn may take before the card goes out without it.
const PATIENCE: SignedDuration = SignedDuration::from_secs(3);
/// Nobody is sent the card twice within this time.
const ONCE_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// Sends of one card that may fail.
const ATTEMPTS_MAX: u32 = 6;
/// The wait after the first failed send; it doubles.
const RETRY_FIRST: SignedDuration = SignedDuration::from_secs(1);

/// Watches over the events of people who ask whom to reach.
pub(crate) struct Vigil {
    card: Arc<Card>,
    watching: Mutex<JoinSet<()>>,
}

/// Everything that the card needs.
struct Card {
    clock: Arc<dyn Clock>,
    messenger: Arc<dyn Messenger>,
    library: Arc<Library>,
    lines: Arc<Lines>,
    told: Mutex<HashMap<(Platform, String), Timestamp>>,
}

/// Somebody who asked.
pub(crate) struct Asker {
    to: Address,
    language: Option<String>,
    id: OutboxId,
}

impl Asker {
    /// Who asks whom to reach with this event, if that is what it is. `id` names the card's send and nothing else.
    pub(crate) fn of(event: &Event, id: impl FnOnce() -> OutboxId) -> Option<Self> {
        match (&event.body, &event.source) {
            (Body::Command(Command::Crisis, _), Source::Address(to)) => {
                Some(Self { to: to.clone(), language: event.origin.language.clone(), id: id() })
            }
            _ => None,
        }
    }
}

impl Vigil {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        messenger: Arc<dyn Messenger>,
        library: Arc<Library>,
        lines: Arc<Lines>,
    ) -> Self {
        let card = Card { clock, messenger, library, lines, told: Mutex::default() };
        Self { card: Arc::new(card), watching: Mutex::default() }
    }

    /// Waits for the answer of a turn in the caller's stead. When it does not come in time, does not come at all, or says
    /// that the event was set apart, the card goes out; the answer is passed on as it is, whenever it comes.
    pub(crate) fn watch(&self, asker: Asker, answered: oneshot::Receiver<Answer>, pass_on: oneshot::Sender<Answer>) {
        let card = Arc::clone(&self.card);
        self.start(async move {
            let answer = match select(answered, card.clock.pass(PATIENCE)).await {
                Either::Left((answer, _)) => {
                    if answer.as_ref().is_ok_and(|answer| answer.taken != Taken::Quarantined) {
                        answer
                    } else {
                        card.tell(&asker).await;
                        answer
                    }
                }
                Either::Right(((), answered)) => {
                    card.tell(&asker).await;
                    answered.await
                }
            };
            if let Ok(answer) = answer {
                // Whoever waited for it is gone only together with the process.
                let _ = pass_on.send(answer);
            }
        });
    }

    /// Sends the card at once: the event was seen and cannot have its turn now.
    pub(crate) fn tell(&self, asker: Asker) {
        let card = Arc::clone(&self.card);
        self.start(async move { card.tell(&asker).await });
    }

    /// Resolves when every card that is under way has gone out or was given up. To be called when no turn is run any more.
    pub(crate) async fn rest(&self) {
        let mut watching = std::mem::take(&mut *self.watching.lock().unwrap_or_else(PoisonError::into_inner));
        while watching.join_next().await.is_some() {}
    }

    fn start(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut watching = self.watching.lock().unwrap_or_else(PoisonError::into_inner);
        while watching.try_join_next().is_some() {}
        watching.spawn(task);
    }
}

impl Card {
    /// Sends the card, unless this account had it a short while ago.
    async fn tell(&self, asker: &Asker) {
        if !self.may_tell(&asker.to) {
            return;
        }
        tracing::warn!("Somebody asks whom to reach and their turn cannot be run; they get the card known by heart.");
        let text = self.lines.by_heart(&self.library, asker.language.as_deref(), self.clock.now());
        let item = Item::Show { session: None, turn: None, in_place: false, view: View::say(text) };
        let mut wait = RETRY_FIRST;
        for attempts in 0..ATTEMPTS_MAX {
            let delivery = Delivery {
                id: asker.id,
                to: asker.to.clone(),
                class: Class::Reply,
                attempts,
                shown: None,
                silent: false,
                item: item.clone(),
            };
            match self.messenger.send(&delivery).await {
                Outcome::Sent(_) => return,
                Outcome::NotSent(NotSent::Gone | NotSent::Rejected | NotSent::Away) => break,
                Outcome::NotSent(NotSent::Wait(asked) | NotSent::Held(asked)) => self.clock.pass(asked).await,
                Outcome::NotSent(NotSent::Retry) | Outcome::Unknown => {
                    self.clock.pass(wait).await;
                    wait = wait.saturating_mul(2);
                }
            }
        }
        self.told.lock().unwrap_or_else(PoisonError::into_inner).remove(&account(&asker.to));
    }

    /// Whether the card may go to somebody now; from then on it may not for a while.
    fn may_tell(&self, to: &Address) -> bool {
        let now = self.clock.now();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        // What lies ahead was noted before the clock was set back.
        told.retain(|_, at| *at <= now && now.duration_since(*at) < ONCE_WITHIN);
        if told.contains_key(&account(to)) {
            return false;
        }
        if told.len() < VIGILS_MAX {
            told.insert(account(to), now);
        }
        true
    }
}

fn account(address: &Address) -> (Platform, String) {
    (address.platform, address.account.clone())
}
