//! The languages that people are spoken to in: how days, numbers and short words read in each. The sentences themselves
//! stand in `dialogs/`; a language that is not in this table cannot have a folder there.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// A language of the bot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// The language in which the dialogs are written.
    #[default]
    English,
    /// A translation of them.
    Spanish,
}

/// Every language, that of the dialogs' own files first.
pub const LANGUAGES: [Language; 2] = [Language::English, Language::Spanish];

impl Language {
    /// Its code: `en`, `es`. It names the folder of its dialogs and is kept in profiles.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// Whether it is that of the dialogs' own files.
    pub fn is_source(&self) -> bool {
        *self == Self::default()
    }

    /// What it is called by those who speak it.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// The language of an IETF tag such as `es` or `es-419`, by its first part; `None` for one that is not spoken here.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let main = tag.split(['-', '_']).next().unwrap_or(tag);
        LANGUAGES.into_iter().find(|language| main.eq_ignore_ascii_case(language.code()))
    }

    /// The names of the months, from January, as they stand in a date.
    pub fn months(self) -> &'static [&'static str; 12] {
        match self {
            Self::English => &[
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            Self::Spanish => &[
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ],
        }
    }

    /// The names of the days of the week, from Monday.
    pub fn weekdays(self) -> &'static [&'static str; 7] {
        match self {
            Self::English => &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            Self::Spanish => &["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        }
    }

    /// The forms that its plurals have, as CLDR names them. <https://cldr.unicode.org/index/cldr-spec/plural-rules>
    pub fn plural_forms(self) -> &'static [&'static str] {
        match self {
            Self::English => &["one", "other"],
            Self::Spanish => &["one", "many", "other"],
        }
    }

    /// The words of small numbers, from zero.
    pub fn small_numbers(self) -> &'static [&'static str; 13] {
        match self {
            Self::English => &[
                "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
                "twelve",
            ],
            Self::Spanish => &[
                "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once",
                "doce",
            ],
        }
    }

    /// A truth value as a word.
    pub fn truth(self, is_true: bool) -> &'static str {
        match (self, is_true) {
            (Self::English, true) => "yes",
            (Self::Spanish, true) => "sí",
            (Self::English | Self::Spanish, false) => "no",
        }
    }

    /// A number as it was printed with a point, with the mark that stands before its decimals.
    pub fn decimal(self, printed: String) -> String {
        match self {
            Self::English => printed,
            Self::Spanish => printed.replace('.', ","),
        }
    }

    /// A day in a sentence: `Thu 5 March`, `jueves 5 de marzo`, with its year when that is another one than today's. Spanish
    /// sentences have no short names for days.
    pub fn short_day(self, date: Date, today: Date) -> String {
        let weekday = self.weekday(date.weekday());
        let weekday = if self == Self::English { weekday.get(..3).unwrap_or(weekday) } else { weekday };
        let day = self.day_of_month(date);
        match self {
            _ if date.year() == today.year() => format!("{weekday} {day}"),
            Self::English => format!("{weekday} {day} {}", date.year()),
            Self::Spanish => format!("{weekday} {day} de {}", date.year()),
        }
    }

    /// A day that is near: `Thursday 5 March`, `jueves 5 de marzo`.
    pub fn near_day(self, date: Date) -> String {
        format!("{} {}", self.weekday(date.weekday()), self.day_of_month(date))
    }

    /// A day with its year: `5 March 2026`, `5 de marzo de 2026`.
    pub fn full_day(self, date: Date) -> String {
        match self {
            Self::English => format!("{} {}", self.day_of_month(date), date.year()),
            Self::Spanish => format!("{} de {}", self.day_of_month(date), date.year()),
        }
    }

    /// A time of day, `8:05`, behind a day: `at 8:05`, `a las 8:05`.
    pub fn at(self, clock: &str) -> String {
        match self {
            Self::English => format!("at {clock}"),
            Self::Spanish => format!("{} {clock}", articles(clock)),
        }
    }

    /// A window of the day behind a day: `between 18:00 and 20:00`, `entre las 18:00 y las 20:00`.
    pub fn between(self, from: &str, to: &str) -> String {
        match self {
            Self::English => format!("between {from} and {to}"),
            Self::Spanish => format!("entre las {from} y las {to}"),
        }
    }

    /// On a day that is near, in a sentence: `on Thursday 5 March`, `el jueves 5 de marzo`.
    pub fn on(self, date: Date) -> String {
        match self {
            Self::English => format!("on {}", self.near_day(date)),
            Self::Spanish => format!("el {}", self.near_day(date)),
        }
    }

    /// A day of a year that needs no saying: `5 March`, `5 de marzo`.
    pub fn day_of_month(self, date: Date) -> String {
        let index = usize::from(date.month().unsigned_abs()).saturating_sub(1);
        let month = self.months().get(index).copied().unwrap_or_default();
        match self {
            Self::English => format!("{} {month}", date.day()),
            Self::Spanish => format!("{} de {month}", date.day()),
        }
    }

    fn weekday(self, day: Weekday) -> &'static str {
        let index = usize::from(day.to_monday_zero_offset().unsigned_abs());
        self.weekdays().get(index).copied().unwrap_or_default()
    }
}

/// `a la` before one o'clock, `a las` before any other.
fn articles(clock: &str) -> &'static str {
    if clock.trim_start_matches('0').starts_with("1:") { "a la" } else { "a las" }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Language;

    #[test]
    fn tags_lead_to_languages() {
        for (tag, wanted) in [
            ("es", Some(Language::Spanish)),
            ("es-ES", Some(Language::Spanish)),
            ("ES_419", Some(Language::Spanish)),
            ("en-GB", Some(Language::English)),
            ("est", None),
            ("de", None),
            ("", None),
        ] {
            assert_eq!(Language::of_tag(tag), wanted, "{tag}");
        }
    }

    #[test]
    fn days_as_people_read_them() {
        let (day, year) = (date(2026, 3, 5), date(2026, 1, 1));
        assert_eq!(Language::English.short_day(day, year), "Thu 5 March");
        assert_eq!(Language::Spanish.short_day(day, year), "jueves 5 de marzo");
        assert_eq!(Language::English.short_day(date(2027, 12, 31), year), "Fri 31 December 2027");
        assert_eq!(Language::Spanish.short_day(date(2027, 12, 29), year), "miércoles 29 de diciembre de 2027");
        assert_eq!(Language::English.near_day(day), "Thursday 5 March");
        assert_eq!(Language::Spanish.near_day(date(2026, 3, 7)), "sábado 7 de marzo");
        assert_eq!(Language::English.full_day(day), "5 March 2026");
        assert_eq!(Language::Spanish.full_day(day), "5 de marzo de 2026");
    }
}
