//! Which dialogs fit what somebody wrote while nothing was open.
//!
//! Okapi BM25 over title, summary, tags and the questions that a dialog's author expects (`asks`), by word stems. Robertson
//! and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, <https://doi.org/10.1561/1500000019>.

mod stems;

use std::collections::{BTreeSet, HashMap};

use crate::dialog::finder::stems::{SLIPS_FROM, phrase, stems};
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
/// What it counts that somebody wrote all the words of a question that the author expects: about a rare word.
const PHRASE_WEIGHT: f64 = 3.0;
/// What a word with a slip in it counts, beside the same without.
const SLIP_WEIGHT: f64 = 0.6;
/// Of a long text, so many unknown words are looked at for slips.
const SLIPS_MAX: usize = 20;
/// Every dialog that may be offered, by its words. Built once with the library.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    language: Language,
    ids: Vec<String>,
    /// By stem: which dialogs have it, and how much it counts there.
    postings: HashMap<String, Vec<(usize, f64)>>,
    /// What the authors expect to be asked, whole, and whether it has a word that says something.
    asked: Vec<(String, usize, bool)>,
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
        let asked = offered.iter().enumerate().flat_map(|(place, dialog)| {
            let whole = |text: &String| (phrase(text, language), place, stems(text, language).len() > 1);
            dialog.asks.iter().map(whole).collect::<Vec<_>>()
        });
        let asked = asked.collect();
        Self { language, ids: offered.into_iter().map(|dialog| dialog.id.clone()).collect(), postings, asked }
    }

    /// At most `max` dialogs that fit, the best first; none when none fits well. Whoever writes just what an author expects
    /// finds that dialog first.
    pub fn find(&self, text: &str, max: usize) -> Vec<&str> {
        let scores = self.scores(text);
        let whole = phrase(text, self.language);
        let exact: BTreeSet<usize> =
            self.asked.iter().filter(|(asked, ..)| *asked == whole).map(|(_, place, _)| *place).collect();
        let mut found: Vec<(bool, usize, f64)> =
            scores.iter().map(|(place, score)| (exact.contains(place), *place, *score)).collect();
        found.extend(exact.iter().filter(|place| !scores.contains_key(place)).map(|place| (true, *place, SCORE_MIN)));
        found.sort_by(|(is_a, a, score_a), (is_b, b, score_b)| {
            is_b.cmp(is_a).then(score_b.total_cmp(score_a)).then(a.cmp(b))
        });
        let best = found.iter().map(|(.., score)| *score).fold(0.0, f64::max);
        let least = SCORE_MIN.max(best * BESIDE_BEST);
        let fits = found.into_iter().filter(|(is_exact, _, score)| *is_exact || *score >= least).take(max);
        fits.filter_map(|(_, place, _)| self.ids.get(place).map(String::as_str)).collect()
    }

    /// Whether a dialog may be offered.
    pub fn offers(&self, dialog: &str) -> bool {
        self.ids.iter().any(|id| id == dialog)
    }

    /// How well each dialog fits, of those that fit at all.
    fn scores(&self, text: &str) -> HashMap<usize, f64> {
        let mut scores: HashMap<usize, f64> = HashMap::new();
        let mut slips_left = SLIPS_MAX;
        for stem in stems(text, self.language) {
            let (known, weight) = match self.postings.get(&stem) {
                Some(known) => (Some(known), 1.0),
                None if slips_left > 0 && !stem.contains(' ') => {
                    slips_left -= 1;
                    (self.slip_of(&stem), SLIP_WEIGHT)
                }
                None => (None, 0.0),
            };
            for (place, counts) in known.into_iter().flatten() {
                *scores.entry(*place).or_default() += counts * weight;
            }
        }
        let whole = phrase(text, self.language);
        let mut held: Vec<usize> = self
            .asked
            .iter()
            .filter(|(asked, _, says)| *says && whole.contains(asked.as_str()))
            .map(|found| found.1)
            .collect();
        held.dedup();
        held.into_iter().for_each(|place| *scores.entry(place).or_default() += PHRASE_WEIGHT);
        scores
    }

    /// The dialogs that have a word of which this is one slip of the thumb away, when there is one such word only.
    fn slip_of(&self, stem: &str) -> Option<&Vec<(usize, f64)>> {
        let length = stem.chars().count();
        if length < SLIPS_FROM {
            return None;
        }
        let first = stem.chars().next();
        let is_near = |known: &&String| {
            known.chars().next() == first
                && known.chars().count().abs_diff(length) <= 1
                && !known.contains(' ')
                && strsim::damerau_levenshtein(stem, known) == 1
        };
        let mut near = self.postings.keys().filter(is_near);
        let (one, more) = (near.next()?, near.next());
        if more.is_none() { self.postings.get(one) } else { None }
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
