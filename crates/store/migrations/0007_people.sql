-- Server admins, and tokens of users. Local people and bots are users of two directories that the program makes when it needs
-- them (docs/decisions/0008).

-- step: server_admins
CREATE TABLE IF NOT EXISTS server_admins (
    user_id    TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    granted    INTEGER NOT NULL,
    granted_by TEXT    NOT NULL
);

-- step: api_token_users (in whose name a token acts; a token that acts for itself has no row)
CREATE TABLE IF NOT EXISTS api_token_users (
    token_id TEXT NOT NULL PRIMARY KEY REFERENCES api_tokens (id) ON DELETE CASCADE,
    user_id  TEXT NOT NULL REFERENCES users (id)
);

-- step: api_token_users by user
CREATE INDEX IF NOT EXISTS api_token_users_user ON api_token_users (user_id);
