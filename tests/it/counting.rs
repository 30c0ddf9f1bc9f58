//! People who count with the real binary on a platform: each sends the next number when the last one was said back, so
//! that a number that is lost, taken twice or out of order is seen, whatever happens to the program meanwhile.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use mendwell::domain::event::Platform;
use mendwell::domain::occasion::OCCASIONS;
use mendwell::domain::write::Write;
use mendwell::store::{EntryKind, Options, Store};

use crate::program::{Home, Running, while_it_happens};

/// Says back each number that it is told, and keeps it.
pub(crate) const COUNT: &str = include_str!("support/dialogs/count.toml");
/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const PEOPLE: usize = 50;

/// The fake of a platform. People are numbered from 0.
pub(crate) trait Place: Sync {
    const PLATFORM: Platform;
    /// What happened so far.
    type World;

    /// The platform's part of the configuration.
    fn config(&self) -> String;
    /// A person's account.
    fn account(&self, person: usize) -> String;
    fn say(&self, person: usize, words: &str);
    /// What the bot has said to a person, oldest first; with `since` only after they wrote last.
    fn said(&self, world: &Self::World, person: usize, since: Since) -> Vec<String>;
    fn look<T>(&self, look: impl FnOnce(&Self::World) -> T) -> T;
    fn wait<T>(&self, look: impl FnMut(&Self::World) -> Option<T>, patience: Duration) -> Result<T, String>;
    /// How the bot has listened lately, for the message of a test that fails.
    fn visits(world: &Self::World) -> String;
    /// Fails when the contract was broken.
    fn is_lawful(&self);
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Since {
    Ever,
    TheyWrote,
}

/// A host's directory, the platform, and how far everybody has counted.
pub(crate) struct Counting<P> {
    pub(crate) home: Home,
    pub(crate) place: P,
    sent: Vec<u64>,
    /// How many numbers were sent, also while people count.
    counted: AtomicU64,
}

/// The number that a text says back.
pub(crate) fn number(said: &str) -> Option<u64> {
    said.strip_prefix("Got ")?.split('.').next()?.parse().ok()
}

impl<P: Place> Counting<P> {
    pub(crate) fn new(place: P) -> Self {
        let home = Home::new();
        let dialogs = home.path().join("dialogs");
        std::fs::create_dir_all(dialogs.join("system")).unwrap();
        std::fs::write(dialogs.join("count.toml"), COUNT).unwrap();
        std::fs::write(dialogs.join("system/en.toml"), include_str!("../../dialogs/system/en.toml")).unwrap();
        let names = OCCASIONS.iter().map(|(_, key, _)| format!("{key} = \"count\"\n")).collect::<Vec<_>>();
        std::fs::write(home.path().join("config.toml"), format!("[bot]\n{}{}", names.concat(), place.config()))
            .unwrap();
        Self { home, place, sent: vec![0; PEOPLE], counted: AtomicU64::new(0) }
    }

    pub(crate) fn start(&self) -> Running {
        Running::start(self.home.mendwell(&["--data", "data", "--dialogs", "dialogs"]))
    }

    pub(crate) fn everybody_says_hello(&self) {
        (0..PEOPLE).for_each(|person| self.place.say(person, "/start"));
    }

    /// How many numbers were sent.
    pub(crate) fn turns(&self) -> u64 {
        self.counted.load(Ordering::SeqCst)
    }

    /// Waits until so many numbers were sent, however busy the machine is.
    pub(crate) fn until_turns(&self, turns: u64, running: &Running) {
        const LOOK_EVERY: Duration = Duration::from_millis(5);
        for _ in 0..PATIENCE.as_millis() / LOOK_EVERY.as_millis() {
            if self.turns() >= turns {
                return;
            }
            std::thread::sleep(LOOK_EVERY);
        }
        let ledger = self.place.wait(|_| None::<()>, LOOK_EVERY).unwrap_err();
        let tail = ledger.char_indices().rev().nth(4_000).map_or(&*ledger, |(at, _)| &ledger[at..]);
        let (turned, program, visits) = (self.turns(), running.state(), self.place.look(P::visits));
        panic!("{turned} of {turns} turns, and no more come; {program}{visits}\nthe ledger ends:\n{tail}");
    }

    /// People count while this happens; afterwards everybody has their answer. The program that runs at the end.
    pub(crate) fn under_load(&mut self, happens: impl FnOnce(&Self) -> Running) -> Running {
        let mut sent = std::mem::take(&mut self.sent);
        let running = while_it_happens(|over| self.count_until(&mut sent, over), || happens(self));
        self.sent = sent;
        self.all_answered();
        running
    }

    /// Waits until everybody has the answer to what they sent last.
    pub(crate) fn all_answered(&self) {
        let all = |world: &_| self.answered(world, &self.sent).filter(|answered| answered.len() == PEOPLE).map(drop);
        self.place.wait(all, PATIENCE).unwrap_or_else(|ledger| self.tell_who_waits(&ledger));
    }

    /// Everything was kept once and said back in order; how many answers people saw again, and how many unknown outcomes
    /// are on record.
    pub(crate) async fn check(&self) -> (usize, usize) {
        let (kept, on_record) = self.kept().await;
        for (kept, sent) in kept.iter().zip(&self.sent) {
            let wanted: BTreeMap<u64, usize> = (1..=*sent).map(|number| (number, 1)).collect();
            assert_eq!(*kept, wanted, "lost or doubled");
        }
        self.place.is_lawful();
        (self.doubles(), on_record)
    }

    fn count_until(&self, sent: &mut [u64], over: &AtomicBool) {
        while !over.load(Ordering::SeqCst) {
            let answered = self.place.wait(|world| self.answered(world, sent), Duration::from_millis(200));
            for person in answered.unwrap_or_default() {
                sent[person] += 1;
                self.counted.fetch_add(1, Ordering::SeqCst);
                self.place.say(person, &sent[person].to_string());
            }
        }
    }

    /// Who has the answer to what they sent last; none when nobody has.
    fn answered(&self, world: &P::World, sent: &[u64]) -> Option<Vec<usize>> {
        let is_answered = |person: &usize| {
            let wanted =
                if sent[*person] == 0 { "Which number?".to_owned() } else { format!("Got {}.", sent[*person]) };
            self.place.said(world, *person, Since::TheyWrote).contains(&wanted)
        };
        let answered: Vec<usize> = (0..PEOPLE).filter(is_answered).collect();
        (!answered.is_empty()).then_some(answered)
    }

    /// Says of whom waits what they sent last, and how the exchange with the program ended.
    fn tell_who_waits(&self, ledger: &str) -> ! {
        let answered = self.place.look(|world| self.answered(world, &self.sent)).unwrap_or_default();
        let waiting = (0..PEOPLE).filter(|person| !answered.contains(person));
        let waiting: Vec<String> = waiting.map(|person| format!("{person} for {}", self.sent[person])).collect();
        let tail = ledger.char_indices().rev().nth(4_000).map_or(ledger, |(at, _)| &ledger[at..]);
        panic!("somebody waits for ever: {}; the ledger ends:\n{tail}", waiting.join(", "));
    }

    fn doubles(&self) -> usize {
        let of = |person| {
            let said = self.place.look(|world| self.place.said(world, person, Since::Ever));
            let said: Vec<u64> = said.iter().filter_map(|text| number(text)).collect();
            assert!(said.is_sorted(), "out of order: {said:?}");
            said.windows(2).filter(|pair| pair[0] == pair[1]).count()
        };
        (0..PEOPLE).map(of).sum()
    }

    /// What is kept of each person: number and how often; and the unknown outcomes that are on record.
    async fn kept(&self) -> (Vec<BTreeMap<u64, usize>>, usize) {
        let store = Store::open(Options::new(self.home.data(), self.home.key())).await.unwrap();
        let mut all = Vec::new();
        for person in 0..PEOPLE {
            let found = store.persons_by_account(&[(P::PLATFORM, self.place.account(person))]).await.unwrap();
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
}

/// Starts and stops in order, so often; the program that runs at the end.
pub(crate) fn stop_and_start<P: Place>(counting: &Counting<P>, times: u32) -> Running {
    for _ in 0..times {
        let running = counting.start();
        // Before it listens for signals a stop is a kill. After one turn of everybody the next is its own.
        counting.until_turns(counting.turns() + PEOPLE as u64 + 1, &running);
        assert!(running.ask_to_stop("TERM").success());
    }
    counting.start()
}
