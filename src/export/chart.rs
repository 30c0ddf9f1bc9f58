//! A measure over time as an inline SVG. It is drawn for the width of a phone and says in words what it shows; its one
//! line needs no colour to be told from another.

use std::io::{self, Write};

use jiff::civil::Date;

use crate::domain::language::Language;
use crate::export::series::Series;
use crate::export::words;

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 34.0;
const RIGHT: f64 = 352.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 160.0;
/// Between points further apart than this many days no line is drawn: nothing is known of the time between them.
const GAP_DAYS: i64 = 21;
/// More points than this are drawn without their dots.
const DOTS_MAX: usize = 60;

/// Writes the chart; `number` tells it from the others of its page.
pub(super) fn write(series: &Series, number: usize, language: Language, to: &mut dyn Write) -> io::Result<()> {
    let (Some((first, _)), Some((last, _))) = (series.points.first(), series.points.last()) else { return Ok(()) };
    let scale = Scale::of(series, *first, *last);
    write!(
        to,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"chart{number} about{number}\">\
         <title id=\"chart{number}\">{}</title><desc id=\"about{number}\">{}</desc>",
        super::html::escaped(&words::label(&series.name, language)),
        super::html::escaped(&in_words(series, language)),
    )?;
    for value in scale.ticks() {
        let y = scale.y(value);
        write!(
            to,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            shown(value, language),
        )?;
    }
    write!(to, "<path class=\"line\" d=\"")?;
    let mut before: Option<Date> = None;
    for (date, value) in &series.points {
        let is_near = before.is_some_and(|before| days(before, *date) <= GAP_DAYS);
        write!(to, "{}{:.1} {:.1}", if is_near { 'L' } else { 'M' }, scale.x(*date), scale.y(*value))?;
        before = Some(*date);
    }
    write!(to, "\"/>")?;
    if series.points.len() <= DOTS_MAX {
        for (date, value) in &series.points {
            write!(to, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\"/>", scale.x(*date), scale.y(*value))?;
        }
    }
    write!(to, "<text x=\"{LEFT}\" y=\"180\">{}</text>", language.full_day(series.first))?;
    if series.first != series.last {
        write!(to, "<text x=\"{RIGHT}\" y=\"180\" text-anchor=\"end\">{}</text>", language.full_day(series.last))?;
    }
    write!(to, "</svg>")
}

/// What a chart shows, for people who do not see it.
pub(super) fn in_words(series: &Series, language: Language) -> String {
    let count = words::values(series.count, language);
    let (low, high) = (shown(series.low, language), shown(series.high, language));
    let (first, last) = (language.full_day(series.first), language.full_day(series.last));
    if series.first == series.last {
        return match language {
            Language::English => format!("{count} on {first}, from {low} to {high}."),
            Language::Spanish => format!("{count} el {first}, de {low} a {high}."),
        };
    }
    let between = match language {
        Language::English => format!("{count} between {first} and {last}, from {low} to {high}."),
        Language::Spanish => format!("{count} entre el {first} y el {last}, de {low} a {high}."),
    };
    let (Some((_, start)), Some((_, end))) = (series.points.first(), series.points.last()) else { return between };
    let (start, end) = (language.decimal(format!("{start:.1}")), language.decimal(format!("{end:.1}")));
    match (language, series.weekly) {
        (Language::English, true) => format!("{between} The first week is at {start}, the last at {end}."),
        (Language::English, false) => format!("{between} The first day is at {start}, the last at {end}."),
        (Language::Spanish, true) => format!("{between} La primera semana está en {start}, la última en {end}."),
        (Language::Spanish, false) => format!("{between} El primer día está en {start}, el último en {end}."),
    }
}

fn shown(value: f64, language: Language) -> String {
    language.decimal(value.to_string())
}

/// Where values and days stand.
struct Scale {
    first: Date,
    span: f64,
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn of(series: &Series, first: Date, last: Date) -> Self {
        let (low, high) = (series.low.floor(), series.high.ceil());
        let high = if high > low { high } else { low + 1.0 };
        let step = step((high - low) / 4.0);
        let span = days(first, last).max(1) as f64;
        Self { first, span, low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    fn x(&self, date: Date) -> f64 {
        LEFT + (RIGHT - LEFT) * days(self.first, date) as f64 / self.span
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (value - self.low) / (self.high - self.low)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let count = ((self.high - self.low) / self.step).round().clamp(1.0, 8.0) as u32;
        (0..=count).map(|tick| self.low + self.step * f64::from(tick))
    }
}

/// The next of 1, 2, 5, 10, 20 … above a distance of ticks.
fn step(least: f64) -> f64 {
    let mut power = 1.0;
    while power * 10.0 < least {
        power *= 10.0;
    }
    [1.0, 2.0, 5.0].into_iter().map(|step| step * power).find(|step| *step >= least).unwrap_or(10.0 * power)
}

fn days(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}
