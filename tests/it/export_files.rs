//! The files of an export by themselves: whatever somebody wrote, each stays lawful, and says what was written.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::tz::TimeZone;
use mendwell::domain::consent::{Consent, Receipt};
use mendwell::domain::hard_date::HardDate;
use mendwell::domain::ids::PersonId;
use mendwell::domain::language::Language;
use mendwell::domain::person::{Goal, Profile};
use mendwell::domain::recurrence::{At, Every, Recurrence};
use mendwell::domain::supporters::{Asking, News, NewsKind, OpenRequest};
use mendwell::domain::text::UserText;
use mendwell::domain::value::{Value, Values};
use mendwell::domain::write::{JournalEntry, Plan, WhenBusy};
use mendwell::export::{
    Exercise, Export, GoalNote, Measured, PackError, PlanKept, pack, write_csv, write_html, write_json, write_markdown,
};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::support::{MONDAY_NINE, address};

/// Everything that somebody could write to break a file.
const HOSTILE: &[&str] = &[
    "</script><script>alert(1)</script>",
    "</style><img src=http://127.0.0.1:9/x onerror=alert(1)>",
    "<!-- --> ]]> &amp; &#0; \"' onload=x",
    "\u{0}\u{7f}\u{85}\u{1b}[31m",
    "\u{202e}txet desrever\u{2066}",
    "مرحبا שלום 👩‍👩‍👧 🏳️‍🌈",
    "# no heading\n    no code\n> no quote\n- no list\n1. no number\n---\n===\n| a | b |\n|---|---|",
    "[link](http://x) ![image](http://x) `code` **strong** ~~gone~~ $x$ <http://x> &copy; \\",
    "```\nfence",
    "=cmd|'/c calc'!A1",
    "a\r\nb\rc\n\n\n  d  ",
    "[x]: http://127.0.0.1\n:   no term",
];

/// Somebody who writes this everywhere.
pub(crate) fn writes(text: &str) -> Export {
    let words = UserText::new(text);
    let mut profile = Profile::new(address("ada"));
    profile.facts = Values::from([("name".to_owned(), Value::text(text))]);
    profile.open_goal = Some(Goal { title: words.clone(), due: None, since: date(2026, 3, 1) });
    let request = OpenRequest { space: PersonId(9), key: 5, number: 3, since: MONDAY_NINE.parse().unwrap() };
    profile.asking = Some(Asking {
        open: [(7, request)].into(),
        news: vec![News { ticket: 7, request, what: NewsKind::Answer(words.clone()) }],
        ..Asking::default()
    });
    profile.hard_dates =
        vec![HardDate { id: 7, month: 2, day: 29, label: words.clone(), cue: words.clone(), then: words.clone() }];
    Export {
        made_at: MONDAY_NINE.parse::<jiff::Timestamp>().unwrap().to_zoned_datetime(TimeZone::UTC),
        bot: "Mendwell".to_owned(),
        language: Language::default(),
        profile,
        titles: BTreeMap::new(),
        labels: BTreeMap::new(),
        journal: vec![JournalEntry {
            dialog: "long".to_owned(),
            title: words.clone(),
            body: words.clone(),
            fields: Values::from([("one".to_owned(), Value::Text(words.clone()))]),
            date: date(2026, 3, 2),
            complete: true,
        }],
        measures: vec![Measured { date: date(2026, 3, 2), values: BTreeMap::from([(text.to_owned(), 3.0)]) }],
        goals: Vec::new(),
        plans: Vec::new(),
        exercises: vec![Exercise {
            dialog: "long".to_owned(),
            aside: None,
            answers: vec![("one".to_owned(), Some(Value::Text(words.clone())))],
            taken_back: vec![("two".to_owned(), Value::Text(words.clone()))],
            unfinished: vec![words],
        }],
    }
}

fn written(write: fn(&Export, &mut dyn std::io::Write) -> std::io::Result<()>, export: &Export) -> String {
    let mut bytes = Vec::new();
    write(export, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The tags of a page, each with what stands in it; fails on a letter that HTML does not take.
fn tags(html: &str) -> Vec<&str> {
    assert!(html.chars().all(|letter| matches!(letter, '\n' | '\t') || !letter.is_control()));
    let mut rest = html.split('<');
    let mut found = Vec::new();
    assert!(!rest.next().unwrap().contains('>'));
    for piece in rest {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("`{piece}` does not end"));
        assert!(
            text.split('&').skip(1).all(|entity| {
                ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|known| entity.starts_with(known))
            })
        );
        found.push(tag);
    }
    found
}

/// The same with the words of one page in place of another's: its tags must not differ.
fn has_the_tags_of(export: &Export, plain: &Export) {
    let (page, wanted) = (written(write_html, export), written(write_html, plain));
    let style = |page: &str| page.split_once("</style>").unwrap().1.to_owned();
    assert_eq!(tags(&style(&page)), tags(&style(&wanted)));
}

fn markdown_is_text(export: &Export, text: &str) {
    let markdown = written(write_markdown, export);
    let mut said = String::new();
    let mut quote = None;
    for event in Parser::new_ext(&markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Start(Tag::BlockQuote(_)) => quote = Some(String::new()),
            Event::End(TagEnd::BlockQuote(_)) => said = quote.take().unwrap(),
            Event::Text(words) => quote.iter_mut().for_each(|quote| quote.push_str(&words)),
            Event::SoftBreak | Event::HardBreak => quote.iter_mut().for_each(|quote| quote.push('\n')),
            Event::End(TagEnd::Paragraph) => quote.iter_mut().for_each(|quote| quote.push('\n')),
            Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::List(None) | Tag::Item)
            | Event::End(TagEnd::Heading(_) | TagEnd::List(_) | TagEnd::Item) => {}
            other => panic!("{other:?} in {markdown:?}"),
        }
    }
    // Lines and words of each line are kept; blank lines and the width of spaces at their ends are not.
    let lines = |text: &str| -> Vec<String> {
        let text = text.replace('\r', "\n").replace('\u{a0}', " ");
        let clean =
            |letter: char| if letter.is_control() && letter != '\n' && letter != '\t' { '\u{fffd}' } else { letter };
        let text: String = text.chars().map(clean).collect();
        let blank = |letter: char| matches!(letter, ' ' | '\t');
        text.split('\n')
            .map(|line| line.trim_matches(blank).replace('\t', "\u{fffd}"))
            .filter(|line| !line.is_empty())
            .collect()
    };
    assert_eq!(lines(&said), lines(text), "{markdown:?}");
}

/// Reads RFC 4180: rows of cells.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = csv.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => cell.push(letters.next().unwrap()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted => {
                assert_eq!(letters.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(letter),
        }
    }
    assert!(row.is_empty() && cell.is_empty() && !is_quoted);
    rows
}

fn is_lawful(text: &str) {
    let export = writes(text);
    has_the_tags_of(&export, &writes("plain"));
    if !text.trim_matches(|letter: char| letter.is_control() || letter == ' ').is_empty() {
        markdown_is_text(&export, text);
    }
    let rows = rows(&written(write_csv, &export));
    assert!(rows.len() == 2 && rows[1].len() == 3 && rows[1][1].ends_with(text), "{rows:?}");
    assert!(!rows[1][1].starts_with(['=', '+', '-', '@', '\t', '\r']), "{rows:?}");
    let json: serde_json::Value = serde_json::from_str(&written(write_json, &export)).unwrap();
    assert_eq!(json["journal"][0]["body"], text);
    assert_eq!(json["exercises"][0]["taken_back"][0]["answer"], text);
    is_by_schema(&json);
}

pub(crate) fn is_by_schema(json: &serde_json::Value) {
    let schema = serde_json::from_str(include_str!("../../docs/export.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let found: Vec<_> =
        validator.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_is_meant_to_break_a_file_is_text_in_it() {
    for text in HOSTILE {
        is_lawful(text);
    }
    is_lawful(&HOSTILE.concat());
    is_lawful(&"x\u{301} <".repeat(1_000));
}

proptest! {
    #[test]
    fn whatever_somebody_writes_every_file_stays_lawful(text in "(?s)(.|[<>&\"'`*_#|\\\\=+@\n\r -]|\\PC){1,200}") {
        is_lawful(&text);
    }
}

#[test]
fn every_field_of_a_profile_is_told_or_left_out_on_purpose() {
    let mut profile = serde_json::to_value(writes("x").profile).unwrap();
    let all = serde_json::json!({
        "others": [], "paused_until": null, "unreachable": false, "language": null, "wished": null, "care": null,
        "heard": null, "exported_at": null, "progress_at": null
    });
    profile.as_object_mut().unwrap().extend(all.as_object().unwrap().clone());
    let source = include_str!("../../src/domain/person.rs");
    let fields = source.split_once("pub struct Profile {").unwrap().1.split_once("\n}").unwrap().0;
    let fields: Vec<&str> = fields
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    // Only the platforms of addresses are told, and of `heard` nothing: both hold ids of platforms. The others are
    // where the talk stands for a moment.
    let told =
        include_str!("../../src/export/json.rs").split_once("fn person(").unwrap().1.split_once("\n}").unwrap().0;
    for field in fields {
        let how = match field {
            "address" | "others" => "profile.addresses()".to_owned(),
            "heard" | "pin_asked" | "hidden" | "planned" | "put_off" => continue,
            // The key by which posts without a name are theirs would tell whoever sees the file whose they are. A space
            // asks for no file.
            "posting" | "space" => continue,
            "buddying" => "profile.buddying.iter()".to_owned(),
            other => format!("profile.{other}"),
        };
        assert!(told.contains(&how), "`{field}` of the profile is not in export.json");
    }
}

#[test]
fn a_page_loads_and_runs_nothing() {
    let page = written(write_html, &writes(&HOSTILE.concat()));
    assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"));
    for tag in tags(page.split_once("</style>").unwrap().1) {
        let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap();
        let known = [
            "head",
            "body",
            "html",
            "header",
            "main",
            "section",
            "h1",
            "h2",
            "h3",
            "p",
            "dl",
            "dt",
            "dd",
            "time",
            "figure",
            "figcaption",
            "svg",
            "title",
            "desc",
            "path",
            "text",
            "circle",
        ];
        assert!(known.contains(&name), "{tag}");
        assert!(!["src", "href", "style=", "url(", " on"].iter().any(|word| tag.contains(word)), "{tag}");
    }
}

#[test]
fn what_does_not_fit_goes_pages_first() {
    let mut export = writes("x");
    let words: String = (0..40_000_u32).map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761))).collect();
    export.journal[0].body = UserText::new(words);
    let whole = pack(&export, usize::MAX).unwrap();
    assert_eq!(whole.left_out, 0);
    let less = pack(&export, whole.bytes.len() - 1).unwrap();
    assert_eq!(less.left_out, 1);
    let least = pack(&export, less.bytes.len() - 1).unwrap();
    assert_eq!(least.left_out, 2);
    assert!(matches!(pack(&export, least.bytes.len() - 1), Err(PackError::TooLarge)));
}

#[test]
fn the_pages_are_in_the_language_of_the_person() {
    let export = Export { language: Language::Spanish, ..of_somebody_with_everything() };
    for (page, wanted) in [
        (written(write_html, &export), "<html lang=\"es\">"),
        (written(write_markdown, &export), "# Lo que Mendwell guarda de ti"),
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
        for wanted in ["2 de marzo de 2026", "Ánimo", "2,5", "Cada año el", "29 de febrero", "cada día a las 19:00"]
        {
            assert!(page.contains(wanted), "{wanted} in {page}");
        }
        for wanted in ["aceptado el ", "Cerrada: Dejado ir", "demasiado tarde", "Horas de silencio desde", "sí"] {
            assert!(page.contains(wanted), "{wanted} in {page}");
        }
        let english =
            [" the ", " of ", " and ", " you ", " on ", "March", "From", "Set", "yes", "not ", "Closed", "Mood"];
        let found: Vec<_> = english.iter().filter(|word| text_of(&page).contains(**word)).collect();
        assert!(found.is_empty(), "{found:?} in {page}");
    }
    let same = Export { language: Language::English, ..of_somebody_with_everything() };
    assert!(written(write_markdown, &same).contains("agreed on "));
    assert_eq!(written(write_csv, &export), written(write_csv, &same), "data is the same in every language");
    assert_eq!(written(write_json, &export), written(write_json, &same));
}

/// Something in every part of the pages, in Spanish words.
fn of_somebody_with_everything() -> Export {
    let day = date(2026, 3, 2);
    let at: jiff::Timestamp = MONDAY_NINE.parse().unwrap();
    let mut export = writes("algo mío");
    export.titles = BTreeMap::from([("long".to_owned(), "El largo".to_owned())]);
    export.profile.facts.extend([
        ("adult".to_owned(), Value::Bool(true)),
        ("quiet_from".to_owned(), Value::Time(jiff::civil::time(22, 0, 0, 0))),
    ]);
    export.profile.consents.insert(Consent::Store, Receipt { given: true, at, wording: 1 });
    export.profile.exported_at = Some(at);
    export.profile.pin = None;
    export.measures = (1..=3)
        .map(|day| Measured { date: date(2026, 3, day), values: BTreeMap::from([("mood".to_owned(), 2.5)]) })
        .collect();
    export.goals = vec![
        GoalNote::Set { title: UserText::new("salir"), due: Some(day), since: day },
        GoalNote::Closed { outcome: "let_go".to_owned(), date: day },
    ];
    let plan = Plan {
        dialog: "long".to_owned(),
        recurrence: Recurrence { every: Every::Daily, at: At::Wall(jiff::civil::time(19, 0, 0, 0)) },
        when_busy: WhenBusy::Queue,
        expires_s: 60,
        with: Values::new(),
    };
    export.plans = vec![PlanKept { plan, due: Some(at), past: vec![(at, "too late")] }];
    export.exercises.push(Exercise {
        dialog: "long".to_owned(),
        aside: Some((at, at)),
        answers: vec![("one".to_owned(), None)],
        taken_back: Vec::new(),
        unfinished: Vec::new(),
    });
    export
}

/// A page without its head, whose style sheet and policy are words of no language.
fn text_of(page: &str) -> &str {
    page.split_once("</head>").map_or(page, |(_, body)| body)
}
