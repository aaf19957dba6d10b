-- When the user of a session has proved who she is, and how the identity provider qualifies its name of her.

-- step: sessions: when she has proved it (sessions that are older: when they were opened)
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS authenticated INTEGER;

-- step: sessions: whether she was asked to prove it anew
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS anew INTEGER NOT NULL DEFAULT 0;

-- step: sessions: the domain of the NameID
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS name_qualifier TEXT;

-- step: sessions: for whom the NameID was made
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS sp_name_qualifier TEXT;
