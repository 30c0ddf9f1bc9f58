//! The words of a pack: their numbers, what each spelling stands for, and which ones are looked for in disguise.
//! `pack_tokens` makes them of a text.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use crate::safety::fold::{Kind, fold};
use crate::safety::pattern_graph::{END, START};

/// Shortest word of which one letter may be wrong, in bytes.
pub(crate) const FUZZY_BYTES_MIN: usize = 6;

/// A table by spelling. Its keys come from the pack, not from people, so a hash that is only quick will do.
pub(crate) type Table<V> = HashMap<String, V, BuildHasherDefault<Quick>>;

/// Fowler, Noll and Vo's hash (FNV-1a), over eight bytes at a time.
#[derive(Debug)]
pub(crate) struct Quick(u64);

impl Default for Quick {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0 ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        }
    }
}

/// What a phrase is made of, and what it stands for.
pub(super) type Phrase = (Vec<u16>, Vec<u16>);

/// The words of a pack, by number; 0 is every other word.
#[derive(Debug)]
pub(crate) struct Words {
    ids: Table<u16>,
    /// What each spelling stands for: the word itself, or one or several others.
    pub(crate) forms: Table<Vec<u16>>,
    /// Phrases that do, by their first word, longest first.
    pub(super) phrases: BTreeMap<u16, Vec<Phrase>>,
    pub(super) begins_phrase: Vec<bool>,
    /// Words that change nothing, such as "really".
    pub(crate) filler: BTreeSet<u16>,
    pub(super) is_filler: Vec<bool>,
    /// Words that are told from their pieces and from other words.
    pub(crate) guard: Table<u16>,
    pub(crate) guard_begins: Table<()>,
    pub(crate) stems: Vec<String>,
    /// Every word that may be misspelt, and each of its spellings with one letter less.
    pub(crate) near: Table<Vec<String>>,
    /// The letters that those begin with, a bit for each.
    pub(crate) near_begins: u32,
}

impl Words {
    pub(crate) fn new() -> Self {
        Self {
            ids: [(String::new(), 0), ("^".to_owned(), START), ("$".to_owned(), END)].into_iter().collect(),
            forms: Table::default(),
            phrases: BTreeMap::new(),
            begins_phrase: Vec::new(),
            filler: BTreeSet::new(),
            is_filler: Vec::new(),
            guard: Table::default(),
            guard_begins: Table::default(),
            stems: Vec::new(),
            near: Table::default(),
            near_begins: 0,
        }
    }

    /// How many words there are, with the unknown one.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The number of a word, if it is known.
    pub(crate) fn get(&self, word: &str) -> Option<u16> {
        self.ids.get(word).copied().filter(|id| *id > END)
    }

    /// The number of a word, which becomes known by it.
    pub(crate) fn id(&mut self, word: &str) -> u16 {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let next = u16::try_from(self.ids.len()).unwrap_or(0);
        self.ids.insert(word.to_owned(), next);
        next
    }

    /// Whether a word is written as [`fold`] writes it; anything else could never match.
    pub(crate) fn is_folded(word: &str) -> bool {
        let folded = fold(word);
        matches!(folded.parts.as_slice(), [only] if only.kind == Kind::Word && folded.word(*only) == word)
    }

    /// `from` stands for `to`: both are words with spaces between.
    pub(crate) fn rewrite(&mut self, from: &str, to: &str) {
        let to: Vec<u16> = to.split_whitespace().map(|word| self.id(word)).collect();
        let parts: Vec<&str> = from.split_whitespace().collect();
        if let [only] = parts.as_slice() {
            self.forms.insert((*only).to_owned(), to);
            return;
        }
        let ids: Vec<u16> = parts.iter().map(|word| self.id(word)).collect();
        let Some(first) = ids.first().copied() else { return };
        let all = self.phrases.entry(first).or_default();
        all.push((ids, to));
        all.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
    }

    /// A word that is looked for in pieces, joined words and misspellings (if it is long enough).
    pub(crate) fn add_guard(&mut self, word: &str) {
        let id = self.id(word);
        self.guard.insert(word.to_owned(), id);
        self.stems.push(word.to_owned());
        for end in 1..word.len() {
            self.guard_begins.extend(word.get(..end).map(|begin| (begin.to_owned(), ())));
        }
    }

    /// A word of which one letter may be wrong.
    pub(crate) fn add_fuzzy(&mut self, word: &str) {
        self.id(word);
        if word.len() < FUZZY_BYTES_MIN || !word.is_ascii() {
            return;
        }
        self.near_begins |= letter_bit(word);
        for at in 0..=word.len() {
            let mut shorter = word.to_owned();
            if at < word.len() {
                shorter.remove(at);
            }
            self.near.entry(shorter).or_default().push(word.to_owned());
        }
    }

    /// Fixes what was added.
    pub(crate) fn seal(&mut self) {
        self.is_filler = vec![false; self.ids.len()];
        for id in &self.filler {
            self.is_filler[usize::from(*id)] = true;
        }
        for (word, id) in &self.ids {
            if *id > END {
                self.forms.entry(word.clone()).or_insert_with(|| vec![*id]);
            }
        }
        self.begins_phrase = vec![false; self.ids.len()];
        for first in self.phrases.keys() {
            self.begins_phrase[usize::from(*first)] = true;
        }
        // Shorter stems find the longer ones' words as well.
        let stems = std::mem::take(&mut self.stems);
        let is_covered = |stem: &String| stems.iter().any(|other| other != stem && stem.contains(other.as_str()));
        self.stems = stems.iter().filter(|stem| !is_covered(stem)).cloned().collect();
    }

    pub(crate) fn known(&self, word: &str) -> Option<&[u16]> {
        self.forms.get(word).map(Vec::as_slice)
    }

    pub(crate) fn known_owned(&self, word: &str) -> Option<Vec<u16>> {
        self.known(word).map(<[u16]>::to_vec)
    }
}

/// The bit of the letter that a word begins with.
pub(crate) fn letter_bit(word: &str) -> u32 {
    word.bytes().next().filter(u8::is_ascii_lowercase).map_or(0, |letter| 1 << (letter - b'a'))
}
