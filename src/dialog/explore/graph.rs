//! The states as a graph: who comes to an end, and after how many turns.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// States by number, and the answers between them with the turns that each costs.
#[derive(Debug, Default)]
pub(super) struct Graph {
    starts: BTreeSet<usize>,
    edges: BTreeMap<usize, BTreeMap<usize, u32>>,
    /// States with an answer that ends the run, and its turns.
    ends: BTreeMap<usize, u32>,
    /// States that were found and not visited.
    open: BTreeSet<usize>,
    is_ended_at_once: bool,
}

impl Graph {
    pub(super) fn start(&mut self, at: usize) {
        self.starts.insert(at);
        self.edges.entry(at).or_default();
    }

    pub(super) fn ends_at_once(&mut self) {
        self.is_ended_at_once = true;
    }

    pub(super) fn edge(&mut self, from: usize, to: usize, turns: u32) {
        self.edges.entry(to).or_default();
        let known = self.edges.entry(from).or_default().entry(to).or_insert(turns);
        *known = turns.max(*known);
    }

    pub(super) fn end(&mut self, from: usize, turns: u32) {
        let known = self.ends.entry(from).or_insert(turns);
        *known = turns.max(*known);
    }

    pub(super) fn leave_open(&mut self, at: usize) {
        self.open.insert(at);
    }

    /// States from which no answer leads to an end, or to a state that was not visited.
    pub(super) fn dead_ends(&self) -> Vec<usize> {
        let mut into: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (from, edges) in &self.edges {
            edges.keys().for_each(|to| into.entry(*to).or_default().push(*from));
        }
        let mut good: BTreeSet<usize> = self.ends.keys().chain(&self.open).copied().collect();
        let mut waiting: Vec<usize> = good.iter().copied().collect();
        while let Some(at) = waiting.pop() {
            for from in into.get(&at).into_iter().flatten() {
                if good.insert(*from) {
                    waiting.push(*from);
                }
            }
        }
        self.edges.keys().filter(|at| !good.contains(at)).copied().collect()
    }

    /// The least and the most turns from a start to an end; none where there is no end.
    ///
    /// # Errors
    /// A state of a circle.
    pub(super) fn lengths(&self) -> Result<(Option<u32>, Option<u32>), usize> {
        let order = self.order()?;
        let at_once = self.is_ended_at_once.then_some(0);
        let mut least: BTreeMap<usize, u32> = BTreeMap::new();
        let mut most: BTreeMap<usize, u32> = BTreeMap::new();
        for at in order.into_iter().rev() {
            let end = self.ends.get(&at).copied();
            let onward = |known: &BTreeMap<usize, u32>| {
                let edges = self.edges.get(&at).into_iter().flatten();
                edges.filter_map(|(to, turns)| Some(known.get(to)? + turns)).collect::<Vec<_>>()
            };
            if let Some(turns) = onward(&least).into_iter().chain(end).min() {
                least.insert(at, turns);
            }
            if let Some(turns) = onward(&most).into_iter().chain(end).max() {
                most.insert(at, turns);
            }
        }
        let of_starts = |known: &BTreeMap<usize, u32>| {
            self.starts.iter().filter_map(|at| known.get(at).copied()).collect::<Vec<_>>()
        };
        let shortest = of_starts(&least).into_iter().chain(at_once).min();
        let longest = of_starts(&most).into_iter().chain(at_once).max();
        Ok((shortest, longest))
    }

    /// All states, each before those it leads to.
    fn order(&self) -> Result<Vec<usize>, usize> {
        let mut left: BTreeMap<usize, usize> = self.edges.keys().map(|at| (*at, 0)).collect();
        for to in self.edges.values().flat_map(BTreeMap::keys) {
            *left.entry(*to).or_default() += 1;
        }
        let mut ready: VecDeque<usize> = left.iter().filter(|(_, count)| **count == 0).map(|(at, _)| *at).collect();
        let mut order = Vec::with_capacity(left.len());
        while let Some(at) = ready.pop_front() {
            order.push(at);
            left.remove(&at);
            for to in self.edges.get(&at).into_iter().flat_map(BTreeMap::keys) {
                if let Some(count) = left.get_mut(to) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push_back(*to);
                    }
                }
            }
        }
        left.keys().next().map_or(Ok(order), |at| Err(*at))
    }
}

#[cfg(test)]
mod tests {
    use super::Graph;

    #[test]
    fn lengths_and_dead_ends() {
        let mut graph = Graph::default();
        graph.start(0);
        graph.edge(0, 1, 1);
        graph.edge(1, 2, 1);
        graph.edge(0, 2, 1);
        graph.end(2, 1);
        assert_eq!(graph.lengths(), Ok((Some(2), Some(3))));
        graph.edge(0, 3, 1);
        assert_eq!(graph.dead_ends(), [3]);
        graph.leave_open(3);
        assert!(graph.dead_ends().is_empty());
        graph.edge(2, 1, 1);
        assert!(graph.lengths().is_err());
    }
}
