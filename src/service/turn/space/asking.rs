//! The question of a space: which, when, and what becomes of it.

use jiff::Timestamp;

use crate::domain::ids::PlanId;
use crate::domain::limits::{SPACE_QUESTION_EXPIRES_S, SPACE_SILENT_MAX, SPACE_SILENT_WEEKLY};
use crate::domain::message::{Piece, RichText};
use crate::domain::recurrence::{At, Every, Lateness, Recurrence, late};
use crate::domain::space::{Asked, Named, Rhythm, Space};
use crate::domain::value::Values;
use crate::domain::write::{Plan, WhenBusy};
use crate::service::person::Need;
use crate::service::ports::Class;
use crate::service::turn::space::mood::{MOOD, MOOD_END};
use crate::service::turn::space::pairs::BUDDIES;
use crate::service::turn::space::posts::POSTS;
use crate::service::turn::space::queue::QUEUE;
use crate::service::turn::space::{Spot, button, weekday};
use crate::service::turn::{OccurrenceState, Turn, line};

/// The name of the plan by which questions come.
const QUESTION: &str = "space-question";
/// How the key of a suggested question begins.
const SUGGESTED: &str = "s";

/// A question that can be asked.
struct Candidate {
    key: String,
    text: Piece,
    /// Whether somebody can go on with it in private.
    leads: bool,
}

impl Turn<'_, '_> {
    /// Plans what comes in the space as it is set up.
    pub(super) fn plan_question(&mut self) -> Result<(), Need> {
        self.plan_mood()?;
        self.plan_next_question()
    }

    fn plan_next_question(&mut self) -> Result<(), Need> {
        let space = self.space();
        let every = match space.rhythm {
            _ if !space.asks() => None,
            Rhythm::Off => None,
            Rhythm::Daily => Some(Every::Daily),
            Rhythm::Weekly(day) => Some(Every::Days(vec![day])),
        };
        let Some(every) = every else { return self.plan_drop(QUESTION) };
        self.plan(Plan {
            dialog: QUESTION.to_owned(),
            with: Values::new(),
            recurrence: Recurrence { every, at: At::Wall(space.time()) },
            when_busy: WhenBusy::Skip,
            expires_s: SPACE_QUESTION_EXPIRES_S,
        })
    }

    /// The time of a plan has come. A due instant that the plan no longer has is an old event.
    pub(super) fn planned_in_space(&mut self, id: PlanId, due: Timestamp) -> Result<(), Need> {
        let plans = self.work.plans()?;
        let Some(plan) = plans.iter().find(|held| held.id == Some(id) && held.due == Some(due)) else { return Ok(()) };
        let plan = plan.plan.clone();
        if plan.dialog == POSTS {
            self.record(id, due, due, OccurrenceState::Started);
            return self.posts_due(id);
        }
        if plan.dialog == QUEUE {
            return self.queue_due(id, due);
        }
        if plan.dialog == BUDDIES {
            self.record(id, due, due, OccurrenceState::Started);
            return self.buddies_due();
        }
        if plan.dialog == MOOD_END {
            return self.mood_ends(id, due);
        }
        self.question_due(id, due, &plan)
    }

    fn question_due(&mut self, id: PlanId, due: Timestamp, plan: &Plan) -> Result<(), Need> {
        let now = self.world.now;
        let zone = self.work.zone(self.world.settings);
        let quiet = self.work.profile.quiet_hours(self.world.settings.quiet);
        let state = match late(due, now, plan.expires_s, &zone, quiet) {
            Lateness::WaitUntil(at) => {
                self.plan_due(id, Some(at));
                return Ok(());
            }
            Lateness::Expired => OccurrenceState::Expired,
            Lateness::Due if self.work.profile.unreachable || !self.space().asks() => OccurrenceState::Skipped,
            Lateness::Due => OccurrenceState::Started,
        };
        let next = self.next_due(plan, now);
        self.plan_due(id, next);
        self.record(id, due, due, state);
        if state == OccurrenceState::Started && plan.dialog == MOOD {
            self.mood_begins()?;
        } else if state == OccurrenceState::Started {
            self.ask_or_rest()?;
        }
        Ok(())
    }

    /// Somebody pressed a button of a question. In private it goes on elsewhere; here there is only a hint.
    pub(super) fn answered_in_space(&mut self, key: &str, is_private: bool) {
        let space = self.space_mut();
        space.unanswered = 0;
        if let Some(last) = space.last.as_mut().filter(|last| last.key == key) {
            last.is_answered = true;
        }
        let theme = key.rsplit_once('-').and_then(|(theme, _)| self.world.settings.prompts.theme(theme));
        let library = self.world.library;
        match theme.filter(|theme| is_private && library.dialog(&theme.dialog).is_some()) {
            Some(theme) => self.changes.leads = Some(theme.dialog.clone()),
            None => self.note("space_share_how"),
        }
    }

    /// Asks; or, where nobody has done anything for long, less often, and at last not any more.
    fn ask_or_rest(&mut self) -> Result<(), Need> {
        let Some(chat) = self.space().channel else { return Ok(()) };
        let spot = Spot { chat, message: None };
        let today = self.work.zone(self.world.settings).to_datetime(self.world.now).date();
        let space = self.space_mut();
        let is_silent = space.last.as_ref().is_some_and(|last| !last.is_answered);
        space.unanswered = if is_silent { space.unanswered + 1 } else { 0 };
        if space.unanswered >= SPACE_SILENT_MAX {
            (space.rhythm, space.unanswered, space.last) = (Rhythm::Off, 0, None);
            self.space_tell(&spot, "space_rests", &[], Vec::new());
            return self.plan_question();
        }
        if space.unanswered == SPACE_SILENT_WEEKLY && space.rhythm == Rhythm::Daily {
            space.rhythm = Rhythm::Weekly(today.weekday().to_monday_one_offset());
            self.ask(&spot);
            let day = weekday(today.weekday().to_monday_one_offset(), self.language());
            self.space_tell(&spot, "space_weekly_now", &[("day", day)], Vec::new());
            return self.plan_question();
        }
        self.ask(&spot);
        Ok(())
    }

    fn ask(&mut self, spot: &Spot) {
        let mut space = self.space();
        let mut left = self.candidates(&space);
        if left.is_empty() {
            space.asked.clear();
            left = self.candidates(&space);
        }
        let count = left.len().max(1);
        let at = usize::try_from((self.world.chance)() % count as u64).unwrap_or_default();
        let Some(question) = left.into_iter().nth(at) else { return };
        space.asked.insert(question.key.clone());
        // Tried anew: if it does not arrive, it is noted again.
        space.lost.remove(&Named::Channel);
        let now = self.world.now;
        if let Some(posts) = &mut space.posts {
            posts.aliases.clear();
        }
        space.last = Some(Asked { key: question.key.clone(), at: now, is_answered: false });
        *self.space_mut() = space;
        let day = self.words().language.near_day(self.work.zone(self.world.settings).to_datetime(now).date());
        let RichText(mut pieces) = line(self.words(), "space_question", &[], 0);
        pieces.push(Piece::Author("\n\n".to_owned()));
        pieces.push(question.text);
        let mut choices = Vec::new();
        let key = &question.key;
        if question.leads {
            choices.push(button(self.space_line("space_button_private", &[]), &format!("private.{key}")));
        }
        choices.push(button(self.space_line("space_button_share", &[]), &format!("share.{key}")));
        if self.space().takes_posts() {
            choices.push(button(self.space_line("space_button_post", &[]), "reply.0"));
        }
        let thread = self.space_line("space_thread", &[("day", &day)]);
        self.say_in_space(spot, RichText(pieces), choices, Class::Nudge, Some(thread));
    }

    /// What was not asked since everything was.
    fn candidates(&self, space: &Space) -> Vec<Candidate> {
        let (language, library) = (self.language(), self.world.library);
        let themes = &self.world.settings.prompts.themes;
        let of_theme = themes.iter().filter(|theme| !space.themes_off.contains(&theme.key)).flat_map(|theme| {
            (0..theme.ask.len()).filter_map(move |number| {
                let text = Piece::Author(theme.question(number, language)?.to_owned());
                Some(Candidate {
                    key: format!("{}-{number}", theme.key),
                    text,
                    leads: library.dialog(&theme.dialog).is_some(),
                })
            })
        });
        let suggested = space.suggestions.iter().filter(|(_, suggestion)| suggestion.is_approved);
        let suggested = suggested.map(|(number, suggestion)| Candidate {
            key: format!("{SUGGESTED}{number}"),
            text: Piece::Person(suggestion.text.clone()),
            leads: false,
        });
        of_theme.chain(suggested).filter(|candidate| !space.asked.contains(&candidate.key)).collect()
    }
}
