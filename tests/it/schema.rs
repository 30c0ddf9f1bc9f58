//! `docs/dialog.schema.json` is what `mendwell schema` prints, takes every good dialog, and refuses those of a wrong shape
//! (I33 of engine.md). `MENDWELL_UPDATE=1 cargo test schema` writes it anew.

use std::path::Path;

use jsonschema::Validator;
use mendwell::dialog::load::DATA_FILES;
use mendwell::dialog::load::schema;
use serde_json::Value;

/// The codes of what a schema can see; names, types and ways are for the loader.
const OF_SHAPE: [&str; 9] = ["D002", "D003", "D004", "D005", "D006", "D008", "D010", "D080", "D082"];

fn validator() -> Validator {
    jsonschema::validator_for(&schema()).unwrap()
}

fn read(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

/// The dialogs of a directory: path and text.
fn dialogs(directory: &str) -> Vec<(String, String)> {
    let paths = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let toml = paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let is_dialog = |path: &std::path::PathBuf| !DATA_FILES.iter().any(|name| path.ends_with(name));
    let dialogs = toml.filter(is_dialog);
    dialogs.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn i33_the_committed_schema_is_the_printed_one() {
    let place = Path::new("docs/dialog.schema.json");
    let printed = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    if std::env::var_os("MENDWELL_UPDATE").is_some() {
        std::fs::write(place, &printed).unwrap();
    }
    assert!(std::fs::read_to_string(place).unwrap() == printed, "MENDWELL_UPDATE=1 cargo test schema");
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_mendwell")).arg("schema").output().unwrap();
    assert_eq!(String::from_utf8(run.stdout).unwrap(), printed);
}

#[test]
fn i33_every_good_dialog_is_of_the_schema() {
    let validator = validator();
    let good = [dialogs("dialogs"), dialogs("tests/it/dialogs_good")].concat();
    assert!(good.len() > 100);
    for (path, text) in good {
        let found: Vec<String> =
            validator.iter_errors(&read(&text)).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(found.is_empty(), "{path}: {found:#?}");
    }
}

#[test]
fn i33_dialogs_of_a_wrong_shape_are_refused() {
    let validator = validator();
    let bad = dialogs("tests/it/dialogs_bad").into_iter().filter(|(path, text)| {
        let name = path.rsplit('/').next().unwrap();
        OF_SHAPE.iter().any(|code| name.starts_with(code)) && !text.contains("# es/")
    });
    let mut tried = 0;
    for (path, text) in bad {
        assert!(!validator.is_valid(&read(&text)), "{path} is taken");
        tried += 1;
    }
    assert_eq!(tried, OF_SHAPE.len());
}
