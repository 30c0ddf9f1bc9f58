//! Typed answers: every kind of question can be answered by text alone.

use std::collections::BTreeMap;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::dialog::answer_when::{dates, times};
use crate::dialog::model::{Opt, Question};
use crate::dialog::typed::{Typed, Words, is_among, typed};
use crate::domain::command::Command;
use crate::domain::language::Language;
use crate::domain::limits::USER_TEXT_CHARS_MAX;
use crate::domain::text::UserText;
use crate::domain::value::Value;

/// What typed words mean at a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// An answer. Of several readings the first one that passes the question's checks is meant, else the first.
    Answer(Vec<Value>),
    /// Options of a question that takes several, in their order.
    Keys(Vec<String>),
    /// One more item of a list.
    Item(UserText),
    /// No more items or options.
    Done,
    /// Not an answer.
    Problem(Problem),
}

/// From so many letters on, an option's word in the middle of a sentence means the option.
const MENTIONED_FROM: usize = 5;
/// Words with which a sentence may say the opposite, beside those for no.
const NOT: [&str; 9] = ["not", "never", "dont", "isnt", "without", "nunca", "ni", "tampoco", "sin"];

/// Why words are not an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not understood.
    Unclear,
    /// Less than the least number.
    Low,
    /// More than the greatest number.
    High,
    /// Not a whole number.
    Whole,
    /// Fewer characters than asked for.
    Short,
    /// More characters than the question, or than any question, takes.
    Long,
    /// One item of a list with too many characters.
    ItemLong,
    /// No words at all.
    Empty,
}

/// A person's words without NUL and other control characters, trimmed; line ends and tabs stay.
///
/// # Errors
/// When nothing is left, or more than [`USER_TEXT_CHARS_MAX`].
pub fn tidy(text: &UserText) -> Result<String, Problem> {
    let kept: String = text.expose().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let kept = kept.trim();
    if kept.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(Problem::Empty);
    }
    if kept.chars().count() > USER_TEXT_CHARS_MAX {
        return Err(Problem::Long);
    }
    Ok(kept.to_owned())
}

/// Words in lower case without accents and punctuation, for comparing.
pub fn fold(text: &str) -> String {
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c) && !matches!(c, '\'' | '’')).flat_map(char::to_lowercase);
    let spaced: String = plain.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The command that a bare word means, in a language or in English, at a question that does not take free words.
pub fn bare_command(text: &str, language: Language) -> Option<Command> {
    let folded = fold(text);
    let commands: [(Command, Words); 6] = [
        (Command::Back, |typed| typed.back),
        (Command::Skip, |typed| typed.skip),
        (Command::Stop, |typed| typed.stop),
        (Command::Pause, |typed| typed.pause),
        (Command::Why, |typed| typed.why),
        (Command::Help, |typed| typed.help),
    ];
    commands.into_iter().find(|(_, words)| is_among(language, &folded, *words)).map(|(command, _)| command)
}

/// What people say around a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Courtesy {
    /// They come.
    Greeting,
    /// They thank.
    Thanks,
    /// They go.
    Farewell,
}

/// The courtesy that a text is and nothing else, in a language or in English.
pub fn courtesy(text: &str, language: Language) -> Option<Courtesy> {
    let folded = fold(text);
    let courtesies: [(Courtesy, Words); 3] = [
        (Courtesy::Greeting, |typed| typed.greeting),
        (Courtesy::Thanks, |typed| typed.thanks),
        (Courtesy::Farewell, |typed| typed.farewell),
    ];
    courtesies.into_iter().find(|(_, words)| is_among(language, &folded, *words)).map(|(courtesy, _)| courtesy)
}

/// An answer that names an option, or the label of a scale's value, exactly. Such words are an answer even where
/// they could be a command.
pub fn exact(question: &Question, text: &str, language: Language) -> Option<Reading> {
    match question {
        Question::Choice(options) => {
            exact_option(options, text).map(|option| Reading::Answer(vec![Value::Key(option.key.clone())]))
        }
        Question::Many { options, done, .. } => match exact_option(options, text) {
            Some(option) => Some(Reading::Keys(vec![option.key.clone()])),
            None => is_done(done, text, language).then_some(Reading::Done),
        },
        Question::Scale { labels, .. } => scale_label(labels, text).map(|value| Reading::Answer(vec![value])),
        Question::List { done, .. } => is_done(done, text, language).then_some(Reading::Done),
        Question::Number { .. } | Question::Text { .. } | Question::Date | Question::Time => None,
    }
}

/// What tidied words mean at a question, for somebody who speaks a language.
pub fn read(question: &Question, text: &str, today: Date, language: Language) -> Reading {
    if let Some(reading) = exact(question, text, language) {
        return reading;
    }
    let chars = text.chars().count();
    match question {
        Question::Choice(options) => named_option(options, text, language)
            .map_or(Reading::Problem(Problem::Unclear), |option| Reading::Answer(vec![Value::Key(option.key.clone())])),
        Question::Many { options, .. } => several(options, text, language),
        Question::Scale { min, max, .. } => match number(text, language) {
            Some(number) if number.fract() != 0.0 => Reading::Problem(Problem::Unclear),
            Some(number) if number < f64::from(*min) || number > f64::from(*max) => Reading::Problem(Problem::Unclear),
            Some(number) => Reading::Answer(vec![Value::Num(number)]),
            None => Reading::Problem(Problem::Unclear),
        },
        Question::Number { min, max, whole } => match number(text, language) {
            None => Reading::Problem(Problem::Unclear),
            Some(number) if *whole && number.fract() != 0.0 => Reading::Problem(Problem::Whole),
            Some(number) if min.is_some_and(|min| number < min) => Reading::Problem(Problem::Low),
            Some(number) if max.is_some_and(|max| number > max) => Reading::Problem(Problem::High),
            Some(number) => Reading::Answer(vec![Value::Num(number)]),
        },
        Question::Text { min, .. } if chars < *min => Reading::Problem(Problem::Short),
        Question::Text { max, .. } if chars > *max => Reading::Problem(Problem::Long),
        Question::Text { .. } => Reading::Answer(vec![Value::text(text)]),
        Question::List { chars: most, .. } if chars > *most => Reading::Problem(Problem::ItemLong),
        Question::List { .. } => Reading::Item(UserText::new(text)),
        Question::Date => answers(dates(text, today, language).into_iter().map(Value::Date).collect()),
        Question::Time => answers(times(text, language).into_iter().map(Value::Time).collect()),
    }
}

/// A number as people write one: `7`, `-2`, `3,5`, `1,000`, `about 7`, `7/10`, `seven`. In Spanish a comma stands before
/// decimals and a point between thousands.
pub fn number(text: &str, language: Language) -> Option<f64> {
    let tables = typed(language);
    let lower = text.trim().to_lowercase().replace(['\'', '’'], "");
    let mut left = lower.split_whitespace().filter(|word| !tables.iter().any(|table| table.fillers.contains(word)));
    let (word, rest) = (left.next()?, left.next());
    if rest.is_some() {
        return None;
    }
    let word = word.trim_start_matches(['~', '≈']).trim_end_matches(['.', ',', '!', '?', ')', ':']);
    // "7/10" says the scale beside the number.
    let word = word.split_once('/').map_or(word, |(number, of)| if of.parse::<u32>().is_ok() { number } else { word });
    let small = |table: &&Typed| table.language.small_numbers().iter().position(|small| *small == word);
    if let Some(small) = tables.iter().find_map(small) {
        return u32::try_from(small).ok().map(f64::from);
    }
    let word = word.replace('−', "-");
    let digits = word.strip_prefix(['-', '+']).unwrap_or(&word);
    if digits.is_empty() || digits.len() > 20 || !digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')) {
        return None;
    }
    let (thousands, decimals) = if language == Language::Spanish { ('.', ',') } else { (',', '.') };
    let plain = match digits.split_once(thousands) {
        Some((head, tail)) if tail.len() == 3 && (1..=3).contains(&head.len()) && !head.starts_with('0') => {
            format!("{head}{tail}")
        }
        _ => digits.replace([decimals, ','], "."),
    };
    let number: f64 = plain.parse().ok()?;
    number.is_finite().then(|| if word.starts_with('-') { -number } else { number } + 0.0)
}

fn answers(values: Vec<Value>) -> Reading {
    if values.is_empty() { Reading::Problem(Problem::Unclear) } else { Reading::Answer(values) }
}

/// Characters that show nothing: zero-width ones, joiners and marks of direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

fn is_done(label: &str, text: &str, language: Language) -> bool {
    let text = fold(text);
    !text.is_empty() && (text == fold(label) || is_among(language, &text, |typed| typed.done))
}

fn scale_label(labels: &BTreeMap<i32, String>, text: &str) -> Option<Value> {
    let wanted = fold(text);
    let mut found = labels.iter().filter(|(_, label)| !wanted.is_empty() && fold(label) == wanted);
    match (found.next(), found.next()) {
        (Some((value, _)), None) => Some(Value::Num(f64::from(*value))),
        _ => None,
    }
}

fn exact_option<'a>(options: &'a [Opt], text: &str) -> Option<&'a Opt> {
    let text = text.trim();
    if let Some(option) = options.iter().find(|option| option.label == text) {
        return Some(option);
    }
    let wanted = fold(text);
    if wanted.is_empty() {
        return None;
    }
    // A label outranks another option's key or further word.
    options
        .iter()
        .find(|option| fold(&option.label) == wanted)
        .or_else(|| options.iter().find(|option| option.also.iter().any(|also| fold(also) == wanted)))
        .or_else(|| options.iter().find(|option| fold(&option.key) == wanted))
}

fn named_option<'a>(options: &'a [Opt], text: &str, language: Language) -> Option<&'a Opt> {
    if let Some(option) = exact_option(options, text) {
        return Some(option);
    }
    let wanted = fold(text);
    let digits = text.trim().trim_start_matches('#').trim_end_matches(['.', ')', '!']);
    if let Some(index) = digits.parse::<usize>().ok().and_then(|number| number.checked_sub(1)) {
        return options.get(index);
    }
    let means = if is_among(language, &wanted, |typed| typed.yes) {
        Some("yes")
    } else {
        is_among(language, &wanted, |typed| typed.no).then_some("no")
    };
    if let Some(option) = means.and_then(|key| options.iter().find(|option| option.key == key)) {
        return Some(option);
    }
    // A bare no is not the beginning of “no siento nada”.
    let is_bare = means.is_some();
    let starts = |option: &&Opt| {
        let begins = |name: String| name.starts_with(&wanted);
        wanted.len() >= 2 && if is_bare { begins(fold(&option.label)) } else { names(option).any(begins) }
    };
    only(options.iter().filter(starts))
        .or_else(|| only(options.iter().filter(|option| names(option).any(|name| is_typo_of(&wanted, &name)))))
}

fn names(option: &Opt) -> impl Iterator<Item = String> {
    std::iter::once(&option.label).chain(&option.also).map(|name| fold(name))
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next();
    if found.next().is_none() { first } else { None }
}

/// Small slips only, and never at the first letter: `certain` is no slip of `uncertain`.
fn is_typo_of(typed: &str, name: &str) -> bool {
    let chars = name.chars().count();
    let most = match chars {
        0..5 => return false,
        5..9 => 1,
        _ => 2,
    };
    typed.chars().next() == name.chars().next() && strsim::damerau_levenshtein(typed, name) <= most
}

fn several(options: &[Opt], text: &str, language: Language) -> Reading {
    if let Some(option) = named_option(options, text, language) {
        return Reading::Keys(vec![option.key.clone()]);
    }
    let text = typed(language).iter().fold(text.to_owned(), |text, table| text.replace(table.and, ","));
    let text = text.replace([';', '&', '+', '\n'], ",");
    let mut named = Vec::new();
    let by_commas = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let by_spaces = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
    let numbers = by_spaces.clone().all(|part| part.chars().all(|c| c.is_ascii_digit()));
    let parts: Vec<&str> = if numbers { by_spaces.collect() } else { by_commas.collect() };
    for part in parts {
        match named_option(options, part, language) {
            Some(option) => named.push(&option.key),
            None => {
                named.clear();
                break;
            }
        }
    }
    if named.is_empty() {
        named = mentioned(options, &text, language);
    }
    if named.is_empty() {
        return Reading::Problem(Problem::Unclear);
    }
    Reading::Keys(options.iter().map(|option| &option.key).filter(|key| named.contains(key)).cloned().collect())
}

/// The options of which a word stands somewhere in a sentence; none where it says no. What is taken shows a tick, and another
/// press takes it away.
fn mentioned<'a>(options: &'a [Opt], text: &str, language: Language) -> Vec<&'a String> {
    let folded = fold(text);
    let mut words = folded.split(' ');
    if words.any(|word| NOT.contains(&word) || is_among(language, word, |typed| typed.no)) {
        return Vec::new();
    }
    let sentence = format!(" {folded} ");
    let is_said = |name: String| name.len() >= MENTIONED_FROM && sentence.contains(&format!(" {name} "));
    options.iter().filter(|option| names(option).any(is_said)).map(|option| &option.key).collect()
}

#[cfg(test)]
mod tests {
    use super::{Problem, Reading, fold, number, read, tidy};
    use crate::dialog::model::{Opt, Question};
    use crate::domain::language::Language::{English, Spanish};
    use crate::domain::text::UserText;

    fn options() -> Vec<Opt> {
        let option = |key: &str, label: &str, also: &[&str]| Opt {
            key: key.to_owned(),
            label: label.to_owned(),
            also: also.iter().map(|&word| word.to_owned()).collect(),
        };
        vec![
            option("yes", "Yes, let's breathe", &[]),
            option("no", "No, carry on", &["not today"]),
            option("unsure", "Uncertain", &[]),
            option("cafe", "Café & music", &[]),
        ]
    }

    fn choice(text: &str) -> Option<String> {
        let reading = read(&Question::Choice(options()), text, jiff::civil::date(2026, 3, 5), English);
        if let Reading::Answer(values) = reading { values.first()?.as_str().map(str::to_owned) } else { None }
    }

    #[test]
    fn choices_are_named_in_many_ways() {
        for text in ["yes", "YES", "Yes, let’s breathe", "yes lets breathe", "1", "1.", "yeah", "yes let", "y"] {
            assert_eq!(choice(text).as_deref(), Some("yes"), "{text}");
        }
        for text in ["no", "2", "Not today!", "no cary on", "nope"] {
            assert_eq!(choice(text).as_deref(), Some("no"), "{text}");
        }
        assert_eq!(choice("cafe music").as_deref(), Some("cafe"));
        assert_eq!(choice("uncertian").as_deref(), Some("unsure"));
        for text in ["certain", "0", "5", "maybe", "🙂", "u n", "yes or no", "-1", "99999999999999999999999"] {
            assert_eq!(choice(text), None, "{text}");
        }
    }

    #[test]
    fn several_options_in_one_message() {
        let question = Question::Many { options: options(), min: 1, max: 3, done: "That's all".to_owned() };
        let read = |text: &str| read(&question, text, jiff::civil::date(2026, 3, 5), English);
        let keys = |keys: &[&str]| Reading::Keys(keys.iter().map(|&key| key.to_owned()).collect());
        assert_eq!(read("1, 3"), keys(&["yes", "unsure"]));
        assert_eq!(read("3 1"), keys(&["yes", "unsure"]));
        assert_eq!(read("uncertain and cafe & music"), keys(&["unsure", "cafe"]));
        assert_eq!(read("i am uncertain today"), keys(&["unsure"]));
        assert_eq!(read("i am not uncertain"), Reading::Problem(Problem::Unclear));
        assert_eq!(read("something else"), Reading::Problem(Problem::Unclear));
        assert_eq!(read("uncertain and cafe music"), keys(&["unsure", "cafe"]));
        assert_eq!(read("Café & music"), keys(&["cafe"]));
        assert_eq!(read("thats all"), Reading::Done);
        assert_eq!(read("1, 9"), Reading::Problem(Problem::Unclear));
        assert_eq!(read(","), Reading::Problem(Problem::Unclear));
    }

    #[test]
    fn numbers_as_people_write_them() {
        for (text, wanted) in [
            ("7", 7.0),
            (" 7. ", 7.0),
            ("3,5", 3.5),
            ("1,000", 1000.0),
            ("0,125", 0.125),
            ("-2", -2.0),
            ("about 7", 7.0),
            ("maybe a seven", 7.0),
            ("7/10", 7.0),
            ("I'd say 4", 4.0),
        ] {
            assert_eq!(number(text, English), Some(wanted), "{text}");
        }
        for text in ["", "7 or 8", "seven eight", "1.2.3", "inf", "nan", "1e9", "٣", "--1", "."] {
            assert_eq!(number(text, English), None, "{text}");
        }
    }

    #[test]
    fn words_without_words_are_refused_kindly() {
        for text in ["", "   ", "\0\u{1}", "\u{200b}\u{200d}", "\n\n"] {
            assert_eq!(tidy(&UserText::new(text)), Err(Problem::Empty), "{text:?}");
        }
        assert_eq!(tidy(&UserText::new("a\0b\tc\u{202e}d\n")).as_deref(), Ok("ab\tc\u{202e}d"));
        assert_eq!(tidy(&UserText::new("x".repeat(4_001))), Err(Problem::Long));
        assert_eq!(tidy(&UserText::new("👩‍👩‍👧".repeat(100))).map(|text| text.chars().count()), Ok(500));
        assert_eq!(number("1.000", Spanish), Some(1000.0));
        for text in ["siete", "un siete", "más o menos 7", "7,0", "creo que 7", "7/10", "seven"] {
            assert_eq!(number(text, Spanish), Some(7.0), "{text}");
        }
        assert_eq!(fold("  Ünsichér — İ’m "), "unsicher im");
    }
}
