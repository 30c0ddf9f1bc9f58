//! What a dialog keeps, as lines of a transcript.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::console::text;
use crate::console::transcript::script::lines;
use crate::dialog::session::{How, ParkedBy, Status};
use crate::domain::recurrence::{At, Every, Recurrence};
use crate::domain::value::{Value, Values};
use crate::domain::write::{JournalEntry, Plan, WhenBusy, Write};

/// The lines of something kept.
pub fn write(write: &Write) -> String {
    match write {
        Write::Journal(entry) => journal(entry),
        Write::Profile(facts) => lines("save", &format!("profile {}", values(facts))),
        Write::Measures { values, date } => {
            let numbers: Vec<String> = values.iter().map(|(name, number)| format!("{name} = {number}")).collect();
            lines("measure", &format!(" {} on {date}", numbers.join(", ")))
        }
        Write::Goal { title, due, .. } => {
            let due = due.map_or_else(String::new, |due| format!("   due {due}"));
            lines("goal", &format!("{}{due}", text::label(title.expose())))
        }
        Write::GoalClosed { outcome, .. } => lines("goal", &format!("closed: {outcome}")),
        Write::Plan(plan) => lines("plan", &planned(plan)),
        Write::PlanDropped { name } => lines("plan", &format!("dropped: {name}")),
    }
}

/// The line of a check-in that was put off.
pub fn put_off(until: Timestamp, zone: &TimeZone) -> String {
    lines("put", &format!("off until {}", until.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M")))
}

/// The line of a status that a dialog has come to; none while it waits.
pub fn status(status: Status) -> Option<String> {
    match status {
        Status::Waiting => None,
        Status::Parked { by, .. } => {
            let by = match by {
                ParkedBy::Person => "person",
                ParkedBy::Idle => "idle",
                ParkedBy::Other => "other",
                ParkedBy::GaveUp => "gave up",
            };
            Some(lines("park", by))
        }
        Status::Ended(how) => {
            let how = match how {
                How::Finished => "finished",
                How::Stopped => "stopped",
                How::Expired => "expired",
                How::PutOff => "put off",
                How::Gone => "gone",
            };
            Some(lines("end", how))
        }
    }
}

/// A value in one line: bare where that is clear, else quoted.
pub fn value(value: &Value) -> String {
    match value {
        Value::Bool(truth) => truth.to_string(),
        Value::Num(number) => number.to_string(),
        Value::Text(text) => quoted(text.expose()),
        Value::Key(key) => key.clone(),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.strftime("%H:%M").to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        Value::Record(fields) => format!("{{{}}}", values(fields)),
    }
}

fn values(values: &Values) -> String {
    values.iter().map(|(name, each)| format!("{name} = {}", value(each))).collect::<Vec<_>>().join(", ")
}

fn quoted(text: &str) -> String {
    let is_clear = !text.is_empty()
        && text.trim() == text
        && !text.contains("  ")
        && !text.contains(|c: char| c.is_control() || "\"\\,[]{}=#".contains(c));
    if is_clear { text.to_owned() } else { serde_json::to_string(text).unwrap_or_default() }
}

fn journal(entry: &JournalEntry) -> String {
    // An unfinished one says so in its own title.
    let mut text = format!("journal {}", text::label(entry.title.expose()));
    let body = text::clean(entry.body.expose());
    for line in body.trim_end().lines() {
        text.push_str("\n| ");
        text.push_str(line);
    }
    if !entry.fields.is_empty() {
        text.push_str("\n· ");
        text.push_str(&values(&entry.fields));
    }
    lines("save", &text)
}

fn planned(plan: &Plan) -> String {
    let with = if plan.with.is_empty() { String::new() } else { format!("   with {}", values(&plan.with)) };
    let busy = match plan.when_busy {
        WhenBusy::Queue => "queue",
        WhenBusy::Skip => "skip",
    };
    let expires = crate::console::wait::written(jiff::SignedDuration::from_secs(i64::from(plan.expires_s)));
    format!("{} {}{with}   {busy}, expires {expires}", plan.dialog, recurrence(&plan.recurrence))
}

fn recurrence(recurrence: &Recurrence) -> String {
    let every = match &recurrence.every {
        Every::Daily => "every day".to_owned(),
        Every::Weekdays => "Monday to Friday".to_owned(),
        Every::Days(days) => {
            let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
            let name = |day: &i8| usize::try_from(*day - 1).ok().and_then(|day| names.get(day)).copied();
            days.iter().filter_map(name).collect::<Vec<_>>().join(", ")
        }
        Every::NDays { n, from } => format!("every {n} days from {from}"),
        Every::Once(date) => date.to_string(),
    };
    match recurrence.at {
        At::Wall(time) => format!("{every} {}", time.strftime("%H:%M")),
        At::Window { from, to } => format!("{every} {}-{}", from.strftime("%H:%M"), to.strftime("%H:%M")),
    }
}
