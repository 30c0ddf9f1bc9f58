//! Mendwell: a self-hosted support bot for the weeks and months after a breakup.
//!
//! The words of the field stand in [`domain`]. A module imports lower floors only, never a neighbour, never up.
//!
//! ```text
//! 0 domain    words of the field: ids, events, messages, taps, recurrence
//! 1 dialog    pure: dialog files, their checks, and step()
//! 2 store     SQLite: the only SQL; sealing of everything personal
//! 3 service   one write path; scheduler; delivery; ports (Clock, Messenger)
//! 4 console   the terminal as a platform
//! 5 config    settings of the host
//! 7 main      the command line
//! ```

pub mod config;
pub mod console;
pub mod dialog;
pub mod domain;
pub mod service;
pub mod store;
