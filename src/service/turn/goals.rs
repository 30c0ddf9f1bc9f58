//! `/goals`: the small thing that is open, and what became of earlier ones.

use crate::dialog::effect::Input;
use crate::dialog::session::Cause;
use crate::domain::limits::GOALS_PAST_MAX;
use crate::domain::occasion::Occasion;
use crate::domain::pin::Purpose;
use crate::domain::value::{Value, Values};
use crate::domain::write::Write;
use crate::service::person::{EntryAsk, Need};
use crate::service::turn::{Turn, line};

/// What may become of a goal, with the line that says so.
const OUTCOMES: &[(&str, &str)] = &[
    ("done", "goal_done"),
    ("kept", "goal_done"),
    ("partly", "goal_partly"),
    ("not", "goal_not"),
    ("missed", "goal_not"),
    ("moved", "goal_moved"),
    ("smaller", "goal_smaller"),
    ("let_go", "goal_let_go"),
];

impl Turn<'_, '_> {
    /// Asks what about the open one; what became of earlier ones comes along.
    pub(super) fn goals(&mut self) -> Result<(), Need> {
        let dialog = self.world.settings.dialogs.of(Occasion::Goals).to_owned();
        if !self.may_read(Purpose::Goals)? {
            return Ok(());
        }
        let is_open = self.work.live.as_ref().and_then(|held| held.session.stack.first());
        if is_open.is_some_and(|frame| frame.dialog == dialog) {
            return self.step_live(&Input::Again);
        }
        let past = self.goals_past()?;
        let with = if past.is_empty() { Values::new() } else { Values::from([("past".to_owned(), Value::text(past))]) };
        self.start_with(&dialog, &with, Cause::Person)
    }

    /// Earlier goals, one a line, the newest first. One that another took the place of has no outcome.
    fn goals_past(&self) -> Result<String, Need> {
        let entries = self.work.entries(EntryAsk::Goals)?;
        let open = self.work.profile.open_goal.as_ref();
        let (mut lines, mut became) = (Vec::new(), None);
        for kept in entries.iter() {
            match &kept.write {
                Write::GoalClosed { outcome, .. } => became = Some(outcome.as_str()),
                Write::Goal { title, since, .. } => {
                    let is_open = became.is_none()
                        && lines.is_empty()
                        && open.is_some_and(|open| open.title == *title && open.since == *since);
                    if !is_open {
                        let day = self.day_text(*since);
                        lines.push(format!("{day}: {} – {}", title.expose(), self.outcome(became.take())));
                    }
                }
                Write::Journal(_)
                | Write::Profile(_)
                | Write::Measures { .. }
                | Write::Plan(_)
                | Write::PlanDropped { .. } => {}
            }
        }
        lines.truncate(GOALS_PAST_MAX);
        Ok(lines.join("\n"))
    }

    fn outcome(&self, became: Option<&str>) -> String {
        let known = became.and_then(|became| OUTCOMES.iter().find(|(outcome, _)| *outcome == became));
        line(self.words(), known.map_or("goal_left", |(_, key)| *key), &[], 0).plain()
    }
}
