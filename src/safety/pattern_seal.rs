//! From the states of patterns to a graph that runs: who follows whom, and which words each state takes, by number.

use std::collections::{BTreeSet, HashMap};

use crate::safety::pattern_build::{Building, GraphBuilder, Takes, Test};
use crate::safety::pattern_graph::{END, Follower, Graph, Numbers, START, Start, State};

impl GraphBuilder {
    /// Makes it ready to run: over texts of so many words, of which `blocks` are those that no gap reaches over.
    pub(crate) fn seal(self, words: usize, blocks: &BTreeSet<u16>) -> Graph {
        let row_len = self.sets.len().div_ceil(64);
        let mut graph = Graph {
            row_len,
            rows: vec![0; row_len * words],
            always: vec![0; self.patterns.len().div_ceil(64)],
            anchors_by_word: vec![Vec::new(); words],
            starts_by_word: vec![Vec::new(); words],
            starts_by_slot: vec![Vec::new(); self.slot_patterns.len()],
            ..Graph::default()
        };
        for pattern in &self.always {
            graph.always[*pattern as usize / 64] |= 1 << (pattern % 64);
        }
        for (word, patterns) in self.anchors {
            graph.anchors_by_word[usize::from(word)] = patterns;
        }
        let mut by_number: Vec<&Takes> = vec![&Takes::Gap; self.sets.len()];
        for (takes, number) in &self.sets {
            by_number[*number as usize] = takes;
            seal_set(takes, *number, blocks, &mut graph);
        }
        for first in self.initial {
            let Building { test, pattern, .. } = self.states[first as usize];
            let start = Start { state: first, pattern };
            let set = match test {
                Test::Slot(slot) => {
                    graph.starts_by_slot[usize::from(slot)].push(start);
                    continue;
                }
                Test::Set(set) => set,
            };
            match by_number[set as usize] {
                Takes::Words(words) => {
                    words.iter().for_each(|word| graph.starts_by_word[usize::from(*word)].push(start));
                }
                Takes::Number(low, high) => {
                    graph.number_starts.push((start, Numbers { set, low: *low, high: *high }));
                }
                Takes::Gap => {}
            }
        }
        seal_states(self.states, &mut graph);
        share_rows(&mut graph);
        Graph { patterns: self.patterns, uses: self.uses, slot_patterns: self.slot_patterns, ..graph }
    }
}

/// The bit of a set in the row of each of its words.
fn seal_set(takes: &Takes, number: u32, blocks: &BTreeSet<u16>, graph: &mut Graph) {
    let (at, bit) = (number as usize / 64, 1 << (number % 64));
    match takes {
        Takes::Words(words) => {
            for word in words {
                graph.rows[usize::from(*word) * graph.row_len + at] |= bit;
            }
        }
        Takes::Number(low, high) => graph.numbers.push(Numbers { set: number, low: *low, high: *high }),
        Takes::Gap => {
            for (word, row) in (0_u16..).zip(graph.rows.chunks_mut(graph.row_len)) {
                if word != START && word != END && !blocks.contains(&word) {
                    row[at] |= bit;
                }
            }
        }
    }
}

/// States and what may come after each of them, those that take a slot behind those that take a word.
fn seal_states(mut states: Vec<Building>, graph: &mut Graph) {
    for at in 0..states.len() {
        let mut next = std::mem::take(&mut states[at].next);
        next.sort_unstable();
        next.dedup();
        let (mut words, mut slots) = (Vec::new(), Vec::new());
        for state in next {
            match states[state as usize].test {
                Test::Set(set) => words.push(Follower { state, takes: set }),
                Test::Slot(slot) => slots.push(Follower { state, takes: slot.into() }),
            }
        }
        let short = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
        graph.states.push(State {
            first: u32::try_from(graph.followers.len()).unwrap_or(u32::MAX),
            words: short(words.len()),
            slots: short(slots.len()),
            accepts: states[at].accepts,
            pattern: states[at].pattern,
        });
        graph.followers.extend(words.into_iter().chain(slots));
    }
}

/// Words that are in the same sets have one row.
fn share_rows(graph: &mut Graph) {
    let rows = std::mem::take(&mut graph.rows);
    let mut numbers = HashMap::new();
    for row in rows.chunks(graph.row_len.max(1)) {
        let next = u16::try_from(numbers.len()).unwrap_or(u16::MAX);
        let number = *numbers.entry(row).or_insert_with(|| {
            graph.rows.extend_from_slice(row);
            next
        });
        graph.row_by_word.push(number);
    }
    graph.rows.shrink_to_fit();
}
