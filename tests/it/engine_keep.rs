//! How long an unfinished session is kept, and what of it, when one dialog leads to another.

use jiff::SignedDuration;
use mendwell::dialog::effect::Verdict;
use mendwell::dialog::model::Library;
use mendwell::dialog::session::{How, Status};
use mendwell::domain::command::Command;
use mendwell::domain::write::{JournalEntry, Write};

use crate::engine_support::*;

/// A dialog with limits and a question, which leads on to another one.
fn dialog(id: &str, head: &str, idle: &str, keep: &str, on_expire: &str, then: &str) -> (String, String) {
    let text = format!(
        "format = 1\nid = \"{id}\"\ntitle = \"The {id}\"\nlang = \"en\"\n{head}\n[limits]\nidle = \"{idle}\"\n\
         keep = \"{keep}\"\non_expire = \"{on_expire}\"\n[[step]]\nid = \"what\"\nask = \"text\"\n\
         text = \"What of the {id}?\"\n[[step]]\nid = \"then\"\n{then}"
    );
    (id.to_owned(), text)
}

fn of(dialogs: &[(String, String)]) -> Library {
    library(&dialogs.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect::<Vec<_>>())
}

fn help() -> (String, String) {
    let choice = "ask = \"choice\"\ntext = \"Are you safe?\"\noptions = [{ key = \"no\", label = \"No\" }]";
    let (id, text) = dialog("help", "role = \"safety\"", "10m", "1h", "save_partial", choice);
    (id, text.replace("ask = \"text\"\ntext = \"What of the help?\"", choice))
}

/// A menu that leads to an exercise, which leads to a pause or to help.
fn house(then: &str) -> Library {
    of(&[
        dialog("menu", "", "1h", "1d", "discard", "call = \"exercise\""),
        dialog("exercise", "", "2h", "3d", "save_partial", then),
        dialog("pause", "", "30m", "2h", "discard", "say = \"Good.\""),
        help(),
    ])
}

/// Somebody who answered the first questions with these words.
fn led<'a>(lib: &'a Library, words: &[&str]) -> Talk<'a> {
    let mut talk = Talk::start(lib, "menu");
    for word in words {
        assert_eq!(talk.text(word), Verdict::Advanced, "{word}");
    }
    talk
}

fn hours_until_due(talk: &Talk<'_>) -> f64 {
    let due = talk.session.timer(talk.lib).unwrap();
    due.duration_since(talk.world.now).as_secs_f64() / 3_600.0
}

fn expired(talk: &mut Talk<'_>) -> Option<JournalEntry> {
    talk.due();
    assert_eq!(talk.session.status, Status::Ended(How::Expired));
    writes(&talk.last)
        .into_iter()
        .find_map(|(_, write)| if let Write::Journal(entry) = write { Some(entry) } else { None })
}

#[test]
fn an_exercise_that_a_menu_began_is_kept_as_the_exercise_says() {
    let lib = house("ask = \"text\"\ntext = \"And then?\"");
    let mut talk = led(&lib, &["the exercise", "about Rome"]);
    assert_eq!(hours_until_due(&talk), 2.0);
    talk.command(Command::Pause);
    assert_eq!(hours_until_due(&talk), 72.0);
    talk.wait(SignedDuration::from_hours(25));
    assert_eq!(talk.command(Command::Resume), Verdict::Resumed, "the menu's day is over, the exercise's are not");
    talk.command(Command::Pause);
    let entry = expired(&mut talk).unwrap();
    assert_eq!(entry.dialog, "exercise");
    assert!(entry.title.expose().contains("The exercise"), "{}", entry.title.expose());
    assert_eq!(entry.body.expose(), "What of the exercise?\nabout Rome", "and not what the menu asked");
}

#[test]
fn what_an_exercise_leads_to_takes_nothing_of_it_away() {
    let lib = house("call = \"pause\"");
    let mut talk = led(&lib, &["the exercise", "about Rome"]);
    assert_eq!(hours_until_due(&talk), 0.5, "what is asked now says how long it waits");
    talk.command(Command::Pause);
    assert_eq!(hours_until_due(&talk), 72.0);
    let entry = expired(&mut talk).unwrap();
    assert_eq!(entry.body.expose(), "What of the exercise?\nabout Rome");
}

#[test]
fn help_in_danger_changes_nothing_of_it_and_leaves_no_trace() {
    let lib = house("escalate = \"help\"");
    let mut talk = led(&lib, &["the exercise", "about Rome", "no"]);
    assert_eq!(hours_until_due(&talk), 2.0);
    talk.due();
    assert_eq!(hours_until_due(&talk), 72.0);
    assert_eq!(expired(&mut talk).unwrap().body.expose(), "What of the exercise?\nabout Rome");
    let menu = of(&[dialog("menu", "", "1h", "1d", "discard", "escalate = \"help\""), help()]);
    let mut talk = led(&menu, &["people", "no"]);
    assert_eq!(hours_until_due(&talk), 1.0);
    talk.due();
    assert_eq!(hours_until_due(&talk), 24.0);
    assert_eq!(expired(&mut talk), None);
}
