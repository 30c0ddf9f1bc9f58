//! The picture: one card, as wide as a phone, its parts below each other. What colour says is said by size, place or a word
//! as well.

use jiff::civil::Date;

use crate::domain::language::Language;
use crate::insight::days::{Days, between};
use crate::insight::helped::Helped;
use crate::insight::marks::{Anchor, BLUE, GREEN, GRID, INK, MUTED, Marks, VERMILLION};
use crate::insight::picture::FAMILY;
use crate::insight::words::{self, Said, checkins_short, said};
use crate::insight::{Progress, back};

/// Units of the drawing, of which a phone is some 360 wide.
const WIDTH: f64 = 360.0;
const LEFT: f64 = 20.0;
const RIGHT: f64 = 340.0;
/// Where the days of a chart begin: right of the words of its axis.
const DAYS_LEFT: f64 = 84.0;
/// Days that a chart shows at most, and at least.
const CHART_DAYS_MAX: i32 = 90;
const CHART_DAYS_MIN: i32 = 14;
/// Weeks of squares at most, which make a year, and at least.
const WEEKS_MAX: i32 = 53;
const WEEKS_MIN: i32 = 14;
/// Days since the first check-in from which on there are squares.
const SQUARES_FROM_DAYS: i32 = 35;
/// The side of the place of a square, at most.
const SQUARE_MAX: f64 = 13.0;
/// The width of one time of an exercise, at most.
const TIME_MAX: f64 = 24.0;
/// Exercises that are drawn at most.
const HELPED_MAX: usize = 4;
/// Between two parts.
const SPACE: f64 = 24.0;

/// Draws it.
pub(super) fn svg(progress: &Progress) -> String {
    let (language, today) = (progress.language, progress.today);
    let mut card = Card { marks: Marks::default(), y: 34.0, axis: Axis::of(progress), today, language };
    card.marks.heading(LEFT, card.y, 20.0, said(language, ("Your days", "Tus días")));
    let up_to = format!("{} {}", said(language, ("up to", "hasta el")), words::day(language, today));
    card.marks.note(RIGHT, card.y, Anchor::End, &up_to);
    card.y += SPACE;
    if let Some(first) = progress.mood.first() {
        card.checkins(progress);
        card.mood(&progress.mood);
        // Before that, the chart above shows every day as well.
        if between(first, progress.today) >= SQUARES_FROM_DAYS {
            card.squares(&progress.mood, first);
        }
    }
    if !progress.pull.is_empty() {
        card.pull(&progress.pull, progress.sleep.is_empty());
    }
    if !progress.sleep.is_empty() {
        card.sleep(&progress.sleep);
    }
    if !progress.helped.is_empty() {
        card.helped(&progress.helped);
    }
    let height = card.y - 6.0;
    card.marks.into_svg(WIDTH, height, FAMILY)
}

struct Card {
    marks: Marks,
    /// Where the next part begins.
    y: f64,
    axis: Axis,
    today: Date,
    language: Language,
}

/// The days of the charts, which all have the same.
#[derive(Clone, Copy)]
struct Axis {
    from: Date,
    days: i32,
}

impl Axis {
    fn of(progress: &Progress) -> Self {
        let firsts = [&progress.mood, &progress.pull, &progress.sleep].into_iter().filter_map(|days| days.first());
        let first = firsts.min().unwrap_or(progress.today);
        let days = (between(first, progress.today) + 1).clamp(CHART_DAYS_MIN, CHART_DAYS_MAX);
        Self { from: back(progress.today, days - 1), days }
    }

    /// How wide a day is.
    fn day(self) -> f64 {
        (RIGHT - DAYS_LEFT) / f64::from(self.days)
    }

    /// The middle of a day.
    fn x(self, date: Date) -> f64 {
        DAYS_LEFT + (f64::from(between(self.from, date)) + 0.5) * self.day()
    }
}

impl Card {
    fn title(&mut self, title: Said, note: Said) {
        let (title, note) = (said(self.language, title), said(self.language, note));
        self.headed(title, note);
    }

    fn headed(&mut self, title: &str, note: &str) {
        self.marks.heading(LEFT, self.y, 14.0, title);
        self.marks.note(RIGHT, self.y, Anchor::End, note);
    }

    fn days_below(&mut self, y: f64) {
        let (from, today) =
            (words::since(self.language, self.axis.from, self.today), words::short(self.language, self.today));
        self.marks.note(DAYS_LEFT, y, Anchor::Start, &from);
        self.marks.note(RIGHT, y, Anchor::End, &today);
    }

    /// A row of days: a dot for a check-in, a ring for none.
    fn checkins(&mut self, progress: &Progress) {
        let (_, length) = progress.checkins();
        self.headed(&checkins_short(progress), "");
        let (row, step) = (self.y + 18.0, (RIGHT - LEFT) / 14.0);
        let from = back(self.today, length - 1);
        for (index, day) in dates(from, self.today).enumerate() {
            let x = LEFT + (index as f64 + 0.5) * step;
            if progress.mood.within(day, day).next().is_some() {
                self.marks.dot(x, row, 7.0, BLUE, 1.0);
            } else {
                self.marks.ring(x, row, 6.4, "#a9aeb5");
            }
            self.marks.note(x, row + 22.0, Anchor::Middle, words::weekday(self.language, day));
        }
        self.y = row + 22.0 + SPACE;
    }

    /// Days as dots; the mean of seven days as a line, in a band from their lowest to their highest, where enough is known.
    fn mood(&mut self, mood: &Days) {
        let is_lined = words::line_begins(self.language, mood).is_none();
        self.title(("Mood", "Ánimo"), if is_lined { words::LEGEND } else { words::LINE_BEGINS });
        let (top, bottom) = (self.y + 16.0, self.y + 116.0);
        let y = |value: f64| bottom - (value - 1.0) / 4.0 * (bottom - top);
        let low = said(self.language, ("1 very hard", "1 muy difícil"));
        let high = said(self.language, ("5 good", "5 bien"));
        for (value, label) in [(1.0, low), (2.0, "2"), (3.0, "3"), (4.0, "4"), (5.0, high)] {
            self.marks.rule(DAYS_LEFT, y(value), RIGHT);
            self.marks.note(LEFT, y(value) + 4.0, Anchor::Start, label);
        }
        let axis = self.axis;
        for (date, value) in mood.within(axis.from, self.today) {
            self.marks.dot(axis.x(date), y(value), if axis.days > 45 { 2.4 } else { 3.4 }, INK, 0.45);
        }
        let mut run: Vec<(f64, f64, f64, f64)> = Vec::new();
        for date in dates(axis.from, self.today) {
            match mood.week(date) {
                Some(week) => run.push((axis.x(date), y(week.low), y(week.mean), y(week.high))),
                None => self.run(std::mem::take(&mut run)),
            }
        }
        self.run(run);
        self.days_below(bottom + 18.0);
        self.y = bottom + 18.0 + SPACE;
    }

    /// A stretch of days of which enough is known.
    fn run(&mut self, run: Vec<(f64, f64, f64, f64)>) {
        let line: Vec<_> = run.iter().map(|(x, _, mean, _)| (*x, *mean)).collect();
        let low = run.iter().map(|(x, low, ..)| (*x, *low));
        let band: Vec<_> = low.chain(run.iter().rev().map(|(x, .., high)| (*x, *high))).collect();
        match line.as_slice() {
            [] => {}
            [(x, y)] => self.marks.dot(*x, *y, 3.0, BLUE, 1.0),
            line => {
                self.marks.area(&band, BLUE);
                self.marks.line(line, BLUE);
            }
        }
    }

    /// A square for each day, a column for each week from Monday: the higher the number, the larger and darker.
    fn squares(&mut self, mood: &Days, first: Date) {
        let weeks = (between(monday(first), monday(self.today)) / 7 + 1).clamp(WEEKS_MIN, WEEKS_MAX);
        let from = back(monday(self.today), (weeks - 1) * 7);
        let title = if weeks == WEEKS_MAX { ("The year", "El año") } else { ("Day by day", "Día a día") };
        self.title(title, ("", ""));
        self.legend();
        let place = ((RIGHT - LEFT) / f64::from(weeks)).min(SQUARE_MAX);
        let top = self.y + 26.0;
        let mut month = 0;
        for day in dates(from, self.today) {
            let week = f64::from(between(from, day) / 7);
            let row = f64::from(day.weekday().to_monday_zero_offset());
            let middle = (LEFT + (week + 0.5) * place, top + (row + 0.5) * place);
            self.square(middle, place, mood.within(day, day).next().map(|(_, value)| value));
            // The month stands over the week of its first day, where there is room for its name.
            if row == 0.0 && day.month() != month {
                let has_room = middle.0 + 20.0 < RIGHT;
                if has_room && (month != 0 || day.day() <= 14) {
                    self.marks.note(
                        middle.0 - place / 2.0,
                        top - 5.0,
                        Anchor::Start,
                        &month_name(self.language, day, weeks),
                    );
                }
                month = day.month();
            }
        }
        self.y = top + 7.0 * place + SPACE + 4.0;
    }

    fn square(&mut self, (x, y): (f64, f64), place: f64, value: Option<f64>) {
        let Some(value) = value else {
            self.marks.dot(x, y, (place / 12.0).max(0.5), "#b9bdc2", 1.0);
            return;
        };
        let share = ((value - 1.0) / 4.0).clamp(0.0, 1.0);
        let side = place * (0.36 + 0.54 * share);
        self.marks.block(x - side / 2.0, y - side / 2.0, side, side, BLUE, 0.45 + 0.55 * share);
    }

    fn legend(&mut self) {
        let mut x = RIGHT - 5.0 * 24.0;
        for value in 1..=5 {
            self.square((x + 6.0, self.y - 4.0), 11.0, Some(f64::from(value)));
            self.marks.note(x + 14.0, self.y, Anchor::Start, &value.to_string());
            x += 24.0;
        }
    }

    /// A column for each day; one that is zero is a line on the ground.
    fn pull(&mut self, pull: &Days, is_last: bool) {
        self.title(("Pull towards them", "Ganas de contacto"), ("0 not there, 4 very strong", "0 nada, 4 muy fuertes"));
        let (top, bottom) = (self.y + 14.0, self.y + 62.0);
        let y = |value: f64| bottom - value / 4.0 * (bottom - top);
        for value in [0.0, 2.0, 4.0] {
            self.marks.rule(DAYS_LEFT, y(value), RIGHT);
            self.marks.note(LEFT, y(value) + 4.0, Anchor::Start, &words::number(self.language, value));
        }
        let (axis, wide) = (self.axis, (self.axis.day() * 0.7).min(9.0));
        for (date, value) in pull.within(axis.from, self.today) {
            let high = (bottom - y(value)).max(2.0);
            self.marks.block(axis.x(date) - wide / 2.0, bottom - high, wide, high, VERMILLION, 0.9);
        }
        // The days of the nights below are the same.
        let below = if is_last { 18.0 } else { 4.0 };
        if is_last {
            self.days_below(bottom + below);
        }
        self.y = bottom + below + SPACE;
    }

    /// A dot for each night, on one of three lines.
    fn sleep(&mut self, sleep: &Days) {
        self.title(("Sleep", "Sueño"), ("the night before", "la noche anterior"));
        let (top, bottom) = (self.y + 16.0, self.y + 52.0);
        let y = |value: f64| bottom - value / 2.0 * (bottom - top);
        for (value, label) in [0.0, 1.0, 2.0].into_iter().zip(words::SLEEP) {
            self.marks.rule(DAYS_LEFT, y(value), RIGHT);
            self.marks.note(LEFT, y(value) + 4.0, Anchor::Start, said(self.language, label));
        }
        let axis = self.axis;
        for (date, value) in sleep.within(axis.from, self.today) {
            self.marks.dot(axis.x(date), y(value), if axis.days > 45 { 2.6 } else { 4.0 }, GREEN, 1.0);
        }
        self.days_below(bottom + 18.0);
        self.y = bottom + 18.0 + SPACE;
    }

    /// A bar for each exercise: filled for lighter, framed for the same, hatched by lines for heavier.
    fn helped(&mut self, helped: &[Helped]) {
        self.title(("After an exercise", "Después de un ejercicio"), ("against before it", "comparado con antes"));
        self.y += 22.0;
        let most = helped.iter().take(HELPED_MAX).map(Helped::times).max().unwrap_or(1).max(1);
        let unit = ((RIGHT - LEFT) / most as f64).min(TIME_MAX);
        for helped in helped.iter().take(HELPED_MAX) {
            self.marks.text(LEFT, self.y, Anchor::Start, &shortened(&helped.name));
            let told = words::weights_short(self.language, helped);
            self.marks.note(RIGHT, self.y, Anchor::End, &told);
            self.bar(helped, unit, self.y + 7.0);
            self.y += 34.0;
        }
        self.y += SPACE - 24.0;
    }

    /// As long as it was done often: what was done once looks like once.
    fn bar(&mut self, helped: &Helped, unit: f64, y: f64) {
        const HIGH: f64 = 8.0;
        let wide = |count: usize| (count as f64 * unit - 1.5).max(0.0);
        let mut x = LEFT;
        if helped.lighter > 0 {
            self.marks.block(x, y, wide(helped.lighter), HIGH, BLUE, 1.0);
            x += helped.lighter as f64 * unit;
        }
        if helped.same > 0 {
            self.marks.frame(x + 0.6, y + 0.6, (wide(helped.same) - 1.2).max(0.0), HIGH - 1.2, MUTED);
            x += helped.same as f64 * unit;
        }
        if helped.heavier > 0 {
            let end = x + wide(helped.heavier);
            self.marks.block(x, y, end - x, HIGH, GRID, 1.0);
            while x < end {
                self.marks.block(x, y, 2.0_f64.min(end - x), HIGH, VERMILLION, 1.0);
                x += 4.5;
            }
        }
    }
}

fn dates(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(move |day| *day <= to)
}

fn month_name(language: Language, day: Date, weeks: i32) -> String {
    let name = words::month(language, day);
    // At a year, every month's whole name would touch the next one's.
    if weeks > 40 { name.get(..1).unwrap_or("").to_owned() } else { name }
}

fn monday(date: Date) -> Date {
    back(date, i32::from(date.weekday().to_monday_zero_offset()))
}

/// A name that leaves room for the numbers beside it.
fn shortened(name: &str) -> String {
    const LETTERS_MAX: usize = 26;
    if name.chars().count() <= LETTERS_MAX {
        return name.to_owned();
    }
    let head: String = name.chars().take(LETTERS_MAX - 1).collect();
    format!("{}…", head.trim_end())
}
