//! Two closer looks in a row that leave somebody heavier lead to something to do, in whatever dialogs they were.

use mendwell::domain::value::Value;

use crate::support::House;

/// What is said when looking is turned round into doing.
const TURNED_ROUND: &str = "something to do, not something to understand";

const CAUSES: &[&str] = &["/start breakup-causes", "5", "trust", "done", "both", "near the end", "go on", "/skip", "5"];
const WORTH: &str = include_str!("../../dialogs/tests/worth-log/no-proof.chat");
const LOOP: &str = include_str!("../../dialogs/tests/loop-map/tired.chat");

/// The script of a transcript up to its question for lighter or heavier.
fn script<'a>(start: &'a str, chat: &'a str) -> Vec<&'a str> {
    let before = chat.split("[Lighter |").next().unwrap();
    let lines = before.lines().filter_map(|line| line.strip_prefix("you  ").or(line.strip_prefix("tap  ")));
    let typed = |words| if words == "Skip" { "/skip" } else { words };
    std::iter::once(start).chain(lines.map(typed)).collect()
}

/// Goes through a dialog to its question for lighter or heavier, and answers that.
async fn look(house: &House, script: &[&str], weight: &str) -> String {
    for words in script {
        house.say("ada", words).await;
    }
    house.say("ada", weight).await.join("\n")
}

async fn in_a_row(house: &House) -> Option<Value> {
    house.person("ada").await.1.profile.facts.get("looks_heavier").cloned()
}

#[tokio::test]
async fn two_heavier_looks_in_a_row_lead_to_something_to_do() {
    let house = House::shipped("ada").await;
    let (worth, map) = (script("/start worth-log", WORTH), script("/start loop-map", LOOP));
    for (first, second) in [(CAUSES, &worth[..]), (&worth[..], &map[..]), (&map[..], CAUSES)] {
        assert!(!look(&house, first, "heavier").await.contains(TURNED_ROUND), "once is no row");
        house.say("ada", "/stop").await;
        assert_eq!(in_a_row(&house).await, Some(Value::Num(1.0)));
        assert!(look(&house, second, "heavier").await.contains(TURNED_ROUND), "{second:?}");
        let done = house.say("ada", "hands").await.join("\n");
        assert!(done.contains("plate") || done.contains("laundry"), "{done}");
        assert_eq!(in_a_row(&house).await, Some(Value::Num(0.0)), "the next row begins anew");
    }
}

#[tokio::test]
async fn a_look_that_does_not_weigh_ends_the_row() {
    let house = House::shipped("ada").await;
    let worth = script("/start worth-log", WORTH);
    for weight in ["heavier", "same", "heavier", "lighter", "heavier"] {
        assert!(!look(&house, &worth, weight).await.contains(TURNED_ROUND));
        house.say("ada", "/stop").await;
    }
}
