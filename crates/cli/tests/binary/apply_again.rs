//! `enroll apply` of a file that is as it was: whatever way it names things, nothing changes.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::apply::apply;
use crate::support::{Process, command, enroll, enroll_ok, free_address};

const NOTHING: &str = "Everything is as the file says.\n";

/// Two organizations, resources of one name and two kinds, and all that can be said of them in more than one way.
const EVERYTHING: &str = r#"
[[directory]]
name = "okta2"
dialect = "compat"
rebind = "confirm"
unknown_extensions = "ignore"
idp = "guess"
quirks = {}

[[directory]]
name = "entra"
dialect = "strict"
rebind = "by-name"
unknown_extensions = "keep"
idp = "entra"
quirks = { string-booleans = true }

[[organization]]
name = "acme"
display_name = " Acme "
description = ""
base_resource_role = "read"
directories = ["okta2", "entra", "default", "entra"]

[[organization]]
name = "lab"
directories = []

[[resource]]
organization = "acme"
name = "Website"
kind = " Wiki "

[[resource]]
organization = "acme"
name = "website"
visibility = "public"

[[resource]]
organization = "acme"
name = "only"

[[mapping]]
group = "Engineering"
organization = "acme"
role = "writer"

[[mapping]]
group = "Engineering"
organization = "acme"
resource = "Only"

[[mapping]]
group = "Engineering"
organization = "acme"
resource = "repository:website"
role = "write"

[[mapping]]
group = "Engineering"
organization = "acme"
resource = "wiki:website"
role = "limited-write"
paused = true

[[mapping]]
directory = "entra"
group = "Designers"
organization = "acme"
resource = "Repository:ONLY"

[[grant]]
organization = "acme"
user = "Ann@example.com"
role = "owner"

[[grant]]
organization = "acme"
resource = "Wiki:website"
user = "ann"
role = "admin"

[[grant]]
organization = "acme"
resource = "only"
user = "ann"

[[webhook]]
url = "https://example.com"
types = ["user.*", " group.* ", "organization.*"]

[[webhook]]
url = "https://example.com:443/set"
directory = "entra"
format = "set"
paused = true
"#;

fn list(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let arguments = [arguments, &["--json"]].concat();
    serde_json::from_str(&enroll_ok(folder, free_address(), &arguments)).unwrap()
}

fn id(folder: &Path, arguments: &[&str], member: &str, value: &str) -> String {
    let all = list(folder, arguments);
    let found = all.iter().find(|one| one[member] == value).unwrap_or_else(|| panic!("{value}: {all:?}"));
    found["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn changes_nothing(folder: &Path, text: &str) {
    for flags in [&[][..], &["--dry-run"], &["--prune"], &["--dry-run", "--prune"]] {
        let (code, shown, refused) = apply(folder, text, flags);
        assert_eq!((code, shown.as_str()), (0, NOTHING), "{flags:?}: {refused}");
    }
}

#[test]
fn a_file_with_everything_changes_nothing_the_second_time_however_it_names_things() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    enroll_ok(folder, free_address(), &["admin", "create", "ann@example.com"]);
    let (code, shown, refused) = apply(folder, EVERYTHING, &[]);
    assert_eq!(code, 0, "{shown}{refused}");
    assert!(shown.ends_with("17 added, 0 changed, 0 removed.\n"), "{shown}");
    changes_nothing(folder, EVERYTHING);

    let acme = id(folder, &["org", "list"], "name", "acme");
    let only = id(folder, &["resource", "list", "acme"], "name", "only");
    let entra = id(folder, &["directory", "list"], "name", "entra");
    let okta = id(folder, &["directory", "list"], "name", "okta2");
    let ann: Value =
        serde_json::from_str(&enroll_ok(folder, free_address(), &["user", "show", "ann", "--json"])).unwrap();
    let ids = EVERYTHING
        .replace("organization = \"acme\"", &format!("organization = {acme:?}"))
        .replace("\"Only\"", &format!("{only:?}"))
        .replace("\"only\"\nuser", &format!("{only:?}\nuser"))
        .replace("\"okta2\", \"entra\", \"default\"", &format!("{entra:?}, \"default\", {okta:?}"))
        .replace("directory = \"entra\"", &format!("directory = {entra:?}"))
        .replace("\"ann\"", &ann["id"].to_string());
    assert_ne!(ids, EVERYTHING);
    changes_nothing(folder, &ids);
}

#[test]
fn e1_6_a_resource_named_as_two_are_is_refused_and_each_is_changed_by_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    enroll_ok(folder, free_address(), &["admin", "create", "ann@example.com"]);
    let base = "[[organization]]\nname = \"acme\"\n\
        [[resource]]\norganization = \"acme\"\nname = \"website\"\n\
        [[resource]]\norganization = \"acme\"\nname = \"website\"\nkind = \"Wiki\"\n";
    let mapping = |resource: &str, role: &str| {
        format!(
            "[[mapping]]\ngroup = \"Eng\"\norganization = \"acme\"\nresource = {resource:?}\nrole = {role:?}\n"
        )
    };
    let said = "acme has several resources named \"website\": write resource = \"repository:website\" or resource = \
                \"Wiki:website\"";
    let grant = "[[grant]]\norganization = \"acme\"\nresource = \"website\"\nuser = \"ann\"\n";
    let both = format!("{base}{}{}", mapping("repository:website", "read"), mapping("Wiki:website", "read"));
    // Before they are there and afterwards: the file says enough.
    for flags in [&["--dry-run"][..], &[]] {
        for entry in [&mapping("website", "read"), grant] {
            let (code, shown, refused) = apply(folder, &format!("{base}{entry}"), flags);
            assert_eq!((code, shown.as_str()), (1, ""), "{refused}");
            assert!(refused.contains(said), "{refused}");
        }
        let (code, shown, refused) = apply(folder, &both, flags);
        assert!(code == 3 || code == 0 && shown.ends_with("5 added, 0 changed, 0 removed.\n"), "{refused}");
    }
    let other = both.replace("\"Wiki:website\"\nrole = \"read\"", "\"wiki:website\"\nrole = \"write\"");
    let (_, shown, refused) = apply(folder, &other, &["--prune"]);
    assert_eq!(
        shown, "~ mapping \"Eng\" to acme/wiki:website: role read -> write\n0 added, 1 changed, 0 removed.\n",
        "{refused}"
    );
    let shown = enroll_ok(folder, free_address(), &["mapping", "list"]);
    assert!(shown.contains("acme/Wiki:website") && shown.contains("acme/repository:website"), "{shown}");
    let open = format!("{base}visibility = \"public\"\n");
    let (_, shown, _) = apply(folder, &open, &["--dry-run"]);
    assert!(shown.starts_with("~ resource acme/Wiki:website: visibility private -> public\n"), "{shown}");
    let kinds: Vec<Value> =
        list(folder, &["mapping", "list"]).iter().map(|mapping| mapping["resourceKind"].clone()).collect();
    assert_eq!(kinds, ["repository", "Wiki"]);
    let (_, shown, _) = apply(folder, base, &["--prune", "--dry-run"]);
    assert!(shown.contains("- mapping \"Eng\" to acme/Wiki:website: role write\n"), "{shown}");

    let id = id(folder, &["resource", "list", "acme"], "kind", "Wiki");
    let twice = format!("{both}{}", mapping(&id, "admin"));
    let (code, _, refused) = apply(folder, &twice, &[]);
    assert_eq!(code, 1);
    assert!(
        refused
            .contains("the file has the mapping of the group \"Eng\" of default to acme/Wiki:website twice"),
        "{refused}"
    );
}

#[test]
fn one_person_named_in_two_ways_has_one_grant_in_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    enroll_ok(folder, free_address(), &["admin", "create", "u3@example.com"]);
    let base = "[[organization]]\nname = \"acme\"\n[[resource]]\norganization = \"acme\"\nname = \"web\"\n";
    let grant =
        |user: &str, rest: &str| format!("[[grant]]\norganization = \"acme\"\nuser = {user:?}\n{rest}");
    for (first, second) in [
        ("role = \"member\"\n", "role = \"writer\"\n"),
        ("resource = \"web\"\n", "resource = \"repository:web\"\nrole = \"write\"\n"),
    ] {
        let text = format!("{base}{}{}", grant("u3", first), grant("u3@example.com", second));
        // Before she has a grant there and afterwards.
        for _ in 0..2 {
            let (code, shown, refused) = apply(folder, &text, &[]);
            assert_eq!((code, shown.as_str()), (1, ""), "{refused}");
            assert!(
                refused.contains("\"u3\" and \"u3@example.com\" are one person: leave one of the grants in"),
                "{refused}"
            );
            assert_eq!(apply(folder, &format!("{base}{}", grant("u3", first)), &[]).0, 0);
        }
    }
    let (_, _, refused) =
        apply(folder, &format!("{base}{}{}", grant("nobody", ""), grant("nobody", "")), &[]);
    assert!(refused.contains("the file has the grant of nobody in acme twice"), "{refused}");
}

#[test]
fn a_table_where_a_list_belongs_is_told_with_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (code, _, refused) = apply(folder, "[organization]\nname = \"acme\"\n", &[]);
    assert_eq!(code, 1);
    assert!(refused.contains("write [[organization]] instead of [organization]"), "{refused}");
}

#[tokio::test]
async fn a_file_applied_twice_at_the_same_time_makes_a_webhook_once() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let folder = folder.path();
    let (server, _) = Process::start(folder, address).await;
    let file = folder.join("plan.toml");
    std::fs::write(&file, "[[webhook]]\nurl = \"https://example.com/hook\"\n").unwrap();
    let mut running = Vec::new();
    for _ in 0..6 {
        let mut apply = command(folder, address);
        apply.arg("apply").arg(&file).stdout(Stdio::piped()).stderr(Stdio::piped());
        running.push(apply.spawn().unwrap());
    }
    for apply in running {
        let output = apply.wait_with_output().unwrap();
        // Refused when it is tried, or when it is made.
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success() || told.contains("there is a webhook to"), "{told}");
    }
    assert_eq!(list(folder, &["webhook", "list"]).len(), 1);
    assert!(enroll(folder, address, &["apply", file.to_str().unwrap()]).status.success());
    server.kill();
}
