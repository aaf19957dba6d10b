-- The request that made a change, in its audit entry (an entry without one has the form it always had), and what an administrator says
-- about who sends requests.

-- step: audit_request_id
ALTER TABLE audit_entries ADD COLUMN IF NOT EXISTS request_id TEXT;

-- step: audit_address
ALTER TABLE audit_entries ADD COLUMN IF NOT EXISTS address TEXT;

-- step: audit_user_agent
ALTER TABLE audit_entries ADD COLUMN IF NOT EXISTS user_agent TEXT;

-- step: directory_idps (which identity provider a directory is of, where an administrator has said so)
CREATE TABLE IF NOT EXISTS directory_idps (
    directory_id TEXT NOT NULL PRIMARY KEY REFERENCES directories (id),
    idp          TEXT NOT NULL
);
