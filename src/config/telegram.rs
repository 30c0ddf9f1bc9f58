//! `[telegram]`: the settings of the Telegram bot, there exactly when a token is.

use std::net::SocketAddr;

use reqwest::Url;

use crate::config::reader::Reader;
use crate::config::settings::TELEGRAM_API_URL;
use crate::domain::secret::Secret;

/// `[telegram]`, with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TelegramConfig {
    /// The bot's token, in the form of one.
    pub token: Secret,
    /// Where the token was found, for the host: `config.toml:3`, or the name of a variable.
    pub token_set_in: String,
    /// Where the Bot API is: an http or https URL, a path allowed, without a slash at its end.
    pub api_url: String,
    /// Messages sent in a second at most, up to [`crate::domain::limits::PER_SECOND_MAX`]; 0 for no
    /// limit.
    pub messages_per_second: u32,
    /// How Telegram calls this program; `None` when the program asks Telegram.
    pub webhook: Option<WebhookConfig>,
}

/// `[telegram.webhook]`, with a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookConfig {
    /// What Telegram calls: an https URL, or an http one for a server other than Telegram's own.
    pub url: String,
    /// Where to listen for these calls.
    pub listen: SocketAddr,
    /// What Telegram sends along; `None` for a new one at each start.
    pub secret: Option<Secret>,
}

/// The ports that Telegram's own servers call.
const WEBHOOK_PORTS: [u16; 4] = [443, 80, 88, 8443];

impl Reader<'_> {
    /// Checks every setting of Telegram, and gives them back when there is a token.
    pub(super) fn telegram(&mut self) -> Option<TelegramConfig> {
        let token = Secret::new(self.words("telegram", "token"));
        let api_url = self.words("telegram", "api_url");
        let messages_per_second = self.words("telegram", "messages_per_second").parse().unwrap_or(1);
        let url = self.words("telegram.webhook", "url");
        let listen = self.words("telegram.webhook", "listen").parse();
        let secret = Secret::new(self.words("telegram.webhook", "secret"));
        if let Some((message, help)) = unreached(&url, &api_url) {
            self.problem(("telegram.webhook", "url"), message, Some(help));
        }
        let token_set_in = self.place_of(("telegram", "token")).to_string();
        let webhook = listen.ok().filter(|_| !url.is_empty()).map(|listen| WebhookConfig {
            url,
            listen,
            secret: (!secret.expose().is_empty()).then_some(secret),
        });
        let is_set = !token.expose().is_empty();
        is_set.then_some(TelegramConfig { token, token_set_in, api_url, messages_per_second, webhook })
    }
}

/// Why Telegram's own servers would never call a webhook; others may call what they like.
fn unreached(webhook: &str, api_url: &str) -> Option<(String, String)> {
    let url = Url::parse(webhook).ok().filter(|_| api_url == TELEGRAM_API_URL)?;
    if url.scheme() != "https" {
        let help = "write it as https://, with whatever ends TLS in front of this program".to_owned();
        return Some(("Telegram calls no http address".to_owned(), help));
    }
    let port = url.port_or_known_default().filter(|port| !WEBHOOK_PORTS.contains(port))?;
    Some((format!("Telegram does not call port {port}"), "it calls 443, 80, 88 and 8443".to_owned()))
}
