//! What a batch holds of one person in memory: read once, changed by turns, written once.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::dialog::model::Library;
use crate::dialog::session::{ParkedBy, Session, Status};
use crate::domain::ids::{EntryId, PersonId, PlanId, SessionId};
use crate::domain::language::Language;
use crate::domain::limits::WEEK_DAYS;
use crate::domain::link_code::LinkCode;
use crate::domain::person::Profile;
use crate::domain::supporters::Asking;
use crate::domain::value::{Value, Values};
use crate::domain::write::Plan;
use crate::domain::zone;
use crate::safety::helplines::Whereabouts;
use crate::service::Settings;
use crate::store::{EntryKept, KeptCounts, LinkGuesses};

/// One person while a batch works on them.
#[derive(Clone, Debug)]
pub(crate) struct PersonWork {
    /// Who.
    pub id: PersonId,
    /// Their profile.
    pub profile: Profile,
    /// Its revision in the store; `None` for somebody new.
    pub profile_rev: Option<i64>,
    /// Whether the profile must be written.
    pub profile_changed: bool,
    /// The session that is live.
    pub live: Option<Held>,
    /// Sessions set aside, the newest first; all of them once `parked_read`.
    pub parked: Vec<Held>,
    /// Whether the store was asked for them.
    pub parked_read: bool,
    /// Sessions that ended in this batch and have a row to delete.
    pub ended: Vec<SessionId>,
    /// Their plans; all of them once `plans_read`.
    pub plans: Vec<HeldPlan>,
    /// Whether the store was asked for them.
    pub plans_read: bool,
    /// Plans that were dropped in this batch, by dialog, and have a row to delete.
    pub dropped_plans: Vec<String>,
    /// What the store knows of the code that they typed last.
    pub code: Option<CodeLook>,
    /// How much is kept of them, once the store was asked.
    pub counts: Option<KeptCounts>,
    /// Entries that this turn asked for; none between turns.
    pub entries: Vec<(EntryAsk, Arc<[EntryKept]>)>,
    /// Wrong codes of theirs that still count, once the store was asked.
    pub guesses: Option<LinkGuesses>,
}

/// Entries that a turn must look at, the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryAsk {
    /// The one with this id, if there is one.
    One(EntryId),
    /// A page of the journal, and one more that says whether there is another.
    Page(usize),
    /// All of the journal that is looked through for a word.
    Journal,
    /// Goals that were set or closed.
    Goals,
    /// The newest numbers.
    Measures,
}

/// A code that somebody typed, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct CodeLook {
    pub code: LinkCode,
    pub owner: CodeOwner,
}

/// Whose a code is.
#[derive(Clone, Debug)]
pub(crate) enum CodeOwner {
    /// Nobody's: it never was, is used up, or is over.
    Nobody,
    /// Of the person who typed it.
    Themselves,
    /// Of this person, of whom everything was read that a turn may need.
    Other(Box<PersonWork>),
}

/// A session and its row.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The session.
    pub session: Session,
    /// The row's revision; `None` while it has no row.
    pub rev: Option<i64>,
    /// Whether it must be written.
    pub changed: bool,
}

/// A plan and its row.
#[derive(Clone, Debug)]
pub(crate) struct HeldPlan {
    /// The row; `None` while it has none.
    pub id: Option<PlanId>,
    /// The plan.
    pub plan: Plan,
    /// When it is due next.
    pub due: Option<Timestamp>,
    /// Whether it must be written.
    pub changed: bool,
}

/// What a turn must know before it can go on; the writer reads it and tries the turn again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// [`PersonWork::parked`].
    Parked,
    /// [`PersonWork::plans`].
    Plans,
    /// [`PersonWork::code`], of this one.
    Code(LinkCode),
    /// [`PersonWork::counts`].
    Counts,
    /// [`PersonWork::entries`], these.
    Entries(EntryAsk),
}

impl Held {
    /// Since when it is set aside.
    fn parked_since(&self) -> Option<Timestamp> {
        match self.session.status {
            Status::Parked { since, .. } => Some(since),
            Status::Waiting | Status::Ended(_) => None,
        }
    }

    /// Until when it is kept, once it is set aside.
    pub(crate) fn parked_until(&self) -> Option<Timestamp> {
        match self.session.status {
            Status::Parked { until, .. } => Some(until),
            Status::Waiting | Status::Ended(_) => None,
        }
    }

    /// Whether it was set aside only because nobody answered.
    pub(crate) fn is_parked_by_silence(&self) -> bool {
        matches!(self.session.status, Status::Parked { by: ParkedBy::Idle | ParkedBy::GaveUp, .. })
    }
}

impl PersonWork {
    /// Somebody who was never here.
    pub(crate) fn new(id: PersonId, profile: Profile) -> Self {
        Self {
            id,
            profile,
            profile_rev: None,
            profile_changed: true,
            live: None,
            parked: Vec::new(),
            parked_read: true,
            ended: Vec::new(),
            plans: Vec::new(),
            plans_read: true,
            dropped_plans: Vec::new(),
            code: None,
            counts: None,
            entries: Vec::new(),
            guesses: None,
        }
    }

    /// Whether nothing of them may be kept: they did not agree to it, and no dialog is open that may still ask.
    pub(crate) fn keeps_nothing(&self) -> bool {
        self.profile.space.is_none()
            && !self.profile.has_consented()
            && self.live.is_none()
            && self.parked_read
            && self.parked.is_empty()
    }

    /// Their zone, or the host's default.
    pub(crate) fn zone(&self, settings: &Settings) -> TimeZone {
        self.profile.zone_name().and_then(zone::tz).unwrap_or_else(|| settings.zone.clone())
    }

    /// The language in which they are spoken to: what they chose, that of their app, or the host's.
    pub(crate) fn language(&self, settings: &Settings) -> Language {
        self.profile.spoken().unwrap_or(settings.language)
    }

    /// The facts that dialogs may read.
    pub(crate) fn facts(&self, library: &Library, settings: &Settings, now: Timestamp) -> Values {
        let mut facts = self.profile.facts.clone();
        let chosen = self.profile.facts.get("country").and_then(Value::as_str);
        let whereabouts =
            Whereabouts { chosen, zone: self.profile.zone_name(), language: self.profile.language.as_deref() };
        let today = self.zone(settings).to_datetime(now).date();
        let lines = settings.lines.facts(library.speaking(self.language(settings)), whereabouts, today);
        facts.extend(lines.iter().map(|(name, value)| (name.clone(), value.clone())));
        let quiet = self.profile.quiet_hours(settings.quiet);
        facts.insert("quiet_from".into(), Value::Time(quiet.from));
        facts.insert("quiet_to".into(), Value::Time(quiet.to));
        facts.insert("bot_name".into(), Value::text(settings.bot_name.as_str()));
        let missed = self.profile.week.as_ref().is_some_and(|week| week.missed_yesterday(today));
        facts.insert("missed_yesterday".into(), Value::Bool(missed));
        facts.extend(Asking::facts(self.profile.asking.as_ref(), now));
        if let Some((days, of)) = self.checkin_days(today) {
            facts.insert("checkin_days".into(), Value::Num(days as f64));
            facts.insert("checkin_of".into(), Value::Num(of as f64));
        }
        if let Some(goal) = &self.profile.open_goal {
            facts.insert("open_goal".into(), Value::Text(goal.title.clone()));
            if let Some(due) = goal.due {
                facts.insert("open_goal_due".into(), Value::Date(due));
            }
        }
        facts
    }

    /// On how many of the last days they have checked in, and of how many; `None` where that was not noted then.
    fn checkin_days(&self, today: Date) -> Option<(usize, usize)> {
        let is_lately = |last: &Date| today.since(*last).is_ok_and(|span| span.get_days() < WEEK_DAYS);
        match (&self.profile.week, self.profile.facts.get("last_checkin")) {
            (Some(week), _) => Some(week.count(today)),
            (None, Some(Value::Date(last))) if is_lately(last) => None,
            (None, _) => Some((0, usize::try_from(WEEK_DAYS).unwrap_or_default())),
        }
    }

    /// Sessions set aside, the newest first.
    pub(crate) fn parked(&mut self) -> Result<&mut Vec<Held>, Need> {
        if self.parked_read { Ok(&mut self.parked) } else { Err(Need::Parked) }
    }

    /// Their plans.
    pub(crate) fn plans(&mut self) -> Result<&mut Vec<HeldPlan>, Need> {
        if self.plans_read { Ok(&mut self.plans) } else { Err(Need::Plans) }
    }

    /// Entries, as the store has them.
    pub(crate) fn entries(&self, ask: EntryAsk) -> Result<Arc<[EntryKept]>, Need> {
        let found = self.entries.iter().find(|(asked, _)| *asked == ask);
        found.map(|(_, entries)| Arc::clone(entries)).ok_or(Need::Entries(ask))
    }

    /// Puts a session back where its status says it belongs.
    pub(crate) fn place(&mut self, held: Held) {
        match held.session.status {
            Status::Waiting => self.live = Some(held),
            Status::Parked { .. } => self.parked.insert(0, held),
            Status::Ended(_) => {
                if held.rev.is_some() {
                    self.ended.push(held.session.id);
                }
            }
        }
    }

    /// Puts the sessions set aside in their order: the newest first.
    pub(crate) fn sort_parked(&mut self) {
        self.parked.sort_by_key(|held| std::cmp::Reverse(held.parked_since()));
    }

    /// Takes in the sessions that the store has set aside; what this batch changed stays as it is.
    pub(crate) fn parked_loaded(&mut self, rows: Vec<Held>) {
        for row in rows {
            let id = row.session.id;
            let known =
                self.ended.contains(&id) || self.parked.iter().chain(&self.live).any(|held| held.session.id == id);
            if !known {
                self.parked.push(row);
            }
        }
        self.sort_parked();
        self.parked_read = true;
    }

    /// Takes in the plans of the store; what this batch changed stays as it is.
    pub(crate) fn plans_loaded(&mut self, rows: Vec<HeldPlan>) {
        for row in rows {
            let known = self.plans.iter().any(|held| held.plan.dialog == row.plan.dialog);
            if !known && !self.dropped_plans.contains(&row.plan.dialog) {
                self.plans.push(row);
            }
        }
        self.plans_read = true;
    }
}
