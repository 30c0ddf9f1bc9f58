//! Interactions as what they ask of us: commands, presses, lists and words from a field.

use mendwell::discord::wire::interaction::{Asks, Interaction};
use mendwell::discord::wire::snowflake::Snowflake;
use mendwell::domain::command::Command;
use mendwell::domain::event::{Address, Body, Event, Platform, Source};
use mendwell::domain::space::{Actor, SpaceAsk, SpaceEvent};
use serde_json::{Value, json};

use crate::discord_wire_incoming::{ID, asked, dispatch, interaction, is_address};

#[test]
fn slash_commands_are_taken_in_private() {
    let menu = json!({ "id": "1", "name": "menu", "type": 1 });
    let Interaction { id, token, asks, .. } = asked(2, &menu, &json!({}));
    assert_eq!((id.to_string().as_str(), token.expose()), (ID, "SECRET-token"));
    let Asks::Command(event) = asks else { panic!("no command") };
    assert!(matches!(event.body, Body::Command(Command::Menu, _)) && is_address(&event, "7", "30"));
    assert_eq!((event.key.0.as_str(), event.origin.language.as_deref()), ("dc:i:175928847299117063", Some("pt-BR")));
    let pause = json!({ "name": "pause", "type": 1, "options": [{ "type": 3, "name": "how_long", "value": " 3d " }] });
    assert!(matches!(asked(2, &pause, &json!({})).asks, Asks::Command(event)
        if matches!(&event.body, Body::Command(Command::Pause, words) if words.expose() == "3d")));
    assert!(
        matches!(asked(2, &json!({ "name": "nosuch" }), &json!({})).asks, Asks::Command(event) if matches!(event.body, Body::UnknownCommand(_)))
    );
    for elsewhere in [
        json!({ "context": 0, "guild_id": "5", "user": null, "member": { "user": { "id": "7" } } }),
        json!({ "context": 2 }),
        json!({ "context": null, "channel": { "type": 3 } }),
        json!({ "context": null, "guild_id": "5" }),
    ] {
        let Asks::CommandElsewhere(command) = asked(2, &menu, &elsewhere).asks else { panic!("{elsewhere}") };
        assert_eq!(command.account(), Snowflake(7));
        let event = command.in_private(Snowflake(99));
        assert!(is_address(&event, "7", "99") && matches!(event.body, Body::Command(Command::Menu, _)));
    }
    assert!(matches!(asked(2, &json!({ "name": "menu", "type": 3 }), &json!({})).asks, Asks::Unknown));
    assert!(matches!(asked(4, &menu, &json!({})).asks, Asks::Unknown));
}

#[test]
fn presses_are_taps_and_ticks_are_several() {
    let press = |custom_id: &str| json!({ "component_type": 2, "custom_id": custom_id });
    assert!(
        matches!(asked(3, &press("1.a.b.c"), &json!({})).asks, Asks::Press(event) if matches!(&event.body, Body::Tap(token) if token == "1.a.b.c"))
    );
    let pick = json!({ "component_type": 3, "custom_id": "c.1.a.b.c", "values": ["1.a.b.d"] });
    assert!(
        matches!(asked(3, &pick, &json!({})).asks, Asks::Press(event) if matches!(&event.body, Body::Tap(token) if token == "1.a.b.d"))
    );
    assert!(matches!(asked(3, &press("w.1.a.b.0"), &json!({})).asks, Asks::Write { token } if token == "1.a.b.0"));
    for elsewhere in [json!({ "context": 0, "guild_id": "5" }), json!({ "context": 2 }), json!({ "channel_id": null })]
    {
        assert!(matches!(asked(3, &press("1.a.b.c"), &elsewhere).asks, Asks::NotHere), "{elsewhere}");
    }
    assert!(matches!(asked(3, &json!({}), &json!({})).asks, Asks::Unknown));
    let option = |value: &str, is_on: bool| json!({ "label": "x", "value": value, "default": is_on });
    let list = json!({ "type": 3, "custom_id": "m.t1", "options": [option("t1", false), option("t2", true), option("t3", true), option("t4", false)] });
    let message = json!({ "message": { "id": "3", "components": [{ "type": 1, "components": [list] }] } });
    let taps = |values: Value, message: &Value| -> Vec<(String, String)> {
        let data = json!({ "component_type": 3, "custom_id": "m.t1", "values": values });
        let Asks::Ticks(events) = asked(3, &data, message).asks else { panic!("no ticks") };
        events
            .into_iter()
            .map(|event| {
                (
                    event.key.0,
                    match event.body {
                        Body::Tap(token) => token,
                        other => panic!("{other:?}"),
                    },
                )
            })
            .collect()
    };
    let tap = |number: usize, token: &str| (format!("dc:i:{ID}:{number}"), token.to_owned());
    assert_eq!(
        taps(json!(["t1", "t3", "t4"]), &message),
        [tap(0, "t2"), tap(1, "t1"), tap(2, "t4")],
        "cleared ones come first"
    );
    assert_eq!(taps(json!([]), &message), [tap(0, "t2"), tap(1, "t3")]);
    assert_eq!(taps(json!(["t3", "t2"]), &message), []);
    assert_eq!(taps(json!(["t1"]), &json!({ "message": { "id": "3" } })), []);
}

#[test]
fn words_from_a_field_are_an_answer() {
    let label = |words: &str| json!([{ "type": 18, "id": 1, "component": { "type": 4, "id": 2, "custom_id": "words", "value": words } }]);
    let row = |words: &str| json!([{ "type": 1, "components": [{ "type": 4, "custom_id": "words", "value": words }] }]);
    let written =
        |components: Value| match asked(5, &json!({ "custom_id": "w.1.a.b.0", "components": components }), &json!({}))
            .asks
        {
            Asks::Written { event, token } => {
                assert_eq!(token, "1.a.b.0");
                event.body
            }
            other => panic!("{other:?}"),
        };
    for components in [label("my *words*"), row("my *words*")] {
        assert!(matches!(written(components), Body::Text(text) if text.expose() == "my *words*"));
    }
    assert!(matches!(written(label("/stop")), Body::Command(Command::Stop, _)));
    assert!(matches!(written(label("/shrug so")), Body::Text(text) if text.expose() == "/shrug so"), "no word is lost");
    assert!(matches!(written(label("  ")), Body::Wordless) && matches!(written(json!([])), Body::Wordless));
    let elsewhere = asked(5, &json!({ "custom_id": "w.x", "components": label("SECRET") }), &json!({ "context": 0 }));
    assert!(matches!(elsewhere.asks, Asks::NotHere));
    let whole = dispatch(
        "INTERACTION_CREATE",
        &interaction(5, &json!({ "custom_id": "w.x", "components": label("SECRET") }), &json!({})),
    );
    assert!(!format!("{whole:?}").contains("SECRET"), "{whole:?}");
}

/// Where the bot is in a server, in a channel of a kind, with what the bot and somebody may do there.
fn in_server(kind: u64, app: &str, member: &str) -> Value {
    json!({
        "context": 0, "guild_id": "5", "guild_locale": "es-ES", "locale": "en-GB", "app_permissions": app,
        "channel": { "id": "30", "type": kind }, "authorizing_integration_owners": { "0": "5" }, "user": null,
        "member": { "user": { "id": "7" }, "permissions": member }, "message": { "id": "44" },
    })
}

fn space_event(event: &Event) -> &SpaceEvent {
    let address = Address { platform: Platform::Discord, account: "g5".to_owned(), chat: "30".to_owned() };
    assert!(matches!(&event.source, Source::Address(source) if *source == address), "{event:?}");
    assert_eq!((event.key.0.as_str(), event.origin.language.as_deref()), ("dc:i:175928847299117063", Some("es-ES")));
    let Body::Space(space) = &event.body else { panic!("{event:?}") };
    space
}

const MAY_ALL: &str = "309237648384";

#[test]
fn what_concerns_a_server_is_its_own_with_the_rights_of_whoever_asks() {
    let setup =
        |words: &str| json!({ "name": "setup", "type": 1, "options": [{ "type": 3, "name": "how", "value": words }] });
    for (member, is_admin) in [("32", true), ("8", true), ("40", true), ("16", false), ("", false), ("x", false)] {
        let Asks::InSpace(asked) = asked(2, &setup(" off "), &in_server(0, MAY_ALL, member)).asks else { panic!() };
        let SpaceEvent { actor, ask, .. } = space_event(&asked.event);
        assert_eq!(actor, &Some(Actor { account: "7".to_owned(), is_admin, roles: Vec::new() }), "{member}");
        assert!(matches!(ask, SpaceAsk::Setup(words) if words.expose() == "off"));
        assert!(!asked.is_press && asked.account() == Snowflake(7) && asked.without.is_none());
        let private = asked.in_private(Snowflake(99), "feelings-mix");
        assert!(is_address(&private, "7", "99"));
        assert!(matches!(&private.body, Body::Command(Command::Start, words) if words.expose() == "feelings-mix"));
        assert_eq!(
            (private.key.0.as_str(), private.origin.language.as_deref()),
            ("dc:i:175928847299117063:dm", Some("en-GB"))
        );
    }
    let suggest = json!({ "name": "suggest", "options": [{ "value": "@everyone **why**" }] });
    let Asks::InSpace(suggested) = asked(2, &suggest, &in_server(0, "0", "0")).asks else { panic!() };
    assert!(
        matches!(&space_event(&suggested.event).ask, SpaceAsk::Suggest(words) if words.expose() == "@everyone **why**")
    );
    let pick = json!({ "component_type": 3, "custom_id": "c.g.rhythm", "values": ["g.hour"] });
    for (data, token) in [(json!({ "custom_id": "g.private.calm-0" }), "g.private.calm-0"), (pick, "g.hour")] {
        let Asks::InSpace(pressed) = asked(3, &data, &in_server(0, MAY_ALL, "0")).asks else { panic!("{data}") };
        let SpaceEvent { ask, message, .. } = space_event(&pressed.event);
        assert!(matches!(ask, SpaceAsk::Press(pressed) if pressed == token) && message.as_deref() == Some("44"));
        assert!(pressed.is_press);
    }
    assert!(!format!("{:?}", asked(2, &setup("SECRET"), &in_server(0, MAY_ALL, "32")).asks).contains("SECRET"));
}

#[test]
fn what_is_not_a_server_of_the_bots_is_no_space() {
    let setup = json!({ "name": "setup" });
    let press = json!({ "custom_id": "g.private.calm-0" });
    let mut alone = in_server(0, MAY_ALL, "32");
    alone["authorizing_integration_owners"] = json!({ "1": "7" });
    let mut other = in_server(0, MAY_ALL, "32");
    other["authorizing_integration_owners"] = json!({ "0": "6" });
    let mut group = in_server(3, MAY_ALL, "32");
    group["context"] = json!(2);
    for elsewhere in [alone, other, group, json!({ "context": 2 }), json!({ "context": 0, "guild_id": "5" })] {
        assert!(matches!(asked(2, &setup, &elsewhere).asks, Asks::CommandElsewhere(_)), "{elsewhere}");
        assert!(matches!(asked(3, &press, &elsewhere).asks, Asks::NotHere), "{elsewhere}");
    }
    // In a private chat there is no such command, and the button is one like any other.
    assert!(
        matches!(asked(2, &setup, &json!({})).asks, Asks::Command(event) if matches!(event.body, Body::UnknownCommand(_)))
    );
    let server = in_server(0, MAY_ALL, "32");
    for other in ["1.a.b.c", "w.1.a.b.c", "m.g.x", "pin", "c.1.a.b.c"] {
        let data = json!({ "custom_id": other, "values": ["1.a.b.c"] });
        assert!(matches!(asked(3, &data, &server).asks, Asks::NotHere), "{other}");
    }
    assert!(matches!(asked(5, &json!({ "custom_id": "g.private.x" }), &server).asks, Asks::NotHere));
    assert!(matches!(asked(2, &json!({ "name": "menu" }), &server).asks, Asks::CommandElsewhere(_)));
    assert!(matches!(asked(2, &json!({ "name": "setup", "type": 2 }), &server).asks, Asks::Unknown));
}

#[test]
fn where_the_bot_may_not_do_what_it_needs_setup_says_what_is_missing() {
    let setup = |kind: u64, app: &str, locale: &str| {
        let mut server = in_server(kind, app, "32");
        server["locale"] = json!(locale);
        let Interaction { language, asks, .. } = asked(2, &json!({ "name": "setup" }), &server);
        match asks {
            Asks::Lacking(line) => line,
            Asks::InSpace(asked) => {
                asked.without.map(|line| line.of(language.unwrap_or_default()).to_owned()).unwrap_or_default()
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(setup(0, MAY_ALL, "de"), "");
    assert_eq!(setup(0, "8", "de"), "", "an administrator may everything");
    let none = setup(0, "0", "de");
    assert!(
        none.contains("not see this channel or write in it") && none.contains("“View Channel” and “Send Messages”"),
        "{none}"
    );
    let none = setup(0, "0", "es-419");
    assert!(
        none.contains("ver este canal ni escribir en él") && none.contains("«Ver canal» y «Enviar mensajes»"),
        "{none}"
    );
    let mute = setup(0, "1024", "en-US");
    assert!(mute.contains("may not write in it.") && mute.contains("permissions: “Send Messages”."), "{mute}");
    let thread = setup(11, "3072", "en-US");
    assert!(thread.contains("write in this thread") && thread.contains("“Send Messages in Threads”"), "{thread}");
    assert_eq!(setup(11, "274877907968", "en-US"), "", "a thread has no threads");
    assert!(setup(0, "3072", "en-US").contains("may not open threads"));
    assert!(setup(0, "3072", "es-ES").contains("no puedo abrir hilos"));
    // Whoever may not set it up is told only that.
    let asks = asked(2, &json!({ "name": "setup" }), &in_server(0, "0", "0")).asks;
    assert!(matches!(asks, Asks::InSpace(asked) if asked.without.is_none()));
}
