//! After an older state was put back, whoever was forgotten since is forgotten again: their keys are in the ledger. The
//! data remembers how far it has followed the ledger, so that every start finds out, however the older state came.

use sqlx::{Connection, Row, SqliteConnection};

use crate::store::connect;
use crate::store::error::StoreError;
use crate::store::keys::KeyRing;
use crate::store::ledger::{Forgotten, Ledger};
use crate::store::statements::{self, json_ids};

/// Where the data remembers how many lines of the ledger it has followed.
const FOLLOWED: &str = "forget_ledger";

/// What following the ledger did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Replayed {
    /// Keys that were destroyed again.
    pub(crate) keys: usize,
    /// People whose rows went: they have no key any more.
    pub(crate) persons: u64,
}

/// Notes that the data has followed the ledger as it is.
pub(super) async fn followed(connection: &mut SqliteConnection, ledger: &Forgotten) -> Result<(), StoreError> {
    let put = sqlx::query(statements::META_PUT_ONE).bind(FOLLOWED).bind(ledger.count().to_string());
    put.execute(connection).await?;
    Ok(())
}

/// How many lines of the ledger the data has followed.
pub(super) async fn has_followed(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    match sqlx::query(statements::META_TEXT).bind(FOLLOWED).fetch_optional(&mut *connection).await? {
        Some(row) => Ok(row.try_get::<&str, _>(0)?.parse().unwrap_or(0)),
        None => Ok(0),
    }
}

/// Follows the ledger if the data has not yet.
pub(super) async fn if_behind(
    keys: &KeyRing,
    ledger: &Ledger,
    connection: &mut SqliteConnection,
) -> Result<Replayed, StoreError> {
    let known = ledger.read()?;
    let followed = has_followed(connection).await?;
    if followed > known.count() {
        tracing::warn!(
            missing = followed - known.count(),
            "The forget ledger has fewer lines than the data has followed: an older one was put back, or it was lost."
        );
    }
    if followed >= known.count() {
        return Ok(Replayed::default());
    }
    replay(keys, &known, connection).await
}

/// Destroys every key that is in the ledger, then the rows of everybody who has no key. Safe to repeat.
pub(super) async fn replay(
    keys: &KeyRing,
    ledger: &Forgotten,
    connection: &mut SqliteConnection,
) -> Result<Replayed, StoreError> {
    let gone = keys.among(&ledger.hashes()).await?;
    keys.destroy(&gone).await?;
    let ids = json_ids(keys.persons().await?.into_iter().map(|person| person.0));
    let mut transaction = connection.begin_with(statements::BEGIN).await?;
    let deleted = sqlx::query(statements::PERSONS_KEYLESS_DELETE).bind(ids).execute(&mut *transaction).await?;
    followed(&mut transaction, ledger).await?;
    transaction.commit().await?;
    connect::fold(connection).await?;
    Ok(Replayed { keys: gone.len(), persons: deleted.rows_affected() })
}
