-- Where the message of a session's newest turn stands on its platform, so that it is edited there after a restart.
CREATE TABLE shown (
    session_id INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    place TEXT NOT NULL
) STRICT;
