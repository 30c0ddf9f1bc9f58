//! Values of answers, facts and expressions. A missing value is `None` beside them, never a member.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::domain::text::UserText;

/// One value. Stored with one-letter tags, because sessions are stored at every turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// True or false.
    #[serde(rename = "b")]
    Bool(bool),
    /// A number; never NaN or infinite. Shown without a trailing `.0`.
    #[serde(rename = "n")]
    Num(f64),
    /// Words of a person.
    #[serde(rename = "t")]
    Text(UserText),
    /// The key of a chosen option: an author's word, not a person's.
    #[serde(rename = "k")]
    Key(String),
    /// A calendar day in the person's zone.
    #[serde(rename = "d")]
    Date(Date),
    /// A time of day in the person's zone.
    #[serde(rename = "h")]
    Time(Time),
    /// Several values in order.
    #[serde(rename = "l")]
    List(Vec<Value>),
    /// Named values: one round of an `each`.
    #[serde(rename = "r")]
    Record(BTreeMap<String, Value>),
}

/// Named values, in the order of their names.
pub type Values = BTreeMap<String, Value>;

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(UserText::new(text))
    }

    /// The words of a text or the word of a key; `None` for every other kind.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.expose()),
            Self::Key(key) => Some(key),
            Self::Bool(_) | Self::Num(_) | Self::Date(_) | Self::Time(_) | Self::List(_) | Self::Record(_) => None,
        }
    }
}
