//! A view as the messages that carry it, the caption of a file, and a question after it was answered.

use std::fmt;

use crate::domain::message::{RichText, View};
use crate::prose::clean::{is_blank, short_line};
use crate::prose::styled::{ITALIC, PLAIN, StyledText};
use crate::prose::{labels, markup, split, words};
use crate::telegram::wire::html::{html, html_of};
use crate::telegram::wire::keyboard::{self, Button, LABEL_COLUMNS_MAX};
use crate::telegram::wire::{CAPTION_UNITS_MAX, TEXT_UNITS_MAX};

/// One message to send. `Debug` shows only lengths.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// Its text with parse mode `HTML`: 1 to 4,096 UTF-16 units once its entities are parsed, with a character that can
    /// be seen.
    pub html: String,
    /// The rows of its inline keyboard, none of them empty.
    pub keyboard: Option<Vec<Vec<Button>>>,
    /// Asks for a typed answer (force reply) with this in the input field, 1 to 64 characters; never with a keyboard.
    pub placeholder: Option<String>,
}

/// The messages of a view, in order. Only the last one carries the keyboard or asks for a typed answer. A question
/// without words gets some; without words, buttons or an answer to wait for there is no message at all.
pub fn parts(view: &View) -> Vec<Part> {
    let rows = keyboard::rows(view);
    let keyboard = (!rows.is_empty()).then_some(rows);
    let placeholder = words::placeholder(view.kind, view.language).filter(|_| keyboard.is_none()).map(str::to_owned);
    let mut text = markup::read(&view.body);
    if is_blank(text.as_str()) && (keyboard.is_some() || placeholder.is_some()) {
        text = StyledText::default();
        text.push(words::question(view.kind, view.language), PLAIN);
    }
    if let Some(legend) = labels::legend(view).filter(|_| keyboard.is_some()) {
        text.trim_end();
        text.push("\n\n", PLAIN);
        text.push(&legend, PLAIN);
    }
    let mut parts = messages(&text, TEXT_UNITS_MAX).collect::<Vec<_>>();
    if let Some(last) = parts.last_mut() {
        last.keyboard = keyboard;
        last.placeholder = placeholder;
    }
    parts
}

/// The HTML of a question that takes no more answers, with the choice below it. Of a question that took several
/// messages it is the last one, which carried the buttons; it is cut where the choice would not fit. Never empty: a
/// caller that knows neither question nor choice takes only the keyboard away.
pub fn with_chosen(body: &RichText, chosen: Option<&str>) -> String {
    let text = markup::read(body);
    let question = split::parts(text.as_str(), TEXT_UNITS_MAX, TEXT_UNITS_MAX).pop().unwrap_or_default();
    let label = chosen.map(|label| short_line(label, LABEL_COLUMNS_MAX)).filter(|label| !is_blank(label));
    let Some(label) = label else {
        return if question.is_empty() { words::CLOSED.to_owned() } else { html_of(&text, question) };
    };
    let mut choice = StyledText::default();
    if !question.is_empty() {
        choice.push("\n\n", PLAIN);
    }
    choice.push("✓ ", PLAIN);
    choice.push(&label, ITALIC);
    let room = TEXT_UNITS_MAX - split::units(choice.as_str());
    let words = text.as_str().get(question.clone()).unwrap_or_default();
    if split::units(words) <= room {
        return html_of(&text, question) + &html(&choice);
    }
    let kept = split::head(words, room - split::units(CUT)).trim_end();
    html_of(&text, question.start..question.start + kept.len()) + CUT + &html(&choice)
}

/// What stands with a file, at most 1,024 UTF-16 units, and what does not fit there as messages after it. The caption is
/// empty only when there is nothing to say.
pub fn caption(text: &RichText) -> (String, Vec<Part>) {
    let text = markup::read(text);
    let mut parts = messages(&text, CAPTION_UNITS_MAX);
    let caption = parts.next().map(|part| part.html).unwrap_or_default();
    (caption, parts.collect())
}

/// Ends a question that was cut.
const CUT: &str = "…";

fn messages(text: &StyledText, first: usize) -> impl Iterator<Item = Part> {
    let ranges = split::parts(text.as_str(), first, TEXT_UNITS_MAX);
    ranges.into_iter().map(|range| Part { html: html_of(text, range), keyboard: None, placeholder: None })
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let buttons = self.keyboard.iter().flatten().map(Vec::len).sum::<usize>();
        write!(f, "Part({} chars, {buttons} buttons)", self.html.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::{caption, parts, with_chosen};
    use crate::domain::message::{Choice, ChoiceRole, RichText, View, ViewKind};

    fn view(body: &str, kind: ViewKind, labels: &[(&str, ChoiceRole)]) -> View {
        let choices = labels
            .iter()
            .map(|&(label, role)| Choice { label: label.into(), token: format!("t{label}"), role })
            .collect();
        View { body: RichText::author(body), kind, choices, language: Default::default() }
    }

    #[test]
    fn only_the_last_part_has_buttons() {
        let body = "A *sentence* of some words. ".repeat(400);
        let parts = parts(&view(&body, ViewKind::Choice, &[("Yes", ChoiceRole::Answer)]));
        assert_eq!(parts.len(), 3);
        assert!(parts[..2].iter().all(|part| part.keyboard.is_none() && part.html.ends_with("words.")));
        assert!(parts[2].keyboard.is_some() && parts[2].html.starts_with("A <i>sentence</i>"));
    }

    #[test]
    fn a_scale_ends_with_its_legend() {
        let ends = [("0 · calm <3", ChoiceRole::Scale(0)), ("1", ChoiceRole::Scale(1))];
        let parts = parts(&view("How *tense*?\n", ViewKind::Scale, &ends));
        assert_eq!(parts[0].html, "How <i>tense</i>?\n\n0 calm &lt;3");
    }

    #[test]
    fn questions_that_wait_for_words_say_so() {
        let placeholder = |kind, labels: &[_]| parts(&view("?", kind, labels))[0].placeholder.clone();
        assert_eq!(placeholder(ViewKind::Text, &[]).as_deref(), Some("Your words"));
        assert_eq!(placeholder(ViewKind::Text, &[("Skip", ChoiceRole::Skip)]), None);
        assert_eq!(placeholder(ViewKind::Say, &[]), None);
        for kind in [ViewKind::List, ViewKind::Number, ViewKind::Date, ViewKind::Time] {
            assert!(placeholder(kind, &[]).is_some_and(|words| (1..=64).contains(&words.chars().count())));
        }
    }

    #[test]
    fn a_question_without_words_gets_some_and_nothing_stays_nothing() {
        assert_eq!(parts(&view(" ", ViewKind::Say, &[])), []);
        let html = |kind, labels: &[_]| parts(&view("\u{200b}", kind, labels))[0].html.clone();
        assert_eq!(html(ViewKind::Text, &[]), "Your words, please.");
        assert_eq!(html(ViewKind::Choice, &[("Yes", ChoiceRole::Answer)]), "Please choose:");
        assert_eq!(html(ViewKind::Scale, &[("1 · low", ChoiceRole::Scale(1))]), "Please choose a number:\n\n1 low");
    }

    #[test]
    fn a_closed_question_shows_what_was_chosen() {
        let body = RichText::author("**Still** here?");
        assert_eq!(with_chosen(&body, Some("a <b> *c*")), "<b>Still</b> here?\n\n✓ <i>a &lt;b&gt; *c*</i>");
        assert_eq!(with_chosen(&body, None), "<b>Still</b> here?");
        assert_eq!(with_chosen(&body, Some(" ")), "<b>Still</b> here?");
        assert_eq!(with_chosen(&RichText::default(), Some("Yes")), "✓ <i>Yes</i>");
        assert_eq!(with_chosen(&RichText::default(), None), "This question is closed.");
        let long = with_chosen(&RichText::author("word ".repeat(819) + "."), Some("Yes"));
        assert!(long.ends_with("word…\n\n✓ <i>Yes</i>") && long.chars().count() <= 4096 + 7, "{long}");
    }

    #[test]
    fn a_long_caption_goes_on_in_messages() {
        let (first, rest) = caption(&RichText::author("A sentence. ".repeat(500)));
        assert_eq!((first.len(), rest.len()), (1019, 2));
        assert_eq!(caption(&RichText::author("**a** & b")), ("<b>a</b> &amp; b".to_owned(), vec![]));
        assert_eq!(caption(&RichText::default()), (String::new(), vec![]));
    }
}
