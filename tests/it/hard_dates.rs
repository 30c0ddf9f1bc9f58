//! Hard dates, with the shipped dialogs: named once, they come a week before, the evening before and that morning, every
//! year, in the person's own words and not to other eyes.

use jiff::SignedDuration;
use jiff::Timestamp;
use mendwell::domain::event::Body;
use mendwell::domain::hard_date::HardDate;
use mendwell::domain::limits::HARD_DATES_MAX;
use mendwell::domain::value::Value;
use mendwell::service::ports::{Class, Item};
use mendwell::store::PlanRow;

use crate::link::link;
use crate::support::{House, berlin};

const CUE: &str = "I scroll through old pictures";
const THEN: &str = "shoes on and once around the block";

async fn named(house: &House, person: &str, label: &str, day: &str) -> Vec<String> {
    house.say(person, "/dates").await;
    house.tap(person, "Name a day").await;
    house.say(person, label).await;
    house.say(person, day).await;
    house.say(person, CUE).await;
    house.say(person, THEN).await
}

async fn with_one(label: &str, day: &str) -> House {
    let house = House::shipped("ada").await;
    let said = named(&house, "ada", label, day).await;
    assert!(said[0].starts_with(&format!("“{label}” is kept, next on ")), "{said:?}");
    house
}

async fn dates(house: &House, person: &str) -> Vec<HardDate> {
    house.person(person).await.1.profile.hard_dates
}

async fn plan(house: &House, person: &str) -> Option<PlanRow> {
    let (id, _) = house.person(person).await;
    house.store().plans_of(id).await.unwrap().into_iter().find(|row| row.plan.dialog == "hard-day")
}

/// What came unasked, with the wall time in Berlin.
fn came(house: &House, person: &str) -> Vec<(String, String)> {
    let nudges = house.messenger.attempts(person).into_iter().filter(|attempt| attempt.class == Class::Nudge);
    let wall = |at: Timestamp| crate::support::zone().to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string();
    let shown = nudges.filter_map(|attempt| match &attempt.item {
        Item::Show { view, .. } => Some((wall(attempt.at), view.body.plain())),
        Item::Freeze { .. } | Item::Remove { .. } | Item::InSpace { .. } | Item::File { .. } => None,
    });
    shown.collect()
}

#[tokio::test]
async fn it_comes_three_times_in_their_own_words_and_again_next_year() {
    let house = with_one("our day", "12 May").await;
    let times = ["05-05T18:00", "05-11T19:00", "05-12T08:30"];
    for year in [2026, 2027] {
        for time in times {
            house.advance_to(berlin(&format!("{year}-{time}"))).await;
            house.say("ada", "1").await;
        }
        // Whoever writes now and then is not asked whether they are still here.
        house.advance_to(berlin(&format!("{year}-11-01T12:00"))).await;
        house.say("ada", "/help").await;
    }
    let came = came(&house, "ada");
    let walls: Vec<&str> = came.iter().map(|(wall, _)| wall.as_str()).collect();
    let wanted: Vec<String> = [2026, 2027].iter().flat_map(|year| times.map(|time| format!("{year}-{time}"))).collect();
    assert_eq!(walls, wanted);
    for ((_, said), begins) in came.iter().zip(
        ["You named a day, and it comes in 7 days:", "Tomorrow is “our day”.", "Good morning. Today is “our day”."]
            .iter()
            .cycle(),
    ) {
        assert!(said.starts_with(begins), "{said}");
        assert!(said.contains(&format!("If {CUE}: {THEN}")), "{said}");
    }
}

#[tokio::test]
async fn a_day_that_is_over_this_year_comes_next_year_and_the_29th_of_february_on_the_28th() {
    let house = with_one("our day", "29 February").await;
    let next = plan(&house, "ada").await.unwrap().due_at.unwrap();
    assert_eq!(next, berlin("2027-02-21T18:00"));
    let said = house.say("ada", "/dates").await;
    assert!(said[0].contains("Sun 28 February 2027"), "{said:?}");
}

#[tokio::test]
async fn quiet_hours_are_kept_and_a_move_moves_it() {
    let house = with_one("our day", "12 May").await;
    house.say("ada", "/remind").await;
    house.say("ada", "daily").await;
    house.say("ada", "morning").await;
    house.say("ada", "New York").await;
    assert_eq!(plan(&house, "ada").await.unwrap().due_at.unwrap(), berlin("2026-05-06T00:00"));
}

#[tokio::test]
async fn it_can_be_changed_and_deleted_and_a_handle_is_refused() {
    let house = House::shipped("ada").await;
    house.say("ada", "/dates").await;
    house.tap("ada", "Name a day").await;
    let said = house.say("ada", "the day of @sam").await;
    assert!(said[0].starts_with("There is a digit, a link or an @ in it."), "{said:?}");
    for words in ["our day", "12 May", CUE, THEN] {
        house.say("ada", words).await;
    }
    let button = "Tue 12 May: our day";
    for (way, answers, begins) in [
        ("Another day", &["1 June"][..], "“our day” is kept, next on Mon 1 June."),
        ("Another plan", &["dusk", "I call a friend"], "“our day” is kept"),
        ("Call it something else", &["the lake"], "“the lake” is kept"),
    ] {
        house.say("ada", "/dates").await;
        let button = if way == "Another day" { button } else { "Mon 1 June: our day" };
        house.tap("ada", button).await;
        let mut said = house.tap("ada", way).await;
        for answer in answers {
            said = house.say("ada", answer).await;
        }
        assert!(said[0].starts_with(begins), "{way}: {said:?}");
    }
    assert_eq!(plan(&house, "ada").await.unwrap().due_at.unwrap(), berlin("2026-05-25T18:00"));
    let said = house.say("ada", "/dates").await;
    assert!(said[0].contains("If dusk: I call a friend"), "{said:?}");
    let old = house.messenger.token("ada", "Mon 1 June: the lake");
    house.tap("ada", "Mon 1 June: the lake").await;
    house.tap("ada", "Delete it").await;
    assert!(house.tap("ada", "Delete it").await[0].starts_with("It is deleted"));
    assert_eq!((dates(&house, "ada").await, plan(&house, "ada").await), (Vec::new(), None));
    let answer = house.send("ada", Body::Tap(old)).await;
    assert!(answer.note.unwrap().plain().starts_with("That one is no longer there."));
}

#[tokio::test]
async fn words_lead_to_the_list() {
    let house = with_one("our day", "12 May").await;
    house.say("ada", "our anniversary is coming").await;
    let said = house.tap("ada", "Hard dates").await;
    assert!(said[0].starts_with("Your hard dates"), "{said:?}");
}

#[tokio::test]
async fn no_more_than_a_dozen_are_named() {
    let house = House::shipped("ada").await;
    for n in 0..HARD_DATES_MAX {
        named(&house, "ada", "our day", &format!("{} May", n + 1)).await;
    }
    assert_eq!(dates(&house, "ada").await.len(), HARD_DATES_MAX);
    house.say("ada", "/dates").await;
    let attempts = house.messenger.attempts("ada");
    let Some(Item::Show { view, .. }) = attempts.last().map(|attempt| &attempt.item) else { panic!("no list") };
    assert_eq!(view.choices.len(), HARD_DATES_MAX, "a button for each and none for one more");
    let answer = house.send("ada", Body::Tap("d.new".to_owned())).await;
    assert!(answer.note.is_none());
    assert!(house.messenger.said("ada")[0].starts_with("That is 12, as many as I keep."));
}

#[tokio::test]
async fn two_on_one_day_come_as_one() {
    let house = with_one("our day", "12 May").await;
    named(&house, "ada", "the birthday", "12 May").await;
    house.advance_to(berlin("2026-05-12T12:00")).await;
    let came = came(&house, "ada");
    assert_eq!(came.len(), 3);
    assert!(came[2].1.contains("Today is “our day, the birthday”."), "{came:?}");
}

#[tokio::test]
async fn behind_neutral_words_nothing_of_it_shows() {
    let house = with_one("our day", "12 May").await;
    for words in ["/remind", "screen", "neutral"] {
        house.say("ada", words).await;
    }
    house.advance_to(berlin("2026-05-05T18:00")).await;
    let said = house.messenger.said("ada");
    assert!(said.len() == 1 && said[0].contains("short note"), "{said:?}");
    let said = house.tap("ada", "Open").await;
    assert!(said[0].contains(THEN), "{said:?}");
}

#[tokio::test]
async fn behind_a_pin_neither_the_list_nor_what_comes_shows_them() {
    let house = with_one("our day", "12 May").await;
    for words in ["/pin", "4711", "4711"] {
        house.say("ada", words).await;
    }
    house.advance_to(berlin("2026-05-05T18:00")).await;
    let said = house.messenger.said("ada");
    assert!(said.len() == 1 && said[0].contains("short note"), "{said:?}");
    let said = house.tap("ada", "Open").await;
    assert!(said.last().unwrap().starts_with("Your PIN first"), "{said:?}");
    let said = house.say("ada", "4711").await;
    assert!(said[0].contains(THEN), "{said:?}");
    house.tap("ada", "It fits").await;
    house.advance(SignedDuration::from_hours(1)).await;
    let said = house.say("ada", "/dates").await;
    assert!(said.last().unwrap().starts_with("Your PIN first"), "{said:?}");
    let said = house.say("ada", "4711").await;
    assert!(said[0].contains(THEN), "{said:?}");
}

#[tokio::test]
async fn put_off_it_comes_later_and_the_next_one_is_not_lost() {
    let house = with_one("our day", "12 May").await;
    house.advance_to(berlin("2026-05-05T18:00")).await;
    house.messenger.said("ada");
    house.tap("ada", "Later").await;
    house.tap("ada", "Tomorrow").await;
    assert_eq!(plan(&house, "ada").await.unwrap().due_at.unwrap(), berlin("2026-05-06T18:00"));
    house.advance_to(berlin("2026-05-06T18:00")).await;
    let said = house.messenger.said("ada");
    assert!(said[0].contains("in 6 days"), "{said:?}");
    house.tap("ada", "It fits").await;
    house.advance_to(berlin("2026-05-11T19:00")).await;
    house.messenger.said("ada");
    house.tap("ada", "Later").await;
    // Tomorrow evening would be after the morning, which comes anyway.
    house.tap("ada", "Tomorrow").await;
    assert_eq!(plan(&house, "ada").await.unwrap().due_at.unwrap(), berlin("2026-05-12T08:30"));
}

#[tokio::test]
async fn it_waits_for_an_open_exercise_and_is_not_mistaken_for_another_after_a_change() {
    let house = with_one("our day", "12 May").await;
    house.advance_to(berlin("2026-05-05T17:50")).await;
    house.say("ada", "/checkin").await;
    house.advance_to(berlin("2026-05-05T18:00")).await;
    assert_eq!(came(&house, "ada").len(), 0);
    house.say("ada", "/stop").await;
    house.fire().await;
    assert_eq!(came(&house, "ada").len(), 1);
    assert_eq!(plan(&house, "ada").await.unwrap().due_at.unwrap(), berlin("2026-05-11T19:00"));
    house.advance_to(berlin("2026-05-11T18:55")).await;
    house.say("ada", "/checkin").await;
    house.advance_to(berlin("2026-05-11T19:00")).await;
    // It is moved while the evening before waits behind the check-in.
    house.say("ada", "/dates").await;
    house.tap("ada", "Tue 12 May: our day").await;
    house.tap("ada", "Another day").await;
    house.say("ada", "12 June").await;
    house.say("ada", "/stop").await;
    house.fire().await;
    assert_eq!(came(&house, "ada").len(), 1);
    assert_eq!(plan(&house, "ada").await.unwrap().due_at.unwrap(), berlin("2026-06-05T18:00"));
}

#[tokio::test]
async fn whoever_ends_all_reminders_is_not_written_to_and_can_have_them_back() {
    let house = with_one("our day", "12 May").await;
    house.say("ada", "/remind stop").await;
    house.say("ada", "right").await;
    assert_eq!(plan(&house, "ada").await, None);
    let said = house.say("ada", "/dates").await;
    assert!(said[0].ends_with("They rest at the moment: I do not write because of them."), "{said:?}");
    house.tap("ada", "Let them come again").await;
    assert_eq!(plan(&house, "ada").await.unwrap().due_at.unwrap(), berlin("2026-05-05T18:00"));
}

#[tokio::test]
async fn two_who_become_one_keep_those_of_both_and_what_comes_first_comes() {
    let house = with_one("our day", "12 May").await;
    house.greet("ada@dc").await;
    named(&house, "ada@dc", "the birthday", "12 April").await;
    link(&house, "ada", "ada@dc").await;
    let labels: Vec<String> = dates(&house, "ada").await.iter().map(|date| date.label.expose().to_owned()).collect();
    assert_eq!(labels, ["our day", "the birthday"]);
    assert_eq!(plan(&house, "ada").await.unwrap().due_at.unwrap(), berlin("2026-04-05T18:00"));
}

#[tokio::test]
async fn forgotten_nothing_comes_any_more() {
    let house = with_one("our day", "12 May").await;
    house.say("ada", "/forget").await;
    house.tap("ada", "Delete everything").await;
    house.advance_to(berlin("2026-05-13T12:00")).await;
    assert_eq!(came(&house, "ada"), []);
}

#[tokio::test]
async fn who_went_quiet_is_left_alone_until_they_write() {
    let house = with_one("our day", "12 August").await;
    for words in ["/remind daily at 19:00", "right"] {
        house.say("ada", words).await;
    }
    house.advance_to(berlin("2026-07-01T12:00")).await;
    let (_, state) = house.person("ada").await;
    assert!(state.profile.fading.is_some_and(|fading| fading.rests()));
    let before = came(&house, "ada").len();
    house.advance_to(berlin("2026-08-05T20:00")).await;
    assert_eq!(came(&house, "ada").len(), before, "it said that it would be quiet");
    house.say("ada", "/help").await;
    house.advance_to(berlin("2026-08-12T12:00")).await;
    let came = came(&house, "ada");
    assert!(came.last().unwrap().1.starts_with("Good morning. Today is “our day”."), "{came:?}");
    assert_ne!(house.person("ada").await.1.profile.facts.get("discreet"), Some(&Value::Bool(true)));
}
