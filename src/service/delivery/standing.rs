//! Where messages stand on their platforms, so that they can be edited there. Only what a messenger says is known:
//! while none says a place, nothing is kept, read or written here.

use crate::domain::event::Platform;
use crate::domain::ids::{OutboxId, PersonId, SessionId};
use crate::service::delivery::Handed;
use crate::service::delivery::parcel::Load;
use crate::service::delivery::queue::Chat;
use crate::service::ports::{Item, Place};
use crate::store::{Recent, ShownWrite};

/// Sessions, and chats, whose newest message is known: about 150 bytes each.
const KNOWN_MAX: usize = 2_000;

/// The newest messages of this run.
pub(super) struct Standing {
    /// Whether an earlier run left places in the store.
    stored: bool,
    /// Whether a place was told in this run.
    told: bool,
    sessions: Recent<SessionId, Stands>,
    /// The last message that was shown in each chat.
    last: Recent<Chat, OutboxId>,
}

/// How an attempt finds out where its message stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    /// There, or nowhere.
    Known(Option<Place>),
    /// The store may know.
    Stored { session: SessionId, turn: u64, platform: Platform },
    /// All of the last days in a chat: the store knows.
    Said { person: PersonId, platform: Platform },
}

/// The message of a session's newest turn.
#[derive(Clone)]
struct Stands {
    turn: u64,
    platform: Platform,
    place: Place,
    /// The item that put it there, or last edited it.
    by: OutboxId,
}

impl Standing {
    pub(super) fn new() -> Self {
        Self { stored: false, told: false, sessions: Recent::new(KNOWN_MAX), last: Recent::new(KNOWN_MAX) }
    }

    /// Whether an earlier run left places in the store.
    pub(super) fn stored(&mut self, stored: bool) {
        self.stored = stored;
    }

    /// Where the message stands that an item changes: one whose buttons are over, one that is redrawn, or one that is
    /// asked anew further down. It is redrawn where it stands only as long as it is the last one. A message on another
    /// platform than the item goes to is nowhere: its buttons say that they are over when they are pressed.
    pub(super) fn find(&mut self, handed: &Handed, item: &Item) -> Lookup {
        let platform = handed.to.platform;
        match item {
            Item::Remove { only: Some(place), .. } => return Lookup::Known(Some(place.clone())),
            Item::Remove { only: None, .. } if platform.is_remembered() => {
                return Lookup::Said { person: handed.person, platform };
            }
            Item::Freeze { .. }
            | Item::Show { .. }
            | Item::File { .. }
            | Item::InSpace { .. }
            | Item::Remove { .. } => {}
        }
        if !self.told && !self.stored {
            return Lookup::Known(None);
        }
        match item {
            Item::Freeze { session, turn, .. } => match self.sessions.find(session) {
                Some(stands) => Lookup::Known(stands.is(*turn, platform).then_some(stands.place)),
                None => self.in_store(*session, *turn, platform),
            },
            Item::Show { session: Some(session), turn: Some(turn), in_place, .. } => {
                let last = self.last.find(&handed.chat());
                match self.sessions.find(session) {
                    Some(stands) => {
                        let stands_well = !in_place || last == Some(stands.by);
                        Lookup::Known((stands.is(*turn, platform) && stands_well).then_some(stands.place))
                    }
                    None if *in_place && last.is_none() => self.in_store(*session, *turn, platform),
                    None => Lookup::Known(None),
                }
            }
            Item::Show { .. } | Item::File { .. } | Item::InSpace { .. } | Item::Remove { .. } => Lookup::Known(None),
        }
    }

    /// Whether what has arrived is a message of its own, rather than a change of one that stood there.
    pub(super) fn is_new(&mut self, handed: &Handed, place: Option<&Place>) -> bool {
        match &handed.parcel.load {
            Load::Item(Item::Freeze { .. }) => false,
            Load::Item(Item::Show { session: Some(session), .. }) => {
                self.sessions.find(session).is_none_or(|stands| Some(&stands.place) != place)
            }
            Load::Item(Item::InSpace { .. }) => false,
            Load::Item(Item::Show { .. } | Item::File { .. } | Item::Remove { .. }) | Load::Order(_) => true,
        }
    }

    /// Notes what has arrived, and gives what the store is to know of it.
    pub(super) fn arrived(&mut self, handed: &Handed, place: Option<Place>) -> Option<Box<ShownWrite>> {
        self.told |= place.is_some();
        if !self.told && !self.stored {
            return None;
        }
        match &handed.parcel.load {
            Load::Item(Item::Freeze { .. }) => return None,
            Load::Item(Item::InSpace { .. }) => return None,
            Load::Item(Item::Remove { .. }) if place.is_none() => return None,
            Load::Item(Item::Show { .. } | Item::File { .. } | Item::Remove { .. }) | Load::Order(_) => {
                self.last.insert(handed.chat(), handed.id);
            }
        }
        let Load::Item(Item::Show { session: Some(session), turn: Some(turn), .. }) = &handed.parcel.load else {
            return None;
        };
        let (session, turn, place, platform) = (*session, *turn, place?, handed.to.platform);
        let before = self.sessions.find(&session);
        let moved = before.is_none_or(|stands| !stands.is(turn, platform) || stands.place != place);
        let write = moved.then(|| Box::new(ShownWrite { session, turn, place: place.0.clone(), platform }));
        self.sessions.insert(session, Stands { turn, platform, place, by: handed.id });
        write
    }

    fn in_store(&self, session: SessionId, turn: u64, platform: Platform) -> Lookup {
        if self.stored { Lookup::Stored { session, turn, platform } } else { Lookup::Known(None) }
    }
}

impl Stands {
    fn is(&self, turn: u64, platform: Platform) -> bool {
        self.turn == turn && self.platform == platform
    }
}
