//! What is meant for the bot in a group, on its way to the service: who did it is looked up at the platform each time it
//! matters, beside the intake, so that nobody who talks in private waits for it.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::{Either, select};
use serde::Deserialize;
use teloxide_core::payloads::{GetChat, GetChatMember, GetMe};
use teloxide_core::types::{ChatId, Recipient, UserId};
use tokio::sync::{OnceCell, oneshot};

use crate::domain::event::{Body, Event, EventKey, Origin, Source};
use crate::domain::space::{SpaceAsk, SpaceEvent};
use crate::service::{Answer, Service, ServiceError};
use crate::telegram::api::{Api, CallError};
use crate::telegram::intake::{Committed, Intake, PRESS_PATIENCE, answer_press, note};
use crate::telegram::wire::group::InGroup;

/// What the bot is called, once it is known.
pub(crate) struct Groups {
    api: Arc<Api>,
    name: OnceCell<String>,
}

#[derive(Deserialize)]
struct Me {
    username: String,
}

#[derive(Deserialize)]
struct Member {
    status: String,
}

impl Groups {
    pub(crate) fn new(api: Arc<Api>) -> Self {
        Self { api, name: OnceCell::new() }
    }

    /// The bot's own name, without an `@`; `None` when the platform does not say.
    async fn name(&self) -> Option<&str> {
        let asked = self.name.get_or_try_init(|| async {
            let answer = self.api.call(&GetMe::new()).await;
            answer.ok().and_then(|answer| answer.result::<Me>()).map(|me| me.username).ok_or(())
        });
        asked.await.ok().map(String::as_str)
    }

    /// Whether a command is for this bot: it names none, or this one.
    async fn is_meant(&self, named: Option<&str>) -> bool {
        match named {
            None => true,
            // The platform gives a bot only what is for it, unless it may read everything.
            Some(named) => self.name().await.is_none_or(|name| name.eq_ignore_ascii_case(named)),
        }
    }

    /// Whether somebody may change the group. Without an answer they may not.
    /// <https://core.telegram.org/bots/api#getchatmember>
    async fn is_admin(&self, group: &InGroup) -> bool {
        let account = group.account.and_then(|account| u64::try_from(account).ok());
        let Some(account) = account.filter(|_| group.needs_rights()) else { return group.is_hidden_admin };
        let asked = self.api.call(&GetChatMember::new(ChatId(group.chat), UserId(account))).await;
        let member = asked.ok().and_then(|answer| answer.result::<Member>());
        member.is_some_and(|member| matches!(member.status.as_str(), "creator" | "administrator"))
    }

    /// What the settings of a group name and is gone, as an event to be handed in before this one. Of a topic the platform
    /// says nothing but when a message is to go there. <https://core.telegram.org/bots/api#getchat>
    async fn missing(&self, service: &Service, setting_up: &Event) -> Option<Event> {
        let Source::Address(address) = &setting_up.source else { return None };
        let chat_of = |place: &str| place.split('/').next().and_then(|chat| chat.parse::<i64>().ok());
        let mut gone = Vec::new();
        for (named, place) in service.named_in(address.platform, &address.account).await {
            let Some(chat) = chat_of(&place).filter(|chat| Some(*chat) != chat_of(&address.chat)) else { continue };
            let Err(CallError::Refused(refusal)) = self.api.call(&GetChat::new(Recipient::Id(ChatId(chat)))).await
            else {
                continue;
            };
            if refusal.code == 403 || (refusal.says("chat not found") && refusal.migrated_to.is_none()) {
                gone.push((named, place));
            }
        }
        (!gone.is_empty()).then(|| Event {
            key: EventKey(format!("{}:named", setting_up.key.0)),
            body: Body::Space(Box::new(SpaceEvent { actor: None, ask: SpaceAsk::Missing(gone), message: None })),
            source: setting_up.source.clone(),
            at: setting_up.at,
            origin: Origin::default(),
        })
    }

    /// Where somebody goes on in private with a dialog.
    async fn link(&self, dialog: &str) -> Option<String> {
        Some(format!("https://t.me/{}?start={dialog}", self.name().await?))
    }

    async fn answer(&self, query: String, answer: Option<&Answer>) {
        let link = match answer.and_then(|answer| answer.leads.as_deref()) {
            Some(dialog) => self.link(dialog).await,
            None => None,
        };
        answer_press(Arc::clone(&self.api), query, answer.and_then(note), link).await;
    }
}

/// Hands it in. What it returns resolves after the commit; a press is answered beside it.
pub(crate) async fn take(intake: &Intake, group: InGroup) -> Result<Committed, ServiceError> {
    let (groups, service, clock) = (Arc::clone(&intake.groups), intake.service.clone(), Arc::clone(&intake.clock));
    let (committed, is_committed) = oneshot::channel::<Result<(), ServiceError>>();
    let taken = async move {
        let query = group.query.clone();
        let turn = Box::pin(async {
            if !groups.is_meant(group.named.as_deref()).await {
                return Ok(None);
            }
            let is_admin = groups.is_admin(&group).await;
            let sets_up = is_admin && matches!(group.ask, SpaceAsk::Setup(_));
            let event = group.known(is_admin);
            if sets_up && let Some(missing) = groups.missing(&service, &event).await {
                service.handle(missing).await?;
            }
            service.handle(event).await.map(Some)
        });
        let (answer, query) = match select(turn, clock.pass(PRESS_PATIENCE)).await {
            Either::Left((answer, _)) => (answer, query),
            Either::Right(((), turn)) => {
                if let Some(query) = query {
                    groups.answer(query, None).await;
                }
                (turn.await, None)
            }
        };
        let (told, answer) = match answer {
            Ok(answer) => (Ok(()), answer),
            Err(error) => (Err(error), None),
        };
        // Whoever waits for it is gone only when the process ends.
        let _ = committed.send(told);
        if let Some(query) = query {
            groups.answer(query, answer.as_ref()).await;
        }
    };
    intake.asides.start(taken).await;
    Ok(async move { is_committed.await.unwrap_or(Err(ServiceError::Closed)) }.boxed())
}
