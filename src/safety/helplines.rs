//! Helplines as data: which line fits a person's country, how far its number can be trusted, and what is out of date.
//! The file is `dialogs/helplines.toml`; it says where each number comes from.

mod old_numbers;
mod read;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::domain::language::Language;

pub use old_numbers::OLD_NUMBERS;
pub use read::Problem;

/// The file's path inside the directory of dialogs. It is no dialog.
pub const HELPLINES_PATH: &str = "helplines.toml";
/// The lines that are built in.
pub const HELPLINES_SHIPPED: &str = include_str!("../../dialogs/helplines.toml");

/// Every country there is something to say about, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Helplines {
    /// Each code once.
    pub countries: Vec<Country>,
}

/// One country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// Two capital letters, ISO 3166-1.
    pub code: String,
    /// As it stands in a sentence after “in”.
    pub name: String,
    /// What to call in danger.
    pub emergency: String,
    /// Name and, where it holds words, `emergency`, by the code of another language.
    pub words: BTreeMap<String, (String, Option<String>)>,
    /// Where that was read.
    pub emergency_source: String,
    /// IANA zones that point here; `Australia/*` stands for all that begin so.
    pub zones: Vec<String>,
    /// App languages that point here when nothing else does.
    pub languages: Vec<String>,
    /// Its lines, the best first.
    pub lines: Vec<Line>,
}

/// One line. It has a number to call, another way to write, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whom it is for.
    pub audience: Audience,
    /// What it is called.
    pub name: String,
    /// The number, as people dial it.
    pub call: Option<String>,
    /// How to write to it: `text HELLO to 50808`.
    pub write: Option<String>,
    /// When it answers, if the source says so.
    pub hours: Option<String>,
    /// It answers at some hours only.
    pub limited: bool,
    /// What of it holds words, by the code of another language.
    pub words: BTreeMap<String, LineWords>,
    /// The languages it speaks, IETF tags.
    pub speaks: Vec<String>,
    /// Where the number was read.
    pub source: String,
    /// The day on which the source was last looked at.
    pub verified_on: Date,
    /// The first day on which the number no longer counts as good.
    pub expires: Date,
    /// How good the source is.
    pub grade: Grade,
}

/// Whom a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Anybody for whom it is too much.
    Crisis,
    /// People who are hurt, afraid or controlled.
    Violence,
    /// People who worry about what they themselves might do to somebody.
    Own,
    /// Young people.
    Youth,
}

/// How good a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// The line's own page, an authority's, or several good ones.
    A,
    /// One fair source, or an older one.
    B,
    /// Only copied lists: never shown as verified.
    C,
}

/// How far a number can be trusted on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its source was good and looked at not too long ago.
    Good,
    /// It was not looked at for too long.
    Expired,
    /// Nobody verified it.
    Unverified,
}

/// What is known of where somebody is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whereabouts<'a> {
    /// The country that they chose, as a code.
    pub chosen: Option<&'a str>,
    /// The IANA zone that they chose.
    pub zone: Option<&'a str>,
    /// The language of their app, an IETF tag.
    pub language: Option<&'a str>,
}

/// A line whose number counts as out of date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The country's code.
    pub country: String,
    /// The line's name.
    pub line: String,
    /// Since when.
    pub expires: Date,
    /// Where to look.
    pub source: String,
}

impl Helplines {
    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its line; one alone when it is no TOML or not of this shape.
    pub fn read(text: &str) -> Result<Self, Vec<Problem>> {
        read::read(text)
    }

    /// The lines that are built in; none if they could not be read, which a test rules out.
    pub fn shipped() -> Self {
        Self::read(HELPLINES_SHIPPED).unwrap_or_default()
    }

    /// The country of a code, in any case.
    pub fn country(&self, code: &str) -> Option<&Country> {
        self.countries.iter().find(|country| country.code.eq_ignore_ascii_case(code))
    }

    /// Where somebody is, as far as it can be told: what they chose, else their zone, else the region or the language
    /// of their app. A zone is a weak hint, so whoever shows a line names the country with it.
    pub fn country_of(&self, whereabouts: Whereabouts<'_>) -> Option<&Country> {
        if let Some(code) = whereabouts.chosen {
            // Somebody who chose a country without lines is not shown another one's.
            return self.country(code);
        }
        let by_zone =
            |zone: &str| self.countries.iter().find(|country| country.zones.iter().any(|each| is_in(zone, each)));
        if let Some(country) = whereabouts.zone.and_then(by_zone) {
            return Some(country);
        }
        let mut parts = whereabouts.language?.split(['-', '_']);
        let language = parts.next()?;
        if let Some(region) = parts.rfind(|part| part.len() == 2) {
            return self.country(region);
        }
        self.countries.iter().find(|country| country.languages.iter().any(|each| each.eq_ignore_ascii_case(language)))
    }

    /// Every line whose number is out of date on this day, in the order of the file.
    pub fn stale(&self, today: Date) -> Vec<Stale> {
        let mut found = Vec::new();
        for country in &self.countries {
            for line in country.lines.iter().filter(|line| line.expires <= today) {
                found.push(Stale {
                    country: country.code.clone(),
                    line: line.name.clone(),
                    expires: line.expires,
                    source: line.source.clone(),
                });
            }
        }
        found
    }
}

impl Country {
    /// Its name, as it stands in a sentence of a language.
    pub fn named(&self, language: Language) -> &str {
        self.words.get(language.code()).map_or(&self.name, |(name, _)| name)
    }

    /// What to call in danger, in words of a language.
    pub fn emergency_in(&self, language: Language) -> &str {
        self.words.get(language.code()).and_then(|(_, emergency)| emergency.as_deref()).unwrap_or(&self.emergency)
    }

    /// The one line to show: a good one before one that is out of date, before one that nobody verified; among equals
    /// one that always answers, then one that speaks the language, then the first of the file.
    pub fn best(&self, audience: Audience, language: Option<&str>, today: Date) -> Option<(&Line, Standing)> {
        let lines = self.lines.iter().filter(|line| line.audience == audience);
        let rank = |line: &&Line| {
            let trust = match line.standing(today) {
                Standing::Good => 0,
                Standing::Expired => 1,
                Standing::Unverified => 2,
            };
            (trust, line.limited, !language.is_some_and(|language| line.speaks(language)))
        };
        lines.min_by_key(rank).map(|line| (line, line.standing(today)))
    }
}

/// What of a line holds words, in another language; what is missing reads alike in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineWords {
    /// The number, where there are words around it.
    pub call: Option<String>,
    /// How to write to it.
    pub write: Option<String>,
    /// When it answers.
    pub hours: Option<String>,
}

impl Line {
    /// How far its number can be trusted on this day.
    pub fn standing(&self, today: Date) -> Standing {
        match self.grade {
            Grade::C => Standing::Unverified,
            Grade::A | Grade::B if self.expires <= today => Standing::Expired,
            Grade::A | Grade::B => Standing::Good,
        }
    }

    /// Its name, number and hours in a language: `Självmordslinjen, 90101 (day and night)`.
    pub fn shown(&self, language: Language) -> String {
        let words = self.words.get(language.code());
        let in_words = |of: fn(&LineWords) -> &Option<String>| words.and_then(|words| of(words).as_deref());
        // Where a number has words around it and no name, it stands as the name, too.
        let is_named = self.call.as_ref() != Some(&self.name);
        let call = in_words(|words| &words.call).or(self.call.as_deref());
        let mut shown = match (is_named, call) {
            (true, Some(call)) => format!("{}, {call}", self.name),
            (false, Some(call)) => call.to_owned(),
            (_, None) => self.name.clone(),
        };
        if let Some(hours) = in_words(|words| &words.hours).or(self.hours.as_deref()) {
            shown.push_str(&format!(" ({hours})"));
        }
        shown
    }

    /// How to write to it, in a language.
    pub fn write_in(&self, language: Language) -> Option<&str> {
        let words = self.words.get(language.code());
        words.and_then(|words| words.write.as_deref()).or(self.write.as_deref())
    }

    fn speaks(&self, language: &str) -> bool {
        let main = language.split(['-', '_']).next().unwrap_or(language);
        self.speaks.iter().any(|each| each.eq_ignore_ascii_case(main))
    }
}

impl Audience {
    /// Every audience.
    pub const ALL: [Self; 4] = [Self::Crisis, Self::Violence, Self::Own, Self::Youth];

    /// Its word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Crisis => "crisis",
            Self::Violence => "violence",
            Self::Own => "own",
            Self::Youth => "youth",
        }
    }
}

/// Whether a zone is this one, or one of those that begin like `Australia/*`.
fn is_in(zone: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => zone.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)),
        None => zone.eq_ignore_ascii_case(pattern),
    }
}
