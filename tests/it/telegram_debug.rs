//! `Debug` and `Display` of what passes between the platform and the service show nothing that people wrote or chose,
//! nothing that says who they are, and no secret: sooner or later somebody logs them.

use std::fmt::Debug;

use jiff::Timestamp;
use mendwell::app::exit::Failure;
use mendwell::domain::command::Command;
use mendwell::domain::event::{Address, Body, Event, EventKey, Origin, Platform, Source};
use mendwell::domain::ids::{OutboxId, SessionId};
use mendwell::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};
use mendwell::domain::secret::Secret;
use mendwell::domain::text::UserText;
use mendwell::service::ports::{Class, Delivery, FileKind, Item, Outcome, Place};
use mendwell::service::{Answer, ServiceError, Taken};
use mendwell::telegram::webhook::WebhookOptions;
use mendwell::telegram::wire::{incoming, message};
use mendwell::telegram::{ApiError, Options, Stopped, Telegram, Timeouts};

use crate::fake_telegram::TOKEN;
use crate::support::MONDAY_NINE;
use crate::support::clock::ManualClock;
use crate::support::log::leaks;

const WORDS: &str = "canaryinthemine";
const CHAT: &str = "774129055001";
const HOOK: &str = "a_hook-of-the-canary";

#[track_caller]
fn is_hidden(what: &impl Debug) {
    hides(&format!("{what:?}\n{what:#?}"));
}

#[track_caller]
fn hides(shown: &str) {
    let half = TOKEN.split_once(':').unwrap().1;
    assert_eq!(leaks(shown, &[WORDS, CHAT, TOKEN, half, HOOK]), Vec::<String>::new());
}

fn words() -> UserText {
    UserText::new(WORDS)
}

fn address() -> Address {
    Address { platform: Platform::Telegram, account: CHAT.to_owned(), chat: CHAT.to_owned() }
}

/// A question that was asked before: the button that keeps the answer says it.
fn view() -> View {
    let body = RichText(vec![Piece::Author("You said ".to_owned()), Piece::Person(words())]);
    let choice = |role| Choice { label: format!("Keep: {WORDS}"), token: WORDS.to_owned(), role };
    View {
        body,
        kind: ViewKind::Text,
        choices: vec![choice(ChoiceRole::Keep), choice(ChoiceRole::Tick(true))],
        language: Default::default(),
    }
}

fn items() -> Vec<Item> {
    let (session, turn) = (SessionId(1), 1);
    let file = |kind, bytes: &[u8]| Item::File {
        kind,
        name: "everything.json".to_owned(),
        caption: view().body,
        alt: view().body,
        bytes: bytes.to_vec().into(),
    };
    vec![
        Item::Show { session: Some(session), turn: Some(turn), in_place: true, view: view() },
        Item::Freeze { session, turn, body: view().body, chosen: Some(UserText::new(format!("Keep: {WORDS}"))) },
        file(FileKind::Document, WORDS.as_bytes()),
        file(FileKind::Picture, WORDS.as_bytes()),
    ]
}

#[test]
fn what_is_on_its_way_to_somebody() {
    for item in items() {
        is_hidden(&item);
        is_hidden(&Delivery {
            id: OutboxId(1),
            to: address(),
            class: Class::Reply,
            attempts: 0,
            shown: Some(Place("5".to_owned())),
            silent: false,
            item,
        });
    }
    is_hidden(&message::parts(&view()));
    is_hidden(&Outcome::Sent(Some(Place("5".to_owned()))));
}

#[test]
fn what_comes_from_somebody() {
    let bodies = [
        Body::Text(words()),
        Body::Edited(words()),
        Body::Tap(WORDS.to_owned()),
        Body::Command(Command::Start, words()),
    ];
    for body in bodies {
        is_hidden(&body);
        let (key, source, at) = (EventKey("tg:u:7".to_owned()), Source::Address(address()), Timestamp::UNIX_EPOCH);
        is_hidden(&Event { key, source, at, body, origin: Origin::default() });
    }
    is_hidden(&Answer { taken: Taken::Taken, note: Some(view().body), leads: None });
    let from = format!(r#""from":{{"id":{CHAT},"first_name":"{WORDS}"}},"date":1"#);
    let own = format!(r#""chat":{{"id":{CHAT},"type":"private","first_name":"{WORDS}"}}"#);
    let group = format!(r#""chat":{{"id":-{CHAT},"type":"group","title":"{WORDS}"}}"#);
    let message = format!(r#"{{"message_id":1,{from},{own},"text":"{WORDS}"}}"#);
    let query = |chat: &str| {
        format!(r#""callback_query":{{"id":"{CHAT}",{from},"message":{{"message_id":1,{chat}}},"data":"{WORDS}"}}"#)
    };
    let member = |status: &str| format!(r#"{{"status":"{status}"}}"#);
    let (left, is_in) = (member("left"), member("member"));
    let joined = format!(r#""my_chat_member":{{{from},{group},"old_chat_member":{left},"new_chat_member":{is_in}}}"#);
    for what in [
        format!(r#""message":{message}"#),
        format!(r#""edited_message":{message}"#),
        query(&own),
        query(&group),
        joined,
        format!(r#""message":["{WORDS}"]"#),
    ] {
        let update = incoming::read(&format!(r#"{{"update_id":7,{what}}}"#), Timestamp::UNIX_EPOCH);
        assert!(!matches!(update.what, incoming::Incoming::Nothing), "{what}");
        is_hidden(&update);
    }
}

#[test]
fn what_the_host_decides_and_how_it_ends() {
    let options = |api_url: &str| Options {
        token: Secret::new(TOKEN),
        api_url: api_url.to_owned(),
        messages_per_second: None,
        webhook: Some(WebhookOptions {
            url: "https://bot.example.org".to_owned(),
            listen: "127.0.0.1:8443".parse().unwrap(),
            secret: Secret::new(HOOK),
        }),
        timeouts: Timeouts::default(),
    };
    is_hidden(&options("https://api.telegram.org"));
    let clock = || std::sync::Arc::new(ManualClock::at(MONDAY_NINE.parse().unwrap()));
    let Err(no_address) = Telegram::new(options(WORDS), clock()) else { panic!("{WORDS} is no address") };
    for error in [no_address, ApiError::Client] {
        hides(&format!("{error} {error:?}"));
    }
    let refused = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    for stopped in [Stopped::TokenRefused, Stopped::SecondPoller, Stopped::Listen(refused), Stopped::Closed] {
        is_hidden(&stopped);
    }
    let failure = Failure::TokenRefused { set_in: "config.toml:2".to_owned() };
    hides(&format!("{failure} {failure:?} {} {:?}", ServiceError::Closed, ServiceError::Closed));
}

#[test]
#[should_panic(expected = "canaryinthemine")]
fn what_is_not_hidden_is_found() {
    is_hidden(&vec![WORDS]);
}

#[test]
#[should_panic(expected = "[99, 97, 110, 97, 114, 121")]
fn what_is_shown_as_numbers_is_found() {
    hides(&format!("{:?}", WORDS.as_bytes()));
}
