//! Which chat may go next, for each platform by itself: replies before nudges, and at a silent platform only a probe.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;

use crate::domain::event::Platform;
use crate::domain::limits::{NUDGES_IN_FLIGHT_MAX, SENDS_IN_FLIGHT_MAX};
use crate::service::delivery::DeliveryLoop;
use crate::service::delivery::attempt::Places;
use crate::service::delivery::breaker::Breaker;
use crate::service::delivery::parcel::Load;
use crate::service::delivery::queue::{Chat, Wait};
use crate::service::delivery::standing::Lookup;
use crate::service::ports::Class;

const PLATFORMS: [Platform; 3] = [Platform::Console, Platform::Discord, Platform::Telegram];

/// What the first items of queues go to, or wait for, at one platform. A chat may stand in `replies` or `nudges` whose
/// first item has gone meanwhile; whoever takes it out looks.
pub(super) struct Lane {
    pub(super) breaker: Breaker,
    /// Chats whose first item may go, and that wait for a reply, be it behind a nudge.
    pub(super) replies: VecDeque<Chat>,
    /// Chats whose first item may go, and that have nudges only.
    pub(super) nudges: VecDeque<Chat>,
    /// Chats whose first item waits for its next rung.
    pub(super) retries: BTreeSet<(Timestamp, Chat)>,
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
                let Some(chat) = next else { break };
                self.start(platform, chat);
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
        for chat in lane.replies.iter().chain(&lane.nudges) {
            if let Some(queue) = self.queues.get_mut(chat)
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
        for (_, chat) in std::mem::take(&mut lane.retries) {
            if let Some(head) = self.queues.get_mut(&chat).and_then(|queue| queue.items.front_mut()) {
                head.wait = None;
                head.early = true;
                heads.push((head.id, chat));
            }
        }
        for chat in lane.replies.drain(..).chain(lane.nudges.drain(..)) {
            if let Some(queue) = self.queues.get(&chat).filter(|queue| queue.is_ready())
                && let Some(head) = queue.items.front().filter(|head| head.to.platform == platform)
            {
                heads.push((head.id, chat));
            }
        }
        heads.sort_unstable();
        heads.dedup();
        for (_, chat) in heads {
            self.line_up(chat);
        }
    }

    /// Starts a chat's first item, if it may go and goes to this platform. True when it does.
    fn start(&mut self, platform: Platform, chat: Chat) -> bool {
        let Some(queue) = self.queues.get_mut(&chat).filter(|queue| queue.is_ready()) else { return false };
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
            before: item.parcel.before.as_ref().map(|before| self.standing.find(&item, before)),
            item: match &item.parcel.load {
                Load::Item(load) => self.standing.find(&item, load),
                Load::Order(_) => Lookup::Known(None),
            },
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
        while let Some(chat) = self.lanes.of(platform).replies.pop_front() {
            if self.start(platform, chat) {
                return;
            }
        }
        let lane = self.lanes.of(platform);
        let is_reply = |(_, chat): &&(Timestamp, Chat)| {
            let head = self.queues.get(chat).and_then(|queue| queue.items.front());
            head.is_some_and(|head| head.class == Class::Reply)
        };
        if let Some(waiting) = lane.retries.iter().find(is_reply).copied() {
            self.start_early(platform, waiting);
            return;
        }
        while let Some(chat) = self.lanes.of(platform).nudges.pop_front() {
            if self.start(platform, chat) {
                return;
            }
        }
        if let Some(waiting) = self.lanes.of(platform).retries.first().copied() {
            self.start_early(platform, waiting);
        }
    }

    /// Starts a chat's first item although it waits for its next rung.
    fn start_early(&mut self, platform: Platform, waiting: (Timestamp, Chat)) {
        self.lanes.of(platform).retries.remove(&waiting);
        let (_, chat) = waiting;
        if let Some(head) = self.queues.get_mut(&chat).and_then(|queue| queue.items.front_mut()) {
            debug_assert!(matches!(head.wait, Some((_, Wait::Ladder))), "only such items stand among the retries");
            head.wait = None;
            head.early = true;
        }
        self.start(platform, chat);
    }
}
