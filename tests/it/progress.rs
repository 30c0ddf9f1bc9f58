//! `/progress` and what goes with it, as people see it: a picture with its words, of nobody else's days, and nothing that
//! they wrote before they have asked for it.

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use mendwell::domain::ids::SessionId;
use mendwell::domain::text::UserText;
use mendwell::domain::value::Values;
use mendwell::domain::write::{JournalEntry, Write, WriteKey};
use mendwell::service::ports::{FileKind, Item};
use mendwell::store::{Batch, EntryNew};

use crate::link::link;
use crate::support::canary::found_in;
use crate::support::log::{self, Log};
use crate::support::{Attempt, House};

const CANARY: &str = "Zilpzalpgesang";
const OTHER: &str = "Grasmueckenruf";
const ASK_PIN: &str = "Your PIN first";
/// Nobody is shown anything before the first talk is over.
const HELLO: &str = "Let's finish saying hello first; it takes about two minutes.";
const SOON: &str = "You had a picture of your days just now. In 2 minutes /progress draws a fresh one.";

/// What came with each picture that somebody was sent: the words beside it and the words for who does not see it.
fn pictures(house: &House, person: &str) -> Vec<(String, String)> {
    let picture = |attempt: Attempt| match attempt.item {
        Item::File { kind: FileKind::Picture, name, caption, alt, bytes } => {
            assert_eq!(name, "your-days.png");
            assert!(bytes.expose().starts_with(b"\x89PNG\r\n\x1a\n"));
            Some((caption.plain(), alt.plain()))
        }
        Item::File { .. } | Item::Show { .. } | Item::Freeze { .. } | Item::InSpace { .. } | Item::Remove { .. } => {
            None
        }
    };
    house.messenger.attempts(person).into_iter().filter_map(picture).collect()
}

async fn mood(house: &House, person: &str, value: &str) {
    assert_eq!(house.say(person, "/mood").await, ["How is it?"]);
    assert_eq!(house.say(person, value).await, ["Kept."]);
}

/// One check-in a day at nine in Berlin from 23 March 2026 on: the clocks go forward on the 29th.
async fn days(house: &House, person: &str, moods: &[&str]) {
    for (day, value) in (23..).zip(moods) {
        house.advance_to_local(&format!("2026-03-{day} 09:00")).await;
        mood(house, person, value).await;
    }
}

/// Two entries to the same question, on the 1st and on the 20th of March.
async fn wrote(house: &House, person: &str, words: &str) {
    wrote_in(house, person, "daily", &[&format!("{words} 0"), &format!("{words} 1")]).await;
}

async fn wrote_in(house: &House, person: &str, dialog: &str, bodies: &[&str]) {
    let (id, _) = house.person(person).await;
    let entry = |(body, date): (&&str, Date)| EntryNew {
        person: id,
        session: SessionId(9),
        key: WriteKey(format!("entry#{date}")),
        write: Write::Journal(JournalEntry {
            dialog: dialog.to_owned(),
            title: UserText::new("Check-in"),
            body: UserText::new(*body),
            fields: Values::new(),
            date,
            complete: true,
        }),
    };
    let entries = bodies.iter().zip([date(2026, 3, 1), date(2026, 3, 20)]).map(entry).collect();
    house.store().commit(Batch { entries, ..Batch::default() }).await.unwrap();
}

#[tokio::test]
async fn the_picture_comes_with_its_words_and_with_nothing_of_anybody_else() {
    let log = Log::capture();
    let house = House::new().await;
    for person in ["ada", "bob"] {
        house.welcome(person).await;
    }
    wrote(&house, "ada", CANARY).await;
    wrote(&house, "bob", OTHER).await;
    mood(&house, "bob", "1").await;
    days(&house, "ada", &["3", "4", "4", "2", "5", "3", "4"]).await;
    let said = house.say("ada", "/progress").await;
    let wanted = "\
**Your days**, up to 29 March 2026

7 check-ins so far.
Mood (1 to 5): in the last seven days 2 to 5, on average 3.6, from 7 days.

These are your own answers, counted. They do not say why, and not what comes next.";
    let shown = pictures(&house, "ada");
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].0, wanted);
    assert!(shown[0].1.starts_with("A picture of these numbers: a dot for the mood of each day"), "{}", shown[0].1);
    assert_eq!(said, ["If you like, I lay something you wrote early on beside something you wrote lately."]);
    house.say("bob", "/progress").await;
    let other = pictures(&house, "bob");
    assert!(other[0].0.contains("One check-in so far.\nMood (1 to 5): 1 on 23 March 2026"), "{}", other[0].0);
    assert!(other[0].0.contains("a line begins at 3 within seven days"), "{}", other[0].0);
    assert_eq!(found_in(house.data_db().parent().unwrap(), &[CANARY, OTHER]), Vec::<String>::new());
    log::is_clean(&log, &[CANARY, OTHER, "check-ins so far"], &[]);
}

#[tokio::test]
async fn i_and_we_are_counted_without_what_authors_wrote_into_the_entry() {
    let house = crate::finder::house().await;
    let first =
        format!("Time of my own: a walk\nI can say what I like and want: 3 of 4\nNext: {}", "I rest. ".repeat(12));
    let body = format!("{}\nI can say what I like and want: 4 of 4", "We went. ".repeat(8));
    wrote_in(&house, "ada", "own-space", &[&first, &body]).await;
    house.say("ada", "/progress").await;
    let shown = pictures(&house, "ada");
    let wanted = "In what you wrote in the last 28 days, with their forms: “I” 12, “we” 8 (60 of 100 are “I”).";
    assert!(shown[0].0.contains(wanted), "{}", shown[0].0);
}

#[tokio::test]
async fn who_has_told_nothing_yet_is_met_kindly_and_a_picture_waits_for_its_time() {
    let house = House::new().await;
    house.welcome("ada").await;
    let nothing = house.say("ada", "/progress").await;
    assert_eq!(nothing.len(), 1);
    assert!(nothing[0].starts_with("There is nothing to draw yet. One tap with /mood"), "{nothing:?}");
    assert_eq!(house.say("ada", "/progress").await, [SOON]);
    mood(&house, "ada", "2").await;
    house.advance(SignedDuration::from_mins(2)).await;
    assert_eq!(house.say("ada", "/progress").await, [""; 0], "the words stand with the picture");
    assert_eq!(pictures(&house, "ada").len(), 1);
}

#[tokio::test]
async fn what_was_open_goes_on_below_the_picture() {
    let house = House::new().await;
    house.welcome("ada").await;
    mood(&house, "ada", "2").await;
    house.open_dialog("ada", "long").await;
    house.say("ada", "a robin").await;
    assert_eq!(house.say("ada", "/progress").await, ["Second?"]);
    assert_eq!(pictures(&house, "ada").len(), 1);
    assert_eq!(house.say("ada", "/progress").await, [SOON, "Second?"]);
    assert_eq!(house.sessions("ada").await, (1, 0));
}

#[tokio::test]
async fn strangers_and_talks_about_safety_come_first() {
    let house = House::new().await;
    assert_eq!(house.say("eve", "/progress").await.first().map(String::as_str), Some(HELLO));
    house.welcome("ada").await;
    mood(&house, "ada", "2").await;
    house.say("ada", "/crisis").await;
    let said = house.say("ada", "/progress").await;
    assert!(said[0].starts_with("Let's finish this here first."), "{said:?}");
    assert!(pictures(&house, "ada").is_empty() && pictures(&house, "eve").is_empty());
}

#[tokio::test]
async fn numbers_and_early_words_stand_behind_the_pin() {
    let house = House::new().await;
    house.welcome("ada").await;
    wrote(&house, "ada", CANARY).await;
    days(&house, "ada", &["3", "4", "4", "2", "5", "3", "4"]).await;
    for words in ["/pin", "4711", "4711"] {
        house.say("ada", words).await;
    }
    house.advance(SignedDuration::from_mins(10)).await;
    let said = house.say("ada", "/progress").await;
    assert!(said.len() == 1 && said[0].starts_with(ASK_PIN), "{said:?}");
    house.say("ada", "1174").await;
    assert!(pictures(&house, "ada").is_empty());
    house.say("ada", "4711").await;
    assert_eq!(pictures(&house, "ada").len(), 1);
    // The button waits for longer than the PIN holds.
    house.advance(SignedDuration::from_mins(10)).await;
    let asked = house.tap("ada", "Then and now").await;
    assert!(asked[0].contains("Shall I"), "{asked:?}");
    let said = house.tap("ada", "Show me").await;
    assert!(said.iter().any(|said| said.starts_with(ASK_PIN)) && !said.concat().contains(CANARY), "{said:?}");
    let told = house.say("ada", "4711").await;
    let wanted = format!(
        "**Then**, 1 March 2026: Check-in\n{CANARY} 0\n\n**Now**, 20 March 2026: Check-in\n{CANARY} 1\n\n\
         Both are yours. What lies between them is for you to say."
    );
    assert_eq!(told, [wanted]);
}

#[tokio::test]
async fn early_words_come_only_to_who_asked_and_said_yes() {
    let house = House::new().await;
    house.welcome("ada").await;
    days(&house, "ada", &["3", "4", "4", "2", "5", "3"]).await;
    assert_eq!(house.say("ada", "/progress").await, [""; 0], "six check-ins offer none");
    mood(&house, "ada", "4").await;
    house.advance(SignedDuration::from_mins(2)).await;
    house.say("ada", "/progress").await;
    house.tap("ada", "Then and now").await;
    let none = house.tap("ada", "Show me").await;
    assert!(none.iter().any(|said| said.starts_with("There is nothing to lay side by side yet")), "{none:?}");
    wrote(&house, "ada", CANARY).await;
    house.say("ada", "/start then-now").await;
    let said = house.tap("ada", "Not today").await;
    assert!(!said.concat().contains(CANARY), "{said:?}");
}

#[tokio::test]
async fn a_picture_is_of_both_accounts_after_they_are_joined() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("ada@dc").await;
    mood(&house, "ada", "2").await;
    mood(&house, "ada@dc", "4").await;
    link(&house, "ada", "ada@dc").await;
    house.say("ada@dc", "/stop").await;
    house.say("ada@dc", "/progress").await;
    let shown = pictures(&house, "ada@dc");
    assert!(shown[0].0.contains("Mood (1 to 5): 3 on 23 March 2026"), "the mean of both: {}", shown[0].0);
    assert!(pictures(&house, "ada").is_empty(), "it comes where it was asked for");
}
