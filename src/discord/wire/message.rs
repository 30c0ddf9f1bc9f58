//! A view as the messages that carry it, a question after it was answered, and the requests that send them.
//! <https://discord.com/developers/docs/resources/message#create-message>

use std::fmt;

use serde_json::{Value, json};

use crate::discord::wire::components::{self, Asked};
use crate::discord::wire::markdown::Markdown;
use crate::discord::wire::row::{self, Row};
use crate::discord::wire::{BUTTON_UNITS_MAX, NONCE_BYTES_MAX};
use crate::domain::ids::OutboxId;
use crate::domain::message::{RichText, View, base36};
use crate::prose::clean::{is_blank, short, short_line};
use crate::prose::split::units;
use crate::prose::styled::{ITALIC, PLAIN, Style, StyledText};
use crate::prose::{labels, markup, words};

/// No preview of a link. <https://discord.com/developers/docs/resources/message#message-object-message-flags>
pub(super) const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// Only whoever asked sees it.
pub(super) const EPHEMERAL: u64 = 1 << 6;
/// Without a sound.
const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

/// One message to send. `Debug` shows only lengths.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// Its text as Markdown: 1 to 2,000 characters, with one that can be seen.
    pub content: String,
    /// The rows of its components, at most five.
    pub rows: Vec<Row>,
}

/// The messages of a view, in order. Only the last one carries components. Where words are waited for, `asked` says which
/// turn waits for them, so that a button can open a field for them. A question without words gets some; without words,
/// components or an answer to wait for there is no message at all.
pub fn parts(view: &View, asked: Option<Asked>) -> Vec<Part> {
    let rows = components::rows(view, asked);
    let is_asked = !rows.is_empty() || words::placeholder(view.kind, view.language).is_some();
    let mut text = markup::read(&view.body);
    if is_blank(text.as_str()) && is_asked {
        text = StyledText::default();
        text.push(words::question(view.kind, view.language), PLAIN);
    }
    if let Some(legend) = labels::legend(view).filter(|_| !rows.is_empty()) {
        text.trim_end();
        text.push("\n\n", PLAIN);
        text.push(&legend, PLAIN);
    }
    let mut parts = of_text(&text);
    if let Some(last) = parts.last_mut() {
        last.rows = rows;
    }
    parts
}

/// The text of a question that takes no more answers, with the choice below it. Of a question that took several messages
/// it is the last one, which carried the buttons; it is cut where the choice would not fit. Never empty: a caller that
/// knows neither question nor choice takes only the components away.
pub fn with_chosen(body: &RichText, chosen: Option<&str>) -> String {
    let text = markup::read(body);
    let question = Markdown::of(&text);
    let last = question.parts().pop();
    let label = chosen.map(|label| short(&short_line(label, BUTTON_UNITS_MAX), BUTTON_UNITS_MAX));
    let Some(label) = label.filter(|label| !is_blank(label)) else {
        return last.map_or_else(|| words::CLOSED.to_owned(), |part| question.part(part));
    };
    let mut choice = StyledText::default();
    choice.push("✓ ", PLAIN);
    choice.push(&label, Style { person: true, ..ITALIC });
    let choice = Markdown::of(&choice).all();
    let Some(part) = last else { return choice };
    let below = format!("\n\n{choice}");
    match question.cut(&part, units(&below) + units(CUT)) {
        None => question.part(part) + &below,
        Some(kept) => question.part(kept) + CUT + &below,
    }
}

/// The body of `POST /channels/{id}/messages`. A second request with the same `nonce` within a few minutes makes no second
/// message. `silent` for one that should come without a sound.
pub fn create(part: &Part, nonce: &str, silent: bool) -> Value {
    let mut body = base(nonce, silent);
    body["content"] = Value::String(part.content.clone());
    if !part.rows.is_empty() {
        body["components"] = row::json(&part.rows);
    }
    body
}

/// The body of `PATCH /channels/{id}/messages/{id}` that makes a message of it.
pub fn edit(part: &Part) -> Value {
    json!({
        "content": part.content,
        "components": row::json(&part.rows),
        "allowed_mentions": nobody(),
    })
}

/// The body of an edit that closes a question and shows what was chosen; see [`with_chosen`].
pub fn frozen(body: &RichText, chosen: Option<&str>) -> Value {
    edit(&Part { content: with_chosen(body, chosen), rows: Vec::new() })
}

/// The body of an edit that takes only the components away.
pub fn bare() -> Value {
    json!({ "components": [], "allowed_mentions": nobody() })
}

/// The name by which the platform knows a message again: `part` is its place among the messages of one row of the
/// outbox, from 0. At most 25 characters.
pub fn nonce(id: OutboxId, part: usize) -> String {
    let mut nonce = format!("mw{}", base36(id.0.cast_unsigned()));
    if part > 0 {
        nonce = format!("{nonce}.{}", base36(part as u64));
    }
    nonce.truncate(NONCE_BYTES_MAX);
    nonce
}

/// What every message has beside what it says.
pub(super) fn base(nonce: &str, silent: bool) -> Value {
    let silence = if silent { SUPPRESS_NOTIFICATIONS } else { 0 };
    json!({
        "nonce": nonce,
        "enforce_nonce": true,
        "flags": SUPPRESS_EMBEDS | silence,
        "allowed_mentions": nobody(),
    })
}

/// Nobody is called by what a message says.
pub(super) fn nobody() -> Value {
    json!({ "parse": [] })
}

/// The messages of a text.
pub(super) fn of_text(text: &StyledText) -> Vec<Part> {
    let markdown = Markdown::of(text);
    markdown.parts().into_iter().map(|part| Part { content: markdown.part(part), rows: Vec::new() }).collect()
}

/// Ends a question that was cut.
const CUT: &str = "…";

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({} chars, {} rows)", self.content.chars().count(), self.rows.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{create, nonce, parts, with_chosen};
    use crate::domain::ids::OutboxId;
    use crate::domain::message::{Choice, ChoiceRole, RichText, View, ViewKind};

    fn view(body: &str, kind: ViewKind, labels: &[(&str, ChoiceRole)]) -> View {
        let choice =
            |&(label, role): &(&str, _)| Choice { label: label.to_owned(), token: format!("t{}", label.len()), role };
        View {
            body: RichText::author(body),
            kind,
            choices: labels.iter().map(choice).collect(),
            language: Default::default(),
        }
    }

    #[test]
    fn only_the_last_part_has_components() {
        let body = "A *sentence* of some words. ".repeat(200);
        let parts = parts(&view(&body, ViewKind::Choice, &[("Yes", ChoiceRole::Answer)]), None);
        assert_eq!(parts.len(), 4);
        assert!(parts[..3].iter().all(|part| part.rows.is_empty() && part.content.ends_with("words.")));
        assert!(parts[3].rows.len() == 1 && parts[3].content.starts_with("A _sentence_"));
        assert!(create(&parts[0], "mw1", false).get("components").is_none());
    }

    #[test]
    fn a_question_without_words_gets_some_and_nothing_stays_nothing() {
        assert_eq!(parts(&view(" ", ViewKind::Say, &[]), None), []);
        let content = |kind, labels: &[_]| parts(&view("\u{200b}", kind, labels), None)[0].content.clone();
        assert_eq!(content(ViewKind::Text, &[]), "Your words, please.");
        assert_eq!(content(ViewKind::Choice, &[("Yes", ChoiceRole::Answer)]), "Please choose:");
        let scale = content(ViewKind::Scale, &[("1 · low", ChoiceRole::Scale(1))]);
        assert_eq!(scale, "Please choose a number:\n\n1 low");
    }

    #[test]
    fn a_closed_question_shows_what_was_chosen() {
        let body = RichText::author("**Still** here?");
        assert_eq!(with_chosen(&body, Some("a <b> *c*")), "**Still** here?\n\n✓ _a \\<b> \\*c\\*_");
        assert_eq!(with_chosen(&body, None), "**Still** here?");
        assert_eq!(with_chosen(&body, Some(" ")), "**Still** here?");
        assert_eq!(with_chosen(&RichText::default(), Some("Yes")), "✓ _Yes_");
        assert_eq!(with_chosen(&RichText::default(), None), "This question is closed.");
        let long = with_chosen(&RichText::author("word ".repeat(395) + "."), Some("Yes"));
        assert!(long.ends_with("word…\n\n✓ _Yes_") && long.chars().count() <= 2_000, "{long}");
    }

    #[test]
    fn a_nonce_names_a_row_and_a_part() {
        assert_eq!((nonce(OutboxId(36), 0), nonce(OutboxId(36), 1)), ("mw10".to_owned(), "mw10.1".to_owned()));
        assert_eq!(nonce(OutboxId(-1), 1_000).len(), 18);
    }
}
