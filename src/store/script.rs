//! Many statements as one: a small batch goes to the driver's thread in a single call, because each call costs more
//! than what it writes; a large one goes statement by statement, because its texts would be too many to keep prepared.
//! That the driver takes several statements with values is special to SQLite, and not promised for its next release.

use std::sync::Arc;

use futures::TryStreamExt;
use sqlx::error::BoxDynError;
use sqlx::{AssertSqlSafe, Either, Executor, SqliteConnection};

use crate::store::error::StoreError;
use crate::store::statements::{ROWS_MAX, RowValues, Rows, json_ids};

/// Rows up to which a batch is small. Few enough that the combinations of statements stay a handful.
const JOINED_ROWS_MAX: usize = 8;

/// Statements of one transaction, in order.
pub(crate) struct Script<'c> {
    connection: &'c mut SqliteConnection,
    joined: bool,
    text: String,
    values: RowValues,
    /// The group of each joined statement.
    members: Vec<usize>,
    groups: Vec<Group>,
}

/// Statements over the rows of one kind.
struct Group {
    changed: u64,
    expected: Option<(u64, &'static str)>,
}

impl<'c> Script<'c> {
    /// A script for a batch of this many rows.
    pub(crate) fn new(connection: &'c mut SqliteConnection, rows: usize) -> Self {
        let joined = rows <= JOINED_ROWS_MAX;
        let (members, groups) = (Vec::new(), Vec::new());
        Self { connection, joined, text: String::new(), values: RowValues::default(), members, groups }
    }

    /// A statement for all items.
    pub(crate) async fn rows<T>(
        &mut self,
        rows: &Rows,
        items: Vec<T>,
        bind: impl FnMut(T, &mut RowValues) -> Result<(), BoxDynError>,
    ) -> Result<(), StoreError> {
        self.group(rows, items, None, bind).await
    }

    /// A statement for all items that must change one row each; `what` names what else must have happened.
    pub(crate) async fn rows_all<T>(
        &mut self,
        rows: &Rows,
        items: Vec<T>,
        what: &'static str,
        bind: impl FnMut(T, &mut RowValues) -> Result<(), BoxDynError>,
    ) -> Result<(), StoreError> {
        let expected = Some((items.len() as u64, what));
        self.group(rows, items, expected, bind).await
    }

    /// A statement over a list of ids.
    pub(crate) async fn ids(&mut self, sql: &'static str, ids: Vec<i64>) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.groups.push(Group { changed: 0, expected: None });
        self.values.add(json_ids(ids)).map_err(sqlx::Error::Encode)?;
        self.statement(sql).await
    }

    /// Runs what was joined, and checks what must have changed.
    pub(crate) async fn finish(mut self) -> Result<(), StoreError> {
        if !self.members.is_empty() {
            let query = sqlx::query_with(AssertSqlSafe(Arc::<str>::from(self.text)), self.values.0);
            let mut results = self.connection.fetch_many(query);
            let mut members = self.members.into_iter();
            while let Some(result) = results.try_next().await? {
                if let Either::Left(done) = result
                    && let Some(group) = members.next().and_then(|member| self.groups.get_mut(member))
                {
                    group.changed += done.rows_affected();
                }
            }
        }
        for group in self.groups {
            if let Some((expected, what)) = group.expected
                && group.changed != expected
            {
                return Err(StoreError::conflict(format!("{what} is not the expected one")));
            }
        }
        Ok(())
    }

    async fn group<T>(
        &mut self,
        rows: &Rows,
        items: Vec<T>,
        expected: Option<(u64, &'static str)>,
        mut bind: impl FnMut(T, &mut RowValues) -> Result<(), BoxDynError>,
    ) -> Result<(), StoreError> {
        if items.is_empty() {
            return Ok(());
        }
        self.groups.push(Group { changed: 0, expected });
        let mut items = items.into_iter();
        while items.len() > 0 {
            let size = items.len().min(ROWS_MAX).ilog2() as usize;
            for item in items.by_ref().take(1 << size) {
                bind(item, &mut self.values).map_err(sqlx::Error::Encode)?;
            }
            let text = rows.text(size);
            self.statement(&text).await?;
        }
        Ok(())
    }

    /// Joins a statement whose values were just added to the last group, or runs it at once.
    async fn statement(&mut self, text: &str) -> Result<(), StoreError> {
        let group = self.groups.len() - 1;
        if self.joined {
            self.text.push_str(text);
            self.text.push_str(";\n");
            self.members.push(group);
            return Ok(());
        }
        let values = std::mem::take(&mut self.values);
        let query = sqlx::query_with(AssertSqlSafe(Arc::<str>::from(text)), values.0);
        let changed = query.execute(&mut *self.connection).await?.rows_affected();
        if let Some(group) = self.groups.last_mut() {
            group.changed += changed;
        }
        Ok(())
    }
}
