//! What only this program and one other party may know: tokens and shared secrets, in a type that cannot be logged by
//! accident.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A token or a shared secret. `Debug` shows only that there is one; there is no `Display`; comparing takes the same
/// time wherever two of one length differ; the memory is wiped on drop.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret as it came.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the code that hands it to the other party or compares with what that one sent.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(set)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_only_that_it_is_set() {
        assert_eq!(format!("{:?}", Secret::new("123:abc")), "Secret(set)");
    }

    #[test]
    fn secrets_are_equal_when_all_of_them_is() {
        assert_eq!(Secret::new("abc"), Secret::new("abc"));
        for other in ["abd", "ab", "abcd", ""] {
            assert_ne!(Secret::new("abc"), Secret::new(other));
        }
    }
}
