//! What somebody decides about a buddy: to look for one, to answer, to end it, and to tell moderators.

use crate::domain::buddies::Seeker;
use crate::domain::buddying::{BuddyWord, Reason, Stage, Standing};
use crate::domain::consent::Consent;
use crate::domain::limits::{BUDDY_LOOKS_A_DAY_MAX, BUDDY_SPACES_MAX, QUOTA_SPAN};
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::prose::clean;
use crate::service::turn::Turn;

impl Turn<'_, '_> {
    /// What the dialog decided.
    pub(in crate::service::turn) fn buddy_acts(&mut self, facts: &mut Values) {
        let text = |value: Option<Value>| match value {
            Some(Value::Text(words)) => Some(words),
            Some(_) | None => None,
        };
        let line = text(facts.remove("buddy_line"));
        let words = text(facts.remove("buddy_words")).filter(|words| !words.expose().trim().is_empty());
        let names = facts.remove("buddy_names") == Some(Value::Bool(true));
        let reason = facts.remove("buddy_reason");
        let of = match facts.remove("buddy_of") {
            Some(Value::Num(of)) => of,
            Some(_) | None => 0.0,
        };
        let Some(act) = facts.remove("buddy") else { return };
        match (act.as_str().unwrap_or_default(), line) {
            ("look", Some(line)) => self.look_for_buddy(&line),
            ("yes", _) => self.answer_buddy(of, true),
            ("no", _) => self.answer_buddy(of, false),
            ("never", _) => self.leave_buddy(of, true),
            ("report", _) => {
                let reason = match reason.as_ref().and_then(Value::as_str) {
                    Some("frightens") => Reason::Frightens,
                    Some("pushes") => Reason::Pushes,
                    Some("asks") => Reason::Asks,
                    Some(_) | None => Reason::Other,
                };
                self.report_buddy(of, reason, words, names);
            }
            _ => self.leave_buddy(of, false),
        }
    }

    fn look_for_buddy(&mut self, line: &UserText) {
        let (now, id) = (self.world.now, self.work.id);
        let profile = &self.work.profile;
        let is_agreed = profile.says(Consent::Buddies) == Some(true)
            && !profile.is_outdated(Consent::Buddies, &self.world.settings.wordings);
        let to = profile.buddying.as_ref().and_then(|buddying| buddying.to);
        let Some((space, tag)) = to.filter(|(space, _)| is_agreed && *space != id) else {
            self.line("buddy_nowhere", &[]);
            return;
        };
        // As with posts: what was asked about a moment ago is for nobody else to read all the same.
        let screen = &self.world.settings.screen;
        if screen.reply(&screen.look(line.expose()), true).is_some() {
            self.line("post_care", &[]);
            self.crisis_card();
            return;
        }
        let buddying = self.buddying();
        buddying.lately.retain(|at| now.duration_since(*at) < QUOTA_SPAN);
        let elsewhere = buddying.standings.iter().filter(|standing| standing.space != space).count();
        if elsewhere >= BUDDY_SPACES_MAX {
            self.line("buddy_spaces", &[("max", &BUDDY_SPACES_MAX.to_string())]);
            return;
        }
        if buddying.lately.len() >= BUDDY_LOOKS_A_DAY_MAX {
            self.line("buddy_enough", &[("max", &BUDDY_LOOKS_A_DAY_MAX.to_string())]);
            return;
        }
        buddying.lately.push(now);
        let never = buddying.never.clone();
        let line = UserText::new(clean::line(line.expose()));
        let seeker = Seeker { person: id, marks: self.own_marks(), never, line, since: now };
        self.tell_space(space, BuddyWord::Looks { seeker, tag });
    }

    fn answer_buddy(&mut self, of: f64, yes: bool) {
        let person = self.work.id;
        let Some(standing) = self.looked_at(of).filter(|standing| matches!(standing.stage, Stage::Asked | Stage::Over))
        else {
            self.line("buddy_over", &[]);
            return;
        };
        standing.stage = match (yes, standing.stage) {
            (true, Stage::Over) => Stage::Again,
            (true, _) => Stage::Agreed,
            (false, _) => Stage::Waiting,
        };
        if !yes {
            (standing.theirs, standing.other) = (None, None);
        }
        let (space, number) = (standing.space, standing.number);
        self.tell_space(space, BuddyWord::Says { person, number, yes });
    }

    /// They are out. The other hears only that it ends.
    fn leave_buddy(&mut self, of: f64, is_for_good: bool) {
        let person = self.work.id;
        let Some(standing) = self.gone_from(of) else {
            self.line("buddy_over", &[]);
            return;
        };
        if let Some((_, marks)) = standing.other.filter(|_| is_for_good) {
            self.buddying().never.extend(marks);
        }
        self.tell_space(standing.space, BuddyWord::Leaves(person));
    }

    /// As never again, and moderators are told why.
    fn report_buddy(&mut self, of: f64, reason: Reason, words: Option<UserText>, names: bool) {
        let person = self.work.id;
        let Some(standing) = self.gone_from(of) else {
            self.line("buddy_over", &[]);
            return;
        };
        let mut account = None;
        if let Some((other, marks)) = standing.other {
            self.buddying().never.extend(marks);
            account = names.then_some(other);
        }
        self.tell_space(standing.space, BuddyWord::Reports { person, reason, words, names: account });
    }

    /// The one that the dialog is about, unless it is about somebody else by now.
    fn looked_at(&mut self, of: f64) -> Option<&mut Standing> {
        let is_it = |standing: &&mut Standing| f64::from(standing.id) == of && standing.stage != Stage::Gone;
        self.buddying().standings.iter_mut().find(is_it)
    }

    fn gone_from(&mut self, of: f64) -> Option<Standing> {
        let id = self.looked_at(of)?.id;
        let standings = &mut self.buddying().standings;
        let at = standings.iter().position(|standing| standing.id == id)?;
        Some(standings.remove(at))
    }
}
