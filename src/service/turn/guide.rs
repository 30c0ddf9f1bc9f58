//! `/guide`: how much of it is done, chapter by chapter, what may come next, and something by chance. Nothing begins, and
//! nothing that is open is set aside, before one of it is pressed.

use std::collections::BTreeSet;

use crate::dialog::shelf::{CHAPTERS, Shelf, Wish};
use crate::domain::message::{Choice, Piece, RichText, View, ViewKind};
use crate::domain::occasion::Occasion;
use crate::domain::value::Value;
use crate::service::person::Need;
use crate::service::turn::offer::opens;
use crate::service::turn::{Turn, line, line_of};

impl Turn<'_, '_> {
    pub(super) fn guide(&mut self) -> Result<(), Need> {
        let guide = self.world.settings.dialogs.of(Occasion::Guide).to_owned();
        let aside = self.set_aside_last()?;
        let profile = &self.work.profile;
        let library = self.words();
        let done: BTreeSet<&str> = profile.done.keys().map(String::as_str).collect();
        let counts = library.shelf.counts(&done);
        if !profile.has_consented() || self.is_in_safety() || counts.iter().all(|(_, all)| *all == 0) {
            return self.open(guide);
        }
        let wish = Wish::of_goal(profile.facts.get("goal").and_then(Value::as_str));
        let is_locked = profile.facts.get("contact_lock").and_then(Value::as_str).is_some_and(|lock| lock != "none");
        let chance = (self.world.chance)();
        let next = library.shelf.next(&done, wish, is_locked);
        let any = library.shelf.by_chance(&done, wish, is_locked, next, chance);

        let mut body = self.overview(&counts);
        if let Some(title) = aside {
            append(&mut body, line(library, "guide_aside", &[("title", &title)], 0));
        }
        let mut choices: Vec<Choice> = Vec::new();
        if let Some(next) = next.and_then(|id| library.dialog(id)) {
            let about = [("title", next.title.as_str()), ("summary", next.summary.as_str())];
            append(&mut body, line(library, "guide_next", &about, 0));
            choices.push(opens(&next.id, &next.title));
        }
        let word = |key: &str| line(library, key, &[], 0).plain();
        choices.extend(any.map(|id| opens(id, &word("guide_any"))));
        choices.push(opens(&guide, &word("guide_all")));
        self.show(View { body, kind: ViewKind::Choice, choices, language: self.language() });
        Ok(())
    }

    /// How much is done of each chapter that has begun, and of everything.
    fn overview(&self, counts: &[(usize, usize); CHAPTERS]) -> RichText {
        let library = self.words();
        let number = |count: usize| Value::Num(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        let sum = |of: fn(&(usize, usize)) -> usize| number(counts.iter().map(of).sum());
        let (done, all) = (sum(|(done, _)| *done), sum(|(_, all)| *all));
        let key = if done == Value::Num(0.0) { "guide_new" } else { "guide_begun" };
        let mut body = line_of(library, key, &[("done", done), ("all", all)], 0);
        let begun = counts.iter().enumerate().filter(|(_, (done, _))| *done > 0);
        for (chapter, (done, all)) in begun {
            let Some(card) = library.dialog(&Shelf::card(chapter)) else { continue };
            let about = [("title", Value::text(card.title.as_str())), ("done", number(*done)), ("all", number(*all))];
            append(&mut body, line_of(library, "guide_chapter", &about, 0));
        }
        body
    }

    /// The title of what was set aside last.
    fn set_aside_last(&mut self) -> Result<Option<String>, Need> {
        let dialog =
            self.parked()?.first().and_then(|held| held.session.stack.first()).map(|frame| frame.dialog.clone());
        Ok(dialog.and_then(|id| Some(self.words().dialog(&id)?.title.clone())))
    }
}

/// On a line of its own.
fn append(body: &mut RichText, mut text: RichText) {
    body.0.push(Piece::Author("\n".to_owned()));
    body.0.append(&mut text.0);
}
