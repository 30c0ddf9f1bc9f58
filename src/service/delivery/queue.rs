//! What waits for each chat, in the order in which it was made. Somebody with accounts on two platforms has two chats, so
//! that one platform's silence does not hold up what is said on the other.

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

/// The chat of one account: a hash of it. Two with the same one would only wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Chat(u64);

impl Chat {
    /// The chat in which an address is.
    pub(crate) fn of(address: &Address) -> Self {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::hash::DefaultHasher::new();
        (address.platform, &address.account).hash(&mut hasher);
        Self(hasher.finish())
    }
}

impl Handed {
    /// Where it goes.
    pub(crate) fn chat(&self) -> Chat {
        Chat::of(&self.to)
    }
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
    /// Who is to be forgotten once it is empty.
    pub(super) leaves: Vec<PersonId>,
    pub(super) items: VecDeque<Handed>,
}

impl DeliveryLoop {
    pub(super) fn push(&mut self, handed: Handed) {
        let (chat, is_reply) = (handed.chat(), handed.class == Class::Reply);
        let queue = self.queues.entry(chat).or_default();
        let is_first_reply = is_reply && !queue.is_urgent();
        queue.items.push_back(handed);
        if !queue.busy && queue.items.len() == 1 {
            self.line_up(chat);
            return;
        }
        let Some(head) = queue.items.front() else { return };
        let lane = self.lanes.of(head.to.platform);
        // Somebody is there: what stands before their answer does not wait behind everybody's check-ins.
        if is_first_reply && queue.is_ready() {
            lane.replies.push_back(chat);
        }
        queue.count(&self.traffic, lane.breaker.is_open());
    }

    /// A person is to be forgotten, after what is on its way to their chat.
    pub(super) fn leaves(&mut self, person: PersonId, chat: Chat) {
        match self.queues.get_mut(&chat) {
            None => self.left.push(person),
            Some(queue) => {
                queue.leaves.push(person);
                // What they wait for is counted for itself.
                self.traffic.end(1);
            }
        }
    }

    /// Somebody asked to be forgotten: nothing that waits for them goes out any more. Their rows are gone already.
    pub(super) fn forgotten(&mut self, person: PersonId) {
        self.gone.insert(person, ());
        let is_theirs = |item: &Handed| item.person == person;
        let chats: Vec<Chat> =
            self.queues.iter().filter(|(_, queue)| queue.items.iter().any(is_theirs)).map(|(chat, _)| *chat).collect();
        for chat in chats {
            let Some(queue) = self.queues.get_mut(&chat) else { continue };
            let was_first =
                queue.items.front().filter(|head| is_theirs(head)).map(|head| (head.to.platform, head.wait));
            let (theirs, others) = std::mem::take(&mut queue.items).into_iter().partition::<VecDeque<_>, _>(is_theirs);
            queue.items = others;
            let is_busy = queue.busy;
            self.traffic.end(theirs.iter().filter(|item| item.counted).count());
            // Behind one that is under way nothing is lined up yet.
            let Some((platform, wait)) = was_first.filter(|_| !is_busy) else { continue };
            if let Some((at, _)) = wait {
                self.waits.remove(&(at, chat));
                self.lanes.of(platform).retries.remove(&(at, chat));
            }
            self.line_up(chat);
        }
    }

    /// Lines a chat up by the first item of its queue: for now, or for when its wait is over.
    pub(super) fn line_up(&mut self, chat: Chat) {
        let Some(queue) = self.queues.get_mut(&chat) else { return };
        let Some(head) = queue.items.front() else {
            self.traffic.begin(queue.leaves.len());
            self.left.append(&mut queue.leaves);
            self.queues.remove(&chat);
            return;
        };
        let lane = self.lanes.of(head.to.platform);
        match head.wait {
            Some((at, Wait::Ladder)) => {
                lane.retries.insert((at, chat));
            }
            Some((at, Wait::Told | Wait::Away)) => {
                self.waits.insert((at, chat));
            }
            None if queue.is_urgent() => lane.replies.push_back(chat),
            None => lane.nudges.push_back(chat),
        }
        queue.count(&self.traffic, lane.breaker.is_open());
    }

    /// The chat's next item may go.
    pub(super) fn settle_queue(&mut self, chat: Chat) {
        if let Some(queue) = self.queues.get_mut(&chat) {
            queue.busy = false;
        }
        self.line_up(chat);
    }

    /// Somebody did something and is answered: what waited for them to come goes first.
    pub(super) fn is_back(&mut self, chat: Chat) {
        let Some(queue) = self.queues.get_mut(&chat) else { return };
        if let Some(item) = queue.items.front_mut()
            && let Some((at, Wait::Away)) = item.wait
        {
            item.wait = None;
            self.waits.remove(&(at, chat));
            self.line_up(chat);
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
        for (_, chat) in over {
            if let Some(head) = self.queues.get_mut(&chat).and_then(|queue| queue.items.front_mut()) {
                head.wait = None;
                self.line_up(chat);
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
