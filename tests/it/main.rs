//! The one test binary: everything through the public API, on real SQLite files, with the ports in the tests' hands.
#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]

mod recurrence;
