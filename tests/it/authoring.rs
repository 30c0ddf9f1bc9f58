//! `docs/authoring.md`, walked word for word: its files are written, its commands run in a fresh directory with the real
//! binary, and what it shows of their output must be there.

use std::path::Path;
use std::process::Command;

use mendwell::console::transcript;
use mendwell::dialog::load::SourceFile;
use mendwell::dialog::model::Library;

const GUIDE: &str = include_str!("../../docs/authoring.md");

/// The fenced blocks: language and content.
fn blocks(guide: &str) -> Vec<(&str, &str)> {
    let fences = guide.split("```").skip(1).step_by(2);
    fences.map(|fence| fence.split_once('\n').unwrap()).collect()
}

/// Does what the guide says in a directory; every line that is not as the guide shows it.
fn walk(guide: &str, home: &Path) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_mendwell")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let (mut wrong, mut said) = (Vec::new(), String::new());
    for (language, content) in blocks(guide) {
        match language {
            "toml" => {
                let name = content.lines().next().unwrap().trim_start_matches("# ");
                std::fs::write(home.join(name), content).unwrap();
            }
            "sh" => {
                let mut shell = Command::new("sh");
                shell.args(["-e", "-c", &format!("exec 2>&1\n{content}")]).current_dir(home);
                let output = shell.env_clear().env("PATH", &path).env("HOME", home).output().unwrap();
                said = String::from_utf8(output.stdout).unwrap();
                if !output.status.success() {
                    wrong.push(format!("`{content}` fails: {said}"));
                }
            }
            "text" | "chat" => {
                let shown = |line: &&str| !said.lines().any(|each| each.trim_end() == *line);
                wrong.extend(content.lines().filter(shown).map(str::to_owned));
            }
            other => wrong.push(format!("a block of the unknown kind {other:?}")),
        }
    }
    wrong
}

#[test]
fn the_guide_for_authors_is_true_word_for_word() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(walk(GUIDE, home.path()), Vec::<String>::new());
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    let system = include_str!("../../dialogs/system/en.toml").to_owned();
    let dialog = SourceFile { path: "five-steps.toml".into(), text: read("my/five-steps.toml").into() };
    let (library, problems) =
        Library::load([dialog, SourceFile { path: "system/en.toml".into(), text: system.into() }]);
    assert!(problems.is_empty(), "{problems:#?}");
    let went = read("my/tests/five-steps/went.chat");
    assert_eq!(transcript::run(&library.unwrap(), &went).unwrap(), went);
    assert!(GUIDE.contains(&went), "the guide shows the whole recording");
}

#[test]
fn a_guide_that_shows_something_else_is_seen() {
    let home = tempfile::tempdir().unwrap();
    let changed = GUIDE.replace("bot  You went. That counts as it is.", "bot  Well done.");
    assert_eq!(walk(&changed, home.path()), ["bot  Well done."]);
}
