//! What follows for others from somebody's turn, in the same commit: both happen or neither.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::event::{Body, Event, Origin, Source};
use crate::domain::ids::PersonId;
use crate::domain::limits::FOLLOWS_MAX;
use crate::domain::message::RichText;
use crate::domain::room::Room;
use crate::domain::supporters::{AskKind, Came, FromSupporters};
use crate::service::batch::{Round, Touched};
use crate::service::person::Need;
use crate::service::turn::{self, World};
use crate::service::writer::Writer;
use crate::store::StoreError;

/// What follows, for whom.
pub(super) type Follows = Vec<(PersonId, Body)>;
/// What follows in turn, and the note of the turn.
type Further = (Follows, Option<RichText>);

impl Round {
    /// Runs the turns that follow, and those that follow from them, one generation after the other; says what whoever began
    /// it is told of them. Whom one concerns must be as the store has them: if they are in the batch that is in flight this
    /// is a conflict, after which the events are tried one by one. More than [`FOLLOWS_MAX`] are one as well, so that
    /// nothing happens by halves.
    pub(super) async fn follow(
        &mut self,
        writer: &mut Writer,
        event: &Event,
        follows: Follows,
        flying: Option<&Touched>,
    ) -> Result<Option<RichText>, StoreError> {
        let mut waiting = VecDeque::from(follows);
        let mut told = None;
        let mut count = 0;
        while let Some((person, body)) = waiting.pop_front() {
            count += 1;
            if count > FOLLOWS_MAX {
                return Err(StoreError::Conflict { detail: "more follows from an event than can".to_owned() });
            }
            let person = self.joined.get(&person).copied().unwrap_or(person);
            let bounce = bounce(person, &body);
            // Forgotten in this batch: the store still has them.
            if self.touched.has_person(person) && !self.works.contains_key(&person) {
                waiting.extend(bounce);
                continue;
            }
            if flying.is_some_and(|flying| flying.has_person(person)) {
                let detail = "somebody for whom something follows is being written".to_owned();
                return Err(StoreError::Conflict { detail });
            }
            // Whoever did it waits beside another group than the one it was done for. Nobody else's note is theirs.
            let is_theirs = matches!(&body, Body::Room(room) if matches!(**room, Room::Did { .. }));
            let source = Source::Person(person);
            let next = Event { key: event.key.clone(), source, at: event.at, body, origin: Origin::default() };
            match self.one_more(writer, person, &next).await? {
                Some((further, note)) => {
                    waiting.extend(further);
                    told = note.filter(|_| is_theirs).or(told);
                }
                None => waiting.extend(bounce),
            }
        }
        Ok(told)
    }

    /// What follows from it in turn; `None` when nobody is there.
    async fn one_more(
        &mut self,
        writer: &mut Writer,
        person: PersonId,
        event: &Event,
    ) -> Result<Option<Further>, StoreError> {
        if self.whole(writer, person).await?.is_none() {
            return Ok(None);
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
                    let (mut further, note) = (std::mem::take(&mut changes.follows), changes.note.clone());
                    further.extend(self.keep(writer, work, changes));
                    return Ok(Some((further, note)));
                }
                Ok(Err(Need::Code(_))) => return Ok(Some((Vec::new(), None))),
                Ok(Err(need)) => self.read(writer, person, need).await?,
                Err(_panic) => {
                    // Nothing of the event may be kept: it is tried alone, and then set apart.
                    let detail = "a turn that follows broke".to_owned();
                    return Err(StoreError::Conflict { detail });
                }
            }
        }
        Ok(None)
    }
}

/// What follows when nobody is there any more for whom something was meant.
fn bounce(person: PersonId, body: &Body) -> Option<(PersonId, Body)> {
    if let Body::AsksSupporters(asked) = body
        && let AskKind::Words { .. } = asked.what
    {
        let came = FromSupporters { space: person, ticket: asked.ticket, what: Came::Refused { is_over: true } };
        return Some((asked.from, Body::FromSupporters(Box::new(came))));
    }
    if let Body::Room(room) = body
        && let Room::Wanted { space, at, .. } = room.as_ref()
    {
        return Some((*space, Body::Room(Box::new(Room::Given { room: None, at: at.clone() }))));
    }
    None
}
