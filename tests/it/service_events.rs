//! Events that only some platforms have: edited messages, messages without words, links, people who shut the bot out,
//! and what cannot be read.

use mendwell::domain::event::{Body, Event, EventKey, Origin, Source};
use mendwell::domain::text::UserText;
use mendwell::domain::value::Value;
use mendwell::domain::write::Write;
use mendwell::service::Taken;
use mendwell::service::ports::{Clock, Item};
use mendwell::store::EntryKind;

use crate::support::House;

const TAKEN: &str = "I have your corrected words.";
const UNSEEN: &str = "I cannot change that answer any more, so what you first wrote stays. If it matters, write it \
                      again as a new message.";
const ONLY_WORDS: &str =
    "I can only read words, so I could not take that in. You can write it, or go on with what I asked.";

async fn say(house: &House, message: i64, body: Body) -> Vec<String> {
    let origin = Origin { message: Some(message), language: None };
    house.handle(Event { origin, ..house.event("ada", body) }).await;
    house.settle().await;
    house.messenger.said("ada")
}

fn words(text: &str) -> Body {
    Body::Text(UserText::from(text))
}

fn edited(text: &str) -> Body {
    Body::Edited(UserText::from(text))
}

async fn entry(house: &House) -> String {
    let (id, _) = house.person("ada").await;
    let Write::Journal(entry) = house.store().entries_of(id, EntryKind::Journal, 9).await.unwrap().remove(0) else {
        panic!("no journal entry")
    };
    entry.body.expose().to_owned()
}

#[tokio::test]
async fn an_edit_of_the_last_answer_takes_its_place_also_after_a_restart() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "long").await;
    assert_eq!(say(&house, 1, words("a")).await, ["Second?"]);
    assert_eq!(say(&house, 1, edited("A")).await, [TAKEN, "Second?"]);
    house.restart().await;
    assert_eq!(say(&house, 1, edited("AA")).await, [TAKEN, "Second?"]);
    assert_eq!(say(&house, 2, words("b")).await, ["Third?"]);
    assert_eq!(say(&house, 1, edited("too late")).await, [UNSEEN]);
    assert_eq!(say(&house, 99, edited("of nothing")).await, [UNSEEN]);
    assert_eq!(say(&house, 3, words("c")).await, ["Kept: AA, b, c."]);
    assert_eq!(entry(&house).await, "AA / b / c");
    assert_eq!(say(&house, 3, edited("C")).await, [UNSEEN]);
    assert_eq!(entry(&house).await, "AA / b / c");
}

#[tokio::test]
async fn an_edit_freezes_only_what_was_shown() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "long").await;
    say(&house, 1, words("a")).await;
    let shown = |house: &House| -> Vec<u64> {
        let attempts = house.messenger.attempts("ada");
        attempts
            .iter()
            .filter_map(|attempt| if let Item::Show { turn, .. } = attempt.item { turn } else { None })
            .collect()
    };
    say(&house, 1, edited("A")).await;
    let frozen: Vec<u64> = house
        .messenger
        .attempts("ada")
        .iter()
        .filter_map(|attempt| if let Item::Freeze { turn, .. } = attempt.item { Some(turn) } else { None })
        .collect();
    let shown = shown(&house);
    assert!(!frozen.is_empty() && frozen.iter().all(|turn| shown.contains(turn)), "{frozen:?} of {shown:?}");
}

#[tokio::test]
async fn an_edit_of_what_is_saved_says_so() {
    let house = House::new().await;
    assert_eq!(say(&house, 1, words("hi")).await, ["Hello.", "What may I call you?"]);
    assert_eq!(say(&house, 1, edited("hello")).await, [UNSEEN]);
    say(&house, 2, words("Ada")).await;
    assert_eq!(say(&house, 2, edited("Eda")).await, [UNSEEN]);
    assert_eq!(house.person("ada").await.1.profile.facts.get("name"), Some(&Value::text("Ada")));
}

#[tokio::test]
async fn without_words_the_question_stays() {
    let house = House::new().await;
    // Somebody new says hello with a sticker.
    house.send("ada", Body::Wordless).await;
    assert_eq!(house.messenger.said("ada"), [ONLY_WORDS, "Hello.", "What may I call you?"]);
    house.send("ada", Body::Wordless).await;
    assert_eq!(house.messenger.said("ada"), [ONLY_WORDS]);
    assert_eq!(house.say("ada", "Ada").await, ["Glad you are here, Ada."]);
    house.send("ada", Body::Wordless).await;
    assert_eq!(house.messenger.said("ada"), [ONLY_WORDS, "What now?"]);
}

#[tokio::test]
async fn a_link_opens_its_dialog_after_the_first_talk() {
    let house = House::new().await;
    assert_eq!(house.say("ada", "/start long").await, ["Hello.", "What may I call you?"]);
    assert_eq!(house.say("ada", "Ada").await, ["Glad you are here, Ada.", "First?"]);
    assert_eq!(house.say("ada", "/start long").await, ["First?"]);
    house.say("ada", "/stop").await;
    assert_eq!(
        house.say("ada", "/start nowhere").await,
        ["That link leads to something I do not have here.", "What now?"]
    );
    assert_eq!(house.say("ada", "/start long").await, ["First?"]);
    // The wish came true once.
    assert_eq!(house.person("ada").await.1.profile.wished, None);
}

#[tokio::test]
async fn whoever_shuts_the_bot_out_rests_until_they_write() {
    let house = House::new().await;
    house.send("bob", Body::Left).await;
    assert_eq!(house.store().persons_count().await.unwrap(), 0, "somebody unknown became a person by leaving");
    house.welcome("ada").await;
    house.send("ada", Body::Left).await;
    assert!(house.person("ada").await.1.profile.unreachable);
    assert_eq!(house.messenger.said("ada"), [""; 0]);
    house.say("ada", "hi").await;
    assert!(!house.person("ada").await.1.profile.unreachable);
}

#[tokio::test]
async fn what_is_about_nobody_is_taken_once() {
    let house = House::new().await;
    let event = |key: &str, body| Event {
        key: EventKey(key.to_owned()),
        source: Source::Platform,
        at: house.clock.now(),
        body,
        origin: Origin::default(),
    };
    for (taken, quarantined) in [(Taken::Quarantined, 1), (Taken::Repeated, 1)] {
        assert_eq!(house.handle(event("bad", Body::Unreadable(17))).await.taken, taken);
        assert_eq!(house.counter("quarantined_total").await, quarantined);
    }
    assert_eq!(house.handle(event("group", Body::Wordless)).await.taken, Taken::Taken);
    assert_eq!(house.handle(event("group", Body::Wordless)).await.taken, Taken::Repeated);
    assert_eq!(house.store().persons_count().await.unwrap(), 0);
}

#[tokio::test]
async fn the_language_of_somebody_new_is_kept() {
    let house = House::new().await;
    let told = |language: &str| Origin { message: None, language: Some(language.to_owned()) };
    house.handle(Event { origin: told("de"), ..house.event("ada", words("hi")) }).await;
    house.handle(Event { origin: told("fr"), ..house.event("ada", words("Ada")) }).await;
    assert_eq!(house.person("ada").await.1.profile.language.as_deref(), Some("de"));
}
