//! People in a test's hands. Everything here takes effect at once and wakes the gateway.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::components::{BUTTON, Button, Component, SELECT, Select};
use super::happenings::Place;
use super::interactions::Setting;
use super::message::Message;
use super::shared::Shared;
use super::world::{Channel, Facts, World, dm_of};

/// Somebody, in their channel with the bot or, through `inside`, in a server.
#[derive(Clone)]
pub(crate) struct Person {
    shared: Arc<Shared>,
    /// The platform's id of the person.
    pub(crate) id: u64,
    /// Where they act.
    pub(crate) channel: u64,
    setting: Setting,
}

/// A channel with other people in it.
#[derive(Clone)]
pub(crate) struct Room {
    /// The platform's id of the channel.
    pub(crate) channel: u64,
    setting: Setting,
}

impl Person {
    pub(super) fn new(shared: &Arc<Shared>, id: u64) -> Self {
        let channel = dm_of(id);
        shared.change(|world| {
            let facts = Facts { name: format!("Person {id}"), locale: "en-US".to_owned() };
            world.people.entry(id).or_insert(facts);
            world.channels.entry(channel).or_insert_with(|| Channel::new(Some(id)));
        });
        Self { shared: Arc::clone(shared), id, channel, setting: Setting::Dm }
    }

    /// Changes the name that is shown.
    pub(crate) fn named(self, name: &str) -> Self {
        self.facts(|facts| name.clone_into(&mut facts.name));
        self
    }

    /// Changes the language of the person's app, such as `de`; the bot hears of it with interactions only.
    pub(crate) fn speaking(self, locale: &str) -> Self {
        self.facts(|facts| locale.clone_into(&mut facts.locale));
        self
    }

    /// The same person, acting where others are.
    pub(crate) fn inside(&self, room: &Room) -> Self {
        Self { channel: room.channel, setting: room.setting, ..self.clone() }
    }

    /// May do this in a server from now on, as a set of bits.
    pub(crate) fn may(&self, guild: u64, rights: u64) {
        self.shared.change(|world| world.rights.insert((guild, self.id), rights));
    }

    /// Has a role in a server from now on.
    pub(crate) fn has_role(&self, guild: u64, role: u64) {
        self.shared.change(|world| world.roles.entry((guild, self.id)).or_default().push(role));
    }

    /// Has none any more, as when it was deleted.
    pub(crate) fn loses_roles(&self, guild: u64) {
        self.shared.change(|world| world.roles.remove(&(guild, self.id)));
    }

    /// Writes where they act, for the others there; the bot does not hear of it.
    pub(crate) fn post(&self, text: &str) -> u64 {
        self.shared.change(|world| {
            let mut message = Message::new(world.clock.next_id(), self.channel, Some(self.id), world.clock.now());
            text.trim().clone_into(&mut message.content);
            let id = message.id;
            world.place(message);
            id
        })
    }

    /// Writes to the bot; the message's id.
    pub(crate) fn say(&self, text: &str) -> u64 {
        self.write(text, json!({}), &[])
    }

    /// Sends a picture with words, which may be empty; the message's id.
    pub(crate) fn picture(&self, words: &str) -> u64 {
        self.write(words, json!({}), &["us.png"])
    }

    /// Sends a voice message; its id.
    pub(crate) fn voice(&self) -> u64 {
        self.write("", json!({"flags": 1 << 13}), &["voice-message.ogg"])
    }

    /// Sends a sticker; the message's id.
    pub(crate) fn sticker(&self) -> u64 {
        let sticker = json!({"id": "749054660769218631", "name": "Wave", "format_type": 3});
        self.write("", json!({"sticker_items": [sticker]}), &[])
    }

    /// Pins a message, of which the platform makes a message of its own; its id.
    pub(crate) fn pin(&self) -> u64 {
        self.write("", json!({"type": 6}), &[])
    }

    /// Changes what the person has written.
    pub(crate) fn edit(&self, message: u64, text: &str) {
        self.shared.change(|world| world.rewritten(self.id, message, text));
    }

    /// Takes back what the person has written.
    pub(crate) fn delete(&self, message: u64) {
        self.shared.change(|world| assert!(world.removed(dm_of(self.id), message), "there is no such message"));
    }

    /// Presses the button with this label under the newest message that has buttons; the interaction's id.
    pub(crate) fn tap(&self, label: &str) -> u64 {
        self.tap_where(|button| button.label == label)
    }

    /// Presses the first such button under the newest message that has buttons; the interaction's id.
    pub(crate) fn tap_where(&self, is_wanted: impl Fn(&Button) -> bool) -> u64 {
        self.shared.change(|world| {
            let (message, custom_id) = self.button(world, is_wanted);
            world.used(self.place(), message, BUTTON, &custom_id, None)
        })
    }

    /// Presses it so often that nothing happens in between; the interactions' ids.
    pub(crate) fn tap_many(&self, label: &str, times: usize) -> Vec<u64> {
        self.shared.change(|world| {
            let (message, custom_id) = self.button(world, |button| button.label == label);
            (0..times).map(|_| world.used(self.place(), message, BUTTON, &custom_id, None)).collect()
        })
    }

    /// Presses what may never have been a button; the interaction's id.
    pub(crate) fn tap_custom_id(&self, message: u64, custom_id: &str) -> u64 {
        self.shared.change(|world| world.used(self.place(), message, BUTTON, custom_id, None))
    }

    /// Chooses exactly these options in the newest select; the interaction's id.
    pub(crate) fn pick(&self, labels: &[&str]) -> u64 {
        self.shared.change(|world| {
            let message = self.newest(world, |component| {
                component.select().is_some_and(|select| !select.is_disabled && !select.is_of_roles)
            });
            let select = message.selects().find(|select| !select.is_of_roles).expect("it has a select");
            let values: Vec<String> = labels.iter().map(|label| value(select, label)).collect();
            let counts = select.min_values..=select.max_values;
            assert!(counts.contains(&values.len()), "{} options, but {counts:?} may be chosen", values.len());
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let (id, custom_id) = (message.id, select.custom_id.clone());
            world.used(self.place(), id, SELECT, &custom_id, Some(&values))
        })
    }

    /// Chooses one of the roles of a server in the newest list of them, or none; the interaction's id.
    pub(crate) fn pick_role(&self, guild: u64, role: Option<u64>) -> u64 {
        self.shared.change(|world| {
            let message = self.newest(world, |component| component.select().is_some_and(|select| select.is_of_roles));
            let select = message.selects().find(|select| select.is_of_roles).expect("it has a list of roles");
            assert!((select.min_values..=select.max_values).contains(&role.iter().count()), "{select:?}");
            assert!(role.is_none_or(|role| world.has_role(guild, role)), "no app shows a role that is not there");
            let (id, custom_id) = (message.id, select.custom_id.clone());
            world.chose_role(self.place(), id, &custom_id, guild, role)
        })
    }

    /// Chooses what may never have been an option; the interaction's id.
    pub(crate) fn pick_values(&self, message: u64, custom_id: &str, values: &[&str]) -> u64 {
        self.shared.change(|world| world.used(self.place(), message, SELECT, custom_id, Some(values)))
    }

    /// Calls a slash command, registered or not, with its options; the interaction's id.
    pub(crate) fn slash(&self, word: &str, options: &[(&str, &str)]) -> u64 {
        self.shared.change(|world| world.called(self.place(), word, options))
    }

    /// Sends off the form that stands open, with this in its field; the interaction's id.
    pub(crate) fn submit_modal(&self, words: &str) -> u64 {
        self.shared.change(|world| {
            assert!(world.modal(self.id).is_some(), "no form stands open before person {}", self.id);
            world.submitted(self.id, &[words])
        })
    }

    /// Sends the last form off once more, as an app does that has not heard whether it arrived; the interaction's id.
    pub(crate) fn submit_modal_again(&self, words: &str) -> u64 {
        self.shared.change(|world| world.submitted(self.id, &[words]))
    }

    /// Closes the form, of which nobody hears.
    pub(crate) fn dismiss_modal(&self) {
        self.shared.change(|world| world.modals.get_mut(&self.id).expect("there is a form").is_open = false);
    }

    /// Takes no messages from the bot any more.
    pub(crate) fn block(&self) {
        self.close(true);
    }

    /// Lets the bot speak again.
    pub(crate) fn unblock(&self) {
        self.close(false);
    }

    fn close(&self, is_closed: bool) {
        self.shared.change(|world| {
            world.channels.entry(dm_of(self.id)).and_modify(|channel| channel.is_closed = is_closed);
        });
    }

    fn place(&self) -> Place {
        Place { person: self.id, channel: self.channel, setting: self.setting }
    }

    fn facts(&self, change: impl FnOnce(&mut Facts)) {
        self.shared.change(|world| world.people.get_mut(&self.id).map(change));
    }

    fn write(&self, text: &str, extra: Value, files: &[&str]) -> u64 {
        let extra = extra.as_object().cloned().unwrap_or_else(Map::new);
        self.shared.change(|world| world.written(self.id, text, extra, files))
    }

    /// The newest message in sight with such a component.
    fn newest<'w>(&self, world: &'w World, is_wanted: impl Fn(&Component) -> bool) -> &'w Message {
        let notes = world.notes(self.id).iter().filter(|note| note.channel == self.channel);
        let seen = world.messages(self.channel).chain(notes);
        let newest = seen.filter(|message| message.rows.iter().flatten().any(&is_wanted)).max_by_key(|m| m.id);
        newest.unwrap_or_else(|| panic!("there is nothing to use in channel {}", self.channel))
    }

    /// Message and custom id of a button, or a panic that says which there are.
    fn button(&self, world: &World, is_wanted: impl Fn(&Button) -> bool) -> (u64, String) {
        let message = self.newest(world, |component| component.button().is_some_and(|button| !button.is_disabled));
        let found = message.buttons().find(|button| is_wanted(button) && !button.is_disabled);
        let found = found.and_then(|button| button.custom_id.clone());
        (message.id, found.unwrap_or_else(|| panic!("no such button among {:?}", message.labels())))
    }
}

impl Room {
    pub(super) fn new(shared: &Arc<Shared>, channel: u64, setting: Setting) -> Self {
        shared.change(|world| {
            world.channels.entry(channel).or_insert_with(|| Channel::new(None));
        });
        Self { channel, setting }
    }
}

fn value(select: &Select, label: &str) -> String {
    let option = select.options.iter().find(|option| option.label == label);
    let labels = || select.options.iter().map(|option| option.label.as_str()).collect::<Vec<_>>();
    option.unwrap_or_else(|| panic!("no option {label:?} among {:?}", labels())).value.clone()
}
