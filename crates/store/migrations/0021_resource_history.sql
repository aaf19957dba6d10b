-- Who was given which role on which resource, from when to when, and what else decided on resources at a time.

-- step: resource_role_history (as role_history, for what mappings and grants give on a resource itself; what a role on its organization gives there is derived from role_history)
CREATE TABLE IF NOT EXISTS resource_role_history (
    user_id     TEXT    NOT NULL,
    resource_id TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    sources     TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    until       INTEGER,
    begun_by    INTEGER NOT NULL,
    ended_by    INTEGER,
    PRIMARY KEY (user_id, resource_id, number)
);

-- step: roles in force by resource (a statement must say "until IS NULL" literally to use it)
CREATE INDEX IF NOT EXISTS resource_role_history_open ON resource_role_history (resource_id, user_id) WHERE until IS NULL;

-- step: resource_retells (as retells: resources whose people are told anew, a slice at a time)
CREATE TABLE IF NOT EXISTS resource_retells (
    audit       INTEGER NOT NULL,
    resource_id TEXT    NOT NULL,
    recorded    INTEGER NOT NULL,
    after_user  TEXT    NOT NULL,
    PRIMARY KEY (audit, resource_id)
);

-- step: roles on resources from before the history
INSERT INTO resource_retells (audit, resource_id, recorded, after_user)
SELECT 0, id, 0, '' FROM organization_resources
WHERE id IN (SELECT resource_id FROM resource_mappings) OR id IN (SELECT resource_id FROM resource_grants)
ON CONFLICT DO NOTHING;

-- step: fact_history (each change of what decides beside mappings and grants: whether a user is active, the base resource role of an organization, the visibility of a resource; empty for what is not there)
CREATE TABLE IF NOT EXISTS fact_history (
    subject_id TEXT    NOT NULL,
    audit      INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    old        TEXT    NOT NULL,
    new        TEXT    NOT NULL,
    PRIMARY KEY (subject_id, audit)
);

-- step: deleted_resources (what a resource was that is gone: its history is asked for by its name)
CREATE TABLE IF NOT EXISTS deleted_resources (
    id              TEXT    NOT NULL PRIMARY KEY,
    organization_id TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    name_key        TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    kind_key        TEXT    NOT NULL,
    visibility      TEXT    NOT NULL,
    created         INTEGER NOT NULL,
    version         INTEGER NOT NULL
);

-- step: deleted_resources by name
CREATE INDEX IF NOT EXISTS deleted_resources_name ON deleted_resources (organization_id, name_key);
