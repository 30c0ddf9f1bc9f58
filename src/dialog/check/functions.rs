//! What each function takes and gives.

use super::formula::{always, and};
use super::infer::Inferred;
use super::scope::Scope;
use super::types::{Known, Type};
use crate::dialog::diagnostic::Code;
use crate::dialog::model::{Expr, Function};

const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Longest name of a time zone, in characters.
const ZONE_CHARS: usize = 40;

impl Scope<'_, '_, '_> {
    pub(super) fn call(&mut self, expr: &Expr, function: Function, arguments: &[Expr], lenient: bool) -> Inferred {
        let found: Vec<Inferred> = arguments
            .iter()
            .map(|argument| {
                let strict = self.infer(argument, lenient);
                if lenient || self.proves(&self.here(), &strict.present) {
                    return strict;
                }
                let message = "this may have no value here".to_owned();
                let help = Some("test it with `is set` first, or use `??`".to_owned());
                self.error(Code::MayBeMissing, argument.span.clone(), message, help);
                Inferred { present: always(), ..strict }
            })
            .collect();
        let mut present = and(found.iter().map(|each| each.present.clone()));
        self.arguments(function, arguments, &found);
        let first = found.first().map(|each| each.kind.clone());
        let list = first.as_ref().and_then(Type::items).map(|(item, min, max)| (item.clone(), min, max));
        let kind = match function {
            Function::Len => {
                let (min, max) = list.as_ref().map_or((0, None), |(_, min, max)| (*min, Some(*max as f64)));
                Type::Num(Some(min as f64), max)
            }
            Function::Lower | Function::Trim => Type::Text(first.map_or(0, |kind| kind.chars_max())),
            Function::Contains | Function::HasContact | Function::InHours => Type::Bool,
            Function::Join | Function::Label => Type::Text(first.map_or(0, |kind| kind.chars_max())),
            Function::First | Function::Last => {
                if list.as_ref().is_none_or(|(_, min, _)| *min == 0) {
                    present = and([present, self.atom("set", expr)]);
                }
                list.map_or(Type::Unknown, |(item, ..)| item)
            }
            Function::Today => Type::Date,
            Function::Hour => Type::Num(Some(0.0), Some(23.0)),
            Function::Days => Type::any_number(),
            Function::Weekday => Type::Key(Some(WEEKDAYS.iter().map(|day| (*day).to_owned()).collect())),
            Function::Round => first.unwrap_or(Type::Unknown),
            Function::Abs | Function::Min | Function::Max => Type::any_number(),
            Function::ZoneOf => {
                present = and([present, self.atom("set", expr)]);
                Type::Text(ZONE_CHARS)
            }
            Function::TimeIn => {
                let zone = arguments.first().map_or_else(always, |zone| self.atom("zone", zone));
                present = and([present, zone]);
                Type::Time
            }
        };
        Inferred { kind, present, value: Known::Nothing }
    }

    fn arguments(&mut self, function: Function, arguments: &[Expr], found: &[Inferred]) {
        let text = || Type::Text(0);
        let list = Type::any_list;
        let wanted: Vec<Type> = match function {
            Function::Len => return self.is_one_of(arguments, found, &[text(), list()], "text or a list"),
            Function::Label => {
                let keys = Type::List { item: Box::new(Type::Key(None)), min: 0, max: 0 };
                return self.is_one_of(arguments, found, &[Type::Key(None), keys], "a chosen option, or several");
            }
            Function::Contains => {
                self.is_one_of(arguments, found, &[text(), list()], "text or a list");
                let (Some(whole), Some(part), [first, second]) = (found.first(), found.get(1), arguments) else {
                    return;
                };
                // A text may contain any words; a list only what its items can be.
                if let Some((item, ..)) = whole.kind.items() {
                    self.comparable(second, (first, item), (second, &part.kind));
                } else {
                    self.fitting(second, &part.kind, &text(), "what is looked for");
                }
                return;
            }
            Function::Lower | Function::Trim | Function::HasContact | Function::ZoneOf | Function::TimeIn => {
                vec![text()]
            }
            Function::Join => vec![list(), text()],
            Function::First | Function::Last => vec![list()],
            Function::Today | Function::Hour => Vec::new(),
            Function::Days => vec![Type::Date, Type::Date],
            Function::Weekday => vec![Type::Date],
            Function::Round | Function::Abs => vec![Type::any_number()],
            Function::Min | Function::Max => vec![Type::any_number(), Type::any_number()],
            Function::InHours => vec![Type::Time, Type::Time, Type::Time],
        };
        for ((argument, found), wanted) in arguments.iter().zip(found).zip(&wanted) {
            self.fitting(argument, &found.kind, wanted, "the argument");
        }
    }

    fn is_one_of(&mut self, arguments: &[Expr], found: &[Inferred], wanted: &[Type], words: &str) {
        let (Some(argument), Some(found)) = (arguments.first(), found.first()) else { return };
        if !wanted.iter().any(|wanted| found.kind.fits(wanted)) {
            let message = format!("the argument is {words}, found {}", found.kind.word());
            self.error(Code::TypeMismatch, argument.span.clone(), message, None);
        }
    }
}
