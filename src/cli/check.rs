//! `mendwell check`: every problem of every dialog, then what the dialogs cover and how long they take.

use std::fmt::Write as _;
use std::io::{IsTerminal, stdout};
use std::path::Path;
use std::process::ExitCode;

use crate::app::exit::Failure;
use crate::app::{dialogs_dir, library};
use crate::cli::print;
use crate::config::Config;
use crate::dialog::drift::Translated;
use crate::dialog::explore::{Explored, Size, explore};
use crate::dialog::lock::{Lock, compare};
use crate::dialog::model::{Coverage, Library};

/// Blocks of the source guide, P1 to P98.
const GUIDE_BLOCKS: u32 = 98;

pub(super) fn run(config: &Config, dir: Option<&Path>, explores: bool) -> Result<ExitCode, Failure> {
    let loaded = library::load(dir.or_else(|| dialogs_dir(config)))?;
    let mut text = loaded.report(stdout().is_terminal());
    if !text.is_empty() {
        text.push('\n');
    }
    let (errors, mut warnings) = loaded.counts();
    let mut findings = 0;
    if let Some(library) = &loaded.library {
        warnings += compare_lock(&mut text, library, loaded.lock.as_deref());
        warnings += stale(&mut text, library, loaded.translations_lock.as_deref());
        text.push_str(&summary(library));
        translated(&mut text, library);
        if explores {
            findings = explored(&mut text, library);
        }
    }
    let files = loaded.files.len();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{files} file{}: {errors} error{}, {warnings} warning{}.{}",
        plural(files),
        plural(errors),
        plural(warnings),
        if loaded.library.is_some() { "" } else { " Nothing was loaded." }
    );
    print(&text);
    let is_loaded = loaded.library.is_some() && loaded.screen.is_some();
    Ok(ExitCode::from(u8::from(errors > 0 || !is_loaded || findings > 0)))
}

/// What people in the middle of a dialog will notice of the edits since the lock was written; how many warnings.
fn compare_lock(text: &mut String, library: &Library, lock: Option<&str>) -> usize {
    let Some(lock) = lock else { return 0 };
    let old = match Lock::parse(lock) {
        Ok(old) => old,
        Err(error) => {
            let _ = writeln!(text, "warning: {error}; write it anew\n");
            return 1;
        }
    };
    let breaking: Vec<_> = compare(&old, &Lock::of(library)).into_iter().filter(|change| change.is_breaking).collect();
    for change in &breaking {
        let _ = writeln!(text, "warning: dialogs.lock: {}: {}", change.dialog, change.what);
    }
    if !breaking.is_empty() {
        text.push('\n');
    }
    breaking.len()
}

/// A line for each translation whose source has changed since; how many.
fn stale(text: &mut String, library: &Library, lock: Option<&str>) -> usize {
    let Some(lock) = lock else { return 0 };
    let old = match Translated::parse(lock) {
        Ok(old) => old,
        Err(error) => {
            let _ = writeln!(text, "warning: {error}; write it anew\n");
            return 1;
        }
    };
    let stale = old.stale(&Translated::of(library));
    for place in &stale {
        let _ = writeln!(text, "warning: translations.lock: {place}: the source has changed since it was translated");
    }
    if !stale.is_empty() {
        text.push('\n');
    }
    stale.len()
}

/// A line per dialog with what its exploration found, and a line for each finding; how many these are.
fn explored(text: &mut String, library: &Library) -> usize {
    let mut findings = 0;
    let explored: Vec<(&String, Option<Explored>)> = std::thread::scope(|scope| {
        let ids = library.dialogs.keys();
        let running: Vec<_> = ids.map(|id| (id, scope.spawn(move || explore(library, id, &Size::QUICK)))).collect();
        running.into_iter().map(|(id, each)| (id, each.join().ok().flatten())).collect()
    });
    for (id, found) in explored {
        let Some(found) = found else {
            findings += 1;
            let _ = writeln!(text, "{id}: the exploration broke off, which is a bug of the engine");
            continue;
        };
        let all = if found.is_complete { "all of them" } else { "not all of them" };
        let reached = found.reached.len();
        let steps = reached + found.missed_steps.len();
        let _ = writeln!(text, "{}: {} states, {all}; {reached} of {steps} steps reached", found.dialog, found.states);
        for finding in found.findings() {
            findings += 1;
            let _ = writeln!(text, "  {finding}");
        }
        if !found.is_complete && !found.missed_steps.is_empty() {
            let _ = writeln!(text, "  not reached so far: {}", found.missed_steps.join(", "));
        }
    }
    findings
}

/// A line for each other language: how much of it is there.
fn translated(text: &mut String, library: &Library) {
    for (language, translation) in &library.translations {
        let Coverage { whole, dialogs, translated, texts } = translation.coverage;
        let _ = writeln!(
            text,
            "{}: {whole} of {dialogs} dialogs, {translated} of {texts} texts are translated.",
            language.code()
        );
    }
}

/// A line per dialog with its proven length, and how much of the guide is covered.
fn summary(library: &Library) -> String {
    let width = library.dialogs.keys().map(String::len).max().unwrap_or_default();
    let mut text = String::new();
    for (id, dialog) in &library.dialogs {
        let bounds = dialog.bounds;
        let _ = writeln!(
            text,
            "{id:width$}  ends after {} to {} turns  {}",
            bounds.shortest,
            bounds.longest,
            dialog.guide.join(" ")
        );
    }
    let mut covered: Vec<u32> = library
        .dialogs
        .values()
        .flat_map(|dialog| &dialog.guide)
        .filter_map(|block| block.strip_prefix('P')?.parse().ok())
        .filter(|block| (1..=GUIDE_BLOCKS).contains(block))
        .collect();
    covered.sort_unstable();
    covered.dedup();
    let _ = writeln!(text, "Guide: {} of {GUIDE_BLOCKS} blocks are served by a dialog.", covered.len());
    text
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
