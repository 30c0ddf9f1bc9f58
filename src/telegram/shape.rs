//! How the bot is set up at the platform, as far as a host can have it wrong.

use serde::Deserialize;
use teloxide_core::payloads::{GetMe, GetWebhookInfo};

use crate::telegram::Telegram;

/// What the platform tells about the bot. <https://core.telegram.org/bots/api#getme>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Whether people can put it into groups.
    pub can_join_groups: bool,
    /// Whether it is shown everything that is written in its groups.
    pub reads_groups: bool,
    /// Where its updates go.
    pub webhook: WebhookState,
}

/// Where the updates go, against where this program wants them.
/// <https://core.telegram.org/bots/api#getwebhookinfo>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookState {
    /// Where they are wanted.
    AsWanted,
    /// To a webhook, and this program asks for them.
    NotWanted,
    /// To another webhook than this program's, or to none.
    Other,
    /// To this program's webhook, where the last one did not arrive.
    Failing,
}

#[derive(Deserialize)]
struct Me {
    #[serde(default)]
    can_join_groups: bool,
    #[serde(default)]
    can_read_all_group_messages: bool,
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    url: String,
    last_error_date: Option<i64>,
}

impl Telegram {
    /// How the bot is set up; `None` when the platform does not tell.
    pub async fn shape(&self) -> Option<Shape> {
        let me: Me = self.api.call(&GetMe::new()).await.ok()?.result()?;
        let info: Info = self.api.call(&GetWebhookInfo::new()).await.ok()?.result()?;
        let wanted = self.webhook.as_ref().map_or("", |webhook| webhook.url.as_str());
        let webhook = match (wanted, info.url.as_str()) {
            ("", "") => WebhookState::AsWanted,
            ("", _) => WebhookState::NotWanted,
            (wanted, set) if wanted != set => WebhookState::Other,
            _ if info.last_error_date.is_some() => WebhookState::Failing,
            _ => WebhookState::AsWanted,
        };
        Some(Shape { can_join_groups: me.can_join_groups, reads_groups: me.can_read_all_group_messages, webhook })
    }
}
