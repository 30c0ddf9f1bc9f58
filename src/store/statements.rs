//! Every SQL statement of the program, named. One test prepares them all on a migrated database.
//!
//! Statements over many rows come in sizes of 1, 2, 4 … 128 rows, so that a handful of prepared statements serves any
//! number: 100 rows are written as 64 + 32 + 4, and read as 128 of which 28 are NULL.

use std::sync::{Arc, OnceLock};

use futures::TryStreamExt;
use sqlx::encode::Encode;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Executor, Sqlite, SqliteConnection, Type};

use crate::store::connect::Database;
use crate::store::error::StoreError;

const SIZES: usize = 8;
pub(crate) const ROWS_MAX: usize = 1 << (SIZES - 1);

/// A statement over many rows.
pub(crate) struct Rows {
    head: &'static str,
    row: &'static str,
    tail: &'static str,
    texts: [OnceLock<Arc<str>>; SIZES],
}

impl Rows {
    const fn new(head: &'static str, row: &'static str, tail: &'static str) -> Self {
        Self { head, row, tail, texts: [const { OnceLock::new() }; SIZES] }
    }

    /// The text for 2^`size` rows.
    pub(crate) fn text(&self, size: usize) -> Arc<str> {
        let build = || {
            let rows = vec![self.row; 1 << size].join(",");
            format!("{}{rows}{}", self.head, self.tail).into()
        };
        self.texts.get(size).map_or_else(build, |text| Arc::clone(text.get_or_init(build)))
    }
}

/// The values of a row, in the order of its columns.
#[derive(Default)]
pub(crate) struct RowValues(pub(crate) SqliteArguments);

impl RowValues {
    pub(crate) fn add<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> Result<(), BoxDynError> {
        Arguments::add(&mut self.0, value)
    }
}

/// Looks up many keyed hashes.
pub(crate) async fn fetch_hashes(
    connection: &mut SqliteConnection,
    rows: &Rows,
    hashes: &[[u8; 16]],
) -> Result<Vec<SqliteRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in hashes.chunks(ROWS_MAX) {
        let size = chunk.len().next_power_of_two().ilog2() as usize;
        let mut values = RowValues::default();
        for hash in chunk {
            values.add(hash.as_slice()).map_err(sqlx::Error::Encode)?;
        }
        for _ in chunk.len()..1 << size {
            values.add(None::<Vec<u8>>).map_err(sqlx::Error::Encode)?;
        }
        let query = sqlx::query_with(AssertSqlSafe(rows.text(size)), values.0);
        found.append(&mut query.fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// Looks up events by hash and people by id, the last hashes and the people in one call. Rows of one column are
/// hashes, all others people.
pub(crate) async fn fetch_batch(
    connection: &mut SqliteConnection,
    hashes: &[[u8; 16]],
    persons: String,
) -> Result<Vec<SqliteRow>, StoreError> {
    let last = hashes.len().saturating_sub(1) / ROWS_MAX * ROWS_MAX;
    let (before, last) = hashes.split_at(last);
    let mut found = fetch_hashes(connection, &INBOX_KNOWN, before).await?;
    let (mut text, mut values) = (String::new(), RowValues::default());
    if !last.is_empty() {
        let size = last.len().next_power_of_two().ilog2() as usize;
        for hash in last {
            values.add(hash.as_slice()).map_err(sqlx::Error::Encode)?;
        }
        for _ in last.len()..1 << size {
            values.add(None::<Vec<u8>>).map_err(sqlx::Error::Encode)?;
        }
        text.push_str(&INBOX_KNOWN.text(size));
        text.push_str(";\n");
    }
    text.push_str(PERSONS_LOAD);
    values.add(persons).map_err(sqlx::Error::Encode)?;
    let query = sqlx::query_with(AssertSqlSafe(Arc::<str>::from(text)), values.0);
    let mut rows = connection.fetch_many(query);
    while let Some(row) = rows.try_next().await? {
        found.extend(row.right());
    }
    Ok(found)
}

/// Ids as a JSON array, for `json_each`.
pub(crate) fn json_ids(ids: impl IntoIterator<Item = i64>) -> String {
    let mut text = String::from("[");
    for id in ids {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&id.to_string());
    }
    text.push(']');
    text
}

/// Declares the statements and the list of them all.
macro_rules! statements {
    (one { $($(#[$doc:meta])* $database:ident $name:ident = $sql:literal;)* } many { $($many_database:ident $many:ident = $head:literal, $row:literal, $tail:literal;)* }) => {
        $($(#[$doc])* pub(crate) const $name: &str = $sql;)*
        $(pub(crate) static $many: Rows = Rows::new($head, $row, $tail);)*

        /// Every statement in every size, with the file it runs on.
        pub fn all() -> Vec<(Database, &'static str, String)> {
            let mut all = vec![$((Database::$database, stringify!($name), $sql.to_owned()),)*];
            for size in 0..SIZES {
                $(all.push((Database::$many_database, stringify!($many), $many.text(size).to_string()));)*
            }
            all
        }
    };
}

statements! {
    one {
        Data BEGIN = "BEGIN IMMEDIATE";
        Data SQLITE_VERSION = "SELECT sqlite_version()";
        Data JOURNAL_MODE = "PRAGMA journal_mode";
        Data FORGETTING_LEFT = "SELECT count(*) FROM forgetting WHERE counts IS NULL";
        Data COPY = "VACUUM INTO ?1";
        Data CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)";
        Data INTEGRITY = "PRAGMA integrity_check(10)";
        Data FOREIGN_KEYS = "PRAGMA foreign_key_check";
        Data MIGRATIONS_THERE = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'";
        Data SCHEMA_VERSION = "SELECT max(version) FROM _sqlx_migrations";
        Data SEQUENCES = "SELECT name, seq FROM sqlite_sequence";

        Keys KEYS_META = "SELECT master_check, pepper FROM meta WHERE id = 1";
        Keys KEYS_META_INSERT = "INSERT INTO meta (id, master_check, pepper) VALUES (1, ?1, ?2)";
        Keys KEYS_META_UPDATE = "UPDATE meta SET master_check = ?1, pepper = ?2 WHERE id = 1";
        Keys PERSON_KEYS_MAX = "SELECT coalesce(max(person_id), 0) FROM person_keys";
        Keys PERSON_KEYS_LOAD =
            "SELECT person_id, dek FROM person_keys WHERE person_id IN (SELECT value FROM json_each(?1))";
        Keys PERSON_KEYS_ALL = "SELECT person_id, dek FROM person_keys WHERE person_id > ?1 ORDER BY person_id LIMIT ?2";
        Keys PERSON_KEYS_DELETE = "DELETE FROM person_keys WHERE person_id IN (SELECT value FROM json_each(?1))";

        Data PERSONS_LOAD = "SELECT p.id, p.rev, p.profile, s.id, s.rev, s.state, s.timer_at, \
            EXISTS (SELECT 1 FROM sessions a WHERE a.person_id = p.id AND a.live = 0), \
            EXISTS (SELECT 1 FROM plans c WHERE c.person_id = p.id) \
            FROM persons p LEFT JOIN sessions s ON s.person_id = p.id AND s.live = 1 \
            WHERE p.id IN (SELECT value FROM json_each(?))";
        Data PERSONS_PAGE = "SELECT id, rev, profile FROM persons WHERE id > ?1 ORDER BY id LIMIT ?2";
        Data PERSONS_COUNT = "SELECT count(*) FROM persons";
        Data PERSONS_DELETE = "DELETE FROM persons WHERE id IN (SELECT value FROM json_each(?1))";
        Data PERSONS_KEYLESS_DELETE = "DELETE FROM persons WHERE id NOT IN (SELECT value FROM json_each(?1))";

        Data FORGETTING_ALL = "SELECT person_id, heir_id, counts FROM forgetting ORDER BY person_id";
        Data FORGETTING_HASHES = "SELECT f.day, f.key_hash FROM forgetting f WHERE f.key_hash IS NOT NULL AND f.counts IS NULL \
            UNION SELECT f.day, k.key_hash FROM forgetting f JOIN former_keys k ON k.person_id = f.person_id \
            WHERE f.counts IS NULL";
        Data KEPT_COUNTS = "SELECT (SELECT count(*) FROM entries WHERE person_id = ?1 AND kind = 0), \
            (SELECT count(*) FROM entries WHERE person_id = ?1 AND kind = 1), \
            (SELECT count(*) FROM entries WHERE person_id = ?1 AND kind = 2), \
            (SELECT count(*) FROM sessions WHERE person_id = ?1), \
            (SELECT count(*) FROM plans WHERE person_id = ?1)";
        Data FORGETTING_COUNTED = "UPDATE forgetting SET counts = ?2 WHERE person_id = ?1";
        Data FORGETTING_QUIET_DELETE = "DELETE FROM forgetting WHERE heir_id IS NULL AND counts IS NOT NULL";
        Data FORGETTING_DELETE = "DELETE FROM forgetting WHERE person_id IN (SELECT value FROM json_each(?))";

        Data SESSION_LIVE = "SELECT rev, state, timer_at, person_id FROM sessions WHERE id = ?1 AND live = 1";
        Data SESSIONS_PARKED = "SELECT id, rev, state, timer_at, person_id, live FROM sessions \
            WHERE person_id = ?1 AND live = 0 ORDER BY id";
        Data SESSIONS_DUE = "SELECT id, person_id, timer_at FROM sessions \
            WHERE timer_at IS NOT NULL AND timer_at <= ?1 ORDER BY timer_at LIMIT ?2";
        Data TIMERS_NEXT = "SELECT min(timer_at) FROM sessions WHERE timer_at IS NOT NULL";
        Data SESSIONS_DELETE = "DELETE FROM sessions WHERE id IN (SELECT value FROM json_each(?))";

        Data SHOWN_LOAD = "SELECT turn, place, platform FROM shown WHERE session_id = ?1";
        Data SHOWN_ANY = "SELECT EXISTS (SELECT 1 FROM shown)";

        Data SAID_ALL = "SELECT place FROM said WHERE person_id = ?1 AND platform = ?2 AND hour > ?3 \
            GROUP BY place ORDER BY min(id)";
        Data SAID_PRUNE = "DELETE FROM said WHERE hour <= ?1";
        Data SAID_PARTED_DELETE = "DELETE FROM said WHERE person_id = ?1 AND platform = ?2";

        Data LINK_CODE_FIND = "SELECT person_id FROM link_codes WHERE code_hash = ?1 AND expires_at > ?2";
        Data LINK_CODE_TAKE = "DELETE FROM link_codes WHERE person_id = ?1 AND code_hash = ?2 AND expires_at > ?3";
        Data LINK_CODES_PRUNE = "DELETE FROM link_codes WHERE expires_at <= ?1";
        Data LINK_GUESSES_FIND = "SELECT until_at, count FROM link_guesses WHERE account_hash = ?1 AND until_at > ?2";
        Data LINK_GUESSES_PRUNE = "DELETE FROM link_guesses WHERE until_at <= ?1";

        Data JOIN_ACCOUNTS = "UPDATE accounts SET person_id = ?2 WHERE person_id = ?1";
        Data JOIN_OUTBOX = "SELECT id, item FROM outbox WHERE person_id = ?1";
        Data JOIN_SESSIONS = "SELECT id, rev, state FROM sessions WHERE person_id = ?1";
        Data JOIN_PLANS = "SELECT id, person_id, name_hash, due_at, body FROM plans WHERE person_id IN (?1, ?2)";
        Data JOIN_OCCURRENCES = "UPDATE occurrences SET person_id = ?2 \
            WHERE plan_id IN (SELECT id FROM plans WHERE person_id = ?2) AND person_id = ?1";
        Data JOIN_ENTRIES = "SELECT id, write_hash, body FROM entries WHERE person_id = ?1 LIMIT ?2";
        Data JOIN_SAID = "UPDATE said SET person_id = ?2 WHERE person_id = ?1";
        Data JOIN_FORMER_KEYS = "UPDATE former_keys SET person_id = ?2 WHERE person_id = ?1";
        Data JOIN_DELETE = "DELETE FROM persons WHERE id = ?1 AND rev = ?2";
        Data ABSORBED_INSERT = "INSERT INTO absorbed (person_id) VALUES (?1)";
        Data ABSORBED_ALL = "SELECT person_id FROM absorbed";
        Data ABSORBED_DELETE = "DELETE FROM absorbed WHERE person_id = ?1";

        Data INBOX_PRUNE = "DELETE FROM inbox WHERE key_hash >= ?1 AND key_hash < ?2 AND day < ?3";

        Data OUTBOX_DUE = "SELECT id, person_id, class, state, attempts, next_at, created_at, item FROM outbox \
            WHERE state <> 1 AND next_at <= ?1 ORDER BY next_at, id LIMIT ?2";
        Data OUTBOX_NEXT_DUE = "SELECT min(next_at) FROM outbox WHERE state <> 1";
        Data OUTBOX_SENDING = "SELECT id, person_id, class, state, attempts, next_at, created_at, item FROM outbox \
            WHERE state = 1 ORDER BY id";
        Data OUTBOX_PERSON = "SELECT person_id FROM outbox WHERE id = ?1";
        Data OUTBOX_COUNT = "SELECT count(*) FROM outbox";
        Data OUTBOX_DELETE = "DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))";

        Data PLANS_OF = "SELECT id, person_id, name_hash, due_at, body FROM plans WHERE person_id = ?1 ORDER BY id";
        Data PLANS_PAGE = "SELECT id, person_id, name_hash, due_at, body FROM plans WHERE id > ?1 ORDER BY id LIMIT ?2";
        Data PLANS_DUE = "SELECT id, person_id, due_at FROM plans \
            WHERE due_at IS NOT NULL AND due_at <= ?1 ORDER BY due_at LIMIT ?2";
        Data PLANS_NEXT_DUE = "SELECT min(due_at) FROM plans WHERE due_at IS NOT NULL";

        Data SILENCES_DUE = "SELECT person_id, due_at FROM silences WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2";
        Data SILENCES_NEXT_DUE = "SELECT min(due_at) FROM silences";

        Data OCCURRENCES_READY = "SELECT plan_id, person_id, due_at, expires_at, state FROM occurrences o \
            WHERE state = 0 AND (expires_at <= ?1 \
            OR NOT EXISTS (SELECT 1 FROM sessions s WHERE s.person_id = o.person_id AND s.live = 1)) \
            ORDER BY due_at LIMIT ?2";
        Data OCCURRENCES_NEXT_EXPIRY = "SELECT min(expires_at) FROM occurrences WHERE state = 0";
        Data OCCURRENCES_OF = "SELECT plan_id, person_id, due_at, expires_at, state FROM occurrences \
            WHERE plan_id = ?1 ORDER BY due_at";
        Data OCCURRENCES_PRUNE = "DELETE FROM occurrences WHERE state <> 0 AND due_at < ?1";

        Data ENTRIES_OF = "SELECT write_hash, body FROM entries WHERE person_id = ?1 AND kind = ?2 \
            ORDER BY id DESC LIMIT ?3";

        Data ENTRIES_PAGE = "SELECT id, write_hash, body FROM entries WHERE person_id = ?1 AND kind = ?2 AND id > ?3 \
            ORDER BY id LIMIT ?4";

        Data ENTRY_BODY = "SELECT write_hash, body FROM entries WHERE person_id = ?1 AND write_hash = ?2";
        Data ENTRIES_SKIPPED = "SELECT write_hash, body FROM entries WHERE person_id = ?1 AND kind = ?2 \
            ORDER BY id DESC LIMIT ?3 OFFSET ?4";

        Data COUNTERS = "SELECT name, value FROM counters ORDER BY name";
        Data META_PUT_ONE = "INSERT INTO meta (name, value) VALUES (?1, ?2) \
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        Data META_TEXT = "SELECT value FROM meta WHERE name = ?1";
        Data QUARANTINE = "SELECT at, reason, fingerprint FROM quarantine ORDER BY at DESC LIMIT ?1";
    }
    many {
        Keys PERSON_KEYS_INSERT = "INSERT INTO person_keys (person_id, dek) VALUES ", "(?,?)", "";
        Keys PERSON_KEYS_UPDATE = "UPDATE person_keys SET dek = v.column2 FROM (VALUES ", "(?,?)",
            ") AS v WHERE person_keys.person_id = v.column1";
        Data INBOX_KNOWN = "SELECT key_hash FROM inbox WHERE key_hash IN (", "?", ")";
        Data INBOX_INSERT = "INSERT INTO inbox (key_hash, day) VALUES ", "(?,?)", "";
        Data ACCOUNTS_FIND = "SELECT account_hash, person_id FROM accounts WHERE account_hash IN (", "?", ")";
        Data ACCOUNTS_DELETE = "DELETE FROM accounts WHERE account_hash IN (VALUES ", "(?)", ")";
        Data FORGETTING_INSERT = "INSERT OR IGNORE INTO forgetting (person_id, heir_id, day, key_hash) VALUES ", "(?,?,?,?)", "";
        Data FORMER_KEYS_INSERT = "INSERT OR IGNORE INTO former_keys (key_hash, person_id) VALUES ", "(?,?)", "";
        Data SILENCES_PUT = "INSERT OR REPLACE INTO silences (person_id, due_at) VALUES ", "(?,?)", "";
        Data LINK_CODES_PUT = "INSERT OR REPLACE INTO link_codes (person_id, code_hash, expires_at) VALUES ",
            "(?,?,?)", "";
        Data LINK_GUESSES_PUT = "INSERT INTO link_guesses (account_hash, until_at, count) VALUES ", "(?,?,?)",
            " ON CONFLICT (account_hash) DO UPDATE SET until_at = excluded.until_at, count = excluded.count";
        Data JOIN_OUTBOX_MOVE = "UPDATE outbox SET person_id = v.column2, item = v.column3 FROM (VALUES ", "(?,?,?)",
            ") AS v WHERE outbox.id = v.column1";
        Data JOIN_SESSIONS_MOVE = "UPDATE sessions SET live = 0, person_id = v.column2, state = v.column3 \
            FROM (VALUES ", "(?,?,?)", ") AS v WHERE sessions.id = v.column1";
        Data JOIN_PLANS_MOVE = "UPDATE plans SET person_id = v.column2, name_hash = v.column3, body = v.column4 \
            FROM (VALUES ", "(?,?,?,?)", ") AS v WHERE plans.id = v.column1";
        Data JOIN_ENTRIES_MOVE = "UPDATE entries SET person_id = v.column2, body = v.column3 FROM (VALUES ", "(?,?,?)",
            ") AS v WHERE entries.id = v.column1";
        Data ACCOUNTS_INSERT = "INSERT INTO accounts (account_hash, person_id) VALUES ", "(?,?)", "";
        Data PERSONS_INSERT = "INSERT INTO persons (id, rev, profile) VALUES ", "(?,1,?)", "";
        Data PERSONS_UPDATE = "UPDATE persons SET rev = rev + 1, profile = v.column3 FROM (VALUES ", "(?,?,?)",
            ") AS v WHERE persons.id = v.column1 AND persons.rev = v.column2";
        Data SESSIONS_INSERT = "INSERT INTO sessions (id, person_id, live, rev, timer_at, state) VALUES ",
            "(?,?,?,1,?,?)", "";
        Data SESSIONS_UPDATE = "UPDATE sessions SET rev = rev + 1, live = v.column4, timer_at = v.column5, \
            state = v.column6 FROM (VALUES ", "(?,?,?,?,?,?)",
            ") AS v WHERE sessions.id = v.column1 AND sessions.person_id = v.column2 AND sessions.rev = v.column3";
        Data SHOWN_PUT = "INSERT INTO shown (session_id, turn, place, platform) \
            SELECT column1, column2, column3, column4 FROM (VALUES ", "(?,?,?,?)", ") WHERE EXISTS (SELECT 1 FROM sessions WHERE id = column1) \
            ON CONFLICT (session_id) DO UPDATE \
            SET turn = excluded.turn, place = excluded.place, platform = excluded.platform";
        Data SAID_INSERT = "INSERT INTO said (person_id, platform, place, hour) \
            SELECT column1, column2, column3, column4 FROM (VALUES ", "(?,?,?,?)",
            ") WHERE EXISTS (SELECT 1 FROM persons WHERE id = column1)";
        Data OUTBOX_INSERT = "INSERT INTO outbox (id, person_id, class, state, attempts, next_at, created_at, item) \
            VALUES ", "(?,?,?,?,0,?,?,?)", "";
        Data OUTBOX_UPDATE = "UPDATE outbox SET state = v.column2, attempts = v.column3, next_at = v.column4 \
            FROM (VALUES ", "(?,?,?,?)", ") AS v WHERE outbox.id = v.column1";
        Data PLANS_PUT = "INSERT INTO plans (person_id, name_hash, due_at, body) VALUES ", "(?,?,?,?)",
            " ON CONFLICT (person_id, name_hash) DO UPDATE SET due_at = excluded.due_at, body = excluded.body";
        Data PLANS_DELETE = "DELETE FROM plans WHERE (person_id, name_hash) IN (VALUES ", "(?,?)", ")";
        Data OCCURRENCES_PUT = "INSERT INTO occurrences (plan_id, due_at, person_id, expires_at, state) \
            SELECT column1, column2, column3, column4, column5 FROM (VALUES ", "(?,?,?,?,?)",
            ") WHERE EXISTS (SELECT 1 FROM plans WHERE id = column1) \
            ON CONFLICT (plan_id, due_at) DO UPDATE SET expires_at = excluded.expires_at, state = excluded.state";
        Data ENTRIES_INSERT = "INSERT INTO entries (person_id, kind, write_hash, body) VALUES ", "(?,?,?,?)",
            " ON CONFLICT (write_hash) DO NOTHING";
        Data ENTRIES_UPDATE = "UPDATE entries SET body = v.column3 FROM (VALUES ", "(?,?,?)",
            ") AS v WHERE entries.person_id = v.column1 AND entries.write_hash = v.column2";
        Data ENTRIES_DELETE = "DELETE FROM entries WHERE (person_id, write_hash) IN (VALUES ", "(?,?)", ")";
        Data QUARANTINE_PUT = "INSERT OR REPLACE INTO quarantine (key_hash, at, reason, fingerprint) VALUES ",
            "(?,?,?,?)", "";
        Data COUNTERS_ADD = "INSERT INTO counters (name, value) VALUES ", "(?,?)",
            " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";
        Data META_PUT = "INSERT INTO meta (name, value) VALUES ", "(?,?)",
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    }
}
