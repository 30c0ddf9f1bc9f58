//! What is said to people, without any platform's markup: views, choices and the token of a tap.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::ids::SessionId;
use crate::domain::language::Language;
use crate::domain::text::UserText;

/// A text that knows who wrote which part, so that a platform formats the author's and shows people's words literally.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RichText(pub Vec<Piece>);

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Written by a dialog's author in the Markdown subset: `*emphasis*`, `**strong**`, lists, plain URLs.
    #[serde(rename = "a")]
    Author(String),
    /// Words of a person: never markup.
    #[serde(rename = "p")]
    Person(UserText),
    /// An account of the platform that it is shown on, which a tap leads to.
    #[serde(rename = "m")]
    Mention(Mention),
}

/// An account that can be tapped. `Debug` shows that there is one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The platform's number of the account.
    #[serde(rename = "i")]
    pub account: u64,
    /// What is shown where the platform knows no name for it.
    #[serde(rename = "l")]
    pub label: String,
}

/// One message as a person should see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The text.
    pub body: RichText,
    /// What kind of answer is waited for, which decides how choices are laid out.
    pub kind: ViewKind,
    /// Buttons, in order. Empty for plain messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// The language of the words that the platform adds.
    #[serde(default, skip_serializing_if = "Language::is_source")]
    pub language: Language,
}

/// What a view is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ViewKind {
    /// Said; nothing is waited for.
    Say,
    /// One of several options.
    Choice,
    /// Any of several options, then Done. Redrawn in place as ticks change.
    Many,
    /// A whole number between two ends, each value a choice.
    Scale,
    /// A number, typed.
    Number,
    /// Words, typed.
    Text,
    /// Several texts, one message each, then Done. Redrawn in place.
    List,
    /// A day, typed or chosen.
    Date,
    /// A time of day, typed or chosen.
    Time,
    /// One beat of a paced exercise, redrawn in place; shown for this many milliseconds.
    Beat(u32),
}

/// A button. `Debug` shows only the length of its label, which may hold what the person wrote before.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What stands on it; at most 80 characters.
    pub label: String,
    /// What comes back when it is pressed: an encoded [`Tap`].
    pub token: String,
    /// What pressing it does to the conversation.
    pub role: ChoiceRole,
}

/// The part a button plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChoiceRole {
    /// An answer. For a scale, its value.
    Answer,
    /// The value of a scale, for surfaces where a typed number picks.
    Scale(i32),
    /// An option of several that is chosen (`true`) or not yet.
    Tick(bool),
    /// Ends a list or a many-choice.
    Done,
    /// Leaves the question out.
    Skip,
    /// Takes the earlier answer again after going back.
    Keep,
    /// Ends a paced exercise early.
    Enough,
    /// Puts a check-in off.
    Later,
}

/// How the token of a button begins that opens a dialog; the dialog's id stands behind it. No session is behind such a
/// button, so it may be pressed at any time, as a command may be given.
pub const OPEN_TOKEN: &str = "o.";

/// A press of a choice: which session, which turn, which option. Encoded in at most 40 bytes of `[0-9a-z.]`
/// (Telegram allows 64 bytes of callback data, Discord 100 characters of custom id).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tap {
    /// The session in which the button was shown.
    pub session: SessionId,
    /// The turn that was waiting when it was shown.
    pub turn: u64,
    /// A hash of step id and option key: never an index, so that reordering options changes nothing.
    pub option: u32,
}

impl Tap {
    /// The token: `1.<session>.<turn>.<option>`, numbers in base 36.
    pub fn encode(self) -> String {
        format!("1.{}.{}.{}", base36(self.session.0.cast_unsigned()), base36(self.turn), base36(u64::from(self.option)))
    }

    /// Reads a token; `None` when it is none of ours.
    pub fn decode(token: &str) -> Option<Self> {
        if token.len() > 40 {
            return None;
        }
        let mut parts = token.split('.');
        let (version, session, turn, option) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != "1" || parts.next().is_some() {
            return None;
        }
        let tap = Self {
            session: SessionId(from_base36(session)?.cast_signed()),
            turn: from_base36(turn)?,
            option: u32::from_str_radix(option, 36).ok()?,
        };
        (tap.encode() == token).then_some(tap)
    }
}

impl RichText {
    /// A text all by an author.
    pub fn author(text: impl Into<String>) -> Self {
        Self(vec![Piece::Author(text.into())])
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|piece| piece.as_str().trim().is_empty())
    }

    /// The whole text, without saying who wrote what. For transcripts and plain terminals.
    pub fn plain(&self) -> String {
        self.0.iter().map(Piece::as_str).collect()
    }
}

impl Piece {
    /// The words of the piece.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Author(text) => text,
            Self::Person(text) => text.expose(),
            Self::Mention(mention) => &mention.label,
        }
    }
}

impl fmt::Debug for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mention")
    }
}

impl View {
    /// A plain message.
    pub fn say(body: RichText) -> Self {
        Self { body, kind: ViewKind::Say, choices: Vec::new(), language: Language::default() }
    }
}

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Choice({} chars, {:?})", self.label.chars().count(), self.role)
    }
}

/// A number in base 36, in small letters.
pub fn base36(mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut text = Vec::new();
    loop {
        text.push(char::from(DIGITS[(number % 36) as usize]));
        number /= 36;
        if number == 0 {
            break;
        }
    }
    text.iter().rev().collect()
}

/// A number as [`base36`] writes it.
pub fn from_base36(text: &str) -> Option<u64> {
    u64::from_str_radix(text, 36).ok()
}

#[cfg(test)]
mod tests {
    use super::{Choice, ChoiceRole, SessionId, Tap};

    #[test]
    fn tokens_come_back_and_fit() {
        for (session, turn, option) in [(0, 0, 0), (i64::MIN, u64::MAX, u32::MAX), (-1, 7, 99), (i64::MAX, 1, 1)] {
            let tap = Tap { session: SessionId(session), turn, option };
            let token = tap.encode();
            assert!(token.len() <= 40, "{token} has {} bytes", token.len());
            assert_eq!(Tap::decode(&token), Some(tap));
        }
    }

    #[test]
    fn debug_of_a_button_shows_no_label() {
        let choice = Choice { label: "Keep: my words".into(), token: "1.a.1.x".into(), role: ChoiceRole::Keep };
        assert_eq!(format!("{choice:?}"), "Choice(14 chars, Keep)");
    }

    #[test]
    fn foreign_tokens_are_nothing() {
        for token in ["", "1", "1.a.b", "2.0.0.0", "1.0.0.0.0", "1.0.0.", "1.+1.0.0", "1.A.0.0", "1.00.0.0"] {
            assert_eq!(Tap::decode(token), None, "{token}");
        }
    }
}
