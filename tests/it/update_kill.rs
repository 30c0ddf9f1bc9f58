//! A newer program meets older tables: it keeps a copy of the data first, and a kill at any moment leaves the old tables
//! or the new ones, with everybody in them.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use mendwell::domain::ids::PersonId;
use mendwell::store::connect::Database;
use mendwell::store::{Options, Store, Synchronous};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use crate::program::{Home, kills};
use crate::store::{forget, new_person};

const PEOPLE: i64 = 40;
/// The version of the tables before those of silences.
const OLD: i64 = 4;

/// The name of the copy that is kept.
fn copy() -> String {
    format!("mendwell-schema-{OLD}-before-{}.db", Database::Data.schema_version())
}

async fn open(home: &Home) -> Store {
    let mut options = Options::new(home.data(), home.key());
    options.synchronous = Synchronous::Off;
    Store::open(options).await.unwrap()
}

pub(crate) async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

async fn schema(path: &Path) -> i64 {
    let mut raw = connect(path).await;
    let version = sqlx::query("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut raw).await.unwrap().get(0);
    let broken = sqlx::query("PRAGMA integrity_check").fetch_all(&mut raw).await.unwrap();
    assert!(broken.len() == 1 && broken[0].get::<&str, _>(0) == "ok");
    raw.close().await.unwrap();
    version
}

async fn count(path: &Path) -> i64 {
    let mut raw = connect(path).await;
    let count = sqlx::query("SELECT count(*) FROM persons").fetch_one(&mut raw).await.unwrap().get(0);
    raw.close().await.unwrap();
    count
}

/// Takes the tables of later versions away, as if an older program had made the file.
pub(crate) async fn age(data: &Path) {
    age_to(data, OLD).await;
}

async fn age_to(data: &Path, version: i64) {
    let mut raw = connect(&data.join("data.db")).await;
    for (_, sql) in [(5, "DROP TABLE silences"), (6, "DROP TABLE said")].iter().filter(|(made, _)| *made > version) {
        sqlx::query(*sql).execute(&mut raw).await.unwrap();
    }
    let versions = sqlx::query("DELETE FROM _sqlx_migrations WHERE version > ?").bind(version);
    versions.execute(&mut raw).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
}

async fn old_house() -> Home {
    let home = Home::new();
    let store = open(&home).await;
    for n in 0..PEOPLE {
        new_person(&store, &format!("p{n}")).await;
    }
    store.close().await.unwrap();
    age(&home.data()).await;
    home
}

async fn there(home: &Home) -> usize {
    let store = open(home).await;
    let persons: Vec<PersonId> = (1..=PEOPLE).map(PersonId).collect();
    let found = store.persons_load(&persons).await.unwrap();
    store.close().await.unwrap();
    found.into_iter().flatten().count()
}

fn copies(home: &Home) -> Vec<String> {
    let Ok(directory) = std::fs::read_dir(home.data().join("before-update")) else { return Vec::new() };
    let mut names: Vec<_> = directory.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_data_is_kept_as_it_was_and_comes_back_without_whoever_was_forgotten_since() {
    let home = old_house().await;
    let fresh = Home::new();
    open(&fresh).await.close().await.unwrap();
    assert_eq!(copies(&fresh), [""; 0], "there was nothing before");
    assert_eq!(there(&home).await, PEOPLE as usize);
    assert_eq!(copies(&home), [copy()]);
    assert_eq!(schema(&home.data().join(format!("before-update/{}", copy()))).await, OLD);
    assert_eq!(schema(&home.data().join("data.db")).await, Database::Data.schema_version());
    let store = open(&home).await;
    forget(&store, PersonId(1)).await;
    new_person(&store, "late").await;
    store.close().await.unwrap();
    let output = home.run(&["restore", &format!("data/before-update/{}", copy()), "--data", "data"], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(there(&home).await, PEOPLE as usize - 1, "the forgotten one stays forgotten");
}

/// Back to the older version as docs/hosting.md says, on with it for a while, and then the update again.
#[tokio::test]
async fn an_update_after_going_back_has_a_copy_of_its_own() {
    let copied = |from: i64| format!("mendwell-schema-{from}-before-{}.db", Database::Data.schema_version());
    let home = old_house().await;
    assert_eq!(there(&home).await, PEOPLE as usize);
    // The same older version, and one between the two.
    for (round, version) in [OLD, OLD + 1].into_iter().enumerate() {
        let store = open(&home).await;
        new_person(&store, &format!("late{round}")).await;
        store.close().await.unwrap();
        age_to(&home.data(), version).await;
        assert_eq!(there(&home).await, PEOPLE as usize);
        assert_eq!(copies(&home), [copied(version)]);
        let path = home.data().join("before-update").join(copied(version));
        assert_eq!(schema(&path).await, version);
        assert_eq!(count(&path).await, PEOPLE + 1 + round as i64, "what was written since is in the copy");
    }
}

/// An update that was cut off between two steps keeps the copy from before the first; one that is put back does not.
#[tokio::test]
async fn a_cut_off_update_goes_on_with_the_copy_it_has_unless_the_data_was_put_back() {
    let home = old_house().await;
    assert_eq!(there(&home).await, PEOPLE as usize);
    let unfinished = home.data().join("before-update/unfinished");
    assert!(!unfinished.exists());
    age_to(&home.data(), OLD + 1).await;
    std::fs::write(&unfinished, copy()).unwrap();
    assert_eq!(there(&home).await, PEOPLE as usize);
    assert_eq!(copies(&home), [copy()]);
    std::fs::write(&unfinished, copy()).unwrap();
    let output = home.run(&["restore", &format!("data/before-update/{}", copy()), "--data", "data"], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!unfinished.exists());
}

#[tokio::test]
async fn without_room_for_the_copy_nothing_changes() {
    let home = old_house().await;
    // A directory in the place of the copy: the file system refuses it.
    std::fs::create_dir_all(home.data().join(format!("before-update/{}.partial/full", copy()))).unwrap();
    let output = home.run(&["chat", "--data", "data"], "");
    assert_eq!(output.status.code(), Some(74), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(schema(&home.data().join("data.db")).await, OLD);
    std::fs::remove_dir_all(home.data().join("before-update")).unwrap();
    assert_eq!(there(&home).await, PEOPLE as usize);
}

#[tokio::test]
async fn r24_kills_during_an_update_leave_the_old_tables_or_the_new() {
    let home = old_house().await;
    let mut rng = StdRng::seed_from_u64(24);
    let (mut latest, mut old, mut new) = (150_000.0, 0, 0);
    for round in 0..kills() {
        let mut command = home.mendwell(&["chat", "--data", "data"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(rng.random_range(0..latest as u64)));
        child.kill().unwrap();
        child.wait().unwrap();
        let is_new = schema(&home.data().join("data.db")).await == Database::Data.schema_version();
        // The border moves to where half of the kills come too late.
        latest *= if is_new { 0.95 } else { 1.05 };
        let copies = copies(&home);
        let whole = copies.iter().any(|name| *name == copy());
        assert!(!is_new || whole, "round {round}: new tables and no copy: {copies:?}");
        if whole {
            assert_eq!(schema(&home.data().join(format!("before-update/{}", copy()))).await, OLD, "round {round}");
        }
        if is_new {
            new += 1;
            assert_eq!(there(&home).await, PEOPLE as usize, "round {round}");
            age(&home.data()).await;
            std::fs::remove_dir_all(home.data().join("before-update")).unwrap();
        } else {
            old += 1;
        }
    }
    assert_eq!(there(&home).await, PEOPLE as usize);
    assert!(old > kills() / 20 && new > kills() / 20, "{old} old, {new} new");
}
