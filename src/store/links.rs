//! Codes that join accounts.

use jiff::Timestamp;
use sqlx::Row;

use crate::domain::event::Platform;
use crate::domain::ids::PersonId;
use crate::domain::link_code::LinkCode;
use crate::store::error::StoreError;
use crate::store::persons::instant;
use crate::store::records::{LinkGuesses, LinkLook};
use crate::store::{Store, statements};

impl Store {
    /// Whose code this is, and how often the account that typed it was wrong lately.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn link_look(
        &self,
        code: LinkCode,
        (platform, account): (Platform, &str),
        now: Timestamp,
    ) -> Result<LinkLook, StoreError> {
        let (code, account) = (self.keys.link_hash(code), self.keys.account_hash(platform, account));
        let now = now.as_millisecond();
        let mut loader = self.loader.lock().await;
        let owner = sqlx::query(statements::LINK_CODE_FIND).bind(code.as_slice()).bind(now);
        let owner = owner.fetch_optional(loader.ready().await?).await?;
        let guesses = sqlx::query(statements::LINK_GUESSES_FIND).bind(account.as_slice()).bind(now);
        let guesses = guesses.fetch_optional(loader.ready().await?).await?;
        drop(loader);
        let guesses = match guesses {
            Some(row) => {
                let count = u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX);
                Some(LinkGuesses { count, until: instant(row.try_get(0)?)? })
            }
            None => None,
        };
        Ok(LinkLook { owner: owner.map(|row| row.try_get(0).map(PersonId)).transpose()?, guesses })
    }
}
