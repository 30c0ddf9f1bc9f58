//! What stands in the memory of the running binary, looked into as root, which is the only one who can.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use crate::program::{Home, Running};

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
            found += bytes.windows(words.len()).filter(|window| *window == words.as_bytes()).count();
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
    // The control: the dialogs are in memory, and are found there. Where nobody may look, nothing can be said.
    let Some(control) = hits(chat.id(), "Shall I delete everything I have of you?") else { return };
    assert!(control > 0, "words that are there are not found");
    let mut left = usize::MAX;
    for _ in 0..50 {
        left = hits(chat.id(), CANARY).unwrap();
        if left == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(left, 0, "the words are still in memory after five seconds");
}
