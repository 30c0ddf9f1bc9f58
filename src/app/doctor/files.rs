//! Files and directories: who may read them, what lies where, how much room there is.

use std::fs;
use std::path::Path;

use crate::app::doctor::{Finding, Status};
use crate::config::Config;
use crate::store::Options;

/// The least room on the data's disk, in bytes.
const FREE_MIN: u64 = 256 * 1024 * 1024;

pub(super) fn look(config: &Config, options: &Options) -> Vec<Finding> {
    let mut found = vec![modes(options), master_key(options), ledger(options), room(&options.data_dir)];
    if let Some(file) = &config.file
        && (config.telegram.is_some() || config.discord.is_some())
    {
        found.push(secrets(file));
    }
    found
}

fn modes(options: &Options) -> Finding {
    let mut wide = Vec::new();
    let entries =
        fs::read_dir(&options.data_dir).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    for path in entries.chain([options.data_dir.clone()]) {
        if let Some(mode) = mode(&path).filter(|mode| mode & 0o077 != 0)
            && path.file_name().is_none_or(|name| name != "lock")
        {
            wide.push(format!("{} ({mode:03o})", path.display()));
        }
    }
    if wide.is_empty() {
        return Finding::ok("modes", "only their owner can read the data");
    }
    let says = format!("others can read {}: run `chmod -R go= {}`", wide.join(", "), options.data_dir.display());
    Finding::new("modes", Status::Error, says)
}

fn master_key(options: &Options) -> Finding {
    let path = &options.master_key;
    if lies_in(path, &options.data_dir) {
        let says =
            format!("{} lies in the data directory, where every copy would carry it along: move it", path.display());
        return Finding::new("master_key", Status::Error, says);
    }
    match mode(path) {
        None => Finding::new(
            "master_key",
            if options.data_dir.join("keys.db").exists() { Status::Error } else { Status::Warning },
            format!("{} is not there; the first start makes one where there is no data yet", path.display()),
        ),
        Some(mode) if mode & 0o077 != 0 => {
            let says = format!("{} can be read by others ({mode:03o}): run `chmod 600` on it", path.display());
            Finding::new("master_key", Status::Error, says)
        }
        Some(_) => Finding::ok("master_key", format!("{}, apart from the data", path.display())),
    }
}

/// Whether a file lies in a directory, or would.
fn lies_in(file: &Path, directory: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let place = file.parent().map(real);
    real(file).starts_with(real(directory)) || place.is_some_and(|place| place.starts_with(real(directory)))
}

fn ledger(options: &Options) -> Finding {
    if lies_in(&options.forget_ledger, &options.data_dir) {
        let says = format!(
            "{} lies in the data directory, where an older state that is put back replaces it: set forget_ledger elsewhere",
            options.forget_ledger.display()
        );
        return Finding::new("ledger", Status::Warning, says);
    }
    match fs::metadata(&options.forget_ledger) {
        Ok(_) => Finding::ok("ledger", options.forget_ledger.display().to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let status = if options.data_dir.join("keys.db").exists() { Status::Warning } else { Status::Ok };
            Finding::new("ledger", status, "it is not there; the next start makes one, and takes an earlier one along")
        }
        Err(error) => Finding::new("ledger", Status::Error, format!("{}: {error}", options.forget_ledger.display())),
    }
}

fn room(data_dir: &Path) -> Finding {
    match rustix::fs::statvfs(data_dir) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let status = if free < FREE_MIN { Status::Error } else { Status::Ok };
            Finding::new("disk", status, format!("{} MiB free", free / 1024 / 1024))
        }
        Err(_) => Finding::new("disk", Status::Warning, "how much room there is cannot be told"),
    }
}

/// The file that may hold a token.
fn secrets(file: &Path) -> Finding {
    match mode(file).filter(|mode| mode & 0o077 != 0) {
        Some(mode) => {
            let says = format!(
                "{} can be read by others ({mode:03o}), and may hold a token: run `chmod 600` on it",
                file.display()
            );
            Finding::new("config_mode", Status::Warning, says)
        }
        None => Finding::ok("config_mode", "only its owner can read the configuration"),
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|metadata| std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777)
}

#[cfg(not(unix))]
fn mode(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|_| 0o600)
}
