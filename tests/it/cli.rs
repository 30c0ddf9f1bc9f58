//! What hosts and scripts see of the command line: output, exit codes, and files left untouched.

use std::os::unix::fs::PermissionsExt;
use std::process::Output;
use std::time::Duration;

use crate::program::{Home, Running};

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_wrong_command_line_is_64() {
    let home = Home::new();
    for arguments in
        [&["--nosuch"][..], &["chatt"], &["when", "--at", "25:00", "--zone", "UTC", "--from", "2026-01-01"]]
    {
        let output = home.run(arguments, "");
        assert_eq!(code(&output), 64, "{arguments:?}: {}", stderr(&output));
    }
    assert_eq!(code(&home.run(&["--help"], "")), 0);
    assert!(home.bytes().is_empty(), "nothing is made by asking");
}

#[test]
fn an_unknown_setting_is_named_with_its_line_and_the_nearest_key_and_is_78() {
    let home = Home::new();
    std::fs::write(home.path().join("config.toml"), "[bot]\nname = \"M\"\nstart_dialogg = \"welcome\"\n").unwrap();
    let output = home.run(&["chat"], "");
    assert_eq!(code(&output), 78);
    let told = stderr(&output);
    assert!(
        told.contains("config.toml:3") && told.contains("start_dialogg") && told.contains("`start_dialog`"),
        "{told}"
    );
    std::fs::write(home.path().join("config.toml"), "[bot]\nstart_dialog = \"nosuch\"\n").unwrap();
    let output = home.run(&["chat", "--data", "data"], "");
    assert_eq!(code(&output), 78, "{}", stderr(&output));
}

#[test]
fn a_broken_dialog_lists_every_problem_and_loads_nothing() {
    let home = Home::new();
    let dialogs = home.path().join("dialogs");
    std::fs::create_dir(&dialogs).unwrap();
    std::fs::write(
        dialogs.join("one.toml"),
        "format = 1\nid = \"one\"\ntitle = \"One\"\n\n[[step]]\nid = \"a\"\nsay = \"{nam}\"\n\n[[step]]\nid = \"b\"\nask = \"scael\"\ntext = \"?\"\n",
    )
    .unwrap();
    std::fs::write(dialogs.join("two.toml"), "format = 1\nid = \"two\"\ntitel = \"Two\"\n").unwrap();
    let output = home.run(&["check", "dialogs"], "");
    let told = stdout(&output);
    assert_eq!(code(&output), 1, "{told}");
    for part in ["one.toml:7", "`nam`", "one.toml:11", "scale", "two.toml:3", "title", "Nothing was loaded"] {
        assert!(told.contains(part), "no `{part}` in:\n{told}");
    }
    let output = home.run(&["chat", "--data", "data", "--dialogs", "dialogs"], "");
    assert_eq!(code(&output), 1);
    assert!(!home.data().exists(), "a chat with broken dialogs opens no store");
}

#[test]
fn the_shipped_dialogs_have_no_problem() {
    let output = Home::new().run(&["check"], "");
    let told = stdout(&output);
    assert_eq!(code(&output), 0, "{told}");
    assert!(told.contains("0 errors, 0 warnings") && told.contains("breakup-causes"), "{told}");
}

#[test]
fn a_second_instance_is_69_within_five_seconds() {
    let home = Home::new();
    let first = Running::start(home.mendwell(&["chat", "--data", "data"]));
    first.until("18");
    #[expect(clippy::disallowed_methods, reason = "the promise is about real time")]
    let start = std::time::Instant::now();
    let output = home.run(&["chat", "--data", "data"], "");
    assert_eq!(code(&output), 69, "{}", stderr(&output));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(first.end().success(), "the first one is not disturbed");
}

#[test]
fn a_signal_that_asks_to_stop_is_0() {
    for signal in ["TERM", "INT"] {
        let home = Home::new();
        let chat = Running::start(home.mendwell(&["chat", "--data", "data"]));
        chat.until("18");
        assert_eq!(chat.ask_to_stop(signal).code(), Some(0), "{signal}");
    }
}

#[test]
fn a_missing_or_wrong_master_key_is_65_and_touches_nothing() {
    let home = Home::new();
    home.chat("");
    let mode = std::fs::metadata(home.key()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let key = std::fs::read(home.key()).unwrap();
    std::fs::remove_file(home.key()).unwrap();
    let before = home.bytes();
    let missing = home.run(&["chat", "--data", "data"], "hello\n");
    assert_eq!((code(&missing), home.bytes()), (65, before), "{}", stderr(&missing));
    assert_eq!(stderr(&missing).lines().count(), 1, "{}", stderr(&missing));

    std::fs::write(home.key(), "0".repeat(64) + "\n").unwrap();
    std::fs::set_permissions(home.key(), std::fs::Permissions::from_mode(0o600)).unwrap();
    let before = home.bytes();
    let wrong = home.run(&["chat", "--data", "data"], "hello\n");
    assert_eq!((code(&wrong), home.bytes()), (65, before), "{}", stderr(&wrong));

    std::fs::write(home.key(), key).unwrap();
    home.chat("");
}

#[test]
fn when_prints_a_line_per_occurrence_through_a_spring_gap() {
    let output = Home::new()
        .run(&["when", "--at", "02:30", "--zone", "Europe/Berlin", "--from", "2026-03-28", "--count", "3"], "");
    assert_eq!(
        stdout(&output),
        "2026-03-28T02:30:00+01:00[Europe/Berlin]\n2026-03-29T03:30:00+02:00[Europe/Berlin]\n2026-03-30T02:30:00+02:00[Europe/Berlin]\n"
    );
}

#[test]
fn the_example_configuration_is_in_order() {
    let home = Home::new();
    let example = home.run(&["config", "example"], "");
    std::fs::write(home.path().join("config.toml"), &example.stdout).unwrap();
    let check = home.run(&["config", "check"], "");
    assert_eq!(code(&check), 0, "{}", stderr(&check));
}

/// The README's talk, as far as it is the same every day: the questions' answers to choose from.
#[test]
fn the_readme_shows_what_a_newcomer_sees() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let talk = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let typed: String =
        talk.lines().filter_map(|line| line.strip_prefix("> ")).map(|line| format!("{line}\n")).collect();
    let home = Home::new();
    let seen = stdout(&home.run(&["chat", "--data", "data"], &typed));
    let choices: Vec<&str> = talk.lines().filter(|line| line.starts_with("[1]")).collect();
    assert!(choices.len() >= 8);
    let missing: Vec<&&str> = choices.iter().filter(|line| !seen.lines().any(|each| each == **line)).collect();
    assert!(missing.is_empty(), "{missing:#?}\n{seen}");
}

#[test]
fn hostile_lines_are_answered_and_nothing_breaks() {
    let home = Home::new();
    let long = "x".repeat(1024 * 1024);
    let hostile = [
        "\u{202e}evil\u{2066}",
        "👨‍👩‍👧‍👦🏳️‍🌈",
        "\u{0}nul\u{0}",
        "\u{1b}[31mred\u{1b}[0m",
        "/fоrget",
        "{name} {{x}} %s ' OR 1=1 --",
        "e\u{301}\u{301}\u{301}\u{301}",
        "",
        "   ",
        &long,
        "999999999999999999999999",
        "-1",
    ];
    let mut input = String::from("1\n1\n");
    for line in hostile {
        input.push_str(line);
        input.push('\n');
    }
    let output = home.run(&["chat", "--data", "data", "--as", "ada"], &input);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(!stderr(&output).contains("bug"), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{0}'), "control characters reached the terminal");
}

/// I39's ground: what people type is on no disk and in no log as it was typed.
#[test]
fn no_word_a_person_typed_is_on_disk_or_in_the_log() {
    let canary = "xylophonequartz";
    let home = Home::new();
    let mut chat = Running::start(home.mendwell(&["chat", "--data", "data", "--as", canary]));
    chat.until("18");
    for line in ["1", "1", canary, &format!("/menu {canary}"), &format!("/{canary}"), canary] {
        chat.type_line(line);
    }
    // Still running: the WAL has not been folded in.
    let found = |home: &Home| home.bytes().iter().any(|(_, bytes)| holds(bytes, canary));
    assert!(!found(&home));
    chat.kill();
    assert!(!found(&home), "after a kill");
    let output = home.run(&["chat", "--data", "data", "--as", "ada"], &format!("1\n1\n{canary}\n/menu\n{canary}\n"));
    assert!(!found(&home), "after an orderly end");
    assert!(!stderr(&output).contains(canary));
    // The scanner finds what is there.
    std::fs::write(home.data().join("note"), format!("a {canary} b")).unwrap();
    assert!(found(&home));
}

fn holds(bytes: &[u8], word: &str) -> bool {
    let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(word.len()).any(|part| part == word.as_bytes()) || bytes.windows(wide.len()).any(|part| part == wide)
}
