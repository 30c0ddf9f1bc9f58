//! Names of buttons and lists: what comes back when one is pressed.
//! <https://discord.com/developers/docs/components/reference#anatomy-of-a-component-custom-id>

use std::fmt;

use crate::discord::wire::CUSTOM_ID_BYTES_MAX;
use crate::domain::pin::PIN_TOKEN;

/// What a custom id means. All of ours are ASCII and hold the token of a tap; what comes back may be anything, and `Debug`
/// shows only its length.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum CustomId<'a> {
    /// A button that is a choice: its token as it is.
    Tap(&'a str),
    /// A list of which one option is chosen; the options' values are the tokens, this is the first of them.
    Pick(&'a str),
    /// A list of which any are chosen; the options' values are the tokens that change them, this is the first of them.
    Ticks(&'a str),
    /// A button that opens a field for words, and that field: a token of the question's turn.
    Write(&'a str),
    /// A button that opens a field for a PIN, and that field.
    Pin,
}

const PICK: &str = "c.";
const TICKS: &str = "m.";
const WRITE: &str = "w.";
/// The longest of these, in bytes.
const PREFIX_BYTES_MAX: usize = 2;

impl<'a> CustomId<'a> {
    /// Reads a custom id. What has no prefix of ours is a tap, whatever it says.
    pub fn read(custom_id: &'a str) -> Self {
        if custom_id == PIN_TOKEN {
            Self::Pin
        } else if let Some(token) = custom_id.strip_prefix(PICK) {
            Self::Pick(token)
        } else if let Some(token) = custom_id.strip_prefix(TICKS) {
            Self::Ticks(token)
        } else if let Some(token) = custom_id.strip_prefix(WRITE) {
            Self::Write(token)
        } else {
            Self::Tap(custom_id)
        }
    }

    /// The custom id as it is sent: at most 100 characters.
    pub fn encode(self) -> String {
        match self {
            Self::Tap(token) => token.to_owned(),
            Self::Pick(token) => format!("{PICK}{token}"),
            Self::Ticks(token) => format!("{TICKS}{token}"),
            Self::Write(token) => format!("{WRITE}{token}"),
            Self::Pin => PIN_TOKEN.to_owned(),
        }
    }
}

impl fmt::Debug for CustomId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, token) = match self {
            Self::Tap(token) => ("Tap", token),
            Self::Pick(token) => ("Pick", token),
            Self::Ticks(token) => ("Ticks", token),
            Self::Write(token) => ("Write", token),
            Self::Pin => ("Pin", &PIN_TOKEN),
        };
        write!(f, "{kind}({} bytes)", token.len())
    }
}

/// Whether a token can stand in a custom id: it is not empty, there is room for what we put before it, and it would be
/// read as a tap, or opens the field for a PIN.
pub fn is_token(token: &str) -> bool {
    let is_read = matches!(CustomId::read(token), CustomId::Tap(_) | CustomId::Pin);
    (1..=CUSTOM_ID_BYTES_MAX - PREFIX_BYTES_MAX).contains(&token.len()) && is_read
}

#[cfg(test)]
mod tests {
    use super::{CustomId, is_token};

    #[test]
    fn custom_ids_come_back() {
        let token = "1.a.b.c";
        for (id, text) in [
            (CustomId::Tap(token), "1.a.b.c"),
            (CustomId::Pick(token), "c.1.a.b.c"),
            (CustomId::Ticks(token), "m.1.a.b.c"),
            (CustomId::Write(token), "w.1.a.b.c"),
            (CustomId::Pin, "pin"),
        ] {
            assert_eq!(id.encode(), text);
            assert_eq!(CustomId::read(text), id);
        }
        assert_eq!(CustomId::read("what.else"), CustomId::Tap("what.else"));
        assert!(is_token(&"x".repeat(98)) && !is_token(&"x".repeat(99)) && !is_token("") && !is_token("w.1"));
    }
}
