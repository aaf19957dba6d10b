-- The audit trail of the whole database. Entries are added and never changed; each is chained to the one before it by its hash.

-- step: audit_entries (no references: an entry outlives what it tells of)
CREATE TABLE IF NOT EXISTS audit_entries (
    sequence     INTEGER NOT NULL PRIMARY KEY,
    recorded     INTEGER NOT NULL,
    actor_kind   TEXT    NOT NULL,
    actor_id     TEXT,
    actor        TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    directory_id TEXT,
    changes      TEXT    NOT NULL,
    hash         BLOB    NOT NULL
);

-- step: audit_head (the one row says which entry is the last, so that entries missing at the end are noticed)
CREATE TABLE IF NOT EXISTS audit_head (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash     BLOB    NOT NULL
);
