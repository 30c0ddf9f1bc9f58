//! The screen inside turns: a text that means danger interrupts, is no answer and is not kept, and the question that was
//! open stands again.

use std::path::Path;

use jiff::SignedDuration;
use mendwell::domain::event::Body;
use mendwell::store::EntryKind;

use crate::support::{House, shipped_library, shipped_screen, shipped_settings, small_library};

/// What the small dialogs' `/crisis` says.
const SAFETY: [&str; 2] = ["If you are in danger, please call somebody now.", "What would help right now?"];
const DANGER: &str = "i want to kill myself";
const ASKED: &str =
    "Something you wrote made me want to ask: are you thinking about dying, or is it a way of saying how bad it is?";

/// The small dialogs with the shipped questions.
async fn with_checks() -> House {
    let (mut library, shipped) = (small_library(), shipped_library());
    for (id, dialog) in &shipped.dialogs {
        library.dialogs.entry(id.clone()).or_insert_with(|| dialog.clone());
    }
    let mut house = House::closed(library);
    house.open().await;
    house
}

async fn shipped() -> House {
    let mut house = House::closed(shipped_library());
    house.settings = shipped_settings();
    house.open().await;
    house
}

#[tokio::test]
async fn i15_i16_danger_interrupts_every_question_and_it_stands_again() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "long").await;
    house.say("ada", "a").await;
    assert_eq!(house.say("ada", DANGER).await, SAFETY);
    assert_eq!(house.sessions("ada").await, (1, 1));
    assert_eq!(house.tap("ada", "Go on where we were").await.last().unwrap(), "Second?");
    house.say("ada", "b").await;
    assert_eq!(house.say("ada", "c").await, ["Kept: a, b, c."], "the words of danger are no answer");
    let (id, _) = house.person("ada").await;
    let entries = house.store().entries_of(id, EntryKind::Journal, 9).await.unwrap();
    assert!(!format!("{entries:?}").contains(DANGER));
}

#[tokio::test]
async fn i16_every_state_is_screened_also_for_somebody_new_and_with_nothing_open() {
    let house = House::new().await;
    assert_eq!(house.say("new", "tonight i will end my life").await, SAFETY, "before they said hello");
    house.welcome("ada").await;
    assert_eq!(house.say("ada", DANGER).await, SAFETY, "with nothing open");
    house.welcome("bob").await;
    house.open_dialog("bob", "menu").await;
    assert_eq!(house.say("bob", DANGER).await, SAFETY, "at a choice, where words would only be unclear");
    house.welcome("cat").await;
    house.open_dialog("cat", "long").await;
    house.say("cat", "/pause").await;
    assert_eq!(house.say("cat", DANGER).await, SAFETY, "with something set aside");
    house.welcome("eve").await;
    house.open_dialog("eve", "long").await;
    house.send("eve", Body::Edited("i took 40 pills".into())).await;
    assert_eq!(house.messenger.said("eve"), SAFETY, "in a message that was edited");
}

#[tokio::test]
async fn i17_a_safety_dialog_is_not_interrupted_by_what_is_said_in_it() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.say("ada", DANGER).await;
    let said = house.say("ada", DANGER).await;
    assert_ne!(said, SAFETY, "{said:?}");
    assert_eq!(house.sessions("ada").await, (1, 0), "no second one is begun");
}

#[tokio::test]
async fn what_was_just_asked_about_may_be_said_again_but_not_what_cannot_wait() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "long").await;
    assert_eq!(house.say("ada", DANGER).await, SAFETY);
    house.tap("ada", "Go on where we were").await;
    assert_eq!(house.say("ada", DANGER).await, ["Second?"], "it is taken for what it was meant as");
    assert_eq!(house.say("ada", "tonight i will end my life").await, SAFETY);
    house.tap("ada", "Go on where we were").await;
    house.advance(SignedDuration::from_mins(11)).await;
    assert_eq!(house.say("ada", DANGER).await, SAFETY);
}

#[tokio::test]
async fn a_no_is_believed_and_leaves_a_count_and_never_a_word() {
    let house = with_checks().await;
    house.welcome("ada").await;
    assert_eq!(house.say("ada", "i can't live without her, mandelbrot").await, [ASKED]);
    let said = house.say("ada", "no").await;
    assert!(said[0].starts_with("Thank you, I believe you."), "{said:?}");
    let (_, state) = house.person("ada").await;
    let care = state.profile.care.clone().unwrap();
    assert_eq!((care.false_alarms, care.asked_level), (1, 1));
    let written = serde_json::to_string(&state.profile).unwrap();
    assert!(!written.contains("mandelbrot") && !written.contains("false_alarm\""), "{written}");
}

#[tokio::test]
async fn for_a_day_after_a_no_doubtful_words_are_asked_about_directly() {
    let house = with_checks().await;
    house.welcome("ada").await;
    let doubtful = "i can't live without her";
    let screen = shipped_screen();
    let found = screen.look(doubtful);
    assert_eq!((screen.reply(&found, false), screen.reply(&found, true)), (Some("check-s1"), Some("crisis")));
    house.say("ada", doubtful).await;
    house.say("ada", "no").await;
    house.advance(SignedDuration::from_hours(2)).await;
    assert_ne!(house.say("ada", doubtful).await, [ASKED], "more than the one question");
    assert_eq!(house.sessions("ada").await.0, 1);
    house.say("ada", "/stop").await;
    house.advance(SignedDuration::from_hours(30)).await;
    assert_eq!(house.say("ada", doubtful).await, [ASKED]);
}

#[tokio::test]
async fn a_yes_leads_to_people_and_then_back() {
    let house = shipped().await;
    house.say("ada", "i can't live without her").await;
    let said = house.tap("ada", "I am not sure").await;
    assert_eq!(said[0], "Thank you for saying so. Then that goes first now.");
    assert!(house.sessions("ada").await.0 == 1 && said.len() > 1, "{said:?}");
}

#[tokio::test]
async fn everyday_words_go_their_way() {
    let house = House::new().await;
    house.welcome("ada").await;
    house.open_dialog("ada", "long").await;
    assert_eq!(house.say("ada", "this is killing me").await, ["Second?"]);
    assert_eq!(house.say("ada", "i'd die to see him again").await, ["Third?"]);
    let (_, state) = house.person("ada").await;
    assert_eq!(state.profile.care, None);
}

#[test]
fn the_replies_are_a_table_and_every_class_has_one() {
    let text = std::fs::read_to_string(Path::new("dialogs/safety/replies.toml")).unwrap();
    let (screen, library) = (shipped_screen(), shipped_library());
    for class in mendwell::safety::screen::Class::ALL {
        let row = format!("\n{:2} = \"", class.name());
        assert!(text.contains(&row), "{} has no row", class.name());
    }
    for (words, dialog) in [("i can't live without her", "check-s1"), ("i could kill him", "check-v1")] {
        assert_eq!(screen.reply(&screen.look(words), false), Some(dialog));
        assert!(library.dialog(dialog).is_some(), "{dialog}");
    }
    assert_eq!(screen.reply(&screen.look("he wants to kill himself"), false), Some("worried-for-other"));
}
