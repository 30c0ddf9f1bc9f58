//! `helplines.toml` becomes [`Helplines`], with everything that is wrong said at its line.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::old_numbers::old_number;
use super::{Audience, Country, Grade, HELPLINES_PATH, Helplines, Line, LineWords};

/// Something wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its line in the file, from 1.
    pub line: usize,
    /// What is wrong, for whoever keeps the file.
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{HELPLINES_PATH}:{}: {}", self.line, self.what)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    format: Spanned<u32>,
    #[serde(default)]
    country: Vec<RawCountry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCountry {
    code: Spanned<String>,
    name: Spanned<String>,
    emergency: Spanned<String>,
    #[serde(default)]
    words: BTreeMap<String, RawWords>,
    emergency_source: Spanned<String>,
    #[serde(default)]
    zones: Vec<Spanned<String>>,
    #[serde(default)]
    languages: Vec<Spanned<String>>,
    #[serde(default)]
    line: Vec<Spanned<RawLine>>,
}

/// The country in another language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWords {
    name: String,
    emergency: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    #[serde(rename = "for")]
    audience: Spanned<String>,
    name: Spanned<String>,
    call: Option<Spanned<String>>,
    write: Option<Spanned<String>>,
    hours: Option<Spanned<String>>,
    #[serde(default)]
    limited: bool,
    #[serde(default)]
    words: BTreeMap<String, LineWords>,
    speaks: Vec<String>,
    source: Spanned<String>,
    verified_on: Spanned<toml::value::Datetime>,
    expires: Spanned<toml::value::Datetime>,
    grade: Spanned<String>,
}

pub(super) fn read(text: &str) -> Result<Helplines, Vec<Problem>> {
    let mut reading = Reading { text, problems: Vec::new() };
    let raw: RawFile = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            reading.problem(error.span().map_or(0, |span| span.start), error.message().to_owned());
            return Err(reading.problems);
        }
    };
    if *raw.format.get_ref() != 1 {
        reading.at(&raw.format, "format is 1".to_owned());
    }
    let mut seen = BTreeMap::new();
    let countries: Vec<Country> = raw.country.iter().map(|country| reading.country(country, &mut seen)).collect();
    if reading.problems.is_empty() { Ok(Helplines { countries }) } else { Err(reading.problems) }
}

struct Reading<'a> {
    text: &'a str,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn problem(&mut self, offset: usize, what: String) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        self.problems.push(Problem { line: before.matches('\n').count() + 1, what });
    }

    fn at<T>(&mut self, place: &Spanned<T>, what: String) {
        self.problem(place.span().start, what);
    }

    /// Words that are there.
    fn words(&mut self, item: &Spanned<String>, what: &str) -> String {
        if item.get_ref().trim().is_empty() {
            self.at(item, format!("the {what} is empty"));
        }
        item.get_ref().clone()
    }

    /// Codes, zones and languages that point at one country each.
    fn once(&mut self, item: &Spanned<String>, seen: &mut BTreeMap<String, String>, country: &str) {
        let key = item.get_ref().to_lowercase();
        if let Some(other) = seen.insert(key, country.to_owned()) {
            self.at(item, format!("“{}” stands for {other} already", item.get_ref()));
        }
    }

    fn country(&mut self, raw: &RawCountry, seen: &mut BTreeMap<String, String>) -> Country {
        let code = raw.code.get_ref().clone();
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.at(&raw.code, format!("“{code}” is no country's code: two capital letters, such as NZ"));
        }
        self.once(&raw.code, seen, &code);
        for zone in &raw.zones {
            self.once(zone, seen, &code);
        }
        for language in &raw.languages {
            let tagged = Spanned::new(language.span(), format!("language {}", language.get_ref()));
            self.once(&tagged, seen, &code);
        }
        let strings = |items: &[Spanned<String>]| items.iter().map(|item| item.get_ref().clone()).collect();
        Country {
            name: self.words(&raw.name, "name"),
            emergency: self.words(&raw.emergency, "emergency number"),
            words: raw
                .words
                .iter()
                .map(|(code, words)| (code.clone(), (words.name.clone(), words.emergency.clone())))
                .collect(),
            emergency_source: self.words(&raw.emergency_source, "source"),
            zones: strings(&raw.zones),
            languages: strings(&raw.languages),
            lines: raw.line.iter().filter_map(|line| self.line(line, &code)).collect(),
            code,
        }
    }

    fn line(&mut self, raw: &Spanned<RawLine>, country: &str) -> Option<Line> {
        let line = raw.get_ref();
        if line.call.is_none() && line.write.is_none() {
            self.at(&line.name, "a line has a number to `call`, a way to `write`, or both".to_owned());
        }
        for item in [Some(&line.name), line.call.as_ref(), line.write.as_ref()].into_iter().flatten() {
            if let Some((number, why)) = old_number(country, item.get_ref()) {
                self.at(item, format!("{number} is an old number: {why}"));
            }
        }
        let (verified_on, expires) = (self.date(&line.verified_on), self.date(&line.expires));
        if let (Some(from), Some(to)) = (verified_on, expires)
            && from >= to
        {
            self.at(&line.expires, "it expires before it was verified".to_owned());
        }
        let mut optional = |item: &Option<Spanned<String>>, what| item.as_ref().map(|item| self.words(item, what));
        let (call, write, hours) =
            (optional(&line.call, "number"), optional(&line.write, "way to write"), optional(&line.hours, "hours"));
        let audience = Audience::ALL.into_iter().find(|each| each.word() == line.audience.get_ref());
        if audience.is_none() {
            let what = format!("“{}”: a line is for crisis, violence, own or youth", line.audience.get_ref());
            self.at(&line.audience, what);
        }
        let grade = match line.grade.get_ref().as_str() {
            "A" => Some(Grade::A),
            "B" => Some(Grade::B),
            "C" => Some(Grade::C),
            other => {
                self.at(&line.grade, format!("“{other}” is no grade: A, B or C"));
                None
            }
        };
        Some(Line {
            audience: audience?,
            name: self.words(&line.name, "name"),
            call,
            write,
            hours,
            limited: line.limited,
            words: line.words.clone(),
            speaks: line.speaks.clone(),
            source: self.words(&line.source, "source"),
            verified_on: verified_on?,
            expires: expires?,
            grade: grade?,
        })
    }

    fn date(&mut self, item: &Spanned<toml::value::Datetime>) -> Option<Date> {
        let date = item.get_ref().to_string().parse().ok().filter(|_| item.get_ref().time.is_none());
        if date.is_none() {
            self.at(item, "this is no day, such as 2026-10-15".to_owned());
        }
        date
    }
}
