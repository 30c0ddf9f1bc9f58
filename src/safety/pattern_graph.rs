//! All patterns of a pack as one automaton without empty moves (Glushkov's construction), and its run over a text:
//! every pattern is tried at every word at once, in time linear in the text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::safety::pattern::Node;

/// A word of the text as the pack knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// The pack's number of the word; 0 for one it does not know.
    pub(crate) id: u16,
    /// Its value when it is a number.
    pub(crate) number: Option<u32>,
    /// Whether it stands between quotation marks.
    pub(crate) quoted: bool,
    /// Whether a sentence begins with it.
    pub(crate) opens: bool,
    /// Whether a sentence ends with it.
    pub(crate) closes: bool,
}

/// A place where a pattern matched: words `start` to `end`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// What the pattern belongs to, as it was given to [`Graph::add`].
    pub(crate) owner: u16,
    /// Its first word.
    pub(crate) start: usize,
    /// Its last word.
    pub(crate) end: usize,
}

/// A state while patterns are added.
#[derive(Debug)]
struct State {
    test: Test,
    next: Vec<u32>,
    /// The pattern ends here.
    accepts: bool,
    pattern: u32,
}

/// What a state takes.
#[derive(Clone, Copy, Debug)]
enum Test {
    /// A word of the set with this number.
    Words(u32),
    Number(u32, u32),
    Gap,
}

/// A state as it is run: small, because a text touches many.
#[derive(Clone, Copy, Debug)]
struct Hot {
    /// The number of its set of words, or [`NO_SET`].
    set: u32,
    /// Where its followers stand.
    first: u32,
    count: u16,
    accepts: bool,
    pattern: u32,
}

/// The automaton.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    states: Vec<State>,
    /// By pattern: what it belongs to.
    patterns: Vec<u16>,
    /// The states that a pattern can begin with; by word once it is sealed.
    initial: Vec<u32>,
    number_starts: Vec<u32>,
    /// By word: the patterns that cannot match without it or another word of its kind.
    anchors: BTreeMap<u16, Vec<u32>>,
    /// Patterns without such a word.
    always: Vec<u32>,
    /// Every set of words that a state takes, by number.
    sets: BTreeMap<BTreeSet<u16>, u32>,
    /// What [`Graph::seal`] makes of the above: states, their followers, and for each word a row of bits, one a set.
    hot: Vec<Hot>,
    followers: Vec<u32>,
    rows: Vec<u64>,
    row_len: usize,
    /// Words that no gap reaches over.
    blocks: BTreeSet<u16>,
    starts_by_word: Vec<Vec<u32>>,
    anchors_by_word: Vec<Vec<u32>>,
}

const NO_SET: u32 = u32::MAX;

/// The number of `^`, which stands before the first word of every sentence.
pub(crate) const START: u16 = 1;
/// The number of `$`, which stands after the last word of every sentence.
pub(crate) const END: u16 = 2;

/// What the patterns' words and slots mean.
pub(crate) trait Meaning {
    /// The number of a word.
    fn word(&mut self, word: &str) -> u16;
    /// The pattern behind a slot; `None` when there is none.
    fn slot(&self, name: &str) -> Option<Arc<Node>>;
    /// Whether a word is in so many texts that its presence says nothing.
    fn is_common(&self, id: u16) -> bool;
}

/// What Glushkov's construction knows of a piece of a pattern.
struct Piece {
    nullable: bool,
    first: Vec<u32>,
    last: Vec<u32>,
    /// The words of which one must be there.
    anchor: Option<BTreeSet<u16>>,
}

/// States of one pack.
const STATES_MAX: usize = 60_000;
/// Slots inside each other.
const SLOT_DEPTH_MAX: usize = 8;

impl Graph {
    /// Adds a pattern of `owner`.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub(crate) fn add(&mut self, node: &Node, owner: u16, meaning: &mut dyn Meaning) -> Result<(), String> {
        let pattern = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
        self.patterns.push(owner);
        let piece = self.piece(node, pattern, meaning, 0)?;
        if piece.nullable {
            return Err("the pattern matches no word at all".to_owned());
        }
        if self.states.len() > STATES_MAX {
            return Err(format!("the pack's patterns are too large: over {STATES_MAX} states"));
        }
        for last in &piece.last {
            self.states[*last as usize].accepts = true;
        }
        for first in &piece.first {
            if matches!(self.states[*first as usize].test, Test::Gap) {
                return Err("a pattern begins with a word or a number, not with a gap".to_owned());
            }
        }
        self.initial.extend(piece.first);
        match piece.anchor {
            Some(words) if !words.contains(&START) && !words.contains(&END) => {
                words.into_iter().for_each(|word| self.anchors.entry(word).or_default().push(pattern))
            }
            Some(_) | None => self.always.push(pattern),
        }
        Ok(())
    }

    /// Makes it ready to run, once everything is added.
    pub(crate) fn seal(&mut self, words: usize, blocks: BTreeSet<u16>) {
        self.blocks = blocks;
        self.row_len = self.sets.len().div_ceil(64);
        self.rows = vec![0; self.row_len * words];
        let mut by_number: Vec<&BTreeSet<u16>> = self.sets.keys().collect();
        by_number.sort_by_key(|set| self.sets.get(*set));
        for (number, set) in by_number.iter().enumerate() {
            for word in *set {
                self.rows[usize::from(*word) * self.row_len + number / 64] |= 1 << (number % 64);
            }
        }
        self.starts_by_word = vec![Vec::new(); words];
        for first in &self.initial {
            match self.states[*first as usize].test {
                Test::Words(set) => {
                    for word in by_number[set as usize] {
                        self.starts_by_word[usize::from(*word)].push(*first);
                    }
                }
                Test::Number(..) => self.number_starts.push(*first),
                Test::Gap => {}
            }
        }
        self.anchors_by_word = vec![Vec::new(); words];
        for (word, patterns) in &self.anchors {
            self.anchors_by_word[usize::from(*word)].clone_from(patterns);
        }
        for state in &mut self.states {
            state.next.sort_unstable();
            state.next.dedup();
            self.hot.push(Hot {
                set: if let Test::Words(set) = state.test { set } else { NO_SET },
                first: u32::try_from(self.followers.len()).unwrap_or(u32::MAX),
                count: u16::try_from(state.next.len()).unwrap_or(u16::MAX),
                accepts: state.accepts,
                pattern: state.pattern,
            });
            self.followers.append(&mut state.next);
        }
    }

    /// How many states it has.
    pub(crate) fn len(&self) -> usize {
        self.states.len()
    }

    /// Every match in a text.
    pub(crate) fn run(&self, tokens: &[Token]) -> Vec<Match> {
        let mut run = Run {
            graph: self,
            active: self.active(tokens),
            seen: vec![0; self.states.len().div_ceil(64)],
            threads: Vec::new(),
            next: Vec::new(),
            found: Vec::new(),
        };
        for (at, token) in tokens.iter().enumerate() {
            if token.opens {
                run.threads.clear();
                run.step(&Token { id: START, number: None, ..*token }, at);
            }
            run.step(token, at);
            if token.closes {
                run.step(&Token { id: END, number: None, ..*token }, at);
            }
        }
        run.found
    }

    /// The patterns whose anchor is in the text, a bit for each.
    fn active(&self, tokens: &[Token]) -> Vec<u64> {
        let mut active = vec![0_u64; self.patterns.len().div_ceil(64)];
        let mut set = |pattern: &u32| active[*pattern as usize / 64] |= 1 << (pattern % 64);
        self.always.iter().for_each(&mut set);
        for token in tokens {
            self.anchors_by_word.get(usize::from(token.id)).into_iter().flatten().for_each(&mut set);
        }
        active
    }

    fn takes(&self, state: u32, token: &Token) -> bool {
        match self.hot[state as usize].set {
            NO_SET => match self.states[state as usize].test {
                Test::Number(low, high) => token.number.is_some_and(|number| (low..=high).contains(&number)),
                Test::Gap => token.id != START && token.id != END && !self.blocks.contains(&token.id),
                Test::Words(_) => false,
            },
            set => self.rows[usize::from(token.id) * self.row_len + set as usize / 64] >> (set % 64) & 1 == 1,
        }
    }

    fn followers(&self, state: u32) -> &[u32] {
        let hot = self.hot[state as usize];
        let first = hot.first as usize;
        self.followers.get(first..first + usize::from(hot.count)).unwrap_or_default()
    }

    fn words(&mut self, words: BTreeSet<u16>) -> Test {
        let next = u32::try_from(self.sets.len()).unwrap_or(NO_SET);
        Test::Words(*self.sets.entry(words).or_insert(next))
    }

    fn state(&mut self, test: Test, pattern: u32) -> u32 {
        self.states.push(State { test, next: Vec::new(), accepts: false, pattern });
        u32::try_from(self.states.len() - 1).unwrap_or(u32::MAX)
    }

    fn single(&mut self, test: Test, pattern: u32, anchor: Option<BTreeSet<u16>>) -> Piece {
        let state = self.state(test, pattern);
        Piece { nullable: false, first: vec![state], last: vec![state], anchor }
    }

    fn piece(&mut self, node: &Node, pattern: u32, meaning: &mut dyn Meaning, depth: usize) -> Result<Piece, String> {
        if self.states.len() > STATES_MAX {
            return Err(format!("the pack's patterns are too large: over {STATES_MAX} states"));
        }
        if let Some(words) = word_set(node, meaning, 0) {
            let test = self.words(words.clone());
            return Ok(self.single(test, pattern, Some(words)));
        }
        match node {
            Node::Word(word) => {
                let words = BTreeSet::from([meaning.word(word)]);
                let test = self.words(words.clone());
                Ok(self.single(test, pattern, Some(words)))
            }
            Node::Slot(name) => {
                let inside = meaning.slot(name).ok_or_else(|| format!("there is no slot `{name}`"))?;
                if depth > SLOT_DEPTH_MAX {
                    return Err(format!("the slot `{name}` leads too deep, or back to itself"));
                }
                self.piece(&inside, pattern, meaning, depth + 1)
            }
            Node::Number(low, high) => Ok(self.single(Test::Number(*low, *high), pattern, None)),
            Node::Gap(most) => {
                let gaps = vec![Node::Opt(Box::new(Node::Gap(0))); usize::from(*most)];
                if *most == 0 {
                    Ok(self.single(Test::Gap, pattern, None))
                } else {
                    self.sequence(&gaps, pattern, meaning, depth)
                }
            }
            Node::Start | Node::End => {
                let words = BTreeSet::from([if *node == Node::Start { START } else { END }]);
                let test = self.words(words);
                Ok(self.single(test, pattern, None))
            }
            Node::Opt(inside) => {
                let piece = self.piece(inside, pattern, meaning, depth)?;
                Ok(Piece { nullable: true, anchor: None, ..piece })
            }
            Node::Seq(nodes) => self.sequence(nodes, pattern, meaning, depth),
            Node::Alt(nodes) => {
                let mut all =
                    Piece { nullable: false, first: Vec::new(), last: Vec::new(), anchor: Some(BTreeSet::new()) };
                for node in nodes {
                    let piece = self.piece(node, pattern, meaning, depth)?;
                    all.nullable |= piece.nullable;
                    all.first.extend(piece.first);
                    all.last.extend(piece.last);
                    all.anchor = all.anchor.zip(piece.anchor).map(|(mut left, right)| {
                        left.extend(right);
                        left
                    });
                }
                Ok(all)
            }
        }
    }

    fn sequence(
        &mut self,
        nodes: &[Node],
        pattern: u32,
        meaning: &mut dyn Meaning,
        depth: usize,
    ) -> Result<Piece, String> {
        let mut all = Piece { nullable: true, first: Vec::new(), last: Vec::new(), anchor: None };
        for node in nodes {
            let piece = self.piece(node, pattern, meaning, depth)?;
            for last in &all.last {
                self.states[*last as usize].next.extend(&piece.first);
            }
            if all.nullable {
                all.first.extend(&piece.first);
            }
            if piece.nullable {
                all.last.extend(piece.last);
            } else {
                all.last = piece.last;
            }
            all.nullable &= piece.nullable;
            all.anchor = better(all.anchor, piece.anchor, meaning);
        }
        Ok(all)
    }
}

/// The rarer of two sets of words.
fn better(a: Option<BTreeSet<u16>>, b: Option<BTreeSet<u16>>, meaning: &dyn Meaning) -> Option<BTreeSet<u16>> {
    let is_common = |word: &u16| matches!(*word, START | END) || meaning.is_common(*word);
    let weight = |set: &BTreeSet<u16>| (set.iter().any(is_common), set.len());
    match (a, b) {
        (Some(a), Some(b)) => Some(if weight(&b) < weight(&a) { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// The words of a node that is one word in any case.
fn word_set(node: &Node, meaning: &mut dyn Meaning, depth: usize) -> Option<BTreeSet<u16>> {
    match node {
        Node::Word(word) => Some(BTreeSet::from([meaning.word(word)])),
        Node::Slot(name) if depth <= SLOT_DEPTH_MAX => {
            let inside = meaning.slot(name)?;
            word_set(&inside, meaning, depth + 1)
        }
        Node::Seq(nodes) => match nodes.as_slice() {
            [one] => word_set(one, meaning, depth),
            _ => None,
        },
        Node::Alt(nodes) => {
            let mut all = BTreeSet::new();
            for node in nodes {
                all.extend(word_set(node, meaning, depth)?);
            }
            Some(all)
        }
        Node::Start => Some(BTreeSet::from([START])),
        Node::End => Some(BTreeSet::from([END])),
        Node::Slot(_) | Node::Number(..) | Node::Gap(_) | Node::Opt(_) => None,
    }
}

/// One run over a text.
struct Run<'g> {
    graph: &'g Graph,
    active: Vec<u64>,
    /// By state, a bit: whether this step has reached it.
    seen: Vec<u64>,
    /// States that were reached, each with the first word of its match.
    threads: Vec<(u32, u32)>,
    next: Vec<(u32, u32)>,
    found: Vec<Match>,
}

impl Run<'_> {
    fn step(&mut self, token: &Token, at: usize) {
        let graph = self.graph;
        self.next.clear();
        let (seen, next) = (&mut self.seen, &mut self.next);
        let mut reach = |state: u32, start: u32| {
            let (word, bit) = (&mut seen[state as usize / 64], 1 << (state % 64));
            if *word & bit == 0 {
                *word |= bit;
                next.push((state, start));
            }
        };
        for (state, start) in &self.threads {
            for follower in graph.followers(*state) {
                if graph.takes(*follower, token) {
                    reach(*follower, *start);
                }
            }
        }
        let seeds = graph.starts_by_word.get(usize::from(token.id)).map_or(&[][..], Vec::as_slice);
        let numbers = if token.number.is_some() { graph.number_starts.as_slice() } else { &[] };
        let numbers = numbers.iter().filter(|state| graph.takes(**state, token));
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        for state in seeds.iter().chain(numbers) {
            let pattern = graph.hot[*state as usize].pattern;
            if self.active[pattern as usize / 64] >> (pattern % 64) & 1 == 1 {
                reach(*state, start);
            }
        }
        for (state, start) in &self.next {
            self.seen[*state as usize / 64] = 0;
            let hot = graph.hot[*state as usize];
            if hot.accepts {
                self.found.push(Match { owner: graph.patterns[hot.pattern as usize], start: *start as usize, end: at });
            }
        }
        std::mem::swap(&mut self.threads, &mut self.next);
    }
}
