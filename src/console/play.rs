//! `mendwell play`: one dialog in memory, talked with in plain lines, and recorded as a transcript.

use std::io::{self, Write};

use crate::console::stage::Stage;
use crate::console::transcript::head::Head;
use crate::console::transcript::record::Record;
use crate::console::transcript::script::Entry;
use crate::console::{transcript, wait};
use crate::dialog::model::Library;

/// Plays a dialog with these typed lines until it is over or the lines are; the transcript. Numbers pick choices,
/// `/wait 1d` moves its clock, and paced exercises run at once. None when the library has no such dialog, or the
/// dialog needs an argument.
///
/// # Errors
/// When the output is closed.
pub fn play(
    lib: &Library,
    head: &Head,
    lines: impl IntoIterator<Item = String>,
    output: &mut impl Write,
) -> io::Result<Option<String>> {
    let Some((mut stage, scene)) = Stage::start(lib, head) else { return Ok(None) };
    let mut record = Record::new(&[], &head.to_string(), stage.zone());
    let shown = record.scene(&scene);
    put(output, &shown)?;
    run_beats(&mut stage, &mut record, output)?;
    let mut lines = lines.into_iter();
    while !stage.is_over()
        && let Some(line) = lines.next()
    {
        match read(&record, &line) {
            Some(entry) => {
                let shown = transcript::play(&mut stage, &mut record, &entry);
                put(output, &shown)?;
            }
            None => put(output, &format!("{}\n", wait::HELP))?,
        }
        run_beats(&mut stage, &mut record, output)?;
    }
    Ok(Some(record.into_text()))
}

fn read(record: &Record, line: &str) -> Option<Entry> {
    if let Some(argument) = wait::argument(line) {
        return wait::duration(argument).map(Entry::Time);
    }
    Some(record.pick(line).map_or_else(|| Entry::You(line.to_owned()), Entry::Tap))
}

fn run_beats(stage: &mut Stage<'_>, record: &mut Record, output: &mut impl Write) -> io::Result<()> {
    if !record.is_on_beat() {
        return Ok(());
    }
    let shown = transcript::play(stage, record, &Entry::Beats);
    put(output, &shown)
}

fn put(output: &mut impl Write, text: &str) -> io::Result<()> {
    output.write_all(text.as_bytes())?;
    output.flush()
}
