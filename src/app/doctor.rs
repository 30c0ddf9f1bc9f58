//! Everything that a host can get wrong, looked at without changing anything; the service may run meanwhile.

mod files;
mod online;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::app::{dialogs_dir, library, settings, store_options};
use crate::config::Config;
use crate::service::clock::SystemClock;
use crate::service::ports::Clock;
use crate::store::{self, Examined, Options};

/// The oldest that the last backup may be.
const BACKUP_AGE_MAX: SignedDuration = SignedDuration::from_hours(26);
/// The oldest SQLite that has the fix of the write-ahead log's reset. <https://www.sqlite.org/releaselog/3_51_3.html>
const SQLITE_MIN: [u32; 3] = [3, 51, 3];
/// Counters of which every count is something to know.
const COUNTERS: &[(&str, &str)] = &[
    ("quarantined_total", "events were set apart, because they could not be handled"),
    ("unknown_total", "check-ins may or may not have arrived, and were not sent again"),
    ("rejected_total", "messages were refused by a platform"),
];

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All is well.
    Ok,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not work, or is not safe.
    Error,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The check, a word that stays.
    pub check: &'static str,
    /// How it ended.
    pub status: Status,
    /// What was found, and what to do.
    pub says: String,
}

impl Finding {
    fn new(check: &'static str, status: Status, says: impl Into<String>) -> Self {
        Self { check, status, says: says.into() }
    }

    fn ok(check: &'static str, says: impl Into<String>) -> Self {
        Self::new(check, Status::Ok, says)
    }
}

/// Looks at everything; with `asks_platforms` also whether the tokens are known there.
pub async fn look(config: &Config, asks_platforms: bool) -> Vec<Finding> {
    let options = store_options(config);
    let now = SystemClock.now();
    let file = config
        .file
        .as_ref()
        .map_or("no file, every setting at its default".to_owned(), |file| file.display().to_string());
    let mut found = vec![Finding::ok("config", file), host(config), dialogs(config)];
    found.push(helplines(config, now));
    found.extend(files::look(config, &options));
    match store::examine(&options).await {
        Ok(examined) => found.extend(data(&examined)),
        Err(error) => found.push(Finding::new("data", Status::Error, error.to_string())),
    }
    found.push(clock(&options, now));
    found.push(backup(&options, now));
    if asks_platforms {
        found.extend(online::look(config).await);
    }
    found
}

/// People must be able to ask somebody about what is kept of them.
fn host(config: &Config) -> Finding {
    match &config.host.contact {
        Some(_) => Finding::ok("host", "/privacy says how people reach you"),
        None => Finding::new("host", Status::Warning, "/privacy names nobody: set contact and country in [host]"),
    }
}

fn dialogs(config: &Config) -> Finding {
    let loaded = match library::load(dialogs_dir(config)) {
        Ok(loaded) => loaded,
        Err(error) => return Finding::new("dialogs", Status::Error, error.to_string()),
    };
    let (errors, warnings) = loaded.counts();
    let files = loaded.files.len();
    let Some(library) = &loaded.library else {
        return Finding::new(
            "dialogs",
            Status::Error,
            format!("{errors} errors in {files} files: run `mendwell check`"),
        );
    };
    if let Err(error) = settings(config, library) {
        return Finding::new("dialogs", Status::Error, error.to_string());
    }
    let status = if warnings > 0 { Status::Warning } else { Status::Ok };
    Finding::new("dialogs", status, format!("{files} files, {warnings} warnings"))
}

/// Numbers that nobody has looked at for too long: people in need may reach nobody there.
fn helplines(config: &Config, now: Timestamp) -> Finding {
    let lines = match library::helplines(dialogs_dir(config)) {
        Ok(lines) => lines,
        Err(error) => return Finding::new("helplines", Status::Error, error.to_string()),
    };
    let stale = lines.stale(now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date());
    if stale.is_empty() {
        return Finding::ok("helplines", "every number was looked at lately");
    }
    let named: Vec<String> =
        stale.iter().map(|line| format!("{} ({}, see {})", line.line, line.country, line.source)).collect();
    let says = format!("out of date, to be looked up again or replaced by a newer release: {}", named.join("; "));
    Finding::new("helplines", Status::Warning, says)
}

fn data(found: &Examined) -> Vec<Finding> {
    let Examined { sqlite, journal, schema, damage, persons, readable, forgetting, counters } = found;
    let parts: Vec<u32> = sqlite.split('.').filter_map(|part| part.parse().ok()).collect();
    let is_new = parts.as_slice() >= SQLITE_MIN.as_slice();
    let mut findings = vec![
        Finding::new("sqlite", if is_new { Status::Ok } else { Status::Error }, format!("SQLite {sqlite}")),
        match journal.as_str() {
            "wal" => Finding::ok("journal", "data.db keeps a write-ahead log"),
            other => Finding::new(
                "journal",
                Status::Warning,
                format!("data.db is journalled as {other}; the next start changes it"),
            ),
        },
        match damage {
            None => Finding::ok("integrity", "data.db is whole"),
            Some(detail) => Finding::new(
                "integrity",
                Status::Error,
                format!("data.db is damaged ({detail}): restore the latest backup"),
            ),
        },
        if schema.0 == schema.1 {
            Finding::ok("schema", format!("version {}", schema.1))
        } else {
            let says = format!("version {}; the next start brings it to {}: make a backup before", schema.0, schema.1);
            Finding::new("schema", Status::Warning, says)
        },
        match readable {
            (opened, 0) => Finding::ok("keys", format!("{persons} people, {opened} of them looked at; every key fits")),
            (opened, unread) => {
                let says = format!("{unread} of {} profiles do not open: restore the latest backup", opened + unread);
                Finding::new("keys", Status::Error, says)
            }
        },
    ];
    if *forgetting > 0 {
        let says =
            format!("{forgetting} people are being forgotten; the running service or the next start finishes it");
        findings.push(Finding::new("forgetting", Status::Warning, says));
    }
    for (name, what) in COUNTERS {
        let count = counters.iter().find(|(known, _)| known == name).map_or(0, |(_, count)| *count);
        if count > 0 {
            findings.push(Finding::new(
                "counters",
                Status::Warning,
                format!("{count} {what} ({name}, since the first start)"),
            ));
        }
    }
    findings
}

/// The clock can only be compared with what was written by it.
fn clock(options: &Options, now: Timestamp) -> Finding {
    let written = std::fs::metadata(options.data_dir.join("data.db")).and_then(|data| data.modified());
    let Some(written) = written.ok().and_then(|at| Timestamp::try_from(at).ok()) else {
        return Finding::ok("clock", now.to_string());
    };
    let ahead = written.duration_since(now);
    if ahead > SignedDuration::from_mins(5) {
        let says =
            format!("it is {now} here, and the data was written at {written}: the clock was set back or is wrong");
        return Finding::new("clock", Status::Error, says);
    }
    Finding::ok("clock", now.to_string())
}

fn backup(options: &Options, now: Timestamp) -> Finding {
    let Some(stamp) = store::last_backup(options) else {
        return Finding::new("backup", Status::Warning, "there was never one: run `mendwell backup` once a day");
    };
    let made = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%.fZ", &stamp).ok();
    let made = made.and_then(|at| at.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()).map(|at| at.timestamp());
    match made {
        Some(made) if now.duration_since(made) <= BACKUP_AGE_MAX => {
            Finding::ok("backup", format!("the last one: {made}"))
        }
        Some(made) => Finding::new("backup", Status::Warning, format!("the last one is old: {made}")),
        None => Finding::new("backup", Status::Warning, "when the last one was made cannot be read"),
    }
}
