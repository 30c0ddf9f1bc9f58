//! `[discord]`: the settings of the Discord bot, there exactly when a token is.

use crate::config::reader::Reader;
use crate::domain::secret::Secret;

/// `[discord]`, with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscordConfig {
    /// The bot's token, in the form of one.
    pub token: Secret,
    /// Where the token was found, for the host: `config.toml:3`, or the name of a variable.
    pub token_set_in: String,
    /// Where the API is: an http or https URL, a path allowed, without `/api/v10` and without a slash at its end.
    pub api_url: String,
    /// Requests made in a second at most, up to [`crate::domain::limits::PER_SECOND_MAX`]; 0 for no limit.
    pub requests_per_second: u32,
}

impl Reader<'_> {
    /// Checks every setting of Discord, and gives them back when there is a token.
    pub(super) fn discord(&mut self) -> Option<DiscordConfig> {
        let token = Secret::new(self.words("discord", "token"));
        let api_url = self.words("discord", "api_url");
        let requests_per_second = self.words("discord", "requests_per_second").parse().unwrap_or(1);
        let token_set_in = self.place_of(("discord", "token")).to_string();
        let is_set = !token.expose().is_empty();
        is_set.then_some(DiscordConfig { token, token_set_in, api_url, requests_per_second })
    }
}
