//! `mendwell backup`, `restore` and `keys`: what was done, and what the host must still do.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::app::backup;
use crate::app::exit::Failure;
use crate::cli::print;
use crate::config::Config;
use crate::store::LedgerFound;

/// Arguments of `backup`.
#[derive(Args, Debug)]
pub(super) struct BackupArguments {
    /// Where the copy of the data goes; one more file each time
    dir: PathBuf,
    /// Where the copy of the keys goes, replacing the one before [default: DIR with `.keys` behind]
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

/// Arguments of `restore`.
#[derive(Args, Debug)]
pub(super) struct RestoreArguments {
    /// A backup of the data, or a directory of them, of which the newest is taken
    backup: PathBuf,
    /// The directory of the keys' backup [default: the keys that are there; else BACKUP's directory with `.keys` behind]
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

/// What to do with keys.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Replace the master key: everything is wrapped anew, and the old one opens nothing any more
    Rotate,
}

/// Makes a backup.
pub(super) async fn backup(config: &Config, arguments: &BackupArguments) -> Result<(), Failure> {
    let done = backup::backup(config, &arguments.dir, arguments.keys.as_deref()).await?;
    print(&format!(
        "The data is in {}, with {}; {} of them were opened with the copied keys.\n\
         The keys are in {}, in the place of the copy before. Keep that directory apart from the data: with the master key,\n\
         both together are everything.\n",
        done.data.display(),
        people(done.persons),
        done.opened,
        done.keys.display(),
    ));
    Ok(())
}

/// Puts a backup in the place of the data.
pub(super) async fn restore(config: &Config, arguments: &RestoreArguments) -> Result<(), Failure> {
    let done = backup::restore(config, &arguments.backup, arguments.keys.as_deref()).await?;
    let keys =
        done.keys.as_deref().map_or("the keys that are here".to_owned(), |path: &Path| path.display().to_string());
    let mut text =
        format!("{} is in the place of the data, with {}. People: {}.\n", done.data.display(), keys, done.persons);
    if done.forgotten > 0 {
        text.push_str(&format!("Forgotten again, because they had asked for it since: {}.\n", done.forgotten));
    }
    if done.keyless > 0 {
        text.push_str(&format!("Not back, because there is no key for them: {}.\n", done.keyless));
    }
    text.push_str(&ledger_words(done.ledger, config));
    print(&text);
    Ok(())
}

/// What the host must know when the forget ledger could not do its part.
fn ledger_words(found: LedgerFound, config: &Config) -> String {
    let place = config.store.forget_ledger.display();
    match found {
        LedgerFound::Whole => String::new(),
        LedgerFound::None => format!(
            "There was no forget ledger at {place}, only the copy beside the keys. Whoever asked to be forgotten after that\n\
             copy was made is back. If the ledger of the machine before is still there, add its lines to this file and\n\
             start: they are forgotten again.\n"
        ),
        LedgerFound::Older => format!(
            "The forget ledger at {place} is older than this backup: lines are missing. Whoever stands in them may be back.\n\
             If there is a newer one, add its lines to this file and start: they are forgotten again.\n"
        ),
    }
}

/// Changes keys.
pub(super) async fn keys(config: &Config, what: KeysCommand) -> Result<(), Failure> {
    match what {
        KeysCommand::Rotate => {
            let wrapped = backup::rotate(config).await?;
            print(&format!(
                "There is a new master key in {}, and {wrapped} keys are wrapped anew. The old one opens nothing any more.\n\
                 Copy the new one to where the old one was kept, and run `mendwell backup`: the earlier copy of the keys\n\
                 needs the old one.\n",
                config.store.master_key.display()
            ));
        }
    }
    Ok(())
}

fn people(count: i64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}
