//! Walks through the shipped dialogs as a person takes them: what one part of the house promises, another keeps.

use crate::program::Home;

/// From hello to the end: a check-in at 19:00 in Berlin.
const WELCOME: &str = "1\n1\n3\n/skip\n1\nAda\n2\n3\n";

fn after<'a>(told: &'a str, words: &str) -> &'a str {
    told.split_once(words).unwrap_or_else(|| panic!("no `{words}` in:\n{told}")).1
}

#[test]
fn going_on_after_crisis_goes_on_with_what_it_interrupted() {
    let told = Home::new().chat("1\n1\n3\n/crisis\n3\n3\n1\n");
    assert!(after(&told, "/crisis brings the numbers back").contains("\nIf one sentence about today"), "{told}");
}

#[test]
fn stopping_at_crisis_asks_nothing_more() {
    let told = Home::new().chat("1\n1\n3\n/crisis\n1\n3\n6\n3\n7\n4\n");
    assert_eq!(after(&told, "/crisis is there if you need it again."), "\n", "{told}");
}

#[test]
fn the_small_thing_is_asked_about_from_the_next_day_on() {
    let home = Home::new();
    let script = "/checkin\n3\n2\n/skip\n/skip\n/skip\n/skip\nwater the plant\n/checkin\n3\n1\n/wait 1d\n/wait 1d\n1\n";
    let told = home.chat(&format!("{WELCOME}{script}"));
    let (same_day, later) = told.split_once("“water the plant”").unwrap_or_else(|| panic!("never asked:\n{told}"));
    assert!(same_day.contains("Where is today, between 1 and 5?"), "a second check-in that day does not ask:\n{told}");
    assert!(later.contains("[1] Done"), "{told}");
}

#[test]
fn without_a_question_a_command_for_questions_says_where_to_go() {
    let told = Home::new().chat(&format!("{WELCOME}/back\n/skip\n/why\n"));
    assert_eq!(told.matches("Nothing is waiting for you. /menu").count(), 3, "{told}");
}

#[test]
fn too_young_or_no_consent_keeps_nothing_and_begins_again() {
    for script in ["not sure\n2\n", "1\nnot sure\n2\n"] {
        let home = Home::new();
        let told = home.chat(script);
        assert!(told.contains("I am not keeping anything you wrote"), "{told}");
        let again = home.chat("");
        assert!(again.contains("Are you 18 or older?"), "it begins again: {again}");
    }
}
