-- When something is to be done about somebody's silence: first a notice, then everything of theirs goes.
CREATE TABLE silences (
    person_id INTEGER PRIMARY KEY REFERENCES persons (id) ON DELETE CASCADE,
    due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX silences_by_due ON silences (due_at, person_id);

-- Nobody knows since when those who are here are silent: their year begins now.
INSERT INTO silences (person_id, due_at) SELECT id, (unixepoch() + 365 * 86400) * 1000 FROM persons;
