//! Texts with their expressions filled in. The author's words and the person's stay apart, so that a platform can
//! format the one and show the other literally.

use std::str::FromStr;

use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
use jiff::civil::Time;

use crate::dialog::eval::{Scope, eval, num, origin};
use crate::dialog::eval_call::today;
use crate::dialog::model::{Dialog, Expr, Library, Opt, Question, Text, TextPiece, Verb};
use crate::domain::limits::RENDERED_CHARS_MAX;
use crate::domain::message::{Piece, RichText};
use crate::domain::text::UserText;
use crate::domain::value::Value;

/// How deep plurals and snippets may stand inside each other.
const NESTING_MAX: usize = 8;

/// Fills in a text; longer results than [`RENDERED_CHARS_MAX`] are cut.
pub fn text(text: &Text, scope: &Scope<'_>) -> RichText {
    let mut out = Pieces::default();
    fill(text, scope, &mut out, 0);
    out.cut()
}

/// One of the engine's own sentences; empty when the wording lacks the key. `pick` chooses among variants.
pub fn system(lib: &Library, key: &str, scope: &Scope<'_>, pick: u64) -> RichText {
    let texts = lib.system.0.get(key).map_or(&[][..], Vec::as_slice);
    variant(texts, pick).map_or_else(RichText::default, |chosen| text(chosen, scope))
}

/// One of several texts: by the number of `vary`, else by `pick`.
pub fn chosen<'a>(texts: &'a [Text], vary: Option<&Expr>, pick: u64, scope: &Scope<'_>) -> Option<&'a Text> {
    let number = vary.and_then(|vary| eval(vary, scope)).as_ref().and_then(num);
    match (number, i64::try_from(texts.len())) {
        (Some(number), Ok(count)) if count > 0 => {
            let index = (number.trunc() as i64).rem_euclid(count);
            usize::try_from(index).ok().and_then(|index| texts.get(index))
        }
        _ => variant(texts, pick),
    }
}

/// A number from a seed and the path of a step: all variety comes from it.
pub fn hash(seed: u64, path: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in seed.to_le_bytes().iter().chain(path.as_bytes()) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The low bits of the plain hash depend on few bits of the input, and variants are picked by them.
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

/// A value as people read it. `from` is the name of the answer that it came from: a chosen key is shown by the
/// label of its option there.
pub fn value_text(value: &Value, from: Option<&str>, scope: &Scope<'_>) -> String {
    match value {
        Value::Bool(truth) => scope.language.truth(*truth).to_owned(),
        Value::Num(number) => scope.language.decimal(number_text(*number)),
        Value::Text(text) => text.expose().to_owned(),
        Value::Key(key) => label_of(scope.dialog, from, key, 0).map_or_else(|| key.replace('_', " "), str::to_owned),
        Value::Date(date) => scope.language.short_day(*date, today(scope)),
        Value::Time(time) => time_text(*time),
        Value::List(items) => joined(items, ", ", from, scope),
        Value::Record(_) => String::new(),
    }
}

/// Values as people read them, with words between.
pub fn joined(items: &[Value], between: &str, from: Option<&str>, scope: &Scope<'_>) -> String {
    items.iter().map(|item| value_text(item, from, scope)).collect::<Vec<_>>().join(between)
}

/// A number without a trailing `.0` and without the dust of binary fractions.
pub fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{}", number as i64);
    }
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A time of day as people read it: `18:30`, `8:05`.
pub fn time_text(time: Time) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}

/// The options of a question, if it has some.
pub fn options(question: &Question) -> &[Opt] {
    match question {
        Question::Choice(options) | Question::Many { options, .. } => options,
        Question::Scale { .. }
        | Question::Number { .. }
        | Question::Text { .. }
        | Question::List { .. }
        | Question::Date
        | Question::Time => &[],
    }
}

fn variant(texts: &[Text], pick: u64) -> Option<&Text> {
    let count = u64::try_from(texts.len()).ok().filter(|count| *count > 0)?;
    usize::try_from(pick % count).ok().and_then(|index| texts.get(index))
}

fn label_of<'a>(dialog: Option<&'a Dialog>, from: Option<&str>, key: &str, depth: usize) -> Option<&'a str> {
    let (dialog, from) = (dialog?, from?);
    if depth > NESTING_MAX {
        return None;
    }
    if let Some((_, step)) = dialog.find(from)
        && let Verb::Ask(ask) = &step.verb
    {
        return options(&ask.kind).iter().find(|option| option.key == key).map(|option| option.label.as_str());
    }
    // The name of a loop's item or a set value stands for the answer it was taken from.
    dialog.parts.values().flatten().find_map(|step| match &step.verb {
        Verb::Each(each) if each.name == from => {
            label_of(Some(dialog), origin(&each.list, None).filter(|name| *name != from), key, depth + 1)
        }
        Verb::Set(values) => values.iter().filter(|(name, _)| name == from).find_map(|(_, value)| {
            label_of(Some(dialog), origin(value, None).filter(|name| *name != from), key, depth + 1)
        }),
        Verb::Say { .. }
        | Verb::Ask(_)
        | Verb::Branch(_)
        | Verb::Each(_)
        | Verb::Repeat { .. }
        | Verb::Call { .. }
        | Verb::Pace(_)
        | Verb::Save(_)
        | Verb::Goal(_)
        | Verb::Schedule(_)
        | Verb::Escalate { .. }
        | Verb::Stop { .. } => None,
    })
}

fn fill(text: &Text, scope: &Scope<'_>, out: &mut Pieces, depth: usize) {
    if depth > NESTING_MAX || out.chars > RENDERED_CHARS_MAX {
        return;
    }
    for piece in &text.0 {
        match piece {
            TextPiece::Plain(words) => out.author(words),
            TextPiece::Expr(expr) => {
                if let Some(value) = eval(expr, scope) {
                    fill_value(&value, origin(expr, scope.it_from), scope, out);
                }
            }
            TextPiece::Plural { number, arms } => {
                let number = eval(number, scope).as_ref().and_then(num);
                if let Some(arm) = plural_arm(number, arms, scope) {
                    fill(arm, scope, out, depth + 1);
                }
            }
            TextPiece::Snippet(name) => {
                let Some(snippet) = scope.dialog.and_then(|dialog| dialog.snippets.get(name)) else { continue };
                let Some(Value::List(items)) = eval(&snippet.list, scope) else { continue };
                let from = origin(&snippet.list, scope.it_from);
                for (index, item) in items.into_iter().enumerate() {
                    if index > 0 {
                        out.author("\n");
                    }
                    fill(&snippet.text, &scope.with(&[("it", Some(item))], from), out, depth + 1);
                }
            }
        }
    }
}

fn fill_value(value: &Value, from: Option<&str>, scope: &Scope<'_>, out: &mut Pieces) {
    match value {
        Value::Text(text) => out.person(text),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.author(", ");
                }
                fill_value(item, from, scope, out);
            }
        }
        Value::Bool(_) | Value::Num(_) | Value::Key(_) | Value::Date(_) | Value::Time(_) | Value::Record(_) => {
            out.author(&value_text(value, from, scope));
        }
    }
}

fn plural_arm<'a>(number: Option<f64>, arms: &'a [(String, Text)], scope: &Scope<'_>) -> Option<&'a Text> {
    let arm = |name: &str| arms.iter().find(|(each, _)| each == name).map(|(_, text)| text);
    let Some(number) = number else { return arm("other") };
    let exact = format!("={}", number_text(number));
    let lang = scope.dialog.map_or(scope.language.code(), |dialog| dialog.lang.as_str());
    arm(&exact).or_else(|| arm(category(lang, number))).or_else(|| arm("other"))
}

fn category(lang: &str, number: f64) -> &'static str {
    let rules = language(lang, PluralRules::get_locale)
        .or_else(|| language("en", PluralRules::get_locale))
        .and_then(|lang| PluralRules::create(lang, PluralRuleType::CARDINAL).ok());
    // As text the number keeps its decimals, which some languages' rules look at.
    match rules.and_then(|rules| rules.select(number_text(number.abs()).as_str()).ok()) {
        Some(PluralCategory::ZERO) => "zero",
        Some(PluralCategory::ONE) => "one",
        Some(PluralCategory::TWO) => "two",
        Some(PluralCategory::FEW) => "few",
        Some(PluralCategory::MANY) => "many",
        Some(PluralCategory::OTHER) | None => "other",
    }
}

/// Parses whatever type the plural rules name their languages by, which is another crate's.
fn language<T: FromStr>(lang: &str, _named_by: fn(&PluralRules) -> &T) -> Option<T> {
    lang.split(['-', '_']).next().unwrap_or(lang).parse().ok()
}

/// A text in the making.
#[derive(Default)]
struct Pieces {
    pieces: Vec<Piece>,
    chars: usize,
}

impl Pieces {
    fn author(&mut self, words: &str) {
        self.chars += words.chars().count();
        match self.pieces.last_mut() {
            Some(Piece::Author(last)) => last.push_str(words),
            _ if words.is_empty() => {}
            _ => self.pieces.push(Piece::Author(words.to_owned())),
        }
    }

    fn person(&mut self, words: &UserText) {
        self.chars += words.expose().chars().count();
        self.pieces.push(Piece::Person(words.clone()));
    }

    fn cut(mut self) -> RichText {
        if self.chars <= RENDERED_CHARS_MAX {
            return RichText(self.pieces);
        }
        let mut left = RENDERED_CHARS_MAX - 1;
        let mut kept = Vec::new();
        for piece in self.pieces.drain(..) {
            let head: String = piece.as_str().chars().take(left).collect();
            left -= head.chars().count();
            match piece {
                Piece::Author(_) => kept.push(Piece::Author(head)),
                Piece::Person(_) => kept.push(Piece::Person(UserText::new(head))),
                Piece::Mention(mention) => kept.push(Piece::Mention(mention)),
            }
            if left == 0 {
                break;
            }
        }
        kept.push(Piece::Author("…".to_owned()));
        RichText(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::{category, hash, number_text};

    #[test]
    fn numbers_as_people_read_them() {
        for (number, text) in
            [(4.0, "4"), (-0.5, "-0.5"), (0.1 + 0.2, "0.3"), (1e14, "100000000000000"), (2.0 / 3.0, "0.666667")]
        {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn plurals_follow_the_language() {
        let named = |lang, numbers: &[f64]| numbers.iter().map(|number| category(lang, *number)).collect::<Vec<_>>();
        assert_eq!(named("en", &[1.0, 2.0, 0.0, 1.5]), ["one", "other", "other", "other"]);
        assert_eq!(named("pl-PL", &[1.0, 2.0, 5.0]), ["one", "few", "many"]);
        assert_eq!(named("no such", &[1.0]), ["one"]);
    }

    #[test]
    fn variants_are_spread() {
        let mut counts = [0_u32; 3];
        for seed in 0..3_000 {
            counts[(hash(seed, "hello") % 3) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
    }
}
