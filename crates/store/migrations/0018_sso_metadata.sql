-- Connections whose metadata is fetched, and the e-mail domains whose people sign in by a directory.

-- step: sso_metadata (where the metadata of a connection is fetched from, and what came of it the last time)
CREATE TABLE IF NOT EXISTS sso_metadata (
    directory_id TEXT    NOT NULL PRIMARY KEY,
    url          TEXT    NOT NULL,
    tried        INTEGER NOT NULL,
    fetched      INTEGER NOT NULL,
    failed       INTEGER,
    failure      TEXT,
    changed      INTEGER,
    changes      TEXT
);

-- step: sso_metadata by the time of the last attempt
CREATE INDEX IF NOT EXISTS sso_metadata_tried ON sso_metadata (tried);

-- step: sign_in_domains (a domain leads to one directory)
CREATE TABLE IF NOT EXISTS sign_in_domains (
    domain       TEXT NOT NULL PRIMARY KEY,
    directory_id TEXT NOT NULL
);

-- step: sign_in_domains by directory
CREATE INDEX IF NOT EXISTS sign_in_domains_directory ON sign_in_domains (directory_id, domain);
