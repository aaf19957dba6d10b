-- Requests of the API that were sent with an Idempotency-Key, so that the same request sent again is not carried out again.

-- step: idempotency_keys (no references: a key outlives its token)
CREATE TABLE IF NOT EXISTS idempotency_keys (
    token_id    TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    attempt     BLOB    NOT NULL,
    fingerprint BLOB    NOT NULL,
    created     INTEGER NOT NULL,
    status      INTEGER,
    answer      TEXT,
    PRIMARY KEY (token_id, key)
);

-- step: idempotency_keys by age
CREATE INDEX IF NOT EXISTS idempotency_keys_created ON idempotency_keys (created);
