//! SIGKILL during rotation, backup and restore, on the real binary: the state before or the state after.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use mendwell::domain::ids::PersonId;
use mendwell::store::{Options, Store, Synchronous};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::program::{Home, kills};
use crate::store::{forget, new_person};

const PEOPLE: i64 = 60;

/// When to kill: at random, up to about as long as the command takes, however busy the machine is.
struct Moments {
    rng: StdRng,
    /// In microseconds.
    latest: f64,
}

impl Moments {
    fn new(seed: u64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), latest: 45_000.0 }
    }

    fn next(&mut self) -> Duration {
        Duration::from_micros(self.rng.random_range(0..self.latest as u64))
    }

    /// Whether it came too late to change anything: then earlier ones follow, or else later ones.
    fn was_late(&mut self, is_late: bool) {
        self.latest = (self.latest * if is_late { 0.93 } else { 1.05 }).max(5_000.0);
    }
}

async fn open(home: &Home) -> Store {
    let mut options = Options::new(home.data(), home.key());
    options.synchronous = Synchronous::Off;
    Store::open(options).await.unwrap()
}

/// A house of people, the first of whom was forgotten after a backup.
async fn house() -> Home {
    let home = Home::new();
    let store = open(&home).await;
    for n in 0..PEOPLE {
        new_person(&store, &format!("p{n}")).await;
    }
    store.close().await.unwrap();
    assert!(home.run(&["backup", "first", "--data", "data"], "").status.success());
    let store = open(&home).await;
    forget(&store, PersonId(1)).await;
    new_person(&store, "late").await;
    store.close().await.unwrap();
    home
}

async fn there(home: &Home) -> Vec<i64> {
    let store = open(home).await;
    let persons: Vec<PersonId> = (1..=PEOPLE + 1).map(PersonId).collect();
    let found = store.persons_load(&persons).await.unwrap();
    store.integrity().await.unwrap();
    store.close().await.unwrap();
    persons.iter().zip(found).filter(|(_, found)| found.is_some()).map(|(person, _)| person.0).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let path = file.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, target).map(drop).unwrap() }
    }
}

fn twin(home: &Home) -> Home {
    let twin = Home::new();
    copy(home.path(), twin.path());
    twin
}

/// Runs a command and kills it after so long; whether it had ended by itself.
fn killed(home: &Home, arguments: &[&str], after: Duration) -> bool {
    let mut child = home.mendwell(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    let ended = child.try_wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ended.is_none_or(|status| status.success()), "{arguments:?} failed by itself");
    ended.is_some()
}

#[tokio::test]
async fn r19_kills_during_a_rotation_leave_one_key_that_opens_everything() {
    let home = house().await;
    let all = there(&home).await;
    let mut moments = Moments::new(19);
    let (mut before, mut after) = (0, 0);
    for round in 0..kills() {
        let old = std::fs::read_to_string(home.key()).unwrap();
        let time = moments.next();
        let ended = killed(&home, &["keys", "rotate", "--data", "data"], time);
        moments.was_late(ended);
        assert_eq!(there(&home).await, all, "round {round}");
        let new = std::fs::read_to_string(home.key()).unwrap();
        assert!(!ended || new != old, "round {round}: it ended and changed nothing");
        assert!(!home.path().join("data.key.next").exists());
        if new == old {
            before += 1;
            continue;
        }
        after += 1;
        if round % 10 == 0 {
            std::fs::write(home.key(), &old).unwrap();
            let store = Store::open(Options::new(home.data(), home.key())).await;
            assert!(store.is_err(), "round {round}: the old key still opens something");
            std::fs::write(home.key(), &new).unwrap();
        }
    }
    assert!(before > kills() / 20 && after > kills() / 20, "{before} before, {after} after");
}

#[tokio::test]
async fn r24_kills_during_a_backup_leave_every_backup_whole() {
    let home = house().await;
    let all = there(&home).await;
    let mut moments = Moments::new(24);
    let (mut made, mut cut) = (1, 0);
    for round in 0..kills() {
        let time = moments.next();
        let ended = killed(&home, &["backup", "first", "--data", "data"], time);
        moments.was_late(ended);
        let names = std::fs::read_dir(home.path().join("first")).unwrap().map(|file| file.unwrap().file_name());
        let whole = names.filter(|name| name.to_string_lossy().ends_with(".db")).count();
        assert!(whole == made || whole == made + 1, "round {round}: {made} backups, then {whole}");
        assert!(!ended || whole == made + 1, "round {round}: it ended and there is none");
        cut += u32::from(whole == made);
        made = whole;
        if round % 8 == 0 {
            let restored = twin(&home);
            let output = restored.run(&["restore", "first", "--keys", "first.keys", "--data", "data"], "");
            assert!(output.status.success(), "round {round}: {}", String::from_utf8_lossy(&output.stderr));
            let found = there(&restored).await;
            assert!(found.len() as i64 >= PEOPLE - 1 && !found.contains(&1), "round {round}: {found:?}");
        }
    }
    assert_eq!(there(&home).await, all);
    assert!(made > 5 && cut > kills() / 20, "{made} made, {cut} cut");
}

#[tokio::test]
async fn r24_kills_during_a_restore_leave_the_old_data_or_the_restored() {
    let first = house().await;
    let old = there(&first).await;
    let restored: Vec<i64> = (2..=PEOPLE).collect();
    assert_eq!(old, (2..=PEOPLE + 1).collect::<Vec<i64>>());
    let mut moments = Moments::new(42);
    let (mut before, mut after) = (0, 0);
    for round in 0..kills() {
        let home = twin(&first);
        let time = moments.next();
        let keys: &[&str] = if round % 2 == 0 { &[] } else { &["--keys", "first.keys"] };
        let ended = killed(&home, &[&["restore", "first", "--data", "data"], keys].concat(), time);
        moments.was_late(ended);
        let found = there(&home).await;
        assert!(!ended || found == restored, "round {round}: it ended: {found:?}");
        if found == old {
            before += 1;
        } else {
            assert_eq!(found, restored, "round {round}");
            after += 1;
        }
        assert!(!home.data().join("restored").exists(), "round {round}");
    }
    assert!(before > kills() / 20 && after > kills() / 20, "{before} before, {after} after");
}
