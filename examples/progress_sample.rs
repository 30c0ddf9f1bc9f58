//! Draws the picture of `/progress` for somebody who has been here for so many days, and says how long that takes:
//! `cargo run --release --example progress_sample DIR`. All of it is invented.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use mendwell::domain::value::{Value, Values};
use mendwell::insight::{Kept, Noted, Progress, Voice};

const TODAY: Date = date(2026, 11, 28);
/// Pictures that are timed.
const ROUNDS: u32 = 20;

#[expect(clippy::disallowed_methods, reason = "how long a picture takes is what is measured")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args_os().nth(1).ok_or("where to? progress_sample DIR")?;
    for days in [1, 3, 30, 100, 365] {
        let progress = Progress::of(&kept(days), TODAY);
        let picture = progress.picture()?;
        let begun = Instant::now();
        for _ in 0..ROUNDS {
            progress.picture()?;
        }
        let millis = begun.elapsed().as_secs_f64() * 1000.0 / f64::from(ROUNDS);
        writeln(&format!("{days} days: {} bytes, {millis:.1} ms a picture\n{}\n", picture.len(), progress.in_words()))?;
        std::fs::write(Path::new(&directory).join(format!("progress-{days}.png")), picture)?;
    }
    Ok(())
}

fn writeln(text: &str) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{text}")
}

/// Somebody who answers on most days, with a fortnight of silence in between when they have been here for long.
fn kept(days: i64) -> Kept {
    let mut kept = Kept { titles: titles(), ..Kept::default() };
    for ago in (0..days).rev() {
        let day = days - ago;
        let date = TODAY.saturating_sub(ago.days());
        if day % 5 == 4 || (days > 60 && (40..54).contains(&ago)) {
            continue;
        }
        let wave = (day as f64 / 9.0).sin() + (day as f64 * 2.3).sin() * 0.9 + day as f64 / days as f64;
        let mut values = BTreeMap::from([("mood".to_owned(), (2.4 + wave).round().clamp(1.0, 5.0))]);
        if day % 2 == 0 {
            values.insert("sleep".to_owned(), (1.0 + (day as f64 * 1.7).sin() * 1.2).round().clamp(0.0, 2.0));
            values.insert("pull".to_owned(), (2.2 - wave).round().clamp(0.0, 4.0));
        }
        kept.measures.push((date, values));
        if day % 6 == 2 {
            kept.entries.push(exercise(date, day));
        }
    }
    if days > 14 {
        for (ago, sum) in [(days - 2, 1.0), (3, 3.0)] {
            let date = TODAY.saturating_sub(ago.days());
            let fields = ["likes", "plans", "words"].map(|name| (name.to_owned(), Value::Num(sum)));
            kept.entries.push(Noted {
                dialog: "self-clarity".to_owned(),
                date,
                fields: Values::from(fields),
                voice: Voice::default(),
            });
        }
    }
    kept
}

fn exercise(date: Date, day: i64) -> Noted {
    let tool = ["breath", "ground", "sit"][(day / 6 % 3) as usize];
    let (before, after) = (6.0, 6.0 - ((day / 4 % 4) as f64 - 1.0));
    let fields = [("tool", Value::Key(tool.to_owned())), ("before", Value::Num(before)), ("after", Value::Num(after))];
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    Noted { dialog: "feel-now".to_owned(), date, fields: Values::from(fields), voice: Voice::default() }
}

fn titles() -> BTreeMap<String, String> {
    let titles =
        [("feel-now/breath", "Slow breathing"), ("feel-now/ground", "Grounding"), ("feel-now/sit", "Sitting with it")];
    titles.map(|(id, title)| (id.to_owned(), title.to_owned())).into()
}
