//! What the last run left is taken up at the start.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::event::{Address, Platform};
use crate::domain::ids::PersonId;
use crate::domain::person::Profile;
use crate::service::delivery::queue::Wait;
use crate::service::delivery::{Chat, DeliveryLoop, Handed, NudgeTerms, Parcel};
use crate::service::ladder;
use crate::service::ports::Class;
use crate::service::writer::{OutcomeNew, Work};
use crate::store::{OutboxClass, OutboxRow, OutboxState, OutcomeWrite, PersonState, StoreError};

impl DeliveryLoop {
    /// Rows of earlier runs, in the order in which they were made. One that was being sent has an unknown outcome: a
    /// reply goes again, a nudge does not. Turns may be made meanwhile; their rows come from the writer.
    pub(super) async fn recover(&mut self) -> Result<(), StoreError> {
        self.standing.stored(self.courier.store.shown_any().await?);
        let mut rows = self.courier.store.outbox_sending().await?;
        rows.append(&mut self.courier.store.outbox_due(Timestamp::MAX, i64::MAX).await?);
        rows.retain(|row| row.id < self.first_of_run);
        rows.sort_unstable_by_key(|row| row.id);
        let mut persons: Vec<PersonId> = rows.iter().map(|row| row.person).collect();
        persons.sort_unstable();
        persons.dedup();
        let states = self.courier.store.persons_load(&persons).await?;
        let found = persons.into_iter().zip(states).filter_map(|(person, state)| Some((person, state?)));
        let found: HashMap<PersonId, PersonState> = found.collect();
        let mut outcomes = Vec::new();
        for row in rows {
            let drop_as = |counter| OutcomeNew {
                write: OutcomeWrite::Drop(row.id),
                counter: Some(counter),
                shown: None,
                said: None,
            };
            if row.state == OutboxState::Sending && row.class != OutboxClass::Reply {
                outcomes.push(drop_as("unknown_total"));
                continue;
            }
            match (found.get(&row.person), Parcel::decode(row.item.expose())) {
                (Some(state), Ok((platform, parcel))) => match address(&state.profile, platform) {
                    Some(to) => self.take_up(&row, &state.profile, to.clone(), parcel),
                    // The account that it was for has left.
                    None => outcomes.push(drop_as("gone_total")),
                },
                (None, _) | (_, Err(_)) => outcomes.push(drop_as("unreadable_total")),
            }
        }
        if !outcomes.is_empty() {
            self.traffic.begin(outcomes.len());
            // A closed channel means that the process is ending; the rows stay as they are.
            let _ = self.courier.work.send(Work::Outcomes(outcomes)).await;
        }
        // Whom the last run could not forget any more.
        for (person, state) in found.into_iter().filter(|(_, state)| keeps_nothing(state)) {
            self.traffic.begin(1);
            self.leaves(person, Chat::of(&state.profile.address));
        }
        Ok(())
    }

    fn take_up(&mut self, row: &OutboxRow, profile: &Profile, to: Address, parcel: Parcel) {
        let sending = row.state == OutboxState::Sending;
        let waits = !sending && row.next_at > self.clock.now();
        let attempts = u32::try_from(row.attempts).unwrap_or(u32::MAX);
        // A wait that is no attempt may be ended by the person, unless the platform asked for it. Of what is tried once
        // an hour the row does not say whether it did.
        let wait = match row.state {
            OutboxState::Parked if attempts < ladder::QUICK_ATTEMPTS => Wait::Told,
            OutboxState::Pending if attempts == 0 => Wait::Away,
            OutboxState::Pending | OutboxState::Parked | OutboxState::Sending => Wait::Ladder,
        };
        let class = if row.class == OutboxClass::Reply { Class::Reply } else { Class::Nudge };
        self.push(Handed {
            id: row.id,
            person: row.person,
            to,
            class,
            attempts,
            created_at: row.created_at,
            intended: false,
            unknown_before: sending,
            wait: waits.then_some((row.next_at, wait)),
            early: false,
            counted: false,
            nudge: (class == Class::Nudge).then(|| Box::new(NudgeTerms::of(profile, &self.settings))),
            parcel,
        });
    }
}

/// Where a row goes: to the account that it was made for, whatever the person writes from by now. Rows of an earlier
/// version do not say, and are from before anybody had two.
fn address(profile: &Profile, platform: Option<Platform>) -> Option<&Address> {
    match platform {
        Some(platform) => profile.address_on(platform),
        None => Some(&profile.address),
    }
}

/// Whether nothing of somebody may be kept: as [`crate::service::person::PersonWork::keeps_nothing`].
fn keeps_nothing(state: &PersonState) -> bool {
    !state.profile.has_consented() && state.live.is_none() && !state.has_parked
}
