-- Directories, users, groups, organizations and what ties them together.
--
-- One statement a step, so that a step is done or not done. Portable: TEXT, INTEGER and BLOB only. Ids are UUIDs as hyphenated
-- lower-case text, times are milliseconds since 1970, booleans are 0 and 1. Columns named *_key hold folded text.
-- Every unique rule is an index with a name, because the name is what an error tells.

-- step: directories
CREATE TABLE IF NOT EXISTS directories (
    id      TEXT    NOT NULL PRIMARY KEY,
    name    TEXT    NOT NULL,
    dialect TEXT    NOT NULL CHECK (dialect IN ('compat', 'strict')),
    rebind  TEXT    NOT NULL CHECK (rebind IN ('confirm', 'by-name')),
    created INTEGER NOT NULL
);

-- step: directories by name
CREATE UNIQUE INDEX IF NOT EXISTS directories_name ON directories (name);

-- step: users
CREATE TABLE IF NOT EXISTS users (
    id               TEXT    NOT NULL PRIMARY KEY,
    directory_id     TEXT    NOT NULL REFERENCES directories (id),
    user_name        TEXT    NOT NULL,
    user_name_key    TEXT    NOT NULL,
    display_name_key TEXT,
    external_id      TEXT,
    active           INTEGER NOT NULL CHECK (active IN (0, 1)),
    handle           TEXT    NOT NULL,
    created          INTEGER NOT NULL,
    last_modified    INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    document         TEXT    NOT NULL
);

-- step: users by userName
CREATE UNIQUE INDEX IF NOT EXISTS users_user_name ON users (directory_id, user_name_key);

-- step: users by handle
CREATE UNIQUE INDEX IF NOT EXISTS users_handle ON users (handle);

-- step: users in the order of pages
CREATE INDEX IF NOT EXISTS users_page ON users (directory_id, id);

-- step: users by externalId
CREATE INDEX IF NOT EXISTS users_external_id ON users (directory_id, external_id);

-- step: users by displayName
CREATE INDEX IF NOT EXISTS users_display_name ON users (directory_id, display_name_key);

-- step: users by lastModified
CREATE INDEX IF NOT EXISTS users_last_modified ON users (directory_id, last_modified);

-- step: users by created
CREATE INDEX IF NOT EXISTS users_created ON users (directory_id, created);

-- step: users that are not active (few; a statement must say "active = 0" literally to use it)
CREATE INDEX IF NOT EXISTS users_inactive ON users (directory_id, id) WHERE active = 0;

-- step: user_emails
CREATE TABLE IF NOT EXISTS user_emails (
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    directory_id TEXT    NOT NULL,
    type_key     TEXT,
    value_key    TEXT,
    PRIMARY KEY (user_id, position)
);

-- step: user_emails by value
CREATE INDEX IF NOT EXISTS user_emails_value ON user_emails (directory_id, value_key, type_key);

-- step: groups
CREATE TABLE IF NOT EXISTS groups (
    id               TEXT    NOT NULL PRIMARY KEY,
    directory_id     TEXT    NOT NULL REFERENCES directories (id),
    display_name     TEXT    NOT NULL,
    display_name_key TEXT    NOT NULL,
    external_id      TEXT,
    created          INTEGER NOT NULL,
    last_modified    INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    document         TEXT    NOT NULL
);

-- step: groups by displayName
CREATE UNIQUE INDEX IF NOT EXISTS groups_display_name ON groups (directory_id, display_name_key);

-- step: groups in the order of pages
CREATE INDEX IF NOT EXISTS groups_page ON groups (directory_id, id);

-- step: groups by externalId
CREATE INDEX IF NOT EXISTS groups_external_id ON groups (directory_id, external_id);

-- step: groups by lastModified
CREATE INDEX IF NOT EXISTS groups_last_modified ON groups (directory_id, last_modified);

-- step: groups by created
CREATE INDEX IF NOT EXISTS groups_created ON groups (directory_id, created);

-- step: group_members (a member is a user or a group, so there is no foreign key on it: deleting one is done by the program)
CREATE TABLE IF NOT EXISTS group_members (
    group_id     TEXT    NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    member_id    TEXT    NOT NULL,
    member_type  TEXT    NOT NULL CHECK (member_type IN ('User', 'Group')),
    directory_id TEXT    NOT NULL,
    added        INTEGER NOT NULL,
    PRIMARY KEY (group_id, member_id)
);

-- step: group_members by member
CREATE INDEX IF NOT EXISTS group_members_member ON group_members (member_id, group_id);

-- step: groups in groups (few; a statement must say "member_type = 'Group'" literally to use it)
CREATE INDEX IF NOT EXISTS group_members_nested ON group_members (directory_id, group_id, member_id) WHERE member_type = 'Group';

-- step: handles (one name space for users and organizations; a tombstone keeps the handle of somebody who is gone)
CREATE TABLE IF NOT EXISTS handles (
    handle     TEXT NOT NULL PRIMARY KEY,
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'organization', 'tombstone')),
    owner_id   TEXT NOT NULL
);

-- step: tombstones
CREATE TABLE IF NOT EXISTS tombstones (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    directory_id TEXT    NOT NULL,
    handle       TEXT,
    name         TEXT    NOT NULL,
    deleted      INTEGER NOT NULL,
    deleted_by   TEXT    NOT NULL
);

-- step: organizations
CREATE TABLE IF NOT EXISTS organizations (
    id                 TEXT    NOT NULL PRIMARY KEY,
    name               TEXT    NOT NULL,
    display_name       TEXT    NOT NULL,
    description        TEXT    NOT NULL,
    base_resource_role TEXT    NOT NULL DEFAULT 'write',
    created            INTEGER NOT NULL,
    version            INTEGER NOT NULL
);

-- step: organizations by name
CREATE UNIQUE INDEX IF NOT EXISTS organizations_name ON organizations (name);

-- step: mappings (group_id has no foreign key: a mapping outlives its group and is then "lost")
CREATE TABLE IF NOT EXISTS mappings (
    id              TEXT    NOT NULL PRIMARY KEY,
    directory_id    TEXT    NOT NULL REFERENCES directories (id),
    group_name      TEXT    NOT NULL,
    group_name_key  TEXT    NOT NULL,
    group_id        TEXT,
    binding         TEXT    NOT NULL CHECK (binding IN ('waiting', 'bound', 'lost')),
    organization_id TEXT    NOT NULL REFERENCES organizations (id),
    role            TEXT    NOT NULL,
    paused          INTEGER NOT NULL CHECK (paused IN (0, 1)),
    created         INTEGER NOT NULL
);

-- step: one bound mapping of a group to an organization
CREATE UNIQUE INDEX IF NOT EXISTS mappings_bound ON mappings (group_id, organization_id) WHERE binding = 'bound';

-- step: one waiting mapping of a group name to an organization
CREATE UNIQUE INDEX IF NOT EXISTS mappings_waiting ON mappings (directory_id, group_name_key, organization_id) WHERE binding = 'waiting';

-- step: mappings by organization
CREATE INDEX IF NOT EXISTS mappings_organization ON mappings (organization_id);

-- step: mappings by group
CREATE INDEX IF NOT EXISTS mappings_group ON mappings (group_id);

-- step: mappings by group name
CREATE INDEX IF NOT EXISTS mappings_group_name ON mappings (directory_id, group_name_key);

-- step: grants
CREATE TABLE IF NOT EXISTS grants (
    id              TEXT    NOT NULL PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    organization_id TEXT    NOT NULL REFERENCES organizations (id),
    role            TEXT    NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('direct', 'jit')),
    created         INTEGER NOT NULL,
    granted_by      TEXT    NOT NULL
);

-- step: one grant of a kind to a user in an organization
CREATE UNIQUE INDEX IF NOT EXISTS grants_user ON grants (user_id, organization_id, kind);

-- step: grants by organization
CREATE INDEX IF NOT EXISTS grants_organization ON grants (organization_id);

-- step: scim_tokens
CREATE TABLE IF NOT EXISTS scim_tokens (
    id                TEXT    NOT NULL PRIMARY KEY,
    directory_id      TEXT    NOT NULL REFERENCES directories (id),
    label             TEXT    NOT NULL,
    secret_hash       BLOB    NOT NULL,
    created           INTEGER NOT NULL,
    expires           INTEGER,
    last_used         INTEGER,
    last_used_address TEXT
);

-- step: scim_tokens by directory
CREATE INDEX IF NOT EXISTS scim_tokens_directory ON scim_tokens (directory_id);

-- step: api_tokens
CREATE TABLE IF NOT EXISTS api_tokens (
    id                TEXT    NOT NULL PRIMARY KEY,
    label             TEXT    NOT NULL,
    scope             TEXT    NOT NULL,
    secret_hash       BLOB    NOT NULL,
    created           INTEGER NOT NULL,
    expires           INTEGER,
    last_used         INTEGER,
    last_used_address TEXT
);
