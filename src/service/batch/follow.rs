//! What follows for others from somebody's turn, in the same commit: both happen or neither.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::event::{Body, Event, Origin, Source};
use crate::domain::ids::PersonId;
use crate::service::batch::{Round, Touched};
use crate::service::person::Need;
use crate::service::turn::{self, World};
use crate::service::writer::Writer;
use crate::store::StoreError;

impl Round {
    /// Runs the turns that follow. Whom one concerns must be as the store has them: if they are in the batch that is in
    /// flight this is a conflict, after which the events are tried one by one.
    pub(super) async fn follow(
        &mut self,
        writer: &mut Writer,
        event: &Event,
        follows: Vec<(PersonId, Body)>,
        flying: Option<&Touched>,
    ) -> Result<(), StoreError> {
        for (person, body) in follows {
            if flying.is_some_and(|flying| flying.has_person(person)) {
                let detail = "somebody for whom something follows is being written".to_owned();
                return Err(StoreError::Conflict { detail });
            }
            let source = Source::Person(person);
            let next = Event { key: event.key.clone(), source, at: event.at, body, origin: Origin::default() };
            self.one_more(writer, person, &next).await?;
        }
        Ok(())
    }

    async fn one_more(&mut self, writer: &mut Writer, person: PersonId, event: &Event) -> Result<(), StoreError> {
        if self.whole(writer, person).await?.is_none() {
            return Ok(());
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
                Ok(Ok((work, changes))) => {
                    self.keep(writer, work, changes);
                    return Ok(());
                }
                Ok(Err(Need::Code(_))) => return Ok(()),
                Ok(Err(need)) => self.read(writer, person, need).await?,
                Err(_panic) => {
                    // Nothing of the event may be kept: it is tried alone, and then set apart.
                    let detail = "a turn that follows broke".to_owned();
                    return Err(StoreError::Conflict { detail });
                }
            }
        }
        Ok(())
    }
}
