//! Two people become one: every sealed row of the one is opened, and sealed anew with the other's key, in the transaction
//! that moves it. Their key is destroyed after the commit. A kill in between leaves a name in `absorbed`, by which the
//! next start finishes it.

use sqlx::{Row, SqliteConnection};

use crate::domain::ids::{OutboxId, PersonId, SessionId};
use crate::store::commit::Sealed;
use crate::store::error::StoreError;
use crate::store::keys::{KeyRing, KeyedHash, Keys};
use crate::store::persons::hash_at;
use crate::store::script::Script;
use crate::store::sealing::{self, Cell};
use crate::store::{Join, statements};

/// Entries that are sealed anew at a time.
const ENTRIES_PAGE: i64 = 256;

/// What must happen before the other rows of a batch are written.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    ring: &KeyRing,
    keys: &Keys,
    batch: &Sealed,
) -> Result<(), StoreError> {
    for (person, code, now) in &batch.link_codes_taken {
        let taken = sqlx::query(statements::LINK_CODE_TAKE).bind(person).bind(code.as_slice()).bind(now);
        if taken.execute(&mut *connection).await?.rows_affected() != 1 {
            return Err(StoreError::conflict("a code was used up meanwhile"));
        }
    }
    for (person, platform) in &batch.said_gone {
        sqlx::query(statements::SAID_PARTED_DELETE).bind(person).bind(platform).execute(&mut *connection).await?;
    }
    for join in &batch.joins {
        let mut mover = Mover { connection, ring, keys, join };
        mover.run().await?;
    }
    let mut script = Script::new(connection, batch.former_keys.len());
    script
        .rows(&statements::FORMER_KEYS_INSERT, batch.former_keys.clone(), |(hash, person), row| {
            row.add(hash.as_slice())?;
            row.add(person)
        })
        .await?;
    script.finish().await?;
    Ok(())
}

/// Destroys the keys of people who were absorbed. Safe to repeat.
pub(super) async fn finish(keys: &KeyRing, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for row in sqlx::query(statements::ABSORBED_ALL).fetch_all(&mut *connection).await? {
        let person = PersonId(row.try_get(0)?);
        keys.destroy(&[person]).await?;
        sqlx::query(statements::ABSORBED_DELETE).bind(person.0).execute(&mut *connection).await?;
    }
    Ok(())
}

struct Mover<'a> {
    connection: &'a mut SqliteConnection,
    ring: &'a KeyRing,
    keys: &'a Keys,
    join: &'a Join,
}

impl Mover<'_> {
    async fn run(&mut self) -> Result<(), StoreError> {
        let (from, into) = (self.join.from.0, self.join.into.0);
        sqlx::query(statements::JOIN_ACCOUNTS).bind(from).bind(into).execute(&mut *self.connection).await?;
        self.outbox().await?;
        sqlx::query(statements::JOIN_SAID).bind(from).bind(into).execute(&mut *self.connection).await?;
        if self.join.carries {
            self.sessions().await?;
            self.plans().await?;
            self.entries().await?;
        }
        sqlx::query(statements::JOIN_FORMER_KEYS).bind(from).bind(into).execute(&mut *self.connection).await?;
        let gone = sqlx::query(statements::JOIN_DELETE).bind(from).bind(self.join.from_rev);
        if gone.execute(&mut *self.connection).await?.rows_affected() != 1 {
            return Err(StoreError::conflict("the revision of a profile is not the expected one"));
        }
        sqlx::query(statements::ABSORBED_INSERT).bind(from).execute(&mut *self.connection).await?;
        Ok(())
    }

    /// From one key to the other, without looking inside.
    fn sealed_anew(&self, before: Cell, after: Cell, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let plain = sealing::open_bytes(self.keys, self.join.from, before, sealed)?;
        sealing::seal_bytes(self.keys, self.join.into, after, plain.expose())
    }

    async fn outbox(&mut self) -> Result<(), StoreError> {
        let query = sqlx::query(statements::JOIN_OUTBOX).bind(self.join.from.0);
        let mut moved = Vec::new();
        for row in query.fetch_all(&mut *self.connection).await? {
            let id: i64 = row.try_get(0)?;
            let cell = Cell::Outbox { id: OutboxId(id) };
            moved.push((id, self.sealed_anew(cell, cell, row.try_get(1)?)?));
        }
        self.moved(&statements::JOIN_OUTBOX_MOVE, moved).await
    }

    async fn sessions(&mut self) -> Result<(), StoreError> {
        let query = sqlx::query(statements::JOIN_SESSIONS).bind(self.join.from.0);
        let mut moved = Vec::new();
        for row in query.fetch_all(&mut *self.connection).await? {
            let id: i64 = row.try_get(0)?;
            let cell = Cell::Session { id: SessionId(id), rev: row.try_get(1)? };
            moved.push((id, self.sealed_anew(cell, cell, row.try_get(2)?)?));
        }
        self.moved(&statements::JOIN_SESSIONS_MOVE, moved).await
    }

    /// A plan's name is hashed with its person, so what the plan starts must be read. Of two for the same dialog that of
    /// the person who stays is kept; the other one goes with the person.
    async fn plans(&mut self) -> Result<(), StoreError> {
        let (from, into) = (self.join.from, self.join.into);
        let query = sqlx::query(statements::JOIN_PLANS).bind(from.0).bind(into.0);
        let rows = query.fetch_all(&mut *self.connection).await?;
        let mut kept: Vec<KeyedHash> = Vec::new();
        for row in &rows {
            if row.try_get::<i64, _>(1)? == into.0 {
                kept.push(hash_at(row, 2)?);
            }
        }
        let mut moved = Vec::new();
        for row in &rows {
            if row.try_get::<i64, _>(1)? != from.0 {
                continue;
            }
            let plan = sealing::open_plan(self.keys, from, hash_at(row, 2)?, row.try_get(4)?)?;
            let name = self.ring.plan_hash(into, &plan.dialog);
            if !kept.contains(&name) {
                let body = sealing::seal_plan(self.keys, into, name, &plan)?;
                moved.push((row.try_get::<i64, _>(0)?, name, body));
            }
        }
        let mut script = Script::new(self.connection, moved.len());
        script
            .rows(&statements::JOIN_PLANS_MOVE, moved, |(id, name, body), row| {
                row.add(id)?;
                row.add(into.0)?;
                row.add(name.as_slice())?;
                row.add(body)
            })
            .await?;
        script.finish().await?;
        let query = sqlx::query(statements::JOIN_OCCURRENCES).bind(from.0).bind(into.0);
        query.execute(&mut *self.connection).await?;
        Ok(())
    }

    async fn entries(&mut self) -> Result<(), StoreError> {
        loop {
            let query = sqlx::query(statements::JOIN_ENTRIES).bind(self.join.from.0).bind(ENTRIES_PAGE);
            let rows = query.fetch_all(&mut *self.connection).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut moved = Vec::with_capacity(rows.len());
            for row in rows {
                let cell = Cell::Entry { write: hash_at(&row, 1)? };
                moved.push((row.try_get(0)?, self.sealed_anew(cell, cell, row.try_get(2)?)?));
            }
            self.moved(&statements::JOIN_ENTRIES_MOVE, moved).await?;
        }
    }

    async fn moved(&mut self, statement: &statements::Rows, moved: Vec<(i64, Vec<u8>)>) -> Result<(), StoreError> {
        let into = self.join.into.0;
        let mut script = Script::new(self.connection, moved.len());
        script
            .rows_all(statement, moved, "a row of an absorbed person", |(id, sealed), row| {
                row.add(id)?;
                row.add(into)?;
                row.add(sealed)
            })
            .await?;
        script.finish().await
    }
}
