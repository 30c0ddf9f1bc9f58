//! The schema of the store: every statement fits it, every column has a class, and no file holds a word plainly.

use std::collections::BTreeSet;
use std::path::Path;

use mendwell::store::columns::{COLUMNS, Class};
use mendwell::store::connect::Database;
use mendwell::store::{Batch, EntryKind, statements};
use sqlx::{Connection, Executor, Row};

use crate::store::{CANARY, Place, fill, session};
use crate::support::canary::found_in;

#[tokio::test]
async fn every_statement_prepares_on_a_migrated_database() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    for database in [Database::Data, Database::Keys] {
        let mut raw = place.raw(database).await;
        for (_, name, sql) in statements::all().into_iter().filter(|(file, ..)| *file == database) {
            let prepared = raw.prepare(sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(sql))).await;
            assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        }
    }
}

#[tokio::test]
async fn due_rows_are_found_by_index_and_never_by_a_scan() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let mut raw = place.raw(Database::Data).await;
    for (_, name, sql) in statements::all().into_iter().filter(|(file, ..)| *file == Database::Data) {
        let hot = ["DUE", "NEXT", "LOAD", "FIND", "KNOWN", "_OF", "QUEUED", "EXPIRING", "UPDATE", "_PUT", "PARKED"];
        if !hot.iter().any(|part| name.contains(part)) {
            continue;
        }
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        for row in sqlx::query(explain).fetch_all(&mut raw).await.unwrap() {
            let step: String = row.get(3);
            // Rows of the statement itself, or an index read from its end until the first row.
            let harmless = ["SCAN v", "VALUES CLAUSE", "SCAN CONSTANT ROW", "SCAN json_each", "SCAN (subquery"];
            let scans = step.starts_with("SCAN") && !harmless.iter().any(|part| step.contains(part));
            assert!(!scans, "{name}: {step}");
        }
    }
}

/// R17: a new column must be given a class, and a class must have its column.
#[tokio::test]
async fn r17_every_column_is_classified() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store).await;
    store.close().await.unwrap();
    let mut real = BTreeSet::new();
    for database in [Database::Data, Database::Keys] {
        let mut raw = place.raw(database).await;
        let sql = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
            AND m.name NOT IN ('_sqlx_migrations', 'sqlite_sequence')";
        for row in raw.fetch_all(sql).await.unwrap() {
            real.insert((database.file_name(), row.get::<String, _>(0), row.get::<String, _>(1)));
        }
        for (file, table, column, class) in COLUMNS.iter().filter(|(file, ..)| *file == database) {
            let sql = format!("SELECT {column} FROM {table}");
            for row in sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut raw).await.unwrap() {
                let length = match class {
                    Class::Plain(reason) => {
                        assert!(!reason.is_empty());
                        continue;
                    }
                    Class::Sealed => 42..usize::MAX,
                    Class::KeyedHash => 16..17,
                };
                let bytes: Vec<u8> = row.get(0);
                assert!(length.contains(&bytes.len()), "{file:?} {table}.{column}");
                assert!(*class != Class::Sealed || bytes.starts_with(&[1, 1]), "{file:?} {table}.{column}");
            }
        }
    }
    let listed =
        COLUMNS.iter().map(|(file, table, column, _)| (file.file_name(), (*table).to_owned(), (*column).to_owned()));
    assert_eq!(real, listed.collect());
}

/// The words of a person, and the ids by which platforms know them, in any file of the data directory.
pub(crate) fn found_plainly(directory: &Path) -> Vec<String> {
    found_in(directory, &[CANARY, "4711-account", "4711-event"])
}

#[tokio::test]
async fn no_word_of_a_person_stands_in_any_file() {
    let place = Place::new();
    let store = place.open().await;
    fill(&store).await;
    assert!(place.data().join("data.db-wal").metadata().unwrap().len() > 0, "the WAL must be looked through, too");
    assert_eq!(found_plainly(&place.data()), Vec::<String>::new());

    // The negative control: what is written plainly is found, in the WAL and in the file.
    let mut raw = place.raw(Database::Data).await;
    let plain = sqlx::query("INSERT INTO meta VALUES ('control', ?1)").bind(CANARY);
    plain.execute(&mut raw).await.unwrap();
    assert!(!found_plainly(&place.data()).is_empty());
    raw.close().await.unwrap();
    store.close().await.unwrap();
    assert_eq!(found_plainly(&place.data()).len(), 1);
}

#[tokio::test]
async fn nothing_that_is_handed_out_shows_words_when_it_is_logged() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        store.persons_load(&[person]).await.unwrap(),
        store.outbox_sending().await.unwrap(),
        store.plans_of(person).await.unwrap(),
        store.entries_of(person, EntryKind::Journal, 9).await.unwrap(),
        Batch { sessions: vec![session(person, 1, true, None)], ..Batch::default() },
    );
    assert!(!shown.contains(CANARY) && !shown.contains("4711-account"), "{shown}");
}
