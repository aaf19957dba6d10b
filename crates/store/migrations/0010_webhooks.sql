-- Webhooks: where events are sent, and how far each has come.

-- step: webhooks (directory_id has no reference: a webhook outlives the directory whose events it wants)
CREATE TABLE IF NOT EXISTS webhooks (
    id               TEXT    NOT NULL PRIMARY KEY,
    url              TEXT    NOT NULL,
    types            TEXT    NOT NULL,
    directory_id     TEXT,
    format           TEXT    NOT NULL,
    secret           BLOB    NOT NULL,
    old_secret       BLOB,
    old_secret_until INTEGER,
    paused           INTEGER NOT NULL CHECK (paused IN (0, 1)),
    created          INTEGER NOT NULL,
    acknowledged     INTEGER NOT NULL,
    attempts         INTEGER NOT NULL,
    failing_since    INTEGER,
    next_attempt     INTEGER,
    tested           INTEGER
);

-- step: deliveries (one row an event; sequence 0 is the last test)
CREATE TABLE IF NOT EXISTS deliveries (
    webhook_id TEXT    NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    sequence   INTEGER NOT NULL,
    event_id   TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    attempts   INTEGER NOT NULL,
    answer     INTEGER,
    detail     TEXT    NOT NULL,
    attempted  INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, sequence)
);
