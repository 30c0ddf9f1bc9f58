//! Writes the page of an export into a directory, for `.ci/browser`, which opens it: `cargo run --example export_sample DIR`.
//! `export.html` is of somebody who wrote for a year, with everything in it that could break a page; `broken.html` is the same
//! page with a request and a script planted in it, which the check must find.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use mendwell::domain::event::{Address, Platform};
use mendwell::domain::language::Language;
use mendwell::domain::person::{Care, Profile};
use mendwell::domain::text::UserText;
use mendwell::domain::value::{Value, Values};
use mendwell::domain::write::JournalEntry;
use mendwell::export::{Exercise, Export, GoalNote, Measured, write_html};

const WORDS: &[&str] = &[
    "Today was quieter than I thought. I cooked, walked to the river and slept before midnight.",
    "</p></section></style><script>document.title = 'broken'</script><img src=\"http://127.0.0.1:9/canary.png\">",
    "مرحبا، اليوم كان أفضل. שלום לך.",
    "👩‍👩‍👧 🏳️‍🌈 and a word without an end: Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnungsentwurfsvorlage",
    "One line.\nAnother one.\n\nAnd after a while:\n    with spaces in front.",
];
const FIRST: Date = date(2025, 11, 1);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args_os().nth(1).ok_or("where to? export_sample DIR")?;
    let directory = Path::new(&directory);
    let mut page = Vec::new();
    write_html(&sample()?, &mut page)?;
    let page = String::from_utf8(page)?;
    let planted =
        "<img alt=\"\" src=\"http://127.0.0.1:9/planted.png\"><script>document.title = 'planted'</script></main>";
    std::fs::write(directory.join("broken.html"), page.replace("</main>", planted))?;
    let policy = page.find("<meta http-equiv").zip(page.find("<meta name=\"referrer\"")).ok_or("no policy")?;
    let open = page.replace(page.get(policy.0..policy.1).unwrap_or_default(), "");
    std::fs::write(directory.join("open.html"), open.replace("</main>", planted))?;
    std::fs::write(directory.join("export.html"), page)?;
    Ok(())
}

fn sample() -> Result<Export, jiff::Error> {
    let address = Address { platform: Platform::Telegram, account: "1".to_owned(), chat: "1".to_owned() };
    let mut profile = Profile::new(address);
    profile.facts = Values::from([
        ("name".to_owned(), Value::text("Ada <b>")),
        ("zone".to_owned(), Value::text("Europe/Berlin")),
        ("consent".to_owned(), Value::Bool(true)),
    ]);
    profile.care =
        Some(Care { asked_at: Some("2026-02-03T18:00:00Z".parse::<Timestamp>()?), asked_level: 2, ..Care::default() });
    let on = |day: i64| FIRST.saturating_add(day.days());
    let measured = |day: i64| {
        let wave = (day as f64 / 19.0).sin() * 1.4 + day as f64 / 180.0;
        let mut values = BTreeMap::from([("mood".to_owned(), (2.6 + wave).round().clamp(1.0, 5.0))]);
        if day % 6 == 0 && !(90..150).contains(&day) {
            values.insert("sleep_hours".to_owned(), 5.5 + (day % 7) as f64 / 3.0);
        }
        Measured { date: on(day), values }
    };
    let entry = |(at, words): (usize, &&str)| JournalEntry {
        dialog: "daily".to_owned(),
        title: UserText::new(if at == 1 { words } else { "A check-in" }),
        body: UserText::new(*words),
        fields: Values::from([("Next".to_owned(), Value::text("Call Mia"))]),
        date: on(at as i64 * 31),
        complete: at != 2,
    };
    Ok(Export {
        made_at: "2026-11-28T16:00:00Z".parse::<Timestamp>()?.to_zoned_datetime(TimeZone::get("Europe/Berlin")?),
        bot: "Mendwell".to_owned(),
        language: Language::default(),
        profile,
        titles: BTreeMap::from([("daily".to_owned(), "Daily check-in".to_owned())]),
        labels: BTreeMap::new(),
        journal: WORDS.iter().enumerate().map(entry).collect(),
        measures: (0..390).map(measured).collect(),
        goals: vec![GoalNote::Set { title: UserText::new("Water the plants"), due: None, since: FIRST }],
        plans: Vec::new(),
        exercises: vec![Exercise {
            dialog: "hurt".to_owned(),
            aside: None,
            answers: vec![("first_thought".to_owned(), Some(Value::text("That it was my fault.")))],
            taken_back: Vec::new(),
            unfinished: Vec::new(),
        }],
    })
}
