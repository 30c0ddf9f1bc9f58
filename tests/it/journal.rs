//! The journal: read by pages, looked through, added to, changed and deleted; never another's, never past the PIN, and never
//! at the cost of what is open.

use futures::future::try_join_all;
use jiff::SignedDuration;
use mendwell::domain::entry_tap::EntryTap;
use mendwell::domain::event::Body;
use mendwell::domain::ids::{EntryId, SessionId};
use mendwell::domain::value::{Value, Values};
use mendwell::domain::write::{JournalEntry, Plan, Write, WriteKey};
use mendwell::store::{Batch, EntryKept, EntryKind, EntryNew, PlanRow, PlanWrite};

use crate::link::link;
use crate::support::{House, patiently};

const LIST: &str = "What you saved, the newest first.";
const GONE: &str = "(That entry is no longer there.";
const PIN: &str = "Your PIN first";

/// Somebody writes an entry of their own.
async fn write(house: &House, person: &str, words: &str) {
    house.say(person, "/journal").await;
    let asked = house.tap(person, "Write something").await;
    assert!(asked[0].starts_with("Write whatever is there"), "{asked:?}");
    let said = house.say(person, words).await;
    assert!(said.iter().any(|said| said.contains("in your journal")), "{said:?}");
}

async fn entries(house: &House, person: &str) -> Vec<EntryKept> {
    let (id, _) = house.person(person).await;
    house.store().entries_newest(id, EntryKind::Journal, 0, 1_000).await.unwrap()
}

/// A press of the journal that need not have been shown.
async fn press(house: &House, person: &str, tap: EntryTap) -> Vec<String> {
    let answer = house.send(person, Body::Tap(tap.encode())).await;
    let note = answer.note.map(|note| format!("({})", note.plain()));
    house.messenger.said(person).into_iter().chain(note).collect()
}

#[tokio::test]
async fn pages_go_from_the_newest_to_the_oldest_and_back() {
    let house = House::new().await;
    house.welcome("ada").await;
    let said = house.say("ada", "/journal").await;
    assert!(said[0].starts_with("Nothing is saved here yet."), "{said:?}");
    for number in 1..=12 {
        write(&house, "ada", &format!("entry number {number} {}", "and more ".repeat(20))).await;
        house.advance(SignedDuration::from_hours(24)).await;
    }
    let holds = |said: &[String], numbers: &[u32]| {
        let found: Vec<u32> = (1..=12).rev().filter(|n| said[0].contains(&format!("number {n} "))).collect();
        assert_eq!(found, numbers, "{said:?}");
    };
    let first = house.say("ada", "/journal").await;
    holds(&first, &[12, 11, 10, 9, 8]);
    assert!(first[0].contains("Fri 3 April") && first[0].contains("…"), "{first:?}");
    holds(&house.tap("ada", "Older").await, &[7, 6, 5, 4, 3]);
    holds(&house.tap("ada", "Older").await, &[2, 1]);
    holds(&house.tap("ada", "Newer").await, &[7, 6, 5, 4, 3]);
    holds(&press(&house, "ada", EntryTap::Page(99)).await, &[12, 11, 10, 9, 8]);
    let opened = house.tap("ada", "Fri 3 April: Something I wrote").await;
    assert!(opened[0].contains("and more and more") && opened[0].ends_with("and more and more"), "{opened:?}");
}

#[tokio::test]
async fn an_entry_is_changed_noted_and_deleted_for_good() {
    let house = House::new().await;
    house.welcome("ada").await;
    write(&house, "ada", "the kettle was cold").await;
    let id = entries(&house, "ada").await[0].id;
    press(&house, "ada", EntryTap::Open(id)).await;
    house.tap("ada", "Change the words").await;
    let said = house.say("ada", "the kettle was warm").await;
    assert!(said[0].contains("the kettle was warm"), "{said:?}");
    house.tap("ada", "Add a note").await;
    let said = house.say("ada", "and so was I").await;
    assert!(said[0].contains("the kettle was warm\n\nMon 23 March: and so was I"), "{said:?}");
    let kept = entries(&house, "ada").await;
    assert_eq!((kept.len(), kept[0].id), (1, id));
    house.tap("ada", "Delete it").await;
    let said = house.tap("ada", "Keep it").await;
    assert!(said[0].starts_with("Then it stays."), "{said:?}");
    press(&house, "ada", EntryTap::Delete(id)).await;
    let said = house.tap("ada", "Delete it").await;
    assert!(said[0].starts_with("It is deleted"), "{said:?}");
    assert_eq!(entries(&house, "ada").await, []);
    for tap in [EntryTap::Open(id), EntryTap::Edit(id), EntryTap::Note(id), EntryTap::Delete(id)] {
        let said = press(&house, "ada", tap).await;
        assert!(said.last().unwrap().starts_with(GONE), "{said:?}");
    }
    assert!(house.say("ada", "/journal").await[0].starts_with("Nothing is saved here yet."));
}

/// What comes from an exercise is added to and never rewritten.
#[tokio::test]
async fn an_entry_of_an_exercise_keeps_its_words() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "long").await;
    for words in ["a robin", "a wren", "a crow"] {
        house.say("ada", words).await;
    }
    let id = entries(&house, "ada").await[0].id;
    let said = press(&house, "ada", EntryTap::Open(id)).await;
    assert!(said[0].contains("a robin / a wren / a crow"), "{said:?}");
    let said = press(&house, "ada", EntryTap::Edit(id)).await;
    assert!(said.last().unwrap().starts_with("(That choice is no longer there"), "{said:?}");
    press(&house, "ada", EntryTap::Note(id)).await;
    let said = house.say("ada", "a jay, too").await;
    assert!(said[0].contains("a crow\n\nMon 23 March: a jay, too"), "{said:?}");
}

#[tokio::test]
async fn a_word_is_found_however_it_is_written() {
    let house = House::new().await;
    house.welcome("ada").await;
    write(&house, "ada", "Coffee at the CAFÉ on Sunday").await;
    write(&house, "ada", "nothing about it").await;
    for word in ["/journal cafe", "/journal café", "/journal  Cafe ", "/journal fé on"] {
        let said = house.say("ada", word).await;
        assert!(said[0].starts_with("1 entry holds") && said[0].contains("Coffee at"), "{word}: {said:?}");
    }
    assert!(house.say("ada", "/journal teapot").await[0].starts_with("I found “teapot” in nothing"));
    assert!(house.say("ada", "/journal ...").await[0].starts_with("I can look for letters"));
    house.say("ada", "/journal").await;
    house.tap("ada", "Find a word").await;
    let said = house.say("ada", "SUNDAY").await;
    assert!(said[0].starts_with("1 entry holds"), "{said:?}");
    for number in 0..12 {
        write(&house, "ada", &format!("sunday {number}")).await;
    }
    let said = house.say("ada", "/journal sunday").await;
    assert!(said[0].starts_with("These are the newest 10"), "{said:?}");
}

/// What was open stays open: a look into the journal takes nothing from it, and what the journal asks comes back to it.
#[tokio::test]
async fn an_open_exercise_is_not_lost() {
    let mut house = House::new().await;
    house.welcome("ada").await;
    write(&house, "ada", "some words").await;
    house.open_dialog("ada", "long").await;
    house.say("ada", "a robin").await;
    assert!(house.say("ada", "/journal").await[0].starts_with(LIST));
    house.restart().await;
    house.tap("ada", "Write something").await;
    let said = house.say("ada", "more words").await;
    assert_eq!(said.last().unwrap(), "Second?", "{said:?}");
    house.say("ada", "/journal").await;
    house.tap("ada", "Write something").await;
    let said = house.say("ada", "/stop").await;
    assert!(said[0].starts_with("All right, we stop here."), "{said:?}");
    house.say("ada", "/resume").await;
    house.say("ada", "a wren").await;
    assert_eq!(house.say("ada", "a crow").await, ["Kept: a robin, a wren, a crow."]);
    assert_eq!(entries(&house, "ada").await.len(), 3);
}

#[tokio::test]
async fn nobody_gets_at_the_entries_of_another() {
    let house = House::new().await;
    for person in ["ada", "eve"] {
        house.welcome(person).await;
        write(&house, person, &format!("only {person} knows")).await;
    }
    let id = entries(&house, "ada").await[0].id;
    for tap in [EntryTap::Open(id), EntryTap::Edit(id), EntryTap::Note(id), EntryTap::Delete(id)] {
        let said = press(&house, "eve", tap).await;
        assert!(said.last().unwrap().starts_with(GONE), "{said:?}");
        assert!(!said.iter().any(|said| said.contains("ada")), "{said:?}");
    }
    for forged in ["j.", "j.x", "j.p.-1", "j.o.0", "j.o.zz", "j.w.1"] {
        let answer = house.send("eve", Body::Tap(forged.to_owned())).await;
        assert!(answer.note.is_some_and(|note| note.plain().starts_with("That choice is no longer there")), "{forged}");
    }
    assert!(press(&house, "eve", EntryTap::Open(EntryId([7; 16]))).await.last().unwrap().starts_with(GONE));
    assert_eq!(entries(&house, "ada").await.len(), 1);
}

#[tokio::test]
async fn the_pin_stands_before_the_list_before_an_entry_and_before_a_word() {
    let house = House::new().await;
    house.welcome("ada").await;
    write(&house, "ada", "behind the pin").await;
    let id = entries(&house, "ada").await[0].id;
    for words in ["/pin", "4711", "4711"] {
        house.say("ada", words).await;
    }
    house.advance(SignedDuration::from_mins(10)).await;
    for words in ["/journal", "/journal pin"] {
        let said = house.say("ada", words).await;
        assert!(said.len() == 1 && said[0].starts_with(PIN), "{words}: {said:?}");
    }
    for tap in [EntryTap::Page(0), EntryTap::Open(id), EntryTap::Edit(id), EntryTap::Find, EntryTap::Delete(id)] {
        let said = press(&house, "ada", tap).await;
        assert!(said.len() == 1 && said[0].starts_with(PIN), "{tap:?}: {said:?}");
    }
    // What was asked for goes on, and nothing before it.
    let said = house.say("ada", "4711").await;
    assert!(!said[0].starts_with(LIST) && said[0].starts_with("Delete "), "{said:?}");
    house.say("ada", "/stop").await;
    for (asked, wanted) in [("/journal pin", "1 entry"), ("/journal", LIST)] {
        house.advance(SignedDuration::from_mins(11)).await;
        house.say("ada", asked).await;
        let said = house.say("ada", "4711").await;
        assert!(said[0].contains(wanted), "{asked}: {said:?}");
    }
    house.advance(SignedDuration::from_mins(11)).await;
    press(&house, "ada", EntryTap::Open(id)).await;
    let said = house.say("ada", "4711").await;
    assert!(!said[0].starts_with(LIST) && said[0].contains("behind the pin"), "{said:?}");
    // The question for a word waits for longer than the PIN holds.
    house.tap("ada", "Find a word").await;
    house.advance(SignedDuration::from_mins(11)).await;
    let said = house.say("ada", "behind").await;
    assert!(said.iter().any(|said| said.starts_with(PIN)) && !said.iter().any(|said| said.contains("the pin\"")));
    assert!(!said.iter().any(|said| said.contains("1 entry")), "{said:?}");
}

/// Whoever has not agreed to anything being kept has no journal, and a talk about safety is not left for it.
#[tokio::test]
async fn the_journal_opens_after_hello_only() {
    let house = House::new().await;
    let said = house.say("ada", "/journal").await;
    assert!(said[0].starts_with("Let's finish saying hello first"), "{said:?}");
}

/// Both come in one batch: the second must see what the first has written.
#[tokio::test]
async fn a_list_right_after_an_entry_shows_it() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.say("ada", "/journal").await;
    house.tap("ada", "Write something").await;
    let events = ["written a moment ago", "/journal"].map(|words| house.event("ada", Body::from_typed(words)));
    patiently(try_join_all(events.map(|event| house.service().handle(event)))).await.unwrap();
    house.settle().await;
    let said = house.messenger.said("ada");
    assert!(said.iter().any(|said| said.starts_with(LIST) && said.contains("written a moment ago")), "{said:?}");
}

/// One journal after two accounts have become one, and it can still be changed.
#[tokio::test]
async fn entries_come_along_when_accounts_are_joined() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.welcome("ada@dc").await;
    write(&house, "ada@dc", "from the other side").await;
    write(&house, "ada", "from this side").await;
    link(&house, "ada", "ada@dc").await;
    let said = house.say("ada", "/journal").await;
    let list = said.iter().find(|said| said.starts_with(LIST)).unwrap();
    assert!(list.contains("from the other side") && list.contains("from this side"), "{said:?}");
    for kept in entries(&house, "ada").await {
        press(&house, "ada", EntryTap::Delete(kept.id)).await;
        house.tap("ada", "Delete it").await;
    }
    assert_eq!(entries(&house, "ada").await, []);
}

/// An entry as an exercise has left it, with fields that say what is to become of it.
async fn left(house: &House, person: &str, body: &str, fields: Values) -> EntryId {
    let (id, _) = house.person(person).await;
    let write = Write::Journal(JournalEntry {
        dialog: "long".to_owned(),
        title: "A letter".into(),
        body: body.into(),
        fields,
        date: jiff::civil::date(2026, 3, 23),
        complete: true,
    });
    let entry = EntryNew { person: id, session: SessionId(77), key: WriteKey(body.to_owned()), write };
    house.store().commit(Batch { entries: vec![entry], ..Batch::default() }).await.unwrap();
    entries(house, person).await[0].id
}

#[tokio::test]
async fn a_locked_letter_opens_on_its_day_and_not_before() {
    let house = House::new().await;
    house.welcome("ada").await;
    let day = Value::Date(jiff::civil::date(2026, 3, 25));
    let id = left(&house, "ada", "words of the letter", Values::from([("open_on".to_owned(), day)])).await;
    for words in ["/journal", "/journal letter", "/journal words of"] {
        let said = house.say("ada", words).await;
        assert!(!said[0].contains("words of the letter"), "{words}: {said:?}");
    }
    let said = press(&house, "ada", EntryTap::Open(id)).await;
    assert!(said[0].contains("Locked until Wed 25 March") && !said[0].contains("words"), "{said:?}");
    for tap in [EntryTap::Note(id), EntryTap::Edit(id)] {
        assert!(press(&house, "ada", tap).await.last().unwrap().starts_with("(That choice"), "{tap:?}");
    }
    house.advance_to_local("2026-03-25 00:01").await;
    let said = press(&house, "ada", EntryTap::Open(id)).await;
    assert!(said[0].contains("words of the letter"), "{said:?}");
    press(&house, "ada", EntryTap::Delete(id)).await;
    house.tap("ada", "Delete it").await;
    assert_eq!(entries(&house, "ada").await, []);
}

#[tokio::test]
async fn a_letter_burns_after_it_was_read_and_only_then() {
    let house = House::new().await;
    house.welcome("ada").await;
    let burns = || Values::from([("burns".to_owned(), Value::Bool(true))]);
    let id = left(&house, "ada", "read me once", burns()).await;
    house.say("ada", "/journal").await;
    assert_eq!(entries(&house, "ada").await.len(), 1);
    let said = press(&house, "ada", EntryTap::Open(id)).await;
    assert!(said[0].contains("read me once") && said[1].starts_with("You wanted this one gone"), "{said:?}");
    house.tap("ada", "Keep it a while").await;
    assert_eq!(entries(&house, "ada").await.len(), 1);
    press(&house, "ada", EntryTap::Open(id)).await;
    house.tap("ada", "Burn it").await;
    assert_eq!(entries(&house, "ada").await, []);
}

/// A check-in that would bring the words of a deleted entry back goes with it.
#[tokio::test]
async fn nothing_brings_a_deleted_entry_back() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.plan("ada", "daily", "20:00", "Wait").await;
    let id = left(&house, "ada", "To them\n\nI never said it aloud", Values::new()).await;
    let PlanRow { person, plan, due_at, .. } = house.plan_of("ada").await;
    let with = Values::from([("letter".to_owned(), Value::text("I never said it aloud"))]);
    let put = PlanWrite::Put { person, plan: Plan { dialog: "long".to_owned(), with, ..plan }, due_at };
    house.store().commit(Batch { plans: vec![put], ..Batch::default() }).await.unwrap();
    assert_eq!(house.store().plans_of(person).await.unwrap().len(), 2);
    press(&house, "ada", EntryTap::Delete(id)).await;
    house.tap("ada", "Delete it").await;
    assert_eq!(house.plan_of("ada").await.plan.dialog, "daily", "the other one stays");
}

#[tokio::test]
async fn goals_tell_the_open_one_and_what_became_of_others() {
    let house = House::new().await;
    house.welcome("ada").await;
    assert_eq!(house.say("ada", "/goals").await, ["Open: none. Past: none."]);
    house.tap("ada", "A new one").await;
    house.say("ada", "a walk").await;
    assert_eq!(house.say("ada", "/goals").await, ["Open: a walk. Past: none."]);
    assert_eq!(house.say("ada", "/goals").await, ["Open: a walk. Past: none."], "the same question again");
    house.tap("ada", "Done").await;
    for goal in ["a swim", "a nap"] {
        house.say("ada", "/goals").await;
        house.tap("ada", "A new one").await;
        house.say("ada", goal).await;
    }
    let said = house.say("ada", "/goals").await;
    assert_eq!(said, ["Open: a nap. Past: Mon 23 March: a swim – left open\nMon 23 March: a walk – done."]);
}

#[tokio::test]
async fn the_newest_card_of_each_kind_is_at_hand() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.say("ada", "/tools").await;
    assert!(house.tap("ada", "My cards").await[0].starts_with("There is no card of yours yet."));
    for words in ["an old plan", "ring the neighbour"] {
        house.say("ada", "/tools").await;
        house.tap("ada", "Make a card").await;
        house.say("ada", words).await;
    }
    write(&house, "ada", "no card at all").await;
    house.say("ada", "/tools").await;
    let said = house.tap("ada", "My cards").await;
    assert!(said[0].contains("ring the neighbour"), "{said:?}");
    assert!(!said[0].contains("an old plan") && !said[0].contains("no card"), "{said:?}");
    house.say("ada", "/tools").await;
    assert!(house.tap("ada", "What I wrote").await[0].contains("no card at all"));
}
