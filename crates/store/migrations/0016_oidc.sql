-- Applications that let Enroll sign users in (OpenID Connect Core 1.0), and what they were given. Whoever ends a session deletes
-- what was given in it; whoever deletes a client deletes what it was given.

-- step: clients
CREATE TABLE IF NOT EXISTS clients (
    id               TEXT    NOT NULL PRIMARY KEY,
    name             TEXT    NOT NULL,
    kind             TEXT    NOT NULL CHECK (kind IN ('confidential', 'public')),
    secret_hash      BLOB,
    directory_id     TEXT,
    redirect_uris    TEXT    NOT NULL,
    post_logout_uris TEXT    NOT NULL,
    logout_uri       TEXT,
    scopes           TEXT    NOT NULL,
    algorithm        TEXT    NOT NULL,
    email_verified   INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
    created          INTEGER NOT NULL,
    version          INTEGER NOT NULL
);

-- step: client_authorizations (one for each code; a code is one use of it)
CREATE TABLE IF NOT EXISTS client_authorizations (
    id           TEXT    NOT NULL PRIMARY KEY,
    client_id    TEXT    NOT NULL,
    session_id   TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    nonce        TEXT,
    redirect_uri TEXT    NOT NULL,
    challenge    TEXT    NOT NULL,
    code_hash    BLOB    NOT NULL,
    code_expires INTEGER NOT NULL,
    redeemed     INTEGER,
    expires      INTEGER NOT NULL
);

-- step: client_authorizations by code
CREATE UNIQUE INDEX IF NOT EXISTS client_authorizations_code ON client_authorizations (code_hash);

-- step: client_authorizations by session
CREATE INDEX IF NOT EXISTS client_authorizations_session ON client_authorizations (session_id);

-- step: client_authorizations by client
CREATE INDEX IF NOT EXISTS client_authorizations_client ON client_authorizations (client_id);

-- step: client_authorizations by their end
CREATE INDEX IF NOT EXISTS client_authorizations_expires ON client_authorizations (expires);

-- step: client_tokens (a refresh token that was used stays, so that its second use is noticed)
CREATE TABLE IF NOT EXISTS client_tokens (
    token_hash       BLOB    NOT NULL PRIMARY KEY,
    authorization_id TEXT    NOT NULL REFERENCES client_authorizations (id) ON DELETE CASCADE,
    kind             TEXT    NOT NULL CHECK (kind IN ('access', 'refresh')),
    expires          INTEGER NOT NULL,
    used             INTEGER
);

-- step: client_tokens by authorization
CREATE INDEX IF NOT EXISTS client_tokens_authorization ON client_tokens (authorization_id);

-- step: client_tokens by their end
CREATE INDEX IF NOT EXISTS client_tokens_expires ON client_tokens (expires);

-- step: client_logouts (clients that have to be told that a session has ended)
CREATE TABLE IF NOT EXISTS client_logouts (
    id           TEXT    NOT NULL PRIMARY KEY,
    client_id    TEXT    NOT NULL,
    session_id   TEXT    NOT NULL,
    user_id      TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    next_attempt INTEGER NOT NULL
);

-- step: client_logouts by the time of their next attempt
CREATE INDEX IF NOT EXISTS client_logouts_next ON client_logouts (next_attempt);

-- step: signing_keys
CREATE TABLE IF NOT EXISTS signing_keys (
    id          TEXT    NOT NULL PRIMARY KEY,
    algorithm   TEXT    NOT NULL,
    private_key BLOB    NOT NULL,
    created     INTEGER NOT NULL,
    replaced    INTEGER
);

-- step: sign_in_returns (where somebody wanted to go before signing in)
CREATE TABLE IF NOT EXISTS sign_in_returns (
    key_hash BLOB    NOT NULL PRIMARY KEY,
    path     TEXT    NOT NULL,
    created  INTEGER NOT NULL,
    expires  INTEGER NOT NULL
);

-- step: sign_in_returns by their end
CREATE INDEX IF NOT EXISTS sign_in_returns_expires ON sign_in_returns (expires);
