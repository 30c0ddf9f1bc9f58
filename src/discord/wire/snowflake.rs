//! Discord's ids. <https://discord.com/developers/docs/reference#snowflakes>

use std::fmt;

use jiff::Timestamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// An id of anything at Discord, which also says when it was made. Ids of one channel grow with time. `Display` is the
/// id as Discord writes it; `Debug` shows nothing of it, since it may be a person's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snowflake(pub u64);

/// When Discord's time begins, in milliseconds of ours.
const EPOCH_MS: u64 = 1_420_070_400_000;

impl Snowflake {
    /// When it was made, by Discord's clock, to the millisecond.
    pub fn at(self) -> Timestamp {
        let millis = (self.0 >> 22).saturating_add(EPOCH_MS);
        i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok()).unwrap_or_default()
    }

    /// Below every id of what was made at this time or later, and not below any of what was made a millisecond before.
    pub fn before(at: Timestamp) -> Self {
        let millis = u64::try_from(at.as_millisecond()).unwrap_or_default().saturating_sub(EPOCH_MS);
        Self((millis << 22).saturating_sub(1))
    }

    /// Reads an id as Discord writes it.
    pub fn parse(text: &str) -> Option<Self> {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snowflake")
    }
}

/// Written as text by the platform; a number is taken too.
impl<'de> Deserialize<'de> for Snowflake {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrNumber)
    }
}

struct TextOrNumber;

impl Visitor<'_> for TextOrNumber {
    type Value = Snowflake;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Snowflake, E> {
        Snowflake::parse(text).ok_or_else(|| E::custom("no id"))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Snowflake, E> {
        Ok(Snowflake(number))
    }
}

#[cfg(test)]
mod tests {
    use super::Snowflake;

    #[test]
    fn an_id_says_when_it_was_made() {
        let id = Snowflake::parse("175928847299117063").unwrap();
        assert_eq!(id.at().to_string(), "2016-04-30T11:18:25.796Z");
        assert_eq!((id.to_string(), format!("{id:?}")), ("175928847299117063".to_owned(), "Snowflake".to_owned()));
        assert!(Snowflake(u64::MAX).at() > id.at());
        let before = Snowflake::before(id.at());
        assert!(before < id && before.at().as_millisecond() == id.at().as_millisecond() - 1);
        assert_eq!(Snowflake::before(jiff::Timestamp::UNIX_EPOCH), Snowflake(0));
    }

    #[test]
    fn only_digits_are_an_id() {
        for text in ["", "-1", "+1", " 1", "1x", "99999999999999999999"] {
            assert_eq!(Snowflake::parse(text), None, "{text:?}");
        }
        let read = |json: &str| serde_json::from_str::<Snowflake>(json).ok();
        assert_eq!((read("\"7\""), read("7")), (Some(Snowflake(7)), Some(Snowflake(7))));
        assert_eq!((read("\"x\""), read("-7"), read("null"), read("{}")), (None, None, None, None));
    }
}
