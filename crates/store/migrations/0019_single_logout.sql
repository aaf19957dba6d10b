-- What logout requests need: how the identity provider names the session's user, and the key that signs for this service.

-- step: sessions: the format of the NameID
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS name_id_format TEXT;

-- step: sessions by NameID
CREATE INDEX IF NOT EXISTS sessions_name_id ON sessions (directory_id, name_id);

-- step: saml_keys (the key that signs logout messages, with its certificate; one for all processes on this database)
CREATE TABLE IF NOT EXISTS saml_keys (
    purpose     TEXT    NOT NULL PRIMARY KEY,
    private_key BLOB    NOT NULL,
    certificate BLOB    NOT NULL,
    created     INTEGER NOT NULL
);
