//! The bot as a process, in a directory of its own.

use std::error::Error;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use mendwell::app::bench::machine;
use mendwell::app::library;
use mendwell::domain::occasion::OCCASIONS;
use tempfile::TempDir;

use super::Platform;

const DIALOG: &str = include_str!("../../src/app/bench/bench.toml");
const SYSTEM: &str = include_str!("../../dialogs/system/en.toml");

/// A bot that is not started yet.
pub(crate) struct Bot {
    dir: TempDir,
}

/// A running bot; killed when dropped.
pub(crate) struct Running(Child);

impl Bot {
    /// A bot of these platforms, with a store on the disk of the build; with `--shipped` it has every shipped dialog in
    /// every language beside the one that people talk through.
    pub(crate) fn prepare(platforms: &[&dyn Platform]) -> Result<Self, Box<dyn Error>> {
        let dir = tempfile::tempdir_in(beside()?)?;
        let dialogs = dir.path().join("dialogs");
        std::fs::create_dir_all(dialogs.join("system"))?;
        let is_shipped = std::env::args().any(|argument| argument == "--shipped");
        for file in is_shipped.then(|| library::load(None)).transpose()?.into_iter().flat_map(|loaded| loaded.files) {
            let place = dialogs.join(&file.path);
            std::fs::create_dir_all(place.parent().ok_or("a file stands in a folder")?)?;
            std::fs::write(place, file.text.as_bytes())?;
        }
        std::fs::write(dialogs.join("bench.toml"), DIALOG)?;
        std::fs::write(dialogs.join("system/en.toml"), SYSTEM)?;
        let names = OCCASIONS.iter().map(|(_, key, _)| format!("{key} = \"bench\"\n")).collect::<Vec<_>>();
        let mut config = format!("[bot]\n{}", names.concat());
        config.extend(platforms.iter().map(|platform| platform.config()));
        std::fs::write(dir.path().join("config.toml"), config)?;
        Ok(Self { dir })
    }

    pub(crate) fn start(&self) -> Result<Running, Box<dyn Error>> {
        let child = Command::new(beside()?.join("mendwell"))
            .args(["--data", "data", "--dialogs", "dialogs"])
            .current_dir(self.dir.path())
            .env_clear()
            .env("HOME", self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Running(child))
    }
}

impl Running {
    pub(crate) fn cpu_s(&self) -> f64 {
        machine::cpu_s(&self.0.id().to_string())
    }

    pub(crate) fn resident_mb(&self) -> f64 {
        machine::resident_mb(&self.0.id().to_string())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and then the figures say so.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The folder in which the binary of the same build stands.
fn beside() -> Result<PathBuf, Box<dyn Error>> {
    let examples = std::env::current_exe()?;
    Ok(examples.parent().and_then(|folder| folder.parent()).ok_or("an example stands in a folder")?.to_owned())
}
