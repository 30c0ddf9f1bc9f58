//! `Debug` of what passes between Discord and the service shows nothing that people wrote or chose, nothing that says who
//! they are, and no secret: sooner or later somebody logs it.

use std::fmt::Debug;

use jiff::Timestamp;
use mendwell::app::exit::Failure;
use mendwell::discord::wire::components::{Asked, rows};
use mendwell::discord::wire::custom_id::CustomId;
use mendwell::discord::wire::incoming::{self, Incoming};
use mendwell::discord::wire::snowflake::Snowflake;
use mendwell::discord::wire::{message, said};
use mendwell::discord::{ApiError, Discord, Options, Stopped, Timeouts};
use mendwell::domain::ids::SessionId;
use mendwell::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};
use mendwell::domain::secret::Secret;
use mendwell::domain::text::UserText;
use mendwell::store::StoreError;
use serde_json::{Value, json};

use crate::fake_discord::TOKEN;
use crate::support::MONDAY_NINE;
use crate::support::clock::ManualClock;
use crate::support::log::leaks;

const WORDS: &str = "canaryinthemine";
const ID: &str = "774129055001774129";
const INTERACTION: &str = "aW50ZXJhY3Rpb24canary";

#[track_caller]
fn is_hidden(what: &impl Debug) {
    hides(&format!("{what:?}\n{what:#?}"));
}

#[track_caller]
fn hides(shown: &str) {
    let last = TOKEN.rsplit('.').next().unwrap();
    assert_eq!(leaks(shown, &[WORDS, ID, TOKEN, last, INTERACTION]), Vec::<String>::new());
}

/// A question that was asked before: what keeps the answer says it.
fn view(kind: ViewKind, role: impl Fn(usize) -> ChoiceRole) -> View {
    let body = RichText(vec![Piece::Author("You said ".to_owned()), Piece::Person(UserText::new(WORDS))]);
    let choice = |n| Choice { label: format!("Keep: {WORDS}"), token: format!("{WORDS}{n}"), role: role(n) };
    View { body, kind, choices: (0..7).map(choice).collect(), language: Default::default() }
}

#[test]
fn what_is_on_its_way_to_somebody() {
    let asked = Some(Asked { session: SessionId(1), turn: 1 });
    for view in [
        view(ViewKind::Choice, |_| ChoiceRole::Answer),
        view(ViewKind::Many, |n| ChoiceRole::Tick(n == 1)),
        view(ViewKind::Text, |_| ChoiceRole::Keep),
    ] {
        is_hidden(&rows(&view, asked));
        is_hidden(&message::parts(&view, asked));
    }
    for custom_id in [CustomId::Tap(WORDS), CustomId::Pick(WORDS), CustomId::Ticks(WORDS), CustomId::Write(WORDS)] {
        is_hidden(&custom_id);
    }
}

#[track_caller]
fn comes(kind: &str, data: &Value) -> Incoming {
    let incoming = incoming::read(&json!({"op": 0, "s": 5, "t": kind, "d": data}).to_string(), Timestamp::UNIX_EPOCH);
    assert!(!matches!(incoming, Incoming::Nothing), "{data}");
    is_hidden(&incoming);
    incoming
}

#[test]
fn what_comes_from_somebody() {
    let author = json!({"id": ID, "username": WORDS, "global_name": WORDS});
    let message = json!({"id": ID, "channel_id": ID, "channel_type": 1, "type": 0, "content": WORDS, "author": author,
        "edited_timestamp": "2026-03-23T08:00:00Z"});
    comes("MESSAGE_CREATE", &message);
    comes("MESSAGE_UPDATE", &message);
    comes("MESSAGE_CREATE", &json!({"id": ID, "content": [WORDS]}));
    is_hidden(&said::history(&json!([message, {"id": ID}]).to_string(), Timestamp::UNIX_EPOCH).unwrap());
    let field = json!({"type": 4, "custom_id": "w", "value": WORDS});
    let option = json!({"label": WORDS, "value": WORDS, "default": false});
    let list = json!({"type": 3, "custom_id": format!("m.{WORDS}"), "options": [option]});
    let said_above = json!({"id": ID, "content": WORDS, "components": [{"type": 1, "components": [list]}]});
    for (kind, data) in [
        (2, json!({"name": "menu", "type": 1, "options": [{"name": WORDS, "value": WORDS}]})),
        (2, json!({"name": WORDS, "type": 1})),
        (3, json!({"component_type": 2, "custom_id": WORDS})),
        (3, json!({"component_type": 2, "custom_id": format!("w.{WORDS}")})),
        (3, json!({"component_type": 3, "custom_id": format!("c.{WORDS}"), "values": [WORDS]})),
        (3, json!({"component_type": 3, "custom_id": format!("m.{WORDS}"), "values": [WORDS]})),
        (5, json!({"custom_id": format!("w.{WORDS}"), "components": [{"type": 18, "component": field}]})),
        (99, json!({"custom_id": WORDS})),
    ] {
        for context in [0, 1] {
            let asked = json!({"id": ID, "application_id": ID, "type": kind, "token": INTERACTION, "version": 1,
                "context": context, "channel_id": ID, "user": author, "locale": "de", "data": data,
                "message": said_above});
            let Incoming::Asked(interaction) = comes("INTERACTION_CREATE", &asked) else { panic!("{asked}") };
            is_hidden(&interaction.asks);
            is_hidden(&interaction.token);
        }
    }
    comes("INTERACTION_CREATE", &json!({"id": ID, "token": INTERACTION, "data": WORDS}));
    comes("READY", &json!({"application": {"id": ID}, "user": {"id": ID, "username": WORDS}}));
    is_hidden(&Snowflake::parse(ID).unwrap());
}

#[test]
fn what_the_host_decides_and_how_it_ends() {
    let options = |api_url: &str, token: &str| Options {
        token: Secret::new(token),
        api_url: api_url.to_owned(),
        requests_per_second: None,
        timeouts: Timeouts::default(),
    };
    is_hidden(&options("https://discord.com", TOKEN));
    let clock = || std::sync::Arc::new(ManualClock::at(MONDAY_NINE.parse().unwrap()));
    let Err(no_address) = Discord::new(options(WORDS, TOKEN), clock()) else { panic!("{WORDS} is no address") };
    let no_header = format!("{TOKEN}\n{WORDS}");
    let Err(no_token) = Discord::new(options("https://discord.com", &no_header), clock()) else { panic!("no header") };
    for error in [no_address, no_token, ApiError::Client] {
        hides(&format!("{error} {error:?}"));
    }
    for stopped in [
        Stopped::TokenRefused,
        Stopped::FewSessionsLeft { remaining: 1, minutes: 1 },
        Stopped::Silent,
        Stopped::Store(StoreError::Busy),
    ] {
        is_hidden(&stopped);
    }
    let failure = Failure::DiscordTokenRefused { set_in: "config.toml:2".to_owned() };
    hides(&format!("{failure} {failure:?} {} {:?}", Failure::DiscordSilent, Failure::DiscordSilent));
}

#[test]
#[should_panic(expected = "canaryinthemine")]
fn what_is_not_hidden_is_found() {
    is_hidden(&vec![WORDS]);
}
