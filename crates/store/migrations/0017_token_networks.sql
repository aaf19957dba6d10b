-- From where a SCIM token may be used (enrollment.md 5.1).

-- step: scim_tokens.allow_from (networks with commas between; without a value, from anywhere)
ALTER TABLE scim_tokens ADD COLUMN IF NOT EXISTS allow_from TEXT;
