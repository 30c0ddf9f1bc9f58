//! Whether the platforms know the tokens, and how the bot is set up there: a few requests to each.

use std::sync::Arc;

use crate::app::doctor::{Finding, Status};
use crate::app::{discord, telegram};
use crate::config::Config;
use crate::discord::shape::Shape as Application;
use crate::service::clock::SystemClock;
use crate::service::ports::Clock;
use crate::telegram::shape::{Shape as Bot, WebhookState};

pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut found = Vec::new();
    if let Some(config) = &config.telegram {
        match telegram::bot(config, Arc::clone(&clock)) {
            Ok(bot) => {
                found.push(told("telegram", bot.knows_token().await, &config.token_set_in));
                found.extend(bot.shape().await.into_iter().flat_map(bot_findings));
            }
            Err(error) => found.push(Finding::new("telegram", Status::Error, error.to_string())),
        }
    }
    if let Some(config) = &config.discord {
        match discord::bot(config, clock) {
            Ok(bot) => {
                found.push(told("discord", bot.knows_token().await, &config.token_set_in));
                found.extend(bot.shape().await.iter().flat_map(application_findings));
            }
            Err(error) => found.push(Finding::new("discord", Status::Error, error.to_string())),
        }
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

fn bot_findings(bot: Bot) -> Vec<Finding> {
    let webhook = match bot.webhook {
        WebhookState::AsWanted => None,
        WebhookState::NotWanted => {
            Some("a webhook is set, and this program asks for updates: its start takes the webhook away")
        }
        WebhookState::Other => {
            Some("the webhook is not the one of [telegram.webhook]: the start of the service sets it")
        }
        WebhookState::Failing => Some("what Telegram sent last to the webhook did not arrive: look at url and listen"),
    };
    let groups = if bot.can_join_groups {
        "it can be put into groups, where it asks questions and reads only what is meant for it"
    } else {
        "nobody can put it into a group; if it is to serve one: at @BotFather, /setjoingroups, Enable"
    };
    let privacy = "it is shown everything that is written in its groups: at @BotFather, /setprivacy, Enable";
    vec![
        warned("telegram_webhook", webhook, "updates go where they are wanted"),
        Finding::ok("telegram_groups", groups),
        warned("telegram_privacy", bot.reads_groups.then_some(privacy), "it does not read along in groups"),
    ]
}

fn application_findings(application: &Application) -> Vec<Finding> {
    let intents = (!application.privileged.is_empty()).then(|| {
        format!(
            "it has privileged intents that it does not need ({}): at discord.com/developers, Bot, turn them off",
            application.privileged.join(", ")
        )
    });
    let endpoint = if application.has_endpoint {
        let says = "presses and commands go to a web address, and never come here: at discord.com/developers, General \
                    Information, empty the Interactions Endpoint URL";
        Finding::new("discord_endpoint", Status::Error, says)
    } else {
        Finding::ok("discord_endpoint", "presses and commands come over the gateway")
    };
    vec![warned("discord_intents", intents.as_deref(), "it has no intent that it does not need"), endpoint]
}

fn warned(check: &'static str, problem: Option<&str>, well: &str) -> Finding {
    problem.map_or_else(|| Finding::ok(check, well), |says| Finding::new(check, Status::Warning, says))
}
