-- Schemas and resource types that a directory has beside those of the RFCs, and what it stores by them.

-- step: directory_schemas (kind 'schema': a schema, by its URI; kind 'resource-type': a resource type by its name, or what a core type has beside its own extensions)
CREATE TABLE IF NOT EXISTS directory_schemas (
    directory_id TEXT    NOT NULL REFERENCES directories (id),
    kind         TEXT    NOT NULL CHECK (kind IN ('schema', 'resource-type')),
    name_key     TEXT    NOT NULL,
    definition   TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    PRIMARY KEY (directory_id, kind, name_key)
);

-- step: directory_policies (what is not in the table has the default)
CREATE TABLE IF NOT EXISTS directory_policies (
    directory_id       TEXT NOT NULL PRIMARY KEY REFERENCES directories (id),
    unknown_extensions TEXT NOT NULL CHECK (unknown_extensions IN ('ignore', 'keep', 'refuse'))
);

-- step: resources (of custom types)
CREATE TABLE IF NOT EXISTS resources (
    id            TEXT    NOT NULL PRIMARY KEY,
    directory_id  TEXT    NOT NULL REFERENCES directories (id),
    type_key      TEXT    NOT NULL,
    external_id   TEXT,
    created       INTEGER NOT NULL,
    last_modified INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    document      TEXT    NOT NULL
);

-- step: resources in the order of pages
CREATE INDEX IF NOT EXISTS resources_page ON resources (directory_id, type_key, id);

-- step: resources by externalId
CREATE INDEX IF NOT EXISTS resources_external_id ON resources (directory_id, type_key, external_id);

-- step: unique_values (of attributes with uniqueness in custom schemas; a value is folded where its attribute is)
CREATE TABLE IF NOT EXISTS unique_values (
    directory_id TEXT NOT NULL REFERENCES directories (id),
    attribute    TEXT NOT NULL,
    value_key    TEXT NOT NULL,
    owner_id     TEXT NOT NULL
);

-- step: one owner of a unique value
CREATE UNIQUE INDEX IF NOT EXISTS unique_values_value ON unique_values (directory_id, attribute, value_key);

-- step: unique_values by owner
CREATE INDEX IF NOT EXISTS unique_values_owner ON unique_values (owner_id);
