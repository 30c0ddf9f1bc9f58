//! Plays every transcript of `dialogs/tests/` and compares it with what is written there. `MENDWELL_UPDATE=1 cargo test
//! transcripts` writes what was played instead.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mendwell::console::play::play;
use mendwell::console::transcript;
use mendwell::console::transcript::head::Head;
use mendwell::dialog::load::SourceFile;
use mendwell::dialog::model::{Library, Verb};
use similar::{ChangeTag, TextDiff};

fn files(under: &Path, ends: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(under) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ends, found);
        } else if path.to_string_lossy().ends_with(ends) {
            found.push(path);
        }
    }
    found.sort();
}

fn difference(written: &str, played: &str) -> String {
    let diff = TextDiff::from_lines(written, played);
    let mut out = String::new();
    for (index, group) in diff.grouped_ops(2).iter().enumerate() {
        if index > 0 {
            out.push_str("      ...\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, line) = match change.tag() {
                ChangeTag::Equal => (' ', change.old_index()),
                ChangeTag::Delete => ('-', change.old_index()),
                ChangeTag::Insert => ('+', change.new_index()),
            };
            let number = line.unwrap_or_default() + 1;
            let _ = writeln!(out, "{number:>5} {sign} {}", change.value().trim_end_matches('\n'));
        }
    }
    out
}

#[test]
fn a_difference_names_lines_and_both_sides() {
    let shown = difference("a\nb\nc\nd\ne\n", "a\nb\nX\nd\ne\n");
    assert_eq!(shown, "    1   a\n    2   b\n    3 - c\n    3 + X\n    4   d\n    5   e\n");
    assert_eq!(difference("a\n", "a\n"), "");
}

fn library() -> Library {
    let mut paths = Vec::new();
    files(Path::new("dialogs"), ".toml", &mut paths);
    let source = |path: &PathBuf| {
        let inside = path.strip_prefix("dialogs").unwrap().to_string_lossy().replace('\\', "/");
        SourceFile { path: inside, text: std::fs::read_to_string(path).unwrap().into() }
    };
    let (library, diagnostics) = Library::load(paths.iter().map(source));
    library.unwrap_or_else(|| {
        panic!("the dialogs do not load: {} problems; `mendwell check` shows them", diagnostics.len())
    })
}

#[test]
fn every_transcript_plays_as_it_is_written() {
    let library = library();
    let update = std::env::var_os("MENDWELL_UPDATE").is_some();
    let mut paths = Vec::new();
    files(Path::new("dialogs/tests"), ".chat", &mut paths);
    let mut wrong = String::new();
    for path in &paths {
        let written = std::fs::read_to_string(path).unwrap();
        let played = transcript::run(&library, &written);
        match played {
            Ok(played) if played == written && !played.contains("\n!!") => {}
            Ok(played) if update => std::fs::write(path, played).unwrap(),
            Ok(played) => {
                let _ = write!(wrong, "\n{}\n{}", path.display(), difference(&written, &played));
            }
            Err(error) => {
                let _ = write!(wrong, "\n{}\n    {error}\n", path.display());
            }
        }
    }
    assert!(wrong.is_empty(), "transcripts that play otherwise (- written, + played):\n{wrong}");
}

/// Whether the script of a transcript leaves the usual way: a command, time that passes, an old button, or typed words
/// after which the same choices are offered again. One choice alone is a list's Done, which every item brings back.
fn is_hard(transcript: &str) -> bool {
    let lines: Vec<&str> = transcript.lines().collect();
    let leaves = |line: &&str| ["you  /", "time ", "tap! "].iter().any(|word| line.starts_with(word));
    lines.iter().any(leaves) || lines.windows(3).any(is_asked_again)
}

fn is_asked_again(lines: &[&str]) -> bool {
    let choices = |line: &str| {
        let (_, choices) = line.strip_prefix("bot?")?.rsplit_once("   [")?;
        choices.contains(" | ").then(|| choices.to_owned())
    };
    let [before, answer, after] = lines else { return false };
    answer.starts_with("you ") && choices(before).is_some() && choices(before) == choices(after)
}

#[test]
fn every_dialog_has_two_transcripts_and_a_hard_way() {
    let mut missing = String::new();
    for (id, dialog) in &library().dialogs {
        let mut paths = Vec::new();
        files(&Path::new("dialogs/tests").join(id), ".chat", &mut paths);
        let played: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let asks = dialog.parts.values().flatten().any(|step| matches!(step.verb, Verb::Ask(_)));
        // What asks nothing has one way only.
        let wanted = if asks { 2 } else { 1 };
        if played.len() < wanted {
            let _ = writeln!(missing, "{id}: {} of {wanted} transcripts", played.len());
        } else if asks && !played.iter().any(|each| is_hard(each)) {
            let _ =
                writeln!(missing, "{id}: no transcript with a way back, a why, a stop, a wait or an unclear answer");
        }
    }
    assert!(missing.is_empty(), "{missing}");
}

#[test]
fn a_hard_way_is_told_from_a_usual_one() {
    let asked = "bot? How is it?   [Good | Bad]\n";
    let again = "bot? Tap one of these.   [Good | Bad]\n";
    assert!(!is_hard(&format!("{asked}tap  Good\nend  finished\n")));
    assert!(is_hard(&format!("{asked}you  hm\n{again}tap  Good\nend  finished\n")));
    assert!(is_hard(&format!("{asked}you  /stop\nend  stopped\n")));
}

/// Every text a dialog can say is somewhere in the transcripts: the longest run of words of a step's texts that has
/// nothing filled in, of at least one of its variants.
#[test]
fn every_step_is_said_in_a_transcript() {
    let mut transcripts = Vec::new();
    files(Path::new("dialogs/tests"), ".chat", &mut transcripts);
    let played: String = transcripts.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let played = played.replace("\n     ", "\n");
    let mut paths = Vec::new();
    files(Path::new("dialogs"), ".toml", &mut paths);
    let mut missing = String::new();
    for path in paths.iter().filter(|path| path.parent() == Some(Path::new("dialogs"))) {
        let dialog: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        let main = dialog.get("step").into_iter();
        let parts = dialog.get("part").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::values);
        for step in main.chain(parts).filter_map(toml::Value::as_array).flatten() {
            let id = step.get("id").and_then(toml::Value::as_str).unwrap_or_default();
            let mut said: Vec<&toml::Value> = ["say", "text"].iter().filter_map(|key| step.get(key)).collect();
            let checks = step.get("check").and_then(toml::Value::as_array).into_iter().flatten();
            said.extend(checks.filter_map(|check| check.get("say")));
            let unsaid = |text: &&toml::Value| {
                let variants = text.as_array().map_or_else(|| vec![*text], |list| list.iter().collect());
                !variants.into_iter().filter_map(toml::Value::as_str).any(|text| played.contains(longest_run(text)))
            };
            for _text in said.iter().filter(|text| unsaid(text)) {
                let _ = writeln!(missing, "{}: {id}", path.display());
            }
        }
    }
    assert!(missing.is_empty(), "no transcript says these steps:\n{missing}");
}

/// The longest part of a text outside of braces.
fn longest_run(text: &str) -> &str {
    let parts = text.trim().split(['{', '}']).step_by(2);
    parts.max_by_key(|part| part.len()).unwrap_or_default().trim()
}

fn evening() -> Library {
    let source = |path: &str, text: &str| SourceFile { path: path.into(), text: text.to_owned().into() };
    let system = include_str!("../../dialogs/system/en.toml");
    let files = [source("evening.toml", include_str!("transcripts/evening.toml")), source("system/en.toml", system)];
    let (library, diagnostics) = Library::load(files);
    library.unwrap_or_else(|| panic!("{diagnostics:#?}"))
}

#[test]
fn a_transcript_plays_as_it_is_written_and_a_changed_line_is_seen() {
    let (library, path) = (evening(), Path::new("tests/it/transcripts/evening.chat"));
    let written = std::fs::read_to_string(path).unwrap();
    let played = transcript::run(&library, &written).unwrap();
    if std::env::var_os("MENDWELL_UPDATE").is_some() {
        std::fs::write(path, &played).unwrap();
    }
    assert_eq!(difference(&written, &played), "");
    let changed = written.replace("bot? What is one small step?", "bot? What is one giant step?");
    let difference = difference(&changed, &transcript::run(&library, &changed).unwrap());
    assert!(difference.contains("- bot? What is one giant step?"), "{difference}");
    assert!(difference.contains("+ bot? What is one small step?"), "{difference}");
}

/// The session goes through its stored form before every line of the script.
fn with_restarts(written: &str) -> String {
    let is_script = |line: &str| ["you ", "tap", "time", "beats"].iter().any(|word| line.starts_with(word));
    written.lines().map(|line| if is_script(line) { format!("kill\n{line}\n") } else { format!("{line}\n") }).collect()
}

fn without_restarts(written: &str) -> String {
    written.lines().filter(|line| *line != "kill").map(|line| format!("{line}\n")).collect()
}

#[test]
fn i3_a_restart_at_every_line_changes_nothing() {
    let mut all = vec![(evening(), include_str!("transcripts/evening.chat").to_owned())];
    let shipped = library();
    let mut paths = Vec::new();
    files(Path::new("dialogs/tests"), ".chat", &mut paths);
    all.extend(paths.iter().map(|path| (shipped.clone(), std::fs::read_to_string(path).unwrap())));
    for (library, written) in all {
        let played = transcript::run(&library, &with_restarts(&written)).unwrap();
        // Where nothing is asked, there is nothing to restart between.
        assert!(played.contains("\nkill\n") || with_restarts(&written) == written, "it does restart");
        assert_eq!(difference(&without_restarts(&written), &without_restarts(&played)), "");
    }
}

#[test]
fn what_is_played_by_hand_is_recorded_as_a_transcript() {
    let library = evening();
    let head = Head::new("evening").unwrap();
    let typed = "10\n/wait soon\n2\n3\nthe tax letter\n1\n7.5\n/wait 1d\nhello\nunread\n";
    let mut output = Vec::new();
    let transcript = play(&library, &head, typed.lines().map(str::to_owned), &mut output).unwrap().unwrap();
    let output = String::from_utf8(output).unwrap();
    let begin = "Hello, friend.\nTake your time.\nHow tense are you?\n[0] calm  [1] 1  ";
    assert!(output.starts_with(begin), "{output}");
    let beats = "\nIn …\nOut …\nIn …\nOut …\nWhat is here?\n[1] Sad  [2] Angry\nSay how long: ";
    assert!(output.contains(beats), "{output}");
    assert!(output.contains("\n[1] Sad  [2] ✓ Angry  [3] That's it\n"), "{output}");
    assert!(output.ends_with("Kept, with your 10. Sleep well, friend.\nend  finished\n"), "{output}");
    let head = "dialog evening    at 2026-03-02 20:15 Europe/Berlin    seed 1\nbot  Hello, friend.\n";
    assert!(transcript.starts_with(head), "{transcript}");
    assert!(transcript.contains("\ntap  very tense\nbeat In …   [Enough]\nbeats\nbeat Out"), "{transcript}");
    assert!(transcript.contains("\nyou  7.5\n"), "{transcript}");
    assert!(transcript.contains("\ntime 1d\npark idle\nyou  hello\n"), "{transcript}");
    assert!(!transcript.contains("unread"), "it was over");
    assert_eq!(transcript::run(&library, &transcript).unwrap(), transcript, "a recording is its own transcript");
    assert!(play(&library, &Head::new("nosuch").unwrap(), [], &mut Vec::new()).unwrap().is_none());
}
