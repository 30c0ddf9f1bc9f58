//! What the platform shows of the bot beside its messages: the commands and the descriptions. Each is set only when
//! the platform has another one, so that a start costs a few questions and changes nothing.

use std::sync::Arc;

use jiff::SignedDuration;
use serde::Deserialize;
use teloxide_core::payloads::setters::*;
use teloxide_core::payloads::{
    GetMyCommands, GetMyDescription, GetMyShortDescription, SetMyCommands, SetMyDescription, SetMyShortDescription,
};
use teloxide_core::types::{BotCommand, BotCommandScope};

use crate::domain::command::COMMANDS;
use crate::domain::language::{LANGUAGES, Language};
use crate::service::ports::Clock;
use crate::telegram::api::{Answer, Api, CallError};
use crate::telegram::wire::words;

/// How long to wait after a failure. Nothing waits for this.
const RETRY: SignedDuration = SignedDuration::from_mins(1);
/// How often it is tried in one run of the program.
const TRIES_MAX: u32 = 60;

#[derive(Deserialize, PartialEq)]
struct Shown {
    command: String,
    description: String,
}

#[derive(Deserialize)]
struct Description {
    description: String,
}

#[derive(Deserialize)]
struct ShortDescription {
    short_description: String,
}

/// Brings what the platform shows up to date; gives up quietly when it is refused.
pub(crate) async fn run(api: Arc<Api>, clock: Arc<dyn Clock>) {
    for _ in 0..TRIES_MAX {
        let wait = match bring_up_to_date(&api).await {
            Ok(()) => return,
            Err(CallError::Refused(refusal)) if refusal.retry_after.is_none() => {
                tracing::warn!(
                    code = refusal.code,
                    "Telegram does not take the list of commands; the bot works without."
                );
                return;
            }
            Err(CallError::Refused(refusal)) => refusal.retry_after.unwrap_or(RETRY),
            Err(CallError::NotSent | CallError::Unknown | CallError::Taken | CallError::Garbled(_)) => RETRY,
        };
        clock.pass(wait).await;
    }
}

async fn bring_up_to_date(api: &Api) -> Result<(), CallError> {
    for language in LANGUAGES {
        commands(api, language).await?;
    }
    for language in LANGUAGES {
        descriptions(api, language).await?;
    }
    Ok(())
}

/// The lists of commands as apps of a language show them: in private, in groups, and to the admins of groups.
async fn commands(api: &Api, language: Language) -> Result<(), CallError> {
    let private: Vec<_> = COMMANDS.iter().map(|(command, word, _)| (*word, command.what(language))).collect();
    let [setup, suggest, queue, answer] = words::group_commands(language);
    list(api, BotCommandScope::AllPrivateChats, language, &private).await?;
    list(api, BotCommandScope::AllGroupChats, language, &[suggest]).await?;
    list(api, BotCommandScope::AllChatAdministrators, language, &[setup, suggest, queue, answer]).await
}

/// One list, set where the platform shows another one.
async fn list(
    api: &Api,
    scope: BotCommandScope,
    language: Language,
    commands: &[(&str, &str)],
) -> Result<(), CallError> {
    let wanted: Vec<Shown> = commands
        .iter()
        .map(|(word, what)| Shown { command: (*word).to_owned(), description: (*what).to_owned() })
        .collect();
    let code = code(language);
    let shown = api.call(&GetMyCommands::new().scope(scope.clone()).language_code(code)).await?;
    if shown.result::<Vec<Shown>>().as_ref() != Some(&wanted) {
        let commands = commands.iter().map(|(word, what)| BotCommand::new(*word, *what));
        api.call(&SetMyCommands::new(commands).scope(scope).language_code(code)).await?;
    }
    Ok(())
}

/// What an empty chat and the profile show in apps of a language.
async fn descriptions(api: &Api, language: Language) -> Result<(), CallError> {
    let code = code(language);
    let (long, brief) = (words::description(language), words::short_description(language));
    let shown = api.call(&GetMyDescription::new().language_code(code)).await?;
    if text(&shown, |shown: Description| shown.description) != long {
        api.call(&SetMyDescription::new().description(long).language_code(code)).await?;
    }
    let shown = api.call(&GetMyShortDescription::new().language_code(code)).await?;
    if text(&shown, |shown: ShortDescription| shown.short_description) != brief {
        api.call(&SetMyShortDescription::new().short_description(brief).language_code(code)).await?;
    }
    Ok(())
}

/// What is set for the empty code shows wherever no language of its own does.
fn code(language: Language) -> &'static str {
    if language.is_source() { "" } else { language.code() }
}

fn text<'a, T: Deserialize<'a>>(answer: &'a Answer, of: impl Fn(T) -> String) -> String {
    answer.result().map(of).unwrap_or_default()
}
