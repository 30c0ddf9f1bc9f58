//! Measures the Telegram bot from outside: the real binary, its store on disk, and a fake of the platform in this process.
//!
//! ```text
//! cargo build --release && cargo run --release --example telegram_bench -- [--seconds N] [--json] [--shipped] [--people N | --memory | --slope MINUTES]
//! ```

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../bench_common/mod.rs"]
mod bench_common;
#[expect(dead_code, reason = "the tests use the rest of it")]
#[path = "../../tests/fake/http/mod.rs"]
mod fake_http;
#[expect(dead_code, reason = "the tests use the rest of it")]
#[path = "../../tests/fake/telegram/mod.rs"]
mod fake_telegram;
#[path = "../bench_common/telegram.rs"]
mod telegram;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    bench_common::run(telegram::start, &[])
}
