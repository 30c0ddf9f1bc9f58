//! Reading a pack's rules and shields, and building the graph of their patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use crate::safety::pack::{Owner, Reach, Shield};
use crate::safety::pack_read::Reading;
use crate::safety::pack_words::Words;
use crate::safety::pattern::Node;
use crate::safety::pattern_build::{GraphBuilder, Meaning};
use crate::safety::pattern_graph::Graph;
use crate::safety::screen::Class;

/// A rule or a shield whose patterns are still to be added.
pub(super) struct Found {
    owner: Owner,
    over: Vec<(String, Range<usize>)>,
    say: Vec<(Node, Range<usize>)>,
}

impl Reading<'_> {
    pub(super) fn rules_and_shields(&mut self, tree: &DeTable<'_>) -> Vec<Found> {
        let mut found = Vec::new();
        for (key, is_rule) in [("rule", true), ("shield", false)] {
            let Some(item) = tree.get(key) else { continue };
            let Some(items) = item.get_ref().as_array() else {
                self.push(item.span(), format!("write `[[{key}]]`"));
                continue;
            };
            for item in items {
                let Some(table) = item.get_ref().as_table() else { continue };
                let one = if is_rule { self.rule(table, item.span()) } else { self.shield(table, item.span()) };
                found.extend(one);
            }
        }
        if let Some(item) = tree.get("turn") {
            let say = self.patterns(item);
            found.push(Found { owner: Owner::Turn, over: Vec::new(), say });
        }
        found
    }

    fn say(&mut self, table: &DeTable<'_>, span: Range<usize>) -> Vec<(Node, Range<usize>)> {
        match table.get("say") {
            Some(item) => self.patterns(item),
            None => {
                self.push(span, "`say` is missing");
                Vec::new()
            }
        }
    }

    fn rule(&mut self, table: &DeTable<'_>, span: Range<usize>) -> Option<Found> {
        self.known_keys(table, &["id", "class", "level", "about", "say"], "a rule");
        let say = self.say(table, span.clone());
        let id = self.text(table, "id", span.clone())?.to_owned();
        let name = self.text(table, "class", span.clone())?;
        let Some(class) = Class::of_name(name) else {
            self.push(span, format!("there is no class `{name}`"));
            return None;
        };
        let level = match table.get("level") {
            None => class.level(),
            Some(item) => match item.get_ref().as_integer().map(toml::de::DeInteger::as_str) {
                Some("1") => 1,
                Some("2") => 2,
                Some("3") => 3,
                _ => {
                    self.push(item.span(), "`level` is 1, 2 or 3");
                    return None;
                }
            },
        };
        let is_about_other = self.about(table);
        Some(Found { owner: Owner::Rule { id, class, level, is_about_other }, over: Vec::new(), say })
    }

    fn about(&mut self, table: &DeTable<'_>) -> bool {
        let Some(item) = table.get("about") else { return false };
        let is_other = item.get_ref().as_str() == Some("other");
        if !is_other {
            self.push(item.span(), "`about` is \"other\", or left out");
        }
        is_other
    }

    fn shield(&mut self, table: &DeTable<'_>, span: Range<usize>) -> Option<Found> {
        self.known_keys(table, &["id", "over", "to", "where", "unless", "about", "say"], "a shield");
        let say = self.say(table, span.clone());
        let id = self.text(table, "id", span.clone())?.to_owned();
        let to = self.text(table, "to", span.clone())?;
        if to != "none" && Class::of_name(to).is_none() {
            self.push(span.clone(), format!("there is no class `{to}`"));
        }
        let reach = self.text(table, "where", span.clone())?;
        let Some((_, reach)) = Reach::ALL.iter().find(|(name, _)| *name == reach) else {
            let all: Vec<&str> = Reach::ALL.iter().map(|(name, _)| *name).collect();
            self.push(span, format!("`where` is one of {}", all.join(", ")));
            return None;
        };
        let mut over = Vec::new();
        for item in table.get("over").and_then(|item| item.get_ref().as_array()).into_iter().flatten() {
            over.extend(item.get_ref().as_str().map(|text| (text.to_owned(), item.span())));
        }
        if over.is_empty() {
            self.push(span, "`over` is a list of classes and ids of rules");
        }
        let unless = table.get("unless").map(|item| self.word_list(item, "unless")).unwrap_or_default();
        let is_about_other = self.about(table);
        let shield = Shield { id, over: Vec::new(), unless, to: Class::of_name(to), is_about_other, reach: *reach };
        Some(Found { owner: Owner::Shield(shield), over, say })
    }

    pub(super) fn build(&mut self, mut found: Vec<Found>, blocks: BTreeSet<u16>) -> (Graph, Vec<Owner>) {
        self.covers(&mut found);
        let mut graph = GraphBuilder::default();
        for (number, found) in found.iter().enumerate() {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            for (node, span) in &found.say {
                let mut meaning = PackMeaning { words: &mut self.words, slots: &self.slots, common: &self.common };
                if let Err(problem) = graph.add(node, number, &mut meaning) {
                    self.push(span.clone(), problem);
                }
            }
        }
        self.words.seal();
        let graph = graph.seal(self.words.len(), &blocks);
        (graph, found.into_iter().map(|found| found.owner).collect())
    }

    /// Which rules each shield changes.
    fn covers(&mut self, found: &mut [Found]) {
        let rules: Vec<Option<(String, Class)>> = found
            .iter()
            .map(|found| match &found.owner {
                Owner::Rule { id, class, .. } => Some((id.clone(), *class)),
                Owner::Shield(_) | Owner::Turn => None,
            })
            .collect();
        for one in found {
            let Owner::Shield(shield) = &mut one.owner else { continue };
            shield.over = vec![false; rules.len()];
            for (name, span) in &one.over {
                let class = Class::of_name(name);
                let mut is_any = class.is_some();
                for (covered, rule) in shield.over.iter_mut().zip(&rules) {
                    let Some((id, of)) = rule else { continue };
                    if id == name || class == Some(*of) {
                        *covered = true;
                        is_any = true;
                    }
                }
                if !is_any {
                    self.push(span.clone(), format!("`{name}` is neither a class nor a rule of this pack"));
                }
                let is_vital = |(covered, rule): (&bool, &Option<(String, Class)>)| {
                    *covered && matches!(rule, Some((_, Class::M)))
                };
                if shield.to.is_none() && shield.over.iter().zip(&rules).any(is_vital) {
                    self.push(span.clone(), "an overdose or a wound is never nothing: over M, `to` is a class");
                }
            }
        }
    }
}

struct PackMeaning<'p> {
    words: &'p mut Words,
    slots: &'p BTreeMap<String, Arc<Node>>,
    common: &'p BTreeSet<u16>,
}

impl Meaning for PackMeaning<'_> {
    fn word(&mut self, word: &str) -> u16 {
        self.words.id(word)
    }

    fn slot(&self, name: &str) -> Option<Arc<Node>> {
        self.slots.get(name).cloned()
    }

    fn is_common(&self, id: u16) -> bool {
        self.common.contains(&id)
    }
}
