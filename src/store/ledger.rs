//! The forget ledger: a file with a line for each key that was destroyed. Whoever is in it stays forgotten, whatever is
//! restored. So it lies outside of the data directory, where a state of that directory that is put back does not take it
//! along; a backup puts a copy beside the keys, and a restore only ever adds to it.
//!
//! A line is a day and a keyed hash of the destroyed key: `2026-03-23 00112233445566778899aabbccddeeff`. It leads to nobody.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::store::connect::private_file;
use crate::store::error::StoreError;
use crate::store::keys::KeyedHash;
use crate::store::open::Options;

/// Where earlier releases kept it, in the data directory.
const EARLIER_NAME: &str = "forgotten";

/// The file.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    path: PathBuf,
    /// Where earlier releases kept it; read as well, until its lines are taken along.
    earlier: Option<PathBuf>,
}

/// What the ledger holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forgotten {
    /// Hashes of destroyed keys, with the day in days since 1970.
    pub(crate) lines: BTreeSet<(i64, KeyedHash)>,
}

impl Ledger {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, earlier: None }
    }

    /// The ledger of a store.
    pub(crate) fn of(options: &Options) -> Self {
        let path = options.forget_ledger.clone();
        let earlier = options.data_dir.join(EARLIER_NAME);
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let is_other = earlier != path && real(&earlier) != real(&path);
        Self { path, earlier: is_other.then_some(earlier) }
    }

    /// Whether there is one, be it empty.
    pub(crate) fn is_there(&self) -> bool {
        self.path.exists() || self.earlier.as_ref().is_some_and(|earlier| earlier.exists())
    }

    /// Makes it where there is none, and takes along what an earlier release left in the data directory. A kill leaves
    /// lines in both places, which is no harm: they are read as one.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        if !self.path.exists() {
            let made = private_file(&self.path).and_then(|file| file.sync_all());
            made.and_then(|()| sync_parent(&self.path)).map_err(|error| failed(&error))?;
        }
        if let Some(earlier) = self.earlier.as_ref().filter(|earlier| earlier.exists()) {
            self.add(&lines_of(earlier)?)?;
            fs::remove_file(earlier).and_then(|()| sync_parent(earlier)).map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// Everything that was ever written. A line that a power cut left unfinished is passed over.
    pub(crate) fn read(&self) -> Result<Forgotten, StoreError> {
        let mut known = lines_of(&self.path)?;
        if let Some(earlier) = &self.earlier {
            known.lines.extend(lines_of(earlier)?.lines);
        }
        Ok(known)
    }

    /// Adds lines that are not there yet, durably; all that there are then.
    pub(crate) fn add(&self, new: &Forgotten) -> Result<Forgotten, StoreError> {
        let mut known = self.read()?;
        let before = text_of(&self.path)?;
        let here = Forgotten::from_text(&before);
        let fresh: Vec<&(i64, KeyedHash)> = new.lines.difference(&here.lines).collect();
        if fresh.is_empty() {
            return Ok(known);
        }
        let is_torn = !before.is_empty() && !before.ends_with('\n');
        let mut text = String::from(if is_torn { "\n" } else { "" });
        for (day, hash) in fresh {
            text.push_str(&written(*day, hash));
        }
        known.lines.extend(&new.lines);
        let is_new = !self.path.exists();
        let opened = if is_new { private_file(&self.path) } else { OpenOptions::new().append(true).open(&self.path) };
        let mut file = opened.map_err(|error| failed(&error))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| failed(&error))?;
        if is_new {
            sync_parent(&self.path).map_err(|error| failed(&error))?;
        }
        Ok(known)
    }
}

impl Forgotten {
    fn from_text(text: &str) -> Self {
        Self { lines: text.lines().filter_map(line).collect() }
    }

    /// The hashes of all keys that were destroyed.
    pub(crate) fn hashes(&self) -> HashSet<KeyedHash> {
        self.lines.iter().map(|(_, hash)| *hash).collect()
    }

    /// How many lines there are, as the data remembers how far it has followed the ledger.
    pub(crate) fn count(&self) -> i64 {
        i64::try_from(self.lines.len()).unwrap_or(i64::MAX)
    }
}

fn lines_of(path: &Path) -> Result<Forgotten, StoreError> {
    Ok(Forgotten::from_text(&text_of(path)?))
}

fn text_of(path: &Path) -> Result<String, StoreError> {
    let mut text = String::new();
    match File::open(path).and_then(|mut file| file.read_to_string(&mut text)) {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(text),
        Err(error) => Err(failed(&error)),
    }
}

/// Makes the names in a file's directory survive a power cut.
pub(crate) fn sync_parent(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

fn failed(error: &std::io::Error) -> StoreError {
    if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        return StoreError::Full;
    }
    StoreError::Io { code: error.raw_os_error().unwrap_or(0) }
}

fn written(day: i64, hash: &KeyedHash) -> String {
    let date = Timestamp::from_second(day.saturating_mul(86_400)).unwrap_or_default().strftime("%F").to_string();
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{date} {hash}\n")
}

fn line(text: &str) -> Option<(i64, KeyedHash)> {
    let (date, digits) = text.split_once(' ')?;
    let date: jiff::civil::Date = date.parse().ok()?;
    let midnight = date.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()?;
    let day = midnight.timestamp().as_second().div_euclid(86_400);
    if digits.len() != 32 || !digits.is_ascii() {
        return None;
    }
    let mut hash = KeyedHash::default();
    for (byte, at) in hash.iter_mut().zip((0..digits.len()).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
    }
    Some((day, hash))
}

#[cfg(test)]
mod tests {
    use super::{Forgotten, Ledger};

    fn of(hashes: &[u8]) -> Forgotten {
        Forgotten { lines: hashes.iter().map(|n| (20_535, [*n; 16])).collect() }
    }

    #[test]
    fn lines_are_kept_once_and_a_torn_one_costs_only_itself() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("forgotten");
        let ledger = Ledger::new(path.clone());
        assert_eq!(ledger.read().unwrap(), Forgotten::default());
        ledger.add(&of(&[1, 2])).unwrap();
        ledger.add(&of(&[2])).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("2026-03-23 {}\n2026-03-23 {}\n", "01".repeat(16), "02".repeat(16)));
        std::fs::write(&path, format!("{text}2026-03-23 0303")).unwrap();
        assert_eq!(ledger.read().unwrap(), of(&[1, 2]));
        ledger.add(&of(&[4])).unwrap();
        assert_eq!(ledger.read().unwrap(), of(&[1, 2, 4]));
        assert_eq!(ledger.read().unwrap().hashes().len(), 3);
    }
}
