//! Glushkov's construction: patterns become states without empty moves. A slot of several words is built once and stands
//! in the patterns as a single state. `pattern_seal` makes a graph of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::safety::pattern::Node;
use crate::safety::pattern_graph::{Aim, END, START, WordSet};

/// Patterns on their way to a graph.
#[derive(Debug, Default)]
pub(crate) struct GraphBuilder {
    pub(super) states: Vec<Building>,
    pub(super) patterns: Vec<Aim>,
    slots: BTreeMap<String, Slot>,
    /// By slot: its pattern.
    pub(super) slot_patterns: Vec<u32>,
    /// By pattern: the slots that it names.
    pub(super) uses: Vec<Vec<u16>>,
    /// The states that a pattern can begin with.
    pub(super) initial: Vec<u32>,
    /// By word: the patterns that cannot match without it or another word of its kind.
    pub(super) anchors: BTreeMap<u16, Vec<u32>>,
    /// Patterns without such a word.
    pub(super) always: Vec<u32>,
    /// Everything that a state takes, by number.
    pub(super) sets: HashMap<Takes, u32>,
}

/// Words that a state takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Takes {
    /// These.
    Words(WordSet),
    /// A number in this range.
    Number(u16, u16),
    /// Any that is no block.
    Gap,
}

/// What a state waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// A word that [`Takes`] of this number has.
    Set(u32),
    /// All of a slot with this number.
    Slot(u16),
}

/// A state while patterns are added.
#[derive(Debug)]
pub(super) struct Building {
    pub(super) test: Test,
    pub(super) next: Vec<u32>,
    /// The pattern ends here.
    pub(super) accepts: bool,
    pub(super) pattern: u32,
}

/// A slot that was built.
#[derive(Debug)]
enum Slot {
    /// Its patterns are being read: a slot inside that leads back to it has no end.
    Open,
    /// It is one word in any case.
    Words(WordSet),
    /// It is a slot of its own number, and one of these words is in it.
    Built(u16, Option<WordSet>),
}

/// What the patterns' words and slots mean.
pub(crate) trait Meaning {
    /// The number of a word.
    fn word(&mut self, word: &str) -> u16;
    /// The pattern behind a slot; `None` when there is none.
    fn slot(&self, name: &str) -> Option<Arc<Node>>;
    /// Whether a word is in so many texts that its presence says nothing.
    fn is_common(&self, id: u16) -> bool;
}

/// What the construction knows of a piece of a pattern.
struct Piece {
    nullable: bool,
    first: Vec<u32>,
    last: Vec<u32>,
    /// The words of which one must be there.
    anchor: Option<WordSet>,
}

/// States of one pack.
const STATES_MAX: usize = 60_000;

impl GraphBuilder {
    /// Adds a pattern of `owner`.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub(crate) fn add(&mut self, node: &Node, owner: u16, meaning: &mut dyn Meaning) -> Result<(), String> {
        self.build(node, Aim::Owner(owner), meaning).map(|_| ())
    }

    /// Builds a pattern; the words of which one must be there.
    fn build(&mut self, node: &Node, aim: Aim, meaning: &mut dyn Meaning) -> Result<Option<WordSet>, String> {
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
        let gap = self.sets.get(&Takes::Gap).map(|number| Test::Set(*number));
        if piece.first.iter().any(|first| Some(self.states[*first as usize].test) == gap) {
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

    fn test(&mut self, takes: Takes) -> Test {
        let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        Test::Set(*self.sets.entry(takes).or_insert(next))
    }

    fn taking(&mut self, takes: Takes, pattern: u32, anchor: Option<WordSet>) -> Piece {
        let test = self.test(takes);
        self.single(test, pattern, anchor)
    }

    fn single(&mut self, test: Test, pattern: u32, anchor: Option<WordSet>) -> Piece {
        self.states.push(Building { test, next: Vec::new(), accepts: false, pattern });
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
                Ok(self.taking(Takes::Words(words.clone()), pattern, Some(words)))
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
                        (self.test(Takes::Words(words.clone())), Some(words))
                    }
                    Some(Slot::Open) | None => return Err(format!("the slot `{name}` leads back to itself")),
                };
                Ok(self.single(test, pattern, anchor))
            }
            Node::Number(low, high) => Ok(self.taking(Takes::Number(*low, *high), pattern, None)),
            Node::Gap(0) => Ok(self.taking(Takes::Gap, pattern, None)),
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
        let mut single = WordSet::new();
        let mut pieces = Vec::new();
        for node in nodes {
            if !self.add_words(node, &mut single, meaning)? {
                pieces.push(self.piece(node, pattern, meaning)?);
            }
        }
        if !single.is_empty() {
            pieces.push(self.taking(Takes::Words(single.clone()), pattern, Some(single)));
        }
        let mut all = Piece { nullable: false, first: Vec::new(), last: Vec::new(), anchor: Some(WordSet::new()) };
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
    fn word_set(&mut self, node: &Node, meaning: &mut dyn Meaning) -> Result<Option<WordSet>, String> {
        let mut words = WordSet::new();
        Ok(self.add_words(node, &mut words, meaning)?.then_some(words))
    }

    /// Adds the words of a node that is one word in any case; adds nothing and is false for another one.
    fn add_words(&mut self, node: &Node, into: &mut WordSet, meaning: &mut dyn Meaning) -> Result<bool, String> {
        match node {
            Node::Word(word) => _ = into.insert(meaning.word(word)),
            Node::Start => _ = into.insert(START),
            Node::End => _ = into.insert(END),
            Node::Slot(name) => {
                self.slot(name, meaning)?;
                match self.slots.get(name) {
                    Some(Slot::Words(words)) => into.extend(words),
                    Some(Slot::Open | Slot::Built(..)) | None => return Ok(false),
                }
            }
            Node::Seq(nodes) => match nodes.as_slice() {
                [one] => return self.add_words(one, into, meaning),
                _ => return Ok(false),
            },
            Node::Alt(nodes) => {
                let mut all = WordSet::new();
                for node in nodes {
                    if !self.add_words(node, &mut all, meaning)? {
                        return Ok(false);
                    }
                }
                into.extend(all);
            }
            Node::Number(..) | Node::Gap(_) | Node::Opt(_) => return Ok(false),
        }
        Ok(true)
    }
}

/// The rarer of two sets of words.
fn better(a: Option<WordSet>, b: Option<WordSet>, meaning: &dyn Meaning) -> Option<WordSet> {
    let is_common = |word: &u16| matches!(*word, START | END) || meaning.is_common(*word);
    let weight = |set: &WordSet| (set.iter().any(is_common), set.len());
    match (a, b) {
        (Some(a), Some(b)) => Some(if weight(&b) < weight(&a) { b } else { a }),
        (a, b) => a.or(b),
    }
}
