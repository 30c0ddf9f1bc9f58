//! What one row of the outbox holds.

use serde::Deserialize;

use crate::domain::event::Platform;
use crate::service::orders::Order;
use crate::service::ports::{Class, Item};

/// An item, and the buttons that go right before it, if any: in most turns buttons end with the next message, and a
/// row of its own for that would make the commit of a turn half as long again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parcel {
    /// Always an [`Item::Freeze`].
    pub(crate) before: Option<Box<Item>>,
    pub(crate) load: Load,
}

/// What a parcel brings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Load {
    /// This.
    Item(Item),
    /// What is made of it when it is sent.
    Order(Order),
}

impl Parcel {
    /// The parcels of a turn, in order.
    pub(crate) fn pack(items: Vec<(Class, Item)>) -> Vec<(Class, Self)> {
        let mut parcels: Vec<(Class, Self)> = Vec::with_capacity(items.len());
        for (class, item) in items {
            match parcels.last_mut() {
                Some((last, parcel)) if *last == class && parcel.takes(&item) => {
                    if let Load::Item(before) = std::mem::replace(&mut parcel.load, Load::Item(item)) {
                        parcel.before = Some(Box::new(before));
                    }
                }
                _ => parcels.push((class, Self::from(item))),
            }
        }
        parcels
    }

    /// What is made only when it is sent.
    pub(crate) fn order(order: Order) -> Self {
        Self { before: None, load: Load::Order(order) }
    }

    /// As the store keeps it, with the platform that it is for.
    pub(crate) fn encode(&self, platform: Platform) -> serde_json::Result<Vec<u8>> {
        match &self.load {
            Load::Item(item) => serde_json::to_vec(&(platform, &self.before, item)),
            Load::Order(order) => serde_json::to_vec(&(platform, order)),
        }
    }

    /// From what the store kept. Earlier versions kept no platform.
    pub(crate) fn decode(bytes: &[u8]) -> serde_json::Result<(Option<Platform>, Self)> {
        Ok(match serde_json::from_slice(bytes)? {
            Stored::One(item) => (None, Self::from(*item)),
            Stored::Two(before, item) => (None, Self { before: Some(before), load: Load::Item(*item) }),
            Stored::Three(platform, before, item) => (Some(platform), Self { before, load: Load::Item(*item) }),
            Stored::Order(platform, order) => (Some(platform), Self::order(order)),
        })
    }

    fn takes(&self, next: &Item) -> bool {
        self.before.is_none() && matches!((&self.load, next), (Load::Item(Item::Freeze { .. }), Item::Show { .. }))
    }
}

impl From<Item> for Parcel {
    fn from(item: Item) -> Self {
        Self { before: None, load: Load::Item(item) }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Three(Platform, Option<Box<Item>>, Box<Item>),
    Two(Box<Item>, Box<Item>),
    One(Box<Item>),
    Order(Platform, Order),
}

#[cfg(test)]
mod tests {
    use super::{Load, Parcel};
    use crate::domain::event::Platform;
    use crate::domain::ids::SessionId;
    use crate::domain::message::{RichText, View};
    use crate::service::orders::Order;
    use crate::service::ports::{Class, Item};

    fn show(words: &str) -> Item {
        Item::Show { session: None, turn: None, in_place: false, view: View::say(RichText::author(words)) }
    }

    fn freeze(turn: u64) -> Item {
        Item::Freeze { session: SessionId(1), turn, body: RichText::author("Which?"), chosen: Some("Tea".into()) }
    }

    #[test]
    fn buttons_go_with_the_message_after_them() {
        let items = [freeze(1), freeze(2), show("a"), show("b"), freeze(3)];
        let packed = Parcel::pack(items.into_iter().map(|item| (Class::Reply, item)).collect());
        let parcels: Vec<_> =
            packed.into_iter().map(|(_, parcel)| (parcel.before.map(|item| *item), parcel.load)).collect();
        let wanted = [(None, freeze(1)), (Some(freeze(2)), show("a")), (None, show("b")), (None, freeze(3))];
        assert_eq!(parcels, wanted.map(|(before, item)| (before, Load::Item(item))));
    }

    #[test]
    fn an_answer_and_a_check_in_stay_apart() {
        let packed = Parcel::pack(vec![(Class::Nudge, freeze(1)), (Class::Reply, show("a"))]);
        assert_eq!(packed.len(), 2);
    }

    #[test]
    fn what_is_kept_is_read_again_and_so_is_an_item_by_itself() {
        for (_, parcel) in
            Parcel::pack(vec![(Class::Reply, freeze(1)), (Class::Reply, show("a")), (Class::Reply, show("b"))])
        {
            let kept = parcel.encode(Platform::Discord).unwrap();
            assert_eq!(Parcel::decode(&kept).unwrap(), (Some(Platform::Discord), parcel));
        }
        let alone = serde_json::to_vec(&freeze(7)).unwrap();
        assert_eq!(Parcel::decode(&alone).unwrap(), (None, Parcel::from(freeze(7))));
        let two = serde_json::to_vec(&(freeze(7), show("a"))).unwrap();
        let parcel = Parcel { before: Some(Box::new(freeze(7))), load: Load::Item(show("a")) };
        assert_eq!(Parcel::decode(&two).unwrap(), (None, parcel));
        for (order, name) in [(Order::Export, "export"), (Order::Progress, "progress"), (Order::ThenNow, "then_now")] {
            let kept = Parcel::order(order).encode(Platform::Telegram).unwrap();
            assert_eq!(kept, format!(r#"["Telegram","{name}"]"#).into_bytes());
            assert_eq!(Parcel::decode(&kept).unwrap(), (Some(Platform::Telegram), Parcel::order(order)));
        }
        assert!(Parcel::decode(b"[]").is_err() && Parcel::decode(b"{}").is_err());
    }
}
