BEGIN TRANSACTION;
CREATE TABLE api_token_users (
    token_id TEXT NOT NULL PRIMARY KEY REFERENCES api_tokens (id) ON DELETE CASCADE,
    user_id  TEXT NOT NULL REFERENCES users (id)
) STRICT;
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
INSERT INTO "api_tokens" VALUES('01a21cfc-0d32-7955-984a-17bb9364b976','fixture','read',X'B3D6F60586316B2A1A0341AC5A88D6668536889A2A6357AF2DF4ED615A845ADE',1795782610226,NULL,NULL,NULL);
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
, request_id TEXT, address TEXT, user_agent TEXT) STRICT;
INSERT INTO "audit_entries" VALUES(1,1795782610157,'system',NULL,'system','directory.created','directory','01a21cfc-0ced-75b2-bf24-b2fc1957de25','default','01a21cfc-0ced-75b2-bf24-b2fc1957de25','{"name":{"new":"default"},"dialect":{"new":"compat"},"rebind":{"new":"confirm"},"unknownExtensions":{"new":"ignore"},"quirks":{"new":{}}}',X'297B84C32D99E73F5491D969A8B41A4F32E64C105AE10A4FD2D76207651D5F23',NULL,NULL,NULL);
INSERT INTO "audit_entries" VALUES(2,1795782610168,'cli',NULL,'root','organization.created','organization','01a21cfc-0cf8-7a8b-be98-76d2da7d8f84','acme',NULL,'{"name":{"new":"acme"},"displayName":{"new":"acme"},"baseResourceRole":{"new":"write"}}',X'F0A6CF9297EF9C96DC4EA1EA2D9790D6D39C09CA466DD0A7E06ACD2E476BB460',NULL,NULL,NULL);
INSERT INTO "audit_entries" VALUES(3,1795782610193,'cli',NULL,'root','mapping.created','mapping','01a21cfc-0d11-7558-bb87-86e6f7cc4a70','Engineering','01a21cfc-0ced-75b2-bf24-b2fc1957de25','{"groupName":{"new":"Engineering"},"organization":{"new":"acme"},"role":{"new":"member"}}',X'4F3225C49AD64D9D1C2C268676B3080530C0F421BA486E621793FCBCAD1344C3',NULL,NULL,NULL);
INSERT INTO "audit_entries" VALUES(4,1795782610226,'cli',NULL,'root','api_token.created','api-token','01a21cfc-0d32-7955-984a-17bb9364b976','fixture',NULL,'{"label":{"new":"fixture"},"scope":{"new":"read"}}',X'9FA63B0373177AF9CA8F367601E2BE47EB22C316BBEF36F84DBBC91065470F95',NULL,NULL,NULL);
INSERT INTO "audit_entries" VALUES(5,1795782610251,'cli',NULL,'root','scim_token.created','scim-token','01a21cfc-0d4b-7edc-afa8-22ef2ef8ce70','fixture','01a21cfc-0ced-75b2-bf24-b2fc1957de25','{"label":{"new":"fixture"},"scope":{"new":"scim"}}',X'8AFD3CFD8BAFF3C7EB6E77AB3CAE4B5A39AC52285CBBE2610294E0CE878C9ED5',NULL,NULL,NULL);
INSERT INTO "audit_entries" VALUES(6,1795782610345,'scim-token','01a21cfc-0d4b-7edc-afa8-22ef2ef8ce70','fixture','user.created','user','01a21cfc-0da9-7945-b263-2e7a49140067','ada@example.com','01a21cfc-0ced-75b2-bf24-b2fc1957de25','{"userName":{"new":"ada@example.com"},"externalId":{"new":"ada"},"active":{"new":true},"emails":{"new":["ada@example.com"]}}',X'9E0961E70EDAAB94379A1ECD62E2658C2334EBAA91880E43E6F3D8CD563BAF26','7158554b8dcaa8b5ee17','127.0.0.1','curl/7.88.1');
INSERT INTO "audit_entries" VALUES(7,1795782610476,'scim-token','01a21cfc-0d4b-7edc-afa8-22ef2ef8ce70','fixture','user.created','user','01a21cfc-0e2c-7b2e-8bba-6c29ad92b1de','bob@example.com','01a21cfc-0ced-75b2-bf24-b2fc1957de25','{"userName":{"new":"bob@example.com"},"externalId":{"new":"bob"},"active":{"new":false},"emails":{"new":["bob@example.com"]}}',X'E98447AE093508D227B75D63409C8EBBDBAE8A8A9678FF2E36A9DF04CFF90157','45efdcf022016f9f460d','127.0.0.1','curl/7.88.1');
INSERT INTO "audit_entries" VALUES(8,1795782610619,'scim-token','01a21cfc-0d4b-7edc-afa8-22ef2ef8ce70','fixture','group.created','group','01a21cfc-0ebb-7051-a4fc-2e76fc7a3938','Engineering','01a21cfc-0ced-75b2-bf24-b2fc1957de25','{"displayName":{"new":"Engineering"},"members":{"added":{"count":2,"ids":["01a21cfc-0da9-7945-b263-2e7a49140067","01a21cfc-0e2c-7b2e-8bba-6c29ad92b1de"]}}}',X'0B1AA92F47082D4EAC1DDF8B12966A3EA147669F2C941B0D731D9050433DB2CD','ff4b39da05affb8ba815','127.0.0.1','curl/7.88.1');
INSERT INTO "audit_entries" VALUES(9,1795782610619,'scim-token','01a21cfc-0d4b-7edc-afa8-22ef2ef8ce70','fixture','mapping.bound','mapping','01a21cfc-0d11-7558-bb87-86e6f7cc4a70','Engineering','01a21cfc-0ced-75b2-bf24-b2fc1957de25','{"group":{"new":"01a21cfc-0ebb-7051-a4fc-2e76fc7a3938"}}',X'414DCC4D1588CE97FEEFE2F750BB8D23B45EEACC13B849B876D0862DC7B1C083','ff4b39da05affb8ba815','127.0.0.1','curl/7.88.1');
CREATE TABLE audit_head (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash     BLOB    NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,9,X'414DCC4D1588CE97FEEFE2F750BB8D23B45EEACC13B849B876D0862DC7B1C083');
CREATE TABLE client_authorizations (
    id           TEXT    NOT NULL PRIMARY KEY,
    client_id    TEXT    NOT NULL,
    session_id   TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    nonce        TEXT,
    redirect_uri TEXT    NOT NULL,
    challenge    TEXT    NOT NULL,
    code_hash    BLOB    NOT NULL,
    code_expires INTEGER NOT NULL,
    redeemed     INTEGER,
    expires      INTEGER NOT NULL
) STRICT;
CREATE TABLE client_logouts (
    id           TEXT    NOT NULL PRIMARY KEY,
    client_id    TEXT    NOT NULL,
    session_id   TEXT    NOT NULL,
    user_id      TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    next_attempt INTEGER NOT NULL
) STRICT;
CREATE TABLE client_tokens (
    token_hash       BLOB    NOT NULL PRIMARY KEY,
    authorization_id TEXT    NOT NULL REFERENCES client_authorizations (id) ON DELETE CASCADE,
    kind             TEXT    NOT NULL CHECK (kind IN ('access', 'refresh')),
    expires          INTEGER NOT NULL,
    used             INTEGER
) STRICT;
CREATE TABLE clients (
    id               TEXT    NOT NULL PRIMARY KEY,
    name             TEXT    NOT NULL,
    kind             TEXT    NOT NULL CHECK (kind IN ('confidential', 'public')),
    secret_hash      BLOB,
    directory_id     TEXT,
    redirect_uris    TEXT    NOT NULL,
    post_logout_uris TEXT    NOT NULL,
    logout_uri       TEXT,
    scopes           TEXT    NOT NULL,
    algorithm        TEXT    NOT NULL,
    email_verified   INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
    created          INTEGER NOT NULL,
    version          INTEGER NOT NULL
) STRICT;
CREATE TABLE deleted_resources (
    id              TEXT    NOT NULL PRIMARY KEY,
    organization_id TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    name_key        TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    kind_key        TEXT    NOT NULL,
    visibility      TEXT    NOT NULL,
    created         INTEGER NOT NULL,
    version         INTEGER NOT NULL
) STRICT;
CREATE TABLE deliveries (
    webhook_id TEXT    NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    sequence   INTEGER NOT NULL,
    event_id   TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    attempts   INTEGER NOT NULL,
    answer     INTEGER,
    detail     TEXT    NOT NULL,
    attempted  INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, sequence)
) STRICT;
CREATE TABLE directories (
    id      TEXT    NOT NULL PRIMARY KEY,
    name    TEXT    NOT NULL,
    dialect TEXT    NOT NULL CHECK (dialect IN ('compat', 'strict')),
    rebind  TEXT    NOT NULL CHECK (rebind IN ('confirm', 'by-name')),
    created INTEGER NOT NULL
) STRICT;
INSERT INTO "directories" VALUES('01a21cfc-0ced-75b2-bf24-b2fc1957de25','default','compat','confirm',1795782610157);
CREATE TABLE directory_brakes (
    directory_id   TEXT    NOT NULL PRIMARY KEY REFERENCES directories (id),
    people         INTEGER,
    percent        INTEGER,
    window_minutes INTEGER,
    paused         INTEGER NOT NULL CHECK (paused IN (0, 1)),
    held           INTEGER,
    held_request   TEXT,
    approved_until INTEGER
) STRICT;
CREATE TABLE directory_enrollments (
    directory_id    TEXT NOT NULL PRIMARY KEY REFERENCES directories (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    role            TEXT NOT NULL
) STRICT;
CREATE TABLE directory_idps (
    directory_id TEXT NOT NULL PRIMARY KEY REFERENCES directories (id),
    idp          TEXT NOT NULL
) STRICT;
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
CREATE TABLE events (
    sequence     INTEGER NOT NULL PRIMARY KEY,
    audit        INTEGER NOT NULL,
    type         TEXT,
    directory_id TEXT,
    subject_id   TEXT,
    subject      TEXT,
    data         TEXT
) STRICT;
INSERT INTO "events" VALUES(1,1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(2,2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(3,3,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(4,4,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(5,5,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(6,6,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(7,7,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(8,8,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(9,9,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "events" VALUES(10,9,'organization.member_added','01a21cfc-0ced-75b2-bf24-b2fc1957de25','01a21cfc-0cf8-7a8b-be98-76d2da7d8f84','acme','{"user":{"id":"01a21cfc-0da9-7945-b263-2e7a49140067","handle":"ada","userName":"ada@example.com"},"role":{"new":"member"},"sources":[{"kind":"group","role":"member","mapping":"01a21cfc-0d11-7558-bb87-86e6f7cc4a70","group":{"id":"01a21cfc-0ebb-7051-a4fc-2e76fc7a3938","displayName":"Engineering"},"path":[{"id":"01a21cfc-0ebb-7051-a4fc-2e76fc7a3938","displayName":"Engineering"}]}]}');
CREATE TABLE fact_history (
    subject_id TEXT    NOT NULL,
    audit      INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    old        TEXT    NOT NULL,
    new        TEXT    NOT NULL,
    PRIMARY KEY (subject_id, audit)
) STRICT, WITHOUT ROWID;
INSERT INTO "fact_history" VALUES('01a21cfc-0e2c-7b2e-8bba-6c29ad92b1de',7,1795782610476,'','deactivated');
CREATE TABLE first_enrollments (
    user_id         TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    organization_id TEXT    NOT NULL REFERENCES organizations (id),
    enrolled        INTEGER NOT NULL,
    PRIMARY KEY (user_id, organization_id)
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
INSERT INTO "group_members" VALUES('01a21cfc-0ebb-7051-a4fc-2e76fc7a3938','01a21cfc-0da9-7945-b263-2e7a49140067','User','01a21cfc-0ced-75b2-bf24-b2fc1957de25',1795782610619);
INSERT INTO "group_members" VALUES('01a21cfc-0ebb-7051-a4fc-2e76fc7a3938','01a21cfc-0e2c-7b2e-8bba-6c29ad92b1de','User','01a21cfc-0ced-75b2-bf24-b2fc1957de25',1795782610619);
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
INSERT INTO "groups" VALUES('01a21cfc-0ebb-7051-a4fc-2e76fc7a3938','01a21cfc-0ced-75b2-bf24-b2fc1957de25','Engineering','engineering',NULL,1795782610619,1795782610619,1,'{"displayName":"Engineering"}');
CREATE TABLE handles (
    handle     TEXT NOT NULL PRIMARY KEY,
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('user', 'organization', 'tombstone')),
    owner_id   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "handles" VALUES('acme','organization','01a21cfc-0cf8-7a8b-be98-76d2da7d8f84');
INSERT INTO "handles" VALUES('ada','user','01a21cfc-0da9-7945-b263-2e7a49140067');
INSERT INTO "handles" VALUES('bob','user','01a21cfc-0e2c-7b2e-8bba-6c29ad92b1de');
CREATE TABLE idempotency_keys (
    token_id    TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    attempt     BLOB    NOT NULL,
    fingerprint BLOB    NOT NULL,
    created     INTEGER NOT NULL,
    status      INTEGER,
    answer      TEXT,
    PRIMARY KEY (token_id, key)
) STRICT;
CREATE TABLE leases (
    name   TEXT    NOT NULL PRIMARY KEY,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
) STRICT;
CREATE TABLE losses (
    directory_id TEXT    NOT NULL REFERENCES directories (id),
    user_id      TEXT    NOT NULL,
    lost         INTEGER NOT NULL,
    PRIMARY KEY (directory_id, user_id)
) STRICT;
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
INSERT INTO "mappings" VALUES('01a21cfc-0d11-7558-bb87-86e6f7cc4a70','01a21cfc-0ced-75b2-bf24-b2fc1957de25','Engineering','engineering','01a21cfc-0ebb-7051-a4fc-2e76fc7a3938','bound','01a21cfc-0cf8-7a8b-be98-76d2da7d8f84','member',0,1795782610193);
CREATE TABLE organization_directories (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    directory_id    TEXT NOT NULL REFERENCES directories (id),
    PRIMARY KEY (organization_id, directory_id)
) STRICT;
CREATE TABLE organization_resources (
    id              TEXT    NOT NULL PRIMARY KEY,
    organization_id TEXT    NOT NULL REFERENCES organizations (id),
    name            TEXT    NOT NULL,
    name_key        TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    kind_key        TEXT    NOT NULL,
    visibility      TEXT    NOT NULL CHECK (visibility IN ('private', 'public')),
    created         INTEGER NOT NULL,
    version         INTEGER NOT NULL
) STRICT;
CREATE TABLE organizations (
    id                 TEXT    NOT NULL PRIMARY KEY,
    name               TEXT    NOT NULL,
    display_name       TEXT    NOT NULL,
    description        TEXT    NOT NULL,
    base_resource_role TEXT    NOT NULL DEFAULT 'write',
    created            INTEGER NOT NULL,
    version            INTEGER NOT NULL
) STRICT;
INSERT INTO "organizations" VALUES('01a21cfc-0cf8-7a8b-be98-76d2da7d8f84','acme','acme','','write',1795782610168,1);
CREATE TABLE resource_grants (
    id          TEXT    NOT NULL PRIMARY KEY,
    user_id     TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    resource_id TEXT    NOT NULL REFERENCES organization_resources (id),
    role        TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    granted_by  TEXT    NOT NULL
) STRICT;
CREATE TABLE resource_mappings (
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
) STRICT;
CREATE TABLE resource_retells (
    audit       INTEGER NOT NULL,
    resource_id TEXT    NOT NULL,
    recorded    INTEGER NOT NULL,
    after_user  TEXT    NOT NULL,
    PRIMARY KEY (audit, resource_id)
) STRICT;
CREATE TABLE resource_role_history (
    user_id     TEXT    NOT NULL,
    resource_id TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    sources     TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    until       INTEGER,
    begun_by    INTEGER NOT NULL,
    ended_by    INTEGER,
    PRIMARY KEY (user_id, resource_id, number)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE retells (
    audit           INTEGER NOT NULL,
    organization_id TEXT    NOT NULL,
    recorded        INTEGER NOT NULL,
    after_user      TEXT    NOT NULL,
    PRIMARY KEY (audit, organization_id)
) STRICT;
CREATE TABLE role_history (
    user_id         TEXT    NOT NULL,
    organization_id TEXT    NOT NULL,
    number          INTEGER NOT NULL,
    role            TEXT,
    sources         TEXT    NOT NULL,
    since           INTEGER NOT NULL,
    until           INTEGER,
    begun_by        INTEGER NOT NULL,
    ended_by        INTEGER,
    PRIMARY KEY (user_id, organization_id, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "role_history" VALUES('01a21cfc-0da9-7945-b263-2e7a49140067','01a21cfc-0cf8-7a8b-be98-76d2da7d8f84',1,'member','[{"kind":"group","role":"member","mapping":"01a21cfc-0d11-7558-bb87-86e6f7cc4a70","group":{"id":"01a21cfc-0ebb-7051-a4fc-2e76fc7a3938","displayName":"Engineering"},"path":[{"id":"01a21cfc-0ebb-7051-a4fc-2e76fc7a3938","displayName":"Engineering"}]}]',1795782610619,NULL,9,NULL);
INSERT INTO "role_history" VALUES('01a21cfc-0e2c-7b2e-8bba-6c29ad92b1de','01a21cfc-0cf8-7a8b-be98-76d2da7d8f84',1,NULL,'[{"kind":"group","role":"member","mapping":"01a21cfc-0d11-7558-bb87-86e6f7cc4a70","group":{"id":"01a21cfc-0ebb-7051-a4fc-2e76fc7a3938","displayName":"Engineering"},"path":[{"id":"01a21cfc-0ebb-7051-a4fc-2e76fc7a3938","displayName":"Engineering"}]}]',1795782610619,NULL,9,NULL);
CREATE TABLE saml_keys (
    purpose     TEXT    NOT NULL PRIMARY KEY,
    private_key BLOB    NOT NULL,
    certificate BLOB    NOT NULL,
    created     INTEGER NOT NULL
) STRICT;
CREATE TABLE schema_migrations (
    version    INTEGER NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "schema_migrations" VALUES(1001,'directories',1795782610128);
INSERT INTO "schema_migrations" VALUES(1002,'directories by name',1795782610128);
INSERT INTO "schema_migrations" VALUES(1003,'users',1795782610128);
INSERT INTO "schema_migrations" VALUES(1004,'users by userName',1795782610128);
INSERT INTO "schema_migrations" VALUES(1005,'users by handle',1795782610128);
INSERT INTO "schema_migrations" VALUES(1006,'users in the order of pages',1795782610128);
INSERT INTO "schema_migrations" VALUES(1007,'users by externalId',1795782610128);
INSERT INTO "schema_migrations" VALUES(1008,'users by displayName',1795782610128);
INSERT INTO "schema_migrations" VALUES(1009,'users by lastModified',1795782610128);
INSERT INTO "schema_migrations" VALUES(1010,'users by created',1795782610128);
INSERT INTO "schema_migrations" VALUES(1011,'users that are not active (few; a statement must say "active = 0" literally to use it)',1795782610128);
INSERT INTO "schema_migrations" VALUES(1012,'user_emails',1795782610128);
INSERT INTO "schema_migrations" VALUES(1013,'user_emails by value',1795782610128);
INSERT INTO "schema_migrations" VALUES(1014,'groups',1795782610128);
INSERT INTO "schema_migrations" VALUES(1015,'groups by displayName',1795782610128);
INSERT INTO "schema_migrations" VALUES(1016,'groups in the order of pages',1795782610128);
INSERT INTO "schema_migrations" VALUES(1017,'groups by externalId',1795782610128);
INSERT INTO "schema_migrations" VALUES(1018,'groups by lastModified',1795782610128);
INSERT INTO "schema_migrations" VALUES(1019,'groups by created',1795782610128);
INSERT INTO "schema_migrations" VALUES(1020,'group_members (a member is a user or a group, so there is no foreign key on it: deleting one is done by the program)',1795782610128);
INSERT INTO "schema_migrations" VALUES(1021,'group_members by member',1795782610128);
INSERT INTO "schema_migrations" VALUES(1022,'groups in groups (few; a statement must say "member_type = ''Group''" literally to use it)',1795782610128);
INSERT INTO "schema_migrations" VALUES(1023,'handles (one name space for users and organizations; a tombstone keeps the handle of somebody who is gone)',1795782610128);
INSERT INTO "schema_migrations" VALUES(1024,'tombstones',1795782610128);
INSERT INTO "schema_migrations" VALUES(1025,'organizations',1795782610128);
INSERT INTO "schema_migrations" VALUES(1026,'organizations by name',1795782610128);
INSERT INTO "schema_migrations" VALUES(1027,'mappings (group_id has no foreign key: a mapping outlives its group and is then "lost")',1795782610128);
INSERT INTO "schema_migrations" VALUES(1028,'one bound mapping of a group to an organization',1795782610128);
INSERT INTO "schema_migrations" VALUES(1029,'one waiting mapping of a group name to an organization',1795782610128);
INSERT INTO "schema_migrations" VALUES(1030,'mappings by organization',1795782610128);
INSERT INTO "schema_migrations" VALUES(1031,'mappings by group',1795782610128);
INSERT INTO "schema_migrations" VALUES(1032,'mappings by group name',1795782610128);
INSERT INTO "schema_migrations" VALUES(1033,'grants',1795782610128);
INSERT INTO "schema_migrations" VALUES(1034,'one grant of a kind to a user in an organization',1795782610128);
INSERT INTO "schema_migrations" VALUES(1035,'grants by organization',1795782610128);
INSERT INTO "schema_migrations" VALUES(1036,'scim_tokens',1795782610128);
INSERT INTO "schema_migrations" VALUES(1037,'scim_tokens by directory',1795782610128);
INSERT INTO "schema_migrations" VALUES(1038,'api_tokens',1795782610128);
INSERT INTO "schema_migrations" VALUES(2001,'server_keys',1795782610128);
INSERT INTO "schema_migrations" VALUES(3001,'directory_schemas (kind ''schema'': a schema, by its URI; kind ''resource-type'': a resource type by its name, or what a core type has beside its own extensions)',1795782610128);
INSERT INTO "schema_migrations" VALUES(3002,'directory_policies (what is not in the table has the default)',1795782610128);
INSERT INTO "schema_migrations" VALUES(3003,'resources (of custom types)',1795782610128);
INSERT INTO "schema_migrations" VALUES(3004,'resources in the order of pages',1795782610128);
INSERT INTO "schema_migrations" VALUES(3005,'resources by externalId',1795782610128);
INSERT INTO "schema_migrations" VALUES(3006,'unique_values (of attributes with uniqueness in custom schemas; a value is folded where its attribute is)',1795782610128);
INSERT INTO "schema_migrations" VALUES(3007,'one owner of a unique value',1795782610128);
INSERT INTO "schema_migrations" VALUES(3008,'unique_values by owner',1795782610128);
INSERT INTO "schema_migrations" VALUES(4001,'directory_quirks',1795782610128);
INSERT INTO "schema_migrations" VALUES(5001,'audit_entries (no references: an entry outlives what it tells of)',1795782610128);
INSERT INTO "schema_migrations" VALUES(5002,'audit_head (the one row says which entry is the last, so that entries missing at the end are noticed)',1795782610128);
INSERT INTO "schema_migrations" VALUES(6001,'organization_resources (kind_key and name_key are what a kind and a name are compared by)',1795782610128);
INSERT INTO "schema_migrations" VALUES(6002,'one resource of a name and kind in an organization',1795782610128);
INSERT INTO "schema_migrations" VALUES(6003,'organization_resources in the order of pages',1795782610128);
INSERT INTO "schema_migrations" VALUES(6004,'public resources (a statement must say "visibility = ''public''" literally to use it)',1795782610128);
INSERT INTO "schema_migrations" VALUES(6005,'resource_mappings (as mappings, which are to organizations; a mapping never gives owner on a resource)',1795782610128);
INSERT INTO "schema_migrations" VALUES(6006,'one bound mapping of a group to a resource',1795782610128);
INSERT INTO "schema_migrations" VALUES(6007,'one waiting mapping of a group name to a resource',1795782610128);
INSERT INTO "schema_migrations" VALUES(6008,'resource_mappings by resource',1795782610128);
INSERT INTO "schema_migrations" VALUES(6009,'resource_mappings by group',1795782610128);
INSERT INTO "schema_migrations" VALUES(6010,'mappings by directory and group (a check looks up the mappings of a user''s groups, however many the directory has)',1795782610128);
INSERT INTO "schema_migrations" VALUES(6011,'resource_mappings by group name',1795782610128);
INSERT INTO "schema_migrations" VALUES(6012,'resource_grants (given by an admin)',1795782610128);
INSERT INTO "schema_migrations" VALUES(6013,'one grant to a user on a resource',1795782610128);
INSERT INTO "schema_migrations" VALUES(6014,'resource_grants by resource',1795782610128);
INSERT INTO "schema_migrations" VALUES(6015,'organization_directories (which directories may be mapped to an organization; one without rows is open to all)',1795782610128);
INSERT INTO "schema_migrations" VALUES(6016,'organization_directories by directory',1795782610128);
INSERT INTO "schema_migrations" VALUES(6017,'directory_enrollments (where a directory enrolls everybody who signs in)',1795782610128);
INSERT INTO "schema_migrations" VALUES(6018,'directory_enrollments by organization',1795782610128);
INSERT INTO "schema_migrations" VALUES(6019,'first_enrollments (who was enrolled at a sign-in: a grant that an admin has removed does not come back)',1795782610128);
INSERT INTO "schema_migrations" VALUES(6020,'first_enrollments by organization',1795782610128);
INSERT INTO "schema_migrations" VALUES(7001,'server_admins',1795782610128);
INSERT INTO "schema_migrations" VALUES(7002,'api_token_users (in whose name a token acts; a token that acts for itself has no row)',1795782610128);
INSERT INTO "schema_migrations" VALUES(7003,'api_token_users by user',1795782610128);
INSERT INTO "schema_migrations" VALUES(8001,'directory_brakes (no limits: the brake is off)',1795782610128);
INSERT INTO "schema_migrations" VALUES(8002,'losses (one row a user, so that nobody counts twice; no reference: a deleted user has lost access too)',1795782610128);
INSERT INTO "schema_migrations" VALUES(8003,'losses by time',1795782610128);
INSERT INTO "schema_migrations" VALUES(9001,'events (what a change was is told by its audit entry; the columns that may be NULL hold what follows from it: roles)',1795782610128);
INSERT INTO "schema_migrations" VALUES(9002,'role_history (which role a user had where, from when to when, as it was told; until is NULL for what is in force)',1795782610128);
INSERT INTO "schema_migrations" VALUES(9003,'roles in force by organization (a statement must say "until IS NULL" literally to use it)',1795782610128);
INSERT INTO "schema_migrations" VALUES(9004,'retells (organizations whose members are told anew, a slice at a time; audit 0 stands for what was before the history)',1795782610128);
INSERT INTO "schema_migrations" VALUES(9005,'roles from before the history',1795782610128);
INSERT INTO "schema_migrations" VALUES(9006,'leases (which process does a piece of background work, and until when it may)',1795782610128);
INSERT INTO "schema_migrations" VALUES(10001,'webhooks (directory_id has no reference: a webhook outlives the directory whose events it wants)',1795782610128);
INSERT INTO "schema_migrations" VALUES(10002,'deliveries (one row an event; sequence 0 is the last test)',1795782610128);
INSERT INTO "schema_migrations" VALUES(11001,'audit_request_id',1795782610128);
INSERT INTO "schema_migrations" VALUES(11002,'audit_address',1795782610128);
INSERT INTO "schema_migrations" VALUES(11003,'audit_user_agent',1795782610128);
INSERT INTO "schema_migrations" VALUES(11004,'directory_idps (which identity provider a directory is of, where an administrator has said so)',1795782610128);
INSERT INTO "schema_migrations" VALUES(12001,'sso_connections (the settings are one document; no statement looks into it)',1795782610128);
INSERT INTO "schema_migrations" VALUES(12002,'sign_in_requests (begun sign-ins: each is of one browser, and is used once)',1795782610128);
INSERT INTO "schema_migrations" VALUES(12003,'sign_in_requests by their end',1795782610128);
INSERT INTO "schema_migrations" VALUES(12004,'used_assertions',1795782610128);
INSERT INTO "schema_migrations" VALUES(12005,'used_assertions by their end',1795782610128);
INSERT INTO "schema_migrations" VALUES(12006,'sign_ins (what was checked, for administrators; the last of each directory)',1795782610128);
INSERT INTO "schema_migrations" VALUES(12007,'sign_ins by directory',1795782610128);
INSERT INTO "schema_migrations" VALUES(12008,'sign_in_groups (groups that a sign-in has made: SCIM has not pushed them)',1795782610128);
INSERT INTO "schema_migrations" VALUES(14001,'idempotency_keys (no references: a key outlives its token)',1795782610128);
INSERT INTO "schema_migrations" VALUES(14002,'idempotency_keys by age',1795782610128);
INSERT INTO "schema_migrations" VALUES(15001,'sessions (no reference to users: whoever deletes or deactivates a user ends the sessions in the same transaction)',1795782610128);
INSERT INTO "schema_migrations" VALUES(15002,'sessions by cookie',1795782610128);
INSERT INTO "schema_migrations" VALUES(15003,'sessions by user',1795782610128);
INSERT INTO "schema_migrations" VALUES(15004,'sessions by their end',1795782610128);
INSERT INTO "schema_migrations" VALUES(16001,'clients',1795782610128);
INSERT INTO "schema_migrations" VALUES(16002,'client_authorizations (one for each code; a code is one use of it)',1795782610128);
INSERT INTO "schema_migrations" VALUES(16003,'client_authorizations by code',1795782610128);
INSERT INTO "schema_migrations" VALUES(16004,'client_authorizations by session',1795782610128);
INSERT INTO "schema_migrations" VALUES(16005,'client_authorizations by client',1795782610128);
INSERT INTO "schema_migrations" VALUES(16006,'client_authorizations by their end',1795782610128);
INSERT INTO "schema_migrations" VALUES(16007,'client_tokens (a refresh token that was used stays, so that its second use is noticed)',1795782610128);
INSERT INTO "schema_migrations" VALUES(16008,'client_tokens by authorization',1795782610128);
INSERT INTO "schema_migrations" VALUES(16009,'client_tokens by their end',1795782610128);
INSERT INTO "schema_migrations" VALUES(16010,'client_logouts (clients that have to be told that a session has ended)',1795782610128);
INSERT INTO "schema_migrations" VALUES(16011,'client_logouts by the time of their next attempt',1795782610128);
INSERT INTO "schema_migrations" VALUES(16012,'signing_keys',1795782610128);
INSERT INTO "schema_migrations" VALUES(16013,'sign_in_returns (where somebody wanted to go before signing in)',1795782610128);
INSERT INTO "schema_migrations" VALUES(16014,'sign_in_returns by their end',1795782610128);
INSERT INTO "schema_migrations" VALUES(17001,'scim_tokens.allow_from (networks with commas between; without a value, from anywhere)',1795782610128);
INSERT INTO "schema_migrations" VALUES(18001,'sso_metadata (where the metadata of a connection is fetched from, and what came of it the last time)',1795782610128);
INSERT INTO "schema_migrations" VALUES(18002,'sso_metadata by the time of the last attempt',1795782610128);
INSERT INTO "schema_migrations" VALUES(18003,'sign_in_domains (a domain leads to one directory)',1795782610128);
INSERT INTO "schema_migrations" VALUES(18004,'sign_in_domains by directory',1795782610128);
INSERT INTO "schema_migrations" VALUES(19001,'sessions: the format of the NameID',1795782610128);
INSERT INTO "schema_migrations" VALUES(19002,'sessions by NameID',1795782610128);
INSERT INTO "schema_migrations" VALUES(19003,'saml_keys (the key that signs logout messages, with its certificate; one for all processes on this database)',1795782610128);
INSERT INTO "schema_migrations" VALUES(20001,'sign_in_requests: whether the user is to prove anew who she is',1795782610128);
INSERT INTO "schema_migrations" VALUES(20002,'tombstones: the name as it is compared (rows that are older have none until somebody of the directory is looked for)',1795782610128);
INSERT INTO "schema_migrations" VALUES(20003,'tombstones by name',1795782610128);
INSERT INTO "schema_migrations" VALUES(21001,'resource_role_history (as role_history, for what mappings and grants give on a resource itself; what a role on its organization gives there is derived from role_history)',1795782610128);
INSERT INTO "schema_migrations" VALUES(21002,'roles in force by resource (a statement must say "until IS NULL" literally to use it)',1795782610128);
INSERT INTO "schema_migrations" VALUES(21003,'resource_retells (as retells: resources whose people are told anew, a slice at a time)',1795782610128);
INSERT INTO "schema_migrations" VALUES(21004,'roles on resources from before the history',1795782610128);
INSERT INTO "schema_migrations" VALUES(21005,'fact_history (each change of what decides beside mappings and grants: whether a user is active, the base resource role of an organization, the visibility of a resource; empty for what is not there)',1795782610128);
INSERT INTO "schema_migrations" VALUES(21006,'deleted_resources (what a resource was that is gone: its history is asked for by its name)',1795782610128);
INSERT INTO "schema_migrations" VALUES(21007,'deleted_resources by name',1795782610128);
INSERT INTO "schema_migrations" VALUES(22001,'sessions: when she has proved it (sessions that are older: when they were opened)',1795782610128);
INSERT INTO "schema_migrations" VALUES(22002,'sessions: whether she was asked to prove it anew',1795782610128);
INSERT INTO "schema_migrations" VALUES(22003,'sessions: the domain of the NameID',1795782610128);
INSERT INTO "schema_migrations" VALUES(22004,'sessions: for whom the NameID was made',1795782610128);
CREATE TABLE scim_tokens (
    id                TEXT    NOT NULL PRIMARY KEY,
    directory_id      TEXT    NOT NULL REFERENCES directories (id),
    label             TEXT    NOT NULL,
    secret_hash       BLOB    NOT NULL,
    created           INTEGER NOT NULL,
    expires           INTEGER,
    last_used         INTEGER,
    last_used_address TEXT
, allow_from TEXT) STRICT;
INSERT INTO "scim_tokens" VALUES('01a21cfc-0d4b-7edc-afa8-22ef2ef8ce70','01a21cfc-0ced-75b2-bf24-b2fc1957de25','fixture',X'639212149BFA5A3E1061A44421DF8FA35F60D625E7D3F2D9972001ED52EA0CD4',1795782610251,NULL,1795782610345,'127.0.0.1',NULL);
CREATE TABLE server_admins (
    user_id    TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    granted    INTEGER NOT NULL,
    granted_by TEXT    NOT NULL
) STRICT;
CREATE TABLE server_keys (
    purpose TEXT    NOT NULL PRIMARY KEY,
    secret  BLOB    NOT NULL,
    created INTEGER NOT NULL
) STRICT;
INSERT INTO "server_keys" VALUES('cursors',X'387505C3E82C97F8E6DAB5155249453FF8C6B57A7A942A90CE4F233407F8BAAA',1795782610156);
CREATE TABLE sessions (
    id            TEXT    NOT NULL PRIMARY KEY,
    cookie_hash   BLOB    NOT NULL,
    user_id       TEXT    NOT NULL,
    directory_id  TEXT    NOT NULL,
    created       INTEGER NOT NULL,
    expires       INTEGER NOT NULL,
    last_used     INTEGER NOT NULL,
    address       TEXT,
    user_agent    TEXT,
    name_id       TEXT,
    session_index TEXT
, name_id_format TEXT, authenticated INTEGER, anew INTEGER NOT NULL DEFAULT 0, name_qualifier TEXT, sp_name_qualifier TEXT) STRICT;
CREATE TABLE sign_in_domains (
    domain       TEXT NOT NULL PRIMARY KEY,
    directory_id TEXT NOT NULL
) STRICT;
CREATE TABLE sign_in_groups (
    group_id     TEXT NOT NULL PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    directory_id TEXT NOT NULL
) STRICT;
CREATE TABLE sign_in_requests (
    relay_state  TEXT    NOT NULL PRIMARY KEY,
    directory_id TEXT    NOT NULL,
    request_id   TEXT    NOT NULL,
    browser_hash BLOB    NOT NULL,
    return_path  TEXT    NOT NULL,
    begun        INTEGER NOT NULL,
    expires      INTEGER NOT NULL
, anew INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE sign_in_returns (
    key_hash BLOB    NOT NULL PRIMARY KEY,
    path     TEXT    NOT NULL,
    created  INTEGER NOT NULL,
    expires  INTEGER NOT NULL
) STRICT;
CREATE TABLE sign_ins (
    id           TEXT    NOT NULL PRIMARY KEY,
    directory_id TEXT    NOT NULL,
    verified     INTEGER NOT NULL CHECK (verified IN (0, 1)),
    at           INTEGER NOT NULL,
    code         TEXT    NOT NULL,
    user_id      TEXT,
    request      TEXT,
    steps        TEXT    NOT NULL
) STRICT;
CREATE TABLE signing_keys (
    id          TEXT    NOT NULL PRIMARY KEY,
    algorithm   TEXT    NOT NULL,
    private_key BLOB    NOT NULL,
    created     INTEGER NOT NULL,
    replaced    INTEGER
) STRICT;
CREATE TABLE sso_connections (
    directory_id TEXT    NOT NULL PRIMARY KEY,
    settings     TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    updated      INTEGER NOT NULL
) STRICT;
CREATE TABLE sso_metadata (
    directory_id TEXT    NOT NULL PRIMARY KEY,
    url          TEXT    NOT NULL,
    tried        INTEGER NOT NULL,
    fetched      INTEGER NOT NULL,
    failed       INTEGER,
    failure      TEXT,
    changed      INTEGER,
    changes      TEXT
) STRICT;
CREATE TABLE tombstones (
    id           TEXT    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    directory_id TEXT    NOT NULL,
    handle       TEXT,
    name         TEXT    NOT NULL,
    deleted      INTEGER NOT NULL,
    deleted_by   TEXT    NOT NULL
, name_key TEXT) STRICT;
CREATE TABLE unique_values (
    directory_id TEXT NOT NULL REFERENCES directories (id),
    attribute    TEXT NOT NULL,
    value_key    TEXT NOT NULL,
    owner_id     TEXT NOT NULL
) STRICT;
CREATE TABLE used_assertions (
    directory_id TEXT    NOT NULL,
    issuer       TEXT    NOT NULL,
    assertion_id TEXT    NOT NULL,
    expires      INTEGER NOT NULL,
    PRIMARY KEY (directory_id, issuer, assertion_id)
) STRICT;
CREATE TABLE user_emails (
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    directory_id TEXT    NOT NULL,
    type_key     TEXT,
    value_key    TEXT,
    PRIMARY KEY (user_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "user_emails" VALUES('01a21cfc-0da9-7945-b263-2e7a49140067',0,'01a21cfc-0ced-75b2-bf24-b2fc1957de25','work','ada@example.com');
INSERT INTO "user_emails" VALUES('01a21cfc-0e2c-7b2e-8bba-6c29ad92b1de',0,'01a21cfc-0ced-75b2-bf24-b2fc1957de25','work','bob@example.com');
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
INSERT INTO "users" VALUES('01a21cfc-0da9-7945-b263-2e7a49140067','01a21cfc-0ced-75b2-bf24-b2fc1957de25','ada@example.com','ada@example.com',NULL,'ada',1,'ada',1795782610345,1795782610345,1,'{"userName":"ada@example.com","externalId":"ada","emails":[{"value":"ada@example.com","type":"work","primary":true}],"active":true}');
INSERT INTO "users" VALUES('01a21cfc-0e2c-7b2e-8bba-6c29ad92b1de','01a21cfc-0ced-75b2-bf24-b2fc1957de25','bob@example.com','bob@example.com',NULL,'bob',0,'bob',1795782610476,1795782610476,1,'{"userName":"bob@example.com","externalId":"bob","emails":[{"value":"bob@example.com","type":"work","primary":true}],"active":false}');
CREATE TABLE webhooks (
    id               TEXT    NOT NULL PRIMARY KEY,
    url              TEXT    NOT NULL,
    types            TEXT    NOT NULL,
    directory_id     TEXT,
    format           TEXT    NOT NULL,
    secret           BLOB    NOT NULL,
    old_secret       BLOB,
    old_secret_until INTEGER,
    paused           INTEGER NOT NULL CHECK (paused IN (0, 1)),
    created          INTEGER NOT NULL,
    acknowledged     INTEGER NOT NULL,
    attempts         INTEGER NOT NULL,
    failing_since    INTEGER,
    next_attempt     INTEGER,
    tested           INTEGER
) STRICT;
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
CREATE UNIQUE INDEX organization_resources_name ON organization_resources (organization_id, name_key, kind_key);
CREATE INDEX organization_resources_page ON organization_resources (organization_id, id);
CREATE INDEX organization_resources_public ON organization_resources (id) WHERE visibility = 'public';
CREATE UNIQUE INDEX resource_mappings_bound ON resource_mappings (group_id, resource_id) WHERE binding = 'bound';
CREATE UNIQUE INDEX resource_mappings_waiting ON resource_mappings (directory_id, group_name_key, resource_id) WHERE binding = 'waiting';
CREATE INDEX resource_mappings_resource ON resource_mappings (resource_id);
CREATE INDEX resource_mappings_group ON resource_mappings (directory_id, group_id);
CREATE INDEX mappings_directory_group ON mappings (directory_id, group_id);
CREATE INDEX resource_mappings_group_name ON resource_mappings (directory_id, group_name_key);
CREATE UNIQUE INDEX resource_grants_user ON resource_grants (user_id, resource_id);
CREATE INDEX resource_grants_resource ON resource_grants (resource_id, user_id);
CREATE INDEX organization_directories_directory ON organization_directories (directory_id);
CREATE INDEX directory_enrollments_organization ON directory_enrollments (organization_id);
CREATE INDEX first_enrollments_organization ON first_enrollments (organization_id);
CREATE INDEX api_token_users_user ON api_token_users (user_id);
CREATE INDEX losses_lost ON losses (directory_id, lost);
CREATE INDEX role_history_open ON role_history (organization_id, user_id) WHERE until IS NULL;
CREATE INDEX sign_in_requests_expires ON sign_in_requests (directory_id, expires);
CREATE INDEX used_assertions_expires ON used_assertions (directory_id, expires);
CREATE INDEX sign_ins_directory ON sign_ins (directory_id, verified, id);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created);
CREATE UNIQUE INDEX sessions_cookie ON sessions (cookie_hash);
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_expires ON sessions (expires);
CREATE UNIQUE INDEX client_authorizations_code ON client_authorizations (code_hash);
CREATE INDEX client_authorizations_session ON client_authorizations (session_id);
CREATE INDEX client_authorizations_client ON client_authorizations (client_id);
CREATE INDEX client_authorizations_expires ON client_authorizations (expires);
CREATE INDEX client_tokens_authorization ON client_tokens (authorization_id);
CREATE INDEX client_tokens_expires ON client_tokens (expires);
CREATE INDEX client_logouts_next ON client_logouts (next_attempt);
CREATE INDEX sign_in_returns_expires ON sign_in_returns (expires);
CREATE INDEX sso_metadata_tried ON sso_metadata (tried);
CREATE INDEX sign_in_domains_directory ON sign_in_domains (directory_id, domain);
CREATE INDEX sessions_name_id ON sessions (directory_id, name_id);
CREATE INDEX tombstones_name ON tombstones (directory_id, name_key);
CREATE INDEX resource_role_history_open ON resource_role_history (resource_id, user_id) WHERE until IS NULL;
CREATE INDEX deleted_resources_name ON deleted_resources (organization_id, name_key);
COMMIT;
