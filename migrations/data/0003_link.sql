-- A code that joins an account to this person: one per person, the newest.
CREATE TABLE link_codes (
    person_id INTEGER PRIMARY KEY REFERENCES persons (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL
) STRICT;

-- Wrong codes that an account has typed. They outlive the person, who may be forgotten between two of them.
CREATE TABLE link_guesses (
    account_hash BLOB PRIMARY KEY NOT NULL,
    until_at INTEGER NOT NULL,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- People who became one with another, and whose key is still to be destroyed.
CREATE TABLE absorbed (
    person_id INTEGER PRIMARY KEY
) STRICT;

-- A message stands on one platform, and its session may go on on another.
ALTER TABLE shown ADD COLUMN platform TEXT NOT NULL DEFAULT 'telegram';
