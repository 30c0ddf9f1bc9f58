//! The functions of expressions.

use jiff::civil::{Date, Time, Weekday};

use crate::dialog::eval::{Scope, eval_at, finite, num, origin, same};
use crate::dialog::model::{Expr, Function};
use crate::dialog::render;
use crate::domain::nickname::has_contact;
use crate::domain::value::Value;
use crate::domain::zone;

/// The person's local day.
pub(super) fn today(scope: &Scope<'_>) -> Date {
    scope.cx.zone.to_datetime(scope.cx.now).date()
}

/// The word of a day of the week: `mon` … `sun`.
pub(super) fn weekday_word(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

pub(super) fn call(function: Function, arguments: &[Expr], scope: &Scope<'_>, depth: usize) -> Option<Value> {
    let nth = |n: usize| arguments.get(n).and_then(|argument| eval_at(argument, scope, depth + 1));
    let words = |n: usize| nth(n).and_then(|value| value.as_str().map(str::to_owned));
    let number = |n: usize| nth(n).as_ref().and_then(num);
    match function {
        Function::Len => len(&nth(0)?),
        Function::Lower => Some(Value::text(words(0)?.to_lowercase())),
        Function::Trim => Some(Value::text(words(0)?.trim())),
        Function::Contains => {
            let of = nth(0)?;
            if let Value::List(items) = &of {
                let wanted = nth(1)?;
                return Some(Value::Bool(items.iter().any(|item| same(item, &wanted))));
            }
            Some(Value::Bool(of.as_str()?.contains(words(1)?.as_str())))
        }
        Function::Join => {
            let from = arguments.first().and_then(|list| origin(list, scope.it_from));
            Some(Value::text(render::joined(&list(nth(0)?)?, words(1)?.as_str(), from, scope)))
        }
        Function::First => list(nth(0)?)?.first().cloned(),
        Function::Last => list(nth(0)?)?.last().cloned(),
        Function::Label => {
            let from = arguments.first().and_then(|answer| origin(answer, scope.it_from));
            Some(Value::text(render::value_text(&nth(0)?, from, scope)))
        }
        Function::Today => Some(Value::Date(today(scope))),
        Function::Hour => finite(f64::from(scope.cx.zone.to_datetime(scope.cx.now).hour())),
        Function::Days => {
            let (from, to) = (date(nth(0)?)?, date(nth(1)?)?);
            finite(f64::from(from.until(to).ok()?.get_days()))
        }
        Function::Weekday => Some(Value::Key(weekday_word(date(nth(0)?)?.weekday()).to_owned())),
        Function::Round => finite(number(0)?.round()),
        Function::Abs => finite(number(0)?.abs()),
        Function::Min => finite(number(0)?.min(number(1)?)),
        Function::Max => finite(number(0)?.max(number(1)?)),
        Function::ZoneOf => zone::zone_of(&words(0)?).map(Value::text),
        Function::InHours => {
            let (it, from, to) = (time(nth(0)?)?, time(nth(1)?)?, time(nth(2)?)?);
            Some(Value::Bool(if from <= to { from <= it && it < to } else { it >= from || it < to }))
        }
        Function::HasContact => Some(Value::Bool(has_contact(&words(0)?))),
        Function::TimeIn => {
            let zone = zone::tz(&words(0)?)?;
            let now = zone.to_datetime(scope.cx.now);
            Time::new(now.hour(), now.minute(), 0, 0).ok().map(Value::Time)
        }
    }
}

fn len(value: &Value) -> Option<Value> {
    let count = if let Value::List(items) = value { items.len() } else { value.as_str()?.chars().count() };
    u32::try_from(count).ok().map(|count| Value::Num(f64::from(count)))
}

fn list(value: Value) -> Option<Vec<Value>> {
    if let Value::List(items) = value { Some(items) } else { None }
}

fn date(value: Value) -> Option<Date> {
    if let Value::Date(date) = value { Some(date) } else { value.as_str()?.parse().ok() }
}

fn time(value: Value) -> Option<Time> {
    if let Value::Time(time) = value { Some(time) } else { value.as_str()?.parse().ok() }
}
