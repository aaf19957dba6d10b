-- The feed of events: an ordered list without gaps of what has changed, written in the transaction of the change.

-- step: events (what a change was is told by its audit entry; the columns that may be NULL hold what follows from it: roles)
CREATE TABLE IF NOT EXISTS events (
    sequence     INTEGER NOT NULL PRIMARY KEY,
    audit        INTEGER NOT NULL,
    type         TEXT,
    directory_id TEXT,
    subject_id   TEXT,
    subject      TEXT,
    data         TEXT
);

-- step: role_history (which role a user had where, from when to when, as it was told; until is NULL for what is in force)
CREATE TABLE IF NOT EXISTS role_history (
    user_id         TEXT    NOT NULL,
    organization_id TEXT    NOT NULL,
    number          INTEGER NOT NULL,
    role            TEXT,
    sources         TEXT    NOT NULL,
    since           INTEGER NOT NULL,
    until           INTEGER,
    begun_by        INTEGER NOT NULL,
    ended_by        INTEGER,
    PRIMARY KEY (user_id, organization_id, number)
);

-- step: roles in force by organization (a statement must say "until IS NULL" literally to use it)
CREATE INDEX IF NOT EXISTS role_history_open ON role_history (organization_id, user_id) WHERE until IS NULL;

-- step: retells (organizations whose members are told anew, a slice at a time; audit 0 stands for what was before the history)
CREATE TABLE IF NOT EXISTS retells (
    audit           INTEGER NOT NULL,
    organization_id TEXT    NOT NULL,
    recorded        INTEGER NOT NULL,
    after_user      TEXT    NOT NULL,
    PRIMARY KEY (audit, organization_id)
);

-- step: roles from before the history
INSERT INTO retells (audit, organization_id, recorded, after_user)
SELECT 0, id, 0, '' FROM organizations WHERE 1 = 1 ON CONFLICT DO NOTHING;

-- step: leases (which process does a piece of background work, and until when it may)
CREATE TABLE IF NOT EXISTS leases (
    name   TEXT    NOT NULL PRIMARY KEY,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
);
