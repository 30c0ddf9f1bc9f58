//! Whom somebody can reach: the cards that dialogs show as facts, and the one that is known by heart when nothing else
//! is. Their sentences are the system's wording; their numbers are `helplines.toml`'s.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::dialog::model::Library;
use crate::domain::language::Language;
use crate::domain::message::{Piece, RichText};
use crate::domain::value::{Value, Values};
use crate::safety::helplines::{Audience, Country, Helplines, Line, Stale, Standing, Whereabouts};
use crate::service::turn::line;

/// Sets of cards that are kept ready: a few countries and languages, of one day.
const READY_MAX: usize = 512;

/// The helplines, with the cards of the day ready.
#[derive(Debug, Default)]
pub struct Lines {
    helplines: Helplines,
    ready: Mutex<HashMap<Key, Arc<Values>>>,
}

/// Language of the words, country, main language of the app, day.
type Key = (Language, Option<String>, Option<String>, Date);

impl Lines {
    /// With these lines.
    pub fn new(helplines: Helplines) -> Self {
        Self { helplines, ready: Mutex::default() }
    }

    /// The lines that are built in.
    pub fn shipped() -> Self {
        Self::new(Helplines::shipped())
    }

    /// Every line whose number is out of date, by UTC.
    pub fn stale(&self, now: Timestamp) -> Vec<Stale> {
        self.helplines.stale(TimeZone::UTC.to_datetime(now).date())
    }

    /// The facts of somebody's country, as [`crate::domain::person::SERVICE_FACTS`] lists them.
    pub fn facts(&self, library: &Library, whereabouts: Whereabouts<'_>, today: Date) -> Arc<Values> {
        let country = self.helplines.country_of(whereabouts);
        let language = whereabouts.language.and_then(|tag| tag.split(['-', '_']).next()).map(str::to_lowercase);
        let key = (library.language, country.map(|country| country.code.clone()), language, today);
        // What is behind the lock is whole at every moment.
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = ready.get(&key) {
            return Arc::clone(facts);
        }
        if ready.len() >= READY_MAX {
            ready.clear();
        }
        let facts = Arc::new(facts(library, country, whereabouts.language, today));
        ready.insert(key, Arc::clone(&facts));
        facts
    }

    /// What is said to somebody who needs a person while nothing of them can be read: what the app's language tells of
    /// their country, or else what holds everywhere.
    pub fn by_heart(&self, library: &Library, language: Option<&str>, now: Timestamp) -> RichText {
        let country = self.helplines.country_of(Whereabouts { chosen: None, zone: None, language });
        let library = language.and_then(Language::of_tag).map_or(library, |spoken| library.speaking(spoken));
        let today = TimeZone::UTC.to_datetime(now).date();
        let mut text = line(library, "crisis_by_heart", &[], 0);
        text.0.push(Piece::Author(format!("\n{}", card(library, country, Audience::Crisis, language, today))));
        text
    }
}

fn facts(library: &Library, country: Option<&Country>, language: Option<&str>, today: Date) -> Values {
    let mut facts = Values::new();
    for (audience, name) in [
        (Audience::Crisis, "crisis_card"),
        (Audience::Violence, "violence_card"),
        (Audience::Own, "own_card"),
        (Audience::Youth, "youth_card"),
    ] {
        facts.insert(name.to_owned(), Value::text(card(library, country, audience, language, today)));
    }
    facts.insert("country_known".to_owned(), Value::Bool(country.is_some()));
    if let Some(country) = country {
        facts.insert("emergency".to_owned(), Value::text(country.emergency_in(library.language)));
    }
    facts
}

/// A card: one line, one way to write to it, the emergency number. What could be wrong comes last, and says so. Where a
/// country has no line for the young or for those who are hurt, the card is that of the line for everybody; it does not
/// stand in for the one for people who fear what they might do, whom not every line is used to.
fn card(
    library: &Library,
    country: Option<&Country>,
    audience: Audience,
    language: Option<&str>,
    today: Date,
) -> String {
    let say = |key: &str, arguments: &[(&str, &str)]| line(library, key, arguments, 0).plain();
    let Some(country) = country else { return say("card_anywhere", &[]) };
    let emergency = say("card_emergency", &[("emergency", country.emergency_in(library.language))]);
    let elsewhere = say("card_country", &[("country", country.named(library.language))]);
    let own = country.best(audience, language, today);
    let instead = match audience {
        Audience::Violence | Audience::Youth => country.best(Audience::Crisis, language, today),
        Audience::Crisis | Audience::Own => None,
    };
    let sentences = match own.or(instead) {
        Some((best, Standing::Good)) if own.is_none() => {
            let named = say(
                "card_line",
                &[("country", country.named(library.language)), ("line", &best.shown(library.language))],
            );
            vec![named, say("card_general", &[]), written(say, best, library.language), emergency]
        }
        Some((best, Standing::Good)) => {
            let named = say(
                "card_line",
                &[("country", country.named(library.language)), ("line", &best.shown(library.language))],
            );
            vec![named, written(say, best, library.language), emergency]
        }
        Some((best, Standing::Expired)) => {
            vec![emergency, elsewhere, say("card_expired", &[("line", &best.shown(library.language))])]
        }
        Some((best, Standing::Unverified)) => {
            vec![emergency, elsewhere, say("card_unverified", &[("line", &best.shown(library.language))])]
        }
        None => vec![emergency, elsewhere],
    };
    sentences.into_iter().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join("\n")
}

fn written(say: impl Fn(&str, &[(&str, &str)]) -> String, line: &Line, language: Language) -> String {
    match (&line.call, line.write_in(language)) {
        (Some(_), Some(write)) => say("card_write", &[("write", write)]),
        (None, Some(write)) => say("card_only_write", &[("write", write)]),
        (_, None) => String::new(),
    }
}
