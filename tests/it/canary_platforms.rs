//! Words that nobody else uses, told to every shipped dialog over each platform's own adapter: no file and no log has them.

use mendwell::domain::occasion::Occasion;
use mendwell::service::Settings;
use rand::prelude::*;
use rand::rngs::StdRng;

use crate::canary::WORDS;
use crate::support::canary::found_in;
use crate::support::discord::DiscordHouse;
use crate::support::log::{self, Log};
use crate::support::telegram::TelegramHouse;
use crate::support::{shipped_library, shipped_settings};

const NAME: &str = "Quillabeth";
// Longer than the fraction of a second in a line of the log, which may have any six digits.
const FIRST: u32 = 3_774_129_055;
const PEOPLE: &str = "3774129";
const PIN: &str = "730152886419";
const SECRETS: [&str; 4] = [WORDS, NAME, PEOPLE, PIN];
/// Answers to each dialog.
const TURNS: usize = 10;
/// Said at the end.
// One of the dialogs is about the language, and what ends it is looked for in English.
const ENDS: [&str; 12] =
    ["/stop", "/language english", "/pin", PIN, PIN, "/privacy", "/stop", "/link", "/export", "yes", "/hide", "/stop"];
const SURE: &str = "Shall I delete everything";
const DONE: &str = "It is done";

fn with_menu(dialog: &str) -> Settings {
    let mut settings = shipped_settings();
    settings.dialogs.set(Occasion::Menu, dialog);
    settings
}

/// Every dialog is told over one of the two at least; `MENDWELL_CANARY=full` tells each over both.
fn dialogs_over(turn: usize) -> Vec<String> {
    let is_full = std::env::var_os("MENDWELL_CANARY").is_some_and(|size| size == "full");
    let all = shipped_library().dialogs.into_keys().enumerate();
    all.filter(|(place, _)| is_full || place % 2 == turn).map(|(_, dialog)| dialog).collect()
}

/// The label that is pressed next; none for words.
fn pressed(labels: &[String], rng: &mut StdRng) -> Option<String> {
    labels.choose(rng).filter(|_| rng.random_bool(0.75)).cloned()
}

#[tokio::test]
async fn telegram_keeps_no_word_of_any_dialog_plainly() {
    let log = Log::capture();
    let mut rng = StdRng::seed_from_u64(7);
    for (number, dialog) in (0..).zip(dialogs_over(0)) {
        let mut house = TelegramHouse::closed(shipped_library(), with_menu(&dialog));
        house.open().await;
        let person = house.fake.user(i64::from(FIRST) + number).named(NAME);
        for words in ["/start", "yes", "yes", "/stop", "/menu"] {
            person.say(words);
            house.settle().await;
        }
        for _ in 0..TURNS {
            let last = house.fake.messages(person.id).pop();
            let labels: Vec<String> = last.iter().flat_map(|last| last.labels()).map(str::to_owned).collect();
            match pressed(&labels, &mut rng) {
                Some(label) => {
                    person.tap(&label);
                    house.settle().await;
                }
                None => {
                    person.say(WORDS);
                    house.settle().await;
                }
            }
        }
        house.kill().await;
        house.settings = shipped_settings();
        house.open().await;
        for words in ENDS {
            person.say(words);
            house.settle().await;
        }
        for (words, answer) in [("/forget", SURE), ("yes", DONE)] {
            person.say(words);
            let is_it = |said: &&str| said.starts_with(answer);
            house.in_time(|world| world.said(person.id).iter().any(is_it).then_some(())).await;
        }
        assert_eq!(found_in(house.directory(), &SECRETS), Vec::<String>::new());
    }
    log::is_clean(&log, &SECRETS, &["hyper_util::"]);
}

#[tokio::test]
async fn discord_keeps_no_word_of_any_dialog_plainly() {
    let log = Log::capture();
    let mut rng = StdRng::seed_from_u64(7);
    for (number, dialog) in (0..).zip(dialogs_over(1)) {
        let mut house = DiscordHouse::closed(shipped_library(), with_menu(&dialog));
        house.open().await;
        let person = house.fake.user(u64::from(FIRST) + number).named(NAME);
        for words in ["/start", "yes", "yes", "/stop", "/menu"] {
            person.say(words);
            house.settle().await;
        }
        for _ in 0..TURNS {
            let last = house.fake.messages(person.channel).pop();
            let buttons = last.iter().flat_map(|last| last.buttons()).filter(|button| !button.is_disabled);
            let labels: Vec<String> = buttons.map(|button| button.label.clone()).collect();
            match pressed(&labels, &mut rng) {
                Some(label) => {
                    person.tap(&label);
                    house.settle().await;
                    if house.fake.look(|world| world.modal(person.id).is_some()) {
                        person.submit_modal(WORDS);
                        house.settle().await;
                    }
                }
                None => {
                    person.say(WORDS);
                    house.settle().await;
                }
            }
        }
        house.kill().await;
        house.settings = shipped_settings();
        house.open().await;
        for words in ENDS {
            person.say(words);
            house.settle().await;
        }
        // What is deleted goes at the pace that the platform sets.
        for (words, answer) in [("/forget", SURE), ("yes", DONE)] {
            person.say(words);
            let is_it = |said: &&str| said.starts_with(answer);
            house.in_time(|world| world.said(person.channel).iter().any(is_it).then_some(())).await;
        }
        assert_eq!(found_in(house.directory(), &SECRETS), Vec::<String>::new());
    }
    log::is_clean(&log, &SECRETS, &["hyper_util::", "twilight_gateway"]);
}
