//! The target of the kill test: people count out loud through the real writer and store, and every number that was
//! answered is printed. After a kill the next run prints what the store has, so that the test can compare.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use crate::app::bench::{house, text_event};
use crate::app::exit::Failure;
use crate::domain::event::{Event, EventKey, Platform};
use crate::domain::write::Write as Kept;
use crate::service::Service;
use crate::store::{EntryKind, Store};

/// A dialog that asks for numbers and keeps each as a measure of its own.
const DIALOG: &str = include_str!("ledger.toml");
/// Events sent again after a start, as a platform does with what was not acknowledged.
const REDELIVERED: u64 = 3;
/// Entries read back of one person.
const ENTRIES_MAX: i64 = 1_000_000;

/// Counts until killed. Prints `have PERSON NUMBER TIMES` for everything kept, then `go`, then
/// `ack PERSON NUMBER` after each commit.
///
/// # Errors
/// When the store fails or nobody reads.
pub(super) async fn run(data: &Path, people: u32, careless: bool) -> Result<(), Failure> {
    let (running, store) = house(data, "ledger", DIALOG).await?;
    let mut last = Vec::new();
    for person in 0..people {
        let kept = kept(&store, person).await?;
        let lines: Vec<String> =
            kept.iter().map(|(number, times)| format!("have {person} {number} {times}\n")).collect();
        say(&lines.concat())?;
        last.push((person, kept.last_key_value().map_or(0, |(number, _)| *number)));
    }
    say("go\n")?;
    let mut tasks = tokio::task::JoinSet::new();
    for (person, last) in last {
        tasks.spawn(count(running.service.clone(), person, last, careless));
    }
    match tasks.join_next().await {
        Some(Ok(result)) => result,
        Some(Err(_)) | None => Err(Failure::LoopEnded("a counting person")),
    }
}

/// The numbers that the store has of a person, and how often.
async fn kept(store: &Store, person: u32) -> Result<BTreeMap<u64, u64>, Failure> {
    let found = store.persons_by_account(&[(Platform::Console, person.to_string())]).await?;
    let Some(Some(id)) = found.first() else {
        return Ok(BTreeMap::new());
    };
    let mut numbers = BTreeMap::new();
    for entry in store.entries_of(*id, EntryKind::Measure, ENTRIES_MAX).await? {
        if let Kept::Measures { values, .. } = entry {
            let number = values.get("n").copied().unwrap_or_default();
            *numbers.entry(number as u64).or_default() += 1;
        }
    }
    Ok(numbers)
}

/// Sends the last numbers again, then counts on.
async fn count(service: Service, person: u32, last: u64, careless: bool) -> Result<(), Failure> {
    if last == 0 {
        service.handle(text_event(person, 0, "hello")).await?;
    }
    for number in last.saturating_sub(REDELIVERED).max(1).. {
        let mut event: Event = text_event(person, number, &number.to_string());
        if careless {
            event.key = EventKey(format!("careless:{}", rand::random::<u64>()));
            say(&format!("ack {person} {number}\n"))?;
            service.handle(event).await?;
            continue;
        }
        service.handle(event).await?;
        say(&format!("ack {person} {number}\n"))?;
    }
    Ok(())
}

fn say(lines: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(lines.as_bytes()).and_then(|()| out.flush()).map_err(Failure::io("nobody reads the ledger"))
}
