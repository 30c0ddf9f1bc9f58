//! What somebody keeps of what they write for groups without their name.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::ids::PersonId;

/// How what somebody writes for groups reaches them without their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// The key of the hash by which a space tells their posts from others; it is sealed with their own key, and goes with it.
    pub secret: PostKey,
    /// The space whose link they followed last, and the key that it held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<(PersonId, u64)>,
    /// When they posted in the last day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lately: Vec<Timestamp>,
}

/// A key of 128 random bits. `Debug` shows none of them.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PostKey(pub [u64; 2]);

impl fmt::Debug for PostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostKey")
    }
}
