//! What stands in the memory of the running binary, looked into as root, which is the only one who can.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use crate::counting::{PATIENCE, Place};
use crate::fake_discord;
use crate::fake_telegram::{self, FakeTelegram};
use crate::program::{Home, Running};
use crate::support::canary::count;
use crate::support::discord::discord_of_today;

const CANARY: &str = "Nachtigallenschlag";
/// A user who is not root, where the tests are.
const NOBODY: u32 = 65_534;

/// How often the words stand in the process's memory; `None` when this test may not look.
fn hits(process: u32, words: &str) -> Option<usize> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    let memory = File::open(format!("/proc/{process}/mem")).ok()?;
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split(' ').next()?.split_once('-')?;
        let (from, to) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
        let mut bytes = vec![0; usize::try_from(to - from).ok()?];
        if memory.read_exact_at(&mut bytes, from).is_ok() {
            found += count(&bytes, words.as_bytes());
        }
    }
    Some(found)
}

#[test]
fn the_process_leaves_no_core_file() {
    let home = Home::new();
    let chat = Running::start(home.mendwell(&["chat", "--data", "data", "--as", "ada"]));
    chat.until("[1]");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", chat.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
}

/// A process that may be looked into belongs to its user in `/proc`, one that may not to root.
/// <https://man7.org/linux/man-pages/man5/proc_pid.5.html>
#[test]
fn only_root_may_look_into_the_process() {
    use std::os::unix::fs::{MetadataExt, chown};
    use std::os::unix::process::CommandExt;
    let home = Home::new();
    let owner = |process: u32| std::fs::metadata(format!("/proc/{process}/environ")).unwrap().uid();
    let is_root = owner(std::process::id()) == 0;
    let mut command = home.mendwell(&["chat", "--data", "data", "--as", "ada"]);
    let mut control = std::process::Command::new("sleep");
    if is_root {
        // The build may lie where only root may go. Another process copies: a program that this one has open for
        // writing cannot be run, and a test beside this one may just pass the open file on to a child.
        let copy = home.path().join("mendwell");
        let copied = std::process::Command::new("cp").arg(command.get_program()).arg(&copy).status().unwrap();
        assert!(copied.success());
        command = home.mendwell_at(&copy, &["chat", "--data", "data", "--as", "ada"]);
        chown(home.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        command.uid(NOBODY);
        control.uid(NOBODY);
    }
    let mut control = control.arg("60").spawn().unwrap();
    let chat = Running::start(command);
    chat.until("[1]");
    let (seen, other) = (owner(chat.id()), owner(control.id()));
    control.kill().unwrap();
    control.wait().unwrap();
    assert_ne!(other, 0, "the control may be looked into by its user");
    assert_eq!(seen, 0);
}

#[test]
fn what_somebody_wrote_is_gone_from_memory_after_forget() {
    let home = Home::new();
    let mut chat = Running::start(home.mendwell(&["chat", "--data", "data", "--as", "ada"]));
    for (asks, answer) in [("[1] Yes", "1"), ("[1] Yes", "1"), ("[1] very hard", "2"), ("[1] Skip", CANARY)] {
        chat.until(asks);
        chat.type_line(answer);
    }
    chat.until("[1] Feel better");
    chat.type_line("/forget");
    chat.until("[1] Delete everything");
    chat.type_line("1");
    chat.until("It is done");
    is_gone(chat.id());
}

#[test]
fn what_somebody_wrote_on_telegram_is_gone_from_memory_after_forget() {
    let (home, fake) = (Home::new(), FakeTelegram::start());
    let service = serves(&home, &fake.config());
    let ada = fake.user(5_001);
    let sees = |words: &str| {
        let is_seen = |world: &fake_telegram::world::World| world.said(ada.id).last()?.contains(words).then_some(());
        fake.wait_for_blocking(is_seen, PATIENCE).unwrap_or_else(|ledger| panic!("no `{words}`:\n{ledger}"));
    };
    for (words, answer) in TALK {
        ada.say(words);
        sees(answer);
    }
    is_gone(service.id());
}

/// The connection's own buffer is the library's, and holds what came last: the bot makes the connection anew.
#[test]
fn what_somebody_wrote_on_discord_is_gone_from_memory_after_forget() {
    let (home, fake) = (Home::new(), discord_of_today());
    let service = serves(&home, &fake.config());
    fake.wait_for_blocking(|world| world.gateway().is_connected().then_some(()), PATIENCE).unwrap();
    let ada = fake.user(5_001);
    let sees = |words: &str| {
        let is_seen =
            |world: &fake_discord::world::World| world.said(ada.channel).last()?.contains(words).then_some(());
        fake.wait_for_blocking(is_seen, PATIENCE).unwrap_or_else(|ledger| panic!("no `{words}`:\n{ledger}"));
    };
    for (words, answer) in TALK {
        ada.say(words);
        sees(answer);
    }
    is_gone(service.id());
}

/// What somebody says, and what is said then.
const TALK: &[(&str, &str)] = &[
    ("/start", "18 or older"),
    ("yes", "keep your answers"),
    ("yes", "from 1 to 5"),
    ("2", "one sentence"),
    (CANARY, "What do you want"),
    ("1", "call you"),
    (CANARY, "same time as you"),
    ("/forget", "Shall I delete everything"),
    ("yes", "It is done"),
];

/// The service of a host with this configuration.
fn serves(home: &Home, config: &str) -> Running {
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    Running::start(home.mendwell(&["--data", "data"]))
}

/// Within five seconds nothing of it is left.
#[track_caller]
fn is_gone(process: u32) {
    // The control: the dialogs are in memory, and are found there. Where nobody may look, nothing can be said.
    let Some(control) = hits(process, "Shall I delete everything I have of you?") else { return };
    assert!(control > 0, "words that are there are not found");
    let mut left = usize::MAX;
    for _ in 0..50 {
        left = hits(process, CANARY).unwrap();
        if left == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(left, 0, "the words are still in memory after five seconds");
}
