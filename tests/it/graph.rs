//! Every shipped dialog as a picture.

use std::collections::BTreeSet;

use mendwell::dialog::graph::{Graph, mermaid, svg};

use crate::engine_support::library;
use crate::program::Home;
use crate::support::shipped_library;

/// Words that would end a label or begin markup, in every place where an author writes words.
const HOSTILE: &str = r#"
format = 1
id = "hostile"
title = "A \"title\" <b>& more</b>"
[[step]]
id = "a"
say = "end \"] --> x; `#` | <script>alert(1)</script> & \\ ]]>"
[[step]]
id = "b"
ask = "choice"
text = "Which \"one\"?"
options = [{ key = "x", label = "X" }, { key = "y", label = "Y" }]
[[step]]
id = "c"
branch = [ { when = "b == 'x'", do = "inner" }, { else = true, do = "other" } ]
[[part.inner]]
id = "d"
say = "inside"
[[part.other]]
id = "e"
stop = "dialog"
"#;

#[test]
fn every_step_of_every_dialog_has_a_box_and_no_box_covers_another() {
    for dialog in shipped_library().dialogs.values() {
        let graph = Graph::of(dialog);
        let steps = dialog.parts.values().map(Vec::len).sum::<usize>();
        assert_eq!(graph.parts.iter().map(|part| part.boxes.len()).sum::<usize>(), steps, "{}", dialog.id);
        let text = svg(&graph);
        let tree = resvg::usvg::Tree::from_str(&text, &resvg::usvg::Options::default());
        assert!(tree.is_ok(), "{} is no SVG: {tree:?}", dialog.id);
        let boxes: Vec<(i64, i64)> = text.lines().filter(|line| line.contains("class=\"step\"")).map(corner).collect();
        assert_eq!(boxes.len(), steps, "{}", dialog.id);
        for (index, one) in boxes.iter().enumerate() {
            let covers = |other: &&(i64, i64)| (one.0 - other.0).abs() < 264 && (one.1 - other.1).abs() < 86;
            assert_eq!(boxes.iter().skip(index + 1).find(covers), None, "{} at {one:?}", dialog.id);
        }
    }
}

#[test]
fn every_step_that_can_be_reached_hangs_together_in_mermaid() {
    for dialog in shipped_library().dialogs.values() {
        let text = mermaid(&Graph::of(dialog));
        let (nodes, ends) = read(&text);
        assert_eq!(nodes.len(), dialog.parts.values().map(Vec::len).sum::<usize>(), "{}", dialog.id);
        let led_to: BTreeSet<&str> = ends.iter().map(|(_, to)| *to).collect();
        for node in nodes.iter().filter(|node| **node != "p0s0") {
            assert!(led_to.contains(node), "{}: nothing leads to {node}\n{text}", dialog.id);
        }
        assert!(ends.iter().all(|(from, to)| nodes.contains(from) && nodes.contains(to)), "{}", dialog.id);
    }
}

#[test]
fn no_words_of_an_author_break_a_picture() {
    let library = library(&[("hostile", HOSTILE)]);
    let graph = Graph::of(library.dialog("hostile").unwrap());
    let text = mermaid(&graph);
    let (nodes, ends) = read(&text);
    assert_eq!((nodes.len(), ends.len()), (5, 4), "{text}");
    assert!(!text.contains("<script") && !text.contains('`'), "{text}");
    let picture = svg(&graph);
    assert!(!picture.contains("<script") && !picture.contains("<b>"), "{picture}");
    assert!(resvg::usvg::Tree::from_str(&picture, &resvg::usvg::Options::default()).is_ok(), "{picture}");
}

#[test]
fn the_command_prints_mermaid_writes_svg_and_names_the_dialogs() {
    let home = Home::new();
    let printed = home.run(&["graph", "daily"], "");
    assert!(printed.status.success());
    assert!(String::from_utf8(printed.stdout).unwrap().starts_with("flowchart TD\n"));
    assert!(home.run(&["graph", "daily", "--svg", "daily.svg"], "").status.success());
    assert!(std::fs::read_to_string(home.path().join("daily.svg")).unwrap().starts_with("<svg "));
    let unknown = home.run(&["graph", "dayly"], "");
    assert_eq!(unknown.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("daily"));
}

fn corner(line: &str) -> (i64, i64) {
    let number = |name: &str| line.split(name).nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    (number(" x=\""), number(" y=\""))
}

/// Nodes and edges; every line has one of the forms that Mermaid knows, with its label closed on the same line.
fn read(text: &str) -> (BTreeSet<&str>, Vec<(&str, &str)>) {
    let (mut nodes, mut ends) = (BTreeSet::new(), Vec::new());
    for line in text.lines().skip(1).map(str::trim) {
        if line == "end" {
            continue;
        }
        let quotes = line.matches('"').count();
        if line.starts_with("subgraph ") {
            assert_eq!(quotes, 2, "{line}");
        } else if let Some((from, rest)) = line.split_once(" -->") {
            assert!(quotes == 0 || (quotes == 2 && rest.starts_with("|\"") && rest.contains("\"| ")), "{line}");
            ends.push((from, rest.rsplit(' ').next().unwrap()));
        } else {
            assert_eq!(quotes, 2, "{line}");
            let id = line.split(['[', '(', '{']).next().unwrap();
            let form = line.replacen(id, "", 1);
            let (open, close) =
                form.split_once('"').map(|(open, rest)| (open, rest.rsplit('"').next().unwrap())).unwrap();
            assert!(
                [("[", "]"), ("([", "])"), ("{{", "}}"), ("[[", "]]"), ("(((", ")))")].contains(&(open, close)),
                "{line}"
            );
            nodes.insert(id);
        }
    }
    (nodes, ends)
}
