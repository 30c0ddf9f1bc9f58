//! Choices as rows of buttons and lists. <https://discord.com/developers/docs/components/reference>

use std::collections::BTreeSet;

use crate::discord::wire::custom_id::{CustomId, is_token};
use crate::discord::wire::row::{Button, List, ListOption, RoleList, Row};
use crate::discord::wire::{
    BUTTON_UNITS_MAX, OPTION_UNITS_MAX, OPTIONS_MAX, ROW_BUTTONS_MAX, ROWS_MAX, SELECT_PLACEHOLDER_UNITS_MAX, words,
};
use crate::domain::ids::SessionId;
use crate::domain::language::Language;
use crate::domain::message::{Choice, ChoiceRole, Tap, View, ViewKind};
use crate::domain::space::ROLE_TOKEN;
use crate::prose::clean::short;
use crate::prose::labels;

/// Answers that stand as buttons at most; more of them are a list.
pub const ANSWER_BUTTONS_MAX: usize = ROW_BUTTONS_MAX;

/// The turn that waits for an answer: what the button that opens a field for words belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The session.
    pub session: SessionId,
    /// Its turn.
    pub turn: u64,
}

/// The rows of a view, every choice once. The choice of a role is the platform's own list, and stands first. Up to five answers are buttons and more of them a list; ticks are a list of
/// which any can be chosen; values of a scale stand in balanced rows. What ends or leaves a question stands below, after
/// the button that opens a field where words are `asked` for. Choices whose token is no custom id, or another's, are left
/// out, and answers for which there is no room (the engine makes 25 choices at most, which always have).
pub fn rows(view: &View, asked: Option<Asked>) -> Vec<Row> {
    let sorted = Sorted::of(view, asked);
    let mut rows = Vec::new();
    rows.extend(sorted.roles.map(|choice| {
        let placeholder = short(&choice.label, SELECT_PLACEHOLDER_UNITS_MAX);
        Row::Roles(RoleList { custom_id: choice.token.clone(), placeholder })
    }));
    rows.extend(list(&sorted.ticks, view, true));
    if sorted.answers.len() > ANSWER_BUTTONS_MAX {
        rows.extend(list(&sorted.answers, view, false));
    } else if !sorted.answers.is_empty() {
        rows.push(Row::Buttons(buttons(&sorted.answers)));
    }
    let room = ROWS_MAX - rows.len();
    let (mut values, mut closing) = (buttons(&sorted.values), sorted.closing);
    closing.truncate(room * ROW_BUTTONS_MAX);
    values.truncate(room * ROW_BUTTONS_MAX - closing.len());
    let (value_rows, closing_rows) = (balanced(&values), chunks(&closing));
    if value_rows.len() + closing_rows.len() <= room {
        rows.extend(value_rows.into_iter().chain(closing_rows).map(Row::Buttons));
    } else {
        values.append(&mut closing);
        rows.extend(chunks(&values).into_iter().map(Row::Buttons));
    }
    rows
}

/// Choices by where they stand, each with its place among all of them, from 1.
struct Sorted<'a> {
    roles: Option<&'a Choice>,
    answers: Vec<(usize, &'a Choice)>,
    ticks: Vec<(usize, &'a Choice)>,
    values: Vec<(usize, &'a Choice)>,
    closing: Vec<Button>,
}

impl<'a> Sorted<'a> {
    fn of(view: &'a View, asked: Option<Asked>) -> Self {
        let mut sorted =
            Self { roles: None, answers: Vec::new(), ticks: Vec::new(), values: Vec::new(), closing: Vec::new() };
        sorted.closing.extend(asked.filter(|_| is_written(view.kind)).map(|asked| write_button(asked, view.language)));
        let mut tokens = BTreeSet::new();
        for (index, choice) in view.choices.iter().enumerate() {
            if !is_token(&choice.token) || !tokens.insert(&choice.token) {
                continue;
            }
            let numbered = (index + 1, choice);
            match choice.role {
                ChoiceRole::Answer if choice.token == ROLE_TOKEN => sorted.roles = Some(choice),
                ChoiceRole::Answer => sorted.answers.push(numbered),
                ChoiceRole::Tick(_) => sorted.ticks.push(numbered),
                ChoiceRole::Scale(_) => sorted.values.push(numbered),
                ChoiceRole::Done | ChoiceRole::Skip | ChoiceRole::Keep | ChoiceRole::Enough | ChoiceRole::Later => {
                    sorted.closing.push(button(numbered));
                }
            }
        }
        sorted
    }
}

/// Whether an answer is words of any length.
fn is_written(kind: ViewKind) -> bool {
    match kind {
        ViewKind::Text | ViewKind::List => true,
        ViewKind::Say
        | ViewKind::Choice
        | ViewKind::Many
        | ViewKind::Scale
        | ViewKind::Number
        | ViewKind::Date
        | ViewKind::Time
        | ViewKind::Beat(_) => false,
    }
}

/// Its tap is none that an engine would take: only its session and turn are looked at.
fn write_button(asked: Asked, language: Language) -> Button {
    let token = Tap { session: asked.session, turn: asked.turn, option: 0 }.encode();
    Button { label: words::write(language).to_owned(), custom_id: CustomId::Write(&token).encode(), is_main: true }
}

fn buttons(choices: &[(usize, &Choice)]) -> Vec<Button> {
    choices.iter().copied().map(button).collect()
}

fn button((number, choice): (usize, &Choice)) -> Button {
    let label = match choice.role {
        ChoiceRole::Scale(value) => value.to_string(),
        ChoiceRole::Answer
        | ChoiceRole::Tick(_)
        | ChoiceRole::Done
        | ChoiceRole::Skip
        | ChoiceRole::Keep
        | ChoiceRole::Enough
        | ChoiceRole::Later => short(&labels::label(choice, number, BUTTON_UNITS_MAX), BUTTON_UNITS_MAX),
    };
    Button { label, custom_id: CustomId::Tap(&choice.token).encode(), is_main: choice.role == ChoiceRole::Done }
}

fn list(choices: &[(usize, &Choice)], view: &View, is_many: bool) -> Option<Row> {
    let (_, first) = choices.first()?;
    let id = if is_many { CustomId::Ticks(&first.token) } else { CustomId::Pick(&first.token) };
    let option = |&(number, choice): &(usize, &Choice)| ListOption {
        label: short(&labels::label(choice, number, OPTION_UNITS_MAX), OPTION_UNITS_MAX),
        value: choice.token.clone(),
        is_chosen: choice.role == ChoiceRole::Tick(true),
    };
    let options = choices.iter().take(OPTIONS_MAX).map(option).collect();
    Some(Row::List(List {
        custom_id: id.encode(),
        options,
        is_many,
        placeholder: words::choose(view.kind, view.language),
    }))
}

/// Rows that differ by at most one button, the longer ones first.
fn balanced(buttons: &[Button]) -> Vec<Vec<Button>> {
    let rows = buttons.len().div_ceil(ROW_BUTTONS_MAX).max(1);
    let (each, more) = (buttons.len() / rows, buttons.len() % rows);
    let (longer, shorter) = buttons.split_at(((each + 1) * more).min(buttons.len()));
    let longer = longer.chunks(each + 1).map(<[Button]>::to_vec);
    longer.chain(shorter.chunks(each.max(1)).map(<[Button]>::to_vec)).collect()
}

fn chunks(buttons: &[Button]) -> Vec<Vec<Button>> {
    buttons.chunks(ROW_BUTTONS_MAX).map(<[Button]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::{Asked, rows};
    use crate::discord::wire::row::{Row, json};
    use crate::domain::ids::SessionId;
    use crate::domain::message::ChoiceRole::{Answer, Done, Scale, Skip, Tick};
    use crate::domain::message::{Choice, ChoiceRole, RichText, View, ViewKind};

    const ASKED: Option<Asked> = Some(Asked { session: SessionId(5), turn: 35 });

    fn view(kind: ViewKind, choices: &[(&str, ChoiceRole)]) -> View {
        let choice = |(index, &(label, role)): (usize, &(&str, _))| Choice {
            label: label.to_owned(),
            token: format!("t{index}"),
            role,
        };
        View {
            body: RichText::default(),
            kind,
            choices: choices.iter().enumerate().map(choice).collect(),
            language: Default::default(),
        }
    }

    fn shown(kind: ViewKind, choices: &[(&str, ChoiceRole)]) -> String {
        let row = |row: &Row| match row {
            Row::Buttons(buttons) => buttons.iter().map(|button| button.label.as_str()).collect::<Vec<_>>().join(" | "),
            Row::List(list) => {
                let sign = |is_chosen: bool| if is_chosen { "✓" } else { "" };
                let options = list.options.iter().map(|option| format!("{}{}", sign(option.is_chosen), option.label));
                format!("({})", options.collect::<Vec<_>>().join(", "))
            }
            Row::Roles(list) => format!("(roles: {})", list.placeholder),
        };
        rows(&view(kind, choices), ASKED).iter().map(row).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn choices_stand_in_rows_and_lists() {
        let answers: Vec<(&str, ChoiceRole)> = ["a", "b", "c", "d", "e", "f"].map(|label| (label, Answer)).to_vec();
        let scale: Vec<(&str, ChoiceRole)> = (0..24).map(|value| ("", Scale(value))).chain([("Skip", Skip)]).collect();
        for (kind, choices, expected) in [
            (ViewKind::Say, &[][..], ""),
            (ViewKind::Choice, &[("Yes", Answer), ("Skip", Skip), ("No", Answer)], "Yes | No\nSkip"),
            (ViewKind::Choice, &answers[..5], "a | b | c | d | e"),
            (ViewKind::Choice, &answers, "(a, b, c, d, e, f)"),
            (ViewKind::Many, &[("a", Tick(true)), ("b", Tick(false)), ("That's it", Done)], "(✓a, b)\nThat's it"),
            (ViewKind::Text, &[], "Write"),
            (ViewKind::List, &[("Done", Done)], "Write | Done"),
            (ViewKind::Date, &[("Today", Answer)], "Today"),
            (ViewKind::Scale, &scale[18..], "18 | 19 | 20\n21 | 22 | 23\nSkip"),
            (
                ViewKind::Scale,
                &scale,
                "0 | 1 | 2 | 3 | 4\n5 | 6 | 7 | 8 | 9\n10 | 11 | 12 | 13 | 14\n15 | 16 | 17 | 18 | 19\n20 | 21 | 22 | 23 | Skip",
            ),
        ] {
            assert_eq!(shown(kind, choices), expected);
        }
    }

    #[test]
    fn tokens_come_back_as_custom_ids_and_values() {
        let many = json(&rows(&view(ViewKind::Many, &[("a", Tick(true)), ("b", Tick(false))]), ASKED));
        let list = &many[0]["components"][0];
        assert_eq!((list["custom_id"].as_str(), list["options"][1]["value"].as_str()), (Some("m.t0"), Some("t1")));
        assert_eq!((list["min_values"].as_u64(), list["max_values"].as_u64()), (Some(0), Some(2)));
        assert_eq!((&list["options"][0]["default"], list["options"][1].get("default")), (&true.into(), None));
        let one = json(&rows(&view(ViewKind::Choice, &[("a", Answer); 6]), ASKED));
        let list = &one[0]["components"][0];
        assert_eq!((list["custom_id"].as_str(), list["min_values"].as_u64()), (Some("c.t0"), Some(1)));
        assert_eq!(list["max_values"].as_u64(), Some(1));
        let text = json(&rows(&view(ViewKind::Text, &[("Skip", Skip)]), ASKED));
        assert_eq!(text[0]["components"][0]["custom_id"], "w.1.5.z.0");
        assert_eq!(text[0]["components"][1]["custom_id"], "t0");
        assert_eq!(rows(&view(ViewKind::Text, &[]), None), []);
    }

    #[test]
    fn debug_shows_only_lengths() {
        let view = view(ViewKind::Choice, &[("my words", Answer)]);
        assert_eq!(format!("{:?}", rows(&view, None)), "[Buttons([Button(8 chars)])]");
    }
}
