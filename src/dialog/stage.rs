//! What `save`, `goal` and `schedule` want kept: staged until the next commit.

use std::collections::BTreeMap;

use crate::dialog::eval::{Scope, eval, num};
use crate::dialog::eval_call::today;
use crate::dialog::machine::Machine;
use crate::dialog::model::{Dialog, Goal, Save, Schedule};
use crate::dialog::{render, schedule};
use crate::domain::language::Language;
use crate::domain::text::UserText;
use crate::domain::value::Value;
use crate::domain::write::{JournalEntry, Plan, Write, WriteKey};

impl Machine<'_> {
    pub(super) fn stage_save(&mut self, dialog: &Dialog, save: &Save) {
        let date = today(&self.scope());
        match save {
            Save::Journal { title, body, fields } => {
                let entry = JournalEntry {
                    dialog: dialog.id.clone(),
                    title: UserText::new(render::text(title, &self.scope()).plain()),
                    body: UserText::new(render::text(body, &self.scope()).plain().trim()),
                    fields: self.values(fields),
                    date,
                    complete: true,
                };
                self.stage(Write::Journal(entry));
            }
            Save::Profile(named) => {
                let facts = self.values(named);
                if !facts.is_empty() {
                    self.stage(Write::Profile(facts));
                }
            }
            Save::Measures(named) => {
                let values: BTreeMap<String, f64> =
                    self.values(named).iter().filter_map(|(name, value)| Some((name.clone(), num(value)?))).collect();
                if !values.is_empty() {
                    self.stage(Write::Measures { values, date });
                }
            }
        }
    }

    pub(super) fn stage_goal(&mut self, goal: &Goal) {
        let scope = self.scope();
        let today = today(&scope);
        let write = match goal {
            Goal::Open { title, due } => {
                let title = render::text(title, &scope).plain();
                let due = match due.as_ref().and_then(|due| eval(due, &scope)) {
                    Some(Value::Date(due)) => Some(due),
                    _ => None,
                };
                (!title.trim().is_empty()).then(|| Write::Goal {
                    title: UserText::new(title.trim()),
                    due,
                    since: today,
                })
            }
            Goal::Close { outcome } => eval(outcome, &scope)
                .and_then(|outcome| outcome.as_str().map(str::to_owned))
                .map(|outcome| Write::GoalClosed { outcome, date: today }),
        };
        if let Some(write) = write {
            self.stage(write);
        }
    }

    /// Stages a plan. Days and times that mean nothing, which the checker finds where they are literal, plan
    /// nothing: a made-up time would be worse than none.
    pub(super) fn stage_schedule(&mut self, schedule: &Schedule) {
        // What the program reads is in one language: labels and days of the dialog's own file, whatever is spoken.
        let source = self.session.stack.last().and_then(|frame| self.base.dialogs.get(&frame.dialog));
        let scope = self.scope();
        let scope = Scope { dialog: source.map(AsRef::as_ref), language: Language::English, ..scope };
        match schedule {
            Schedule::Plan { dialog, every, at, with, when_busy, expires_s } => {
                let (every, at) = (render::text(every, &scope).plain(), render::text(at, &scope).plain());
                if let Some(recurrence) = schedule::recurrence(&every, &at, today(&scope)) {
                    self.stage(Write::Plan(Plan {
                        dialog: dialog.clone(),
                        with: self.values(with),
                        recurrence,
                        when_busy: *when_busy,
                        expires_s: *expires_s,
                    }));
                }
            }
            Schedule::Drop { dialog } => self.stage(Write::PlanDropped { name: dialog.clone() }),
        }
    }

    fn stage(&mut self, write: Write) {
        let key = WriteKey(format!("{}#{}", self.path(), self.session.commits));
        self.session.staged.push((key, write));
    }
}
