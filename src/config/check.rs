//! What each kind of setting may hold, and what is said about anything else. Nothing here repeats a secret, nor an
//! address, which may have one inside.

use std::net::SocketAddr;

use reqwest::Url;

use crate::config::near::nearest;
use crate::config::quote::holds_token;
use crate::config::settings::Kind;
use crate::domain::language::{LANGUAGES, Language};
use crate::domain::limits::{IDLE_MONTHS_MAX, NOTICE_CHARS_MAX, PER_SECOND_MAX, WEBHOOK_SECRET_CHARS_MAX};
use crate::domain::recurrence_text::parse_time;
use crate::domain::zone::{tz, zone_of};

/// What is wrong, and how to mend it.
pub(super) type Complaint = (String, Option<String>);

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
/// The shortest last part of a token, in characters; Telegram's have 35, Discord's 27 or 38.
const TOKEN_TAIL_CHARS_MIN: usize = 20;

/// The checked text of a setting, or what is wrong with it.
pub(super) fn checked(kind: Kind, text: &str) -> Result<String, Complaint> {
    match kind {
        Kind::Words | Kind::Path if text.is_empty() => Err(("it is empty".to_owned(), None)),
        Kind::Words | Kind::Path => Ok(text.to_owned()),
        Kind::Notice if text.chars().any(char::is_control) => {
            Err(("it has more than one line".to_owned(), Some("write it on one line".to_owned())))
        }
        Kind::Notice if text.chars().count() > NOTICE_CHARS_MAX => {
            Err((format!("it is longer than {NOTICE_CHARS_MAX} characters"), None))
        }
        Kind::Notice => Ok(text.to_owned()),
        Kind::Dialog if text.is_empty() || text.contains(char::is_whitespace) => {
            Err((format!("\"{text}\" is no id of a dialog"), Some("it is a file's name without .toml".to_owned())))
        }
        Kind::Dialog => Ok(text.to_owned()),
        Kind::Time => match parse_time(text) {
            Some(_) => Ok(text.to_owned()),
            None => Err((format!("\"{text}\" is no time"), Some("write it as 22:00".to_owned()))),
        },
        Kind::Zone => match tz(text).as_ref().and_then(|zone| zone.iana_name()) {
            Some(name) => Ok(name.to_owned()),
            None => {
                let help = zone_of(text).map(|zone| format!("did you mean \"{zone}\"?"));
                Err((format!("\"{text}\" is no IANA time zone"), help))
            }
        },
        Kind::Language => spoken(text),
        Kind::Level if LEVELS.contains(&text) => Ok(text.to_owned()),
        Kind::Level => {
            let help = nearest(text, LEVELS.into_iter()).or_else(|| Some(format!("one of {}", LEVELS.join(", "))));
            Err((format!("\"{text}\" is no log level"), help))
        }
        Kind::Count => count(text),
        Kind::Months => match text.parse::<u32>() {
            Ok(months) if (1..=IDLE_MONTHS_MAX).contains(&months) => Ok(months.to_string()),
            Ok(_) | Err(_) => Err((format!("it is no whole number from 1 to {IDLE_MONTHS_MAX}"), None)),
        },
        Kind::Server(such_as) => address(text, such_as),
        Kind::Webhook if text.is_empty() => Ok(String::new()),
        Kind::Webhook => address(text, "https://bot.example.org/telegram"),
        Kind::Socket => match text.parse::<SocketAddr>() {
            Ok(socket) => Ok(socket.to_string()),
            Err(_) => {
                Err(("it is no IP address with a port".to_owned(), Some("write it as 127.0.0.1:8443".to_owned())))
            }
        },
        Kind::Token if text.is_empty() || is_token(text) => Ok(text.to_owned()),
        Kind::Token => Err((
            "this does not have the form of a bot's token".to_owned(),
            Some("@BotFather on Telegram gives one: digits, a colon, and a long row of letters and digits".to_owned()),
        )),
        Kind::DiscordToken if text.is_empty() || is_discord_token(text) => Ok(text.to_owned()),
        Kind::DiscordToken => Err((
            "this does not have the form of a bot's token".to_owned(),
            Some(
                "https://discord.com/developers/applications gives one, under Bot: three rows of letters and digits with dots between"
                    .to_owned(),
            ),
        )),
        Kind::WebhookSecret if text.len() <= WEBHOOK_SECRET_CHARS_MAX && text.chars().all(is_word) => {
            Ok(text.to_owned())
        }
        Kind::WebhookSecret => {
            let help = format!("it is 1 to {WEBHOOK_SECRET_CHARS_MAX} letters, digits, _ or -, or left out");
            Err(("this does not have the form of a webhook's secret".to_owned(), Some(help)))
        }
    }
}

/// Whether a character may stand in the last part of a token and in a webhook's secret.
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Whether this is the last part of a token.
pub(super) fn is_token_tail(text: &str) -> bool {
    text.len() >= TOKEN_TAIL_CHARS_MIN && text.chars().all(is_word)
}

fn is_token(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(bot, tail)| !bot.is_empty() && bot.chars().all(|c| c.is_ascii_digit()) && is_token_tail(tail))
}

/// Three parts: the bot, a time, and what only it knows. <https://docs.discord.com/developers/reference#authentication>
pub(super) fn is_discord_token(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts[..], [bot, time, tail] if !bot.is_empty() && !time.is_empty() && is_token_tail(tail)
        && bot.chars().chain(time.chars()).all(is_word))
}

/// An http or https URL without anything that a server's address has not, and without a slash at its end.
fn address(text: &str, example: &str) -> Result<String, Complaint> {
    let complaint = |message: &str, help: String| Err((message.to_owned(), Some(help)));
    let as_example = || format!("write it as {example}");
    let url = match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => url,
        Ok(_) | Err(_) => return complaint("it is no http or https address", as_example()),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return complaint("an address with a name or password in it is not used", as_example());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return complaint("an address with ? or # in it is not used", as_example());
    }
    if holds_token(url.path()) {
        return complaint("there is a token in it", "leave out /bot and the token".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A whole number from 0 to [`PER_SECOND_MAX`].
fn count(text: &str) -> Result<String, Complaint> {
    match text.parse::<u32>() {
        Ok(count) if count <= PER_SECOND_MAX => Ok(count.to_string()),
        Ok(_) | Err(_) => Err((format!("it is no whole number from 0 to {PER_SECOND_MAX}"), None)),
    }
}

/// The code of a language that is spoken here.
fn spoken(text: &str) -> Result<String, Complaint> {
    if LANGUAGES.into_iter().any(|language| language.code() == text) {
        return Ok(text.to_owned());
    }
    let help = format!("one of {}", LANGUAGES.map(Language::code).join(", "));
    Err((format!("\"{text}\" is no language that I speak"), Some(help)))
}
