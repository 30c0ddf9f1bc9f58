//! What waits for each person, in the order in which it was made.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::domain::event::Address;
use crate::domain::ids::{OutboxId, PersonId};
use crate::service::delivery::nudge::NudgeTerms;
use crate::service::delivery::{DeliveryLoop, Parcel, Traffic};
use crate::service::ports::Class;

/// A row on its way.
#[derive(Debug)]
pub(crate) struct Handed {
    pub id: OutboxId,
    pub person: PersonId,
    pub to: Address,
    pub class: Class,
    /// Attempts that count for the ladder.
    pub attempts: u32,
    /// When it was decided.
    pub created_at: Timestamp,
    /// Whether the row already says that it is being sent.
    pub intended: bool,
    /// Whether an earlier attempt may have arrived.
    pub unknown_before: bool,
    /// Until when it waits, and for what.
    pub wait: Option<(Timestamp, Wait)>,
    /// Whether it goes before its wait was over; such an attempt does not count.
    pub early: bool,
    /// Whether [`Traffic`] counts it.
    pub counted: bool,
    /// Of a nudge only.
    pub nudge: Option<Box<NudgeTerms>>,
    pub parcel: Parcel,
}

/// What an item waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// For the next rung of the ladder. It goes earlier when a platform that was silent answers again.
    Ladder,
    /// For the time that the platform asked for: it answers, so its word holds.
    Told,
    /// For the person to come.
    Away,
}

#[derive(Default)]
pub(super) struct Queue {
    pub(super) busy: bool,
    pub(super) leaves: bool,
    pub(super) items: VecDeque<Handed>,
}

impl DeliveryLoop {
    pub(super) fn push(&mut self, handed: Handed) {
        let (person, is_reply) = (handed.person, handed.class == Class::Reply);
        let queue = self.queues.entry(person).or_default();
        let is_first_reply = is_reply && !queue.is_urgent();
        queue.items.push_back(handed);
        if !queue.busy && queue.items.len() == 1 {
            self.line_up(person);
            return;
        }
        let Some(head) = queue.items.front() else { return };
        let lane = self.lanes.of(head.to.platform);
        // Somebody is there: what stands before their answer does not wait behind everybody's check-ins.
        if is_first_reply && queue.is_ready() {
            lane.replies.push_back(person);
        }
        queue.count(&self.traffic, lane.breaker.is_open());
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
        let Some(head) = queue.items.front() else {
            if queue.leaves {
                self.traffic.begin(1);
                self.left.push(person);
            }
            self.queues.remove(&person);
            return;
        };
        let lane = self.lanes.of(head.to.platform);
        match head.wait {
            Some((at, Wait::Ladder)) => {
                lane.retries.insert((at, person));
            }
            Some((at, Wait::Told | Wait::Away)) => {
                self.waits.insert((at, person));
            }
            None if queue.is_urgent() => lane.replies.push_back(person),
            None => lane.nudges.push_back(person),
        }
        queue.count(&self.traffic, lane.breaker.is_open());
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
            && let Some((at, Wait::Away)) = item.wait
        {
            item.wait = None;
            self.waits.remove(&(at, person));
            self.line_up(person);
        }
    }

    /// A clock that was set back takes along whatever waits: nobody waits for as long as it was wrong.
    pub(super) fn look_at_the_clock(&mut self) {
        let now = self.clock.now();
        let back = std::mem::replace(&mut self.seen, now).duration_since(now);
        if !back.is_positive() {
            return;
        }
        let earlier = |at: Timestamp| at.checked_sub(back).unwrap_or(Timestamp::MIN);
        for lane in self.lanes.all() {
            lane.breaker.moved(earlier);
        }
        for waits in self.lanes.all().into_iter().map(|lane| &mut lane.retries).chain([&mut self.waits]) {
            for (at, person) in std::mem::take(waits) {
                if let Some(head) = self.queues.get_mut(&person).and_then(|queue| queue.items.front_mut()) {
                    head.wait = head.wait.map(|(at, wait)| (earlier(at), wait));
                }
                waits.insert((earlier(at), person));
            }
        }
    }

    /// Items whose wait is over are ready again. What waits for the next rung at a silent platform waits on.
    pub(super) fn wake(&mut self) {
        let now = self.clock.now();
        let mut over = Vec::new();
        let answering = self.lanes.all().into_iter().filter(|lane| !lane.breaker.is_open());
        for waits in answering.map(|lane| &mut lane.retries).chain([&mut self.waits]) {
            while let Some(entry) = waits.first().copied()
                && entry.0 <= now
            {
                waits.pop_first();
                over.push(entry);
            }
        }
        over.sort_unstable();
        for (_, person) in over {
            if let Some(head) = self.queues.get_mut(&person).and_then(|queue| queue.items.front_mut()) {
                head.wait = None;
                self.line_up(person);
            }
        }
    }
}

impl Queue {
    /// Whether its first item may go now.
    pub(super) fn is_ready(&self) -> bool {
        !self.busy && self.items.front().is_some_and(|item| item.wait.is_none())
    }

    /// Whether a reply is in it.
    pub(super) fn is_urgent(&self) -> bool {
        self.items.iter().any(|item| item.class == Class::Reply)
    }

    /// Counts its items as on their way, unless they stand behind one that waits, or that is `held` back.
    pub(super) fn count(&mut self, traffic: &Traffic, held: bool) {
        let moves = self.busy || !held && self.items.front().is_none_or(|item| item.wait.is_none());
        for item in self.items.iter_mut().filter(|item| item.counted != moves) {
            item.counted = moves;
            if moves { traffic.begin(1) } else { traffic.end(1) }
        }
    }
}
