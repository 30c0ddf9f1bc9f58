-- Wrapped keys only. Kept apart from data.db, so that a key deleted here makes old backups of the data unreadable.
CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    master_check BLOB NOT NULL,
    pepper BLOB NOT NULL
) STRICT;

CREATE TABLE person_keys (
    person_id INTEGER PRIMARY KEY,
    dek BLOB NOT NULL
) STRICT;
