//! The words of a text as the finder compares them: by stem, without those that say nothing.
//!
//! People write on a phone: without accents, by ear, and shorter than in a book. Both sides are brought to the same form.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::language::Language;

/// A word from so many letters on may have a slip in it; a shorter one is too near to others.
pub(super) const SLIPS_FROM: usize = 6;
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
    "feel",
    "feeling",
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
    "a", "al", "algo", "alguna", "alguno", "ante", "antes", "aqui", "asi", "aun", "aunque", "bien", "buenas", "cada",
    "casi", "como", "con", "cual", "cuando", "cuanto", "de", "del", "desde", "donde", "dos", "e", "el", "ella",
    "ellas", "ellos", "en", "entre", "era", "eran", "eres", "es", "esa", "ese", "eso", "esta", "estaba", "estan",
    "estar", "estas", "este", "esto", "estos", "estoy", "fue", "ha", "hace", "hacer", "hacia", "han", "hasta", "hay",
    "he", "ir", "la", "las", "le", "les", "lo", "los", "mas", "me", "mi", "mia", "mio", "mis", "mucho", "muy", "nada",
    "ni", "no", "nos", "o", "os", "otra", "otro", "para", "pero", "por", "porque", "puede", "puedo", "pues", "que",
    "quien", "quiero", "se", "sea", "sentir", "sentirme", "ser", "si", "siempre", "siento", "sin", "sobre", "solo",
    "son", "soy", "su", "sus", "tal", "tambien", "tan", "te", "tener", "tengo", "ti", "tiene", "toda", "todo", "todos",
    "tu", "tus", "un", "una", "unas", "uno", "unos", "va", "vez", "voy", "y", "ya", "yo",
];

/// How people write on a phone, and the whole words.
const SHORT: &[(&str, &str)] = &[
    ("cannot", "cant"),
    ("dont", "do not"),
    ("didnt", "did not"),
    ("doesnt", "does not"),
    ("im", "i am"),
    ("ive", "i have"),
    ("u", "you"),
    ("ur", "your"),
    ("wanna", "want to"),
    ("bf", "boyfriend"),
    ("gf", "girlfriend"),
    ("insta", "instagram"),
    ("ig", "instagram"),
];

/// As [`SHORT`], of Spanish; and everyday things that have another name in each country.
const SHORT_SPANISH: &[(&str, &str)] = &[
    ("q", "que"),
    ("k", "que"),
    ("xq", "por que"),
    ("xk", "por que"),
    ("pq", "por que"),
    ("x", "por"),
    ("d", "de"),
    ("tb", "tambien"),
    ("tmb", "tambien"),
    ("porfa", "por favor"),
    ("pa", "para"),
    ("toy", "estoy"),
    ("finde", "fin de semana"),
    ("cumple", "cumpleanos"),
    ("insta", "instagram"),
    ("ig", "instagram"),
    ("wasap", "whatsapp"),
    ("guasap", "whatsapp"),
    ("wsp", "whatsapp"),
    ("wpp", "whatsapp"),
    ("whats", "whatsapp"),
    ("cel", "telefono"),
    ("celu", "telefono"),
    ("celular", "telefono"),
    ("movil", "telefono"),
    ("playera", "ropa"),
    ("remera", "ropa"),
    ("camiseta", "ropa"),
    ("polera", "ropa"),
    ("hija", "hijo"),
    ("nena", "hijo"),
    ("nene", "hijo"),
    ("bebe", "hijo"),
    ("mama", "familia"),
    ("papa", "familia"),
    ("madre", "familia"),
    ("padre", "familia"),
    ("peli", "pelicula"),
];

/// Words in front of a Spanish “solo” that is about being alone; elsewhere it is “only”.
const ALONE: &[&str] = &[
    "estoy", "estar", "siento", "sentirme", "tan", "muy", "re", "quede", "quedo", "quedarme", "vivo", "duermo",
    "dormir",
];

/// The stems of a text, without words that say nothing. Accents are left out on both sides: people on a phone do.
pub(super) fn stems(text: &str, language: Language) -> Vec<String> {
    let words = words(text, language);
    match language {
        Language::English => english_stems(&words),
        Language::Spanish => spanish_stems(&words),
    }
}

/// A whole text as it is compared with what an author expects to be asked, with a space at either end: every word by stem, and
/// one word for him, for her and for them.
pub(super) fn phrase(text: &str, language: Language) -> String {
    let words = words(text, language);
    let stemmer = Stemmer::create(match language {
        Language::English => Algorithm::English,
        Language::Spanish => Algorithm::Spanish,
    });
    let whole = words.iter().map(|word| match (language, word.as_str()) {
        (Language::English, "he" | "she") => "they".to_owned(),
        (Language::English, "him" | "her" | "his" | "their" | "theirs") => "them".to_owned(),
        (Language::English, word) => stemmer.stem(word).into_owned(),
        (Language::Spanish, "lo" | "la" | "los" | "las" | "les") => "le".to_owned(),
        (Language::Spanish, "ella" | "ellos" | "ellas") => "el".to_owned(),
        (Language::Spanish, word) => by_ear(&stemmer.stem(word)),
    });
    format!(" {} ", whole.collect::<Vec<_>>().join(" "))
}

fn english_stems(words: &[String]) -> Vec<String> {
    let stemmer = Stemmer::create(Algorithm::English);
    let said = words.iter().filter(|word| !EMPTY.contains(&word.as_str()));
    said.map(|word| stemmer.stem(word).into_owned()).collect()
}

/// Beside each word also that it is done to me or to them: “me dejó” is not “lo dejé”.
fn spanish_stems(words: &[String]) -> Vec<String> {
    let stemmer = Stemmer::create(Algorithm::Spanish);
    let mut stems = Vec::new();
    let mut before = "";
    for (place, word) in words.iter().enumerate() {
        let behind = words.get(place + 1).map(String::as_str);
        let is_alone = word == "solo" && ALONE.contains(&before);
        // “dejar de” only says that it shall end.
        let ends_something = word.starts_with("dej") && behind == Some("de");
        if is_alone || !ends_something && !EMPTY_SPANISH.contains(&word.as_str()) {
            let stem = by_ear(&stemmer.stem(word));
            match before {
                "me" => stems.push(format!("me {stem}")),
                "le" | "lo" | "les" => stems.push(format!("le {stem}")),
                _ => {}
            }
            stems.push(stem);
        }
        before = word;
    }
    stems
}

/// Every word in small letters without marks, and whole.
fn words(text: &str, language: Language) -> Vec<String> {
    let table = match language {
        Language::English => SHORT,
        Language::Spanish => SHORT_SPANISH,
    };
    let lower = text.to_lowercase().replace(['\'', '’'], "");
    let plain = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(plain);
    let whole =
        plain.map(|word| table.iter().find(|(short, _)| *short == word).map_or(word, |(_, whole)| (*whole).to_owned()));
    whole.flat_map(|words| words.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// A Spanish word as it sounds, for letters that are mixed up: `b` and `v`, `ll` and `y`, `c`, `s` and `z`, a silent `h`.
fn by_ear(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut heard = String::with_capacity(word.len());
    for (place, letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| letters.get(before));
        let behind = letters.get(place + 1);
        let is_soft = matches!(behind, Some('e' | 'i'));
        match letter {
            'h' if before != Some(&'c') => {}
            'v' => heard.push('b'),
            'z' | 'x' => heard.push('s'),
            'c' if is_soft => heard.push('s'),
            'c' | 'q' if behind != Some(&'h') => heard.push('k'),
            'g' if is_soft => heard.push('j'),
            'u' if before == Some(&'q') && is_soft => {}
            'l' if before == Some(&'l') => {}
            'l' if behind == Some(&'l') => heard.push('y'),
            _ => heard.push(*letter),
        }
    }
    heard
}

/// A word without the marks over its letters.
fn plain(word: &str) -> String {
    word.nfd().filter(|c| !is_combining_mark(*c)).collect()
}
