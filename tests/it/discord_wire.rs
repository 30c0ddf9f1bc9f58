//! Laws of what Discord is sent, over arbitrary views: a strict reader of its Markdown takes every message apart again,
//! and the fake holds every body against the published contract.

use std::collections::BTreeSet;

use mendwell::discord::wire::components::Asked;
use mendwell::discord::wire::custom_id::is_token;
use mendwell::discord::wire::markdown::Markdown;
use mendwell::discord::wire::message::{self, Part, create, edit, frozen, parts, with_chosen};
use mendwell::discord::wire::row::Row;
use mendwell::discord::wire::{callback, commands, file, words};
use mendwell::domain::command::COMMANDS;
use mendwell::domain::ids::{OutboxId, SessionId};
use mendwell::domain::language::LANGUAGES;
use mendwell::domain::message::{ChoiceRole, RichText, View, ViewKind};
use mendwell::prose::markup;
use mendwell::prose::styled::StyledText;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fake_discord::breaches_of;
use crate::fake_discord::route::Route;
use crate::fake_http::multipart::FilePart;
use crate::support::markdown::read_markdown;
use crate::support::views::{self, body, is_turning, people, squeezed, view};

/// The turn that asks in these tests.
pub(crate) const ASKED: Asked = Asked { session: SessionId(-7), turn: 3 };

/// The visible text of some Markdown, which must be well formed and within this many characters.
pub(crate) fn text_of(content: &str) -> String {
    let shown = read_markdown(content).unwrap_or_else(|problem| panic!("{problem}: {content:?}"));
    let text: String = shown.into_iter().map(|shown| shown.c).collect();
    let units = content.encode_utf16().count();
    assert!(units <= 2_000, "{units} units");
    assert!(!squeezed(&text).is_empty() && content == content.trim(), "{content:?}");
    assert!(!text.contains(|c: char| (c.is_control() && !"\n\t".contains(c)) || is_turning(c)), "{text:?}");
    text
}

/// The platform would take it, by its own contract and limits, and nobody is called, whatever is said.
pub(crate) fn taken(route: Route, body: &Value) {
    let file = FilePart { field: file::FIELD.to_owned(), name: "a.png".to_owned(), bytes: [1].into() };
    let files = if body["attachments"].is_array() { &[file][..] } else { &[] };
    assert_eq!(breaches_of(route, body, files), [], "{body}");
    let data = if route == Route::AnswerInteraction { &body["data"] } else { body };
    assert_eq!(data["allowed_mentions"].to_string(), r#"{"parse":[]}"#, "{body}");
}

/// Every law of the messages of one view; gives them back.
pub(crate) fn lawful(view: &View) -> Vec<Part> {
    let parts = parts(view, Some(ASKED));
    let texts: Vec<String> = parts.iter().map(|part| text_of(&part.content)).collect();
    let whole = squeezed(&texts.concat());
    let mut rest = whole.as_str();
    for words in people(&view.body) {
        let Some((_, after)) = rest.split_once(&squeezed(&words)) else { panic!("{words:?} is not in {rest:?}") };
        rest = after;
    }
    let (last, others) = parts.split_last().map_or((None, &[][..]), |(last, others)| (Some(last), others));
    assert!(others.iter().all(|part| part.rows.is_empty()));
    lawful_rows(view, last.map_or(&[], |part| &part.rows));
    let is_pressed = view.choices.iter().any(|choice| is_token(&choice.token));
    let is_nothing = !is_pressed && !view.body.plain().contains(char::is_alphanumeric);
    assert!(!parts.is_empty() || is_nothing, "words or choices make no message");
    for (number, part) in parts.iter().enumerate() {
        let nonce = message::nonce(OutboxId(-1), number);
        let create = create(part, &nonce, false);
        assert!((1..=25).contains(&nonce.len()) && create["nonce"] == nonce && create["enforce_nonce"] == true);
        assert_eq!((create["flags"].as_u64(), create["content"].as_str()), (Some(4), Some(part.content.as_str())));
        taken(Route::CreateMessage, &create);
        taken(Route::EditMessage, &edit(part));
    }
    parts
}

fn lawful_rows(view: &View, rows: &[Row]) {
    assert!(rows.len() <= 5);
    let (mut ids, mut tokens) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Row::Buttons(buttons) => {
                assert!((1..=5).contains(&buttons.len()));
                for button in buttons {
                    lawful_label(&button.label, 80);
                    ids.push(button.custom_id.clone());
                    tokens.push(button.custom_id.clone());
                }
            }
            Row::List(list) => {
                assert!((1..=25).contains(&list.options.len()) && !list.placeholder.is_empty());
                list.options.iter().for_each(|option| lawful_label(&option.label, 100));
                ids.push(list.custom_id.clone());
                tokens.extend(list.options.iter().map(|option| option.value.clone()));
            }
            Row::Roles(list) => {
                assert!(!list.placeholder.is_empty() && list.placeholder.len() <= 150);
                ids.push(list.custom_id.clone());
            }
        }
    }
    assert!(ids.iter().chain(&tokens).all(|id| (1..=100).contains(&id.len())));
    let written = matches!(view.kind, ViewKind::Text | ViewKind::List);
    assert_eq!(tokens.iter().filter(|token| token.starts_with("w.1.")).count(), usize::from(written));
    tokens.retain(|token| !token.starts_with("w.1."));
    let unique = |all: &[String]| all.iter().cloned().collect::<BTreeSet<_>>();
    assert!(unique(&ids).len() == ids.len() && unique(&tokens).len() == tokens.len(), "{ids:?} {tokens:?}");
    let given = view.choices.iter().map(|choice| choice.token.clone()).filter(|token| is_token(token));
    let given: BTreeSet<String> = given.collect();
    assert!(unique(&tokens).is_subset(&given));
    if has_room(view) {
        assert_eq!(unique(&tokens), given, "a choice is missing");
    }
}

/// Whether there must be room for every choice: the engine's questions have one kind of answers and 25 choices at most.
fn has_room(view: &View) -> bool {
    let kind = |role: ChoiceRole| match role {
        ChoiceRole::Answer => Some(0),
        ChoiceRole::Tick(_) => Some(1),
        ChoiceRole::Scale(_) => Some(2),
        _ => None,
    };
    let kinds: BTreeSet<i32> = view.choices.iter().filter_map(|choice| kind(choice.role)).collect();
    let closing = view.choices.iter().filter(|choice| kind(choice.role).is_none()).count();
    kinds.len() <= 1 && view.choices.len() <= 24 && closing <= 14
}

fn lawful_label(label: &str, units_max: usize) {
    assert!(!squeezed(label).is_empty() && !label.contains(|c: char| c.is_control() || is_turning(c)), "{label:?}");
    assert!(label.encode_utf16().count() <= units_max, "{label:?}");
}

/// What the text says, character by character, with bold and italics without the white space at their ends.
fn said(text: &StyledText) -> Vec<(char, bool, bool, bool)> {
    let stretches = text.stretches_of(0..text.as_str().len());
    stretches.flat_map(|(words, s)| words.chars().map(move |c| (c, s.bold, s.italic, s.person))).collect()
}

#[test]
fn what_is_always_the_same_is_taken() {
    taken(Route::EditMessage, &message::bare());
    let modals = LANGUAGES.map(|language| [callback::modal(&"x".repeat(98), language), callback::pin_modal(language)]);
    for body in [callback::taken(), callback::later()].into_iter().chain(modals.into_iter().flatten()) {
        assert_eq!(breaches_of(Route::AnswerInteraction, &body, &[]), [], "{body}");
    }
    let table = commands::body();
    assert_eq!(breaches_of(Route::PutCommands, &table, &[]), []);
    let names = table.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap());
    assert!(names.eq(COMMANDS.iter().map(|(_, word, _)| *word).chain([
        "setup",
        "suggest",
        "moderator",
        "answer",
        "queue"
    ])));
    let of_servers = &table.as_array().unwrap()[COMMANDS.len()..];
    assert!(of_servers.iter().all(|entry| entry["contexts"] == json!([0]) && entry["integration_types"] == json!([0])));
    assert_eq!(of_servers[0]["default_member_permissions"], 32, "shown to people who may change the server");
    assert!(of_servers[0]["options"][0]["required"] == false && of_servers[1]["options"][0]["required"] == true);
    assert!(commands::hash() == commands::hash() && commands::hash().len() == 64);
    for line in [
        words::COMMAND_TAKEN,
        words::IN_PRIVATE,
        words::NO_PRIVATE,
        words::NOT_HERE,
        words::OVER,
        words::NOT_UNDERSTOOD,
        words::NO_THREADS,
    ] {
        for line in LANGUAGES.map(|language| line.of(language)) {
            let note = callback::note(&RichText::author(line));
            taken(Route::AnswerInteraction, &note);
            assert_eq!(text_of(note["data"]["content"].as_str().unwrap()), line);
        }
    }
}

#[test]
fn what_the_platform_would_refuse_is_seen() {
    let part = Part { content: "x".repeat(2_001), rows: Vec::new() };
    assert_eq!(breaches_of(Route::CreateMessage, &create(&part, "mw1", false), &[]).len(), 1);
    let part = Part { content: "x".to_owned(), rows: Vec::new() };
    let mut body = create(&part, "mw1", true);
    assert_eq!((body["flags"].as_u64(), breaches_of(Route::CreateMessage, &body, &[])), (Some(4 | 4_096), vec![]));
    body["contents"] = body["content"].take();
    assert!(!breaches_of(Route::CreateMessage, &body, &[]).is_empty(), "a field of another name");
    for bad in [
        "# a",
        "a\n - b",
        "1. a",
        "<@1>",
        "**a",
        "* a*",
        ":a:",
        "https://a.example",
        "||a||",
        "\\a",
        "***a***",
        "**a\nb**",
    ] {
        assert!(read_markdown(bad).is_err(), "{bad:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_view_becomes_lawful_messages(view in view()) {
        lawful(&view);
    }

    /// Character by character, what Discord shows is what is meant; nothing of a person is a mark or a link.
    #[test]
    fn every_character_is_shown_as_it_is_meant(body in body()) {
        let text = markup::read(&body);
        let shown = match read_markdown(&Markdown::of(&text).all()) {
            Ok(shown) => shown,
            Err(problem) => panic!("{problem}: {:?}", Markdown::of(&text).all()),
        };
        let said = said(&text);
        prop_assert_eq!(shown.iter().map(|shown| shown.c).collect::<String>(), text.as_str());
        for (shown, (c, bold, italic, person)) in shown.iter().zip(said) {
            prop_assert!(!(person && shown.link), "a person's words are a link");
            prop_assert!(!shown.italic || italic, "{:?} is italic", c);
            prop_assert!(c.is_whitespace() || shown.bold == bold, "{:?} is bold: {}", c, shown.bold);
        }
    }

    #[test]
    fn parts_hold_everything(text in views::words(), is_person in any::<bool>()) {
        let body = if is_person { RichText(vec![mendwell::domain::message::Piece::Person(text.as_str().into())]) } else { RichText::author(text) };
        let text = markup::read(&body);
        let markdown = Markdown::of(&text);
        let all: String = markdown.parts().into_iter().map(|part| text_of(&markdown.part(part))).collect();
        prop_assert_eq!(squeezed(&all), squeezed(text.as_str()));
    }

    #[test]
    fn a_closed_question_keeps_its_choice(body in body(), chosen in prop::option::of(views::words())) {
        let text = text_of(&with_chosen(&body, chosen.as_deref()));
        let payload = frozen(&body, chosen.as_deref());
        taken(Route::EditMessage, &payload);
        prop_assert_eq!(payload["components"].to_string(), "[]");
        let chosen = squeezed(chosen.as_deref().unwrap_or_default());
        if !chosen.is_empty() {
            let shown = squeezed(text.lines().last().unwrap());
            let label = shown.strip_prefix('✓').unwrap();
            prop_assert!(label == chosen || chosen.starts_with(label.strip_suffix('…').unwrap()));
        }
    }

    #[test]
    fn a_caption_and_its_messages_hold_everything(caption in body(), alt in body()) {
        let (payload, rest) = file::payload("a.png", &caption, &alt, "mw1", false);
        taken(Route::CreateMessage, &payload);
        let first = payload["content"].as_str().unwrap_or_default();
        let mut all = if first.is_empty() { String::new() } else { text_of(first) };
        all.extend(rest.iter().map(|part| text_of(&part.content)));
        prop_assert_eq!(squeezed(&all), squeezed(markup::read(&caption).as_str()));
        let alt_text = payload["attachments"][0]["description"].as_str().unwrap_or_default();
        prop_assert!(alt_text.encode_utf16().count() <= 1_024);
    }

    #[test]
    fn a_note_is_one_lawful_message(body in body()) {
        if let Some(note) = callback::follow_up(&body) {
            taken(Route::CreateFollowup, &note);
            taken(Route::AnswerInteraction, &callback::note(&body));
            text_of(note["content"].as_str().unwrap());
            prop_assert_eq!(callback::note(&body)["data"].clone(), note);
        }
    }
}
