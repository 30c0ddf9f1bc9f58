//! Batches on their way: one that still takes events, and one that is being committed.

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::domain::event::Platform;
use crate::domain::ids::{OutboxId, PersonId};
use crate::service::batch::{Asked, Done, Round, Touched};
use crate::service::writer::OutcomeNew;
use crate::store::StoreError;

/// A batch that still takes events.
#[derive(Default)]
pub(super) struct Open {
    pub(super) round: Round,
    pub(super) events: Vec<Asked>,
    pub(super) errands: Errands,
    /// Its turns could not be run.
    pub(super) failed: bool,
}

/// A batch that is being committed.
pub(super) struct Flight {
    pub(super) commit: JoinSet<Result<(), StoreError>>,
    pub(super) result: Option<Result<(), StoreError>>,
    pub(super) done: Done,
    pub(super) touched: Touched,
    pub(super) events: Vec<Asked>,
    pub(super) errands: Errands,
}

/// Somebody, or a place of a space, that nothing reaches any more.
#[derive(Debug)]
pub(crate) struct Gone {
    pub person: PersonId,
    pub platform: Platform,
    /// Where in a space it was to be said; none of a person.
    pub chat: Option<String>,
}

/// Work without events, gathered for one commit.
#[derive(Debug, Default)]
pub(crate) struct Errands {
    pub outcomes: Vec<OutcomeNew>,
    pub intents: Vec<(OutboxId, u32, Option<&'static str>)>,
    pub gone: Vec<Gone>,
    pub forgets: Vec<PersonId>,
    /// Who waits for the commit.
    pub intended: Vec<oneshot::Sender<()>>,
}

impl Errands {
    pub(super) fn extend(&mut self, other: Self) {
        self.outcomes.extend(other.outcomes);
        self.intents.extend(other.intents);
        self.gone.extend(other.gone);
        self.forgets.extend(other.forgets);
        self.intended.extend(other.intended);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.outcomes.is_empty() && self.gone.is_empty() && self.forgets.is_empty() && self.intended.is_empty()
    }
}

impl Open {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.errands.is_empty()
    }
}

impl Open {
    /// Whether somebody waits for its commit.
    pub(super) fn is_hurried(&self) -> bool {
        !self.events.is_empty() || !self.errands.intended.is_empty()
    }
}

impl Flight {
    /// Resolves when the commit has ended, well or badly.
    pub(super) async fn landed(&mut self) {
        if self.result.is_none() {
            let ended = self.commit.join_next().await;
            self.result = Some(match ended {
                Some(Ok(result)) => result,
                Some(Err(_)) | None => Err(StoreError::Other { detail: "the commit was cut off".to_owned() }),
            });
        }
    }
}
