//! Updates as events: what the platform sends, and what it never should.

use jiff::Timestamp;
use mendwell::domain::command::Command;
use mendwell::domain::event::{Body, Event, Source};
use mendwell::domain::space::SpaceAsk;
use mendwell::telegram::wire::incoming::{Incoming, Update, read, salvage};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const CHAT: &str =
    r#""chat":{"id":7,"type":"private"},"from":{"id":7,"is_bot":false,"first_name":"A","language_code":"pt-br"}"#;

fn event(raw: &str) -> Event {
    match read(raw, NOW).what {
        Incoming::Event(event) | Incoming::OfAlbum { event, .. } | Incoming::Press { event, .. } => event,
        other => panic!("no event: {other:?}"),
    }
}

fn message(fields: &str) -> String {
    format!(r#"{{"update_id":9,"message":{{"message_id":5,"date":1700000000,{CHAT},{fields}}}}}"#)
}

#[test]
fn words_are_words_and_commands_commands() {
    let said = event(&message(r#""text":"a \"b\" \ud83d\ude00","entities":[]"#));
    assert!(matches!(&said.body, Body::Text(text) if text.expose() == "a \"b\" 😀"));
    assert_eq!((said.key.0.as_str(), said.at.as_second()), ("tg:u:9", 1_700_000_000));
    assert_eq!((said.origin.message, said.origin.language.as_deref()), (Some(5), Some("pt-br")));
    assert!(matches!(said.source, Source::Address(address) if address.account == "7" && address.chat == "7"));
    assert!(
        matches!(event(&message(r#""text":"/pause@x_bot 3d""#)).body, Body::Command(Command::Pause, a) if a.expose() == "3d")
    );
    assert!(
        matches!(event(&message(r#""text":"/start feel-now""#)).body, Body::Command(Command::Start, a) if a.expose() == "feel-now")
    );
    assert!(
        matches!(event(&message(r#""photo":[],"caption":"look""#)).body, Body::Text(text) if text.expose() == "look")
    );
    let kinds = ["sticker", "voice", "photo", "location", "video_note", "dice", "poll", "contact", "document"];
    let newer = ["checklist", "giveaway", "invoice", "live_photo", "paid_media", "rich_message", "story"];
    for kind in kinds.into_iter().chain(newer) {
        assert!(matches!(event(&message(&format!(r#""{kind}":{{"x":1}}"#))).body, Body::Wordless), "{kind}");
    }
}

#[test]
fn what_is_edited_is_read_by_its_words_wherever_they_stand() {
    let edited = |fields: &str| message(fields).replace("\"message\":", "\"edited_message\":");
    for words in [r#""text":"b","edit_date":1700000009"#, r#""photo":[],"caption":"b","media_group_id":"1""#] {
        let said = event(&edited(words));
        assert!(matches!(&said.body, Body::Edited(text) if text.expose() == "b"), "{words}");
        assert_eq!(said.origin.message, Some(5));
    }
    assert!(matches!(event(&edited(r#""text":"/crisis""#)).body, Body::Command(Command::Crisis, _)));
    let in_group = edited(r#""text":"/setup off""#).replace("private", "supergroup");
    for nothing in [edited(r#""location":{}"#), in_group] {
        assert!(matches!(read(&nothing, NOW).what, Incoming::Nothing), "{nothing}");
    }
}

#[test]
fn what_does_not_concern_us_is_nothing() {
    let others = [
        message(r#""pinned_message":{}"#),
        message(r#""new_thing_of_next_year":{"a":1}"#),
        r#"{"update_id":9}"#.to_owned(),
        r#"{"update_id":9,"poll":{"id":"1"}}"#.to_owned(),
        message(r#""text":"x""#).replace("private", "supergroup"),
        message(r#""text":"x""#).replace(r#""is_bot":false"#, r#""is_bot":true"#),
        message(r#""text":"x""#).replace(r#""from":{"id":7"#, r#""from":{"id":8"#),
    ];
    for raw in others {
        let Update { id, what } = read(&raw, NOW);
        assert!(id == Some(9) && matches!(what, Incoming::Nothing), "{raw}: {what:?}");
    }
}

#[test]
fn what_cannot_be_read_keeps_its_number_and_shows_no_word() {
    let bad = [
        message(r#""text":5"#),
        message(r#""text":"SECRET""#).replace("\"date\":1700000000", "\"date\":\"SECRET\""),
        message(r#""text":"SECRET""#).replace("\"message_id\":5,", ""),
        r#"{"update_id":9,"message":"SECRET"}"#.to_owned(),
        r#"{"update_id":9,"callback_query":{"data":"SECRET"}}"#.to_owned(),
    ];
    for raw in bad {
        let update = read(&raw, NOW);
        assert!(!format!("{update:?}").contains("SECRET"), "{update:?}");
        let Incoming::Unreadable(Some(event)) = update.what else { panic!("{raw}") };
        assert!(update.id == Some(9) && event.key.0 == "tg:u:9");
        assert!(matches!(event.body, Body::Unreadable(bytes) if bytes == raw.len()));
    }
    for raw in ["{}", "[]", "null", "\"x\"", r#"{"update_id":"9"}"#, r#"{"update_id":1e400}"#] {
        let update = read(raw, NOW);
        assert!(update.id.is_none() && matches!(update.what, Incoming::Unreadable(None)), "{raw}");
    }
}

#[test]
fn presses_belong_to_whoever_owns_the_chat() {
    let press = |chat: &str, data: &str| {
        format!(
            r#"{{"update_id":9,"callback_query":{{"id":"q","from":{{"id":7}},"chat_instance":"1","message":{{"message_id":1,"date":0,"chat":{chat}}}{data}}}}}"#
        )
    };
    let own = press(r#"{"id":7,"type":"private"}"#, r#","data":"1.a.b.c""#);
    assert!(matches!(event(&own).body, Body::Tap(token) if token == "1.a.b.c"));
    let foreign = [
        press(r#"{"id":-5,"type":"group"}"#, r#","data":"1.a.b.c""#),
        press(r#"{"id":8,"type":"private"}"#, r#","data":"1.a.b.c""#),
        press(r#"{"id":7,"type":"private"}"#, ""),
        r#"{"update_id":9,"callback_query":{"id":"q","from":{"id":7},"inline_message_id":"z","data":"x"}}"#.to_owned(),
    ];
    for raw in foreign {
        assert!(matches!(read(&raw, NOW).what, Incoming::ForeignPress { query, .. } if query == "q"), "{raw}");
    }
}

#[test]
fn comings_and_goings() {
    let member = |chat: &str, old: &str, new: &str| {
        format!(
            r#"{{"update_id":9,"my_chat_member":{{"chat":{chat},"from":{{"id":7}},"date":1,"old_chat_member":{{"status":"{old}"}},"new_chat_member":{{"status":"{new}","until_date":0}}}}}}"#
        )
    };
    let (own, group) = (r#"{"id":7,"type":"private"}"#, r#"{"id":-7,"type":"supergroup"}"#);
    assert!(matches!(event(&member(own, "member", "kicked")).body, Body::Left));
    assert!(matches!(read(&member(own, "kicked", "member"), NOW).what, Incoming::Nothing));
    assert!(matches!(read(&member(group, "left", "member"), NOW).what, Incoming::Group(group) if group.chat == -7));
    assert!(matches!(read(&member(group, "left", "administrator"), NOW).what, Incoming::Group(_)));
    // Whoever is restricted may be in the group or not.
    let restricted = |is_member: bool| format!("restricted\",\"is_member\":{is_member},\"x\":\"");
    assert!(matches!(read(&member(group, "member", &restricted(false)), NOW).what, Incoming::Group(_)));
    assert!(matches!(read(&member(group, &restricted(false), "member"), NOW).what, Incoming::Group(_)));
    assert!(matches!(read(&member(group, "member", &restricted(true)), NOW).what, Incoming::Nothing));
    for (old, new) in [("member", "administrator"), ("kicked", "left")] {
        assert!(matches!(read(&member(group, old, new), NOW).what, Incoming::Nothing), "{old} {new}");
    }
    assert!(matches!(
        read(&member(r#"{"id":-9,"type":"channel"}"#, "left", "administrator"), NOW).what,
        Incoming::Nothing
    ));
}

#[test]
fn in_a_group_a_channel_is_nobody_and_a_thread_of_replies_no_topic() {
    let said = |from: &str, more: &str| {
        let raw = format!(
            r#"{{"update_id":9,"message":{{"message_id":5,"date":1,"chat":{{"id":-7,"type":"supergroup"}},"text":"/setup off","from":{from}{more}}}}}"#
        );
        match read(&raw, NOW).what {
            Incoming::Group(group) => Some(*group),
            Incoming::Nothing => None,
            other => panic!("{raw}: {other:?}"),
        }
    };
    let bot = r#"{"id":1087968824,"is_bot":true}"#;
    let hidden = said(bot, r#","sender_chat":{"id":-7,"type":"supergroup"}"#).unwrap();
    assert!(hidden.is_hidden_admin && hidden.account.is_none());
    assert!(said(bot, r#","sender_chat":{"id":-8,"type":"channel"}"#).is_none(), "somebody who speaks as a channel");
    assert!(said(bot, "").is_none(), "another bot");
    let forwarded =
        said(r#"{"id":777000}"#, r#","sender_chat":{"id":-8,"type":"channel"},"is_automatic_forward":true"#);
    assert!(forwarded.is_some_and(|group| !group.is_hidden_admin), "the group's own channel is no admin");
    for (more, chat) in
        [("", "-7"), (r#","message_thread_id":3"#, "-7"), (r#","message_thread_id":3,"is_topic_message":true"#, "-7/3")]
    {
        let group = said(r#"{"id":7}"#, more).unwrap();
        assert!(matches!(&group.source, Source::Address(address) if address.chat == chat), "{more}");
    }
}

#[test]
fn of_others_only_who_goes_from_a_group_is_heard_of() {
    let gone = |raw: &str| match read(raw, NOW).what {
        Incoming::Group(group) => match &group.ask {
            SpaceAsk::Departed(account) => {
                assert!(group.account.is_none() && group.chat == -7);
                Some(account.clone())
            }
            other => panic!("{other:?}"),
        },
        Incoming::Nothing => None,
        other => panic!("{other:?}"),
    };
    let (group, channel) = (r#"{"id":-7,"type":"supergroup"}"#, r#"{"id":-7,"type":"channel"}"#);
    let left = |chat: &str, who: &str| {
        format!(
            r#"{{"update_id":9,"message":{{"message_id":1,"from":{{"id":7}},"chat":{chat},"date":1,"left_chat_member":{who}}}}}"#
        )
    };
    assert_eq!(gone(&left(group, r#"{"id":8}"#)).as_deref(), Some("8"), "whoever did it, it is about who goes");
    assert_eq!(gone(&left(group, r#"{"id":8,"is_bot":true}"#)), None);
    assert_eq!(gone(&left(channel, r#"{"id":8}"#)), None);
    let changed = |chat: &str, old: &str, new: &str| {
        let member = |status: &str| format!(r#"{{"user":{{"id":8}},"status":{status}}}"#);
        let (old, new) = (member(old), member(new));
        format!(
            r#"{{"update_id":9,"chat_member":{{"chat":{chat},"from":{{"id":7}},"date":1,"old_chat_member":{old},"new_chat_member":{new}}}}}"#
        )
    };
    for (new, is_gone) in [
        (r#""left""#, true),
        (r#""kicked","until_date":0"#, true),
        (r#""restricted","is_member":false"#, true),
        (r#""restricted","is_member":true"#, false),
        (r#""administrator""#, false),
        (r#""member""#, false),
    ] {
        assert_eq!(gone(&changed(group, r#""member""#, new)).is_some(), is_gone, "{new}");
        assert_eq!(gone(&changed(channel, r#""member""#, new)), None);
    }
}

#[test]
fn a_number_is_found_in_broken_answers() {
    let salvaged = |answer: &str| salvage(answer.as_bytes(), NOW).and_then(|update| update.id);
    assert_eq!(salvaged(r#"{"ok":true,"result":[{"update_id": 55,"message":{"#), Some(55));
    assert_eq!(salvaged(r#"{"update_id" :7"#), Some(7));
    for nothing in ["", "<html>", r#"{"update_id":"#, r#"{"update_id":x"#, r#"{"update_id":99999999999999999999}"#] {
        assert_eq!(salvaged(nothing), None, "{nothing}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_comes_in_panics(raw in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&raw, NOW);
        let _ = salvage(&bytes, NOW);
    }

    #[test]
    fn a_message_cut_or_changed_anywhere_is_read_or_set_apart(at in 0_usize..300, byte in any::<char>()) {
        let whole = message(r#""text":"words","entities":[{"type":"bold","offset":0,"length":2}]"#);
        let mut changed: Vec<char> = whole.chars().collect();
        let at = at % changed.len();
        let cut: String = changed[..at].iter().collect();
        let _ = read(&cut, NOW);
        changed[at] = byte;
        let _ = read(&changed.iter().collect::<String>(), NOW);
    }
}
