//! The first line of a transcript: which dialog, when, with which seed, facts and arguments.

use std::fmt;
use std::sync::Arc;

use jiff::ZonedDateTime;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZoneDatabase;

use crate::console::transcript::kept;
use crate::dialog::model::Library;
use crate::dialog::session::Cause;
use crate::domain::language::Language;
use crate::domain::person::{FactKind, PROFILE_FACTS, SERVICE_FACTS};
use crate::domain::value::{Value, Values};
use crate::safety::helplines::Helplines;

/// The circumstances of a played dialog.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The dialog's id.
    pub dialog: String,
    /// When it starts, in the person's zone.
    pub at: ZonedDateTime,
    /// The language in which they are spoken to.
    pub language: Language,
    /// All variety comes from here.
    pub seed: u64,
    /// What is known of the person.
    pub facts: Values,
    /// The dialog's arguments.
    pub args: Values,
    /// Why it starts.
    pub cause: Cause,
    /// Whom people can reach. It does not stand in the line: it comes with the dialogs.
    pub helplines: Arc<Helplines>,
}

const GAP: &str = "    ";

impl Head {
    /// A dialog on an ordinary evening, by somebody unknown.
    ///
    /// # Errors
    /// None, unless the zones that are built in lack Berlin.
    pub fn new(dialog: &str) -> Result<Self, String> {
        Ok(Self {
            dialog: dialog.to_owned(),
            at: moment("2026-03-02 20:15 Europe/Berlin")?,
            language: Language::default(),
            seed: 1,
            facts: Values::new(),
            args: Values::new(),
            cause: Cause::Person,
            helplines: Arc::new(Helplines::shipped()),
        })
    }

    /// Reads a first line. Facts and arguments are of the kinds that the dialog declares.
    ///
    /// # Errors
    /// For the author: what cannot be read, in one sentence.
    pub fn parse(line: &str, lib: &Library) -> Result<Self, String> {
        let mut head = Self::new("")?;
        for field in fields(line) {
            let (word, rest) = field.split_once(' ').unwrap_or((field, ""));
            let rest = rest.trim();
            match word {
                "dialog" => head.dialog = rest.to_owned(),
                "at" => head.at = moment(rest)?,
                "seed" => head.seed = rest.parse().map_err(|_| format!("`{rest}` is no seed: a whole number"))?,
                "language" => {
                    head.language = Language::of_tag(rest).ok_or_else(|| format!("`{rest}` is no language: en, es"))?;
                }
                "cause" if rest == "check-in" => head.cause = Cause::CheckIn,
                "fact" => head.name(rest, lib, false)?,
                "with" => head.name(rest, lib, true)?,
                _ => {
                    return Err(format!(
                        "`{field}` is no field of the first line: dialog ID, at DATE TIME ZONE, language CODE, seed N, fact NAME = VALUE, \
                         with NAME = VALUE, cause check-in; four spaces between"
                    ));
                }
            }
        }
        if head.dialog.is_empty() { Err("the first line says `dialog ID`".into()) } else { Ok(head) }
    }

    fn name(&mut self, text: &str, lib: &Library, is_argument: bool) -> Result<(), String> {
        let Some((name, value)) = text.split_once('=') else { return Err(format!("`{text}` lacks its `= VALUE`")) };
        let (name, value) = (name.trim(), value.trim());
        let dialog = lib.dialog(&self.dialog);
        let declared = if is_argument {
            dialog.and_then(|dialog| dialog.params.get(name)).map(|param| param.kind)
        } else {
            let tables = PROFILE_FACTS.iter().chain(SERVICE_FACTS);
            let known = || tables.clone().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
            dialog.and_then(|dialog| dialog.facts.get(name)).map(|fact| fact.kind).or_else(known)
        };
        let Some(kind) = declared else { return Err(format!("`{}` knows no `{name}`", self.dialog)) };
        let value = parse_value(kind, value).ok_or_else(|| format!("`{value}` is no value of `{name}`"))?;
        let values = if is_argument { &mut self.args } else { &mut self.facts };
        values.insert(name.to_owned(), value);
        Ok(())
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.at.time_zone().iana_name().unwrap_or("UTC");
        write!(f, "dialog {}{GAP}at {} {zone}", self.dialog, self.at.strftime("%Y-%m-%d %H:%M"))?;
        if self.language != Language::default() {
            write!(f, "{GAP}language {}", self.language.code())?;
        }
        write!(f, "{GAP}seed {}", self.seed)?;
        if self.cause == Cause::CheckIn {
            write!(f, "{GAP}cause check-in")?;
        }
        for (name, value) in &self.facts {
            write!(f, "{GAP}fact {name} = {}", kept::value(value))?;
        }
        for (name, value) in &self.args {
            write!(f, "{GAP}with {name} = {}", kept::value(value))?;
        }
        Ok(())
    }
}

/// Parts with two or more spaces between, outside of quotes.
fn fields(line: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let (mut from, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted && line.get(at..).is_some_and(|rest| rest.starts_with("  ")) => {
                fields.extend(line.get(from..at));
                from = at + 1;
            }
            _ => {}
        }
    }
    fields.extend(line.get(from..));
    fields.into_iter().map(str::trim).filter(|field| !field.is_empty()).collect()
}

fn moment(text: &str) -> Result<ZonedDateTime, String> {
    let wrong = || format!("`{text}` is no time: at 2026-03-02 20:15 Europe/Berlin");
    let mut parts = text.split_whitespace();
    let (Some(date), Some(time), Some(zone), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    let date: Date = date.parse().map_err(|_| wrong())?;
    let time: Time = time.parse().map_err(|_| wrong())?;
    let zone = TimeZoneDatabase::bundled().get(zone).map_err(|_| wrong())?;
    date.to_datetime(time).to_zoned_datetime(zone).map_err(|_| wrong())
}

fn parse_value(kind: FactKind, text: &str) -> Option<Value> {
    let unquoted = if text.starts_with('"') { serde_json::from_str(text).ok()? } else { text.to_owned() };
    match kind {
        FactKind::Text => Some(Value::text(unquoted)),
        FactKind::Key => Some(Value::Key(unquoted)),
        FactKind::Num => unquoted.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Num),
        FactKind::Bool => unquoted.parse().ok().map(Value::Bool),
        FactKind::Date => unquoted.parse().ok().map(Value::Date),
        FactKind::Time => unquoted.parse().ok().map(Value::Time),
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, Library};

    #[test]
    fn a_first_line_comes_back_from_its_own_text() {
        let lib = Library::new(Default::default(), Default::default());
        for line in [
            "dialog worry-tree    at 2026-03-02 20:15 Europe/Berlin    seed 1",
            "dialog worry-tree    at 2026-03-02 20:15 Europe/Madrid    language es    seed 1",
            "dialog daily    at 2026-10-25 02:30 America/New_York    seed 18446744073709551615    cause check-in    \
             fact adult = true    fact checkin_at = 18:30    fact last_mood = 2.5    fact name = \"Sam  \\\"S\\\" #1\"    \
             fact open_goal = call Ada    fact open_goal_due = 2026-03-03",
        ] {
            assert_eq!(Head::parse(line, &lib).map(|head| head.to_string()).as_deref(), Ok(line));
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let lib = Library::new(Default::default(), Default::default());
        for (line, named) in [
            ("seed 1", "dialog ID"),
            ("dialog a    at noon", "noon"),
            ("dialog a    seed x", "`x`"),
            ("dialog a    language tlh", "`tlh`"),
            ("dialog a    fact nosuch = 1", "`nosuch`"),
            ("dialog a    fact adult = perhaps", "`perhaps`"),
            ("dialog a    fact adult", "= VALUE"),
            ("dialog a    mood 3", "`mood 3`"),
        ] {
            let error = Head::parse(line, &lib).unwrap_err();
            assert!(error.contains(named), "{line}: {error}");
        }
    }
}
