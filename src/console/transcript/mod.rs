//! Transcripts: a played dialog as a `.chat` file, recorded by `mendwell play --record` and replayed as a test.
//!
//! The first line says which dialog is played, when, with which seed and facts. Lines that begin with `you`, `tap`,
//! `tap!`, `time`, `beats`, `kill` or `#` are the script; every other line is what the dialog did with it:
//!
//! ```text
//! dialog worry-tree    at 2026-03-02 20:15 Europe/Berlin    seed 1    fact name = Sam
//! bot? How tense do you feel right now?   [0 calm … 10 very tense]
//! tap  8
//! bot? What are you worrying about?   [Done]
//! you  the tax letter
//! time 50m
//! park idle
//! ```
//!
//! | line | meaning |
//! |---|---|
//! | `you` | something typed, or a command |
//! | `tap`, `tap!` | a press of the open question's choice; of an older message's |
//! | `time`, `beats` | time passes; a paced exercise runs to its end |
//! | `kill` | the session is stored and loaded again |
//! | `bot`, `bot?`, `beat`, `note` | a message, a question, a beat of a paced exercise, a short answer to a press |
//! | `save`, `measure`, `goal`, `plan`, `put` | what is kept |
//! | `park`, `end`, `none` | set aside, over, nothing happened |
//! | `!!` | the script asks for something that is not there |

pub mod head;
pub mod kept;
pub mod record;
pub mod script;

use crate::console::stage::Stage;
use crate::console::transcript::head::Head;
use crate::console::transcript::record::Record;
use crate::console::transcript::script::Entry;
use crate::dialog::model::Library;

/// Plays the script of a transcript; the whole transcript as it should be.
///
/// # Errors
/// For the author: a first line that cannot be read, or a dialog that is not there, in one sentence.
pub fn run(lib: &Library, text: &str) -> Result<String, String> {
    let script = script::parse(text);
    let head = Head::parse(&script.head, lib)?;
    let Some((mut stage, scene)) = Stage::start(lib, &head) else {
        return Err(format!("there is no dialog `{}`, or it needs an argument: with NAME = VALUE", head.dialog));
    };
    let mut record = Record::new(&script.before, &head.to_string(), stage.zone());
    record.scene(&scene);
    for entry in &script.entries {
        play(&mut stage, &mut record, entry);
    }
    Ok(record.into_text())
}

/// Plays one entry and records it with what it brought. What a plain terminal shows of it.
pub fn play(stage: &mut Stage<'_>, record: &mut Record, entry: &Entry) -> String {
    record.entry(entry);
    match entry {
        Entry::Comment(_) => String::new(),
        Entry::You(text) => match stage.typed(text) {
            Some(scene) => record.scene(&scene),
            None => record.wrong("this command means nothing inside a single dialog"),
        },
        Entry::Tap(label) | Entry::OldTap(label) => {
            let token = if matches!(entry, Entry::Tap(_)) { record.token(label) } else { record.old_token(label) };
            match token.and_then(|token| stage.tapped(&token)) {
                Some(scene) => record.scene(&scene),
                None => record.wrong(&format!("there is no choice “{label}” here")),
            }
        }
        Entry::Time(wait) => stage.wait(*wait).iter().map(|scene| record.scene(scene)).collect(),
        Entry::Beats => {
            let mut shown = String::new();
            while record.is_on_beat()
                && let Some(scene) = stage.fire(None)
            {
                shown.push_str(&record.scene(&scene));
            }
            shown
        }
        Entry::Kill => match stage.restart() {
            Ok(()) => String::new(),
            Err(error) => record.wrong(&format!("the session does not come back from its JSON: {error}")),
        },
    }
}
