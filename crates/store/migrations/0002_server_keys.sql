-- Keys that the server makes for itself. Every replica of a database uses the same.

-- step: server_keys
CREATE TABLE IF NOT EXISTS server_keys (
    purpose TEXT    NOT NULL PRIMARY KEY,
    secret  BLOB    NOT NULL,
    created INTEGER NOT NULL
);
