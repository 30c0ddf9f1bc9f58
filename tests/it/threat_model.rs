//! `docs/threat-model.md`: every test that it names is there, so that no defence is claimed which nothing proves.

use std::path::Path;

fn document() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/threat-model.md")).unwrap()
}

/// Number of each threat, and the tests of its row.
fn threats(document: &str) -> Vec<(String, Vec<String>)> {
    let rows = document.lines().filter(|line| line.starts_with("| T"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{row}");
        let tests = cells[3].split(", ").map(|test| test.trim().trim_matches('`').to_owned()).collect();
        (cells[0].to_owned(), tests)
    })
    .collect()
}

/// Whether a file of the tests has a test of this name.
fn is_there(test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/{file}.rs"));
    let Ok(source) = std::fs::read_to_string(path) else { return false };
    let Some(at) = source.find(&format!("fn {name}(")) else { return false };
    let above = source[..at].trim_end_matches("async ").trim_end();
    let mut attributes = above.lines().rev().map(str::trim).take_while(|line| line.starts_with("#["));
    attributes.any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
}

#[test]
fn every_threat_has_tests_and_they_are_there() {
    let threats = threats(&document());
    assert!(threats.len() >= 20);
    let mut missing = Vec::new();
    for (place, (number, tests)) in threats.iter().enumerate() {
        assert_eq!(*number, format!("T{}", place + 1));
        assert!(!tests.is_empty());
        missing.extend(tests.iter().filter(|test| !is_there(test)).map(|test| format!("{number}: {test}")));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_test_that_is_not_there_is_missed() {
    assert!(is_there("threat_model::a_test_that_is_not_there_is_missed"));
    for none in ["threat_model::is_there", "threat_model::nothing", "nowhere::at_all", "document"] {
        assert!(!is_there(none), "{none}");
    }
}
