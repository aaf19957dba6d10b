//! `enroll apply`: the file says what is to be there.

use std::path::Path;

use serde_json::Value;

use crate::support::{enroll, enroll_ok, free_address};

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

fn apply(folder: &Path, text: &str, flags: &[&str]) -> (i32, String, String) {
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
fn a_file_with_a_fault_changes_nothing_and_a_refused_step_says_how_far_it_came() {
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
    let (code, _, refused) = apply(folder, &text, &[]);
    assert_eq!(code, 1);
    assert!(refused.contains("4 of 5 changes are made"), "{refused}");
    assert!(refused.contains("allow"), "{refused}");
    assert!(apply(folder, FILE, &[]).1.contains("1 added"), "the rest is made when the file is mended");
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
    let (code, _, refused) = apply(folder, &text, &[]);
    assert_eq!(code, 1);
    assert!(refused.contains("there is no user"), "{refused}");
}
