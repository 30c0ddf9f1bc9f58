//! How the application is set up at the platform, as far as a host can have it wrong.

use serde::Deserialize;

use crate::discord::Discord;
use crate::discord::api::Body;
use crate::discord::route::Route;
use crate::service::ports::Class;

/// Flags of an application that say which privileged intents it has; the second of each pair is for small bots.
/// <https://docs.discord.com/developers/resources/application#application-object-application-flags>
const PRIVILEGED: [(u64, &str); 3] =
    [(0b11 << 12, "Presence"), (0b11 << 14, "Server Members"), (0b11 << 18, "Message Content")];

/// What the platform tells about the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The privileged intents that it has, by their names in the developer portal. The bot needs none of them: what people
    /// write to it in private comes without.
    pub privileged: Vec<&'static str>,
    /// Whether presses and commands go to a web address, where this program does not hear them.
    pub has_endpoint: bool,
}

#[derive(Deserialize)]
struct Application {
    #[serde(default)]
    flags: u64,
    interactions_endpoint_url: Option<String>,
}

impl Discord {
    /// How the application is set up; `None` when the platform does not tell.
    pub async fn shape(&self) -> Option<Shape> {
        let answer = self.api.call(&Route::Application, Body::Nothing, Class::Reply).await.ok()?;
        let Application { flags, interactions_endpoint_url } = answer.json()?;
        let has = PRIVILEGED.iter().filter(|(bits, _)| flags & bits != 0);
        Some(Shape {
            privileged: has.map(|(_, name)| *name).collect(),
            has_endpoint: interactions_endpoint_url.is_some_and(|url| !url.is_empty()),
        })
    }
}
