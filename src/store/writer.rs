//! A connection that one task uses at a time, and its recovery after a failed or cancelled transaction.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction};

use crate::store::error::StoreError;
use crate::store::statements;

/// Owns the connection; opens another when it is unusable.
pub(crate) struct Writer {
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
}

impl Writer {
    pub(crate) fn new(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        Self { connection: Some(connection), options }
    }

    /// One that connects when it is first used.
    pub(crate) fn lazy(options: SqliteConnectOptions) -> Self {
        Self { connection: None, options }
    }

    /// The connection, outside any transaction.
    ///
    /// SQLite rolls back by itself when the disk is full, and then refuses the ROLLBACK that the driver sends; the
    /// driver counts a transaction as open for ever after. Such a connection is replaced.
    pub(crate) async fn ready(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        if let Some(connection) = &mut self.connection
            && connection.is_in_transaction()
        {
            // A ROLLBACK of a dropped transaction may still be in the queue; the ping comes after it.
            let alive = connection.ping().await.is_ok();
            if (!alive || connection.is_in_transaction())
                && let Some(connection) = self.connection.take()
            {
                connection.close().await.ok();
            }
        }
        match &mut self.connection {
            Some(connection) => Ok(connection),
            empty @ None => Ok(empty.insert(self.options.connect().await?)),
        }
    }

    /// Begins a transaction that may write at once. Dropped, it rolls back.
    pub(crate) async fn begin(&mut self) -> Result<Transaction<'_, Sqlite>, StoreError> {
        Ok(self.ready().await?.begin_with(statements::BEGIN).await?)
    }

    pub(crate) async fn close(self) -> Result<(), StoreError> {
        if let Some(connection) = self.connection {
            connection.close().await?;
        }
        Ok(())
    }
}
