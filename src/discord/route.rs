//! The few requests that the bot makes, and which limits each falls under.

use reqwest::{Method, Url};

use crate::discord::rates::Lane;
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::secret::Secret;

/// One of the platform's addresses, with what stands in it.
pub(crate) enum Route<'a> {
    /// Where the gateway is. <https://docs.discord.com/developers/events/gateway#get-gateway-bot>
    Gateway,
    /// Which application the bot is.
    Application,
    /// Other commands from now on. <https://docs.discord.com/developers/interactions/application-commands>
    PutCommands { application: Snowflake },
    /// The chat with a person, opened if need be. <https://docs.discord.com/developers/resources/user#create-dm>
    OpenChat,
    /// A new message. <https://docs.discord.com/developers/resources/message#create-message>
    Create { channel: Snowflake },
    /// A thread that begins with a message.
    Thread { channel: Snowflake, message: Snowflake },
    /// Another text or other buttons of a message.
    Edit { channel: Snowflake, message: Snowflake },
    /// A message goes.
    Delete { channel: Snowflake, message: Snowflake },
    /// The messages after one, up to [`READ_MAX`], the newest first.
    Read { channel: Snowflake, after: Snowflake },
    /// What a channel or a thread is. <https://docs.discord.com/developers/resources/channel#get-channel>
    Channel { channel: Snowflake },
    /// What a role is. <https://docs.discord.com/developers/resources/guild#get-guild-role>
    Role { guild: Snowflake, role: Snowflake },
    /// Somebody is writing.
    Typing { channel: Snowflake },
    /// The first answer to an interaction.
    /// <https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response>
    Callback { interaction: Snowflake, token: &'a Secret },
    /// A further message to an interaction.
    FollowUp { application: Snowflake, token: &'a Secret },
    /// The first answer goes away.
    DeleteAnswer { application: Snowflake, token: &'a Secret },
}

/// Messages of one page: the platform's limit.
pub(crate) const READ_MAX: usize = 100;

/// Which limits a request falls under.
pub(crate) enum Limit {
    /// Those of a bucket, and the one of all requests.
    Lane(Lane),
    /// Only its own: interactions do not count toward any other.
    Own,
}

impl Route<'_> {
    pub(crate) fn method(&self) -> Method {
        match self {
            Self::Gateway | Self::Application | Self::Read { .. } | Self::Channel { .. } | Self::Role { .. } => {
                Method::GET
            }
            Self::OpenChat
            | Self::Create { .. }
            | Self::Thread { .. }
            | Self::Typing { .. }
            | Self::Callback { .. }
            | Self::FollowUp { .. } => Method::POST,
            Self::Edit { .. } => Method::PATCH,
            Self::PutCommands { .. } => Method::PUT,
            Self::Delete { .. } | Self::DeleteAnswer { .. } => Method::DELETE,
        }
    }

    /// The address behind the API's own.
    pub(crate) fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            self.segments(&mut |segment| {
                path.push(segment);
            });
        }
        if let Self::Read { after, .. } = self {
            url.query_pairs_mut().append_pair("after", &after.to_string()).append_pair("limit", &READ_MAX.to_string());
        }
        url
    }

    fn segments(&self, push: &mut dyn FnMut(&str)) {
        let mut all = |segments: &[&str]| segments.iter().for_each(|segment| push(segment));
        match self {
            Self::Gateway => all(&["gateway", "bot"]),
            Self::Application => all(&["applications", "@me"]),
            Self::PutCommands { application } => {
                all(&["applications", &application.to_string(), "commands"]);
            }
            Self::OpenChat => all(&["users", "@me", "channels"]),
            Self::Create { channel } | Self::Read { channel, .. } => {
                all(&["channels", &channel.to_string(), "messages"]);
            }
            Self::Edit { channel, message } | Self::Delete { channel, message } => {
                all(&["channels", &channel.to_string(), "messages", &message.to_string()]);
            }
            Self::Thread { channel, message } => {
                all(&["channels", &channel.to_string(), "messages", &message.to_string(), "threads"]);
            }
            Self::Channel { channel } => all(&["channels", &channel.to_string()]),
            Self::Role { guild, role } => all(&["guilds", &guild.to_string(), "roles", &role.to_string()]),
            Self::Typing { channel } => all(&["channels", &channel.to_string(), "typing"]),
            Self::Callback { interaction, token } => {
                all(&["interactions", &interaction.to_string(), token.expose(), "callback"]);
            }
            Self::FollowUp { application, token } => all(&["webhooks", &application.to_string(), token.expose()]),
            Self::DeleteAnswer { application, token } => {
                all(&["webhooks", &application.to_string(), token.expose(), "messages", "@original"]);
            }
        }
    }

    pub(crate) fn limit(&self) -> Limit {
        let (path, resource) = match self {
            Self::Gateway => ("GET /gateway/bot", None),
            Self::Application => ("GET /applications/@me", None),
            Self::PutCommands { .. } => ("PUT /applications/{}/commands", None),
            Self::OpenChat => ("POST /users/@me/channels", None),
            Self::Create { channel } => ("POST /channels/{}/messages", Some(*channel)),
            Self::Thread { channel, .. } => ("POST /channels/{}/messages/{}/threads", Some(*channel)),
            Self::Edit { channel, .. } => ("PATCH /channels/{}/messages/{}", Some(*channel)),
            Self::Delete { channel, .. } => ("DELETE /channels/{}/messages/{}", Some(*channel)),
            Self::Read { channel, .. } => ("GET /channels/{}/messages", Some(*channel)),
            Self::Channel { channel } => ("GET /channels/{}", Some(*channel)),
            Self::Role { guild, .. } => ("GET /guilds/{}/roles/{}", Some(*guild)),
            Self::Typing { channel } => ("POST /channels/{}/typing", Some(*channel)),
            Self::Callback { .. } | Self::FollowUp { .. } | Self::DeleteAnswer { .. } => return Limit::Own,
        };
        Limit::Lane(Lane { path, resource })
    }

    /// Whether the bot says who it is; an interaction's own token says it otherwise.
    pub(crate) fn wants_token(&self) -> bool {
        matches!(self.limit(), Limit::Lane(_))
    }
}
