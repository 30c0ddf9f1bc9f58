//! House rules that no compiler keeps: floors, purity, the one place of SQL, file docs and sizes, forgotten files.
//! The floor table is read from the docs of `src/lib.rs`; every rule is proven by a planted breach.

use std::collections::BTreeMap;
use std::path::Path;

const FILE_LINES_MAX: usize = 500;
const PURE_FLOOR_MAX: u32 = 1;
/// This file names what it forbids.
const THIS: &str = "tests/it/tidy.rs";

const IMPURE: &[&str] = &[
    "async",
    ".await",
    "tokio",
    "sqlx",
    "tracing",
    "std::fs",
    "std::net",
    "std::env",
    "Timestamp::now",
    "ZonedDateTime::now",
    "SystemTime::now",
    "Instant::now",
    "rand::",
];
const SQL: &[&str] = &["SELECT ", "INSERT INTO", "INSERT OR ", "DELETE FROM", "sqlx::query"];
const PRINTING: &[&str] = &["println!", "eprintln!", "print!", "eprint!", "dbg!"];
const PRINTING_MODULES: &[&str] = &["console", "cli"];

type File = (String, String);
type Floors = BTreeMap<String, u32>;

#[test]
fn the_house_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for dir in ["src", "tests/it", "tests/fake"] {
        collect(root, &root.join(dir), &mut files);
    }
    assert!(files.len() > 20, "only {} files were found", files.len());
    let breaches = breaches(&files);
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}

fn collect(root: &Path, dir: &Path, files: &mut Vec<File>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Everything that is wrong with these files, each as `path:line: what`.
fn breaches(files: &[File]) -> Vec<String> {
    let floors = floors(files);
    let mut found = Vec::new();
    if floors.is_empty() {
        found.push("src/lib.rs:1: no floor table in its docs".to_owned());
    }
    for file in files {
        whole_file(file, files, &mut found);
        let module = top_module(&file.0);
        let floor = module.and_then(|module| floors.get(module)).copied();
        if module.is_some() && floor.is_none() {
            found.push(format!("{}:1: its module has no floor in the table of src/lib.rs", file.0));
        }
        for (line, code) in code_lines(&file.1) {
            let mut breach = |what: String| found.push(format!("{}:{line}: {what}", file.0));
            words(&file.0, module, floor, code, &mut breach);
        }
        if let (Some(module), Some(floor)) = (module, floor) {
            imports(file, module, floor, &floors, &mut found);
        }
        comments(file, &mut found);
    }
    found
}

/// The table in the docs of `src/lib.rs`: in a text block, a floor's number, then its modules, two spaces between them,
/// then more than one word on what they are.
fn floors(files: &[File]) -> Floors {
    let mut floors = Floors::new();
    let Some((_, text)) = files.iter().find(|(path, _)| path == "src/lib.rs") else { return floors };
    let mut is_inside = false;
    for line in text.lines().filter_map(|line| line.strip_prefix("//!")).map(str::trim) {
        if line.starts_with("```") {
            is_inside = line == "```text";
            continue;
        }
        let Some((number, rest)) = line.split_once(' ').filter(|_| is_inside) else { continue };
        let Ok(floor) = number.parse() else { continue };
        let mut columns = rest.split("  ").map(str::trim).filter(|column| !column.is_empty());
        let first = columns.next().unwrap_or("");
        for module in first.split(' ').chain(columns.take_while(|column| !column.contains(' '))) {
            floors.insert(module.to_owned(), floor);
        }
    }
    floors
}

/// `store` of `src/store.rs` and `src/store/outbox.rs`; none of the roots and of tests.
fn top_module(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let top = inside.split('/').next()?;
    Some(top.strip_suffix(".rs").unwrap_or(top)).filter(|top| !matches!(*top, "lib" | "main"))
}

fn whole_file((path, text): &File, files: &[File], found: &mut Vec<String>) {
    if !text.starts_with("//!") {
        found.push(format!("{path}:1: it does not begin with `//!`"));
    }
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        found.push(format!("{path}:{lines}: {lines} lines, over {FILE_LINES_MAX}"));
    }
    if !matches!(path.as_str(), "src/lib.rs" | "src/main.rs" | "tests/it/main.rs") && !is_named(path, files) {
        found.push(format!("{path}:1: no `mod` names it, so it is not compiled"));
    }
}

/// Whether the file of the module above says `mod`; a fake stands beside the tests, which name it by its path.
fn is_named(file: &str, files: &[File]) -> bool {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let Some((above, name)) = path.rsplit_once('/') else { return false };
    if above == "tests/fake" {
        let wanted = file.replace("tests/fake/", "#[path = \"../fake/") + "\"]";
        let main = files.iter().find(|(path, _)| path == "tests/it/main.rs");
        return main.is_some_and(|(_, text)| code_lines(text).any(|(_, code)| code == wanted));
    }
    let parents = match above {
        "src" => vec!["src/lib.rs".to_owned(), "src/main.rs".to_owned()],
        "tests/it" => vec!["tests/it/main.rs".to_owned()],
        above => vec![format!("{above}.rs"), format!("{above}/mod.rs")],
    };
    let wanted = format!("mod {name};");
    files.iter().filter(|(path, _)| parents.contains(path)).any(|(_, text)| {
        code_lines(text)
            .any(|(_, code)| code == wanted || code.strip_suffix(&wanted).is_some_and(|head| head.ends_with(' ')))
    })
}

fn words(path: &str, module: Option<&str>, floor: Option<u32>, code: &str, breach: &mut dyn FnMut(String)) {
    let is_source = path.starts_with("src/");
    if floor.is_some_and(|floor| floor <= PURE_FLOOR_MAX) {
        for word in IMPURE.iter().filter(|word| has_word(code, word)) {
            breach(format!("`{word}` on a pure floor"));
        }
    }
    if is_source && module != Some("store") {
        let is_update = code.split_once("UPDATE ").is_some_and(|(_, rest)| rest.contains(" SET "));
        if is_update || SQL.iter().any(|sql| code.contains(sql)) {
            breach("SQL outside src/store".to_owned());
        }
    }
    if is_source && !module.is_some_and(|module| PRINTING_MODULES.contains(&module)) {
        for word in PRINTING.iter().filter(|word| has_word(code, word)) {
            breach(format!("`{word}` outside the console and the command line"));
        }
    }
    if path != THIS {
        if code.contains("#[allow") || code.contains("#![allow") {
            breach("allow instead of expect with a reason".to_owned());
        }
        if has_word(code, "todo!") || has_word(code, "unimplemented!") {
            breach("unfinished code".to_owned());
        }
    }
}

/// `crate::x` and the first words of `crate::{x::.., y}`: only lower floors, and the module's own.
fn imports((path, text): &File, module: &str, floor: u32, floors: &Floors, found: &mut Vec<String>) {
    for (line, code) in code_lines(text) {
        for (at, _) in code.match_indices("crate::").filter(|(at, _)| is_start_of_word(code, *at)) {
            let rest = &code[at + "crate::".len()..];
            let grouped = rest.strip_prefix('{').map(|_| group(text, line));
            let names = grouped.unwrap_or_else(|| vec![identifier(rest).to_owned()]);
            for name in names.iter().filter(|name| *name != module) {
                if floors.get(name).is_some_and(|other| *other >= floor) {
                    found.push(format!("{path}:{line}: floor {floor} imports `{name}`, which is not below it"));
                }
            }
        }
    }
}

/// The first words of the items in the braces that begin on this line.
fn group(text: &str, line: usize) -> Vec<String> {
    let rest: String = text.lines().skip(line - 1).collect::<Vec<_>>().join("\n");
    let inside = rest.split_once("crate::{").map_or("", |(_, inside)| inside);
    let (mut depth, mut names, mut is_start) = (1, Vec::new(), true);
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => is_start = true,
            c if is_start && depth == 1 && !c.is_whitespace() => {
                names.push(identifier(&inside[at..]).to_owned());
                is_start = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn comments((path, text): &File, found: &mut Vec<String>) {
    if path == THIS {
        return;
    }
    for (line, code) in text.lines().enumerate() {
        let is_bare = |rest: &str| !rest.trim_start_matches(['(', ' ', ':']).starts_with('#');
        for word in ["TODO", "FIXME"] {
            if has_word(code, word) && code.split(word).skip(1).any(is_bare) {
                found.push(format!("{path}:{}: {word} without the number of an issue (`{word} #12`)", line + 1));
            }
        }
    }
}

/// Lines that are no comment, numbered from 1, without their indentation and a comment at their end.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(number, line)| {
        let line = line.split(" // ").next().unwrap_or(line).trim();
        (!line.starts_with("//")).then_some((number + 1, line))
    })
}

fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let is_open_end = !word.ends_with(|c: char| c.is_alphanumeric());
        let is_end = is_open_end || !code[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
        is_end && (word.starts_with('.') || is_start_of_word(code, at))
    })
}

fn is_start_of_word(code: &str, at: usize) -> bool {
    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

fn identifier(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("")
}

/// A small tidy house, with some of its files replaced or added.
fn house(changed: &[(&str, &str)]) -> Vec<String> {
    let table = "//! ```text\n//! 0 domain            words of the field\n//! 1 dialog  safety    pure things\n//! 2 store             \
                 SQL and no more\n//! 4 telegram  console\n//! 7 cli  main\n//! ```\npub mod domain;\npub mod dialog;\n\
                 pub(crate) mod safety;\nmod store;\nmod telegram;\nmod console;\nmod cli;\n";
    let mut files: BTreeMap<&str, &str> = BTreeMap::from([
        ("src/lib.rs", table),
        ("src/main.rs", "//! x\nfn main() {}\n"),
        ("src/domain/mod.rs", "//! x\npub mod ids;\n"),
        (
            "src/domain/ids.rs",
            "//! Says async and SELECT and crate::cli in words only.\nuse crate::domain::x; // tokio\n",
        ),
        ("src/dialog/mod.rs", "//! x\nuse crate::domain::ids;\nlet operand::x = select_async;\n"),
        ("src/safety.rs", "//! x\n"),
        ("src/store.rs", "//! x\nuse crate::{domain::{ids, store}};\nsqlx::query(\"SELECT 1\");\n"),
        ("src/telegram.rs", "//! x\n"),
        ("src/console.rs", "//! x\nprintln!();\n"),
        ("src/cli.rs", "//! x\nuse crate::console; async fn f() { x.await }\n// TODO #12 more\n"),
        ("tests/it/main.rs", "//! x\nmod a;\n#[path = \"../fake/tg/mod.rs\"]\nmod fake_tg;\n"),
        ("tests/it/a.rs", "//! x\nprintln!();\n"),
        ("tests/fake/tg/mod.rs", "//! x\nmod people;\n"),
        ("tests/fake/tg/people.rs", "//! x\n"),
    ]);
    files.extend(changed.iter().copied());
    let files: Vec<File> = files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    breaches(&files)
}

#[test]
fn a_tidy_house_has_no_breach() {
    assert_eq!(house(&[]), Vec::<String>::new());
}

#[test]
fn every_planted_breach_is_found() {
    let long = format!("//! x\n{}", "\n".repeat(FILE_LINES_MAX));
    for (path, text, said) in [
        ("src/domain/ids.rs", "//! x\nuse crate::dialog::step;\n", "2: floor 0 imports `dialog`"),
        ("src/safety.rs", "//! x\nlet a = crate::dialog::step();\n", "2: floor 1 imports `dialog`"),
        (
            "src/telegram.rs",
            "//! x\nuse crate::{\n    store::{a, b},\n    console,\n};\n",
            "2: floor 4 imports `console`",
        ),
        ("src/dialog/mod.rs", "//! x\npub async fn f() {}\n", "2: `async` on a pure floor"),
        ("src/dialog/mod.rs", "//! x\n    x.await;\n", "2: `.await` on a pure floor"),
        ("src/dialog/mod.rs", "//! x\nuse tokio::time;\n", "2: `tokio` on a pure floor"),
        ("src/dialog/mod.rs", "//! x\ntracing::info!();\n", "2: `tracing` on a pure floor"),
        ("src/domain/ids.rs", "//! x\nstd::fs::read(p);\n", "2: `std::fs` on a pure floor"),
        ("src/domain/ids.rs", "//! x\nlet now = jiff::Timestamp::now();\n", "2: `Timestamp::now` on a pure floor"),
        ("src/domain/ids.rs", "//! x\nlet n = rand::random();\n", "2: `rand::` on a pure floor"),
        ("src/cli.rs", "//! x\nlet q = \"SELECT a FROM b\";\n", "2: SQL outside src/store"),
        ("src/cli.rs", "//! x\nlet q = \"INSERT INTO b\";\n", "2: SQL outside src/store"),
        ("src/cli.rs", "//! x\nlet q = \"UPDATE b SET c = 1\";\n", "2: SQL outside src/store"),
        ("src/cli.rs", "//! x\nlet q = \"DELETE FROM b\";\n", "2: SQL outside src/store"),
        ("src/cli.rs", "//! x\nsqlx::query_as(q);\n", "2: SQL outside src/store"),
        ("src/cli.rs", "use x;\n", "1: it does not begin with `//!`"),
        ("src/cli.rs", &long, "501: 501 lines, over 500"),
        ("src/domain/lost.rs", "//! x\n", "1: no `mod` names it"),
        ("src/lost/mod.rs", "//! x\n", "1: no `mod` names it"),
        ("tests/it/lost.rs", "//! x\n", "1: no `mod` names it"),
        ("tests/fake/lost/mod.rs", "//! x\n", "1: no `mod` names it"),
        ("tests/fake/tg/lost.rs", "//! x\n", "1: no `mod` names it"),
        ("tests/fake/tg/people.rs", "use x;\n", "1: it does not begin with `//!`"),
        ("tests/fake/tg/people.rs", &long, "501: 501 lines, over 500"),
        ("tests/fake/tg/people.rs", "//! x\n#[allow(dead_code)]\n", "2: allow instead of expect"),
        ("src/new.rs", "//! x\n", "1: its module has no floor"),
        ("src/cli.rs", "//! x\n#[allow(dead_code)]\n", "2: allow instead of expect"),
        ("tests/it/a.rs", "//! x\n#![allow(dead_code)]\n", "2: allow instead of expect"),
        ("src/cli.rs", "//! x\ntodo!()\n", "2: unfinished code"),
        ("src/cli.rs", "//! x\n// TODO: more\n", "2: TODO without the number"),
        ("src/telegram.rs", "//! x\nprintln!();\n", "2: `println!` outside the console"),
        ("src/main.rs", "//! x\neprintln!();\n", "2: `eprintln!` outside the console"),
        ("src/lib.rs", "//! x\n", "1: no floor table"),
    ] {
        let found = house(&[(path, text)]);
        let wanted = format!("{path}:{said}");
        assert!(found.iter().any(|breach| breach.starts_with(&wanted)), "{wanted} is not among {found:#?}");
    }
}
