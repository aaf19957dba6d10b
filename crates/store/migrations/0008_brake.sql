-- The brake of a directory, and who has lost access lately (enrollment.md 3.9).

-- step: directory_brakes (no limits: the brake is off)
CREATE TABLE IF NOT EXISTS directory_brakes (
    directory_id   TEXT    NOT NULL PRIMARY KEY REFERENCES directories (id),
    people         INTEGER,
    percent        INTEGER,
    window_minutes INTEGER,
    paused         INTEGER NOT NULL CHECK (paused IN (0, 1)),
    held           INTEGER,
    held_request   TEXT,
    approved_until INTEGER
);

-- step: losses (one row a user, so that nobody counts twice; no reference: a deleted user has lost access too)
CREATE TABLE IF NOT EXISTS losses (
    directory_id TEXT    NOT NULL REFERENCES directories (id),
    user_id      TEXT    NOT NULL,
    lost         INTEGER NOT NULL,
    PRIMARY KEY (directory_id, user_id)
);

-- step: losses by time
CREATE INDEX IF NOT EXISTS losses_lost ON losses (directory_id, lost);
