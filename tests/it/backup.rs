//! Backups, restoring and the rotation of the master key, in the store and on the command line.

use std::path::{Path, PathBuf};

use mendwell::domain::ids::PersonId;
use mendwell::store::connect::Database;
use mendwell::store::{BackupError, EntryKind, OpenError, RestoreError, Store, backup, restore, rotate};
use sqlx::Row;

use crate::program::{Home, Running};
use crate::store::{Place, fill, forget, new_person};
use crate::store_schema::found_plainly;

/// Two directories beside the data.
fn targets(place: &Place) -> (PathBuf, PathBuf) {
    (place.dir.path().join("backup"), place.dir.path().join("backup.keys"))
}

async fn names(place: &Place, persons: &[PersonId]) -> Vec<bool> {
    let store = place.open().await;
    let found = store.persons_load(persons).await.unwrap().iter().map(Option::is_some).collect();
    store.integrity().await.unwrap();
    store.close().await.unwrap();
    found
}

async fn keys_of(place: &Place) -> Vec<i64> {
    let mut raw = place.raw(Database::Keys).await;
    let rows = sqlx::query("SELECT person_id FROM person_keys ORDER BY 1").fetch_all(&mut raw).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_backup_is_made_while_the_store_is_open_and_comes_back_on_an_empty_machine() {
    let place = Place::new();
    let (data, keys) = targets(&place);
    let store = place.open().await;
    let person = fill(&store).await;
    let done = backup(&place.options(), &data, &keys, "20260323T080000Z").await.unwrap();
    assert_eq!((done.persons, done.opened), (1, 1));
    let late = new_person(&store, "late").await;
    let again = backup(&place.options(), &data, &keys, "20260323T090000Z").await.unwrap();
    assert_eq!((again.persons, again.opened), (2, 2));
    store.close().await.unwrap();
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 2, "one file for each backup of the data");
    assert_eq!(std::fs::read_dir(&keys).unwrap().count(), 1, "the newest keys");
    for directory in [&data, &keys] {
        assert_eq!(found_plainly(directory), Vec::<String>::new());
    }
    #[cfg(unix)]
    for file in std::fs::read_dir(&data).unwrap().chain(std::fs::read_dir(&keys).unwrap()) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.unwrap().metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }

    let empty = Place::new();
    std::fs::create_dir_all(empty.options().master_key.parent().unwrap()).unwrap();
    std::fs::copy(place.options().master_key, empty.options().master_key).unwrap();
    let restored = restore(&empty.options(), &data, Some(&keys)).await.unwrap();
    assert_eq!((restored.persons, restored.forgotten, restored.keyless), (2, 0, 0));
    assert_eq!(restored.data, again.data, "the newest");
    assert_eq!(names(&empty, &[person, late]).await, [true, true]);
    let restored = restore(&empty.options(), &done.data, None).await.unwrap();
    assert_eq!((restored.persons, restored.keys), (1, None));
    let store = empty.open().await;
    assert_eq!(store.entries_of(person, EntryKind::Journal, 9).await.unwrap().len(), 1);
    assert!(store.person_id_next() > late, "a number that has a key is not given again");
}

/// The "done when" line: a backup from before, with the keys of today, and even with the keys of then.
#[tokio::test]
async fn r18_a_restored_backup_from_before_opens_nothing_of_who_was_forgotten() {
    let place = Place::new();
    let (data, keys) = targets(&place);
    let store = place.open().await;
    let person = fill(&store).await;
    let other = new_person(&store, "other").await;
    backup(&place.options(), &data, &keys, "20260323T080000Z").await.unwrap();
    forget(&store, person).await;
    store.close().await.unwrap();

    let restored = restore(&place.options(), &data, None).await.unwrap();
    assert_eq!((restored.persons, restored.forgotten, restored.keyless), (1, 0, 1), "by the keys of today");
    assert_eq!(names(&place, &[person, other]).await, [false, true]);
    let restored = restore(&place.options(), &data, Some(&keys)).await.unwrap();
    assert_eq!((restored.persons, restored.forgotten, restored.keyless), (1, 1, 0), "by the ledger");
    assert_eq!(names(&place, &[person, other]).await, [false, true]);
    assert_eq!(keys_of(&place).await, [other.0]);

    // The next backup takes the key from the keys' only copy, and brings the ledger to a new machine.
    backup(&place.options(), &data, &keys, "20260324T080000Z").await.unwrap();
    let first = data.join("mendwell-20260323T080000Z.db");
    let empty = Place::new();
    std::fs::create_dir_all(empty.options().master_key.parent().unwrap()).unwrap();
    std::fs::copy(place.options().master_key, empty.options().master_key).unwrap();
    let restored = restore(&empty.options(), &first, Some(&keys)).await.unwrap();
    assert_eq!((restored.persons, restored.keyless), (1, 1));
    assert_eq!(names(&empty, &[person, other]).await, [false, true]);
    assert!(std::fs::read_to_string(empty.options().forget_ledger).unwrap().lines().count() == 1);
}

#[tokio::test]
async fn data_and_keys_never_lie_together() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let (data, keys) = targets(&place);
    let own = place.options().master_key.parent().unwrap().to_path_buf();
    let inside = place.data().join("backup");
    let through = place.dir.path().join("through");
    std::fs::create_dir_all(&data).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&data, &through).unwrap();
    for (to, keys_to) in [(&data, &data), (&data, &data.join("keys")), (&keys.join("data"), &keys), (&through, &data)] {
        let error = backup(&place.options(), to, keys_to, "x").await.err().unwrap();
        assert!(matches!(error, BackupError::Together { .. }), "{error}");
    }
    for (to, keys_to) in [(&own, &keys), (&data, &own)] {
        let error = backup(&place.options(), to, keys_to, "x").await.err().unwrap();
        assert!(matches!(error, BackupError::Together { .. }), "the master key lies there: {error}");
    }
    for (to, keys_to) in [(&inside, &keys), (&data, &inside)] {
        let error = backup(&place.options(), to, keys_to, "x").await.err().unwrap();
        assert!(matches!(error, BackupError::InsideData { .. }), "{error}");
    }
    assert!(std::fs::read_dir(&data).unwrap().all(|entry| entry.unwrap().path().is_dir()), "nothing was copied");
}

#[tokio::test]
async fn what_does_not_open_is_not_kept_and_what_is_kept_is_what_was_there() {
    let place = Place::new();
    let (data, keys) = targets(&place);
    let store = place.open().await;
    fill(&store).await;
    store.close().await.unwrap();
    let mut raw = place.raw(Database::Data).await;
    sqlx::query("UPDATE persons SET profile = zeroblob(99)").execute(&mut raw).await.unwrap();
    sqlx::Connection::close(raw).await.unwrap();
    let error = backup(&place.options(), &data, &keys, "20260323T080000Z").await.err().unwrap();
    assert!(matches!(error, BackupError::Unsound { .. }), "{error}");
    assert_eq!(std::fs::read_dir(&data).unwrap().count() + std::fs::read_dir(&keys).unwrap().count(), 0);
}

#[tokio::test]
async fn a_restore_is_refused_while_the_store_is_open_and_with_what_does_not_fit() {
    let place = Place::new();
    let (data, keys) = targets(&place);
    let store = place.open().await;
    let person = fill(&store).await;
    backup(&place.options(), &data, &keys, "20260323T080000Z").await.unwrap();
    let running = restore(&place.options(), &data, None).await.err().unwrap();
    assert!(matches!(running, RestoreError::Open(OpenError::SecondInstance { .. })), "{running}");
    store.close().await.unwrap();

    // Data of another house: its people cannot be read with these keys.
    let other = Place::new();
    let (elsewhere, _) = targets(&other);
    let stranger = other.open().await;
    fill(&stranger).await;
    backup(&other.options(), &elsewhere, &other.dir.path().join("k"), "20260323T080000Z").await.unwrap();
    let error = restore(&place.options(), &elsewhere, None).await.err().unwrap();
    assert!(matches!(error, RestoreError::OtherKeys { persons: 1, .. }), "{error}");
    let error = restore(&place.options(), &elsewhere, Some(&other.dir.path().join("k"))).await.err().unwrap();
    assert!(matches!(error, RestoreError::Open(OpenError::MasterKeyWrong { .. })), "{error}");
    let error = restore(&place.options(), place.dir.path(), None).await.err().unwrap();
    assert!(matches!(error, RestoreError::NoBackup { .. }), "{error}");
    let error = restore(&place.options(), &data, Some(&data)).await.err().unwrap();
    assert!(matches!(error, RestoreError::NoKeys { .. }), "{error}");
    std::fs::write(data.join("mendwell-9.db"), b"no database").unwrap();
    let error = restore(&place.options(), &data, None).await.err().unwrap();
    assert!(matches!(error, RestoreError::Open(OpenError::Damaged { .. })), "{error}");
    assert_eq!(names(&place, &[person]).await, [true], "and everything is as it was");
    assert!(!place.data().join("restoring").exists());
}

#[tokio::test]
async fn r19_after_a_rotation_everything_opens_and_the_old_key_opens_nothing() {
    let place = Place::new();
    let store = place.open().await;
    let mut persons = vec![fill(&store).await];
    for n in 0..300 {
        persons.push(new_person(&store, &format!("p{n}")).await);
    }
    store.close().await.unwrap();
    let path = place.options().master_key;
    let old = std::fs::read_to_string(&path).unwrap();
    assert_eq!(rotate(&place.options()).await.unwrap(), 301);
    let new = std::fs::read_to_string(&path).unwrap();
    assert_ne!(old, new);
    assert!(names(&place, &persons).await.iter().all(|is_there| *is_there));
    let files: Vec<Vec<u8>> = std::fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    assert_eq!(files, [new.as_bytes()], "the old key is nowhere");
    private(&path, &old);
    let error = Store::open(place.options()).await.err().unwrap();
    assert!(matches!(error, OpenError::MasterKeyWrong { .. }), "{error}");
    private(&path, &new);
    assert!(names(&place, &persons).await.iter().all(|is_there| *is_there));
    assert_eq!(rotate(&place.options()).await.unwrap(), 301, "and once more");
}

/// The two states that a kill can leave: the next key was never used, or it is the one that fits.
#[tokio::test]
async fn r19_a_rotation_that_was_cut_off_is_finished_or_undone_by_the_next_start() {
    let place = Place::new();
    let store = place.open().await;
    let person = fill(&store).await;
    store.close().await.unwrap();
    let path = place.options().master_key;
    let next = path.with_file_name("master.key.next");
    let old = std::fs::read_to_string(&path).unwrap();
    for unused in ["", "abc", &"7".repeat(64)] {
        private(&next, unused);
        assert_eq!(names(&place, &[person]).await, [true]);
        assert!(!next.exists() && std::fs::read_to_string(&path).unwrap() == old);
    }
    rotate(&place.options()).await.unwrap();
    std::fs::rename(&path, &next).unwrap();
    private(&path, &old);
    let new = std::fs::read_to_string(&next).unwrap();
    assert_eq!(names(&place, &[person]).await, [true]);
    assert!(!next.exists() && std::fs::read_to_string(&path).unwrap() == new);
}

fn private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

#[test]
fn the_command_line_makes_and_restores_backups_and_rotates_the_key() {
    let home = Home::new();
    home.chat("1\n1\n2\nToday.\n1\nAda\n2\n3\n");
    let ok = |arguments: &[&str]| {
        let output = home.run(&[&["--data", "data"], arguments].concat(), "");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let code = |arguments: &[&str]| home.run(&[&["--data", "data"], arguments].concat(), "").status.code();
    // While somebody talks.
    let chat = Running::start(home.mendwell(&["chat", "--data", "data", "--as", "bob"]));
    chat.until("[1]");
    let said = ok(&["backup", "safe"]);
    assert!(said.contains("with 2 people; 2 of them were opened"), "{said}");
    assert_eq!(code(&["restore", "safe"]), Some(69), "not while it runs");
    assert_eq!(code(&["keys", "rotate"]), Some(69), "not while it runs");
    assert!(chat.end().success());
    assert!(home.path().join("safe.keys/mendwell-keys.db").exists());
    assert_eq!(code(&["backup", "safe", "--keys", "safe"]), Some(64));
    assert_eq!(code(&["restore", "nowhere"]), Some(65));
    assert_eq!(code(&["keys"]), Some(64));

    home.chat("/forget\n1\n");
    let said = ok(&["restore", "safe", "--keys", "safe.keys"]);
    assert!(said.contains("People: 1.") && said.contains("since: 1."), "{said}");
    assert!(home.chat("").contains("Are you 18 or older?"), "ada is a stranger");
    let old = std::fs::read_to_string(home.key()).unwrap();
    let said = ok(&["keys", "rotate"]);
    assert!(said.contains("keys are wrapped anew"), "{said}");
    assert_ne!(std::fs::read_to_string(home.key()).unwrap(), old);
    assert!(home.chat("").contains("Are you 18 or older?"));
}
