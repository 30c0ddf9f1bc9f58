//! `mendwell play`: one dialog in memory, typed in plain lines, and recorded if wanted.

use std::io::{BufRead, stdin, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::app::exit::Failure;
use crate::app::{dialogs_dir, library};
use crate::config::Config;
use crate::console::play;
use crate::console::transcript::head::Head;
use crate::dialog::model::Library;

pub(super) fn run(config: &Config, dialog: &str, record: Option<&Path>) -> Result<ExitCode, Failure> {
    let library = library::require(dialogs_dir(config))?;
    if library.dialog(dialog).is_none() {
        return Err(unknown(&library, dialog));
    }
    let mut head = Head::new(dialog).map_err(Failure::Usage)?;
    head.helplines = Arc::new(library::helplines(dialogs_dir(config))?);
    let lines = stdin().lock().lines().map_while(Result::ok);
    let played = play::play(&library, &head, lines, &mut stdout().lock()).map_err(Failure::io("cannot print"))?;
    let Some(transcript) = played else {
        return Err(Failure::Usage(format!("\"{dialog}\" needs arguments; play a dialog that calls it")));
    };
    if let Some(file) = record {
        std::fs::write(file, transcript).map_err(Failure::io(format!("cannot write {}", file.display())))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// There is no such dialog.
pub(super) fn unknown(library: &Library, dialog: &str) -> Failure {
    let known = library.dialogs.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    Failure::Usage(format!("there is no dialog \"{dialog}\"; there are: {known}"))
}
