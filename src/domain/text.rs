//! What people wrote. The only way their words enter the program, and a type that cannot be logged by accident.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// Words of a person. `Debug` shows only their length; there is no `Display`; the memory is wiped on drop.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserText(String);

impl UserText {
    /// Wraps words as they came.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The words themselves, for the code that parses, seals or shows them to their author.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for UserText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for UserText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserText({} chars)", self.0.chars().count())
    }
}

impl Drop for UserText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::UserText;

    #[test]
    fn debug_shows_only_a_length() {
        let text = UserText::new("I miss them");
        assert_eq!(format!("{text:?}"), "UserText(11 chars)");
    }
}
