//! People who answer as soon as they are asked.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::fake_telegram::FakeTelegram;
use crate::fake_telegram::people::Person;
use crate::fake_telegram::world::World;

/// What they do, and what the bot says then.
const TURNS: [(Deed, &str); 6] = [
    (Deed::Say("/start"), "How is today?"),
    (Deed::Press("3"), "Which of these was it most?"),
    (Deed::Press("Trust"), "What is on your mind?"),
    (Deed::Say("The flat is quiet, and I sleep badly."), "What helped?"),
    (Deed::Say("1, 3"), "Shall I keep this?"),
    (Deed::Press("Yes"), "Nothing is waiting"),
];
/// The platform's number of the first of them.
const FIRST: i64 = 100_000;
/// How long nothing may happen.
const PATIENCE: Duration = Duration::from_secs(20);

enum Deed {
    Say(&'static str),
    Press(&'static str),
}

/// Everybody, and how far the ledger is read.
pub(crate) struct Crowd<'a> {
    fake: &'a FakeTelegram,
    people: Vec<Sitter>,
    by_chat: HashMap<i64, usize>,
    read: usize,
}

struct Sitter {
    person: Person,
    turn: usize,
    since: Instant,
}

/// What was measured.
pub(crate) struct Figures {
    pub(crate) turns: usize,
    pub(crate) turns_per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) cpu_s_per_1000: f64,
    pub(crate) resident_mb: f64,
}

impl<'a> Crowd<'a> {
    pub(crate) fn new(fake: &'a FakeTelegram, count: usize) -> Self {
        let now = Instant::now();
        let sitter = |id| Sitter { person: fake.user(id), turn: 0, since: now };
        let people: Vec<Sitter> = (FIRST..).take(count).map(sitter).collect();
        let by_chat = people.iter().enumerate().map(|(index, sitter)| (sitter.person.id, index)).collect();
        Self { fake, people, by_chat, read: fake.look(|world| world.requests().len()) }
    }

    /// These begin.
    pub(crate) fn start(&mut self, who: Range<usize>) {
        for sitter in &mut self.people[who] {
            sitter.act();
        }
    }

    /// Goes on until the time is over and so many turns are done.
    pub(crate) fn run(&mut self, length: Duration, turns: usize) -> Result<Figures, String> {
        let began = Instant::now();
        let mut took = Vec::new();
        while began.elapsed() < length || took.len() < turns {
            let read = &mut self.read;
            let by_chat = &self.by_chat;
            let people = &self.people;
            let asked = self.fake.wait_for_blocking(|world| news(world, read, by_chat, people), PATIENCE)?;
            let now = Instant::now();
            for index in asked {
                let sitter = &mut self.people[index];
                took.push(now.duration_since(sitter.since));
                sitter.turn = (sitter.turn + 1) % TURNS.len();
                sitter.act();
            }
        }
        Ok(Figures::of(took, began.elapsed()))
    }
}

/// Who was asked since the ledger was read; none when nobody was.
fn news(world: &World, read: &mut usize, by_chat: &HashMap<i64, usize>, people: &[Sitter]) -> Option<Vec<usize>> {
    let fresh = &world.requests()[*read..];
    *read += fresh.len();
    let asked = fresh.iter().filter(|request| request.method == "sendMessage");
    let asked = asked.filter_map(|request| {
        let index = *by_chat.get(&request.chat?)?;
        let (_, wanted) = &TURNS[people[index].turn];
        request.params["text"].as_str()?.contains(wanted).then_some(index)
    });
    let asked: Vec<usize> = asked.collect();
    (!asked.is_empty()).then_some(asked)
}

impl Sitter {
    fn act(&mut self) {
        self.since = Instant::now();
        match TURNS[self.turn].0 {
            Deed::Say(words) => {
                self.person.say(words);
            }
            Deed::Press(label) => {
                self.person.tap_where(|button| button.text == label);
            }
        }
    }
}

impl Figures {
    fn of(mut took: Vec<Duration>, length: Duration) -> Self {
        took.sort_unstable();
        let at = |part: f64| took.get((took.len() as f64 * part) as usize).map_or(0.0, |took| took.as_secs_f64() * 1e3);
        Self {
            turns: took.len(),
            turns_per_second: took.len() as f64 / length.as_secs_f64(),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            cpu_s_per_1000: 0.0,
            resident_mb: 0.0,
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "turns_per_second": self.turns_per_second,
            "p50_ms": self.p50_ms,
            "p99_ms": self.p99_ms,
            "cpu_s_per_1000_turns": self.cpu_s_per_1000,
            "resident_mb": self.resident_mb,
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} turns/s   p50 {:.2} ms   p99 {:.2} ms   CPU {:.3} s/1000 turns   {:.1} MB",
            self.turns_per_second, self.p50_ms, self.p99_ms, self.cpu_s_per_1000, self.resident_mb
        )
    }
}
