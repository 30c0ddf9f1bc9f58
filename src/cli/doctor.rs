//! `mendwell doctor`: what was looked at, and what is wrong.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;

use crate::app::doctor::{Finding, Status, look};
use crate::cli::print;
use crate::config::Config;

/// Arguments of `doctor`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Also ask the platforms whether they know the tokens
    #[arg(long)]
    online: bool,
}

/// Looks, prints, and says by the exit code how bad it is: 0 well, 1 warnings, 2 errors.
pub(super) async fn run(config: &Config, arguments: &Arguments) -> ExitCode {
    let found = look(config, arguments.online).await;
    let worst = found.iter().map(|finding| finding.status).max().unwrap_or(Status::Ok);
    if arguments.json {
        let object = serde_json::json!({ "status": worst, "checks": found });
        print(&format!("{object}\n"));
    } else {
        print(&told(&found));
    }
    ExitCode::from(match worst {
        Status::Ok => 0,
        Status::Warning => 1,
        Status::Error => 2,
    })
}

fn told(found: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { check, status, says } in found {
        let word = match status {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Error => "error",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{word:<8} {check:<12} {says}");
    }
    text
}
