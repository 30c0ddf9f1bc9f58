//! What somebody may do in a channel of a server: a set of bits, written as a number in a text.
//! <https://docs.discord.com/developers/topics/permissions>

use serde_json::Value;

/// May do everything.
const ADMINISTRATOR: u64 = 1 << 3;
/// May change the server.
pub const MANAGE_GUILD: u64 = 1 << 5;
/// Sees the channel.
pub const VIEW_CHANNEL: u64 = 1 << 10;
/// Writes in it.
pub const SEND_MESSAGES: u64 = 1 << 11;
/// Opens threads that all can read.
pub const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
/// Writes in threads.
pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;

/// What the bot asks for when it is invited to a server.
pub const INVITED_WITH: u64 = VIEW_CHANNEL | SEND_MESSAGES | CREATE_PUBLIC_THREADS | SEND_MESSAGES_IN_THREADS;

/// A set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// All there are.
    pub const ALL: Self = Self(u64::MAX);

    /// Whether whoever has them may change the server.
    pub fn is_admin(self) -> bool {
        self.0 & (ADMINISTRATOR | MANAGE_GUILD) != 0
    }

    /// Whether whoever has them sees the channel.
    pub fn sees(self) -> bool {
        self.has(VIEW_CHANNEL)
    }

    /// Whether whoever has them may write there, which in a thread is a matter of its own.
    pub fn writes(self, is_thread: bool) -> bool {
        self.has(if is_thread { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES })
    }

    /// Whether whoever has them may open threads there.
    pub fn opens_threads(self) -> bool {
        self.has(CREATE_PUBLIC_THREADS)
    }

    fn has(self, bit: u64) -> bool {
        self.0 & (bit | ADMINISTRATOR) != 0
    }
}

/// Reads them as the platform writes them; what cannot be read permits nothing.
pub fn read(value: &Value) -> Permissions {
    Permissions(value.as_str().and_then(|text| text.parse().ok()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{INVITED_WITH, Permissions, read};

    #[test]
    fn permissions_are_read_from_a_text_and_nothing_else_permits() {
        assert_eq!(read(&json!("32")), Permissions(32));
        assert_eq!(read(&json!("18446744073709551615")), Permissions::ALL);
        for nothing in [json!(null), json!(""), json!("-1"), json!("18446744073709551616"), json!(32), json!("0x20")] {
            let read = read(&nothing);
            assert!(!read.is_admin() && !read.sees() && !read.writes(false), "{nothing}");
        }
    }

    #[test]
    fn an_administrator_may_everything_and_a_thread_is_a_matter_of_its_own() {
        let admin = read(&json!("8"));
        assert!(admin.is_admin() && admin.sees() && admin.writes(true) && admin.opens_threads());
        assert!(read(&json!("32")).is_admin() && !read(&json!("16")).is_admin());
        let writes = read(&json!("2048"));
        assert!(writes.writes(false) && !writes.writes(true) && !writes.sees());
        assert_eq!(INVITED_WITH, 309_237_648_384);
    }
}
