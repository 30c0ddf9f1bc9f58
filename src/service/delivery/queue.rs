//! What waits for each person, in the order in which it was made.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::domain::event::Address;
use crate::domain::ids::{OutboxId, PersonId};
use crate::service::delivery::{DeliveryLoop, Traffic};
use crate::service::ports::{Class, Item};

/// A row on its way.
#[derive(Debug)]
pub(crate) struct Handed {
    pub id: OutboxId,
    pub person: PersonId,
    pub to: Address,
    pub class: Class,
    pub attempts: u32,
    /// Whether the row already says that it is being sent.
    pub intended: bool,
    /// Whether an earlier attempt may have arrived.
    pub unknown_before: bool,
    pub not_before: Option<Timestamp>,
    /// Whether it waits only for the person to come.
    pub away: bool,
    /// Whether [`Traffic`] counts it.
    pub counted: bool,
    pub item: Item,
}

#[derive(Default)]
pub(super) struct Queue {
    pub(super) busy: bool,
    pub(super) leaves: bool,
    pub(super) items: VecDeque<Handed>,
}

impl DeliveryLoop {
    pub(super) fn push(&mut self, handed: Handed) {
        let person = handed.person;
        let queue = self.queues.entry(person).or_default();
        queue.items.push_back(handed);
        if !queue.busy && queue.items.len() == 1 {
            self.line_up(person);
        } else {
            queue.count(&self.traffic);
        }
    }

    /// A person is to be forgotten, after what is on its way to them.
    pub(super) fn leaves(&mut self, person: PersonId) {
        match self.queues.get_mut(&person) {
            None => self.left.push(person),
            Some(queue) => {
                queue.leaves = true;
                // What they wait for is counted for itself.
                self.traffic.end(1);
            }
        }
    }

    /// Lines a person up by the first item of their queue: for now, or for when its wait is over.
    pub(super) fn line_up(&mut self, person: PersonId) {
        let Some(queue) = self.queues.get_mut(&person) else { return };
        queue.count(&self.traffic);
        match queue.items.front() {
            None => {
                if queue.leaves {
                    self.traffic.begin(1);
                    self.left.push(person);
                }
                self.queues.remove(&person);
            }
            Some(Handed { not_before: Some(at), .. }) => {
                self.retries.insert((*at, person));
            }
            Some(Handed { not_before: None, .. }) => self.ready.push_back(person),
        }
    }

    /// The person's next item may go.
    pub(super) fn settle_queue(&mut self, person: PersonId) {
        if let Some(queue) = self.queues.get_mut(&person) {
            queue.busy = false;
        }
        self.line_up(person);
    }

    /// Somebody did something and is answered: what waited for them to come goes first.
    pub(super) fn is_back(&mut self, person: PersonId) {
        let Some(queue) = self.queues.get_mut(&person) else { return };
        if let Some(item) = queue.items.front_mut()
            && std::mem::take(&mut item.away)
            && let Some(at) = item.not_before.take()
        {
            self.retries.remove(&(at, person));
            self.line_up(person);
        }
    }

    /// Items whose wait is over are ready again.
    pub(super) fn wake_retries(&mut self) {
        let now = self.clock.now();
        while let Some((at, person)) = self.retries.first().copied()
            && at <= now
        {
            self.retries.pop_first();
            if let Some(queue) = self.queues.get_mut(&person)
                && let Some(item) = queue.items.front_mut()
                && item.not_before.take().is_some()
            {
                item.away = false;
                queue.count(&self.traffic);
                self.ready.push_back(person);
            }
        }
    }
}

impl Queue {
    /// Counts its items as on their way, unless they stand behind one that waits.
    pub(super) fn count(&mut self, traffic: &Traffic) {
        let moves = self.busy || self.items.front().is_none_or(|item| item.not_before.is_none());
        for item in self.items.iter_mut().filter(|item| item.counted != moves) {
            item.counted = moves;
            if moves { traffic.begin(1) } else { traffic.end(1) }
        }
    }
}
