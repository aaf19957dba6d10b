-- The request log: a database of its own beside the main one. A file of an older version gets what it lacks; one with another version is
-- set aside and begun anew.

-- step: requests
CREATE TABLE IF NOT EXISTS requests (
    id             INTEGER NOT NULL PRIMARY KEY,
    received       INTEGER NOT NULL,
    request_id     TEXT    NOT NULL,
    directory_id   TEXT,
    directory      TEXT,
    token_id       TEXT,
    token          TEXT,
    authenticated  INTEGER NOT NULL CHECK (authenticated IN (0, 1)),
    method         TEXT    NOT NULL,
    path           TEXT    NOT NULL,
    operation      TEXT    NOT NULL,
    target_type    TEXT,
    target_id      TEXT,
    target         TEXT,
    target_key     TEXT,
    status         INTEGER NOT NULL,
    scim_type      TEXT,
    detail         TEXT,
    explanation    TEXT,
    advice         TEXT,
    duration       INTEGER NOT NULL,
    notes          TEXT    NOT NULL,
    address        TEXT,
    user_agent     TEXT,
    failed         INTEGER NOT NULL DEFAULT 0,
    failures       TEXT
);

-- step: requests_by_directory
CREATE INDEX IF NOT EXISTS requests_directory ON requests (directory_id, id);

-- step: requests_by_caller
CREATE INDEX IF NOT EXISTS requests_authenticated ON requests (authenticated, id);

-- step: failed_operations
CREATE TABLE IF NOT EXISTS failed_operations (
    request_row    INTEGER NOT NULL,
    number         INTEGER NOT NULL,
    status         INTEGER NOT NULL,
    target_id      TEXT,
    target_key     TEXT,
    PRIMARY KEY (request_row, number)
);

-- step: request_bodies
CREATE TABLE IF NOT EXISTS request_bodies (
    id             INTEGER NOT NULL PRIMARY KEY,
    request        TEXT,
    request_bytes  INTEGER NOT NULL,
    response       TEXT,
    response_bytes INTEGER NOT NULL
);

-- step: activity
CREATE TABLE IF NOT EXISTS activity (
    directory_id   TEXT    NOT NULL PRIMARY KEY,
    last_request   INTEGER NOT NULL,
    last_success   INTEGER,
    refused_since  INTEGER,
    failed_writes  INTEGER NOT NULL,
    last_error     INTEGER,
    last_error_status INTEGER,
    last_error_id  TEXT,
    last_error_text TEXT,
    last_error_advice TEXT,
    idp            TEXT
);
