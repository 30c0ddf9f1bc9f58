//! What the settings of a server name, looked up on the platform: channels, threads and roles can be deleted, and without the
//! intents that this bot does not ask for nobody tells it.

use crate::discord::api::{Api, Body, CallError};
use crate::discord::messenger::code;
use crate::discord::route::Route;
use crate::discord::wire::snowflake::Snowflake;
use crate::domain::event::{Address, Body as EventBody, Event, EventKey, Origin, Source};
use crate::domain::space::{Named, SPACE_ACCOUNT, SpaceAsk, SpaceEvent};
use crate::service::Service;
use crate::service::ports::Class;

/// What is missing of it, as an event to be handed in before this one, which sets the server up; none when everything is
/// there, as far as the platform says.
pub(crate) async fn missing(api: &Api, service: &Service, setting_up: &Event) -> Option<Event> {
    let Source::Address(address) = &setting_up.source else { return None };
    let guild = Snowflake::parse(address.account.strip_prefix(SPACE_ACCOUNT)?)?;
    let mut gone = Vec::new();
    for (named, id) in service.named_in(address.platform, &address.account).await {
        if is_gone(api, guild, address, named, &id).await {
            gone.push((named, id));
        }
    }
    (!gone.is_empty()).then(|| Event {
        key: EventKey(format!("{}:named", setting_up.key.0)),
        body: EventBody::Space(Box::new(SpaceEvent { actor: None, ask: SpaceAsk::Missing(gone), message: None })),
        source: setting_up.source.clone(),
        at: setting_up.at,
        origin: Origin::default(),
    })
}

/// Whether the platform says that it is not there, or shut to the bot.
async fn is_gone(api: &Api, guild: Snowflake, at: &Address, named: Named, id: &str) -> bool {
    // Where this is said the bot can write.
    let Some(id) = Snowflake::parse(id).filter(|_| at.chat != id) else { return false };
    let route = match named {
        Named::Channel | Named::Review => Route::Channel { channel: id },
        Named::Role => Route::Role { guild, role: id },
    };
    let asked = api.call(&route, Body::Nothing, Class::Reply).await;
    let Err(CallError::Refused(refusal)) = asked else { return false };
    matches!(refusal.code, code::UNKNOWN_CHANNEL | code::MISSING_ACCESS | code::UNKNOWN_ROLE)
}
