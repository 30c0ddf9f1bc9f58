//! Helplines as data: who is shown which line, what is out of date, and what a broken file says.

use std::path::Path;

use jiff::civil::{Date, date};
use mendwell::app::library;
use mendwell::dialog::model::Library;
use mendwell::domain::language::Language;
use mendwell::domain::value::Value;
use mendwell::domain::zone::tz;
use mendwell::safety::helplines::{
    Audience, Grade, HELPLINES_SHIPPED, Helplines, OLD_NUMBERS, Problem, Standing, Whereabouts,
};
use mendwell::service::lines::Lines;

use crate::explore::shipped;

/// A day on which the shipped numbers are good, and one on which they are not.
const FRESH: Date = date(2026, 11, 25);
const LATER: Date = date(2027, 5, 28);

fn lines() -> Helplines {
    Helplines::read(HELPLINES_SHIPPED).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn card(library: &Library, chosen: &str, name: &str, today: Date) -> String {
    let whereabouts = Whereabouts { chosen: Some(chosen), ..Whereabouts::default() };
    match Lines::shipped().facts(library, whereabouts, today).get(name) {
        Some(Value::Text(text)) => text.expose().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_zone_is_a_zone_and_every_number_has_a_source_and_an_end() {
    let lines = lines();
    assert!(lines.countries.len() >= 37, "{}", lines.countries.len());
    for country in &lines.countries {
        for zone in country.zones.iter().filter(|zone| !zone.ends_with('*')) {
            assert!(tz(zone).is_some(), "{}: {zone}", country.code);
        }
        assert!(!country.zones.is_empty() && country.emergency.contains(|c: char| c.is_ascii_digit()));
        assert!(country.lines.iter().any(|line| line.audience == Audience::Crisis), "{}", country.code);
        for line in &country.lines {
            let days = line.verified_on.until(line.expires).unwrap().get_days();
            assert_eq!(days, 180, "{}: {}", country.code, line.name);
            let is_page = line.source.starts_with("http");
            assert!(is_page || line.grade == Grade::C, "{}: {}", country.code, line.name);
        }
    }
}

#[test]
fn somebody_is_where_they_said_then_where_their_clock_is_then_where_their_app_speaks() {
    let lines = lines();
    let code = |chosen: Option<&str>, zone: Option<&str>, language: Option<&str>| {
        lines.country_of(Whereabouts { chosen, zone, language }).map(|country| country.code.clone())
    };
    for (chosen, zone, language, wanted) in [
        (None, Some("America/New_York"), None, Some("US")),
        (None, Some("America/Indiana/Knox"), None, Some("US")),
        (None, Some("Europe/Madrid"), Some("en"), Some("ES")),
        (None, Some("Australia/Perth"), None, Some("AU")),
        (Some("AT"), Some("Europe/Berlin"), Some("de"), Some("AT")),
        // Somebody who is where there is no line is not shown a neighbour's.
        (Some("XX"), Some("Europe/Berlin"), Some("de-DE"), None),
        (None, None, Some("pt-br"), Some("BR")),
        (None, Some("UTC"), Some("en-GB"), Some("GB")),
        (None, None, Some("zh-Hans-SG"), Some("SG")),
        (None, None, Some("pl"), Some("PL")),
        // These are spoken in several countries.
        (None, None, Some("de"), None),
        (None, None, Some("en"), None),
        (None, Some("Asia/Bangkok"), Some("th"), None),
        (None, None, None, None),
    ] {
        assert_eq!(code(chosen, zone, language).as_deref(), wanted, "{chosen:?} {zone:?} {language:?}");
    }
}

#[test]
fn the_one_line_speaks_their_language_and_answers_at_any_hour_if_one_does() {
    let lines = lines();
    let best = |country: &str, audience, language| {
        let (line, standing) = lines.country(country)?.best(audience, Some(language), FRESH)?;
        Some((line.call.clone().unwrap_or_default(), standing))
    };
    let good = |number: &str| Some((number.to_owned(), Standing::Good));
    assert_eq!(best("BE", Audience::Crisis, "fr-BE"), good("0800 32 123"));
    assert_eq!(best("BE", Audience::Crisis, "en"), good("1813"));
    assert_eq!(best("CH", Audience::Crisis, "en"), good("0800 143 000"));
    assert_eq!(best("FI", Audience::Crisis, "en"), good("09 2525 0111"), "the English one is open on Fridays only");
    assert_eq!(best("PL", Audience::Crisis, "pl"), good("800 70 2222"));
    assert_eq!(best("US", Audience::Violence, "en"), good("1-800-799-7233"));
    assert_eq!(best("DE", Audience::Violence, "de"), None);
    assert_eq!(best("UY", Audience::Crisis, "es"), good("0800 0767, or *0767 from a mobile"));
    assert_eq!(best("PE", Audience::Crisis, "es"), good("113, option 5"));
    assert_eq!(best("EC", Audience::Crisis, "es"), good("171, option 6"));
    assert_eq!(best("AR", Audience::Crisis, "es").unwrap().1, Standing::Unverified);
}

#[test]
fn a_card_says_one_line_how_to_write_and_the_emergency_number() {
    let library = shipped();
    assert_eq!(
        card(&library, "GB", "crisis_card", FRESH),
        "In the United Kingdom: Samaritans, 116 123.\nIf speaking is too much: text SHOUT to 85258.\nIn danger right now: 999."
    );
    assert_eq!(card(&library, "FR", "crisis_card", FRESH).lines().next(), Some("In France: 3114."));
    let anywhere = card(&library, "XX", "crisis_card", FRESH);
    assert!(anywhere.contains("findahelpline.com") && anywhere.contains("112 in Europe"), "{anywhere}");
    let none_of_their_own = card(&library, "DE", "violence_card", FRESH);
    assert_eq!(
        none_of_their_own.lines().take(2).collect::<Vec<_>>(),
        [
            "In Germany: TelefonSeelsorge, 0800 111 0 111 or 0800 111 0 222.",
            "It is for every hard moment; findahelpline.com may show one for just this.",
        ]
    );
    let nobody_used_to_it = card(&library, "DE", "own_card", FRESH);
    assert!(nobody_used_to_it.starts_with("In danger right now: 112.\nfindahelpline.com"), "{nobody_used_to_it}");
}

#[test]
fn a_number_that_is_old_or_unverified_never_comes_first_and_says_what_it_is() {
    let library = shipped();
    let lines = lines();
    for country in &lines.countries {
        for (today, audience) in [FRESH, LATER].iter().flat_map(|day| Audience::ALL.map(|audience| (*day, audience))) {
            let Some((line, standing)) = country.best(audience, None, today) else { continue };
            let card = card(&library, &country.code, &format!("{}_card", audience.word()), today);
            let at = |words: &str| card.find(words);
            let shown = at(&line.shown(Language::English)).unwrap();
            let warns = card.contains("may be out of date") || card.contains("nobody has verified");
            assert_eq!(warns, standing != Standing::Good, "{card}");
            if standing != Standing::Good {
                assert!(at(&country.emergency).unwrap() < shown, "{card}");
                assert!(at("findahelpline.com").unwrap() < shown, "{card}");
            }
            assert!(card.chars().count() < 600, "{card}");
        }
    }
    assert_eq!(lines.stale(FRESH), []);
    assert_eq!(lines.stale(LATER).len(), lines.countries.iter().map(|country| country.lines.len()).sum::<usize>());
    for line in lines.countries.iter().flat_map(|country| &country.lines) {
        let is_stale = |day| lines.stale(day).iter().any(|stale| stale.source == line.source);
        assert!(is_stale(line.expires) && !is_stale(line.expires.yesterday().unwrap()), "{}", line.name);
    }
}

const SMALL: &str = "format = 1\n[[country]]\ncode = \"US\"\nname = \"here\"\nemergency = \"1\"\nemergency_source = \"x\"\n\
    [[country.line]]\nfor = \"crisis\"\nname = \"L\"\ncall = \"988\"\nspeaks = []\nsource = \"x\"\n\
    verified_on = 2026-01-01\nexpires = 2026-02-01\ngrade = \"A\"\n";

fn problems(from: &str, to: &str) -> Vec<Problem> {
    assert!(SMALL.contains(from), "{from}");
    Helplines::read(&SMALL.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn a_number_of_the_old_lists_is_refused_where_it_stands() {
    assert!(Helplines::read(SMALL).is_ok());
    assert_eq!(OLD_NUMBERS.len(), 11);
    for (country, number, _) in OLD_NUMBERS {
        let there = SMALL.replace("\"US\"", &format!("\"{country}\""));
        for (from, to) in [
            ("call = \"988\"", format!("call = \"{number}\"")),
            ("call = \"988\"", format!("write = \"text {number}, or chat\"")),
            ("call = \"988\"", format!("call = \"988 or {number}\"")),
        ] {
            let refused = Helplines::read(&there.replacen(from, &to, 1)).unwrap_err();
            assert!(
                refused.len() == 1 && refused[0].line == 10 && refused[0].what.contains("old number"),
                "{refused:?}"
            );
        }
    }
}

/// The dialogs themselves name no line at all: numbers live in one file.
#[test]
fn no_dialog_names_an_old_number() {
    for entry in std::fs::read_dir("dialogs").unwrap().chain(std::fs::read_dir("dialogs/system").unwrap()) {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (_, number, _) in OLD_NUMBERS.iter().filter(|(_, number, _)| number.len() > 4) {
            assert!(!text.contains(number), "{}: {number}", path.display());
        }
    }
}

#[test]
fn what_is_wrong_with_the_file_is_said_with_its_line() {
    for (from, to, line, named) in [
        ("format = 1", "format = 2", 1, "format"),
        ("code = \"US\"", "code = \"usa\"", 3, "usa"),
        ("emergency = \"1\"", "emergency = \" \"", 5, "empty"),
        ("for = \"crisis\"", "for = \"anybody\"", 8, "anybody"),
        ("call = \"988\"\n", "", 9, "`call`"),
        ("expires = 2026-02-01", "expires = 2025-02-01", 14, "expires before"),
        ("verified_on = 2026-01-01", "verified_on = 10:00:00", 13, "no day"),
        ("grade = \"A\"", "grade = \"A+\"", 15, "A+"),
        ("speaks = []", "speeks = []", 11, "speeks"),
        ("emergency = \"1\"", "emergency = [", 6, ""),
    ] {
        let found = problems(from, to);
        assert_eq!(found.iter().map(|problem| problem.line).collect::<Vec<_>>(), [line], "{found:?}");
        assert!(found[0].what.contains(named), "{found:?}");
    }
    let twice = format!("{SMALL}{}", SMALL.strip_prefix("format = 1\n").unwrap());
    assert_eq!(Helplines::read(&twice).unwrap_err()[0].to_string(), "helplines.toml:17: “US” stands for US already");
}

#[test]
fn a_directory_brings_its_own_lines_or_has_the_shipped_ones() {
    let dir = tempfile::tempdir().unwrap();
    let dialog = "format = 1\nid = \"a\"\ntitle = \"A\"\n[[step]]\nid = \"a\"\nsay = \"A\"\n";
    std::fs::write(dir.path().join("a.toml"), dialog).unwrap();
    let own = |text: &str| std::fs::write(dir.path().join("helplines.toml"), text).unwrap();
    assert_eq!(library::helplines(Some(dir.path())).unwrap(), lines());
    own(SMALL);
    assert_eq!(library::helplines(Some(dir.path())).unwrap().countries.len(), 1);
    let loaded = library::load(Some(dir.path())).unwrap();
    assert!(loaded.library.unwrap().dialogs.keys().eq(["a"]), "the lines are no dialog");
    own(&SMALL.replace("grade = \"A\"", "grade = \"Z\""));
    let loaded = library::load(Some(dir.path())).unwrap();
    assert!(loaded.report(false).contains("helplines.toml:15: “Z”"), "{}", loaded.report(false));
    assert_eq!(loaded.counts().0, 1);
    assert!(library::helplines(Some(dir.path())).is_err());
    assert!(library::helplines(Some(Path::new("/nowhere"))).is_ok());
}

/// Words that no Spanish sentence has; what a line is called stays as it is.
const ENGLISH: [&str; 9] = [" or ", " on ", "text ", " hours", "day and night", " the ", " in ", " to ", "for "];

#[test]
fn every_card_in_spanish_is_spanish() {
    for country in &lines().countries {
        for line in &country.lines {
            let told = [Some(line.shown(Language::Spanish)), line.write_in(Language::Spanish).map(str::to_owned)];
            for told in told.into_iter().flatten() {
                let told = told.replace(&line.name, "");
                assert!(!ENGLISH.iter().any(|word| told.contains(word)), "{}: {told}", country.code);
            }
        }
    }
}
