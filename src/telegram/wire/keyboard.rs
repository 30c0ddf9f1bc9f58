//! Choices as rows of inline buttons.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::domain::message::{Choice, ChoiceRole, View};
use crate::prose::labels;
use crate::telegram::wire::{BUTTONS_MAX, CALLBACK_BYTES_MAX};

/// Longest label, in columns; longer ones are cut with `…`. Telegram names no limit and shows about 32 on a phone.
pub const LABEL_COLUMNS_MAX: usize = 64;
/// Width of a row in which several buttons stand, in columns: about what a phone shows.
pub const ROW_COLUMNS_MAX: usize = 30;
/// Buttons of a row at most.
pub const ROW_BUTTONS_MAX: usize = 4;
/// Values of a scale in a row at most.
pub const SCALE_ROW_BUTTONS_MAX: usize = 5;

/// A button under a message. `Debug` shows only lengths: a label may repeat an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it: one line, never blank.
    pub text: String,
    /// What comes back when it is pressed: 1 to 64 bytes.
    pub data: String,
}

/// The rows of buttons of a view, every choice once and in order, but what ends or leaves a question stands below, each
/// in a row of its own. Values of a scale stand in balanced rows of at most five (0 to 10 as 4, 4 and 3), ticks in a
/// grid that stays as it is while ticks change, other answers as many to a row as their widths allow. Choices whose
/// token is no callback data are left out, and answers past [`BUTTONS_MAX`] (the engine makes 25 at most).
pub fn rows(view: &View) -> Vec<Vec<Button>> {
    let fitting = view.choices.iter().enumerate().filter(|(_, choice)| is_callback_data(&choice.token));
    let (mut closing, mut answers): (Vec<_>, Vec<_>) = fitting
        .map(|(index, choice)| (layout(choice.role), button(choice, index + 1)))
        .partition(|(layout, _)| *layout == Layout::Closing);
    closing.truncate(BUTTONS_MAX);
    answers.truncate(BUTTONS_MAX - closing.len());
    let mut rows = Vec::new();
    for alike in answers.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((layout, _)) = alike.first() else { continue };
        let buttons: Vec<Button> = alike.iter().map(|(_, button)| button.clone()).collect();
        match layout {
            Layout::Scale => rows.extend(balanced(&buttons, SCALE_ROW_BUTTONS_MAX)),
            Layout::Grid => rows.extend(grid(&buttons)),
            Layout::Flow | Layout::Closing => rows.extend(flow(buttons)),
        }
    }
    rows.extend(closing.into_iter().map(|(_, button)| vec![button]));
    rows
}

/// How buttons of one kind are laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Scale,
    Grid,
    Flow,
    Closing,
}

fn layout(role: ChoiceRole) -> Layout {
    match role {
        ChoiceRole::Scale(_) => Layout::Scale,
        ChoiceRole::Tick(_) => Layout::Grid,
        ChoiceRole::Answer => Layout::Flow,
        ChoiceRole::Done | ChoiceRole::Skip | ChoiceRole::Keep | ChoiceRole::Enough | ChoiceRole::Later => {
            Layout::Closing
        }
    }
}

fn is_callback_data(token: &str) -> bool {
    (1..=CALLBACK_BYTES_MAX).contains(&token.len())
}

fn button(choice: &Choice, number: usize) -> Button {
    let label = labels::label(choice, number, LABEL_COLUMNS_MAX);
    let text = match choice.role {
        ChoiceRole::Scale(value) => value.to_string(),
        ChoiceRole::Tick(true) => format!("☑ {label}"),
        ChoiceRole::Tick(false) => format!("☐ {label}"),
        ChoiceRole::Answer
        | ChoiceRole::Done
        | ChoiceRole::Skip
        | ChoiceRole::Keep
        | ChoiceRole::Enough
        | ChoiceRole::Later => label,
    };
    Button { text, data: choice.token.clone() }
}

/// Rows that differ by at most one button, the longer ones first.
fn balanced(buttons: &[Button], row_max: usize) -> Vec<Vec<Button>> {
    let in_row = in_row(buttons, row_max);
    let rows = buttons.len().div_ceil(in_row).max(1);
    let (each, more) = (buttons.len() / rows, buttons.len() % rows);
    let (longer, shorter) = buttons.split_at(((each + 1) * more).min(buttons.len()));
    let longer = longer.chunks(each + 1).map(<[Button]>::to_vec);
    longer.chain(shorter.chunks(each.max(1)).map(<[Button]>::to_vec)).collect()
}

fn grid(buttons: &[Button]) -> Vec<Vec<Button>> {
    buttons.chunks(in_row(buttons, ROW_BUTTONS_MAX)).map(<[Button]>::to_vec).collect()
}

/// As many as fit into each row, in order. All buttons of a row are as wide as its widest.
fn flow(buttons: Vec<Button>) -> Vec<Vec<Button>> {
    let mut rows: Vec<Vec<Button>> = Vec::new();
    for button in buttons {
        let fits = |row: &Vec<Button>| row.len() < in_row(row.iter().chain([&button]), ROW_BUTTONS_MAX);
        match rows.last_mut() {
            Some(row) if fits(row) => row.push(button),
            _ => rows.push(vec![button]),
        }
    }
    rows
}

/// How many buttons as wide as the widest of these fit into a row.
fn in_row<'a>(buttons: impl IntoIterator<Item = &'a Button>, row_max: usize) -> usize {
    let widest = buttons.into_iter().map(|button| button.text.width()).max().unwrap_or_default();
    (ROW_COLUMNS_MAX / widest.max(1)).clamp(1, row_max)
}

impl fmt::Debug for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Button({} chars)", self.text.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::rows;
    use crate::domain::message::ChoiceRole::{Answer, Done, Enough, Keep, Later, Scale, Skip, Tick};
    use crate::domain::message::{Choice, ChoiceRole, RichText, View, ViewKind};

    fn view(choices: &[(&str, ChoiceRole)]) -> View {
        let choices = choices
            .iter()
            .map(|&(label, role)| Choice { label: label.into(), token: format!("t{role:?}"), role })
            .collect();
        View { body: RichText::author("How is it?"), kind: ViewKind::Choice, choices, language: Default::default() }
    }

    fn shown(choices: &[(&str, ChoiceRole)]) -> String {
        let rows = rows(&view(choices));
        let rows: Vec<String> = rows
            .iter()
            .map(|row| row.iter().map(|button| button.text.as_str()).collect::<Vec<_>>().join(" | "))
            .collect();
        rows.join("\n")
    }

    #[test]
    fn choices_stand_in_rows() {
        for (choices, expected) in [
            (&[][..], ""),
            (&[("Yes", Answer), ("No", Answer)], "Yes | No"),
            (
                &[("Done", Answer), ("Partly", Answer), ("Not this time", Answer), ("Still ahead", Answer)],
                "Done | Partly\nNot this time | Still ahead",
            ),
            (
                &[("A", Answer), ("B", Answer), ("C", Answer), ("D", Answer), ("E", Answer), ("Skip", Skip)],
                "A | B | C | D\nE\nSkip",
            ),
            (&[("Something to steady me", Answer), ("Just go on", Answer)], "Something to steady me\nJust go on"),
            (
                &[("Sad", Tick(true)), ("Numb or empty", Tick(false)), ("Angry", Tick(false)), ("That's it", Done)],
                "☑ Sad | ☐ Numb or empty\n☐ Angry\nThat's it",
            ),
            (
                &[("Keep: 3", Keep), ("1", Scale(1)), ("Later", Later), ("2", Scale(2)), ("Skip", Skip)],
                "1 | 2\nKeep: 3\nLater\nSkip",
            ),
            (&[("Enough", Enough)], "Enough"),
            (&[("two\nlines\u{1b}\u{202e}", Answer), (" \u{200b}", Answer)], "two lines | Option 2"),
            (&[("", Scale(4)), ("", Tick(false)), ("", Done), ("\n", Skip)], "4\n☐ Option 2\nDone\nSkip"),
        ] {
            assert_eq!(shown(choices), expected);
        }
    }

    #[test]
    fn scales_stand_in_balanced_rows() {
        for (first, last, lengths) in [
            (0, 10, &[4, 4, 3][..]),
            (1, 5, &[5]),
            (1, 10, &[5, 5]),
            (1, 7, &[4, 3]),
            (0, 5, &[3, 3]),
            (0, 24, &[5, 5, 5, 5, 5]),
            (0, 0, &[1]),
            (-2_000_000_003, -2_000_000_001, &[2, 1]),
        ] {
            let choices: Vec<(&str, ChoiceRole)> = (first..=last).map(|value| ("", Scale(value))).collect();
            let rows = rows(&view(&choices));
            assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), lengths);
            let values: Vec<String> = rows.concat().into_iter().map(|button| button.text).collect();
            assert_eq!(values, (first..=last).map(|value| value.to_string()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_token_that_is_no_callback_data_is_left_out() {
        let mut view = view(&[("a", Answer), ("b", Answer), ("c", Answer)]);
        view.choices[0].token = "x".repeat(65);
        view.choices[1].token = String::new();
        view.choices[2].token = "x".repeat(64);
        assert_eq!(rows(&view).concat().iter().map(|button| button.text.as_str()).collect::<Vec<_>>(), ["c"]);
    }

    #[test]
    fn what_leaves_a_question_is_never_pushed_out() {
        let mut choices = vec![("an answer that takes a row", Answer); 150];
        choices.push(("Skip", Skip));
        let rows = rows(&view(&choices));
        assert_eq!(rows.concat().len(), 100);
        assert_eq!(rows.last().map(|row| row[0].text.as_str()), Some("Skip"));
    }

    #[test]
    fn debug_shows_only_lengths() {
        assert_eq!(format!("{:?}", rows(&view(&[("Keep: my words", Keep)]))), "[[Button(14 chars)]]");
    }
}
