BEGIN TRANSACTION;
CREATE TABLE api_tokens (
    id                TEXT    NOT NULL PRIMARY KEY,
    label             TEXT    NOT NULL,
    scope             TEXT    NOT NULL,
    secret_hash       BLOB    NOT NULL,
    created           INTEGER NOT NULL,
    expires           INTEGER,
    last_used         INTEGER,
    last_used_address TEXT
) STRICT;
INSERT INTO "api_tokens" VALUES('01a219b4-318f-7f28-bebb-904fea45ece9','fixture','read',X'6D7308029CCC4237FF1D98666F584D1B1B55FC6FC066075CFF19EF80155832E6',1795727569295,NULL,NULL,NULL);
CREATE TABLE audit_entries (
    sequence     INTEGER NOT NULL PRIMARY KEY,
    recorded     INTEGER NOT NULL,
    actor_kind   TEXT    NOT NULL,
    actor_id     TEXT,
    actor        TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject_id   TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    directory_id TEXT,
    changes      TEXT    NOT NULL,
    hash         BLOB    NOT NULL
) STRICT;
INSERT INTO "audit_entries" VALUES(1,1795727569179,'system',NULL,'system','directory.created','directory','01a219b4-311b-7c73-aa56-35041132cb23','default','01a219b4-311b-7c73-aa56-35041132cb23','{"name":{"new":"default"},"dialect":{"new":"compat"},"rebind":{"new":"confirm"},"unknownExtensions":{"new":"ignore"},"quirks":{"new":{}}}',X'1DF01E2A2D01288BF512A9AA8DA77B20838AAA1791BAB3BAFA838FC5F6CFA83D');
INSERT INTO "audit_entries" VALUES(2,1795727569189,'cli',NULL,'root','organization.created','organization','01a219b4-3125-7310-8df1-6254eb367bd6','acme',NULL,'{"name":{"new":"acme"},"displayName":{"new":"acme"},"baseResourceRole":{"new":"write"}}',X'7FD13DDE8F5773C73C53824F2450D2016A4E90ED35B76C8A6DC9AE698B4B05DB');
INSERT INTO "audit_entries" VALUES(3,1795727569244,'cli',NULL,'root','mapping.created','mapping','01a219b4-315c-71a6-b281-db8dabe34a96','Engineering','01a219b4-311b-7c73-aa56-35041132cb23','{"groupName":{"new":"Engineering"},"organization":{"new":"acme"},"role":{"new":"member"}}',X'7EE09A686EEE43C1CDE8C733AF8A660A5EB7CB343FE2102072F9564DC51419DC');
INSERT INTO "audit_entries" VALUES(4,1795727569295,'cli',NULL,'root','api_token.created','api-token','01a219b4-318f-7f28-bebb-904fea45ece9','fixture',NULL,'{"label":{"new":"fixture"},"scope":{"new":"read"}}',X'329B91E25458CA6207EB9E8F904EA76EA985331CB91013C4D8D88D69C91FA2ED');
INSERT INTO "audit_entries" VALUES(5,1795727569405,'cli',NULL,'root','scim_token.created','scim-token','01a219b4-31fd-7574-b42a-a0fa9a37b840','fixture','01a219b4-311b-7c73-aa56-35041132cb23','{"label":{"new":"fixture"},"scope":{"new":"scim"}}',X'F6714D2C980B5DB8C0EBC1EE920CFE86A0FBCCDE3D658C0B423649BE2B9B551F');
INSERT INTO "audit_entries" VALUES(6,1795727569713,'scim-token','01a219b4-31fd-7574-b42a-a0fa9a37b840','fixture','user.created','user','01a219b4-3331-753b-913a-23a3c42b17e4','ada@example.com','01a219b4-311b-7c73-aa56-35041132cb23','{"userName":{"new":"ada@example.com"},"externalId":{"new":"ada"},"active":{"new":true},"emails":{"new":["ada@example.com"]}}',X'535EDA4F0FE2A8AC4DC97DBA0096840BBC3EDC9771EF9D4E615D086F09DD93DB');
INSERT INTO "audit_entries" VALUES(7,1795727570313,'scim-token','01a219b4-31fd-7574-b42a-a0fa9a37b840','fixture','user.created','user','01a219b4-3589-7850-b1c1-819f9cf5b2a0','bob@example.com','01a219b4-311b-7c73-aa56-35041132cb23','{"userName":{"new":"bob@example.com"},"externalId":{"new":"bob"},"active":{"new":false},"emails":{"new":["bob@example.com"]}}',X'8CA18DD66BCDC14D8BDE696C7812FC283284D23FCE574E174378535082BE1EC0');
INSERT INTO "audit_entries" VALUES(8,1795727570742,'scim-token','01a219b4-31fd-7574-b42a-a0fa9a37b840','fixture','group.created','group','01a219b4-3736-71de-8d7c-c0f5df454075','Engineering','01a219b4-311b-7c73-aa56-35041132cb23','{"displayName":{"new":"Engineering"},"members":{"added":{"count":2,"ids":["01a219b4-3331-753b-913a-23a3c42b17e4","01a219b4-3589-7850-b1c1-819f9cf5b2a0"]}}}',X'1FEA7340FFFC96D8384144C3A28C6C7E519B94A41DE8D1FD7BD3E64236553FE1');
INSERT INTO "audit_entries" VALUES(9,1795727570742,'scim-token','01a219b4-31fd-7574-b42a-a0fa9a37b840','fixture','mapping.bound','mapping','01a219b4-315c-71a6-b281-db8dabe34a96','Engineering','01a219b4-311b-7c73-aa56-35041132cb23','{"group":{"new":"01a219b4-3736-71de-8d7c-c0f5df454075"}}',X'687B70000CE964717798D57EE4EAFB245222895B84356AC3F1BBA752E08C0863');
CREATE TABLE audit_head (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash     BLOB    NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,9,X'687B70000CE964717798D57EE4EAFB245222895B84356AC3F1BBA752E08C0863');
CREATE TABLE directories (
    id      TEXT    NOT NULL PRIMARY KEY,
    name    TEXT    NOT NULL,
    dialect TEXT    NOT NULL CHECK (dialect IN ('compat', 'strict')),
    rebind  TEXT    NOT NULL CHECK (rebind IN ('confirm', 'by-name')),
    created INTEGER NOT NULL
) STRICT;
INSERT INTO "directories" VALUES('01a219b4-311b-7c73-aa56-35041132cb23','default','compat','confirm',1795727569179);
CREATE TABLE directory_policies (
    directory_id       TEXT NOT NULL PRIMARY KEY REFERENCES directories (id),
    unknown_extensions TEXT NOT NULL CHECK (unknown_extensions IN ('ignore', 'keep', 'refuse'))
) STRICT;
CREATE TABLE directory_quirks (
    directory_id TEXT    NOT NULL REFERENCES directories (id),
    quirk        TEXT    NOT NULL,
    accepted     INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    PRIMARY KEY (directory_id, quirk)
) STRICT;
CREATE TABLE directory_schemas (
    directory_id TEXT    NOT NULL REFERENCES directories (id),
    kind         TEXT    NOT NULL CHECK (kind IN ('schema', 'resource-type')),
    name_key     TEXT    NOT NULL,
    definition   TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    PRIMARY KEY (directory_id, kind, name_key)
) STRICT;
CREATE TABLE grants (
    id              TEXT    NOT NULL PRIMARY KEY,
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    organization_id TEXT    NOT NULL REFERENCES organizations (id),
    role            TEXT    NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('direct', 'jit')),
    created         INTEGER NOT NULL,
    granted_by      TEXT    NOT NULL
) STRICT;
CREATE TABLE group_members (
    group_id     TEXT    NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    member_id    TEXT    NOT NULL,
    member_type  TEXT    NOT NULL CHECK (member_type IN ('User', 'Group')),
    directory_id TEXT    NOT NULL,
    added        INTEGER NOT NULL,
    PRIMARY KEY (group_id, member_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "group_members" VALUES('01a219b4-3736-71de-8d7c-c0f5df454075','01a219b4-3331-753b-913a-23a3c42b17e4','User','01a219b4-311b-7c73-aa56-35041132cb23',1795727570742);
INSERT INTO "group_members" VALUES('01a219b4-3736-71de-8d7c-c0f5df454075','01a219b4-3589-7850-b1c1-819f9cf5b2a0','User','01a219b4-311b-7c73-aa56-35041132cb23',1795727570742);
CREATE TABLE groups (
    id               TEXT    NOT NULL PRIMARY KEY,
    directory_id     TEXT    NOT NULL REFERENCES directories (id),
    display_name     TEXT    NOT NULL,
    display_name_key TEXT    NOT NULL,
    external_id      TEXT,
    created          INTEGER NOT NULL,
    last_modified    INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    document         TEXT    NOT NULL
) STRICT;
INSERT INTO "groups" VALUES('01a219b4-3736-71de-8d7c-c0f5df454075','01a219b4-311b-7c73-aa56-35041132cb23','Engineering','engineering',NULL,1795727570742,1795727570742,1,'{"displayName":"Engineering"}');
CREATE TABLE handles (
    handle     TEXT NOT NULL PRIMARY KEY,
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'organization', 'tombstone')),
    owner_id   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "handles" VALUES('acme','organization','01a219b4-3125-7310-8df1-6254eb367bd6');
INSERT INTO "handles" VALUES('ada','user','01a219b4-3331-753b-913a-23a3c42b17e4');
INSERT INTO "handles" VALUES('bob','user','01a219b4-3589-7850-b1c1-819f9cf5b2a0');
CREATE TABLE mappings (
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
) STRICT;
INSERT INTO "mappings" VALUES('01a219b4-315c-71a6-b281-db8dabe34a96','01a219b4-311b-7c73-aa56-35041132cb23','Engineering','engineering','01a219b4-3736-71de-8d7c-c0f5df454075','bound','01a219b4-3125-7310-8df1-6254eb367bd6','member',0,1795727569244);
CREATE TABLE organizations (
    id                 TEXT    NOT NULL PRIMARY KEY,
    name               TEXT    NOT NULL,
    display_name       TEXT    NOT NULL,
    description        TEXT    NOT NULL,
    base_resource_role TEXT    NOT NULL DEFAULT 'write',
    created            INTEGER NOT NULL,
    version            INTEGER NOT NULL
) STRICT;
INSERT INTO "organizations" VALUES('01a219b4-3125-7310-8df1-6254eb367bd6','acme','acme','','write',1795727569189,1);
CREATE TABLE resources (
    id            TEXT    NOT NULL PRIMARY KEY,
    directory_id  TEXT    NOT NULL REFERENCES directories (id),
    type_key      TEXT    NOT NULL,
    external_id   TEXT,
    created       INTEGER NOT NULL,
    last_modified INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    document      TEXT    NOT NULL
) STRICT;
CREATE TABLE schema_migrations (
    version    INTEGER NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "schema_migrations" VALUES(1001,'directories',1795727569099);
INSERT INTO "schema_migrations" VALUES(1002,'directories by name',1795727569099);
INSERT INTO "schema_migrations" VALUES(1003,'users',1795727569099);
INSERT INTO "schema_migrations" VALUES(1004,'users by userName',1795727569099);
INSERT INTO "schema_migrations" VALUES(1005,'users by handle',1795727569099);
INSERT INTO "schema_migrations" VALUES(1006,'users in the order of pages',1795727569099);
INSERT INTO "schema_migrations" VALUES(1007,'users by externalId',1795727569099);
INSERT INTO "schema_migrations" VALUES(1008,'users by displayName',1795727569099);
INSERT INTO "schema_migrations" VALUES(1009,'users by lastModified',1795727569099);
INSERT INTO "schema_migrations" VALUES(1010,'users by created',1795727569099);
INSERT INTO "schema_migrations" VALUES(1011,'users that are not active (few; a statement must say "active = 0" literally to use it)',1795727569099);
INSERT INTO "schema_migrations" VALUES(1012,'user_emails',1795727569099);
INSERT INTO "schema_migrations" VALUES(1013,'user_emails by value',1795727569099);
INSERT INTO "schema_migrations" VALUES(1014,'groups',1795727569099);
INSERT INTO "schema_migrations" VALUES(1015,'groups by displayName',1795727569099);
INSERT INTO "schema_migrations" VALUES(1016,'groups in the order of pages',1795727569099);
INSERT INTO "schema_migrations" VALUES(1017,'groups by externalId',1795727569099);
INSERT INTO "schema_migrations" VALUES(1018,'groups by lastModified',1795727569099);
INSERT INTO "schema_migrations" VALUES(1019,'groups by created',1795727569099);
INSERT INTO "schema_migrations" VALUES(1020,'group_members (a member is a user or a group, so there is no foreign key on it: deleting one is done by the program)',1795727569099);
INSERT INTO "schema_migrations" VALUES(1021,'group_members by member',1795727569099);
INSERT INTO "schema_migrations" VALUES(1022,'groups in groups (few; a statement must say "member_type = ''Group''" literally to use it)',1795727569099);
INSERT INTO "schema_migrations" VALUES(1023,'handles (one name space for users and organizations; a tombstone keeps the handle of somebody who is gone)',1795727569099);
INSERT INTO "schema_migrations" VALUES(1024,'tombstones',1795727569099);
INSERT INTO "schema_migrations" VALUES(1025,'organizations',1795727569099);
INSERT INTO "schema_migrations" VALUES(1026,'organizations by name',1795727569099);
INSERT INTO "schema_migrations" VALUES(1027,'mappings (group_id has no foreign key: a mapping outlives its group and is then "lost")',1795727569099);
INSERT INTO "schema_migrations" VALUES(1028,'one bound mapping of a group to an organization',1795727569099);
INSERT INTO "schema_migrations" VALUES(1029,'one waiting mapping of a group name to an organization',1795727569099);
INSERT INTO "schema_migrations" VALUES(1030,'mappings by organization',1795727569099);
INSERT INTO "schema_migrations" VALUES(1031,'mappings by group',1795727569099);
INSERT INTO "schema_migrations" VALUES(1032,'mappings by group name',1795727569099);
INSERT INTO "schema_migrations" VALUES(1033,'grants',1795727569099);
INSERT INTO "schema_migrations" VALUES(1034,'one grant of a kind to a user in an organization',1795727569099);
INSERT INTO "schema_migrations" VALUES(1035,'grants by organization',1795727569099);
INSERT INTO "schema_migrations" VALUES(1036,'scim_tokens',1795727569099);
INSERT INTO "schema_migrations" VALUES(1037,'scim_tokens by directory',1795727569099);
INSERT INTO "schema_migrations" VALUES(1038,'api_tokens',1795727569099);
INSERT INTO "schema_migrations" VALUES(2001,'server_keys',1795727569099);
INSERT INTO "schema_migrations" VALUES(3001,'directory_schemas (kind ''schema'': a schema, by its URI; kind ''resource-type'': a resource type by its name, or what a core type has beside its own extensions)',1795727569099);
INSERT INTO "schema_migrations" VALUES(3002,'directory_policies (what is not in the table has the default)',1795727569099);
INSERT INTO "schema_migrations" VALUES(3003,'resources (of custom types)',1795727569099);
INSERT INTO "schema_migrations" VALUES(3004,'resources in the order of pages',1795727569099);
INSERT INTO "schema_migrations" VALUES(3005,'resources by externalId',1795727569099);
INSERT INTO "schema_migrations" VALUES(3006,'unique_values (of attributes with uniqueness in custom schemas; a value is folded where its attribute is)',1795727569099);
INSERT INTO "schema_migrations" VALUES(3007,'one owner of a unique value',1795727569099);
INSERT INTO "schema_migrations" VALUES(3008,'unique_values by owner',1795727569099);
INSERT INTO "schema_migrations" VALUES(4001,'directory_quirks',1795727569099);
INSERT INTO "schema_migrations" VALUES(5001,'audit_entries (no references: an entry outlives what it tells of)',1795727569099);
INSERT INTO "schema_migrations" VALUES(5002,'audit_head (the one row says which entry is the last, so that entries missing at the end are noticed)',1795727569099);
CREATE TABLE scim_tokens (
    id                TEXT    NOT NULL PRIMARY KEY,
    directory_id      TEXT    NOT NULL REFERENCES directories (id),
    label             TEXT    NOT NULL,
    secret_hash       BLOB    NOT NULL,
    created           INTEGER NOT NULL,
    expires           INTEGER,
    last_used         INTEGER,
    last_used_address TEXT
) STRICT;
INSERT INTO "scim_tokens" VALUES('01a219b4-31fd-7574-b42a-a0fa9a37b840','01a219b4-311b-7c73-aa56-35041132cb23','fixture',X'CF5DFC0CB6DA571210CFA760204C694545C6CDB2589AEC3D37E9624CD6BD55E6',1795727569405,NULL,1795727569713,'127.0.0.1');
CREATE TABLE server_keys (
    purpose TEXT    NOT NULL PRIMARY KEY,
    secret  BLOB    NOT NULL,
    created INTEGER NOT NULL
) STRICT;
INSERT INTO "server_keys" VALUES('cursors',X'1A58933D640C80383BEE0E75D106FABC56BFB8F4C2A8643C30FAF17B8926F0BD',1795727569169);
CREATE TABLE tombstones (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    directory_id TEXT    NOT NULL,
    handle       TEXT,
    name         TEXT    NOT NULL,
    deleted      INTEGER NOT NULL,
    deleted_by   TEXT    NOT NULL
) STRICT;
CREATE TABLE unique_values (
    directory_id TEXT NOT NULL REFERENCES directories (id),
    attribute    TEXT NOT NULL,
    value_key    TEXT NOT NULL,
    owner_id     TEXT NOT NULL
) STRICT;
CREATE TABLE user_emails (
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    directory_id TEXT    NOT NULL,
    type_key     TEXT,
    value_key    TEXT,
    PRIMARY KEY (user_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "user_emails" VALUES('01a219b4-3331-753b-913a-23a3c42b17e4',0,'01a219b4-311b-7c73-aa56-35041132cb23','work','ada@example.com');
INSERT INTO "user_emails" VALUES('01a219b4-3589-7850-b1c1-819f9cf5b2a0',0,'01a219b4-311b-7c73-aa56-35041132cb23','work','bob@example.com');
CREATE TABLE users (
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
) STRICT;
INSERT INTO "users" VALUES('01a219b4-3331-753b-913a-23a3c42b17e4','01a219b4-311b-7c73-aa56-35041132cb23','ada@example.com','ada@example.com',NULL,'ada',1,'ada',1795727569713,1795727569713,1,'{"userName":"ada@example.com","externalId":"ada","emails":[{"value":"ada@example.com","type":"work","primary":true}],"active":true}');
INSERT INTO "users" VALUES('01a219b4-3589-7850-b1c1-819f9cf5b2a0','01a219b4-311b-7c73-aa56-35041132cb23','bob@example.com','bob@example.com',NULL,'bob',0,'bob',1795727570313,1795727570313,1,'{"userName":"bob@example.com","externalId":"bob","emails":[{"value":"bob@example.com","type":"work","primary":true}],"active":false}');
CREATE UNIQUE INDEX directories_name ON directories (name);
CREATE UNIQUE INDEX users_user_name ON users (directory_id, user_name_key);
CREATE UNIQUE INDEX users_handle ON users (handle);
CREATE INDEX users_page ON users (directory_id, id);
CREATE INDEX users_external_id ON users (directory_id, external_id);
CREATE INDEX users_display_name ON users (directory_id, display_name_key);
CREATE INDEX users_last_modified ON users (directory_id, last_modified);
CREATE INDEX users_created ON users (directory_id, created);
CREATE INDEX users_inactive ON users (directory_id, id) WHERE active = 0;
CREATE INDEX user_emails_value ON user_emails (directory_id, value_key, type_key);
CREATE UNIQUE INDEX groups_display_name ON groups (directory_id, display_name_key);
CREATE INDEX groups_page ON groups (directory_id, id);
CREATE INDEX groups_external_id ON groups (directory_id, external_id);
CREATE INDEX groups_last_modified ON groups (directory_id, last_modified);
CREATE INDEX groups_created ON groups (directory_id, created);
CREATE INDEX group_members_member ON group_members (member_id, group_id);
CREATE INDEX group_members_nested ON group_members (directory_id, group_id, member_id) WHERE member_type = 'Group';
CREATE UNIQUE INDEX organizations_name ON organizations (name);
CREATE UNIQUE INDEX mappings_bound ON mappings (group_id, organization_id) WHERE binding = 'bound';
CREATE UNIQUE INDEX mappings_waiting ON mappings (directory_id, group_name_key, organization_id) WHERE binding = 'waiting';
CREATE INDEX mappings_organization ON mappings (organization_id);
CREATE INDEX mappings_group ON mappings (group_id);
CREATE INDEX mappings_group_name ON mappings (directory_id, group_name_key);
CREATE UNIQUE INDEX grants_user ON grants (user_id, organization_id, kind);
CREATE INDEX grants_organization ON grants (organization_id);
CREATE INDEX scim_tokens_directory ON scim_tokens (directory_id);
CREATE INDEX resources_page ON resources (directory_id, type_key, id);
CREATE INDEX resources_external_id ON resources (directory_id, type_key, external_id);
CREATE UNIQUE INDEX unique_values_value ON unique_values (directory_id, attribute, value_key);
CREATE INDEX unique_values_owner ON unique_values (owner_id);
COMMIT;
