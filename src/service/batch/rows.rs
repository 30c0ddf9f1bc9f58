//! People as rows of the store, and rows as people.

use jiff::Timestamp;

use crate::dialog::session::Session;
use crate::domain::ids::PersonId;
use crate::service::batch::Round;
use crate::service::person::{Held, PersonWork};
use crate::service::writer::Writer;
use crate::store::{PersonNew, PersonState, PlanWrite, ProfileWrite, SessionPut, SessionRow, SessionWrite, StoreError};

impl Round {
    /// The last state of everybody, as rows.
    pub(super) fn write_persons(&mut self, writer: &Writer) {
        for work in std::mem::take(&mut self.works).into_values() {
            let person = work.id;
            if work.profile_changed {
                match work.profile_rev {
                    None => {
                        let address = work.profile.address.clone();
                        self.batch.persons_new.push(PersonNew { id: person, address, profile: work.profile });
                    }
                    Some(expected_rev) => {
                        self.batch.profiles.push(ProfileWrite { person, expected_rev, profile: work.profile });
                    }
                }
            }
            self.batch.sessions.extend(work.ended.into_iter().map(|id| SessionWrite::Delete { id, person }));
            let live = work.live.map(|held| (true, held));
            for (live, held) in work.parked.into_iter().map(|held| (false, held)).chain(live) {
                if held.changed {
                    let timer_at = held.session.timer(&writer.library);
                    self.due(timer_at);
                    self.batch.sessions.push(SessionWrite::Put(SessionPut {
                        id: held.session.id,
                        person,
                        live,
                        expected_rev: held.rev,
                        state: held.session.encode().into(),
                        timer_at,
                    }));
                }
            }
            for dialog in work.dropped_plans {
                self.batch.plans.push(PlanWrite::Drop { person, dialog });
            }
            for plan in work.plans.into_iter().filter(|plan| plan.changed) {
                self.due(plan.due);
                self.batch.plans.push(PlanWrite::Put { person, plan: plan.plan, due_at: plan.due });
            }
        }
    }

    fn due(&mut self, at: Option<Timestamp>) {
        self.done.earliest_due = self.done.earliest_due.into_iter().chain(at).min();
    }
}

pub(super) fn work_of(person: PersonId, state: PersonState) -> Result<PersonWork, StoreError> {
    Ok(PersonWork {
        id: person,
        profile: state.profile,
        profile_rev: Some(state.profile_rev),
        profile_changed: false,
        live: state.live.map(held).transpose()?,
        parked: Vec::new(),
        parked_read: !state.has_parked,
        ended: Vec::new(),
        plans: Vec::new(),
        plans_read: !state.has_plans,
        dropped_plans: Vec::new(),
        code: None,
        counts: None,
        entries: Vec::new(),
        guesses: None,
    })
}

pub(super) fn held(row: SessionRow) -> Result<Held, StoreError> {
    let session = Session::decode(row.state.expose())
        .map_err(|_| StoreError::Damaged { detail: "sessions.state is not a session".to_owned() })?;
    Ok(Held { session, rev: Some(row.rev), changed: false })
}
