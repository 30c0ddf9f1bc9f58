//! Which dialogs fit what somebody wrote while nothing was open.
//!
//! Okapi BM25 over title, summary, tags and the questions that a dialog's author expects (`asks`), by word stems. Robertson
//! and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, <https://doi.org/10.1561/1500000019>.

use std::collections::HashMap;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::dialog::model::{Dialog, Role};
use crate::domain::language::Language;

/// How soon more of the same word says nothing more; the usual value.
const SATURATION: f64 = 1.2;
/// How much a long description counts against a dialog; the usual value.
const LENGTH_WEIGHT: f64 = 0.75;
/// A dialog that scores less than this part of the best one is not shown beside it.
const BESIDE_BEST: f64 = 0.5;
/// Below this no dialog fits: about one word that few dialogs have.
const SCORE_MIN: f64 = 1.2;
/// Words that say nothing of what is wanted.
const EMPTY: &[&str] = &[
    "a",
    "about",
    "after",
    "all",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "because",
    "been",
    "but",
    "by",
    "can",
    "could",
    "did",
    "do",
    "does",
    "doing",
    "for",
    "from",
    "get",
    "go",
    "going",
    "had",
    "has",
    "have",
    "he",
    "her",
    "hers",
    "him",
    "his",
    "how",
    "i",
    "if",
    "im",
    "in",
    "into",
    "is",
    "it",
    "its",
    "ive",
    "just",
    "know",
    "like",
    "make",
    "me",
    "my",
    "myself",
    "no",
    "not",
    "now",
    "of",
    "on",
    "one",
    "or",
    "our",
    "out",
    "really",
    "she",
    "should",
    "so",
    "some",
    "something",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "they",
    "thing",
    "things",
    "this",
    "to",
    "too",
    "up",
    "us",
    "very",
    "want",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
];

/// As [`EMPTY`], of Spanish, without accents.
const EMPTY_SPANISH: &[&str] = &[
    "a", "al", "algo", "alguna", "alguno", "ante", "antes", "aqui", "asi", "aun", "aunque", "bien", "cada", "casi",
    "como", "con", "cual", "cuando", "cuanto", "de", "del", "desde", "donde", "dos", "e", "el", "ella", "ellas",
    "ellos", "en", "entre", "era", "eran", "eres", "es", "esa", "ese", "eso", "esta", "estaba", "estan", "estar",
    "estas", "este", "esto", "estos", "estoy", "fue", "ha", "hace", "hacer", "hacia", "han", "hasta", "hay", "he",
    "ir", "la", "las", "le", "les", "lo", "los", "mas", "me", "mi", "mia", "mio", "mis", "mucho", "muy", "nada", "ni",
    "no", "nos", "o", "os", "otra", "otro", "para", "pero", "por", "porque", "puede", "puedo", "pues", "que", "quien",
    "quiero", "se", "sea", "ser", "si", "siempre", "sin", "sobre", "solo", "son", "soy", "su", "sus", "tal", "tambien",
    "tan", "te", "tener", "tengo", "ti", "tiene", "toda", "todo", "todos", "tu", "tus", "un", "una", "unas", "uno",
    "unos", "va", "vez", "voy", "y", "ya", "yo",
];

/// Every dialog that may be offered, by its words. Built once with the library.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    language: Language,
    ids: Vec<String>,
    /// By stem: which dialogs have it, and how much it counts there.
    postings: HashMap<String, Vec<(usize, f64)>>,
}

impl Finder {
    /// Over every exercise that begins without arguments and is not about settings.
    pub fn new<'a>(dialogs: impl Iterator<Item = &'a Dialog>, language: Language) -> Self {
        let offered: Vec<&Dialog> = dialogs.filter(|dialog| is_offered(dialog)).collect();
        let counted: Vec<HashMap<String, f64>> = offered.iter().map(|dialog| counts(dialog, language)).collect();
        let lengths: Vec<f64> = counted.iter().map(|counts| counts.values().sum()).collect();
        let average = (lengths.iter().sum::<f64>() / lengths.len().max(1) as f64).max(1.0);
        let mut postings: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        for (place, (counts, length)) in counted.iter().zip(&lengths).enumerate() {
            let drag = SATURATION * (1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * length / average);
            for (stem, count) in counts {
                let weight = count * (SATURATION + 1.0) / (count + drag);
                postings.entry(stem.clone()).or_default().push((place, weight));
            }
        }
        let total = offered.len() as f64;
        for places in postings.values_mut() {
            let having = places.len() as f64;
            let rarity = (1.0 + (total - having + 0.5) / (having + 0.5)).ln();
            places.iter_mut().for_each(|(_, weight)| *weight *= rarity);
        }
        Self { language, ids: offered.into_iter().map(|dialog| dialog.id.clone()).collect(), postings }
    }

    /// At most `max` dialogs that fit, the best first; none when none fits well.
    pub fn find(&self, text: &str, max: usize) -> Vec<&str> {
        let mut scores: HashMap<usize, f64> = HashMap::new();
        for stem in stems(text, self.language) {
            for (place, weight) in self.postings.get(&stem).into_iter().flatten() {
                *scores.entry(*place).or_default() += weight;
            }
        }
        let mut found: Vec<(usize, f64)> = scores.into_iter().collect();
        found.sort_by(|(a, score_a), (b, score_b)| score_b.total_cmp(score_a).then(a.cmp(b)));
        let least = found.first().map_or(SCORE_MIN, |(_, best)| SCORE_MIN.max(best * BESIDE_BEST));
        let fits = found.into_iter().filter(|(_, score)| *score >= least).take(max);
        fits.filter_map(|(place, _)| self.ids.get(place).map(String::as_str)).collect()
    }

    /// Whether a dialog may be offered.
    pub fn offers(&self, dialog: &str) -> bool {
        self.ids.iter().any(|id| id == dialog)
    }
}

fn is_offered(dialog: &Dialog) -> bool {
    let begins_alone = dialog.params.values().all(|param| param.or.is_some());
    let is_listed = !dialog.summary.is_empty() && (!dialog.guide.is_empty() || !dialog.asks.is_empty());
    dialog.role == Role::Exercise && begins_alone && is_listed && !dialog.tags.iter().any(|tag| tag == "settings")
}

/// How often each stem stands in a dialog's description; what its author expects to be asked counts twice.
fn counts(dialog: &Dialog, language: Language) -> HashMap<String, f64> {
    let mut counts = HashMap::new();
    let texts = [&dialog.title, &dialog.summary].into_iter().chain(&dialog.tags).map(|text| (text, 1.0));
    for (text, weight) in texts.chain(dialog.asks.iter().map(|text| (text, 2.0))) {
        for stem in stems(text, language) {
            *counts.entry(stem).or_default() += weight;
        }
    }
    counts
}

/// The stems of a text, without words that say nothing. Accents are left out on both sides: people on a phone do.
fn stems(text: &str, language: Language) -> Vec<String> {
    let (algorithm, empty) = match language {
        Language::English => (Algorithm::English, EMPTY),
        Language::Spanish => (Algorithm::Spanish, EMPTY_SPANISH),
    };
    let stemmer = Stemmer::create(algorithm);
    let lower = text.to_lowercase().replace(['\'', '’'], "");
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let said = words.map(plain).filter(|word| !empty.contains(&word.as_str()));
    said.map(|word| stemmer.stem(&word).into_owned()).collect()
}

/// A word without the marks over its letters.
fn plain(word: &str) -> String {
    word.nfd().filter(|c| !is_combining_mark(*c)).collect()
}
