//! The one test binary: everything through the public API, on real SQLite files, with the ports in the tests' hands.
#![expect(clippy::unwrap_used, reason = "a test says what broke by panicking")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks for one variant and fails on any other")]

mod cli;
mod config;
mod config_telegram;
mod console;
mod delivery;
mod delivery_breaker;
mod delivery_nudges;
mod delivery_places;
mod dialog_laws;
mod dialog_load;
mod engine;
mod engine_edits;
mod engine_oracle;
mod engine_props;
mod engine_support;
mod explore;
#[path = "../fake/telegram/mod.rs"]
mod fake_telegram;
mod fake_telegram_faults;
mod fake_telegram_people;
mod fake_telegram_self;
mod fake_telegram_updates;
mod forget;
mod kill;
mod lock;
mod program;
mod recurrence;
mod scheduler;
mod serve;
mod service;
mod service_events;
mod service_failures;
mod soak;
mod store;
mod store_failures;
mod store_recent;
mod store_schema;
mod store_shown;
mod support;
mod telegram;
mod telegram_canary;
mod telegram_clock;
mod telegram_debug;
mod telegram_faults;
mod telegram_incoming;
mod telegram_kill;
mod telegram_messenger;
mod telegram_webhook;
mod telegram_wire;
mod telegram_wire_dialogs;
mod tidy;
mod transcripts;
mod walk;
