//! `/guide`: what is done, what may come next, and something by chance.

use std::collections::BTreeSet;

use mendwell::dialog::shelf::{CHAPTERS, Shelf, Wish};
use mendwell::domain::event::Body;

use crate::support::{House, shipped_library};

#[tokio::test]
async fn what_is_done_is_counted_and_the_next_is_another() {
    let house = House::shipped("ada").await;
    let said = house.say("ada", "/guide").await.join("\n");
    assert!(said.starts_with("There are") && said.contains("Next could be"), "{said}");
    assert_eq!(house.sessions("ada").await, (0, 0), "nothing is begun unasked");
    let first = title(&said);
    house.tap("ada", &first).await;
    for answer in ["/skip", "That I play the cello again.", "8"] {
        house.say("ada", answer).await;
    }
    let said = house.say("ada", "/guide").await.join("\n");
    assert!(said.starts_with("You have done 1 of"), "{said}");
    assert!(said.contains("• Where to begin: 1 of"), "{said}");
    assert_ne!(title(&said), first);
}

#[tokio::test]
async fn an_open_exercise_stays_open_until_something_is_pressed() {
    let house = House::shipped("ada").await;
    house.send("ada", Body::Tap("o.thanks-line".to_owned())).await;
    house.say("ada", "/guide").await;
    assert_eq!(house.sessions("ada").await, (1, 0));
    house.tap("ada", "All chapters").await;
    assert_eq!(house.sessions("ada").await, (1, 1));
    house.say("ada", "Nothing right now").await;
    let said = house.say("ada", "/guide").await.join("\n");
    assert!(said.contains("is set aside. /resume goes on there."), "{said}");
    house.tap("ada", "Surprise me").await;
    assert_eq!(house.sessions("ada").await.0, 1);
}

#[test]
fn every_exercise_of_the_guide_stands_in_one_chapter() {
    let library = shipped_library();
    let none = BTreeSet::new();
    let counts = library.shelf.counts(&none);
    assert!(counts.iter().all(|(done, all)| *done == 0 && *all >= 4), "{counts:?}");
    for chapter in 0..CHAPTERS {
        assert!(library.dialog(&Shelf::card(chapter)).is_some(), "chapter {chapter} has no card");
    }
    for never in ["daily", "welcome", "chapter-2", "crisis", "menu"] {
        assert!(!library.shelf.has(never), "{never}");
    }
    for wish in [Wish::Heal, Wish::Decide, Wish::Reconnect, Wish::Repair] {
        let next = library.shelf.next(&none, wish, false).unwrap();
        assert!(library.finder.offers(next), "{next} cannot be pressed");
        for chance in 0..200 {
            let any = library.shelf.by_chance(&none, wish, true, Some(next), chance).unwrap();
            assert!(library.finder.offers(any) && any != next, "{any} cannot be pressed");
        }
    }
}

fn title(said: &str) -> String {
    let next = said.split_once("Next could be “").unwrap().1;
    next.split_once('”').unwrap().0.to_owned()
}
