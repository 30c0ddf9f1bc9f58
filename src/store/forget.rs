//! Forgetting: a saga over two files that no kill leaves half done.
//!
//! 1. A mark in `data.db`, in the commit that decided it ([`crate::store::Batch::forgets`]).
//! 2. A line in the forget ledger for each key.
//! 3. The key goes from `keys.db`, and from its WAL: from here on nothing can bring the data back.
//! 4. Every row goes, counted, and then the WAL is folded into the file.
//! 5. The mark goes: at once, or together with the receipt ([`crate::store::Batch::receipts`]).
//!
//! Every step may be repeated. Whoever finds a mark, at the latest the next start, goes on from step 2.

use serde::{Deserialize, Serialize};
use sqlx::{Connection, Row, SqliteConnection};

use crate::domain::ids::PersonId;
use crate::domain::value::Value;
use crate::store::error::StoreError;
use crate::store::keys::{KeyRing, KeyedHash};
use crate::store::ledger::{Forgotten, Ledger};
use crate::store::persons::hash_at;
use crate::store::script::Script;
use crate::store::statements::{self, json_ids};
use crate::store::{ForgetNew, Join, Store, connect, replay};

/// How much is kept of somebody; of somebody who is forgotten, how much was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCounts {
    /// Journal entries.
    pub journal: i64,
    /// Sets of measures: one for each time that a dialog kept some, so there may be several of a day.
    pub measures: i64,
    /// Goals, and their ends.
    pub goals: i64,
    /// Exercises that were open or set aside.
    pub sessions: i64,
    /// Plans of check-ins.
    pub plans: i64,
}

impl KeptCounts {
    /// The counts by their names in the system's wording.
    pub fn named(&self) -> [(&'static str, Value); 5] {
        let number = |count: i64| Value::Num(count as f64);
        [
            ("journal", number(self.journal)),
            ("measures", number(self.measures)),
            ("goals", number(self.goals)),
            ("sessions", number(self.sessions)),
            ("plans", number(self.plans)),
        ]
    }
}

/// Somebody of whom nothing is left but this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForgetDone {
    /// Who they were.
    pub person: PersonId,
    /// The stranger who gets the receipt.
    pub heir: PersonId,
    /// What was deleted.
    pub counts: KeptCounts,
}

/// A mark.
struct Mark {
    person: PersonId,
    heir: Option<PersonId>,
    counts: Option<KeptCounts>,
}

impl Store {
    /// Forgets everybody whom a commit has marked: their keys, then their rows. Those who are owed a receipt are given
    /// back, in this call and in every later one, until a commit says that it is on its way. Events that were taken stay
    /// known by their keyed hash, so that a late copy does nothing. Safe to repeat.
    ///
    /// # Errors
    /// When a file cannot be written; then it must be repeated.
    pub async fn forget_marked(&self) -> Result<Vec<ForgetDone>, StoreError> {
        let mut writer = self.writer.lock().await;
        let connection = writer.ready().await?;
        let done = finish(&self.keys, &self.ledger, connection, |persons| self.drop_recent(persons)).await?;
        Ok(done)
    }

    /// How much is kept of somebody.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn counts_of(&self, person: PersonId) -> Result<KeptCounts, StoreError> {
        counts_in(self.loader.lock().await.ready().await?, person).await
    }

    /// What is in memory of people who are being forgotten.
    fn drop_recent(&self, persons: &[PersonId]) {
        for person in persons {
            self.people.forget(*person);
        }
        let mut seen = self.accounts_seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.retain(|_, person| !persons.contains(person));
    }
}

/// Marks, with what the ledger will remember of each.
pub(super) async fn forget_marks(keys: &KeyRing, forgets: Vec<ForgetNew>) -> Result<Vec<ForgetCells>, StoreError> {
    if forgets.is_empty() {
        return Ok(Vec::new());
    }
    let persons: Vec<_> = forgets.iter().map(|forget| forget.person).collect();
    let hashes = keys.key_hashes(&persons).await?;
    let mark = |forget: ForgetNew| {
        (forget.person.0, forget.heir.map(|heir| heir.0), forget.day, hashes.get(&forget.person).copied())
    };
    Ok(forgets.into_iter().map(mark).collect())
}

/// By what old backups know people who are absorbed, for the day on which the one who stays is forgotten.
pub(super) async fn former_keys(keys: &KeyRing, joins: &[Join]) -> Result<Vec<(KeyedHash, i64)>, StoreError> {
    if joins.is_empty() {
        return Ok(Vec::new());
    }
    let persons: Vec<_> = joins.iter().map(|join| join.from).collect();
    let hashes = keys.key_hashes(&persons).await?;
    Ok(joins.iter().filter_map(|join| Some((*hashes.get(&join.from)?, join.into.0))).collect())
}

/// Person, heir, day, hash of the key.
pub(super) type ForgetCells = (i64, Option<i64>, i64, Option<KeyedHash>);

pub(super) async fn write_forgets(
    to: &mut Script<'_>,
    forgets: Vec<ForgetCells>,
    receipts: Vec<i64>,
) -> Result<(), StoreError> {
    to.rows(&statements::FORGETTING_INSERT, forgets, |(person, heir, day, hash), row| {
        row.add(person)?;
        row.add(heir)?;
        row.add(day)?;
        row.add(hash.as_ref().map(KeyedHash::as_slice))
    })
    .await?;
    to.ids(statements::FORGETTING_DELETE, receipts).await
}

/// Goes on from step 2 with every mark; who is owed a receipt.
pub(super) async fn finish(
    keys: &KeyRing,
    ledger: &Ledger,
    connection: &mut SqliteConnection,
    drop_recent: impl Fn(&[PersonId]),
) -> Result<Vec<ForgetDone>, StoreError> {
    let marks = marks(connection).await?;
    let left: Vec<PersonId> = marks.iter().filter(|mark| mark.counts.is_none()).map(|mark| mark.person).collect();
    if !left.is_empty() {
        let known = ledger.add(&hashes(connection).await?)?;
        keys.destroy(&left).await?;
        drop_recent(&left);
        delete_rows(connection, &left, &known).await?;
    }
    if !marks.is_empty() {
        connect::fold(connection).await?;
        sqlx::query(statements::FORGETTING_QUIET_DELETE).execute(&mut *connection).await?;
    }
    let done = self::marks(connection).await?.into_iter();
    Ok(done
        .filter_map(|mark| Some(ForgetDone { person: mark.person, heir: mark.heir?, counts: mark.counts? }))
        .collect())
}

async fn marks(connection: &mut SqliteConnection) -> Result<Vec<Mark>, StoreError> {
    let mut marks = Vec::new();
    for row in sqlx::query(statements::FORGETTING_ALL).fetch_all(connection).await? {
        let counts: Option<&str> = row.try_get(2)?;
        let counts = counts.map(serde_json::from_str).transpose();
        marks.push(Mark {
            person: PersonId(row.try_get(0)?),
            heir: row.try_get::<Option<i64>, _>(1)?.map(PersonId),
            counts: counts.map_err(|_| StoreError::damaged("forgetting.counts is not of its form"))?,
        });
    }
    Ok(marks)
}

/// What the ledger is to remember of everybody who is marked.
async fn hashes(connection: &mut SqliteConnection) -> Result<Forgotten, StoreError> {
    let mut forgotten = Forgotten::default();
    for row in sqlx::query(statements::FORGETTING_HASHES).fetch_all(connection).await? {
        forgotten.lines.insert((row.try_get(0)?, hash_at(&row, 1)?));
    }
    Ok(forgotten)
}

async fn counts_in(connection: &mut SqliteConnection, person: PersonId) -> Result<KeptCounts, StoreError> {
    let row = sqlx::query(statements::KEPT_COUNTS).bind(person.0).fetch_one(connection).await?;
    Ok(KeptCounts {
        journal: row.try_get(0)?,
        measures: row.try_get(1)?,
        goals: row.try_get(2)?,
        sessions: row.try_get(3)?,
        plans: row.try_get(4)?,
    })
}

async fn delete_rows(
    connection: &mut SqliteConnection,
    persons: &[PersonId],
    ledger: &Forgotten,
) -> Result<(), StoreError> {
    let mut transaction = connection.begin_with(statements::BEGIN).await?;
    for person in persons {
        let counts = counts_in(&mut transaction, *person).await?;
        let counts = serde_json::to_string(&counts).map_err(|_| StoreError::damaged("counts have no JSON form"))?;
        sqlx::query(statements::FORGETTING_COUNTED).bind(person.0).bind(counts).execute(&mut *transaction).await?;
    }
    let ids = json_ids(persons.iter().map(|person| person.0));
    sqlx::query(statements::PERSONS_DELETE).bind(ids).execute(&mut *transaction).await?;
    replay::followed(&mut transaction, ledger).await?;
    transaction.commit().await?;
    Ok(())
}
