-- Instants are milliseconds since 1970, days are days since 1970. Sealed columns and keyed hashes: src/store/columns.rs.

CREATE TABLE meta (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
    name TEXT PRIMARY KEY NOT NULL,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT wherever an id may stand in an old backup, an event key or a platform's nonce: it must never come again.
CREATE TABLE persons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rev INTEGER NOT NULL,
    profile BLOB NOT NULL
) STRICT;

CREATE TABLE accounts (
    account_hash BLOB PRIMARY KEY NOT NULL,
    person_id INTEGER NOT NULL REFERENCES persons (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_of_person ON accounts (person_id);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    live INTEGER NOT NULL CHECK (live IN (0, 1)),
    rev INTEGER NOT NULL,
    timer_at INTEGER,
    state BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX sessions_one_live ON sessions (person_id) WHERE live = 1;
CREATE INDEX sessions_of_person ON sessions (person_id);
CREATE INDEX sessions_by_timer ON sessions (timer_at, person_id) WHERE timer_at IS NOT NULL;

CREATE TABLE inbox (
    key_hash BLOB PRIMARY KEY NOT NULL,
    day INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 2),
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    item BLOB NOT NULL
) STRICT;
-- Rows being sent (state 1) are left out: a reply is born and dies in that state and never touches the index.
CREATE INDEX outbox_by_time ON outbox (next_at, id) WHERE state <> 1;

CREATE TABLE plans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    name_hash BLOB NOT NULL,
    due_at INTEGER,
    body BLOB NOT NULL,
    UNIQUE (person_id, name_hash)
) STRICT;
CREATE INDEX plans_by_due ON plans (due_at, person_id) WHERE due_at IS NOT NULL;

CREATE TABLE occurrences (
    plan_id INTEGER NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    due_at INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
    PRIMARY KEY (plan_id, due_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX occurrences_queued ON occurrences (person_id, due_at) WHERE state = 0;
CREATE INDEX occurrences_expiring ON occurrences (expires_at) WHERE state = 0;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
    write_hash BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX entries_of_person ON entries (person_id, kind, id);

CREATE TABLE quarantine (
    key_hash BLOB PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    fingerprint TEXT NOT NULL
) STRICT, WITHOUT ROWID;
