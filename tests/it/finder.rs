//! Words while nothing is open: what fits is offered, never begun unasked, and there is always a way to everything else.

use mendwell::domain::event::Body;
use mendwell::domain::language::Language;

use crate::support::{House, shipped_library, shipped_settings};

/// What people write, and the dialog that must be among what is offered.
const WRITTEN: &[(&str, &str)] = &[
    ("why did she leave me?", "breakup-causes"),
    ("I don't understand what went wrong between us", "breakup-causes"),
    ("was it all my fault", "breakup-causes"),
    ("i cant breathe, everything is too much", "feel-now"),
    ("I can't stop crying", "feel-now"),
    ("missing him so much tonight", "feel-now"),
    ("I'd like to log my mood", "daily"),
    ("how am I doing over time?", "progress"),
    ("show me a chart of my mood", "progress"),
    ("what did I write in the beginning", "then-now"),
    ("quick mood check", "mood"),
    ("how do I get my ex-girlfriend back?", "first-message"),
    ("how do I stop checking his page?", "feeds-quiet"),
    ("should I text her", "first-message"),
    ("I want to write a letter that I never send", "letter"),
    ("I don't know who I am without them", "self-clarity"),
    ("all our friends are mutual friends", "mutual-friends"),
    ("I need a therapist", "help-pro"),
    ("we keep having the same fight", "loop-map"),
    ("I listen to sad songs all day", "what-to-play"),
];

/// What nothing here fits.
const ELSE: &[&str] = &["hi", "ok", "what", "thanks", "asdf", "the weather in Lisbon", "😀", "", "how are you"];

/// What a tired person types on a phone, a line each: in English, the same in Spanish as it is written in Latin America or in
/// Spain, and the dialogs of which one must be among what is offered.
const WISHES: &str = include_str!("finder/wishes.es.tsv");

/// Spanish that nothing here fits.
const ELSE_SPANISH: &[&str] =
    &["hola", "holaa", "ok", "buenas", "que tal", "jajaja", "asdf", "el clima en lisboa", "😀", "", "si", "no se"];

/// Spanish as it is written by ear, in a hurry and in short, and the same in full.
const SAID_ANOTHER_WAY: &[(&str, &str)] = &[
    ("estraño a mi ex", "extraño a mi ex"),
    ("no puedo parar de yorar", "no puedo parar de llorar"),
    ("ayudame a escrivirle un mensage", "ayúdame a escribirle un mensaje"),
    ("xq me dejo", "¿por qué me dejó?"),
    ("q ago con los regalos", "qué hago con los regalos"),
    ("NO PUEDO DORMIR!!!", "no puedo dormir"),
    ("la hecho de menos", "la echo de menos"),
];

/// The shipped dialogs, with ada through the first talk, which was on a Monday at nine.
pub(crate) async fn house() -> House {
    let mut house = House::closed(shipped_library());
    house.settings = shipped_settings();
    house.open().await;
    house.say("ada", "hi").await;
    for answer in ["1", "Yes", "Yes, keep them", "3", "/skip", "Feel better", "/skip", "Berlin", "Not now"] {
        house.say("ada", answer).await;
    }
    house
}

#[test]
fn people_find_what_they_ask_for() {
    let finder = shipped_library().finder;
    let mut missed = Vec::new();
    for (words, dialog) in WRITTEN {
        let found = finder.find(words, 3);
        if !found.contains(dialog) {
            missed.push(format!("{words}: {found:?}"));
        }
    }
    for words in ELSE {
        let found = finder.find(words, 3);
        if !found.is_empty() {
            missed.push(format!("{words}: {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_is_found_in_english_is_found_in_spanish() {
    let english = shipped_library();
    let spanish = english.speaking(Language::Spanish);
    let mut missed = Vec::new();
    let mut lines = 0;
    for line in WISHES.lines() {
        let [in_english, in_spanish, wanted] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let wanted: Vec<&str> = wanted.split(' ').collect();
        for (finder, words) in [(&english.finder, in_english), (&spanish.finder, in_spanish)] {
            let found = finder.find(words, 3);
            if !found.iter().any(|found| wanted.contains(found)) {
                missed.push(format!("{words}: {found:?}"));
            }
        }
        assert!(wanted.iter().all(|dialog| english.finder.offers(dialog)), "{line}");
        lines += 1;
    }
    missed.extend(
        ELSE_SPANISH
            .iter()
            .map(|words| (words, spanish.finder.find(words, 3)))
            .filter_map(|(words, found)| (!found.is_empty()).then(|| format!("{words}: {found:?}"))),
    );
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(lines >= 250, "{lines}");
}

#[test]
fn spanish_is_understood_by_ear_and_in_short() {
    let library = shipped_library();
    let spanish = library.speaking(Language::Spanish);
    for (words, in_full) in SAID_ANOTHER_WAY {
        let (found, same) = (spanish.finder.find(words, 3), spanish.finder.find(in_full, 3));
        assert!(!found.is_empty() && found.first() == same.first(), "{words}: {found:?}, {in_full}: {same:?}");
    }
}

#[test]
fn whatever_is_written_few_dialogs_of_those_that_may_be_offered_are_found() {
    let library = shipped_library();
    for words in ["why ".repeat(1_000), "\u{202e}\0 why".to_owned(), "I feel ".repeat(600)] {
        let found = library.finder.find(&words, 3);
        assert!(found.len() <= 3 && found.iter().all(|id| library.finder.offers(id)));
    }
    for never in ["crisis", "check-s1", "privacy", "forget", "welcome", "knock", "menu"] {
        assert!(!library.finder.offers(never), "{never}");
    }
}

#[tokio::test]
async fn a_press_begins_it_and_something_else_shows_everything() {
    let house = house().await;
    let said = house.say("ada", "why did he leave me").await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("I read that.") || said[0].starts_with("I hear you."), "{said:?}");
    let token = house.messenger.token("ada", "Why it ended");
    assert_eq!(house.sessions("ada").await, (0, 0), "nothing is begun unasked");
    house.tap("ada", "Something else").await;
    house.say("ada", "/stop").await;
    // The button stays good.
    house.send("ada", Body::Tap(token)).await;
    assert_eq!(house.sessions("ada").await.0, 1);
    let note = house.send("ada", Body::Tap("o.crisis-now".to_owned())).await.note;
    assert!(note.is_some(), "what is not offered is not opened by a press");
}

#[tokio::test]
async fn what_fits_nothing_shows_everything() {
    let house = house().await;
    let said = house.say("ada", "the weather in Lisbon").await;
    assert!(said.len() == 2 && said[0].contains("had asked nothing just now"), "{said:?}");
}
