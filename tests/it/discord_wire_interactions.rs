//! Interactions as what they ask of us: commands, presses, lists and words from a field.

use mendwell::discord::wire::interaction::{Asks, Interaction};
use mendwell::discord::wire::snowflake::Snowflake;
use mendwell::domain::command::Command;
use mendwell::domain::event::Body;
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
