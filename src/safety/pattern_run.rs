//! A pack's automaton over a text: every pattern is tried at every word at once, in time linear in the text. Where a slot
//! ends, whatever waited for it at its begin goes on, as in Earley's parser.

use crate::safety::pattern_graph::{Aim, END, Graph, Match, START, Start, State, Token};

/// States that are reached at once in an ordinary text, for room; more may be.
const THREADS: usize = 128;

impl Graph {
    /// Every match in a text.
    pub(crate) fn run(&self, tokens: &[Token]) -> Vec<Match> {
        let mut run = Run {
            graph: self,
            active: self.active(tokens),
            seen: vec![0; self.states.len().div_ceil(64)],
            threads: Vec::with_capacity(THREADS),
            next: Vec::with_capacity(THREADS),
            waiting: Vec::with_capacity(THREADS),
            waits_from: Vec::with_capacity(tokens.len() + 2),
            words: Vec::with_capacity(tokens.len() + 2),
            room: Vec::new(),
            found: Vec::new(),
        };
        run.waits_from.push(0);
        for (at, token) in tokens.iter().enumerate() {
            if token.opens {
                run.begin_sentence();
                run.step(&Token { id: START, number: None, ..*token }, at);
            }
            run.step(token, at);
            if token.closes {
                run.step(&Token { id: END, number: None, ..*token }, at);
            }
        }
        run.found
    }

    /// The patterns that can match, a bit for each: their anchor is in the text, and slots only where a pattern that
    /// can match names them.
    fn active(&self, tokens: &[Token]) -> Vec<u64> {
        let mut active = self.always.clone();
        let mut set = |pattern: &u32| active[*pattern as usize / 64] |= 1 << (pattern % 64);
        for token in tokens {
            self.anchors_by_word.get(usize::from(token.id)).into_iter().flatten().for_each(&mut set);
        }
        let mut needed = vec![false; self.slot_patterns.len()];
        let mut open: Vec<u16> = Vec::new();
        for (at, word) in active.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                let pattern = at * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                if matches!(self.patterns[pattern], Aim::Owner(_)) {
                    open.extend(&self.uses[pattern]);
                }
            }
        }
        while let Some(slot) = open.pop() {
            if !std::mem::replace(&mut needed[usize::from(slot)], true) {
                open.extend(&self.uses[self.slot_patterns[usize::from(slot)] as usize]);
            }
        }
        for (pattern, _) in self.slot_patterns.iter().zip(&needed).filter(|(_, needed)| !**needed) {
            active[*pattern as usize / 64] &= !(1 << (pattern % 64));
        }
        active
    }
}

/// One run over a text. A step is a word, or the begin or end of a sentence.
struct Run<'g> {
    graph: &'g Graph,
    active: Vec<u64>,
    /// By state, a bit: whether this step has reached it.
    seen: Vec<u64>,
    /// States that were reached, each with the first step of its match.
    threads: Vec<(u32, u32)>,
    next: Vec<(u32, u32)>,
    /// States that wait for a slot, with the slot and the first step of the match; by the step at which the slot begins,
    /// from [`Run::waits_from`] on.
    waiting: Vec<(u32, u32, u32)>,
    waits_from: Vec<usize>,
    /// By step: the word of the text.
    words: Vec<usize>,
    /// Where the row of a number is put together.
    room: Vec<u64>,
    found: Vec<Match>,
}

impl Run<'_> {
    /// Nothing of the sentence before goes on.
    fn begin_sentence(&mut self) {
        self.threads.clear();
        if let Some(from) = self.waits_from.last() {
            self.waiting.truncate(*from);
        }
    }

    fn step(&mut self, token: &Token, at: usize) {
        let graph = self.graph;
        let step = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push(at);
        // What waits for a slot that begins here is complete: the next step's begins behind it.
        self.waits_from.push(self.waiting.len());
        self.next.clear();
        let threads = std::mem::take(&mut self.threads);
        let mut room = std::mem::take(&mut self.room);
        let row = graph.row(token, &mut room);
        for (state, start) in &threads {
            for follower in graph.followers(*state).0 {
                if row[follower.takes as usize / 64] >> (follower.takes % 64) & 1 == 1 {
                    self.reach(follower.state, *start);
                }
            }
        }
        self.room = room;
        let seeds = graph.starts_by_word.get(usize::from(token.id)).map_or(&[][..], Vec::as_slice);
        self.seed(seeds, step);
        if let Some(number) = token.number {
            for (start, _) in graph.number_starts.iter().filter(|(_, numbers)| numbers.has(number)) {
                self.seed(&[*start], step);
            }
        }
        let mut done = 0;
        while let Some((state, start)) = self.next.get(done).copied() {
            done += 1;
            let State { accepts, pattern, .. } = graph.states[state as usize];
            if accepts {
                match graph.patterns[pattern as usize] {
                    Aim::Owner(owner) => {
                        let start = self.words.get(start as usize).copied().unwrap_or(at);
                        self.found.push(Match { owner, start, end: at });
                    }
                    Aim::Slot(slot) => self.complete(slot, start),
                }
            }
        }
        for (state, start) in &self.next {
            self.seen[*state as usize / 64] = 0;
            for follower in graph.followers(*state).1 {
                self.waiting.push((follower.state, follower.takes, *start));
            }
        }
        self.threads = std::mem::replace(&mut self.next, threads);
    }

    /// A slot that began at a step ends here.
    fn complete(&mut self, slot: u16, start: u32) {
        let graph = self.graph;
        let range = |at: usize| self.waits_from.get(at).copied();
        let (Some(from), Some(to)) = (range(start as usize), range(start as usize + 1)) else { return };
        for at in from..to {
            match self.waiting.get(at).copied() {
                Some((state, wanted, first)) if wanted == u32::from(slot) => self.reach(state, first),
                Some(_) | None => {}
            }
        }
        self.seed(&graph.starts_by_slot[usize::from(slot)], start);
    }

    fn seed(&mut self, starts: &[Start], step: u32) {
        for Start { state, pattern } in starts.iter().copied() {
            if self.active[pattern as usize / 64] >> (pattern % 64) & 1 == 1 {
                self.reach(state, step);
            }
        }
    }

    /// A state is reached in this step. Of several matches on their way through it the longest counts; of a slot every
    /// one does, because each begin may be waited for.
    fn reach(&mut self, state: u32, start: u32) {
        let (word, bit) = (&mut self.seen[state as usize / 64], 1 << (state % 64));
        let is_new = *word & bit == 0;
        *word |= bit;
        let is_slot =
            || matches!(self.graph.patterns[self.graph.states[state as usize].pattern as usize], Aim::Slot(_));
        if is_new || (is_slot() && !self.next.contains(&(state, start))) {
            self.next.push((state, start));
        }
    }
}
