//! Whether the platforms know the tokens: one request to each.

use std::sync::Arc;

use crate::app::doctor::{Finding, Status};
use crate::app::{discord, telegram};
use crate::config::Config;
use crate::service::clock::SystemClock;
use crate::service::ports::Clock;

pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut found = Vec::new();
    if let Some(config) = &config.telegram {
        found.push(match telegram::bot(config, Arc::clone(&clock)) {
            Ok(bot) => told("telegram", bot.knows_token().await, &config.token_set_in),
            Err(error) => Finding::new("telegram", Status::Error, error.to_string()),
        });
    }
    if let Some(config) = &config.discord {
        found.push(match discord::bot(config, clock) {
            Ok(bot) => told("discord", bot.knows_token().await, &config.token_set_in),
            Err(error) => Finding::new("discord", Status::Error, error.to_string()),
        });
    }
    found
}

fn told(check: &'static str, is_known: Option<bool>, set_in: &str) -> Finding {
    match is_known {
        Some(true) => Finding::ok(check, "the token is known"),
        Some(false) => {
            Finding::new(check, Status::Error, format!("the token in {set_in} is refused: put a valid one there"))
        }
        None => Finding::new(check, Status::Warning, "it does not answer; the token could not be tried"),
    }
}
