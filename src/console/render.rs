//! A view as plain lines, and the numbers under which its choices are picked.

use crate::console::text;
use crate::domain::message::{Choice, ChoiceRole, View, ViewKind};

/// One choice as the person can pick it by typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// What is typed: a number, or a letter where numbers are answers; empty where only a command picks it.
    pub typed: String,
    /// What is shown, on one line.
    pub label: String,
    /// Whether it carries a tick.
    pub ticked: bool,
    /// The part it plays.
    pub role: ChoiceRole,
    /// What a press sends.
    pub token: String,
}

/// The choices of a view with what is typed for each. Values of a scale are picked by themselves, and its other
/// choices by the numbers above; where a number is the answer, choices have letters and `/skip` skips.
pub fn picks(view: &View) -> Vec<Pick> {
    let is_scale = view.kind == ViewKind::Scale;
    let values = view.choices.iter().filter_map(|choice| scale_value(choice).filter(|_| is_scale)).map(i64::from);
    let mut next = values.max().map_or(1, |max| max + 1);
    let mut letters = 'a'..='z';
    let mut picks = Vec::with_capacity(view.choices.len());
    for choice in &view.choices {
        let typed = match (scale_value(choice), view.kind) {
            (Some(value), ViewKind::Scale) => value.to_string(),
            (_, ViewKind::Number) if choice.role == ChoiceRole::Skip => String::new(),
            (_, ViewKind::Number) => letters.next().map(String::from).unwrap_or_default(),
            _ => {
                next += 1;
                (next - 1).to_string()
            }
        };
        let ticked = choice.role == ChoiceRole::Tick(true);
        let (mut label, token) = (text::label(&choice.label), choice.token.clone());
        // On a button the words follow their value; here the value stands before them already.
        if let Some(words) = label.strip_prefix(&format!("{typed} · ")).filter(|_| scale_value(choice).is_some()) {
            label = words.to_owned();
        }
        picks.push(Pick { typed, label, ticked, role: choice.role, token });
    }
    picks
}

/// The body of a view in plain lines, without a newline at the end; empty when there is nothing to say.
pub fn body(view: &View) -> String {
    text::plain(&view.body)
}

/// The one line of choices, such as `[1] Yes  [2] ✓ No`; none when there are none, and none for a beat.
pub fn choices(view: &View) -> Option<String> {
    if view.choices.is_empty() || matches!(view.kind, ViewKind::Beat(_)) {
        return None;
    }
    let shown: Vec<String> = picks(view).iter().map(pick).collect();
    Some(shown.join("  "))
}

fn pick(pick: &Pick) -> String {
    let tick = if pick.ticked { "✓ " } else { "" };
    if pick.typed.is_empty() {
        return if pick.role == ChoiceRole::Skip {
            "(/skip leaves it out)".into()
        } else {
            format!("({})", pick.label)
        };
    }
    format!("[{}] {tick}{}", pick.typed, pick.label)
}

fn scale_value(choice: &Choice) -> Option<i32> {
    match choice.role {
        ChoiceRole::Scale(value) => Some(value),
        ChoiceRole::Answer
        | ChoiceRole::Tick(_)
        | ChoiceRole::Done
        | ChoiceRole::Skip
        | ChoiceRole::Keep
        | ChoiceRole::Enough
        | ChoiceRole::Later => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{body, choices, picks};
    use crate::domain::message::{Choice, ChoiceRole, Piece, RichText, View, ViewKind};

    fn view(kind: ViewKind, choices: &[(&str, ChoiceRole)]) -> View {
        let choices = choices
            .iter()
            .map(|&(label, role)| Choice { label: label.into(), token: format!("t:{label}"), role })
            .collect();
        View { body: RichText::author("How is it?"), kind, choices, language: Default::default() }
    }

    #[test]
    fn choices_stand_on_one_line() {
        use ChoiceRole::{Answer, Done, Enough, Keep, Later, Scale, Skip, Tick};
        for (kind, given, line) in [
            (ViewKind::Say, &[][..], None),
            (ViewKind::Choice, &[("Yes", Answer), ("No", Answer)], Some("[1] Yes  [2] No")),
            (
                ViewKind::Many,
                &[("A", Tick(true)), ("B", Tick(false)), ("Done", Done)],
                Some("[1] ✓ A  [2] B  [3] Done"),
            ),
            (
                ViewKind::Scale,
                &[("0 · calm", Scale(0)), ("1", Scale(1)), ("tense", Scale(2)), ("Skip", Skip), ("Later", Later)],
                Some("[0] calm  [1] 1  [2] tense  [3] Skip  [4] Later"),
            ),
            (
                ViewKind::Scale,
                &[("Keep 1", Keep), ("low", Scale(-1)), ("0", Scale(0))],
                Some("[1] Keep 1  [-1] low  [0] 0"),
            ),
            (ViewKind::Number, &[("Skip", Skip)], Some("(/skip leaves it out)")),
            (ViewKind::Number, &[("Keep 7", Keep), ("Skip", Skip)], Some("[a] Keep 7  (/skip leaves it out)")),
            (ViewKind::Text, &[("Skip", Skip)], Some("[1] Skip")),
            (ViewKind::Beat(4000), &[("Enough", Enough)], None),
            (ViewKind::Choice, &[("two\nlines\u{1b}[2J", Answer)], Some("[1] two lines\u{241b}[2J")),
        ] {
            assert_eq!(choices(&view(kind, given)).as_deref(), line);
        }
    }

    #[test]
    fn a_scale_that_ends_at_the_largest_number_still_has_room() {
        let view = view(ViewKind::Scale, &[("most", ChoiceRole::Scale(i32::MAX)), ("Skip", ChoiceRole::Skip)]);
        assert_eq!(picks(&view)[1].typed, "2147483648");
    }

    #[test]
    fn the_words_of_a_person_are_literal() {
        let body_of = |text: &str| {
            let body = RichText(vec![
                Piece::Author("You said “".into()),
                Piece::Person(text.into()),
                Piece::Author("”.".into()),
            ]);
            super::body(&View::say(body))
        };
        assert_eq!(body_of("*never* \u{1b}]0;x\u{7}"), "You said “*never* \u{241b}]0;x\u{2407}”.");
        assert_eq!(body(&View::say(RichText::default())), "");
    }
}
