//! SIGKILL while somebody is being forgotten, on the real binary: afterwards they are as they were, or not at all.

use std::path::Path;
use std::time::Duration;

use mendwell::store::{Options, Store, Synchronous};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::Row;

use crate::program::{Home, Running, kills};
use crate::support::canary::{copy, found_in};

const CANARY: &str = "Zaunkoenigsruf";
const TABLES: &[&str] = &["accounts", "sessions", "outbox", "plans", "entries", "forgetting"];

/// Number of rows of the first person, in both files: their row, their key, and all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rows {
    person: i64,
    key: i64,
    others: i64,
    mark: i64,
}

const NOTHING: Rows = Rows { person: 0, key: 0, others: 0, mark: 0 };

async fn rows(data: &Path) -> Rows {
    let count = async |file: &str, sql: String| -> i64 {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join(file));
        let mut raw = sqlx::ConnectOptions::connect(&options).await.unwrap();
        let count = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut raw).await.unwrap().get(0);
        sqlx::Connection::close(raw).await.unwrap();
        count
    };
    let mut others = 0;
    for table in TABLES {
        others += count("data.db", format!("SELECT count(*) FROM {table} WHERE person_id = 1")).await;
    }
    Rows {
        person: count("data.db", "SELECT count(*) FROM persons WHERE id = 1".to_owned()).await,
        key: count("keys.db", "SELECT count(*) FROM person_keys WHERE person_id = 1".to_owned()).await,
        mark: count("data.db", "SELECT count(*) FROM forgetting WHERE person_id = 1 AND counts IS NULL".to_owned())
            .await,
        others,
    }
}

/// Somebody who has said hello, with an entry, a name, and an open dialog.
fn somebody() -> Home {
    let home = Home::new();
    let said = home.chat(&format!("1\n1\n2\nI keep {CANARY}.\n1\n{CANARY}\n2\n3\n/menu\n"));
    assert!(said.contains(CANARY), "{said}");
    home
}

#[tokio::test]
async fn r18_kills_while_somebody_is_forgotten_leave_them_whole_or_gone() {
    let kills = kills();
    let first = somebody();
    let whole = rows(&first.data()).await;
    assert!(whole.person == 1 && whole.key == 1 && whole.others > 3, "{whole:?}");
    let mut rng = StdRng::seed_from_u64(11);
    // In microseconds: about as long as the saga takes, however busy the machine is.
    let mut latest = 40_000.0_f64;
    let (mut kept, mut gone, mut between) = (0, 0, 0);
    for round in 0..kills {
        let home = Home::new();
        copy(&first.data(), &home.data());
        std::fs::copy(first.key(), home.key()).unwrap();
        let mut chat = Running::start(home.mendwell(&["chat", "--data", "data", "--as", "ada"]));
        chat.type_line("/forget");
        chat.until("[1] Delete everything");
        chat.type_line("1");
        std::thread::sleep(Duration::from_micros(rng.random_range(0..latest as u64)));
        chat.kill();

        let cut = rows(&home.data()).await;
        between += u32::from(cut.mark == 1);
        let mut options = Options::new(home.data(), home.key());
        options.synchronous = Synchronous::Off;
        let store = Store::open(options).await.unwrap();
        store.integrity().await.unwrap();
        let owed = store.forget_marked().await.unwrap();
        store.close().await.unwrap();
        let after = rows(&home.data()).await;
        let ledger = std::fs::read_to_string(home.path().join("data.forgotten")).unwrap_or_default();
        if cut.mark == 0 && cut.person == 1 {
            assert!(
                after.person == 1 && after.key == 1 && after.others >= whole.others,
                "round {round}: {cut:?}, {after:?}"
            );
            assert_eq!(ledger, "");
            kept += 1;
            latest *= 1.05;
        } else {
            let marks = i64::try_from(owed.len()).unwrap();
            assert_eq!(after, Rows { others: marks, ..NOTHING }, "round {round}: {cut:?}");
            assert!(!ledger.is_empty());
            assert_eq!(found_in(home.path(), &[CANARY]), Vec::<String>::new());
            if round % 8 == 0 && marks == 1 {
                let said = home.chat("");
                assert!(said.starts_with("It is done. This is what I deleted:"), "round {round}: {said}");
            }
            gone += 1;
            latest = (latest * 0.95).max(4_000.0);
        }
    }
    assert!(kept > kills / 50 && gone > kills / 10 && between > 0, "{kept} whole, {gone} gone, {between} in between");
}
