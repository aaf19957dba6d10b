-- Begun sign-ins that ask the user anew, and deleted users by name.

-- step: sign_in_requests: whether the user is to prove anew who she is
ALTER TABLE sign_in_requests ADD COLUMN IF NOT EXISTS anew INTEGER NOT NULL DEFAULT 0;

-- step: tombstones: the name as it is compared (rows that are older have none until somebody of the directory is looked for)
ALTER TABLE tombstones ADD COLUMN IF NOT EXISTS name_key TEXT;

-- step: tombstones by name
CREATE INDEX IF NOT EXISTS tombstones_name ON tombstones (directory_id, name_key);
