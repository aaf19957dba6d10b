-- Sessions of users who have signed in. What ends a session deletes its row: a dead session cannot come back.

-- step: sessions (no reference to users: whoever deletes or deactivates a user ends the sessions in the same transaction)
CREATE TABLE IF NOT EXISTS sessions (
    id            TEXT    NOT NULL PRIMARY KEY,
    cookie_hash   BLOB    NOT NULL,
    user_id       TEXT    NOT NULL,
    directory_id  TEXT    NOT NULL,
    created       INTEGER NOT NULL,
    expires       INTEGER NOT NULL,
    last_used     INTEGER NOT NULL,
    address       TEXT,
    user_agent    TEXT,
    name_id       TEXT,
    session_index TEXT
);

-- step: sessions by cookie
CREATE UNIQUE INDEX IF NOT EXISTS sessions_cookie ON sessions (cookie_hash);

-- step: sessions by user
CREATE INDEX IF NOT EXISTS sessions_user ON sessions (user_id, id);

-- step: sessions by their end
CREATE INDEX IF NOT EXISTS sessions_expires ON sessions (expires);
