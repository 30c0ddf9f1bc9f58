//! `mendwell graph`: a dialog as a picture, for who writes and who reviews it.

use std::path::Path;
use std::process::ExitCode;

use crate::app::exit::Failure;
use crate::app::{dialogs_dir, library};
use crate::cli::{play, print};
use crate::config::Config;
use crate::dialog::graph::{Graph, mermaid, svg};

pub(super) fn run(config: &Config, dialog: &str, file: Option<&Path>) -> Result<ExitCode, Failure> {
    let library = library::require(dialogs_dir(config))?;
    let dialog = library.dialog(dialog).ok_or_else(|| play::unknown(&library, dialog))?;
    let graph = Graph::of(dialog);
    match file {
        Some(file) => {
            std::fs::write(file, svg(&graph)).map_err(Failure::io(format!("cannot write {}", file.display())))?
        }
        None => print(&mermaid(&graph)),
    }
    Ok(ExitCode::SUCCESS)
}
