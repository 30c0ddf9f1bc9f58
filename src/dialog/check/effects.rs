//! What steps keep, plan and pass on: arguments, facts, measures, goals, check-ins.

use std::ops::Range;

use super::scope::Scope;
use super::types::Type;
use crate::dialog::diagnostic::{Code, did_you_mean_or_list};
use crate::dialog::model::{Expr, Goal, Node, Save, Schedule};
use crate::domain::person::{PROFILE_ACTS, PROFILE_FACTS};
use crate::domain::value::Value;

impl Scope<'_, '_, '_> {
    /// Checks the arguments of a dialog against its parameters.
    pub(super) fn arguments_of(&mut self, dialog: &str, with: &[(String, Expr)], span: Range<usize>) {
        let signatures = self.signatures;
        let Some(Some(signature)) = signatures.get(dialog) else {
            with.iter().for_each(|(_, value)| _ = self.infer(value, false));
            return;
        };
        for (name, value) in with {
            let Some(param) = signature.params.get(name) else {
                let help = did_you_mean_or_list(name, "parameters", signature.params.keys().map(String::as_str));
                let message = format!("`{dialog}` takes no argument `{}`", name.escape_debug());
                self.error(Code::UnknownParam, value.span.clone(), message, help);
                self.infer(value, true);
                continue;
            };
            let found = match param.or {
                Some(_) => self.infer(value, true),
                None => self.certain(value),
            };
            self.fitting(value, &found.kind, &Type::of_fact(param.kind), "the argument");
            if let Node::Value(Value::Num(number)) = value.node
                && (param.min.is_some_and(|min| number < min) || param.max.is_some_and(|max| number > max))
            {
                let message = format!("{number} is outside what `{dialog}` takes as `{name}`");
                self.error(Code::OutOfRange, value.span.clone(), message, None);
            }
        }
        for (name, param) in &signature.params {
            if param.or.is_none() && !with.iter().any(|(given, _)| given == name) {
                let message = format!("`{dialog}` needs the argument `{name}`");
                self.error(Code::MissingArgument, span.clone(), message, Some(format!("with = {{ {name} = \"…\" }}")));
            }
        }
    }

    pub(super) fn save(&mut self, save: &Save, fields_at: Range<usize>, at: Range<usize>) {
        if self.loops > 0 {
            let help = Some("collect in the loop, and save after it".to_owned());
            self.error(Code::SaveInLoop, at, "a save inside a loop closes the way back in every round", help);
        }
        match save {
            Save::Journal { title, body, fields } => {
                self.text(title);
                self.text(body);
                // What is unset is left out of an entry.
                fields.iter().for_each(|(_, value)| _ = self.infer(value, true));
            }
            Save::Profile(fields) => {
                for (name, value) in fields {
                    let found = self.infer(value, true);
                    let known = PROFILE_FACTS.iter().chain(PROFILE_ACTS);
                    let Some((_, kind)) = known.clone().find(|(fact, _)| fact == name) else {
                        let help = did_you_mean_or_list(name, "facts", known.map(|(fact, _)| *fact));
                        let message = format!("there is no fact `{}` to save", name.escape_debug());
                        self.error(Code::UnknownFact, fields_at.clone(), message, help);
                        continue;
                    };
                    self.fitting(value, &found.kind, &Type::of_fact(*kind), &format!("the fact `{name}`"));
                }
            }
            Save::Measures(fields) => {
                for (name, value) in fields {
                    let found = self.infer(value, true);
                    self.fitting(value, &found.kind, &Type::any_number(), &format!("the measure `{name}`"));
                }
            }
        }
    }

    pub(super) fn goal(&mut self, goal: &Goal) {
        match goal {
            Goal::Open { title, due } => {
                self.text(title);
                if let Some(due) = due {
                    let found = self.infer(due, true);
                    self.fitting(due, &found.kind, &Type::Date, "`due`");
                }
            }
            Goal::Close { outcome } => {
                self.certain_of(outcome, &Type::Key(None), "the outcome");
            }
        }
    }

    pub(super) fn schedule(&mut self, schedule: &Schedule, at: Range<usize>) {
        match schedule {
            Schedule::Plan { dialog, every, at: time, with, .. } => {
                self.text(every);
                self.text(time);
                self.arguments_of(dialog, with, at);
            }
            Schedule::Drop { .. } => {}
        }
    }
}
