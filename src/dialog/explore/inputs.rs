//! What is tried at each wait, one input for each class of answers that a dialog can tell apart.

use jiff::civil::{Date, Time};

use crate::dialog::effect::{Context, Effect, Input, Step as Turn};
use crate::dialog::eval::plus_days;
use crate::dialog::explore::Size;
use crate::dialog::explore::slice::Control;
use crate::dialog::model::{Ask, Library, Opt, Question};
use crate::dialog::session::{Draft, Session};
use crate::dialog::step::step;
use crate::domain::limits::USER_TEXT_CHARS_MAX;
use crate::domain::message::{ChoiceRole, Tap, View};
use crate::domain::text::UserText;
use crate::domain::value::Value;

/// One input, kept while it is tried.
#[derive(Clone, Debug)]
pub(super) enum Try {
    Text(UserText),
    Tap(Tap),
}

impl Try {
    pub(super) fn input(&self) -> Input<'_> {
        match self {
            Self::Text(text) => Input::Text(text),
            Self::Tap(tap) => Input::Tap(*tap),
        }
    }

    fn text(text: impl Into<String>) -> Self {
        Self::Text(UserText::new(text))
    }
}

/// Words that are no answer to anything but a question for words.
pub(super) const UNCLEAR: &str = "purple zebra?";
/// Ordinary words.
const WORDS: &str = "some words";
/// Words that lead to a person, which a question may refuse.
const CONTACT: &str = "write to @sam";

/// The open message, as the person sees it.
pub(super) fn view(lib: &Library, session: &Session, cx: &Context<'_>) -> Option<View> {
    let Turn { effects, .. } = step(lib, session.clone(), &Input::Again, cx);
    effects.into_iter().find_map(|effect| match effect {
        Effect::Show { turn: Some(_), view } => Some(view),
        Effect::Show { .. } | Effect::Freeze { .. } | Effect::Note(_) | Effect::Write(..) | Effect::PutOff { .. } => {
            None
        }
    })
}

/// Every button.
pub(super) fn buttons(view: &View) -> Vec<Try> {
    view.choices.iter().filter_map(|choice| Tap::decode(&choice.token)).map(Try::Tap).collect()
}

/// What is tried at an open question; `is_cut` becomes true when some answers are left out for their number.
pub(super) fn of_question(
    asked: (&str, &Ask, &Draft),
    control: &Control<'_>,
    session: &Session,
    (view, today): (&View, Date),
    size: &Size,
    is_cut: &mut bool,
) -> Vec<Try> {
    let (id, ask, draft) = asked;
    // The value decides nothing: one is as good as another.
    let is_plain = !control.counts(id) && ask.checks.is_empty();
    let mut tries = pressed(ask, draft, control, view, (is_plain, size), is_cut);
    match &ask.kind {
        Question::Choice(_) | Question::Scale { .. } => tries.push(Try::text(UNCLEAR)),
        Question::Many { options, min, max, .. } if draft.keys.is_empty() && (*min).max(2) <= *max => {
            tries.extend(typed_together(options, (*min).max(2), control));
        }
        Question::Many { .. } => {}
        Question::Number { min, max, whole } => {
            let ends = (min.unwrap_or(-1_000.0), max.unwrap_or(1_000.0));
            let classes = control.literals.around(ends.0, ends.1);
            tries.extend(classes.iter().filter(|n| !whole || n.fract() == 0.0).map(|n| Try::text(n.to_string())));
            tries.extend([ends.0 - 1.0, ends.1 + 1.0].map(|n| Try::text(n.to_string())));
            tries.push(Try::text(UNCLEAR));
        }
        Question::Text { min, max } => {
            tries.extend(words(*min, *max, is_plain, control, session));
            if !ask.checks.is_empty() {
                tries.push(Try::text(CONTACT));
            }
        }
        Question::List { max, chars, .. } => {
            let is_full = draft.items.len() >= (*max).min(size.items.max(1));
            *is_cut |= is_full && draft.items.len() < *max;
            if !is_full {
                tries.extend(words(1, *chars, !control.counts(id), control, session));
            }
        }
        Question::Date => tries.extend(days(today, is_plain, control)),
        Question::Time => tries.extend(times(is_plain, control)),
    }
    tries
}

/// Several options in one message: the first ones, and each that a condition names with those beside it.
fn typed_together(options: &[Opt], count: usize, control: &Control<'_>) -> Vec<Try> {
    let is_named = |option: &&Opt| control.literals.words.contains(&option.key);
    let leads = options.iter().take(1).chain(options.iter().skip(1).filter(is_named));
    let together = leads.map(|lead| {
        let others = options.iter().filter(|option| option.key != lead.key).take(count - 1);
        std::iter::once(lead).chain(others).map(|option| option.label.as_str()).collect::<Vec<_>>().join(", ")
    });
    together.map(Try::text).collect()
}

fn pressed(
    ask: &Ask,
    draft: &Draft,
    control: &Control<'_>,
    view: &View,
    (is_plain, size): (bool, &Size),
    is_cut: &mut bool,
) -> Vec<Try> {
    let taps = view.choices.iter().filter_map(|choice| Some((Tap::decode(&choice.token)?, choice.role)));
    let mut ticks = 0;
    let mut plain_ticks = 0;
    let mut tries = Vec::new();
    for (tap, role) in taps {
        let is_tried = match role {
            ChoiceRole::Scale(value) => match &ask.kind {
                Question::Scale { min, max, .. } if is_plain => value == *min || value == *max,
                Question::Scale { min, max, .. } => {
                    control.literals.around(f64::from(*min), f64::from(*max)).contains(&f64::from(value))
                }
                Question::Choice(_)
                | Question::Many { .. }
                | Question::Number { .. }
                | Question::Text { .. }
                | Question::List { .. }
                | Question::Date
                | Question::Time => true,
            },
            ChoiceRole::Tick(is_on) => {
                let Question::Many { options, max, .. } = &ask.kind else { continue };
                let key = options.get(ticks).map_or("", |option| option.key.as_str());
                ticks += 1;
                let is_named = control.literals.words.iter().any(|word| word == key);
                if !is_named && !is_on {
                    plain_ticks += 1;
                }
                // In order, so that each set of options is reached once.
                let is_next = draft.keys.last().is_none_or(|last| {
                    options.iter().position(|option| option.key == *last).is_none_or(|at| at + 1 < ticks)
                });
                let is_few = draft.keys.len() < (*max).min(size.items.max(1));
                *is_cut |= !is_few && draft.keys.len() < *max;
                let is_class = if is_plain { plain_ticks <= 1 || is_named } else { is_named || plain_ticks <= 2 };
                (is_on && ticks == 1) || (!is_on && is_next && is_class && is_few)
            }
            ChoiceRole::Answer
            | ChoiceRole::Done
            | ChoiceRole::Skip
            | ChoiceRole::Keep
            | ChoiceRole::Later
            | ChoiceRole::Enough => true,
        };
        if is_tried {
            tries.push(Try::Tap(tap));
        }
    }
    tries
}

/// The shortest text, ordinary words, the words of conditions, what was written before; and none, too few, too many.
fn words(min: usize, max: usize, is_plain: bool, control: &Control<'_>, session: &Session) -> Vec<Try> {
    let mut found = vec!["a".repeat(min.max(1))];
    if !is_plain {
        found.push(format!("{WORDS}{}", "a".repeat(min)));
        found.extend(control.literals.typed());
        let written = session.log.iter().rev().filter_map(|entry| match &entry.value {
            Some(Value::Text(text)) => Some(text.expose().to_owned()),
            _ => None,
        });
        found.extend(written.take(2));
    }
    found.retain(|text| (min.max(1)..=max).contains(&text.chars().count()));
    found.sort();
    found.dedup();
    found.extend([String::new(), "a".repeat((max + 1).min(USER_TEXT_CHARS_MAX + 1))]);
    if min > 1 {
        found.push("a".repeat(min - 1));
    }
    found.into_iter().map(Try::text).collect()
}

fn days(today: Date, is_plain: bool, control: &Control<'_>) -> Vec<Try> {
    let mut days = vec![-1_i64, 0, 3_650];
    if !is_plain {
        let constants = control.literals.numbers.iter().filter(|number| number.abs() < 5_000.0);
        days.extend(constants.flat_map(|number| [*number as i64 - 1, *number as i64, *number as i64 + 1]));
        days.push(1);
    }
    days.sort_unstable();
    days.dedup();
    let dates = days.into_iter().filter_map(|days| plus_days(today, days));
    dates.map(|date| date.to_string()).chain([UNCLEAR.to_owned()]).map(Try::text).collect()
}

fn times(is_plain: bool, control: &Control<'_>) -> Vec<Try> {
    let mut times = vec![Time::midnight(), Time::constant(12, 0, 0, 0), Time::constant(23, 59, 0, 0)];
    if !is_plain {
        let minute = jiff::SignedDuration::from_mins(1);
        let beside = |time: &Time| [time.wrapping_sub(minute), *time, time.wrapping_add(minute)];
        times.extend(control.literals.times.iter().flat_map(beside));
    }
    times.sort();
    times.dedup();
    let typed = times.into_iter().map(|time| format!("{:02}:{:02}", time.hour(), time.minute()));
    typed.chain([UNCLEAR.to_owned()]).map(Try::text).collect()
}
