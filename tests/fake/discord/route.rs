//! The routes of the HTTP API that the fake serves.

use std::collections::BTreeMap;

/// One route; `template` is how the contract spells it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Route {
    AnswerInteraction,
    CreateFollowup,
    CreateMessage,
    DeleteFollowup,
    DeleteMessage,
    DeleteOriginal,
    EditFollowup,
    EditMessage,
    EditOriginal,
    GetApplication,
    GetChannel,
    GetCommands,
    GetGateway,
    GetGatewayBot,
    GetMe,
    GetMessage,
    GetMessages,
    GetOauthApplication,
    GetRole,
    OpenDm,
    PutCommands,
    StartThread,
    StartTyping,
}

/// In the order of the enum.
pub(super) const ROUTES: &[(Route, &str, &str)] = &[
    (Route::AnswerInteraction, "POST", "/interactions/{interaction_id}/{interaction_token}/callback"),
    (Route::CreateFollowup, "POST", "/webhooks/{webhook_id}/{webhook_token}"),
    (Route::CreateMessage, "POST", "/channels/{channel_id}/messages"),
    (Route::DeleteFollowup, "DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"),
    (Route::DeleteMessage, "DELETE", "/channels/{channel_id}/messages/{message_id}"),
    (Route::DeleteOriginal, "DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
    (Route::EditFollowup, "PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"),
    (Route::EditMessage, "PATCH", "/channels/{channel_id}/messages/{message_id}"),
    (Route::EditOriginal, "PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original"),
    (Route::GetApplication, "GET", "/applications/@me"),
    (Route::GetChannel, "GET", "/channels/{channel_id}"),
    (Route::GetCommands, "GET", "/applications/{application_id}/commands"),
    (Route::GetGateway, "GET", "/gateway"),
    (Route::GetGatewayBot, "GET", "/gateway/bot"),
    (Route::GetMe, "GET", "/users/@me"),
    (Route::GetMessage, "GET", "/channels/{channel_id}/messages/{message_id}"),
    (Route::GetMessages, "GET", "/channels/{channel_id}/messages"),
    (Route::GetOauthApplication, "GET", "/oauth2/applications/@me"),
    (Route::GetRole, "GET", "/guilds/{guild_id}/roles/{role_id}"),
    (Route::OpenDm, "POST", "/users/@me/channels"),
    (Route::PutCommands, "PUT", "/applications/{application_id}/commands"),
    (Route::StartThread, "POST", "/channels/{channel_id}/messages/{message_id}/threads"),
    (Route::StartTyping, "POST", "/channels/{channel_id}/typing"),
];

/// What the path says beside its route.
pub(super) type PathParams = BTreeMap<&'static str, String>;

impl Route {
    /// The route of a path below `/api/v10`, with its parameters.
    pub(super) fn of(method: &str, path: &str) -> Option<(Self, PathParams)> {
        let fitting = ROUTES.iter().filter(|(_, known, _)| *known == method);
        let matched = fitting.filter_map(|(route, _, template)| Some((*route, matched(template, path)?)));
        matched.min_by_key(|(_, params)| params.len())
    }

    pub(super) fn method(self) -> &'static str {
        ROUTES[self as usize].1
    }

    pub(super) fn template(self) -> &'static str {
        ROUTES[self as usize].2
    }

    /// Whether the route needs the bot's token; the others carry the token of an interaction, or none at all.
    pub(super) fn is_bots(self) -> bool {
        !self.is_of_interaction() && self != Self::GetGateway
    }

    /// Such requests do not count against the bot's overall limit.
    pub(super) fn is_of_interaction(self) -> bool {
        self.template().starts_with("/interactions/") || self.template().starts_with("/webhooks/")
    }

    /// Whether its body is a message or a part of one.
    pub(super) fn has_message(self) -> bool {
        matches!(self, Self::CreateFollowup | Self::CreateMessage) || self.is_edit()
    }

    pub(super) fn is_edit(self) -> bool {
        matches!(self, Self::EditFollowup | Self::EditMessage | Self::EditOriginal)
    }
}

fn matched(template: &'static str, path: &str) -> Option<PathParams> {
    let mut params = PathParams::new();
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some(wanted), Some(given)) => match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !given.is_empty() => drop(params.insert(name, given.to_owned())),
                Some(_) => return None,
                None if wanted == given => {}
                None => return None,
            },
            (_, _) => return None,
        }
    }
}
