//! All patterns of a pack as one automaton without empty moves (Glushkov's construction). A slot of several words is
//! built once and stands in the patterns as a single state; [`super::pattern_run`] runs it over a text.

use std::collections::{BTreeMap, BTreeSet, HashMap};
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
pub(crate) enum Test {
    /// A word of the set with this number.
    Words(u32),
    /// All of a slot with this number.
    Slot(u16),
    /// A number in this range.
    Number(u32, u32),
    /// Any word that is no block.
    Gap,
}

/// What a pattern is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// A rule or shield, as it was given to [`Graph::add`].
    Owner(u16),
    /// A slot of several words.
    Slot(u16),
}

/// A state as it is run: small, because a text touches many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hot {
    pub(crate) test: Test,
    /// Where its followers stand that take a word, and how many there are; then those that take a slot.
    first: u32,
    words: u16,
    slots: u16,
    pub(crate) accepts: bool,
    pub(crate) pattern: u32,
}

/// A state that a pattern can begin with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) state: u32,
    pub(crate) pattern: u32,
}

/// A slot that was built.
#[derive(Debug)]
enum Slot {
    /// Its patterns are being read: a slot inside that leads back to it has no end.
    Open,
    /// It is one word in any case.
    Words(BTreeSet<u16>),
    /// It is a slot of its own number, and one of these words is in it.
    Built(u16, Option<BTreeSet<u16>>),
}

/// The automaton.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    states: Vec<State>,
    /// By pattern: what it is for.
    pub(crate) patterns: Vec<Aim>,
    slots: BTreeMap<String, Slot>,
    /// By slot: its pattern.
    pub(crate) slot_patterns: Vec<u32>,
    /// By pattern: the slots that it names.
    pub(crate) uses: Vec<Vec<u16>>,
    /// The states that a pattern can begin with.
    initial: Vec<u32>,
    /// By word: the patterns that cannot match without it or another word of its kind.
    anchors: BTreeMap<u16, Vec<u32>>,
    /// Patterns without such a word.
    pub(crate) always: Vec<u32>,
    /// Every set of words that a state takes, by number.
    sets: HashMap<BTreeSet<u16>, u32>,
    /// What [`Graph::seal`] makes of the above: states, their followers, and for each word a row of bits, one a set.
    pub(crate) hot: Vec<Hot>,
    followers: Vec<u32>,
    rows: Vec<u64>,
    row_len: usize,
    /// Words that no gap reaches over.
    blocks: BTreeSet<u16>,
    pub(crate) starts_by_word: Vec<Vec<Start>>,
    pub(crate) starts_by_slot: Vec<Vec<Start>>,
    pub(crate) number_starts: Vec<Start>,
    pub(crate) anchors_by_word: Vec<Vec<u32>>,
}

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

impl Graph {
    /// Adds a pattern of `owner`.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub(crate) fn add(&mut self, node: &Node, owner: u16, meaning: &mut dyn Meaning) -> Result<(), String> {
        self.build(node, Aim::Owner(owner), meaning).map(|_| ())
    }

    /// Makes it ready to run, once everything is added.
    pub(crate) fn seal(&mut self, words: usize, blocks: BTreeSet<u16>) {
        self.blocks = blocks;
        self.row_len = self.sets.len().div_ceil(64);
        self.rows = vec![0; self.row_len * words];
        let nothing = BTreeSet::new();
        let mut by_number: Vec<&BTreeSet<u16>> = vec![&nothing; self.sets.len()];
        for (set, number) in &self.sets {
            by_number[*number as usize] = set;
        }
        for (number, set) in by_number.iter().enumerate() {
            for word in *set {
                self.rows[usize::from(*word) * self.row_len + number / 64] |= 1 << (number % 64);
            }
        }
        self.starts_by_word = vec![Vec::new(); words];
        self.starts_by_slot = vec![Vec::new(); self.slot_patterns.len()];
        for first in &self.initial {
            let State { test, pattern, .. } = self.states[*first as usize];
            let start = Start { state: *first, pattern };
            match test {
                Test::Words(set) => {
                    for word in by_number[set as usize] {
                        self.starts_by_word[usize::from(*word)].push(start);
                    }
                }
                Test::Slot(slot) => self.starts_by_slot[usize::from(slot)].push(start),
                Test::Number(..) => self.number_starts.push(start),
                Test::Gap => {}
            }
        }
        self.anchors_by_word = vec![Vec::new(); words];
        for (word, patterns) in &self.anchors {
            self.anchors_by_word[usize::from(*word)].clone_from(patterns);
        }
        self.seal_states();
    }

    fn seal_states(&mut self) {
        for at in 0..self.states.len() {
            let mut next = std::mem::take(&mut self.states[at].next);
            next.sort_unstable();
            next.dedup();
            let (slots, words): (Vec<u32>, Vec<u32>) =
                next.into_iter().partition(|state| matches!(self.states[*state as usize].test, Test::Slot(_)));
            let state = &self.states[at];
            let short = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
            self.hot.push(Hot {
                test: state.test,
                first: u32::try_from(self.followers.len()).unwrap_or(u32::MAX),
                words: short(words.len()),
                slots: short(slots.len()),
                accepts: state.accepts,
                pattern: state.pattern,
            });
            self.followers.extend(words.into_iter().chain(slots));
        }
    }

    /// How many states it has.
    pub(crate) fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether a state takes this word.
    pub(crate) fn takes(&self, state: u32, token: &Token) -> bool {
        match self.hot[state as usize].test {
            Test::Words(set) => {
                self.rows[usize::from(token.id) * self.row_len + set as usize / 64] >> (set % 64) & 1 == 1
            }
            Test::Slot(_) => false,
            Test::Number(low, high) => token.number.is_some_and(|number| (low..=high).contains(&number)),
            Test::Gap => token.id != START && token.id != END && !self.blocks.contains(&token.id),
        }
    }

    /// The states that may come after one: those that take a word, and those that take a slot.
    pub(crate) fn followers(&self, state: u32) -> (&[u32], &[u32]) {
        let hot = self.hot[state as usize];
        let first = hot.first as usize;
        let middle = first + usize::from(hot.words);
        let part = |from: usize, to: usize| self.followers.get(from..to).unwrap_or_default();
        (part(first, middle), part(middle, middle + usize::from(hot.slots)))
    }

    /// Builds a pattern; the words of which one must be there.
    fn build(&mut self, node: &Node, aim: Aim, meaning: &mut dyn Meaning) -> Result<Option<BTreeSet<u16>>, String> {
        let pattern = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
        self.patterns.push(aim);
        self.uses.push(Vec::new());
        if let Aim::Slot(slot) = aim {
            self.slot_patterns[usize::from(slot)] = pattern;
        }
        let piece = self.piece(node, pattern, meaning)?;
        if piece.nullable {
            return Err("the pattern matches no word at all".to_owned());
        }
        for last in &piece.last {
            self.states[*last as usize].accepts = true;
        }
        let is_gap = |first: &u32| matches!(self.states[*first as usize].test, Test::Gap);
        if piece.first.iter().any(is_gap) {
            return Err("a pattern begins with a word or a number, not with a gap".to_owned());
        }
        self.initial.extend(piece.first);
        match &piece.anchor {
            Some(words) if !words.contains(&START) && !words.contains(&END) => {
                words.iter().for_each(|word| self.anchors.entry(*word).or_default().push(pattern));
            }
            Some(_) | None => self.always.push(pattern),
        }
        Ok(piece.anchor)
    }

    fn words(&mut self, words: BTreeSet<u16>) -> Test {
        let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        Test::Words(*self.sets.entry(words).or_insert(next))
    }

    fn single(&mut self, test: Test, pattern: u32, anchor: Option<BTreeSet<u16>>) -> Piece {
        self.states.push(State { test, next: Vec::new(), accepts: false, pattern });
        let state = u32::try_from(self.states.len() - 1).unwrap_or(u32::MAX);
        Piece { nullable: false, first: vec![state], last: vec![state], anchor }
    }

    fn piece(&mut self, node: &Node, pattern: u32, meaning: &mut dyn Meaning) -> Result<Piece, String> {
        if self.states.len() > STATES_MAX {
            return Err(format!("the pack's patterns are too large: over {STATES_MAX} states"));
        }
        match node {
            Node::Word(_) | Node::Start | Node::End => {
                let words = self.word_set(node, meaning)?.unwrap_or_default();
                let test = self.words(words.clone());
                Ok(self.single(test, pattern, Some(words)))
            }
            Node::Slot(name) => {
                self.slot(name, meaning)?;
                let (test, anchor) = match self.slots.get(name) {
                    Some(Slot::Built(number, anchor)) => {
                        self.uses[pattern as usize].push(*number);
                        (Test::Slot(*number), anchor.clone())
                    }
                    Some(Slot::Words(words)) => {
                        let words = words.clone();
                        (self.words(words.clone()), Some(words))
                    }
                    Some(Slot::Open) | None => return Err(format!("the slot `{name}` leads back to itself")),
                };
                Ok(self.single(test, pattern, anchor))
            }
            Node::Number(low, high) => Ok(self.single(Test::Number(*low, *high), pattern, None)),
            Node::Gap(0) => Ok(self.single(Test::Gap, pattern, None)),
            Node::Gap(most) => {
                let gaps = vec![Node::Opt(Box::new(Node::Gap(0))); usize::from(*most)];
                self.sequence(&gaps, pattern, meaning)
            }
            Node::Opt(inside) => {
                let piece = self.piece(inside, pattern, meaning)?;
                Ok(Piece { nullable: true, anchor: None, ..piece })
            }
            Node::Seq(nodes) => self.sequence(nodes, pattern, meaning),
            Node::Alt(nodes) => self.alternatives(nodes, pattern, meaning),
        }
    }

    /// One state for all that are one word, and a piece for each of the others.
    fn alternatives(&mut self, nodes: &[Node], pattern: u32, meaning: &mut dyn Meaning) -> Result<Piece, String> {
        let mut single = BTreeSet::new();
        let mut pieces = Vec::new();
        for node in nodes {
            match self.word_set(node, meaning)? {
                Some(words) => single.extend(words),
                None => pieces.push(self.piece(node, pattern, meaning)?),
            }
        }
        if !single.is_empty() {
            let test = self.words(single.clone());
            pieces.push(self.single(test, pattern, Some(single)));
        }
        let mut all = Piece { nullable: false, first: Vec::new(), last: Vec::new(), anchor: Some(BTreeSet::new()) };
        for piece in pieces {
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

    fn sequence(&mut self, nodes: &[Node], pattern: u32, meaning: &mut dyn Meaning) -> Result<Piece, String> {
        let mut all = Piece { nullable: true, first: Vec::new(), last: Vec::new(), anchor: None };
        for node in nodes {
            let piece = self.piece(node, pattern, meaning)?;
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

    /// Builds a slot, if it is not there yet.
    fn slot(&mut self, name: &str, meaning: &mut dyn Meaning) -> Result<(), String> {
        match self.slots.get(name) {
            Some(Slot::Open) => return Err(format!("the slot `{name}` leads back to itself")),
            Some(Slot::Words(_) | Slot::Built(..)) => return Ok(()),
            None => {}
        }
        let inside = meaning.slot(name).ok_or_else(|| format!("there is no slot `{name}`"))?;
        self.slots.insert(name.to_owned(), Slot::Open);
        let slot = match self.word_set(&inside, meaning)? {
            Some(words) => Slot::Words(words),
            None => {
                let number = u16::try_from(self.slot_patterns.len()).map_err(|_| "too many slots".to_owned())?;
                self.slot_patterns.push(0);
                Slot::Built(number, self.build(&inside, Aim::Slot(number), meaning)?)
            }
        };
        self.slots.insert(name.to_owned(), slot);
        Ok(())
    }

    /// The words of a node that is one word in any case.
    fn word_set(&mut self, node: &Node, meaning: &mut dyn Meaning) -> Result<Option<BTreeSet<u16>>, String> {
        Ok(match node {
            Node::Word(word) => Some(BTreeSet::from([meaning.word(word)])),
            Node::Start => Some(BTreeSet::from([START])),
            Node::End => Some(BTreeSet::from([END])),
            Node::Slot(name) => {
                self.slot(name, meaning)?;
                match self.slots.get(name) {
                    Some(Slot::Words(words)) => Some(words.clone()),
                    Some(Slot::Open | Slot::Built(..)) | None => None,
                }
            }
            Node::Seq(nodes) => match nodes.as_slice() {
                [one] => self.word_set(one, meaning)?,
                _ => None,
            },
            Node::Alt(nodes) => {
                let mut all = BTreeSet::new();
                for node in nodes {
                    match self.word_set(node, meaning)? {
                        Some(words) => all.extend(words),
                        None => return Ok(None),
                    }
                }
                Some(all)
            }
            Node::Number(..) | Node::Gap(_) | Node::Opt(_) => None,
        })
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
