//! People who answer as soon as they are asked, or after a rest.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use super::figures::Figures;
use super::{Deed, Platform};

/// What they do, and what the bot says then.
const TURNS: [(Deed, &str); 6] = [
    (Deed::Say("/start"), "How is today?"),
    (Deed::Press("3"), "Which of these was it most?"),
    (Deed::Press("Trust"), "What is on your mind?"),
    (Deed::Say("The flat is quiet, and I sleep badly."), "What helped?"),
    (Deed::Say("1, 3"), "Shall I keep this?"),
    (Deed::Press("Yes"), "Nothing is waiting"),
];
/// How long nothing may happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everybody on one platform.
pub(crate) struct Crowd<'a> {
    platform: &'a dyn Platform,
    people: Vec<Sitter>,
    /// Between a question and its answer.
    rest: Duration,
    /// Who rests, and until when, the first to end first.
    resting: VecDeque<(Instant, usize)>,
}

struct Sitter {
    turn: usize,
    since: Instant,
}

impl<'a> Crowd<'a> {
    pub(crate) fn new(platform: &'a dyn Platform, count: usize) -> Self {
        let now = Instant::now();
        let people = (0..count).map(|_| Sitter { turn: 0, since: now }).collect();
        Self { platform, people, rest: Duration::ZERO, resting: VecDeque::new() }
    }

    /// These begin.
    pub(crate) fn start(&mut self, who: Range<usize>) {
        for index in who {
            self.act(index);
        }
    }

    /// From now on everybody rests before they answer.
    pub(crate) fn rest(&mut self, rest: Duration) {
        self.rest = rest;
    }

    /// Goes on until the time is over and so many turns are done.
    pub(crate) fn run(&mut self, length: Duration, turns: usize) -> Result<Figures, String> {
        let began = Instant::now();
        let (mut took, mut heard) = (Vec::new(), began);
        while began.elapsed() < length || took.len() < turns {
            self.act_rested();
            let now = Instant::now();
            let rest = self.resting.front().map_or(PATIENCE, |(until, _)| until.saturating_duration_since(now));
            let people = &self.people;
            let is_wanted = |index: usize, text: &str| {
                let person: Option<&Sitter> = people.get(index);
                person.is_some_and(|person| text.contains(TURNS[person.turn].1))
            };
            let asked = match self.platform.asked(rest.min(PATIENCE), &is_wanted) {
                Ok(asked) => asked,
                Err(_) if heard.elapsed() < PATIENCE => continue,
                Err(ledger) => return Err(ledger),
            };
            heard = Instant::now();
            for index in asked {
                took.push(heard.duration_since(self.people[index].since));
                self.people[index].turn = (self.people[index].turn + 1) % TURNS.len();
                self.resting.push_back((heard + self.rest, index));
            }
        }
        Ok(Figures::of(took, began.elapsed()))
    }

    fn act_rested(&mut self) {
        let now = Instant::now();
        while let Some((_, index)) = self.resting.pop_front_if(|(until, _)| *until <= now) {
            self.act(index);
        }
    }

    fn act(&mut self, index: usize) {
        let sitter = &mut self.people[index];
        sitter.since = Instant::now();
        self.platform.act(index, &TURNS[sitter.turn].0);
    }
}
