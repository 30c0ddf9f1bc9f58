//! What follows from the outcome of an attempt.

use jiff::{SignedDuration, Timestamp};

use crate::service::delivery::attempt::Ended;
use crate::service::delivery::breaker::PROBE_EVERY;
use crate::service::delivery::parcel::Load;
use crate::service::delivery::queue::Wait;
use crate::service::delivery::{DeliveryLoop, Handed};
use crate::service::flight::Gone;
use crate::service::ladder::{self, Next};
use crate::service::ports::{Class, Item, NotSent, Outcome, Place};
use crate::service::writer::{OutcomeNew, Work};
use crate::store::{OutboxState, OutcomeWrite, SaidNew};

/// How long an item waits for somebody who is away before it is looked at again.
const AWAY: SignedDuration = SignedDuration::from_hours(1);
/// How old an item may become by attempts that do not count; after that the next one that fails is its last.
const UNCOUNTED_MAX: SignedDuration = SignedDuration::from_hours(3 * 24);

impl DeliveryLoop {
    pub(super) fn conclude(&mut self, mut item: Handed, ended: Ended, outcomes: &mut Vec<OutcomeNew>) {
        let (id, person, chat) = (item.id, item.person, item.chat());
        let is_early = std::mem::take(&mut item.early);
        let counts = self.judge(&item, &ended) && !is_early;
        if self.gone.find(&person).is_some() {
            outcomes.push(OutcomeNew { write: OutcomeWrite::Drop(id), counter: None, shown: None, said: None });
            self.settle_queue(chat);
            return;
        }
        let outcome = match ended {
            Ended::Tried(outcome) => outcome,
            Ended::Late => {
                outcomes.push(dropped(&item, "late_total"));
                self.settle_queue(chat);
                return;
            }
            Ended::Moot => {
                outcomes.push(dropped(&item, "gone_total"));
                self.settle_queue(chat);
                return;
            }
            Ended::NotTried => Outcome::NotSent(NotSent::Retry),
        };
        let record = match outcome {
            Outcome::Sent(place) => {
                let said =
                    self.standing.is_new(&item, place.as_ref()).then(|| self.said(&item, place.as_ref())).flatten();
                let shown = self.standing.arrived(&item, place);
                OutcomeNew { write: OutcomeWrite::Sent(id), counter: None, shown, said }
            }
            Outcome::Unknown if item.class == Class::Nudge => dropped(&item, "unknown_total"),
            Outcome::Unknown => {
                item.unknown_before = true;
                self.next_rung(item, counts)
            }
            Outcome::NotSent(NotSent::Retry) => self.next_rung(item, counts),
            Outcome::NotSent(NotSent::Wait(wait) | NotSent::Held(wait)) => {
                let at = self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX);
                self.again(item, at, Wait::Told)
            }
            Outcome::NotSent(NotSent::Away) => {
                let at = self.clock.now().checked_add(AWAY).unwrap_or(Timestamp::MAX);
                self.again(item, at, Wait::Away)
            }
            Outcome::NotSent(NotSent::Rejected) => dropped(&item, "rejected_total"),
            Outcome::NotSent(NotSent::Gone) => {
                let waiting = self.queues.get_mut(&chat).map(|queue| std::mem::take(&mut queue.items));
                for other in waiting.into_iter().flatten() {
                    self.traffic.begin(usize::from(!other.counted));
                    outcomes.push(dropped(&other, "gone_total"));
                }
                // The person's check-ins rest before the first of these rows is forgotten.
                outcomes.push(dropped(&item, "gone_total"));
                let place = match &item.parcel.load {
                    Load::Item(Item::InSpace { chat, .. }) => Some(chat.clone()),
                    Load::Item(_) | Load::Order(_) => None,
                };
                let gone = Gone { person, platform: item.to.platform, chat: place };
                let _ = self.courier.work.try_send(Work::Gone(gone));
                self.settle_queue(chat);
                return;
            }
        };
        outcomes.push(record);
        self.settle_queue(chat);
    }

    /// What must be remembered of a message that has arrived, so that it can be deleted later.
    fn said(&self, item: &Handed, place: Option<&Place>) -> Option<Box<SaidNew>> {
        let (person, platform) = (item.person, item.to.platform);
        let place = place.filter(|_| platform.is_remembered())?.0.clone();
        Some(Box::new(SaidNew { person, platform, place, at: self.clock.now() }))
    }

    /// Tells the breaker of the platform what became of an attempt; whether a failure counts for the ladder. While a
    /// platform is silent none does: neither of probes nor of what was under way when it fell silent.
    fn judge(&mut self, item: &Handed, ended: &Ended) -> bool {
        let platform = item.to.platform;
        let lane = self.lanes.of(platform);
        lane.ended(item.class);
        let counts = !lane.breaker.is_open();
        match ended {
            Ended::Tried(Outcome::Unknown | Outcome::NotSent(NotSent::Retry)) => {
                if lane.breaker.failed(item.id, self.clock.now()) {
                    self.hold(platform);
                }
            }
            Ended::Tried(
                Outcome::Sent(_)
                | Outcome::NotSent(NotSent::Wait(_) | NotSent::Away | NotSent::Rejected | NotSent::Gone),
            ) => {
                if lane.breaker.answered(item.id) {
                    self.release(platform);
                }
            }
            Ended::Late | Ended::Moot => lane.breaker.missed(item.id, self.clock.now()),
            Ended::Tried(Outcome::NotSent(NotSent::Held(wait))) => {
                let later = self.clock.now().checked_add(*wait).unwrap_or(Timestamp::MAX);
                lane.breaker.missed(item.id, later);
            }
            Ended::NotTried => {
                let later = self.clock.now().checked_add(PROBE_EVERY).unwrap_or(Timestamp::MAX);
                lane.breaker.missed(item.id, later);
            }
        }
        counts
    }

    /// Puts an item back at the head of its queue, for the next rung of the ladder; or gives it up when the ladder ends.
    /// An attempt that does not count leaves it on its rung, and only its age ends it.
    fn next_rung(&mut self, mut item: Handed, counts: bool) -> OutcomeNew {
        let now = self.clock.now();
        if counts {
            item.attempts = item.attempts.saturating_add(1);
        } else if now.duration_since(item.created_at) > UNCOUNTED_MAX {
            return dropped(&item, "given_up_total");
        }
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match ladder::next(item.attempts, self.chance >> 16) {
            Next::Retry(wait) => self.again(item, now.checked_add(wait).unwrap_or(Timestamp::MAX), Wait::Ladder),
            Next::Drop => dropped(&item, "given_up_total"),
        }
    }

    /// Puts an item back at the head of its queue, for later.
    fn again(&mut self, mut item: Handed, at: Timestamp, wait: Wait) -> OutcomeNew {
        // Such a wait holds after a restart as well, and whatever the person does.
        let is_fixed = wait == Wait::Told || item.attempts >= ladder::QUICK_ATTEMPTS;
        let write = OutcomeWrite::Retry {
            id: item.id,
            attempts: i64::from(item.attempts),
            next_at: at,
            state: if is_fixed { OutboxState::Parked } else { OutboxState::Pending },
        };
        item.intended = false;
        item.wait = Some((at, wait));
        // What is counted from here on is the record of this attempt.
        item.counted = false;
        if let Some(queue) = self.queues.get_mut(&item.chat()) {
            queue.items.push_front(item);
        }
        OutcomeNew { write, counter: None, shown: None, said: None }
    }
}

fn dropped(item: &Handed, counter: &'static str) -> OutcomeNew {
    OutcomeNew { write: OutcomeWrite::Drop(item.id), counter: Some(counter), shown: None, said: None }
}
