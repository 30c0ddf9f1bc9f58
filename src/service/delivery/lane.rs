//! Who may go next, for each platform by itself: replies before nudges, and at a silent platform only a probe.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;

use crate::domain::event::Platform;
use crate::domain::ids::PersonId;
use crate::domain::limits::{NUDGES_IN_FLIGHT_MAX, SENDS_IN_FLIGHT_MAX};
use crate::service::delivery::DeliveryLoop;
use crate::service::delivery::attempt::Places;
use crate::service::delivery::breaker::Breaker;
use crate::service::delivery::queue::Wait;
use crate::service::ports::Class;

const PLATFORMS: [Platform; 3] = [Platform::Console, Platform::Discord, Platform::Telegram];

/// What the first items of people's queues go to, or wait for, at one platform. Somebody may stand in `replies` or
/// `nudges` whose first item has gone meanwhile; whoever takes them out looks.
pub(super) struct Lane {
    pub(super) breaker: Breaker,
    /// People whose first item may go, and who wait for a reply, be it behind a nudge.
    pub(super) replies: VecDeque<PersonId>,
    /// People whose first item may go, and who have nudges only.
    pub(super) nudges: VecDeque<PersonId>,
    /// People whose first item waits for its next rung.
    pub(super) retries: BTreeSet<(Timestamp, PersonId)>,
    /// Sends under way.
    sends: usize,
    /// Nudges among them.
    nudge_sends: usize,
}

/// One lane for each platform.
pub(super) struct Lanes {
    console: Lane,
    discord: Lane,
    telegram: Lane,
}

impl Lanes {
    pub(super) fn new() -> Self {
        Self { console: Lane::new(), discord: Lane::new(), telegram: Lane::new() }
    }

    pub(super) fn of(&mut self, platform: Platform) -> &mut Lane {
        match platform {
            Platform::Console => &mut self.console,
            Platform::Discord => &mut self.discord,
            Platform::Telegram => &mut self.telegram,
        }
    }

    pub(super) fn all(&mut self) -> [&mut Lane; 3] {
        [&mut self.console, &mut self.discord, &mut self.telegram]
    }
}

impl Lane {
    fn new() -> Self {
        Self {
            breaker: Breaker::new(),
            replies: VecDeque::new(),
            nudges: VecDeque::new(),
            retries: BTreeSet::new(),
            sends: 0,
            nudge_sends: 0,
        }
    }

    /// When something happens here by itself next.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        if self.breaker.is_open() {
            let is_empty = self.replies.is_empty() && self.nudges.is_empty() && self.retries.is_empty();
            return self.breaker.probe_at().filter(|_| !is_empty);
        }
        self.retries.first().map(|(at, _)| *at)
    }

    /// A send has ended.
    pub(super) fn ended(&mut self, class: Class) {
        self.sends -= 1;
        self.nudge_sends -= usize::from(class == Class::Nudge);
    }
}

impl DeliveryLoop {
    /// Starts as many sends as may be under way.
    pub(super) fn launch(&mut self) {
        for platform in PLATFORMS {
            loop {
                let lane = self.lanes.of(platform);
                if lane.breaker.is_open() {
                    self.probe(platform);
                    break;
                }
                if lane.sends >= SENDS_IN_FLIGHT_MAX {
                    break;
                }
                let reply = lane.replies.pop_front();
                let may_nudge = lane.nudge_sends < NUDGES_IN_FLIGHT_MAX;
                let next = reply.or_else(|| if may_nudge { lane.nudges.pop_front() } else { None });
                let Some(person) = next else { break };
                self.start(platform, person);
            }
        }
    }

    /// A platform does not answer: what is ready for it does not move.
    pub(super) fn hold(&mut self, platform: Platform) {
        tracing::warn!(
            platform = platform.word(),
            "The platform does not answer; it is tried again from time to time."
        );
        let lane = self.lanes.of(platform);
        for person in lane.replies.iter().chain(&lane.nudges) {
            if let Some(queue) = self.queues.get_mut(person)
                && queue.items.front().is_some_and(|head| head.to.platform == platform)
            {
                queue.count(&self.traffic, true);
            }
        }
    }

    /// A platform answers again: everything goes that was held back or waited for its next rung, the oldest first.
    /// What waits for a person, or for as long as a platform asked, waits on.
    pub(super) fn release(&mut self, platform: Platform) {
        tracing::info!(platform = platform.word(), "The platform answers again.");
        let lane = self.lanes.of(platform);
        let mut heads = Vec::with_capacity(lane.replies.len() + lane.nudges.len() + lane.retries.len());
        for (_, person) in std::mem::take(&mut lane.retries) {
            if let Some(head) = self.queues.get_mut(&person).and_then(|queue| queue.items.front_mut()) {
                head.wait = None;
                head.early = true;
                heads.push((head.id, person));
            }
        }
        for person in lane.replies.drain(..).chain(lane.nudges.drain(..)) {
            if let Some(queue) = self.queues.get(&person).filter(|queue| queue.is_ready())
                && let Some(head) = queue.items.front().filter(|head| head.to.platform == platform)
            {
                heads.push((head.id, person));
            }
        }
        heads.sort_unstable();
        heads.dedup();
        for (_, person) in heads {
            self.line_up(person);
        }
    }

    /// Starts somebody's first item, if it may go and goes to this platform. True when it does.
    fn start(&mut self, platform: Platform, person: PersonId) -> bool {
        let Some(queue) = self.queues.get_mut(&person).filter(|queue| queue.is_ready()) else { return false };
        let Some(mut item) = queue.items.pop_front_if(|head| head.to.platform == platform) else { return false };
        queue.busy = true;
        if !item.counted {
            item.counted = true;
            self.traffic.begin(1);
            queue.count(&self.traffic, false);
        }
        let lane = self.lanes.of(platform);
        lane.sends += 1;
        lane.nudge_sends += usize::from(item.class == Class::Nudge);
        if lane.breaker.is_open() {
            lane.breaker.probe(item.id);
        }
        let places = Places {
            before: item.parcel.before.as_ref().map(|before| self.standing.find(person, before)),
            item: self.standing.find(person, &item.parcel.item),
        };
        self.under_way.push(Box::pin(std::sync::Arc::clone(&self.courier).attempt(item, places)));
        true
    }

    /// Sends one item to a silent platform, when it is time for it: a reply rather than a nudge, of which an unknown
    /// outcome would be the end; and what is ready rather than what waits.
    fn probe(&mut self, platform: Platform) {
        if self.lanes.of(platform).breaker.probe_at().is_none_or(|at| at > self.clock.now()) {
            return;
        }
        while let Some(person) = self.lanes.of(platform).replies.pop_front() {
            if self.start(platform, person) {
                return;
            }
        }
        let lane = self.lanes.of(platform);
        let is_reply = |(_, person): &&(Timestamp, PersonId)| {
            let head = self.queues.get(person).and_then(|queue| queue.items.front());
            head.is_some_and(|head| head.class == Class::Reply)
        };
        if let Some(waiting) = lane.retries.iter().find(is_reply).copied() {
            self.start_early(platform, waiting);
            return;
        }
        while let Some(person) = self.lanes.of(platform).nudges.pop_front() {
            if self.start(platform, person) {
                return;
            }
        }
        if let Some(waiting) = self.lanes.of(platform).retries.first().copied() {
            self.start_early(platform, waiting);
        }
    }

    /// Starts somebody's first item although it waits for its next rung.
    fn start_early(&mut self, platform: Platform, waiting: (Timestamp, PersonId)) {
        self.lanes.of(platform).retries.remove(&waiting);
        let (_, person) = waiting;
        if let Some(head) = self.queues.get_mut(&person).and_then(|queue| queue.items.front_mut()) {
            debug_assert!(matches!(head.wait, Some((_, Wait::Ladder))), "only such items stand among the retries");
            head.wait = None;
            head.early = true;
        }
        self.start(platform, person);
    }
}
