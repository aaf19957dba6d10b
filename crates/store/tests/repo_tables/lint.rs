//! Threat S5: every statement on what a directory owns names the directory. Reads the sources of this crate.

use crate::sources::literals;

/// Tables whose rows belong to a directory.
const OWNED: [&str; 24] = [
    "users",
    "user_emails",
    "groups",
    "group_members",
    "mappings",
    "resource_mappings",
    "scim_tokens",
    "tombstones",
    "resources",
    "unique_values",
    "directory_schemas",
    "directory_policies",
    "directory_quirks",
    "directory_enrollments",
    "directory_brakes",
    "losses",
    "directory_idps",
    "sso_connections",
    "sign_in_requests",
    "used_assertions",
    "sign_ins",
    "sign_in_groups",
    "sso_metadata",
    "sign_in_domains",
];

/// Statements that are not bound to one directory, each by a part of its text, with the reason.
const ALLOWED: [(&str, &str); 22] = [
    ("FROM users WHERE users.id = ?1", "an admin's reference to a user"),
    ("grants.organization_id = ?1 AND grants.role = 'owner'", "an owner by grant may be of any directory"),
    ("users.id = server_admins.user_id", "a server admin may be of any directory"),
    ("FROM users WHERE users.handle = ?1", "an admin's reference to a user"),
    ("FROM directories CROSS JOIN users AS there", "whom else an admin's reference to a user may mean"),
    (
        "FROM mappings WHERE mappings.organization_id = ?1 UNION",
        "an organization is led into by any directory",
    ),
    ("users.directory_id IN (SELECT directories.id FROM directories)", "an admin's reference to a user"),
    ("FROM users WHERE id IN ({})", "the members of an organization may be of any directory"),
    ("FROM mappings WHERE mappings.organization_id = ?1", "an organization has mappings of any directory"),
    ("FROM mappings WHERE mappings.id > ?1", "an admin's list of mappings is of all directories or of one"),
    ("DELETE FROM mappings WHERE organization_id = ?1", "an organization has mappings of any directory"),
    ("FROM mappings WHERE mappings.id = ?1", "an admin's reference to a mapping"),
    (
        "FROM resource_mappings WHERE resource_mappings.resource_id = ?1",
        "a resource has mappings of any directory",
    ),
    (
        "FROM resource_mappings WHERE resource_mappings.id > ?1",
        "an admin's list of mappings is of all directories or of one",
    ),
    ("FROM resource_mappings WHERE resource_mappings.id = ?1", "an admin's reference to a mapping"),
    (
        "JOIN resource_mappings ON resource_mappings.resource_id = organization_resources.id",
        "an organization has mappings of any directory",
    ),
    ("FROM directory_enrollments WHERE organization_id = ?1", "an organization may be that of any directory"),
    ("FROM sso_metadata WHERE tried <= ?2", "the metadata of every directory is fetched again"),
    (
        "SELECT directory_id FROM sso_connections ORDER BY",
        "who wants to sign in has not said yet of which directory she is",
    ),
    ("FROM sign_in_domains WHERE domain = ?1", "the domain is what names the directory"),
    ("FROM scim_tokens WHERE id = ?1", "the token is what names the directory"),
    (
        "JOIN directories ON directories.id = scim_tokens.directory_id",
        "the token is what names the directory",
    ),
];

#[test]
fn threat_s5_every_statement_on_owned_data_names_the_directory() {
    let mut statements = 0;
    let mut used = [false; ALLOWED.len()];
    let mut faults = Vec::new();
    for (file, text) in literals() {
        let mentions = mentions(&text);
        if mentions == 0 {
            continue;
        }
        statements += 1;
        let allowed = ALLOWED.iter().position(|(part, _)| text.contains(part));
        if let Some(position) = allowed {
            used[position] = true;
        } else if directories(&text) < mentions {
            faults.push(format!("{}: {text}", file.display()));
        }
    }
    assert!(statements > 40, "only {statements} statements were found: does the lint still read them?");
    assert!(faults.is_empty(), "statements without the directory:\n{}", faults.join("\n"));
    assert_eq!(used, [true; ALLOWED.len()], "an exception that nothing needs");
}

#[test]
fn e6_4_no_statement_changes_or_deletes_an_entry_of_the_audit_trail() {
    let texts: Vec<String> = literals().into_iter().map(|(_, text)| text).collect();
    let about =
        |word: &str| texts.iter().filter(|text| text.contains(&format!("{word} audit_entries"))).count();
    assert_eq!((about("INSERT INTO"), about("UPDATE"), about("DELETE FROM")), (1, 0, 0));
    assert!(about("FROM") > 0, "the lint still reads them");
}

/// What other engines that speak PostgreSQL's protocol do not have, or what only one of the two has (design: portable).
const UNPORTABLE: [&str; 18] = [
    "pg_advisory",
    "pg_try_advisory",
    "LISTEN ",
    "NOTIFY ",
    "CREATE TRIGGER",
    "CREATE SEQUENCE",
    "nextval(",
    "TEMP TABLE",
    "TEMPORARY TABLE",
    "LOCK TABLE",
    "INSERT OR ",
    "REPLACE INTO",
    "LIMIT -1",
    " rowid",
    "json_",
    "->>",
    " ILIKE ",
    " REGEXP ",
];

#[test]
fn no_statement_uses_what_one_engine_alone_has() {
    let faults: Vec<_> = literals()
        .into_iter()
        .filter(|(_, text)| {
            let statement = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "CREATE ", "ALTER "];
            statement.iter().any(|word| text.contains(word))
        })
        .filter(|(file, _)| !file.components().any(|part| part.as_os_str() == "engine"))
        .filter(|(_, text)| UNPORTABLE.iter().any(|word| text.contains(word)))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_lint_sees_a_statement_without_the_directory() {
    let fault = "SELECT id FROM users WHERE id = ?1";
    assert!(directories(fault) < mentions(fault));
    let half = "SELECT 1 FROM users JOIN groups ON groups.id = users.id WHERE users.directory_id = ?1";
    assert!(directories(half) < mentions(half));
    let late = "SELECT id FROM users WHERE id = ?1 AND directory_id = ?2";
    assert!(directories(late) < mentions(late));
    let insert = "INSERT INTO users (id, directory_id) VALUES (?1, ?2)";
    assert!(directories(insert) < mentions(insert));
    let right = "SELECT 1 FROM users JOIN groups ON groups.directory_id = ?1 WHERE users.directory_id = ?1";
    assert_eq!((directories(right), mentions(right)), (2, 2));
    assert_eq!(mentions("SELECT id FROM organizations WHERE users = 1"), 0);
}

/// How often a literal names an owned table as a source or target of rows.
fn mentions(text: &str) -> usize {
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .filter(|pair| matches!(pair[0], "FROM" | "JOIN" | "INTO" | "UPDATE") && OWNED.contains(&pair[1]))
        .count()
}

/// How often a literal binds the directory, always as the first parameter.
fn directories(text: &str) -> usize {
    text.matches("directory_id = ?1").count() + text.matches(" (directory_id, ").count()
}
