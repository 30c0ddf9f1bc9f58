//! What is asked of the bot itself in words, while nothing is open or at a question with buttons.

use mendwell::dialog::wish::{Wish, wish};
use mendwell::domain::language::Language;

use crate::support::{House, berlin, shipped_library};

const ENGLISH: &[(&str, Option<Wish>)] = &[
    ("who are you?", Some(Wish::About)),
    ("Are you a real person or what", Some(Wish::About)),
    ("so what can you do", Some(Wish::About)),
    ("hey, is anyone there?", Some(Wish::About)),
    ("help", Some(Wish::Help)),
    ("please help me", Some(Wish::Help)),
    ("I don't know what to do anymore", Some(Wish::Lost)),
    ("so what do I do now?", Some(Wish::Lost)),
    ("I want to talk to a human", Some(Wish::Human)),
    ("can i talk to someone please", Some(Wish::Human)),
    ("I don't have anyone to talk to", Some(Wish::Human)),
    ("is this private?", Some(Wish::Privacy)),
    ("do you store what I write here?", Some(Wish::Privacy)),
    ("what do you know about me", Some(Wish::Privacy)),
    ("please delete everything", Some(Wish::Delete)),
    ("How can I delete my account?", Some(Wish::Delete)),
    ("I want you to forget me", Some(Wish::Delete)),
    ("can I get a copy of my data", Some(Wish::Copy)),
    ("STOP MESSAGING ME", Some(Wish::Quiet)),
    ("please stop the check-ins", Some(Wish::Quiet)),
    ("unsubscribe", Some(Wish::Quiet)),
    ("this isn't helping", Some(Wish::Unhelpful)),
    ("you don't understand me.", Some(Wish::Unhelpful)),
    ("ok", Some(Wish::Nod)),
    ("👍🏽", Some(Wish::Nod)),
    ("❤️", Some(Wish::Nod)),
    ("😭", None),
    ("???", None),
    ("", None),
    ("will he forget me", None),
    ("he deleted everything we had", None),
    ("should I delete everything he sent me", None),
    ("he won't leave me alone", None),
    ("she started to talk to someone new", None),
    ("he told me this is stupid", None),
    ("I want to know who they are now that we are over", None),
    ("is it safe to go there to get my things", None),
    ("I am not ok", None),
    ("help him", None),
    ("I don't know why she left", None),
    ("what are you supposed to do when they text you", None),
];

const SPANISH: &[(&str, Option<Wish>)] = &[
    ("¿Quién eres?", Some(Wish::About)),
    ("eres un bot o una persona", Some(Wish::About)),
    ("oye hay alguien ahí", Some(Wish::About)),
    ("ayúdame por favor", Some(Wish::Help)),
    ("ya no sé qué hacer", Some(Wish::Lost)),
    ("quiero hablar con una persona", Some(Wish::Human)),
    ("no tengo con quién hablar", Some(Wish::Human)),
    ("esto es privado?", Some(Wish::Privacy)),
    ("alguien puede leer lo que escribo", Some(Wish::Privacy)),
    ("borra todo por favor", Some(Wish::Delete)),
    ("quiero borrar mi cuenta", Some(Wish::Delete)),
    ("quiero que borres todo", Some(Wish::Delete)),
    ("dame mis datos", Some(Wish::Copy)),
    ("ya no me escribas más", Some(Wish::Quiet)),
    ("déjame en paz", Some(Wish::Quiet)),
    ("esto no me ayuda", Some(Wish::Unhelpful)),
    ("stop texting me", Some(Wish::Quiet)),
    ("vale", Some(Wish::Nod)),
    ("no me deja en paz", None),
    ("¿me olvidará?", None),
    ("borré todo lo que tenía suyo", None),
    ("él es una persona que no cambia", None),
    ("no estoy bien", None),
    ("quiero que me deje en paz", None),
];

#[test]
fn what_is_meant_for_the_bot_is_told_from_what_is_about_somebody_else() {
    let mut wrong = Vec::new();
    for (language, table) in [(Language::English, ENGLISH), (Language::Spanish, SPANISH)] {
        for (words, wanted) in table {
            let found = wish(words, language);
            if found != *wanted {
                wrong.push(format!("{words}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn any_words_are_read() {
    for words in ["ok ".repeat(5_000), "please ".repeat(11), "\u{202e}\0".to_owned(), "é".repeat(4_000)] {
        wish(&words, Language::Spanish);
    }
}

#[tokio::test]
async fn each_is_answered_with_a_way_on() {
    let house = House::shipped("ada").await;
    house.say("ada", "/stop").await;
    for (words, answer) in [
        ("who are you", "a program and not a person"),
        ("Help!", "/crisis shows people you can reach now"),
        ("I don't know what to do", "Not knowing is allowed"),
        ("is this private", "Whoever hosts me does not see them"),
        ("delete everything", "Shall I delete everything I have of you?"),
        ("download my data", "Shall I send it?"),
        ("this is useless", "sorry that it did not help"),
        ("ok", "/menu shows"),
        ("stop texting me", "Understood."),
        ("i need someone to talk to", "/crisis shows whom you can call"),
    ] {
        let said = house.say("ada", words).await;
        assert!(said.iter().any(|said| said.contains(answer)), "{words}: {said:?}");
        house.say("ada", "/stop").await;
    }
}

#[tokio::test]
async fn a_bare_cry_for_help_is_one_press_from_people() {
    let house = House::shipped("ada").await;
    for words in ["help me", "I want to talk to a human"] {
        house.say("ada", "/stop").await;
        house.say("ada", words).await;
        let said = house.tap("ada", &shipped_library().dialog("crisis").unwrap().title).await;
        assert!(said.iter().any(|said| said.contains("112 in Europe")), "{said:?}");
    }
}

#[tokio::test]
async fn whoever_wants_to_be_left_alone_ends_the_check_ins_in_one_press() {
    let house = House::shipped("ada").await;
    house.say("ada", "/remind daily at 12:00").await;
    house.say("ada", "right").await;
    house.advance_to(berlin("2026-03-23T12:00")).await;
    assert_eq!(house.messenger.said("ada").len(), 1, "it checks in");
    let said = house.say("ada", "Stop messaging me").await;
    assert!(said.len() == 1 && said[0].starts_with("Understood."), "{said:?}");
    let said = house.tap("ada", &shipped_library().dialog("reminders").unwrap().title).await;
    assert!(said.last().unwrap().contains("How often shall I check in"), "{said:?}");
    house.tap("ada", "No more check-ins").await;
    let (id, _) = house.person("ada").await;
    assert_eq!(house.store().plans_of(id).await.unwrap(), []);
}
