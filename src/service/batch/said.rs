//! Which messages stand in a chat, so that they can be deleted from there.

use crate::domain::event::{Body, Event, Source};
use crate::service::batch::Round;
use crate::service::person::PersonWork;
use crate::service::turn::Changes;
use crate::store::SaidNew;

impl Round {
    /// Where what somebody wrote stands, while it can be deleted there; not once they have parted with the place.
    pub(super) fn remember(&mut self, event: &Event, work: &PersonWork, changes: &Changes) {
        if let (Source::Address(address), Some(message)) = (&event.source, event.origin.message)
            && address.platform.is_remembered()
            && !matches!(event.body, Body::Edited(_) | Body::Space(_))
            && changes.parted.is_none()
            && !changes.is_forgotten
        {
            let (person, platform, place) = (work.id, address.platform, message.to_string());
            self.batch.said.push(SaidNew { person, platform, place, at: event.at });
        }
    }

    /// A message of the bot, of somebody who may have become one with another meanwhile.
    pub(super) fn stands(&mut self, said: Option<&SaidNew>) {
        self.batch.said.extend(said.map(|said| SaidNew {
            person: self.joined.get(&said.person).copied().unwrap_or(said.person),
            ..said.clone()
        }));
    }
}
