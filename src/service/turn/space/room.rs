//! The group of a group's moderators: how the two find each other, and what is done in the one for the other.

use crate::domain::event::Body;
use crate::domain::ids::PersonId;
use crate::domain::language::Language;
use crate::domain::room::{Room, read_room_word, room_word};
use crate::domain::space::{Named, SPACE_ACCOUNT, SpaceAsk};
use crate::service::person::Need;
use crate::service::turn::Turn;
use crate::service::turn::space::Spot;

impl Turn<'_, '_> {
    /// Whether moderators look in a place that the members of the space cannot all read.
    pub(super) fn has_room_apart(&self) -> bool {
        self.space().review.is_some_and(|review| self.is_apart(&review))
    }

    /// Whether not all members of the space can read a place: on Telegram they read every topic of their group.
    pub(super) fn is_apart(&self, chat: &str) -> bool {
        let address = &self.work.profile.address;
        let own = address.account.strip_prefix(SPACE_ACCOUNT).unwrap_or(&address.account);
        address.platform.has_rooms() || chat.split('/').next() != Some(own)
    }

    /// What an admin typed after `/setup`, if it is about the group of moderators: a word that makes this one, or the word
    /// of another one. Whether it was.
    pub(super) fn set_room(&mut self, spot: &Spot, words: &str) -> bool {
        let word = words.trim().to_lowercase();
        let is_offer = match self.language() {
            Language::Spanish => ["moderators", "moderadores", "moderación"].contains(&word.as_str()),
            Language::English => word == "moderators",
        };
        if is_offer && !self.work.profile.address.platform.has_rooms() {
            self.offer_room(spot);
            return true;
        }
        let Some((room, key)) = read_room_word(&word) else { return false };
        if room == self.work.id {
            self.tell_asker(spot, "space_room_wrong");
        } else {
            let wanted = Room::Wanted { space: self.work.id, key, at: spot.chat.clone() };
            self.changes.follows.push((room, Body::Room(Box::new(wanted))));
        }
        true
    }

    /// Something between this group and its moderators', or the one that it moderates.
    pub(super) fn about_room(&mut self, room: &Room) -> Result<(), Need> {
        match room {
            Room::Wanted { space, key, at } => self.give_room(*space, *key, at),
            Room::Given { room: None, at } => {
                self.space_tell(&Spot { chat: at.clone(), message: None }, "space_room_wrong", &[], Vec::new());
            }
            Room::Given { room: Some(room), at } => {
                let space = self.space_mut();
                space.review = Some(room.clone());
                space.lost.remove(&Named::Review);
                self.setup_home(&Spot { chat: at.clone(), message: None });
            }
            Room::Changed { from, to } => {
                let space = self.space_mut();
                let group = |chat: &str| chat.split('/').next().map(str::to_owned);
                if space.review.as_deref().and_then(group) == group(from) {
                    match to {
                        Some(to) => space.review = Some(to.clone()),
                        None => space.loses(Named::Review),
                    }
                }
            }
            Room::Did { room, event } => {
                let spot =
                    Spot { chat: room.clone(), message: event.message.clone().map(crate::service::ports::Place) };
                if self.space().review.as_ref() != Some(room) {
                    self.note("space_queue_elsewhere");
                    return Ok(());
                }
                match &event.ask {
                    SpaceAsk::Answer(words) => return self.answer_request(&spot, words, event.actor.as_ref()),
                    SpaceAsk::Queue => self.queue(&spot, event.actor.as_ref()),
                    SpaceAsk::Press(token) => {
                        if let Some(actor) = &event.actor {
                            return self.pressed_in_space(&spot, token, actor);
                        }
                    }
                    SpaceAsk::Added
                    | SpaceAsk::Removed
                    | SpaceAsk::Moved(_)
                    | SpaceAsk::Departed(_)
                    | SpaceAsk::Missing(_)
                    | SpaceAsk::Setup(_)
                    | SpaceAsk::Suggest(_)
                    | SpaceAsk::Help => {}
                }
            }
        }
        Ok(())
    }

    /// Moderators of another group look here no longer.
    pub(super) fn leaves_room(&mut self) {
        let chat = self.work.profile.address.chat.clone();
        let space = self.space_mut();
        space.offers = None;
        if let Some(moderated) = space.moderates.take() {
            let changed = Room::Changed { from: chat, to: None };
            self.changes.follows.push((moderated, Body::Room(Box::new(changed))));
        }
    }

    /// Says the word by which a group can have its moderators here, once. Whichever had them here before has not.
    fn offer_room(&mut self, spot: &Spot) {
        let key = (self.world.chance)();
        self.leaves_room();
        let id = self.work.id;
        let space = self.space_mut();
        if space.review.is_some() {
            self.tell_asker(spot, "space_room_busy");
            return;
        }
        space.offers = Some((key, spot.chat.clone()));
        self.space_tell(spot, "space_room_word", &[("word", &room_word(id, key))], Vec::new());
    }

    fn give_room(&mut self, to: PersonId, key: u64, at: &str) {
        let space = self.space_mut();
        let offered = space.offers.take_if(|(offered, _)| *offered == key).map(|(_, chat)| chat);
        if let Some(chat) = offered.clone() {
            space.moderates = Some(to);
            self.space_tell(&Spot { chat, message: None }, "space_room_given", &[], Vec::new());
        }
        let given = Room::Given { room: offered, at: at.to_owned() };
        self.changes.follows.push((to, Body::Room(Box::new(given))));
    }
}
