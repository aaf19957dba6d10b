-- What a directory accepts or refuses otherwise than its dialect.

-- step: directory_quirks
CREATE TABLE IF NOT EXISTS directory_quirks (
    directory_id TEXT    NOT NULL REFERENCES directories (id),
    quirk        TEXT    NOT NULL,
    accepted     INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    PRIMARY KEY (directory_id, quirk)
);
