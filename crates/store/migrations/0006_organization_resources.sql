-- Resources of organizations, what ties people to them, and which directory enrolls whom where.
--
-- "resources" is the table of SCIM resources of custom types; those of organizations are in organization_resources.

-- step: organization_resources (kind_key and name_key are what a kind and a name are compared by)
CREATE TABLE IF NOT EXISTS organization_resources (
    id              TEXT    NOT NULL PRIMARY KEY,
    organization_id TEXT    NOT NULL REFERENCES organizations (id),
    name            TEXT    NOT NULL,
    name_key        TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    kind_key        TEXT    NOT NULL,
    visibility      TEXT    NOT NULL CHECK (visibility IN ('private', 'public')),
    created         INTEGER NOT NULL,
    version         INTEGER NOT NULL
);

-- step: one resource of a name and kind in an organization
CREATE UNIQUE INDEX IF NOT EXISTS organization_resources_name ON organization_resources (organization_id, name_key, kind_key);

-- step: organization_resources in the order of pages
CREATE INDEX IF NOT EXISTS organization_resources_page ON organization_resources (organization_id, id);

-- step: public resources (a statement must say "visibility = 'public'" literally to use it)
CREATE INDEX IF NOT EXISTS organization_resources_public ON organization_resources (id) WHERE visibility = 'public';

-- step: resource_mappings (as mappings, which are to organizations; a mapping never gives owner on a resource)
CREATE TABLE IF NOT EXISTS resource_mappings (
    id             TEXT    NOT NULL PRIMARY KEY,
    directory_id   TEXT    NOT NULL REFERENCES directories (id),
    group_name     TEXT    NOT NULL,
    group_name_key TEXT    NOT NULL,
    group_id       TEXT,
    binding        TEXT    NOT NULL CHECK (binding IN ('waiting', 'bound', 'lost')),
    resource_id    TEXT    NOT NULL REFERENCES organization_resources (id),
    role           TEXT    NOT NULL CHECK (role IN ('read', 'limited-write', 'write', 'admin')),
    paused         INTEGER NOT NULL CHECK (paused IN (0, 1)),
    created        INTEGER NOT NULL
);

-- step: one bound mapping of a group to a resource
CREATE UNIQUE INDEX IF NOT EXISTS resource_mappings_bound ON resource_mappings (group_id, resource_id) WHERE binding = 'bound';

-- step: one waiting mapping of a group name to a resource
CREATE UNIQUE INDEX IF NOT EXISTS resource_mappings_waiting ON resource_mappings (directory_id, group_name_key, resource_id) WHERE binding = 'waiting';

-- step: resource_mappings by resource
CREATE INDEX IF NOT EXISTS resource_mappings_resource ON resource_mappings (resource_id);

-- step: resource_mappings by group
CREATE INDEX IF NOT EXISTS resource_mappings_group ON resource_mappings (directory_id, group_id);

-- step: mappings by directory and group (a check looks up the mappings of a user's groups, however many the directory has)
CREATE INDEX IF NOT EXISTS mappings_directory_group ON mappings (directory_id, group_id);

-- step: resource_mappings by group name
CREATE INDEX IF NOT EXISTS resource_mappings_group_name ON resource_mappings (directory_id, group_name_key);

-- step: resource_grants (given by an admin)
CREATE TABLE IF NOT EXISTS resource_grants (
    id          TEXT    NOT NULL PRIMARY KEY,
    user_id     TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    resource_id TEXT    NOT NULL REFERENCES organization_resources (id),
    role        TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    granted_by  TEXT    NOT NULL
);

-- step: one grant to a user on a resource
CREATE UNIQUE INDEX IF NOT EXISTS resource_grants_user ON resource_grants (user_id, resource_id);

-- step: resource_grants by resource
CREATE INDEX IF NOT EXISTS resource_grants_resource ON resource_grants (resource_id, user_id);

-- step: organization_directories (which directories may be mapped to an organization; one without rows is open to all)
CREATE TABLE IF NOT EXISTS organization_directories (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    directory_id    TEXT NOT NULL REFERENCES directories (id),
    PRIMARY KEY (organization_id, directory_id)
);

-- step: organization_directories by directory
CREATE INDEX IF NOT EXISTS organization_directories_directory ON organization_directories (directory_id);

-- step: directory_enrollments (where a directory enrolls everybody who signs in)
CREATE TABLE IF NOT EXISTS directory_enrollments (
    directory_id    TEXT NOT NULL PRIMARY KEY REFERENCES directories (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    role            TEXT NOT NULL
);

-- step: directory_enrollments by organization
CREATE INDEX IF NOT EXISTS directory_enrollments_organization ON directory_enrollments (organization_id);

-- step: first_enrollments (who was enrolled at a sign-in: a grant that an admin has removed does not come back)
CREATE TABLE IF NOT EXISTS first_enrollments (
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    organization_id TEXT    NOT NULL REFERENCES organizations (id),
    enrolled        INTEGER NOT NULL,
    PRIMARY KEY (user_id, organization_id)
);

-- step: first_enrollments by organization
CREATE INDEX IF NOT EXISTS first_enrollments_organization ON first_enrollments (organization_id);
