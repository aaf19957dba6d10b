-- The request that made a change, in its entry; an entry without one has the form it always had.

-- step: audit_request_id
ALTER TABLE audit_entries ADD COLUMN IF NOT EXISTS request_id TEXT;

-- step: audit_address
ALTER TABLE audit_entries ADD COLUMN IF NOT EXISTS address TEXT;

-- step: audit_user_agent
ALTER TABLE audit_entries ADD COLUMN IF NOT EXISTS user_agent TEXT;
