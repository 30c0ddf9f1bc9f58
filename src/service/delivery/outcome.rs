//! What follows from the outcome of an attempt.

use jiff::{SignedDuration, Timestamp};

use crate::service::delivery::{DeliveryLoop, Handed};
use crate::service::ladder::{self, Next};
use crate::service::ports::{Class, NotSent, Outcome};
use crate::service::writer::{OutcomeNew, Work};
use crate::store::{OutboxState, OutcomeWrite};

/// How long an item waits for somebody who is away before it is looked at again.
const AWAY: SignedDuration = SignedDuration::from_hours(1);

impl DeliveryLoop {
    pub(super) fn conclude(&mut self, mut item: Handed, outcome: Outcome, outcomes: &mut Vec<OutcomeNew>) {
        let (id, person) = (item.id, item.person);
        let drop_as = |counter| OutcomeNew { write: OutcomeWrite::Drop(id), counter: Some(counter) };
        let record = match outcome {
            Outcome::Sent(_) => OutcomeNew { write: OutcomeWrite::Sent(id), counter: None },
            Outcome::Unknown if item.class == Class::Nudge => drop_as("unknown_total"),
            Outcome::Unknown => {
                item.unknown_before = true;
                self.again(item, None)
            }
            Outcome::NotSent(NotSent::Retry) => self.again(item, None),
            Outcome::NotSent(NotSent::Wait(wait)) => {
                let at = self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX);
                self.again(item, Some(at))
            }
            Outcome::NotSent(NotSent::Away) => {
                item.away = true;
                let at = self.clock.now().checked_add(AWAY).unwrap_or(Timestamp::MAX);
                self.again(item, Some(at))
            }
            Outcome::NotSent(NotSent::Rejected) => drop_as("rejected_total"),
            Outcome::NotSent(NotSent::Gone) => {
                let waiting = self.queues.get_mut(&person).map(|queue| std::mem::take(&mut queue.items));
                for other in waiting.into_iter().flatten() {
                    self.traffic.begin(usize::from(!other.counted));
                    outcomes.push(OutcomeNew { write: OutcomeWrite::Drop(other.id), counter: Some("gone_total") });
                }
                // The person's check-ins rest before the first of these rows is forgotten.
                outcomes.push(OutcomeNew { write: OutcomeWrite::Drop(id), counter: Some("gone_total") });
                let _ = self.work.try_send(Work::Gone(person));
                self.settle_queue(person);
                return;
            }
        };
        outcomes.push(record);
        self.settle_queue(person);
    }

    /// Puts an item back at the head of its queue, for later; or gives it up when the ladder ends.
    fn again(&mut self, mut item: Handed, told: Option<Timestamp>) -> OutcomeNew {
        let id = item.id;
        if told.is_none() {
            item.attempts = item.attempts.saturating_add(1);
        }
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = match (told, ladder::next(item.attempts, self.chance >> 16)) {
            (Some(at), _) => at,
            (None, Next::Retry(wait)) => self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX),
            (None, Next::Drop) => {
                return OutcomeNew { write: OutcomeWrite::Drop(id), counter: Some("given_up_total") };
            }
        };
        let hourly = item.attempts >= ladder::QUICK_ATTEMPTS;
        let write = OutcomeWrite::Retry {
            id,
            attempts: i64::from(item.attempts),
            next_at: at,
            state: if hourly { OutboxState::Parked } else { OutboxState::Pending },
        };
        item.intended = false;
        item.not_before = Some(at);
        // What is counted from here on is the record of this attempt.
        item.counted = false;
        if let Some(queue) = self.queues.get_mut(&item.person) {
            queue.items.push_front(item);
        }
        OutcomeNew { write, counter: None }
    }
}
