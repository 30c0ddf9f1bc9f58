//! What is meant for the bot in a group, on its way to the service: who did it is looked up at the platform each time it
//! matters, beside the intake, so that nobody who talks in private waits for it.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::{Either, select};
use serde::Deserialize;
use teloxide_core::payloads::{GetChatMember, GetMe};
use teloxide_core::types::{ChatId, UserId};
use tokio::sync::{OnceCell, oneshot};

use crate::service::{Answer, ServiceError};
use crate::telegram::api::Api;
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
            service.handle(group.known(is_admin)).await.map(Some)
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
