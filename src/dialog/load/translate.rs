//! Translations: `es/daily.toml` has the words of `daily.toml` in another language, by step and key, and nothing else. The
//! dialog that comes of it differs from its source in words only; what has no translation yet stands in it as in the
//! source.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::ask::label;
use super::fields::{Fields, Item, Reader};
use crate::dialog::diagnostic::{Code, Diagnostic, Sink, did_you_mean_or_list};
use crate::dialog::model::{
    Ask, Beat, Check, Coverage, Dialog, Expr, Goal, Opt, Pace, Question, Role, Save, Schedule, Step, SystemTexts, Text,
    TextPiece, Verb,
};
use crate::dialog::readable;
use crate::dialog::system::SYSTEM_KEYS;
use crate::domain::language::Language;

mod compare;

use compare::{has_letters, literal_chars, needs_words, pattern, placeholders};

/// Keys of a file of translations that are no steps. A step with such a name stands under `[steps.NAME]`.
const HEAD: [&str; 6] = ["title", "summary", "asks", "tags", "snippet", "steps"];
/// Characters of one message on Discord.
const MESSAGE_CHARS_MAX: usize = 2_000;
/// Texts without a translation that are named in one diagnostic.
const NAMED_MAX: usize = 12;

/// A file of translations as it was found.
#[derive(Debug)]
pub(super) struct Overlay<'a> {
    pub(super) language: Language,
    /// Whose words they are.
    pub(super) id: String,
    pub(super) tree: DeTable<'a>,
    pub(super) sink: Sink<'a>,
}

/// The dialog in another language, and how much of it is.
pub(super) fn dialog(source: &Dialog, overlay: Overlay<'_>) -> (Dialog, Coverage, Vec<Diagnostic>) {
    let Overlay { language, tree, mut sink, .. } = overlay;
    let fields = Fields { table: &tree, span: 0..0, what: "the translation".to_owned() };
    let mut work = Work::new(language, Reader { sink: &mut sink });
    work.is_hard = source.role == Role::Safety;
    work.known_steps(source, &fields);
    let mut translated = source.clone();
    language.code().clone_into(&mut translated.lang);
    translated.title = work.words(&fields, "title", &source.title);
    translated.summary = work.words(&fields, "summary", &source.summary);
    translated.asks = work.asks(&fields, &source.asks);
    if let Some(item) = fields.item("tags") {
        translated.tags.extend(work.reader.words(item).into_iter().map(|(word, _)| word.to_owned()));
    }
    for step in translated.parts.values_mut().flatten() {
        let under = || fields.item("steps")?.get_ref().as_table()?.get(step.id.as_str());
        let own = fields.item(&step.id).filter(|item| is_table(item)).or_else(under);
        let table = DeTable::new();
        let none = Fields { table: &table, span: 0..0, what: String::new() };
        let found = own.and_then(|item| work.reader.table(item, format!("the step `{}`", step.id)));
        work.step(step, &found.unwrap_or(none));
    }
    work.snippets(&mut translated, &fields);
    let coverage = work.finish();
    (translated, coverage, sink.finish())
}

/// What a dialog without a file of translations lacks.
pub(super) fn untouched(source: &Dialog, language: Language, id: &str) -> Coverage {
    let overlay = Overlay { language, id: id.to_owned(), tree: DeTable::new(), sink: Sink::new("", "") };
    dialog(source, overlay).1
}

/// The system's wording in another language; what is missing stays as in the source.
pub(super) fn system(
    source: &SystemTexts,
    language: Language,
    tree: &DeTable<'_>,
    sink: &mut Sink<'_>,
) -> (SystemTexts, Coverage) {
    let fields = Fields { table: tree, span: 0..0, what: "the system texts".to_owned() };
    let mut work = Work::new(language, Reader { sink });
    for (key, span, _) in fields.keys() {
        if !SYSTEM_KEYS.iter().any(|(known, _)| *known == key) {
            let help = did_you_mean_or_list(key, "keys", SYSTEM_KEYS.iter().map(|(known, _)| *known));
            work.reader.sink.push(Code::UnknownSystemKey, span, format!("the engine has no text `{key}`"), help);
        }
    }
    let texts = source.0.iter().map(|(key, texts)| (key.clone(), work.texts(&fields, key, texts, false))).collect();
    (SystemTexts(texts), work.finish())
}

struct Work<'s, 'a> {
    language: Language,
    reader: Reader<'s, 'a>,
    /// Whether the dialog is there for danger.
    is_hard: bool,
    /// The step that is being translated, for the list of what is missing.
    step: String,
    coverage: Coverage,
    missing: Vec<String>,
}

impl<'s, 'a> Work<'s, 'a> {
    fn new(language: Language, reader: Reader<'s, 'a>) -> Self {
        Self {
            language,
            reader,
            is_hard: false,
            step: String::new(),
            coverage: Coverage::default(),
            missing: Vec::new(),
        }
    }

    /// Every table must be a step of the source, and every other key one of the head's.
    fn known_steps(&mut self, source: &Dialog, fields: &Fields<'_, '_>) {
        let ids: Vec<&str> = source.parts.values().flatten().map(|step| step.id.as_str()).collect();
        let under = fields.item("steps").and_then(|item| self.reader.table(item, "`steps`"));
        let under = under.iter().flat_map(Fields::keys);
        for (key, span, _) in fields.keys().into_iter().filter(|(key, ..)| !HEAD.contains(key)).chain(under) {
            if !ids.contains(&key) {
                let help = did_you_mean_or_list(key, "steps", ids.iter().copied());
                let message = format!("`{}` has no step `{}`", source.id, key.escape_debug());
                self.reader.sink.push(Code::UnknownKey, span, message, help);
            }
        }
    }

    fn finish(mut self) -> Coverage {
        if !self.missing.is_empty() {
            let more = self.missing.len().saturating_sub(NAMED_MAX);
            self.missing.truncate(NAMED_MAX);
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            let message = format!("not translated: {}{rest}", self.missing.join(", "));
            self.reader.push(Code::Untranslated, 0..0, message);
        }
        self.coverage
    }

    /// Counts a text; true when it stands in the translation.
    fn counts(&mut self, key: &str, is_there: bool, needs_words: bool) -> bool {
        self.coverage.texts += usize::from(needs_words || is_there);
        self.coverage.translated += usize::from(is_there);
        if needs_words && !is_there {
            let step = &self.step;
            self.missing.push(if step.is_empty() { key.to_owned() } else { format!("{step}.{key}") });
        }
        is_there
    }

    fn words(&mut self, fields: &Fields<'_, '_>, key: &str, source: &str) -> String {
        let item = fields.item(key);
        if !self.counts(key, item.is_some(), has_letters(source)) {
            return source.to_owned();
        }
        let words = item.and_then(|item| self.reader.string(item)).unwrap_or("x");
        if let Some(item) = item
            && words.trim().is_empty()
        {
            self.reader.push(Code::EmptyText, item.span(), format!("`{key}` is empty"));
        }
        words.to_owned()
    }

    fn asks(&mut self, fields: &Fields<'_, '_>, source: &[String]) -> Vec<String> {
        let item = fields.item("asks");
        if !self.counts("asks", item.is_some(), !source.is_empty()) {
            return source.to_vec();
        }
        let words = item.map(|item| self.reader.words(item)).unwrap_or_default();
        words.into_iter().map(|(word, _)| word.to_owned()).collect()
    }

    fn step(&mut self, step: &mut Step, fields: &Fields<'_, '_>) {
        self.step.clone_from(&step.id);
        let keys: &[&str] = match &mut step.verb {
            Verb::Say { texts, vary } => {
                *texts = self.texts(fields, "say", texts, vary.is_some());
                &["say"]
            }
            Verb::Ask(ask) => {
                self.ask(ask, fields);
                &["text", "why", "retry", "check", "options", "labels", "done"]
            }
            Verb::Pace(pace) => {
                self.pace(pace, fields);
                &["pace", "enough"]
            }
            Verb::Save(Save::Journal { title, body, fields: values }) => {
                *title = self.text(fields, "title", title);
                *body = self.text(fields, "body", body);
                self.exprs(values, fields, "fields");
                &["title", "body", "fields"]
            }
            Verb::Goal(Goal::Open { title, .. }) => {
                *title = self.text(fields, "goal", title);
                &["goal"]
            }
            Verb::Set(values) => {
                self.exprs(values, fields, "set");
                &["set"]
            }
            Verb::Call { with, .. } | Verb::Schedule(Schedule::Plan { with, .. }) => {
                self.exprs(with, fields, "with");
                &["with"]
            }
            Verb::Save(_)
            | Verb::Goal(_)
            | Verb::Schedule(_)
            | Verb::Branch(_)
            | Verb::Each(_)
            | Verb::Repeat { .. }
            | Verb::Escalate { .. }
            | Verb::Stop { .. } => &[],
        };
        self.reader.known(fields, keys);
        self.step.clear();
    }

    fn ask(&mut self, ask: &mut Ask, fields: &Fields<'_, '_>) {
        ask.texts = self.texts(fields, "text", &ask.texts, ask.vary.is_some());
        if let Some(why) = &ask.why {
            ask.why = Some(self.text(fields, "why", why));
        }
        if let Some(retry) = &ask.retry {
            ask.retry = Some(self.text(fields, "retry", retry));
        }
        if !ask.checks.is_empty() {
            let says = ask.checks.iter().map(|check| &check.say).collect::<Vec<_>>();
            let says = self.listed(fields, "check", &says);
            for (Check { say, .. }, words) in ask.checks.iter_mut().zip(says) {
                *say = words;
            }
        }
        match &mut ask.kind {
            Question::Choice(options) => self.options(options, fields),
            Question::Many { options, done, .. } => {
                self.options(options, fields);
                *done = self.label(fields, "done", done);
            }
            Question::List { done, .. } => *done = self.label(fields, "done", done),
            Question::Scale { labels, .. } => self.labels(labels, fields),
            Question::Number { .. } | Question::Text { .. } | Question::Date | Question::Time => {}
        }
    }

    fn options(&mut self, options: &mut [Opt], fields: &Fields<'_, '_>) {
        let table = fields.item("options").and_then(|item| self.reader.table(item, "`options`"));
        if let Some(table) = &table {
            let keys: Vec<&str> = options.iter().map(|option| option.key.as_str()).collect();
            for (key, span, _) in table.keys() {
                if !keys.contains(&key) {
                    let help = did_you_mean_or_list(key, "options", keys.iter().copied());
                    let message = format!("the question has no option `{}`", key.escape_debug());
                    self.reader.sink.push(Code::UnknownKey, span, message, help);
                }
            }
        }
        let mut seen: BTreeMap<String, ()> = BTreeMap::new();
        for option in options {
            let item = table.as_ref().and_then(|table| table.item(&option.key));
            if self.counts(&format!("options.{}", option.key), item.is_some(), has_letters(&option.label))
                && let Some(item) = item
            {
                self.option(option, item);
                if seen.insert(option.label.trim().to_lowercase(), ()).is_some() {
                    let message = format!("two options read “{}”", option.label);
                    self.reader.push(Code::LabelTwice, item.span(), message);
                }
            }
        }
    }

    fn option(&mut self, option: &mut Opt, item: &Item<'_>) {
        option.also.clear();
        if !is_table(item) {
            option.label = label(&mut self.reader, item);
            return;
        }
        let Some(inner) = self.reader.table(item, "the option") else { return };
        self.reader.known(&inner, &["label", "also"]);
        if let Some(words) = self.reader.required(&inner, "label") {
            option.label = label(&mut self.reader, words);
        }
        if let Some(also) = inner.item("also") {
            option.also = self.reader.words(also).into_iter().map(|(word, _)| word.to_owned()).collect();
        }
    }

    fn labels(&mut self, labels: &mut BTreeMap<i32, String>, fields: &Fields<'_, '_>) {
        let table = fields.item("labels").and_then(|item| self.reader.table(item, "`labels`"));
        for (key, span, _) in table.iter().flat_map(Fields::keys) {
            if key.parse().ok().is_none_or(|value: i32| !labels.contains_key(&value)) {
                let message = format!("the scale has no label for `{}`", key.escape_debug());
                self.reader.push(Code::UnknownKey, span, message);
            }
        }
        for (value, words) in labels {
            let item = table.as_ref().and_then(|table| table.item(&value.to_string()));
            if self.counts(&format!("labels.{value}"), item.is_some(), has_letters(words))
                && let Some(item) = item
            {
                *words = label(&mut self.reader, item);
            }
        }
    }

    fn pace(&mut self, pace: &mut Pace, fields: &Fields<'_, '_>) {
        let says = pace.beats.iter().map(|beat| &beat.say).collect::<Vec<_>>();
        let says = self.listed(fields, "pace", &says);
        for (Beat { say, .. }, words) in pace.beats.iter_mut().zip(says) {
            *say = words;
        }
        pace.enough = self.label(fields, "enough", &pace.enough);
    }

    fn snippets(&mut self, translated: &mut Dialog, fields: &Fields<'_, '_>) {
        let table = fields.item("snippet").and_then(|item| self.reader.table(item, "the snippets"));
        for (key, span, _) in table.iter().flat_map(Fields::keys) {
            if !translated.snippets.contains_key(key) {
                let message = format!("`{}` has no snippet `{}`", translated.id, key.escape_debug());
                self.reader.push(Code::UnknownKey, span, message);
            }
        }
        for (name, snippet) in &mut translated.snippets {
            let item = table.as_ref().and_then(|table| table.item(name));
            let inner = item.and_then(|item| self.reader.table(item, format!("the snippet `{name}`")));
            self.step = format!("snippet.{name}");
            let empty = DeTable::new();
            let inner = inner.unwrap_or(Fields { table: &empty, span: 0..0, what: String::new() });
            self.reader.known(&inner, &["text"]);
            snippet.text = self.text(&inner, "text", &snippet.text);
        }
        self.step.clear();
    }

    /// The words on a button.
    fn label(&mut self, fields: &Fields<'_, '_>, key: &str, source: &str) -> String {
        match fields.item(key) {
            Some(item) => {
                self.counts(key, true, true);
                label(&mut self.reader, item)
            }
            None => {
                self.counts(key, false, has_letters(source));
                source.to_owned()
            }
        }
    }

    fn text(&mut self, fields: &Fields<'_, '_>, key: &str, source: &Text) -> Text {
        let texts = self.texts(fields, key, std::slice::from_ref(source), true);
        texts.into_iter().next().unwrap_or_default()
    }

    /// Variants of a text; `is_fixed` when they stand for something and their number counts.
    fn texts(&mut self, fields: &Fields<'_, '_>, key: &str, source: &[Text], is_fixed: bool) -> Vec<Text> {
        let item = fields.item(key);
        if !self.counts(key, item.is_some(), source.iter().any(needs_words)) {
            return source.to_vec();
        }
        let Some(item) = item else { return source.to_vec() };
        let texts = self.reader.texts(item);
        if is_fixed && texts.len() != source.len() {
            self.variants(item, source.len(), texts.len());
            return source.to_vec();
        }
        if is_fixed {
            texts.iter().zip(source).for_each(|(text, source)| self.same_placeholders(item, &[text], &[source]));
        } else {
            let (theirs, own): (Vec<_>, Vec<_>) = (texts.iter().collect(), source.iter().collect());
            self.same_placeholders(item, &theirs, &own);
        }
        texts.iter().for_each(|text| self.fits(item, text));
        texts
    }

    /// Texts that stand in a list, each in its place.
    fn listed(&mut self, fields: &Fields<'_, '_>, key: &str, source: &[&Text]) -> Vec<Text> {
        let item = fields.item(key);
        let own = || source.iter().map(|&text| text.clone()).collect();
        for (index, text) in source.iter().enumerate() {
            self.counts(&format!("{key}.{}", index + 1), item.is_some(), needs_words(text));
        }
        let Some(item) = item else { return own() };
        let texts = self.reader.texts(item);
        if texts.len() != source.len() {
            self.variants(item, source.len(), texts.len());
            return own();
        }
        for (text, source) in texts.iter().zip(source) {
            self.same_placeholders(item, &[text], &[source]);
            self.fits(item, text);
        }
        texts
    }

    fn variants(&mut self, item: &Item<'_>, wanted: usize, found: usize) {
        let message = format!("the source has {wanted} of these, the translation {found}");
        self.reader.push(Code::VariantsDiffer, item.span(), message);
    }

    /// Expressions by name, of which a translation may change the words in quotes.
    fn exprs(&mut self, values: &mut [(String, Expr)], fields: &Fields<'_, '_>, key: &str) {
        let Some(item) = fields.item(key) else { return };
        for (name, expr) in self.reader.exprs(item, "the values") {
            let source = values.iter_mut().find(|(known, _)| *known == name);
            match source {
                Some((_, source)) if pattern(source) == pattern(&expr) => *source = expr,
                Some(_) => {
                    let message = format!("`{name}` is another expression than in the source");
                    self.reader.push(Code::PlaceholdersDiffer, expr.span, message);
                }
                None => self.reader.push(Code::UnknownKey, expr.span, format!("the source has no `{name}` here")),
            }
        }
    }

    /// What stands in braces must be the same on both sides, but for words in quotes.
    fn same_placeholders(&mut self, item: &Item<'_>, theirs: &[&Text], source: &[&Text]) {
        let (theirs, source) = (placeholders(theirs), placeholders(source));
        let named =
            |set: Vec<&String>| set.into_iter().map(|each| format!("{{{each}}}")).collect::<Vec<_>>().join(", ");
        let added: Vec<&String> = theirs.difference(&source).collect();
        let lost: Vec<&String> = source.difference(&theirs).collect();
        if !added.is_empty() {
            let message = format!("the source does not have {}", named(added));
            self.reader.push(Code::PlaceholdersDiffer, item.span(), message);
        }
        if !lost.is_empty() {
            let message = format!("the source has {}, the translation does not", named(lost));
            self.reader.push(Code::PlaceholdersDiffer, item.span(), message);
        }
    }

    /// A text fits into a message, and its plurals have the forms of the language.
    fn fits(&mut self, item: &Item<'_>, text: &Text) {
        let chars = literal_chars(text);
        if chars > MESSAGE_CHARS_MAX {
            let message = format!("the text has {chars} characters; one message takes {MESSAGE_CHARS_MAX}");
            self.reader.push(Code::TextTooLong, item.span(), message);
        }
        if let Some(message) = readable::too_long(text) {
            self.reader.push(Code::SentenceTooLong, item.span(), message);
        }
        if self.is_hard && readable::exclaims(text) {
            self.reader.push(Code::Exclaims, item.span(), "this text has an exclamation mark");
        }
        self.plurals(item, text);
    }

    fn plurals(&mut self, item: &Item<'_>, text: &Text) {
        let forms = self.language.plural_forms();
        for piece in &text.0 {
            let TextPiece::Plural { arms, .. } = piece else { continue };
            for (form, arm) in arms {
                if !form.starts_with('=') && !forms.contains(&form.as_str()) {
                    let message = format!("{} has no plural form `{form}`", self.language.name());
                    let help = Some(format!("it has {}", forms.join(", ")));
                    self.reader.sink.push(Code::PluralForm, item.span(), message, help);
                }
                self.plurals(item, arm);
            }
            // Whoever names numbers one by one says what each of them means.
            if !arms.iter().any(|(form, _)| form == "one" || form.starts_with('=')) {
                self.reader.push(Code::PluralForm, item.span(), "the plural has no form for one");
            }
        }
    }
}

fn is_table(item: &Item<'_>) -> bool {
    item.get_ref().as_table().is_some()
}
