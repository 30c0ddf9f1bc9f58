//! What the numbers of somebody's days say, in words and as a picture: exact words, gaps that stay gaps, and little data.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use mendwell::domain::language::Language;
use mendwell::domain::message::RichText;
use mendwell::domain::value::{Value, Values};
use mendwell::domain::write::{JournalEntry, Write};
use mendwell::insight::{Kept, Progress, ThenNow, then_now};

const TODAY: Date = date(2026, 3, 31);

fn days_ago(days: i64) -> Date {
    TODAY.saturating_sub(days.days())
}

fn measured(date: Date, values: &[(&str, f64)]) -> Write {
    Write::Measures { values: values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(), date }
}

fn entry(dialog: &str, date: Date, words: &str, fields: &[(&str, Value)]) -> Write {
    Write::Journal(JournalEntry {
        dialog: dialog.to_owned(),
        title: "Check-in".into(),
        body: words.into(),
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Values>(),
        date,
        complete: true,
    })
}

fn progress(writes: Vec<Write>) -> Progress {
    let titles = [("feel-now", "A hard moment"), ("feel-now/breath", "Slow breathing"), ("what-to-play", "A song")];
    let mut kept =
        Kept { titles: titles.map(|(id, title)| (id.to_owned(), title.to_owned())).into(), ..Kept::default() };
    writes.into_iter().for_each(|write| kept.add(write));
    Progress::of(&kept, TODAY)
}

fn mood(ago: i64, value: f64) -> Write {
    measured(days_ago(ago), &[("mood", value)])
}

#[test]
fn everything_is_told_in_words_that_judge_nothing() {
    let key = |key: &str| Value::Key(key.to_owned());
    let numbers = |before, after| [("before", Value::Num(before)), ("after", Value::Num(after))];
    let clear = |sum| ["likes", "plans", "words"].map(|name| (name, Value::Num(sum)));
    let missing = |keys: &[&str]| [("missing", Value::List(keys.iter().map(|word| key(word)).collect()))];
    let mut writes: Vec<Write> = (0..9).map(|ago| mood(ago, 2.0 + (ago % 3) as f64)).collect();
    writes.extend((28..32).map(|ago| mood(ago, 1.0)));
    writes.extend([
        measured(days_ago(1), &[("sleep", 0.0), ("pull", 3.0)]),
        measured(days_ago(4), &[("sleep", 2.0), ("pull", 0.0)]),
        measured(days_ago(5), &[("sleep", 2.0)]),
        measured(days_ago(40), &[("sleep", 1.0), ("pull", 4.0)]),
        entry("daily", days_ago(1), "", &[("contact", key("none"))]),
        entry("daily", days_ago(2), "", &[("contact", key("needed"))]),
        entry("daily", days_ago(3), "", &[("contact", key("none"))]),
        entry("self-clarity", days_ago(30), "", &clear(1.0)),
        entry("self-clarity", days_ago(2), "", &clear(3.0)),
        entry("reasons-drift", days_ago(30), "", &missing(&["view", "laugh", "quiet"])),
        entry("reasons-drift", days_ago(2), "", &missing(&["first"])),
    ]);
    let tool = |before, after| [&numbers(before, after)[..], &[("tool", key("breath"))]].concat();
    for (before, after) in [(7.0, 4.0), (6.0, 5.0), (5.0, 5.0)] {
        writes.push(entry("feel-now", days_ago(6), "", &tool(before, after)));
    }
    writes.push(entry("what-to-play", days_ago(6), "", &numbers(3.0, 5.0)));
    writes.push(entry("feeds-look", days_ago(6), "", &numbers(3.0, 1.0)));
    let told = progress(writes).in_words();
    let wanted = "\
**Your days**, up to 31 March 2026

Checked in on 9 of the last 14 days; 13 days since 28 February 2026.
Mood (1 to 5): in the last seven days 2 to 4, on average 2.9, from 7 days; in the seven days up to 3 March 2026 1, from 4 days.
Nights of the last 28 days: 1 poor, 2 good.
Pull towards them (0 to 4): in the last 28 days 0 to 3, on average 1.5, from 2 days.
Contact, days of the last 28: needed 1, none 2.
Clear about yourself (0 to 12): 3 on 1 March 2026, 9 on 29 March 2026.
What you missed on 1 March 2026: them 2, not being alone 1.
What you missed on 29 March 2026: being chosen 1.

After an exercise, against before it:
- Slow breathing, 3 times: lighter 2, the same 1, heavier 0
- A song, 1 time: lighter 0, the same 0, heavier 1

These are your own answers, counted. They do not say why, and not what comes next.";
    assert_eq!(told, wanted);
}

#[test]
fn i_and_we_are_counted_in_their_own_words_only() {
    let words = |i: usize, we: usize| format!("How I see us: {}{}", "I did. ".repeat(i), "We did. ".repeat(we));
    let day = |ago, i, we| entry("daily", days_ago(ago), &words(i, we), &[]);
    let told = |entries: Vec<Write>| {
        let authors = [("daily".to_owned(), vec!["How I see us:".to_owned()])].into();
        let mut kept = Kept { authors, ..Kept::default() };
        entries.into_iter().for_each(|entry| kept.add(entry));
        Progress::of(&kept, TODAY).in_words()
    };
    let few = told(vec![mood(0, 3.0), day(0, 10, 9)]);
    assert!(!few.contains("In what you wrote"), "{few}");
    let much = told(vec![day(60, 5, 15), day(40, 30, 30), day(27, 3, 0), day(0, 15, 2)]);
    let wanted = "In what you wrote in the last 28 days, with their forms: “I” 18, “we” 2 (90 of 100 are “I”); in your first 28 \
                  days here: “I” 35, “we” 45 (43 of 100 are “I”).";
    assert!(much.contains(wanted), "{much}");
}

#[test]
fn little_data_reads_kindly_and_draws() {
    for (writes, wanted) in [
        (
            vec![mood(0, 1.0)],
            "One check-in so far.\nMood (1 to 5): 1 on 31 March 2026, the last time you told me.\n\
             In the picture, a line begins at 3 within seven days.",
        ),
        (
            vec![mood(9, 2.0), mood(0, 4.0)],
            "Two check-ins so far.\nMood (1 to 5): 4 on 31 March 2026, the last time you told me.\n\
             In the picture, a line begins at 3 within seven days.",
        ),
        (
            vec![mood(400, 3.0)],
            "1 check-in since 24 February 2025.\n\
             Mood (1 to 5): 3 on 24 February 2025, the last time you told me.\n\
             In the picture, a line begins at 3 within seven days.",
        ),
    ] {
        let progress = progress(writes);
        let told = progress.in_words();
        assert!(told.contains(wanted), "{told}");
        is_png(&progress.picture().unwrap());
    }
    let nothing = progress(vec![measured(TODAY, &[("wish", 3.0)]), mood(-1, 5.0), mood(0, f64::NAN)]);
    assert!(nothing.is_empty() && !nothing.is_drawable(), "another measure, a day to come, and no number");
}

#[test]
fn days_without_an_answer_stay_gaps() {
    let around_a_gap = || (0..4).chain(20..24).map(|ago| mood(ago, 3.0));
    let told = progress(around_a_gap().collect());
    assert!(told.mood.week(days_ago(20)).is_some() && told.mood.week(days_ago(10)).is_none());
    let with_words = progress(around_a_gap().chain([entry("daily", days_ago(10), "words", &[])]).collect());
    assert_eq!(told.picture().unwrap(), with_words.picture().unwrap(), "words are no check-in");
    let filled = progress(around_a_gap().chain([mood(10, 3.0)]).collect());
    assert_ne!(told.picture().unwrap(), filled.picture().unwrap());
}

#[test]
fn a_year_and_the_days_of_23_and_25_hours_have_their_places() {
    let year = progress((0..400).map(|ago| mood(ago, 1.0 + (ago % 5) as f64)).collect());
    assert!(year.in_words().contains("400 days since 25 February 2025"), "{}", year.in_words());
    is_png(&year.picture().unwrap());
    // The clocks went forward on 29 March 2026 in Europe, and back on 26 October 2025.
    for (day, ago) in [(date(2026, 3, 29), 2), (date(2025, 10, 26), 156)] {
        assert_eq!(days_ago(ago), day);
        assert_eq!(year.mood.within(day, day).count(), 1);
        assert_eq!(year.mood.week(day).unwrap().count, 7);
    }
}

#[test]
fn a_title_of_a_dialog_is_no_markup() {
    let mut kept = Kept::default();
    kept.titles.insert("a".to_owned(), "</text><script>&\u{1}\"'".to_owned());
    kept.add(entry("a", TODAY, "", &[("weight", Value::Key("lighter".to_owned()))]));
    let progress = Progress::of(&kept, TODAY);
    is_png(&progress.picture().unwrap());
    assert_eq!(
        progress.alt(),
        "A picture of these numbers: how it was after exercises. The words beside it say the same."
    );
}

#[test]
fn then_stands_beside_now_once_a_week_lies_between() {
    let read = |entries: Vec<Write>| {
        let mut read = ThenNow::default();
        entries.into_iter().for_each(|entry| read.add(entry));
        then_now(&read, Language::English).as_ref().map(RichText::plain)
    };
    let day = |ago, words: &str| entry("daily", days_ago(ago), words, &[]);
    assert_eq!(read(vec![day(6, "a"), day(0, "b")]), None, "six days");
    assert_eq!(read(vec![entry("letter", days_ago(60), "sealed", &[]), entry("letter", TODAY, "sealed", &[])]), None);
    let told = read(vec![
        entry("welcome", days_ago(30), "I cannot sleep.", &[]),
        entry("month-review", days_ago(20), "x", &[]),
        day(9, "between"),
        entry("month-review", TODAY, "y", &[]),
        day(0, "I slept."),
    ]);
    let wanted = "**Then**, 1 March 2026: Check-in\nI cannot sleep.\n\n**Now**, 31 March 2026: Check-in\nI slept.\n\n\
                  Both are yours. What lies between them is for you to say.";
    assert_eq!(told.as_deref(), Some(wanted));
}

/// Whether these bytes are a PNG as wide as three times a phone's units, and of a size that every platform shows.
fn is_png(bytes: &[u8]) {
    assert_eq!(bytes.get(..8), Some(&b"\x89PNG\r\n\x1a\n"[..]));
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let (width, height) = (number(16), number(20));
    assert_eq!(width, 1080);
    // Telegram takes pictures of which both sides together are at most 10,000 pixels. https://core.telegram.org/bots/api#sendphoto
    assert!((200..4_000).contains(&height), "{height} pixels high");
    assert!(bytes.len() < 1_000_000, "{} bytes", bytes.len());
}

#[test]
fn measures_of_one_day_are_one_day() {
    let told = progress(vec![mood(0, 1.0), mood(0, 4.0)]);
    assert_eq!(told.mood.within(TODAY, TODAY).collect::<BTreeMap<_, _>>(), BTreeMap::from([(TODAY, 2.5)]));
}
