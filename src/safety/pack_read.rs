//! Reading a pack: every problem at once, each with its line.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::safety::pack::{Owner, Pack, PackFile, PackProblem, Reach, Shield};
use crate::safety::pack_words::Words;
use crate::safety::pattern::{Node, parse};
use crate::safety::pattern_graph::{Graph, Meaning};
use crate::safety::screen::Class;

type Item<'t> = Spanned<DeValue<'t>>;

const KEYS: &[&str] = &[
    "format", "lang", "filler", "block", "common", "guard", "fuzzy", "known", "turn", "rewrite", "slot", "rule",
    "shield",
];

/// Reads a pack.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn read(file: &PackFile) -> Result<Pack, Vec<PackProblem>> {
    let (tree, errors) = DeTable::parse_recoverable(&file.text);
    let mut reading =
        Reading { file, problems: Vec::new(), words: Words::new(), slots: BTreeMap::new(), common: BTreeSet::new() };
    for error in &errors {
        reading.push(error.span().unwrap_or(0..0), error.message());
    }
    if errors.is_empty()
        && let Some(pack) = reading.pack(tree.get_ref())
        && reading.problems.is_empty()
    {
        return Ok(pack);
    }
    reading.problems.sort_by_key(|problem| problem.span.start);
    Err(reading.problems)
}

struct Reading<'f> {
    file: &'f PackFile,
    problems: Vec<PackProblem>,
    words: Words,
    slots: BTreeMap<String, Arc<Node>>,
    common: BTreeSet<u16>,
}

/// A rule or a shield whose patterns are still to be added.
struct Found {
    owner: Owner,
    over: Vec<(String, Range<usize>)>,
    say: Vec<(Node, Range<usize>)>,
}

impl Reading<'_> {
    fn push(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.problems.push(PackProblem::new(self.file, span, message.into()));
    }

    fn pack(&mut self, tree: &DeTable<'_>) -> Option<Pack> {
        self.known_keys(tree, KEYS, "the pack");
        if tree.get("format").and_then(|item| item.get_ref().as_integer()).is_none_or(|format| format.as_str() != "1") {
            self.push(tree.get("format").map_or(0..0, Spanned::span), "a pack begins with `format = 1`");
        }
        let lang = self.text(tree, "lang", 0..0).map(str::to_owned);
        let blocks = self.lists(tree);
        self.rewrites(tree);
        self.read_slots(tree);
        let found = self.rules_and_shields(tree);
        let (graph, owners) = self.build(found, blocks);
        let words = std::mem::replace(&mut self.words, Words::new());
        Some(Pack { lang: lang?, words, graph, owners })
    }

    fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for (key, _) in table {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                self.push(key.span(), format!("unknown key `{name}` in {what}; keys: {}", known.join(", ")));
            }
        }
    }

    fn text<'r>(&mut self, table: &'r DeTable<'_>, key: &str, span: Range<usize>) -> Option<&'r str> {
        match table.get(key) {
            None => self.push(span, format!("`{key}` is missing")),
            Some(item) => match item.get_ref().as_str() {
                Some(text) => return Some(text),
                None => self.push(item.span(), format!("`{key}` is a text")),
            },
        }
        None
    }

    /// The lists of words; those that no gap reaches over come back.
    fn lists(&mut self, tree: &DeTable<'_>) -> BTreeSet<u16> {
        let mut blocks = BTreeSet::new();
        for key in ["filler", "block", "common", "guard", "fuzzy", "known"] {
            let Some(item) = tree.get(key) else { continue };
            let Some(list) = item.get_ref().as_str() else {
                self.push(item.span(), format!("`{key}` is one text with spaces between its words"));
                continue;
            };
            for word in list.split_whitespace() {
                if !self.is_word(word, item.span()) {
                    continue;
                }
                let id = self.words.id(word);
                match key {
                    "filler" => _ = self.words.filler.insert(id),
                    "block" => _ = blocks.insert(id),
                    "common" => _ = self.common.insert(id),
                    "guard" => self.words.add_guard(word),
                    "fuzzy" => self.words.add_fuzzy(word),
                    _ => {}
                }
            }
        }
        blocks
    }

    fn is_word(&mut self, word: &str, span: Range<usize>) -> bool {
        let is_word = Words::is_folded(word);
        if !is_word {
            self.push(
                span,
                format!("`{word}` can never match: small letters without marks or apostrophes are compared"),
            );
        }
        is_word
    }

    fn rewrites(&mut self, tree: &DeTable<'_>) {
        let Some(item) = tree.get("rewrite") else { return };
        let Some(table) = item.get_ref().as_table() else { return self.push(item.span(), "`rewrite` is a table") };
        for (from, to) in table {
            let Some(words) = to.get_ref().as_str() else {
                self.push(to.span(), "a word or a phrase is rewritten to a text");
                continue;
            };
            let all = from.get_ref().split_whitespace().chain(words.split_whitespace());
            if all.filter(|word| !self.is_word(word, from.span())).count() == 0 {
                self.words.rewrite(from.get_ref(), words);
            }
        }
    }

    fn read_slots(&mut self, tree: &DeTable<'_>) {
        let Some(item) = tree.get("slot") else { return };
        let Some(table) = item.get_ref().as_table() else { return self.push(item.span(), "`slot` is a table") };
        for (name, value) in table {
            let mut all: Vec<Node> = self.patterns(value).into_iter().map(|(node, _)| node).collect();
            let node = if all.len() == 1 { all.remove(0) } else { Node::Alt(all) };
            self.slots.insert(name.get_ref().to_string(), Arc::new(node));
        }
    }

    /// One pattern or a list of them.
    fn patterns(&mut self, item: &Item<'_>) -> Vec<(Node, Range<usize>)> {
        match item.get_ref() {
            DeValue::String(text) => match parse(text) {
                Ok(node) => {
                    self.all_words(&node, &item.span());
                    vec![(node, item.span())]
                }
                Err(fault) => {
                    // Patterns hold no escapes: a byte of the value is a byte of the file.
                    let at = item.span().start + 1 + fault.at;
                    self.push(at..item.span().end.max(at), fault.what);
                    Vec::new()
                }
            },
            DeValue::Array(items) => items.iter().flat_map(|item| self.patterns(item)).collect(),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => {
                self.push(item.span(), "patterns are a text, or a list of texts");
                Vec::new()
            }
        }
    }

    fn all_words(&mut self, node: &Node, span: &Range<usize>) {
        match node {
            Node::Word(word) => {
                let id = self.words.id(word);
                if self.words.filler.contains(&id) {
                    self.push(span.clone(), format!("`{word}` is among the words that change nothing (`filler`)"));
                }
                self.is_word(word, span.clone());
            }
            Node::Seq(nodes) | Node::Alt(nodes) => nodes.iter().for_each(|node| self.all_words(node, span)),
            Node::Opt(inside) => self.all_words(inside, span),
            Node::Slot(_) | Node::Number(..) | Node::Gap(_) | Node::Start | Node::End => {}
        }
    }

    fn rules_and_shields(&mut self, tree: &DeTable<'_>) -> Vec<Found> {
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
        self.known_keys(table, &["id", "over", "to", "where", "about", "say"], "a shield");
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
        let is_about_other = self.about(table);
        let shield = Shield { id, over: Vec::new(), to: Class::of_name(to), is_about_other, reach: *reach };
        Some(Found { owner: Owner::Shield(shield), over, say })
    }

    fn build(&mut self, mut found: Vec<Found>, blocks: BTreeSet<u16>) -> (Graph, Vec<Owner>) {
        self.covers(&mut found);
        let mut graph = Graph::default();
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
        graph.seal(self.words.len(), blocks);
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
