//! What a batch writes beside its turns: what became of what was sent, and who is not kept.

use crate::domain::ids::PersonId;
use crate::service::batch::{Round, day};
use crate::service::delivery::Chat;
use crate::service::flight::{Errands, Gone};
use crate::service::person::PersonWork;
use crate::service::turn;
use crate::store::{ForgetNew, OutboxState, OutcomeWrite, SilenceWrite};

impl Round {
    /// Takes in what became of what was sent, and who is to be forgotten.
    pub(super) fn errands(&mut self, errands: &Errands) {
        for outcome in &errands.outcomes {
            self.batch.outcomes.push(outcome.write);
            self.batch.counters.extend(outcome.counter.map(|counter| (counter, 1)));
            self.batch.shown.extend(outcome.shown.as_deref().cloned());
            self.stands(outcome.said.as_deref());
        }
        for (id, attempts, counter) in &errands.intents {
            self.batch.outcomes.push(OutcomeWrite::Retry {
                id: *id,
                attempts: i64::from(*attempts),
                next_at: self.now,
                state: OutboxState::Sending,
            });
            self.batch.counters.extend(counter.map(|counter| (counter, 1)));
        }
        for Gone { person, platform, chat } in &errands.gone {
            if let Some(work) = self.works.get_mut(person)
                && work.profile.checkin_address().platform == *platform
            {
                if chat.as_deref().is_some_and(|chat| turn::lost_place(work, chat)) {
                    continue;
                }
                work.profile.unreachable = true;
                work.profile_changed = true;
                let end = turn::out_of_space(work, self.now);
                self.batch.silences.extend(end.map(|due_at| SilenceWrite { person: *person, due_at }));
            }
        }
        self.forgets.extend(&errands.forgets);
    }

    /// Who is left without anything that was agreed to be kept, and who of them is forgotten now: not while something
    /// is on its way to them.
    pub(super) fn leavings(&mut self) {
        let is_left = |person: &PersonId| self.works.get(person).is_some_and(PersonWork::keeps_nothing);
        let leaving = self.turned.iter().filter(|person| is_left(person) && !self.heirs.contains(person));
        let chat = |person: &PersonId| Some((*person, Chat::of(&self.works.get(person)?.profile.address)));
        self.done.leaving = leaving.filter_map(chat).collect();
        let forgets = self.forgets.iter().filter(|person| is_left(person) && !self.turned.contains(person));
        let day = day(self.now);
        self.batch.forgets.extend(forgets.map(|person| ForgetNew { person: *person, heir: None, day }));
        self.done.forgets = !self.batch.forgets.is_empty();
    }
}
