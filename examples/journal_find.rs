//! How long it takes to look through a whole journal for a word: read, opened and compared, as `/journal word` does.
//!
//! `cargo run --release --example journal_find [ENTRIES]`

#![expect(clippy::disallowed_methods, reason = "it measures real time")]
#![expect(clippy::print_stdout, reason = "it says what it measured")]

use std::error::Error;
use std::time::Instant;

use mendwell::domain::event::{Address, Platform};
use mendwell::domain::fold::fold;
use mendwell::domain::ids::SessionId;
use mendwell::domain::limits::JOURNAL_FIND_MAX;
use mendwell::domain::person::Profile;
use mendwell::domain::text::UserText;
use mendwell::domain::value::Values;
use mendwell::domain::write::{JournalEntry, Write, WriteKey};
use mendwell::store::{Batch, EntryKind, EntryNew, Options, PersonNew, Store};

/// About as long as an evening's entry.
const BODY_CHARS: usize = 500;
const ROUNDS: usize = 9;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let count = std::env::args().nth(1).map_or(Ok(JOURNAL_FIND_MAX), |count| count.parse())?;
    let dir = tempfile::tempdir()?;
    let store = Store::open(Options::new(dir.path().join("data"), dir.path().join("keys/master.key"))).await?;
    let person = store.person_id_next();
    let address = Address { platform: Platform::Console, account: "ada".into(), chat: "ada".into() };
    let new = PersonNew { id: person, profile: Profile::new(address.clone()), address };
    store.commit(Batch { persons_new: vec![new], ..Batch::default() }).await?;
    let entries = (0..count).map(|number| EntryNew {
        person,
        session: SessionId(1),
        key: WriteKey(number.to_string()),
        write: Write::Journal(JournalEntry {
            dialog: "journal".into(),
            title: "Something I wrote".into(),
            body: UserText::new(body(number)),
            fields: Values::new(),
            date: jiff::civil::date(2026, 3, 2),
            complete: true,
        }),
    });
    store.commit(Batch { entries: entries.collect(), ..Batch::default() }).await?;
    let (mut read, mut compared) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let limit = i64::try_from(JOURNAL_FIND_MAX)?;
        let entries = store.entries_newest(person, EntryKind::Journal, 0, limit).await?;
        read.push(begun.elapsed());
        let word = fold("Käuzchen");
        let holds = |write: &Write| matches!(write, Write::Journal(entry) if fold(entry.body.expose()).contains(&word));
        let found = entries.iter().filter(|kept| holds(&kept.write)).count();
        compared.push(begun.elapsed());
        assert_eq!(found, count.min(JOURNAL_FIND_MAX).div_ceil(100), "the word is found where it stands");
    }
    read.sort();
    compared.sort();
    let middle = ROUNDS / 2;
    println!(
        "{count} entries of {BODY_CHARS} characters: read and opened in {:.1?}, and compared in {:.1?}",
        read[middle], compared[middle]
    );
    Ok(())
}

/// Every hundredth holds the word; every other one has letters with accents, which take longer.
fn body(number: usize) -> String {
    let words = if number.is_multiple_of(2) {
        "A quiet evening at home. "
    } else {
        "Ein stiller Abend, später Tee – schön. "
    };
    let rest: String = words.chars().cycle().take(BODY_CHARS).collect();
    if number.is_multiple_of(100) { format!("{rest} ein KÄUZCHEN rief") } else { rest }
}
