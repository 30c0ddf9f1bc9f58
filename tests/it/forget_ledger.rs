//! The forget ledger lies outside of what is put back, takes along what an earlier release left in the data directory, and
//! a restore says when it could not do its part.

use std::path::Path;

use mendwell::domain::ids::PersonId;
use mendwell::store::{LedgerFound, backup, restore};

use crate::program::Home;
use crate::store::{Place, fill, forget, new_person};
use crate::support::canary::copy;

async fn is_there(place: &Place, person: PersonId) -> bool {
    let store = place.open().await;
    let found = store.persons_load(&[person]).await.unwrap()[0].is_some();
    store.close().await.unwrap();
    found
}

/// A directory as it was, in the place of the present one: what a host does with a snapshot.
fn put_back(before: &Path, place: &Path) {
    std::fs::remove_dir_all(place).unwrap();
    copy(before, place);
}

/// Two people in a store that is closed, of whom the first was forgotten; in `before` is the data directory from before.
async fn one_forgotten(place: &Place) -> (PersonId, PersonId) {
    let store = place.open().await;
    let (person, other) = (fill(&store).await, new_person(&store, "other").await);
    store.close().await.unwrap();
    copy(&place.data(), &place.dir.path().join("before"));
    let store = place.open().await;
    forget(&store, person).await;
    store.close().await.unwrap();
    (person, other)
}

#[tokio::test]
async fn a_data_directory_that_is_put_back_brings_nobody_back() {
    let place = Place::new();
    let (person, other) = one_forgotten(&place).await;
    put_back(&place.dir.path().join("before"), &place.data());
    assert!(!is_there(&place, person).await && is_there(&place, other).await);
}

#[tokio::test]
async fn what_an_earlier_release_left_in_the_data_directory_is_taken_along() {
    for both in [false, true] {
        let place = Place::new();
        let (person, _) = one_forgotten(&place).await;
        let (ledger, earlier) = (place.options().forget_ledger, place.data().join("forgotten"));
        put_back(&place.dir.path().join("before"), &place.data());
        std::fs::rename(&ledger, &earlier).unwrap();
        // A kill between the two steps leaves it in both places; another line is there already.
        let another = format!("2026-03-23 {}\n", "01".repeat(16));
        if both {
            std::fs::write(&ledger, &another).unwrap();
        }
        let (data, keys) = (place.dir.path().join("backup"), place.dir.path().join("backup.keys"));
        backup(&place.options(), &data, &keys, "20260323T080000Z").await.unwrap();
        let copied = std::fs::read_to_string(keys.join("mendwell-forgotten")).unwrap();
        assert_eq!(copied.lines().count(), 1 + usize::from(both), "also before the next start");
        let line = std::fs::read_to_string(&earlier).unwrap();
        assert!(!is_there(&place, person).await);
        assert!(!earlier.exists());
        let lines = std::fs::read_to_string(&ledger).unwrap();
        assert_eq!(lines, if both { format!("{another}{line}") } else { line });
        assert!(!is_there(&place, person).await, "a second start changes nothing");
        assert_eq!(std::fs::read_to_string(&ledger).unwrap(), lines);
    }
}

#[tokio::test]
async fn a_ledger_that_the_host_wants_in_the_data_directory_stays_there() {
    let place = Place::new();
    let (person, _) = one_forgotten(&place).await;
    let mut options = place.options();
    let earlier = place.data().join("forgotten");
    std::fs::rename(&options.forget_ledger, &earlier).unwrap();
    for path in [earlier.clone(), place.dir.path().join("keys/../data/forgotten")] {
        options.forget_ledger = path;
        let store = mendwell::store::Store::open(options.clone()).await.unwrap();
        assert!(store.persons_load(&[person]).await.unwrap()[0].is_none());
        store.close().await.unwrap();
        assert_eq!(std::fs::read_to_string(&earlier).unwrap().lines().count(), 1);
    }
}

#[tokio::test]
async fn a_restore_says_how_far_the_ledger_could_be_trusted() {
    let place = Place::new();
    let (person, other) = one_forgotten(&place).await;
    let (data, keys) = (place.dir.path().join("backup"), place.dir.path().join("backup.keys"));
    backup(&place.options(), &data, &keys, "20260323T080000Z").await.unwrap();
    let found = async |keys: Option<&Path>| restore(&place.options(), &data, keys).await.unwrap().ledger;
    assert_eq!(found(None).await, LedgerFound::Whole);
    assert_eq!(found(Some(&keys)).await, LedgerFound::Whole);
    std::fs::write(place.options().forget_ledger, "").unwrap();
    assert_eq!(found(None).await, LedgerFound::Older);
    assert_eq!(found(Some(&keys)).await, LedgerFound::Whole, "the copy beside the keys knows");
    std::fs::remove_file(place.options().forget_ledger).unwrap();
    assert_eq!(found(Some(&keys)).await, LedgerFound::None);
    assert!(!is_there(&place, person).await && is_there(&place, other).await);
}

#[test]
fn the_command_line_says_that_there_was_none_and_the_doctor_where_it_should_not_lie() {
    let home = Home::new();
    home.chat("1\n1\n2\nToday.\n1\nAda\n2\n3\n");
    assert!(home.run(&["backup", "safe", "--data", "data"], "").status.success());
    let said = |arguments: &[&str]| String::from_utf8(home.run(arguments, "").stdout).unwrap();
    let ledger = home.path().join("data.forgotten");
    assert!(ledger.exists(), "there from the first start, so that its absence says something");
    let restore = ["restore", "safe", "--keys", "safe.keys", "--data", "data"];
    let newest = std::fs::read_dir(home.path().join("safe")).unwrap().map(|file| file.unwrap().path()).max().unwrap();
    let restored = said(&restore);
    let name = newest.file_name().unwrap().to_str().unwrap();
    assert!(restored.contains(name) && !restored.contains("ledger"), "which backup was taken: {restored}");
    std::fs::remove_file(&ledger).unwrap();
    assert!(said(&restore).contains("There was no forget ledger at"));
    assert!(said(&["doctor", "--data", "data"]).lines().any(|line| line.starts_with("warning  ledger")));
    std::fs::write(home.path().join("config.toml"), "[store]\nforget_ledger = \"data/forgotten\"\n").unwrap();
    let found = said(&["doctor", "--data", "data"]);
    let line = found.lines().find(|line| line.contains(" ledger ")).unwrap();
    assert!(line.starts_with("warning") && line.contains("lies in the data directory"), "{line}");
}
