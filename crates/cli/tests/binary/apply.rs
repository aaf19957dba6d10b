//! `enroll apply`: the file says what is to be there.

use std::path::Path;

use enroll_testkit::{Connection, wire};
use serde_json::Value;

use crate::support::{Process, enroll, enroll_ok, free_address};

const FILE: &str = r#"
[[directory]]
name = "entra"
dialect = "strict"
quirks = { string-booleans = true }

[[organization]]
name = "acme"
display_name = "Acme"
base_resource_role = "read"

[[organization]]
name = "lab"

[[mapping]]
group = "Engineering"
organization = "acme"
role = "writer"

[[mapping]]
directory = "entra"
group = "Admins"
organization = "lab"
role = "admin"
allow_privileged = true
paused = true
"#;

pub(crate) fn apply(folder: &Path, text: &str, flags: &[&str]) -> (i32, String, String) {
    let file = folder.join("plan.toml");
    std::fs::write(&file, text).unwrap();
    let arguments = [&["apply", file.to_str().unwrap()][..], flags].concat();
    let output = enroll(folder, free_address(), &arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn entries(folder: &Path) -> usize {
    let listed = enroll_ok(folder, free_address(), &["audit", "list", "--json", "--limit", "1000"]);
    serde_json::from_str::<Value>(&listed).unwrap().as_array().unwrap().len()
}

#[test]
fn a_dry_run_shows_the_difference_and_changes_nothing_and_applying_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    enroll_ok(folder, free_address(), &["migrate"]);
    let before = entries(folder);
    let (code, shown, _) = apply(folder, FILE, &["--dry-run"]);
    assert_eq!(code, 3, "{shown}");
    assert_eq!(
        shown,
        "+ directory entra: dialect strict, quirks {\"string-booleans\":true}\n\
         + organization acme: displayName Acme, baseResourceRole read\n\
         + organization lab\n\
         + mapping \"Engineering\" to acme: role writer\n\
         + mapping \"Admins\" of entra to lab: role admin, paused true\n\
         5 would be added, 0 would be changed, 0 would be removed.\n"
    );
    assert_eq!(entries(folder), before);

    let (code, shown, refused) = apply(folder, FILE, &[]);
    assert_eq!(code, 0, "{refused}");
    assert!(shown.ends_with("5 added, 0 changed, 0 removed.\n"), "{shown}");
    let after = entries(folder);
    assert_eq!(after, before + 5, "a change each, and a mapping that is to be paused never had effect");
    assert_eq!(apply(folder, FILE, &[]).1, "Everything is as the file says.\n");
    assert_eq!(apply(folder, FILE, &["--dry-run"]).0, 0);
    assert_eq!(entries(folder), after);
}

#[test]
fn what_differs_is_changed_and_what_the_file_does_not_have_is_removed_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    apply(folder, FILE, &[]);
    let other = FILE
        .replace("dialect = \"strict\"", "dialect = \"compat\"")
        .replace("string-booleans = true", "string-booleans = false")
        .replace("\"Engineering\"", "\" ENGINEERING \"")
        .replace("role = \"writer\"", "role = \"member\"")
        .replace("paused = true", "");
    let (code, shown, refused) = apply(folder, &other, &[]);
    assert_eq!(code, 0, "{refused}");
    assert_eq!(
        shown,
        "~ directory entra: dialect strict -> compat, quirks {\"string-booleans\":true} -> {\"string-booleans\":false}\n\
         ~ mapping \" ENGINEERING \" to acme: role writer -> member\n\
         ~ mapping \"Admins\" of entra to lab: paused true -> false\n\
         0 added, 3 changed, 0 removed.\n"
    );
    let less = "[[organization]]\nname = \"lab\"\n";
    assert_eq!(apply(folder, less, &[]).1, "Everything is as the file says.\n");
    let (_, shown, _) = apply(folder, less, &["--prune"]);
    assert_eq!(shown, "- mapping \"Admins\" of entra to lab: role admin\n0 added, 0 changed, 1 removed.\n");
    let left = enroll_ok(folder, free_address(), &["mapping", "list"]);
    assert!(left.contains("Engineering"), "the mappings of other organizations stay: {left}");
}

#[test]
fn a_file_with_a_fault_changes_nothing_and_one_that_would_be_refused_neither() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (text, said) in [
        ("[[organization]]\nname = \"acme\"\ndisplay = \"x\"\n", "unknown field `display`"),
        (
            "[[organization]]\nname = \"acme\"\n[[organization]]\nname = \"acme\"\n",
            "the organization acme twice",
        ),
        ("[[team]]\n", "unknown field `team`"),
        ("[[mapping]]\norganization = \"acme\"\n", "missing field `group`"),
    ] {
        let (code, _, refused) = apply(folder, text, &[]);
        assert_eq!(code, 1);
        assert!(refused.contains(said), "{refused}");
    }
    let text = FILE.replace("allow_privileged = true", "");
    enroll_ok(folder, free_address(), &["migrate"]);
    let before = entries(folder);
    let (code, shown, refused) = apply(folder, &text, &[]);
    assert_eq!(code, 1);
    assert!(shown.contains("confirm with allow_privileged = true in its entry\n"), "{shown}");
    assert!(!shown.contains("--allow-privileged"), "apply has no such flag: {shown}");
    assert!(refused.contains("1 of 5 changes would be refused; nothing was changed"), "{refused}");
    assert_eq!(entries(folder), before);
    assert!(apply(folder, FILE, &[]).1.contains("5 added"), "all is made when the file is mended");
}

/// Each entry that would be refused, with a part of what is said.
const REFUSED: [(&str, &str); 6] = [
    ("[[organization]]\nname = \"A\"\n", "is no name for an organization"),
    ("[[mapping]]\ngroup = \"x\"\norganization = \"none\"\n", "there is no organization"),
    ("[[grant]]\norganization = \"lab\"\nuser = \"nobody\"\n", "there is no user"),
    ("[[resource]]\norganization = \"lab\"\nname = \"x\"\nvisibility = \"secret\"\n", "visibility"),
    ("[[grant]]\norganization = \"lab\"\nresource = \"none\"\nuser = \"root\"\n", "has no resource"),
    ("[[webhook]]\nurl = \"http://example.com/\"\n", "outbound_allow_private"),
];

#[test]
fn a_dry_run_finds_what_the_real_run_would_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    enroll_ok(folder, free_address(), &["migrate"]);
    enroll_ok(folder, free_address(), &["admin", "create", "root", "--email", "root@example.com"]);
    for (entry, said) in REFUSED {
        let text = format!("{FILE}\n{entry}");
        let (code, shown, refused) = apply(folder, &text, &["--dry-run"]);
        assert_eq!(code, 1, "{entry}: {shown}");
        assert!(shown.contains("\n  refused: ") && shown.contains(said), "{entry}: {shown}");
        assert!(refused.contains("1 of 6 changes would be refused"), "{entry}: {refused}");
        let file = folder.join("plan.toml");
        let json = ["apply", file.to_str().unwrap(), "--dry-run", "--json"];
        let told: Value = serde_json::from_slice(&enroll(folder, free_address(), &json).stdout).unwrap();
        let changes = told["changes"].as_array().unwrap();
        assert_eq!(changes.iter().filter(|change| change["refused"].is_string()).count(), 1, "{told}");
    }
    let owner = "[[organization]]\nname = \"lab\"\n[[grant]]\norganization = \"lab\"\nuser = \"root\"\nrole = \"owner\"\n";
    assert_eq!(apply(folder, owner, &[]).0, 0);
    let (code, shown, _) = apply(folder, "[[organization]]\nname = \"lab\"\n", &["--prune", "--dry-run"]);
    assert_eq!(code, 1);
    assert!(shown.contains("would lose its last owner"), "{shown}");
}

#[test]
fn webhooks_and_grants_on_resources_follow_the_file_and_a_secret_is_shown_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    enroll_ok(folder, free_address(), &["admin", "create", "root", "--email", "root@example.com"]);
    let text = "[[organization]]\nname = \"acme\"\n[[resource]]\norganization = \"acme\"\nname = \"Web\"\n\
        [[grant]]\norganization = \"acme\"\nresource = \"web\"\nuser = \"root\"\n\
        [[webhook]]\nurl = \"https://example.com\"\ntypes = [\"user.*\"]\n\
        [[webhook]]\nurl = \"https://example.com/set\"\ndirectory = \"default\"\nformat = \"set\"\npaused = true\n";
    let (code, shown, refused) = apply(folder, text, &[]);
    assert_eq!(code, 0, "{refused}");
    for line in [
        "+ grant to root in acme/web: role read\n",
        "+ webhook https://example.com/: types [\"user.*\"]\n",
        "+ webhook https://example.com/set of default as set: paused true\n",
        "The secret of the webhook https://example.com/, which is not shown again: whsec_",
        "5 added, 0 changed, 0 removed.\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert_eq!(apply(folder, text, &[]).1, "Everything is as the file says.\n");
    assert_eq!(apply(folder, text, &["--prune"]).1, "Everything is as the file says.\n");

    let other = text
        .replace("types = [\"user.*\"]", "types = []\npaused = true")
        .replace("user = \"root\"", "user = \"root\"\nrole = \"write\"");
    let (_, shown, refused) = apply(folder, &other, &[]);
    assert_eq!(
        shown,
        "~ grant to root in acme/web: role read -> write\n\
         ~ webhook https://example.com/: types [\"user.*\"] -> [], paused false -> true\n\
         0 added, 2 changed, 0 removed.\n",
        "{refused}"
    );
    let less =
        "[[organization]]\nname = \"acme\"\n[[webhook]]\nurl = \"https://example.com/\"\npaused = true\n";
    assert_eq!(apply(folder, less, &[]).1, "Everything is as the file says.\n");
    let (_, shown, refused) = apply(folder, less, &["--prune"]);
    assert_eq!(
        shown,
        "- grant to root in acme/repository:Web: role write\n- webhook https://example.com/set of default as set\n\
         0 added, 0 changed, 2 removed.\n",
        "{refused}"
    );
    assert_eq!(
        apply(
            folder,
            "[[webhook]]\nurl = \"https://example.com\"\n[[webhook]]\nurl = \"https://example.com/\"\n",
            &[]
        )
        .0,
        1
    );
}

#[tokio::test]
async fn e3_7_a_group_that_was_renamed_keeps_its_mapping_when_the_file_still_has_the_old_name() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let folder = folder.path();
    let (server, _) = Process::start(folder, address).await;
    let token = server.enroll_ok(&["token", "create", "--label", "okta", "--print"]);
    let mut connection = Connection::open(address).await.unwrap();
    let mut scim = async |method: &str, path: &str, body: &str| {
        connection.send(&wire::request(method, &format!("/scim/v2{path}"), &token, body)).await.unwrap()
    };
    const SCHEMA: &str = "\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"]";
    let made = scim("POST", "/Groups", &format!("{{{SCHEMA},\"displayName\":\"Eng\"}}")).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let text = "[[organization]]\nname = \"acme\"\n[[mapping]]\ngroup = \"Eng\"\norganization = \"acme\"\n";
    assert_eq!(apply(folder, text, &[]).0, 0);
    let renamed =
        scim("PUT", &format!("/Groups/{id}"), &format!("{{{SCHEMA},\"displayName\":\"Engineering\"}}")).await;
    assert_eq!(renamed.status, 200);

    for flags in [&[][..], &["--prune"], &["--dry-run", "--prune"]] {
        let (code, shown, refused) = apply(folder, text, flags);
        assert_eq!(code, 0, "{flags:?}: {shown}{refused}");
        assert!(shown.contains("! the group \"Eng\" is called \"Engineering\" now"), "{shown}");
        assert!(shown.ends_with("Everything is as the file says.\n"), "{shown}");
    }
    let role = text.replace("organization = \"acme\"\n", "organization = \"acme\"\nrole = \"writer\"\n");
    let (_, shown, _) = apply(folder, &role, &["--prune"]);
    assert!(shown.contains("~ mapping \"Eng\" to acme: role member -> writer\n"), "{shown}");
    let listed: Value = serde_json::from_str(&server.enroll_ok(&["mapping", "list", "--json"])).unwrap();
    assert_eq!((&listed[0]["group"], listed.as_array().unwrap().len()), (&"Engineering".into(), 1));
    let new = role.replace("\"Eng\"", "\"Engineering\"");
    assert_eq!(apply(folder, &new, &["--prune"]).1, "Everything is as the file says.\n");
    let both = format!("{new}[[mapping]]\ngroup = \"Eng\"\norganization = \"acme\"\n");
    let (_, shown, _) = apply(folder, &both, &["--dry-run"]);
    assert!(shown.starts_with("+ mapping \"Eng\" to acme: role member\n"), "another group is meant: {shown}");

    let platform = format!("{{{SCHEMA},\"displayName\":\"Platform\"}}");
    assert_eq!(scim("POST", "/Groups", &platform).await.status, 201);
    server.enroll_ok(&["mapping", "rebind", listed[0]["id"].as_str().unwrap(), "--group", "Platform"]);
    let (code, shown, _) = apply(folder, text, &["--dry-run"]);
    assert_eq!(code, 3);
    assert!(
        shown.starts_with("+ mapping \"Eng\" to acme"),
        "an administrator has pointed it elsewhere: {shown}"
    );
    server.kill();
}

#[test]
fn e1_6_resources_and_mappings_to_them_follow_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = format!(
        "{FILE}\n[[resource]]\norganization = \"acme\"\nname = \"Web\"\n\n[[mapping]]\ngroup = \"Engineering\"\n\
         organization = \"acme\"\nresource = \"Web\"\n"
    );
    let (code, shown, refused) = apply(folder, &text, &[]);
    assert_eq!(code, 0, "{refused}");
    assert!(shown.contains("+ resource acme/Web: kind repository, visibility private\n"), "{shown}");
    assert!(shown.contains("+ mapping \"Engineering\" to acme/Web: role read\n"), "{shown}");
    assert_eq!(apply(folder, &text, &[]).1, "Everything is as the file says.\n");
    let other_case = text.replace("resource = \"Web\"", "resource = \"web\"");
    assert_eq!(apply(folder, &other_case, &["--prune"]).1, "Everything is as the file says.\n");
    let open = text.replace("name = \"Web\"\n", "name = \"web\"\nvisibility = \"public\"\n");
    let (_, shown, _) = apply(folder, &open, &["--dry-run"]);
    assert!(
        shown.contains(
            "~ resource acme/web: visibility private -> public\n0 would be added, 1 would be changed"
        ),
        "{shown}"
    );
}

#[test]
fn direct_grants_follow_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    apply(folder, FILE, &[]);
    let text = format!("{FILE}\n[[grant]]\norganization = \"acme\"\nuser = \"nobody\"\n");
    let (code, shown, _) = apply(folder, &text, &[]);
    assert_eq!(code, 1);
    assert!(shown.contains("there is no user"), "{shown}");
}
