//! All patterns of a pack as one automaton without empty moves, ready to run: `pattern_build` makes it and
//! `pattern_run` runs it over a text.

use std::collections::BTreeSet;

/// A word of the text as the pack knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// The pack's number of the word; 0 for one it does not know.
    pub(crate) id: u16,
    /// Its value when it is a number.
    pub(crate) number: Option<u16>,
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
    /// What the pattern belongs to, as it was given to the builder.
    pub(crate) owner: u16,
    /// Its first word.
    pub(crate) start: usize,
    /// Its last word.
    pub(crate) end: usize,
}

/// What a pattern is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// A rule or shield, by its owner.
    Owner(u16),
    /// A slot of several words.
    Slot(u16),
}

/// A state that a pattern can begin with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) state: u32,
    pub(crate) pattern: u32,
}

/// A state that may come after another one. What it takes stands here, because most of them are tried and not reached.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Follower {
    pub(crate) state: u32,
    /// The number of what it takes: of a set of words, or of a slot.
    pub(crate) takes: u32,
}

/// Numbers that a set takes, both ends included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    pub(crate) set: u32,
    pub(crate) low: u16,
    pub(crate) high: u16,
}

/// A state that was reached.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    /// Where its followers stand that take a word, and how many there are; then those that take a slot.
    pub(crate) first: u32,
    pub(crate) words: u16,
    pub(crate) slots: u16,
    /// Its pattern ends here.
    pub(crate) accepts: bool,
    pub(crate) pattern: u32,
}

/// The automaton.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) states: Vec<State>,
    pub(crate) followers: Vec<Follower>,
    /// Rows of bits, one for each set that a word is in; a gap is a set as well.
    pub(crate) rows: Vec<u64>,
    pub(crate) row_len: usize,
    /// By word: the number of its row. Most words are in the same sets as others.
    pub(crate) row_by_word: Vec<u16>,
    /// What numbers are in beside the sets of their word.
    pub(crate) numbers: Vec<Numbers>,
    /// By pattern: what it is for.
    pub(crate) patterns: Vec<Aim>,
    /// By pattern: the slots that it names.
    pub(crate) uses: Vec<Vec<u16>>,
    /// By slot: its pattern.
    pub(crate) slot_patterns: Vec<u32>,
    /// Patterns without a word that must be there, as bits.
    pub(crate) always: Vec<u64>,
    /// By word: the patterns that cannot match without it or another word of its kind.
    pub(crate) anchors_by_word: Vec<Vec<u32>>,
    pub(crate) starts_by_word: Vec<Vec<Start>>,
    pub(crate) starts_by_slot: Vec<Vec<Start>>,
    pub(crate) number_starts: Vec<(Start, Numbers)>,
}

/// The number of `^`, which stands before the first word of every sentence.
pub(crate) const START: u16 = 1;
/// The number of `$`, which stands after the last word of every sentence.
pub(crate) const END: u16 = 2;

/// The words of which one must be there.
pub(crate) type WordSet = BTreeSet<u16>;

impl Numbers {
    /// Whether a number is among them.
    pub(crate) fn has(self, number: u16) -> bool {
        (self.low..=self.high).contains(&number)
    }
}

impl Graph {
    /// The sets that a word of the text is in, as bits.
    pub(crate) fn row<'r>(&'r self, token: &Token, room: &'r mut Vec<u64>) -> &'r [u64] {
        let number = self.row_by_word.get(usize::from(token.id)).copied().unwrap_or_default();
        let from = usize::from(number) * self.row_len;
        let row = self.rows.get(from..from + self.row_len).unwrap_or_default();
        let Some(number) = token.number else { return row };
        room.clear();
        room.extend(row);
        for numbers in self.numbers.iter().filter(|numbers| numbers.has(number)) {
            room[numbers.set as usize / 64] |= 1 << (numbers.set % 64);
        }
        room
    }

    /// The states that may come after one: those that take a word, and those that take a slot.
    pub(crate) fn followers(&self, state: u32) -> (&[Follower], &[Follower]) {
        let State { first, words, slots, .. } = self.states[state as usize];
        let first = first as usize;
        let middle = first + usize::from(words);
        let part = |from: usize, to: usize| self.followers.get(from..to).unwrap_or_default();
        (part(first, middle), part(middle, middle + usize::from(slots)))
    }
}
