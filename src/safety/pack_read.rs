//! Reading a pack: its words and slots, and every problem at once, each with its line. `pack_rules` reads its
//! rules and shields.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::safety::pack::{Pack, PackFile, PackProblem};
use crate::safety::pack_words::Words;
use crate::safety::pattern::{Node, parse};

pub(super) type Item<'t> = Spanned<DeValue<'t>>;

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

/// A pack that is being read.
pub(super) struct Reading<'f> {
    file: &'f PackFile,
    problems: Vec<PackProblem>,
    pub(super) words: Words,
    pub(super) slots: BTreeMap<String, Arc<Node>>,
    pub(super) common: BTreeSet<u16>,
}

impl Reading<'_> {
    pub(super) fn push(&mut self, span: Range<usize>, message: impl Into<String>) {
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

    pub(super) fn known_keys(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for (key, _) in table {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                self.push(key.span(), format!("unknown key `{name}` in {what}; keys: {}", known.join(", ")));
            }
        }
    }

    pub(super) fn text<'r>(&mut self, table: &'r DeTable<'_>, key: &str, span: Range<usize>) -> Option<&'r str> {
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
            for id in self.word_list(item, key) {
                match key {
                    "filler" => _ = self.words.filler.insert(id),
                    "block" => _ = blocks.insert(id),
                    "common" => _ = self.common.insert(id),
                    _ => {}
                }
            }
            for word in item.get_ref().as_str().into_iter().flat_map(str::split_whitespace) {
                match key {
                    "guard" => self.words.add_guard(word),
                    "fuzzy" => self.words.add_fuzzy(word),
                    _ => {}
                }
            }
        }
        blocks
    }

    /// The words of a list.
    pub(super) fn word_list(&mut self, item: &Item<'_>, key: &str) -> Vec<u16> {
        let Some(list) = item.get_ref().as_str() else {
            self.push(item.span(), format!("`{key}` is one text with spaces between its words"));
            return Vec::new();
        };
        list.split_whitespace().filter_map(|word| self.word(word, &item.span())).collect()
    }

    /// The number of a word; `None` if it can never match.
    fn word(&mut self, word: &str, span: &Range<usize>) -> Option<u16> {
        // What is known was looked at before.
        if let Some(id) = self.words.get(word) {
            return Some(id);
        }
        self.is_word(word, span.clone()).then(|| self.words.id(word))
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
    pub(super) fn patterns(&mut self, item: &Item<'_>) -> Vec<(Node, Range<usize>)> {
        match item.get_ref() {
            DeValue::String(text) => match parse(text) {
                Ok(node) => {
                    self.all_words(&node, &item.span());
                    vec![(node, item.span())]
                }
                Err(fault) => {
                    // Patterns hold no escapes: a byte of the value is a byte of the file.
                    let at = item.span().start + self.quote_len(item) + fault.at;
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

    /// The bytes before a text's value: its quotation marks, and the line that they may stand on.
    fn quote_len(&self, item: &Item<'_>) -> usize {
        let rest = self.file.text.get(item.span().start..).unwrap_or("");
        let marks = rest.len() - rest.trim_start_matches(['"', '\'']).len();
        match marks {
            3 => rest.len() - rest[3..].trim_start_matches(['\r', '\n']).len(),
            _ => 1,
        }
    }

    fn all_words(&mut self, node: &Node, span: &Range<usize>) {
        match node {
            Node::Word(word) => {
                let id = self.word(word, span);
                if id.is_some_and(|id| self.words.filler.contains(&id)) {
                    self.push(span.clone(), format!("`{word}` is among the words that change nothing (`filler`)"));
                }
            }
            Node::Seq(nodes) | Node::Alt(nodes) => nodes.iter().for_each(|node| self.all_words(node, span)),
            Node::Opt(inside) => self.all_words(inside, span),
            Node::Slot(_) | Node::Number(..) | Node::Gap(_) | Node::Start | Node::End => {}
        }
    }
}
