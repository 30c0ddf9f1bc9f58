-- People who are being forgotten, from the decision until their receipt is on its way. `key_hash` is what the ledger
-- remembers of them, `heir_id` the stranger who gets the receipt, `counts` what was deleted, once it is.
CREATE TABLE forgetting (
    person_id INTEGER PRIMARY KEY,
    heir_id INTEGER,
    day INTEGER NOT NULL,
    key_hash BLOB,
    counts TEXT
) STRICT;

-- Keys of people who became one with this person: old backups know them by these.
CREATE TABLE former_keys (
    key_hash BLOB PRIMARY KEY NOT NULL,
    person_id INTEGER NOT NULL REFERENCES persons (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX former_keys_of_person ON former_keys (person_id);
