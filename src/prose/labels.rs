//! What stands on choices, and the words of a scale's values as a legend.

use crate::domain::message::{Choice, ChoiceRole, View};
use crate::prose::clean::{is_blank, short_line};
use crate::prose::words;

/// Longest words of one value in a legend, in columns; longer ones are cut with `…`.
pub const LEGEND_COLUMNS_MAX: usize = 64;

/// The label of a choice on one line of at most this many columns, never blank. `number` is its place among the choices,
/// from 1.
pub fn label(choice: &Choice, number: usize, columns_max: usize) -> String {
    let label = short_line(&choice.label, columns_max);
    if is_blank(&label) { words::label(choice.role, number) } else { label }
}

/// The values of a scale that have words, such as `0 calm · 10 very tense`: their buttons show only the numbers.
pub fn legend(view: &View) -> Option<String> {
    let named: Vec<String> = view.choices.iter().filter_map(named_value).collect();
    (!named.is_empty()).then(|| named.join(" · "))
}

/// A value of a scale with its words; none for one that is only a number.
fn named_value(choice: &Choice) -> Option<String> {
    let ChoiceRole::Scale(value) = choice.role else { return None };
    let value = value.to_string();
    let label = short_line(&choice.label, LEGEND_COLUMNS_MAX);
    let label = label.strip_prefix(&format!("{value} · ")).unwrap_or(&label).to_owned();
    (!is_blank(&label) && label != value).then(|| format!("{value} {label}"))
}

#[cfg(test)]
mod tests {
    use super::{label, legend};
    use crate::domain::message::ChoiceRole::{Answer, Scale, Skip};
    use crate::domain::message::{Choice, ChoiceRole, RichText, View, ViewKind};

    fn view(choices: &[(&str, ChoiceRole)]) -> View {
        let choice = |&(label, role): &(&str, _)| Choice { label: label.to_owned(), token: "t".to_owned(), role };
        View {
            body: RichText::default(),
            kind: ViewKind::Choice,
            choices: choices.iter().map(choice).collect(),
            language: Default::default(),
        }
    }

    #[test]
    fn a_label_is_one_line_that_can_be_seen() {
        for (words, role, shown) in [
            ("two\nlines\u{202e}", Answer, "two lines"),
            (" \u{200b}", Answer, "Option 7"),
            ("", Skip, "Skip"),
            ("", Scale(-3), "-3"),
            ("twelve chars", Answer, "twelve cha…"),
        ] {
            assert_eq!(label(&view(&[(words, role)]).choices[0], 7, 11), shown, "{words:?}");
        }
    }

    #[test]
    fn the_words_of_a_scale_are_its_legend() {
        for (choices, expected) in [
            (&[("0 · calm", Scale(0)), ("1", Scale(1)), ("2 · tense", Scale(2))][..], Some("0 calm · 2 tense")),
            (&[("low", Scale(-1)), ("0", Scale(0)), ("0 · no value", Answer)], Some("-1 low")),
            (&[("1", Scale(1)), ("", Scale(2)), ("3 · ", Scale(3))], Some("3 3 ·")),
            (&[("Yes", Answer)], None),
        ] {
            assert_eq!(legend(&view(choices)).as_deref(), expected);
        }
    }
}
