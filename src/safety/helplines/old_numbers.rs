//! Numbers that many lists still have and that no longer lead to anybody, or no longer to the right place. A file that
//! names one is refused.

/// Country, number, and what became of it.
pub const OLD_NUMBERS: &[(&str, &str, &str)] = &[
    ("US", "1-800-273-8255", "988 took its place"),
    ("US", "1-800-273-TALK", "988 took its place"),
    ("KR", "1393", "109 took its place on 1 January 2024"),
    ("SG", "1800-221-4444", "1767 took its place"),
    ("IT", "199 284 284", "02 2327 2327 took its place in 2020"),
    ("BR", "141", "188 took its place"),
    ("GB", "08457 90 90 90", "116 123 took its place"),
    ("IE", "1850 60 90 90", "116 123 took its place"),
    ("PT", "225 50 60 70", "1411 took its place on 10 September 2025"),
    ("CA", "1-833-456-4566", "988 took its place"),
    ("IN", "1800-599-0019", "KIRAN could not be verified again; 14416 is there"),
];

/// What became of a number that a text of this country names, if it is one of the old ones.
pub(super) fn old_number(country: &str, text: &str) -> Option<(&'static str, &'static str)> {
    let upper = text.to_uppercase();
    let numbers = numbers(text);
    let is_named = |number: &str| {
        let wanted = digits(number);
        let has_letters = number.chars().any(char::is_alphabetic);
        if has_letters { upper.contains(number) } else { numbers.contains(&wanted) }
    };
    let of_country = OLD_NUMBERS.iter().filter(|(code, ..)| *code == country);
    of_country.clone().find(|(_, number, _)| is_named(number)).map(|(_, number, why)| (*number, *why))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The numbers of a text: digits with nothing but spaces, dashes, dots, brackets and slashes between them.
fn numbers(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_ascii_digit() || " -–.()/".contains(c))).map(digits).filter(|n| !n.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{OLD_NUMBERS, old_number};

    #[test]
    fn an_old_number_is_known_however_it_is_written() {
        for (country, number, _) in OLD_NUMBERS {
            assert!(old_number(country, number).is_some(), "{number}");
            assert!(old_number(country, &format!("call {number}, or write")).is_some(), "{number}");
        }
        assert!(old_number("US", "1 800 273 8255").is_some() && old_number("US", "1-800-273-talk").is_some());
        assert!(old_number("PT", "225506070").is_some());
        for (country, other) in [("BR", "188"), ("BR", "1411"), ("US", "1393"), ("KR", "13930"), ("US", "988")] {
            assert_eq!(old_number(country, other), None, "{other}");
        }
    }
}
