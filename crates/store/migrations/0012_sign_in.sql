-- Sign-in by SAML: the connections of directories, what is under way, and what was used up (threats A13, A14).

-- step: sso_connections (the settings are one document; no statement looks into it)
CREATE TABLE IF NOT EXISTS sso_connections (
    directory_id TEXT    NOT NULL PRIMARY KEY,
    settings     TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    updated      INTEGER NOT NULL
);

-- step: sign_in_requests (begun sign-ins: each is of one browser, and is used once)
CREATE TABLE IF NOT EXISTS sign_in_requests (
    relay_state  TEXT    NOT NULL PRIMARY KEY,
    directory_id TEXT    NOT NULL,
    request_id   TEXT    NOT NULL,
    browser_hash BLOB    NOT NULL,
    return_path  TEXT    NOT NULL,
    begun        INTEGER NOT NULL,
    expires      INTEGER NOT NULL
);

-- step: sign_in_requests by their end
CREATE INDEX IF NOT EXISTS sign_in_requests_expires ON sign_in_requests (directory_id, expires);

-- step: used_assertions
CREATE TABLE IF NOT EXISTS used_assertions (
    directory_id TEXT    NOT NULL,
    issuer       TEXT    NOT NULL,
    assertion_id TEXT    NOT NULL,
    expires      INTEGER NOT NULL,
    PRIMARY KEY (directory_id, issuer, assertion_id)
);

-- step: used_assertions by their end
CREATE INDEX IF NOT EXISTS used_assertions_expires ON used_assertions (directory_id, expires);

-- step: sign_ins (what was checked, for administrators; the last of each directory)
CREATE TABLE IF NOT EXISTS sign_ins (
    id           TEXT    NOT NULL PRIMARY KEY,
    directory_id TEXT    NOT NULL,
    verified     INTEGER NOT NULL CHECK (verified IN (0, 1)),
    at           INTEGER NOT NULL,
    code         TEXT    NOT NULL,
    user_id      TEXT,
    request      TEXT,
    steps        TEXT    NOT NULL
);

-- step: sign_ins by directory
CREATE INDEX IF NOT EXISTS sign_ins_directory ON sign_ins (directory_id, verified, id);

-- step: sign_in_groups (groups that a sign-in has made: SCIM has not pushed them)
CREATE TABLE IF NOT EXISTS sign_in_groups (
    group_id     TEXT NOT NULL PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    directory_id TEXT NOT NULL
);
