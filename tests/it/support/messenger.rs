//! A messenger that records every attempt and does what the test tells it to.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use jiff::Timestamp;
use mendwell::domain::event::Platform;
use mendwell::domain::ids::OutboxId;
use mendwell::domain::message::View;
use mendwell::service::ports::{Class, Clock, Delivery, Item, Messenger, Outcome, Place};
use tokio::sync::watch;

use crate::support::clock::ManualClock;

/// What one attempt does.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// Ends like this.
    End(Outcome),
    /// Hangs until everything that hangs is released, and is sent then.
    Hang,
    /// Hangs until everything that hangs is released, and then ends like this.
    HangThen(Outcome),
}

/// One attempt, written down when it began.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) id: OutboxId,
    pub(crate) account: String,
    pub(crate) at: Timestamp,
    pub(crate) class: Class,
    pub(crate) attempts: u32,
    pub(crate) shown: Option<Place>,
    pub(crate) silent: bool,
    pub(crate) item: Item,
    /// Whether the person saw it; `None` while it hangs.
    pub(crate) seen: Option<bool>,
    /// How it ended; `None` while it hangs.
    pub(crate) outcome: Option<Outcome>,
}

pub(crate) struct FakeMessenger {
    clock: Arc<ManualClock>,
    fake: Mutex<Fake>,
    hanging: watch::Sender<usize>,
    released: watch::Sender<bool>,
}

#[derive(Default)]
struct Fake {
    attempts: Vec<Attempt>,
    scripts: HashMap<String, VecDeque<Script>>,
    under_way: HashSet<String>,
    /// Platforms that are down: how every attempt there ends, in turn.
    down: HashMap<Platform, VecDeque<Outcome>>,
    /// Whether messages stand somewhere.
    has_places: bool,
    /// How many attempts each account's reader has read.
    read: HashMap<String, usize>,
}

impl FakeMessenger {
    pub(crate) fn new(clock: Arc<ManualClock>) -> Self {
        let (hanging, released) = (watch::Sender::new(0), watch::Sender::new(false));
        Self { clock, fake: Mutex::default(), hanging, released }
    }

    /// What the next attempts for an account do; after them everything is sent.
    pub(crate) fn script(&self, account: &str, scripts: impl IntoIterator<Item = Script>) {
        self.fake.lock().unwrap().scripts.entry(account.to_owned()).or_default().extend(scripts);
    }

    pub(crate) fn ends(&self, account: &str, outcomes: impl IntoIterator<Item = Outcome>) {
        self.script(account, outcomes.into_iter().map(Script::End));
    }

    /// From now on every attempt at a platform ends like these in turn, whatever else was to happen.
    pub(crate) fn down(&self, platform: Platform, outcomes: impl IntoIterator<Item = Outcome>) {
        self.fake.lock().unwrap().down.insert(platform, outcomes.into_iter().collect());
    }

    pub(crate) fn up(&self, platform: Platform) {
        self.fake.lock().unwrap().down.remove(&platform);
    }

    /// From now on this is a platform whose messages can be edited: a new one stands at a place of its own, an edited
    /// one where it stood.
    pub(crate) fn has_places(&self) {
        self.fake.lock().unwrap().has_places = true;
    }

    /// Resolves when so many attempts hang.
    pub(crate) async fn hang(&self, count: usize) {
        self.hanging.subscribe().wait_for(|hanging| *hanging >= count).await.unwrap();
    }

    pub(crate) fn release(&self) {
        self.released.send_replace(true);
    }

    /// Every attempt so far.
    pub(crate) fn all(&self) -> Vec<Attempt> {
        self.fake.lock().unwrap().attempts.clone()
    }

    /// How many attempts there were so far.
    pub(crate) fn count(&self) -> usize {
        self.fake.lock().unwrap().attempts.len()
    }

    /// Every attempt for an account so far.
    pub(crate) fn attempts(&self, account: &str) -> Vec<Attempt> {
        self.fake.lock().unwrap().attempts.iter().filter(|attempt| attempt.account == account).cloned().collect()
    }

    /// What a person saw since this was last asked, one line a message.
    pub(crate) fn said(&self, account: &str) -> Vec<String> {
        let attempts = self.attempts(account);
        let mut fake = self.fake.lock().unwrap();
        let read = fake.read.entry(account.to_owned()).or_default();
        let new = attempts.iter().skip(*read).filter(|attempt| attempt.seen == Some(true));
        let said = new.filter_map(|attempt| match &attempt.item {
            Item::Remove { done, .. } if !done.is_empty() => Some(done.plain()),
            item => view(item).map(|view| view.body.plain()),
        });
        let said = said.collect();
        *read = attempts.len();
        said
    }

    /// The token of the button with this label that a person saw last.
    pub(crate) fn token(&self, account: &str, label: &str) -> String {
        let attempts = self.attempts(account);
        let views = attempts.iter().rev().filter(|attempt| attempt.seen == Some(true)).filter_map(|a| view(&a.item));
        let choice = views.flat_map(|view| &view.choices).find(|choice| choice.label.starts_with(label));
        choice.unwrap_or_else(|| panic!("{account} has no button {label}")).token.clone()
    }
}

impl Messenger for FakeMessenger {
    fn send<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let account = delivery.to.account.clone();
            let (index, script, place) = {
                let mut fake = self.fake.lock().unwrap();
                assert!(fake.under_way.insert(account.clone()), "two sends to one address at once");
                fake.attempts.push(Attempt {
                    id: delivery.id,
                    account: account.clone(),
                    at: self.clock.now(),
                    class: delivery.class,
                    attempts: delivery.attempts,
                    shown: delivery.shown.clone(),
                    silent: delivery.silent,
                    item: delivery.item.clone(),
                    seen: None,
                    outcome: None,
                });
                let new = || Place(format!("m{}", delivery.id.0));
                let is_anew = matches!(delivery.item, Item::Show { in_place: false, .. });
                let place = fake.has_places.then(|| delivery.shown.clone().filter(|_| !is_anew).unwrap_or_else(new));
                let down = fake.down.get_mut(&delivery.to.platform).and_then(|outcomes| {
                    outcomes.rotate_left(1);
                    outcomes.back().cloned()
                });
                let script = match down {
                    Some(outcome) => Some(Script::End(outcome)),
                    None => fake.scripts.get_mut(&account).and_then(VecDeque::pop_front),
                };
                (fake.attempts.len() - 1, script.unwrap_or(Script::End(Outcome::Sent(place.clone()))), place)
            };
            // A killed process leaves nothing under way.
            let _over = Over { messenger: self, account };
            let outcome = match script {
                Script::End(outcome) => outcome,
                Script::Hang | Script::HangThen(_) => {
                    self.hanging.send_modify(|hanging| *hanging += 1);
                    self.released.subscribe().wait_for(|released| *released).await.unwrap();
                    if let Script::HangThen(outcome) = script { outcome } else { Outcome::Sent(place) }
                }
            };
            let mut fake = self.fake.lock().unwrap();
            fake.attempts[index].seen = Some(matches!(outcome, Outcome::Sent(_)));
            fake.attempts[index].outcome = Some(outcome.clone());
            drop(fake);
            outcome
        })
    }
}

struct Over<'a> {
    messenger: &'a FakeMessenger,
    account: String,
}

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.messenger.fake.lock().unwrap().under_way.remove(&self.account);
    }
}

fn view(item: &Item) -> Option<&View> {
    match item {
        Item::Show { view, .. } => Some(view),
        Item::InSpace { view, .. } => Some(view),
        Item::Freeze { .. } | Item::File { .. } | Item::Remove { .. } => None,
    }
}
