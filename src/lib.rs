//! Mendwell: a self-hosted support bot for the weeks and months after a breakup.
//!
//! The words of the field stand in [`domain`]. A module imports lower floors only, never a neighbour, never up;
//! `tests/it/tidy.rs` reads this table and fails on a breach.
//!
//! ```text
//! 0 domain    words of the field: ids, events, messages, taps, recurrence
//! 1 dialog export insight prose safety  pure: dialog files and step(); files for people; progress from values; words on
//!                                         any platform; screen, helplines
//! 2 store     SQLite: the only SQL; sealing of everything personal
//! 3 service   one write path; scheduler; delivery; ports (Clock, Messenger)
//! 4 console discord telegram  the platforms: the terminal, Discord and Telegram; none knows another
//! 5 config    settings of the host
//! 6 app       wiring: every loop in one JoinSet; the first that ends, ends the process
//! 7 cli main  the command line
//! ```
//!
//! # What always holds
//!
//! - **Nothing is answered before it is committed**, with `synchronous=FULL`. [`service::Service::handle`] resolves
//!   after the commit; whoever acknowledges to a platform waits for it.
//! - **One writer.** [`service::writer::Writer`] is the only task that writes. It takes whatever waits, runs the turns
//!   in memory and commits them together.
//! - **An event happens once**: its key is unique in the inbox, by exact match and never by order.
//! - **[`dialog::step::step`] is pure and total**: no I/O, no clock, no randomness but a seed, no error, no panic. A
//!   panic all the same costs one event, which is set apart.
//! - **Every dialog ends**: steps go forward, loops are bounded, calls do not recurse; the bounds are computed at load.
//! - **What people write is sealed** with a key per person before it reaches the disk, and has a type,
//!   [`domain::text::UserText`], that cannot be logged.
//! - **Not here**: no SQL outside [`store`], no clock outside [`service::clock`], no platform below floor 4, no network
//!   but to the platforms, no telemetry ever, and nothing that writes to, names or stores the other person.
//!
//! # One tap, from finger to answer
//!
//! Somebody types `2` under "How is today?" in the terminal.
//!
//! 1. [`console::plain`] finds the choice that stands under `[2]` and hands [`domain::event::Body::Tap`] with its token to
//!    [`service::Service::handle`], under a key of its own.
//! 2. The [`service::writer`] takes it with whatever else waits. In one read each, it asks the [`store`] which keys are
//!    known, who the account is, and what profile and open session they have.
//! 3. [`dialog::step::step`] decodes the tap. Its turn is the session's turn, so it is an answer: it is logged, the next
//!    steps run, and the next question begins a new turn. Another turn would have made it stale: a note, and no change.
//! 4. Session, inbox key and outbox rows are sealed and committed in one transaction; the replies are born as "being
//!    sent". Then the answer resolves, and the rows go to [`service::delivery`].
//! 5. Delivery gives each row to the [`service::ports::Messenger`], which prints it, and tells the writer that it was
//!    sent; the row goes with the next commit.
//!
//! A kill before step 4 leaves nothing, and the event comes again; a kill after it leaves rows that the next start
//! sends.

pub mod app;
pub mod cli;
pub mod config;
pub mod console;
pub mod dialog;
pub mod discord;
pub mod domain;
pub mod export;
pub mod insight;
pub mod prose;
pub mod safety;
pub mod service;
pub mod store;
pub mod telegram;
