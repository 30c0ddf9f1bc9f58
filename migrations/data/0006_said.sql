-- Messages of the last two days on platforms where the bot may delete what it cannot list. Only ever appended and pruned by
-- `hour`, hours since 1970; whoever needs those of one person reads it all, so that no turn pays for an index.
CREATE TABLE said (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    platform TEXT NOT NULL,
    place TEXT NOT NULL,
    hour INTEGER NOT NULL
) STRICT;
