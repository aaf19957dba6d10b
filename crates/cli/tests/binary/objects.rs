//! One object or all of them, as an administrator looks at them and deletes them by command.

use serde_json::{Value, json};

use crate::support::{command, enroll, enroll_ok, free_address};

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn an_organization_and_a_directory_are_shown_and_deleted() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    let refused = |arguments: &[&str], said: &str| {
        let output = enroll(folder.path(), address, arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && text.contains(said), "{arguments:?}: {text}");
    };
    run(&["org", "create", "acme", "--display-name", "Acme", "--base-resource-role", "read"]);
    run(&["directory", "create", "okta", "--dialect", "strict", "--idp", "okta"]);
    let shown = run(&["org", "show", "acme"]);
    assert!(shown.contains("display name  Acme") && shown.contains("active owner  none"), "{shown}");
    assert_eq!(value(&run(&["org", "show", "acme", "--json"]))["baseResourceRole"], "read");
    let shown = run(&["directory", "show", "okta"]);
    assert!(
        shown.contains("dialect             strict") && shown.contains("last request        never"),
        "{shown}"
    );
    assert_eq!(value(&run(&["directory", "show", "okta", "--json"]))["idp"], "okta");
    refused(&["org", "show", "beta"], "beta");
    refused(&["directory", "delete", "default"], "every instance has");

    let mapping =
        run(&["mapping", "add", "--group", "Staff", "--org", "acme", "--directory", "okta", "--json"]);
    refused(&["org", "delete", "acme"], "acme still has 1 mapping: remove that first");
    refused(&["directory", "delete", "okta"], "okta still has");
    run(&["mapping", "remove", value(&mapping)[0]["id"].as_str().unwrap()]);
    assert!(value(&run(&["org", "delete", "acme", "--json"]))["done"].is_string());
    run(&["directory", "delete", "okta"]);
    assert_eq!(value(&run(&["org", "list", "--json"])), json!([]));
    assert!(!run(&["directory", "list"]).contains("okta"));
    refused(&["org", "create", "acme"], "choose another");
}

#[test]
fn e3_8_a_mapping_is_made_paused_and_shown_so() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    run(&["org", "create", "acme"]);
    let add = ["add", "--group", "Staff", "--org", "acme", "--paused", "--json"];
    assert_eq!(value(&run(&[&["mapping", "preview"], &add[..]].concat()))["gained"], 0);
    let made = value(&run(&[&["mapping"], &add[..]].concat()));
    assert_eq!(made[0]["state"], "paused");
    let resumed = value(&run(&["mapping", "resume", made[0]["id"].as_str().unwrap(), "--json"]));
    assert_eq!(resumed[0]["state"], "waiting");
    let neither = enroll(folder.path(), address, &["mapping", "add", "--group", "Staff"]);
    assert_eq!(neither.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&neither.stderr).contains("--org <ORG>|--resource <ORG/NAME>"));
}

#[test]
fn e3_9_the_brakes_of_all_directories_are_shown_at_once() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    run(&["directory", "create", "okta"]);
    run(&["directory", "brake", "set", "--directory", "okta"]);
    let shown = run(&["directory", "brake", "status"]);
    assert!(shown.contains("default: off\nokta: on\nlimit: 20 people or 20 %"), "{shown}");
    let all = value(&run(&["directory", "brake", "status", "--json"]));
    assert_eq!((all.as_array().unwrap().len(), &all[1]["state"]), (2, &json!("on")));
    let one = value(&run(&["directory", "brake", "status", "--directory", "okta", "--json"]));
    assert_eq!(one, all[1]);
}

#[test]
fn users_and_groups_are_listed_and_shown() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    let list = "userName,groups,externalId\nada,Web Team,7\nbob,,\n";
    std::fs::write(folder.path().join("users.csv"), list).unwrap();
    run(&["directory", "create", "okta"]);
    run(&["import", "--from", "csv", "users.csv", "--directory", "okta", "--yes"]);
    assert_eq!(run(&["user", "list"]), "Nobody yet.");
    let users = value(&run(&["user", "list", "--directory", "okta", "--json"]));
    assert_eq!(users.as_array().unwrap().len(), 2);
    let filtered = ["user", "list", "--directory", "okta", "--filter", "externalId eq \"7\"", "--json"];
    assert_eq!(value(&run(&filtered))[0]["userName"], "ada");
    let shown = run(&["user", "show", "ada"]);
    assert!(shown.contains("from        the directory okta") && shown.contains("externalId  7"), "{shown}");
    assert_eq!(value(&run(&["user", "show", "ada", "--json"]))["handle"], "ada");

    let groups = run(&["group", "list", "--directory", "okta"]);
    assert!(groups.contains("Web Team"), "{groups}");
    let group = value(&run(&["group", "show", "web team", "--directory", "okta", "--json"]));
    assert_eq!(group["displayName"], "Web Team");
    let id = group["id"].as_str().unwrap();
    assert!(run(&["group", "show", id, "--directory", "okta"]).contains("directory  okta"));
    assert!(run(&["group", "members", "Web Team", "--directory", "okta"]).contains("User"));
    let unknown = enroll(folder.path(), address, &["group", "show", "Web Team"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("enroll group list --directory default"));
}

#[test]
fn e3_10_of_a_deleted_user_it_is_said_that_the_id_is_needed() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    run(&["org", "create", "acme"]);
    run(&["bot", "create", "deployer"]);
    run(&["bot", "delete", "deployer"]);
    let output = enroll(folder.path(), address, &["explain", "deployer", "acme", "--at", "2026-01-01"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("found by id alone, which `enroll audit list --user deployer` shows"), "{said}");
}

#[test]
fn a_command_on_a_database_itself_is_refused_when_the_environment_names_a_server() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(folder.path(), address, &["org", "create", "acme"]);
    for arguments in [
        &["verify"][..],
        &["audit", "verify"],
        &["backup", "a.backup"],
        &["restore", "a.backup"],
        &["migrate"],
    ] {
        let mut command = command(folder.path(), address);
        let output =
            command.args(arguments).env("ENROLL_SERVER", "https://enroll.example.com").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("ENROLL_SERVER names the server https://enroll.example.com"), "{said}");
    }
    assert!(!folder.path().join("a.backup").exists());
}

#[test]
fn force_is_in_the_help_of_commands_where_it_does_something() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let has_force = |arguments: &[&str]| {
        enroll_ok(folder.path(), address, &[arguments, &["--help"]].concat()).contains("--force")
    };
    for arguments in [&["user", "delete"][..], &["org", "revoke"], &["mapping", "pause"], &["apply"]] {
        assert!(has_force(arguments), "{arguments:?}");
    }
    for arguments in [&["token", "list"][..], &["check"], &["directory", "set"], &["audit", "list"]] {
        assert!(!has_force(arguments), "{arguments:?}");
    }
}
