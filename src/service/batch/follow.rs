//! What follows for others from somebody's turn, in the same commit: both happen or neither.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::event::{Body, Event, Origin, Source};
use crate::domain::ids::PersonId;
use crate::domain::limits::FOLLOWS_MAX;
use crate::service::batch::{Round, Touched};
use crate::service::person::Need;
use crate::service::turn::{self, World};
use crate::service::writer::Writer;
use crate::store::StoreError;

/// What follows, for whom.
pub(super) type Follows = Vec<(PersonId, Body)>;

impl Round {
    /// Runs the turns that follow, and those that follow from them, one generation after the other. Whom one concerns must
    /// be as the store has them: if they are in the batch that is in flight this is a conflict, after which the events are
    /// tried one by one. More than [`FOLLOWS_MAX`] are one as well, so that nothing happens by halves.
    pub(super) async fn follow(
        &mut self,
        writer: &mut Writer,
        event: &Event,
        follows: Follows,
        flying: Option<&Touched>,
    ) -> Result<(), StoreError> {
        let mut waiting = VecDeque::from(follows);
        let mut count = 0;
        while let Some((person, body)) = waiting.pop_front() {
            count += 1;
            if count > FOLLOWS_MAX {
                return Err(StoreError::Conflict { detail: "more follows from an event than can".to_owned() });
            }
            let person = self.joined.get(&person).copied().unwrap_or(person);
            // Forgotten in this batch: the store still has them.
            if self.touched.has_person(person) && !self.works.contains_key(&person) {
                continue;
            }
            if flying.is_some_and(|flying| flying.has_person(person)) {
                let detail = "somebody for whom something follows is being written".to_owned();
                return Err(StoreError::Conflict { detail });
            }
            let source = Source::Person(person);
            let next = Event { key: event.key.clone(), source, at: event.at, body, origin: Origin::default() };
            waiting.extend(self.one_more(writer, person, &next).await?);
        }
        Ok(())
    }

    /// One turn, and what follows from it.
    async fn one_more(&mut self, writer: &mut Writer, person: PersonId, event: &Event) -> Result<Follows, StoreError> {
        if self.whole(writer, person).await?.is_none() {
            return Ok(Vec::new());
        }
        while let Some(work) = self.works.get(&person) {
            let mut world = World {
                library: &writer.library,
                settings: &writer.settings,
                now: self.now,
                chance: writer.chance.as_mut(),
                proof: None,
            };
            match catch_unwind(AssertUnwindSafe(|| turn::take(&mut world, work, event))) {
                Ok(Ok((work, mut changes))) => {
                    let follows = std::mem::take(&mut changes.follows);
                    self.keep(writer, work, changes);
                    return Ok(follows);
                }
                Ok(Err(Need::Code(_))) => return Ok(Vec::new()),
                Ok(Err(need)) => self.read(writer, person, need).await?,
                Err(_panic) => {
                    // Nothing of the event may be kept: it is tried alone, and then set apart.
                    let detail = "a turn that follows broke".to_owned();
                    return Err(StoreError::Conflict { detail });
                }
            }
        }
        Ok(Vec::new())
    }
}
