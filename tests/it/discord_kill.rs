//! SIGKILL at random moments under the load of fifty people on Discord: what a chat still holds is kept once, everybody
//! is answered in order, and nobody sees anything twice, whether a session goes on or is lost and the chats are read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use mendwell::domain::event::Platform;
use mendwell::domain::write::Write;
use mendwell::service::clock::SystemClock;
use mendwell::service::ports::Clock;
use mendwell::store::{Batch, EntryKind, Options, Store};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::fake_discord::people::Person;
use crate::fake_discord::route::Route;
use crate::fake_discord::world::World;
use crate::fake_discord::{DATE, FakeDiscord, TOKEN};
use crate::program::{Home, Running, while_it_happens};

/// Kills of the ordinary run; `MENDWELL_KILLS` sets another number.
const KILLS: u32 = 200;
/// After so many kills the platform has forgotten the session.
const KILLS_A_SESSION: u32 = 50;
/// After a loss so many come while the chats are read again; the next one waits until they are.
const KILLS_READING: u32 = 3;
const PEOPLE: u64 = 50;
const FIRST: u64 = 5_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// Counts: each number is kept, said back, and the next one asked for.
const COUNT: &str = r#"
format = 1
id     = "count"
title  = "Count"
lang   = "en"

[[step]]
id     = "hundreds"
repeat = { do = "hundred", until = "n < 0", max = 100 }

[[part.hundred]]
id     = "rounds"
repeat = { do = "round", until = "n < 0", max = 100 }

[[part.round]]
id   = "n"
ask  = "number"
text = "Which number?"

[[part.round]]
id     = "keep"
save   = "measures"
fields = { n = "n" }

[[part.round]]
id  = "said"
say = "Got {n}."
"#;

struct Site {
    home: Home,
    fake: FakeDiscord,
}

impl Site {
    fn new() -> Self {
        let (home, fake) = (Home::new(), FakeDiscord::start());
        // The program goes by the real time.
        let now = SystemClock.now().duration_since(Timestamp::from_second(DATE.cast_signed()).unwrap());
        fake.advance(now.unsigned_abs());
        fake.run_clock(true);
        let dialogs = home.path().join("dialogs");
        std::fs::create_dir_all(dialogs.join("system")).unwrap();
        std::fs::write(dialogs.join("count.toml"), COUNT).unwrap();
        std::fs::write(dialogs.join("system/en.toml"), include_str!("../../dialogs/system/en.toml")).unwrap();
        let names = ["start", "menu", "checkin", "remind", "crisis", "link", "unlink", "forget"]
            .map(|name| format!("{name}_dialog = \"count\"\n"));
        let config = format!("[bot]\n{}[discord]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\n", names.concat(), fake.url());
        std::fs::write(home.path().join("config.toml"), config).unwrap();
        Self { home, fake }
    }

    fn start(&self) -> Running {
        Running::start(self.home.mendwell(&["--data", "data", "--dialogs", "dialogs"]))
    }

    /// The platform forgets the session while nobody is there, and with it whatever it has not told.
    fn lose_session(&self) {
        self.fake.invalidate_session(false);
    }

    /// As if the sessions so far had begun long ago: a test begins more of them than a bot may.
    fn forget_beginnings(&self) {
        let forget = || async {
            let store = Store::open(Options::new(self.home.data(), self.home.key())).await.unwrap();
            store
                .commit(Batch { meta: vec![("discord_identified", String::new())], ..Batch::default() })
                .await
                .unwrap();
            store.close().await.unwrap();
        };
        // Its own thread: this one belongs to a runtime already.
        let clean = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(forget());
        std::thread::scope(|scope| scope.spawn(clean).join().unwrap());
    }

    /// Kills at random moments; the first ones after the loss of a session come while the chats are read.
    fn kill_and_kill(&self, first: Running, kills: u32, start_takes: Duration) -> Running {
        let latest = start_takes + Duration::from_millis(240);
        let mut rng = StdRng::seed_from_u64(11);
        let (mut running, mut read_before) = (first, self.fake.look(reads));
        for kill in 0..kills {
            let since_loss = kill % KILLS_A_SESSION;
            // A start takes some of it; the rest is anywhere in the full flow of the load.
            let lives = rng.random_range(Duration::from_millis(40)..latest);
            if since_loss == KILLS_READING + 1 {
                self.chats_read(read_before);
            }
            std::thread::sleep(lives);
            running.kill();
            read_before = self.fake.look(reads);
            if since_loss == 0 {
                self.lose_session();
            }
            if since_loss <= KILLS_READING {
                self.forget_beginnings();
            }
            running = self.start();
        }
        running
    }

    /// Waits until a run has read all chats, of whose messages so many were read before.
    fn chats_read(&self, before: usize) {
        let read = |world: &World| (reads(world) >= before + PEOPLE as usize).then_some(());
        self.fake.wait_for_blocking(read, PATIENCE).unwrap();
    }

    /// Everybody sends the next number when the last one was said back; what each sent last when it is over.
    fn count_until(&self, people: &[Person], sent: &mut [u64], over: &AtomicBool) {
        while !over.load(Ordering::SeqCst) {
            let ready =
                self.fake.wait_for_blocking(|world| self.ready(world, people, sent), Duration::from_millis(200));
            for index in ready.unwrap_or_default() {
                sent[index] += 1;
                people[index].say(&sent[index].to_string());
            }
        }
    }

    fn ready(&self, world: &World, people: &[Person], sent: &[u64]) -> Option<Vec<usize>> {
        let is_answered = |index: &usize| {
            let wanted = if sent[*index] == 0 { "Which number?".to_owned() } else { format!("Got {}.", sent[*index]) };
            let newest = world.messages(people[*index].channel).rev().take_while(|message| message.from.is_none());
            newest.into_iter().any(|message| message.content == wanted)
        };
        let ready: Vec<usize> = (0..people.len()).filter(is_answered).collect();
        (!ready.is_empty()).then_some(ready)
    }

    /// Waits until everybody has the answer to what they sent last.
    fn all_answered(&self, people: &[Person], sent: &[u64]) {
        let all = |world: &_| self.ready(world, people, sent).filter(|ready| ready.len() == people.len()).map(drop);
        self.fake.wait_for_blocking(all, PATIENCE).unwrap_or_else(|ledger| self.tell_who_waits(people, sent, &ledger));
    }

    /// Says of whom waits what they sent last, and how the exchange with the program ended.
    fn tell_who_waits(&self, people: &[Person], sent: &[u64], ledger: &str) -> ! {
        let ready = self.fake.look(|world| self.ready(world, people, sent)).unwrap_or_default();
        let waiting = (0..people.len()).filter(|index| !ready.contains(index));
        let waiting: Vec<String> = waiting.map(|index| format!("{} for {}", people[index].id, sent[index])).collect();
        let tail = ledger.char_indices().rev().nth(4_000).map_or(ledger, |(at, _)| &ledger[at..]);
        panic!("somebody waits for ever: {}; the ledger ends:\n{tail}", waiting.join(", "));
    }

    /// How often people saw an answer again, and whether each saw them in order.
    fn doubles(&self, people: &[Person]) -> usize {
        people
            .iter()
            .map(|person| {
                let said = self.fake.look(|world| {
                    let numbers = world.said(person.channel).into_iter();
                    numbers.filter_map(|text| text.strip_prefix("Got ")?.strip_suffix('.')?.parse().ok()).collect()
                });
                let said: Vec<u64> = said;
                assert!(said.is_sorted(), "out of order: {said:?}");
                said.windows(2).filter(|pair| pair[0] == pair[1]).count()
            })
            .sum()
    }

    /// What is kept of each person: number and how often; and the unknown outcomes that are on record.
    async fn kept(&self, people: &[Person]) -> (Vec<BTreeMap<u64, usize>>, usize) {
        let store = Store::open(Options::new(self.home.data(), self.home.key())).await.unwrap();
        let mut all = Vec::new();
        for person in people {
            let found = store.persons_by_account(&[(Platform::Discord, person.id.to_string())]).await.unwrap();
            let mut kept = BTreeMap::new();
            for entry in store.entries_of(found[0].unwrap(), EntryKind::Measure, 1_000_000).await.unwrap() {
                let Write::Measures { values, .. } = entry else { panic!("{entry:?}") };
                *kept.entry(values["n"] as u64).or_default() += 1;
            }
            all.push(kept);
        }
        let counters = store.counters().await.unwrap();
        let doubled = counters.iter().find(|(name, _)| name == "doubled_possible_total").map_or(0, |(_, count)| *count);
        store.close().await.unwrap();
        (all, usize::try_from(doubled).unwrap())
    }

    async fn check(&self, people: &[Person], sent: &[u64]) -> usize {
        let (kept, on_record) = self.kept(people).await;
        for (kept, sent) in kept.iter().zip(sent) {
            let wanted: BTreeMap<u64, usize> = (1..=*sent).map(|number| (number, 1)).collect();
            assert_eq!(*kept, wanted, "lost or doubled");
        }
        assert_eq!(self.doubles(people), 0, "the platform knows the names of what arrived; {on_record} are on record");
        assert_eq!(self.fake.breaches(), []);
        on_record
    }
}

#[tokio::test]
async fn kills_under_load_lose_and_double_nothing_and_an_orderly_stop_neither() {
    let kills = std::env::var("MENDWELL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let site = Site::new();
    let people: Vec<Person> = (FIRST..FIRST + PEOPLE).map(|id| site.fake.user(id)).collect();
    let mut sent = vec![0; people.len()];
    // Before its first session nobody can know of a chat that is to be read.
    let begun = SystemClock.now();
    let first = site.start();
    let connected = |world: &World| world.gateway().is_connected().then_some(());
    site.fake.wait_for_blocking(connected, PATIENCE).unwrap();
    let start_takes = SystemClock.now().duration_since(begun).unsigned_abs();
    people.iter().for_each(|person| {
        person.say("/start");
    });
    site.all_answered(&people, &sent);
    under_load(&site, &people, &mut sent, || site.kill_and_kill(first, kills, start_takes)).ask_to_stop("TERM");
    let turns: u64 = sent.iter().sum();
    let (begun, resumed) = site.fake.look(|world| (world.gateway().identifies(), world.gateway().resumes()));
    let losses = kills.div_ceil(KILLS_A_SESSION) as usize;
    assert!(begun > losses && resumed > losses, "{begun} sessions begun, {resumed} times one went on");
    assert!(turns > u64::from(kills) * 2, "{turns} turns are too small a load to say anything");
    let on_record = site.check(&people, &sent).await;

    let stopped = under_load(&site, &people, &mut sent, || {
        for _ in 0..5 {
            let running = site.start();
            // Before it listens for signals a stop is a kill.
            std::thread::sleep(start_takes + Duration::from_millis(200));
            assert!(running.ask_to_stop("TERM").success());
        }
        site.start()
    })
    .ask_to_stop("TERM");
    assert!(stopped.success());
    assert_eq!(site.check(&people, &sent).await, on_record, "an orderly stop leaves nothing unknown");
}

fn reads(world: &World) -> usize {
    world.requests().iter().filter(|request| request.route == Some(Route::GetMessages)).count()
}

/// People count while this happens; afterwards everybody has their answer. The program that runs at the end.
fn under_load(site: &Site, people: &[Person], sent: &mut [u64], happens: impl FnOnce() -> Running) -> Running {
    let running = while_it_happens(|over| site.count_until(people, &mut *sent, over), happens);
    site.all_answered(people, sent);
    running
}
