//! `export.json`: everything, for programs. `docs/export.schema.json` is its schema.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::domain::buddying::{Stage, Standing};
use crate::domain::consent::{Consent, Receipt};
use crate::domain::fading::Fading;
use crate::domain::hard_date::HardDate;
use crate::domain::language::Language;
use crate::domain::person::{Care, Goal, Profile, Silence};
use crate::domain::recurrence::Recurrence;
use crate::domain::supporters::{Asking, OpenRequest};
use crate::domain::text::UserText;
use crate::domain::value::{Value, Values};
use crate::domain::write::WhenBusy;
use crate::export::{Exercise, Export, GoalNote, Measured, PlanKept, words};

/// What `format` says.
pub const FORMAT: &str = "mendwell-export";
/// The version of the format. Raise it with every change that a reader of the version before would trip over.
pub const VERSION: u32 = 1;

/// Writes everything as one JSON object.
///
/// # Errors
/// What the writer says.
pub fn write(export: &Export, to: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::pretty(&mut *to);
    document(export).serialize(&mut serializer)?;
    to.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    bot: &'a str,
    made_at: Timestamp,
    zone: &'a str,
    profile: Person<'a>,
    journal: Vec<Journal<'a>>,
    measures: Vec<Measure<'a>>,
    goals: Vec<GoalSaid<'a>>,
    checkin_plans: Vec<PlanSaid<'a>>,
    exercises: Vec<ExerciseSaid<'a>>,
}

/// The profile; one line a field.
#[derive(Serialize)]
struct Person<'a> {
    accounts: Vec<&'static str>,
    language: Option<&'a str>,
    facts: Plain<'a, Values>,
    consents: &'a BTreeMap<Consent, Receipt>,
    checkins_paused_until: Option<Timestamp>,
    checkins_cannot_arrive: bool,
    dialog_wished_by_link: Option<&'a str>,
    open_goal: Option<&'a Goal>,
    checkin_days: Vec<Date>,
    hard_dates: Vec<HardDay<'a>>,
    moderators_asked: Vec<RequestSaid>,
    moderators_answered: Vec<&'a UserText>,
    exercises_done: &'a BTreeMap<String, Date>,
    silence: Option<&'a Silence>,
    checkins_unanswered: Option<&'a Fading>,
    note_waiting: Option<&'a str>,
    has_pin: bool,
    care: Option<&'a Care>,
    buddies: Vec<Buddy<'a>>,
    exported_at: Option<Timestamp>,
    progress_at: Option<Timestamp>,
}

/// What the other said, and who it is, is not theirs to take along.
#[derive(Serialize)]
struct Buddy<'a> {
    line: &'a UserText,
    stands: Stage,
}

#[derive(Serialize)]
struct HardDay<'a> {
    month: i8,
    day: i8,
    label: &'a UserText,
    cue: &'a UserText,
    then: &'a UserText,
}

#[derive(Serialize)]
struct RequestSaid {
    number: u32,
    since: Timestamp,
}

#[derive(Serialize)]
struct Journal<'a> {
    date: Date,
    dialog: &'a str,
    dialog_title: &'a str,
    title: &'a UserText,
    body: &'a UserText,
    fields: Plain<'a, Values>,
    complete: bool,
}

#[derive(Serialize)]
struct Measure<'a> {
    date: Date,
    values: &'a BTreeMap<String, f64>,
}

#[derive(Serialize)]
#[serde(tag = "what", rename_all = "lowercase")]
enum GoalSaid<'a> {
    Set { date: Date, title: &'a UserText, due: Option<Date> },
    Closed { date: Date, outcome: &'a str },
}

#[derive(Serialize)]
struct PlanSaid<'a> {
    dialog: &'a str,
    dialog_title: &'a str,
    when: String,
    recurrence: &'a Recurrence,
    arguments: Plain<'a, Values>,
    when_busy: &'static str,
    expires_after_seconds: u32,
    next: Option<Timestamp>,
    past: Vec<Past>,
}

#[derive(Serialize)]
struct Past {
    due: Timestamp,
    became: &'static str,
}

#[derive(Serialize)]
struct ExerciseSaid<'a> {
    dialog: &'a str,
    dialog_title: &'a str,
    set_aside_at: Option<Timestamp>,
    kept_until: Option<Timestamp>,
    answers: Vec<Answer<'a>>,
    taken_back: Vec<Answer<'a>>,
    unfinished: &'a [UserText],
}

#[derive(Serialize)]
struct Answer<'a> {
    question: &'a str,
    answer: Option<Plain<'a, Value>>,
}

fn document(export: &Export) -> Document<'_> {
    Document {
        format: FORMAT,
        version: VERSION,
        bot: &export.bot,
        made_at: export.made_at.timestamp(),
        zone: export.made_at.time_zone().iana_name().unwrap_or("UTC"),
        profile: person(&export.profile),
        journal: export
            .journal
            .iter()
            .map(|entry| Journal {
                date: entry.date,
                dialog: &entry.dialog,
                dialog_title: export.title(&entry.dialog),
                title: &entry.title,
                body: &entry.body,
                fields: Plain(&entry.fields),
                complete: entry.complete,
            })
            .collect(),
        measures: export.measures.iter().map(|Measured { date, values }| Measure { date: *date, values }).collect(),
        goals: export.goals.iter().map(goal).collect(),
        checkin_plans: export.plans.iter().map(|kept| plan(export, kept)).collect(),
        exercises: export.exercises.iter().map(|exercise| said(export, exercise)).collect(),
    }
}

fn person(profile: &Profile) -> Person<'_> {
    Person {
        accounts: profile.addresses().map(|address| address.platform.name(Language::English)).collect(),
        language: profile.language.as_deref(),
        facts: Plain(&profile.facts),
        consents: &profile.consents,
        checkins_paused_until: profile.paused_until,
        checkins_cannot_arrive: profile.unreachable,
        dialog_wished_by_link: profile.wished.as_deref(),
        open_goal: profile.open_goal.as_ref(),
        checkin_days: profile.week.iter().flat_map(|week| week.days.iter().copied()).collect(),
        hard_dates: profile.hard_dates.iter().map(hard_day).collect(),
        moderators_asked: profile.asking.iter().flat_map(|asking| asking.open.values()).map(request).collect(),
        moderators_answered: profile.asking.iter().flat_map(Asking::answers).collect(),
        exercises_done: &profile.done,
        silence: profile.silence.as_ref(),
        checkins_unanswered: profile.fading.as_ref(),
        note_waiting: profile.waiting.as_ref().map(|waiting| waiting.dialog.as_str()),
        has_pin: profile.pin.is_some(),
        care: profile.care.as_ref(),
        buddies: profile.buddying.iter().flat_map(|buddying| &buddying.standings).map(buddy).collect(),
        exported_at: profile.exported_at,
        progress_at: profile.progress_at,
    }
}

fn request(open: &OpenRequest) -> RequestSaid {
    RequestSaid { number: open.number, since: open.since }
}

fn hard_day(date: &HardDate) -> HardDay<'_> {
    let HardDate { id: _, month, day, label, cue, then } = date;
    HardDay { month: *month, day: *day, label, cue, then }
}

fn buddy(standing: &Standing) -> Buddy<'_> {
    Buddy { line: &standing.line, stands: standing.stage }
}

fn goal(note: &GoalNote) -> GoalSaid<'_> {
    match note {
        GoalNote::Set { title, due, since } => GoalSaid::Set { date: *since, title, due: *due },
        GoalNote::Closed { outcome, date } => GoalSaid::Closed { date: *date, outcome },
    }
}

fn plan<'a>(export: &'a Export, kept: &'a PlanKept) -> PlanSaid<'a> {
    let plan = &kept.plan;
    PlanSaid {
        dialog: &plan.dialog,
        dialog_title: export.title(&plan.dialog),
        when: words::recurrence(&plan.recurrence, Language::English),
        recurrence: &plan.recurrence,
        arguments: Plain(&plan.with),
        when_busy: match plan.when_busy {
            WhenBusy::Queue => "waits",
            WhenBusy::Skip => "left out",
        },
        expires_after_seconds: plan.expires_s,
        next: kept.due,
        past: kept.past.iter().map(|(due, became)| Past { due: *due, became }).collect(),
    }
}

fn said<'a>(export: &'a Export, exercise: &'a Exercise) -> ExerciseSaid<'a> {
    let answer =
        |(question, answer): &'a (String, Option<Value>)| Answer { question, answer: answer.as_ref().map(Plain) };
    ExerciseSaid {
        dialog: &exercise.dialog,
        dialog_title: export.title(&exercise.dialog),
        set_aside_at: exercise.aside.map(|(since, _)| since),
        kept_until: exercise.aside.map(|(_, until)| until),
        answers: exercise.answers.iter().map(answer).collect(),
        taken_back: exercise
            .taken_back
            .iter()
            .map(|(question, answer)| Answer { question, answer: Some(Plain(answer)) })
            .collect(),
        unfinished: &exercise.unfinished,
    }
}

/// A value as JSON that needs no explanation: without the tags that it is stored with.
struct Plain<'a, T>(&'a T);

impl Serialize for Plain<'_, Values> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &Plain(value))?;
        }
        map.end()
    }
}

impl Serialize for Plain<'_, Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(yes) => serializer.serialize_bool(*yes),
            Value::Num(number) => serializer.serialize_f64(*number),
            Value::Text(text) => serializer.serialize_str(text.expose()),
            Value::Key(key) => serializer.serialize_str(key),
            Value::Date(date) => serializer.collect_str(date),
            Value::Time(time) => serializer.collect_str(&time.strftime("%H:%M")),
            Value::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&Plain(value))?;
                }
                list.end()
            }
            Value::Record(values) => Plain(values).serialize(serializer),
        }
    }
}
