//! Commands as a script or an administrator runs them: exit codes, `--json`, and what they do without a database.

use std::process::Output;

use enroll_service::Clock;
use enroll_testkit::idp::{self, KeyKind, SigningKey};

use crate::support::{command, enroll, enroll_ok, free_address};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn refusal(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_question_to_a_folder_without_a_database_is_refused_and_leaves_the_folder_alone() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    for arguments in [
        &["org", "list"][..],
        &["check", "ada", "acme"],
        &["verify"],
        &["token", "list"],
        &["mapping", "remove", "x"],
    ] {
        let output = enroll(folder.path(), address, arguments);
        assert_eq!(output.status.code(), Some(4), "{arguments:?}");
        assert!(refusal(&output).contains("there is no database"), "{}", refusal(&output));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn setting_up_comes_before_the_first_start_of_the_server() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let token = enroll_ok(folder.path(), address, &["token", "create", "--label", "Okta", "--print"]);
    assert!(token.starts_with("enr_scim_"), "{token}");
    enroll_ok(folder.path(), address, &["org", "create", "acme"]);
    let organizations = json(&enroll_ok(folder.path(), address, &["org", "list", "--json"]));
    assert_eq!(organizations[0]["name"], "acme");
}

#[test]
fn e5_1_a_token_is_limited_to_networks_and_freed_again() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    let create = ["token", "create", "--label", "Okta", "--allow-from", "203.0.113.0/24", "--allow-from"];
    let made = json(&run(&[&create[..], &["2001:db8::/32", "--json"]].concat()));
    assert_eq!(made["allowFrom"], serde_json::json!(["203.0.113.0/24", "2001:db8::/32"]));
    assert!(run(&["token", "list"]).contains("203.0.113.0/24, 2001:db8::/32"));
    let id = made["id"].as_str().unwrap();
    let said = run(&["token", "set", id, "--allow-from", "198.51.100.1"]);
    assert_eq!(said.trim(), "Okta may be used from 198.51.100.1.");
    let said = run(&["token", "set", id, "--allow-from-anywhere", "--label", "Okta 2"]);
    assert_eq!(said.trim(), "Okta 2 may be used from anywhere.");
    let refused = enroll(folder.path(), address, &["token", "set", id, "--allow-from", "okta.com"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refusal(&refused).contains("\"okta.com\" is no network"), "{}", refusal(&refused));
    let unknown = enroll(folder.path(), address, &["token", "set", "none", "--label", "x"]);
    assert!(refusal(&unknown).contains("no SCIM token"), "{}", refusal(&unknown));
    assert_eq!(enroll(folder.path(), address, &["token", "set", id]).status.code(), Some(2));
}

#[test]
fn every_change_answers_in_json_when_asked() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| json(&enroll_ok(folder.path(), address, arguments));
    assert!(run(&["migrate", "--json"])["done"].is_string());
    run(&["org", "create", "acme", "--json"]);
    let token = run(&["token", "create", "--label", "a", "--json"]);
    assert!(run(&["token", "delete", token["id"].as_str().unwrap(), "--json"])["done"].is_string());
    let token = run(&["api-token", "create", "--label", "a", "--scope", "read", "--json"]);
    assert!(run(&["api-token", "delete", token["id"].as_str().unwrap(), "--json"])["done"].is_string());
    let mapping = run(&["mapping", "add", "--group", "Engineering", "--org", "acme", "--json"]);
    let id = mapping[0]["id"].as_str().unwrap();
    assert!(run(&["mapping", "remove", id, "--json"])["done"].is_string());
    assert_eq!(run(&["mapping", "list", "--json"]), Value::Array(Vec::new()));
}

#[test]
fn e3_2_a_privileged_mapping_is_refused_with_the_flag_that_allows_it() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(folder.path(), address, &["org", "create", "acme"]);
    let add = ["mapping", "add", "--group", "Admins", "--org", "acme", "--role", "owner"];
    let output = enroll(folder.path(), address, &add);
    assert_eq!(output.status.code(), Some(1));
    assert!(refusal(&output).contains("--allow-privileged"), "{}", refusal(&output));
    enroll_ok(folder.path(), address, &[&add[..], &["--allow-privileged"]].concat());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(folder.path(), address, &["org", "create", "acme"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command(folder.path(), address).args(["org", "list"]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(refusal(&output), "");
}

#[test]
fn schemas_are_registered_from_a_file_listed_and_removed() {
    const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";
    let (data, folder, address) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), free_address());
    let data = data.path();
    let file = folder.path().join("badges.json");
    let definitions = serde_json::json!([
        {"id": BADGE, "attributes": [{"name": "number"}]},
        {"name": "User", "schemaExtensions": [{"schema": BADGE, "required": false}]},
    ]);
    std::fs::write(&file, definitions.to_string()).unwrap();
    let listed = enroll_ok(data, address, &["schema", "register", file.to_str().unwrap()]);
    assert!(listed.contains(BADGE) && listed.contains("number"), "{listed}");
    let listed = json(&enroll_ok(data, address, &["schema", "list", "--json"]));
    assert_eq!(listed["resourceTypes"][0]["schemaExtensions"][0]["schema"], BADGE);
    let missing = folder.path().join("none.json");
    let said = refusal(&enroll(data, address, &["schema", "register", missing.to_str().unwrap()]));
    assert!(said.contains("none.json cannot be read"), "{said}");
    enroll_ok(data, address, &["schema", "remove", BADGE]);
    let listed = enroll_ok(data, address, &["schema", "list"]);
    assert!(listed.contains("Nothing but the schemas of the RFCs"), "{listed}");
    let set =
        enroll_ok(data, address, &["directory", "set", "default", "--unknown-extensions", "keep", "--json"]);
    assert_eq!(json(&set)[0]["unknownExtensions"], "keep");
}

#[test]
fn a_quirk_is_switched_by_its_name_and_an_unknown_one_is_refused_with_the_names() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let set = [
        "directory",
        "create",
        "entra",
        "--quirk",
        "string-booleans=off",
        "--quirk",
        "manager-id=on",
        "--json",
    ];
    let made = json(&enroll_ok(folder.path(), address, &set));
    assert_eq!(made[0]["quirks"], serde_json::json!({"manager-id": true, "string-booleans": false}));
    let shown =
        enroll_ok(folder.path(), address, &["directory", "set", "entra", "--quirk", "manager-id=default"]);
    assert!(shown.contains("string-booleans off") && !shown.contains("manager-id"), "{shown}");
    for (word, said) in
        [("nonsense=on", "there is no quirk"), ("manager-id", "NAME=on"), ("manager-id=no", "none of on")]
    {
        let output = enroll(folder.path(), address, &["directory", "set", "entra", "--quirk", word]);
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{word}");
    }
}

#[test]
fn e1_6_resources_are_added_listed_set_and_removed_by_their_paths() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| json(&enroll_ok(folder.path(), address, arguments));
    run(&["org", "create", "acme", "--base-resource-role", "read", "--json"]);
    let made = run(&["resource", "add", "acme/Web", "--kind", "board", "--json"]);
    assert_eq!((&made[0]["kind"], &made[0]["visibility"]), (&Value::from("board"), &Value::from("private")));
    let set = run(&["resource", "set", "acme/web", "--visibility", "public", "--json"]);
    assert_eq!(set[0]["visibility"], "public");
    let shown = enroll_ok(folder.path(), address, &["resource", "list", "acme"]);
    assert!(shown.contains("acme/Web") && shown.contains("public"), "{shown}");
    let add = ["mapping", "add", "--group", "Staff", "--resource", "acme/web"];
    let mapping = run(&[&add[..], &["--role", "write", "--json"]].concat());
    assert_eq!((&mapping[0]["resource"], &mapping[0]["role"]), (&Value::from("Web"), &Value::from("write")));
    for (arguments, said) in [
        (&["resource", "remove", "acme/web"][..], "still has mappings"),
        (&["resource", "add", "acme"], "ORG/NAME"),
        (&["mapping", "add", "--group", "Staff"], "--org"),
        (
            &["mapping", "add", "--group", "Staff", "--org", "acme", "--resource", "acme/web"],
            "cannot be used with",
        ),
        (&["mapping", "add", "--group", "Leads", "--resource", "acme/web", "--role", "owner"], "never gives"),
        (
            &["mapping", "add", "--group", "Leads", "--resource", "acme/web", "--role", "writer"],
            "limited-write",
        ),
    ] {
        let output = enroll(folder.path(), address, arguments);
        assert!(!output.status.success() && refusal(&output).contains(said), "{}", refusal(&output));
    }
    run(&["mapping", "remove", mapping[0]["id"].as_str().unwrap(), "--json"]);
    assert!(run(&["resource", "remove", "acme/web", "--json"])["done"].is_string());
}

#[test]
fn e3_8_a_change_is_previewed_and_held_to_what_was_seen() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(folder.path(), address, &["org", "create", "acme"]);
    let add = ["mapping", "add", "--group", "Staff", "--org", "acme"];
    let shown = enroll_ok(folder.path(), address, &[&["mapping", "preview"], &add[1..]].concat());
    assert!(shown.contains("0 would gain a role") && shown.contains("Nobody's role would differ"), "{shown}");
    let version = shown.rsplit(' ').next().unwrap();
    let held = [&add[..], &["--preview-version", version, "--json"]].concat();
    let made = json(&enroll_ok(folder.path(), address, &held));
    let id = made[0]["id"].as_str().unwrap();
    let preview = json(&enroll_ok(folder.path(), address, &["mapping", "preview", "pause", id, "--json"]));
    let version = preview["version"].as_str().unwrap();
    enroll_ok(folder.path(), address, &["mapping", "set", id, "--role", "writer"]);
    let stale = enroll(folder.path(), address, &["mapping", "pause", id, "--preview-version", version]);
    assert_eq!(stale.status.code(), Some(1));
    assert!(refusal(&stale).contains("mapping.updated"), "{}", refusal(&stale));
    let nonsense = enroll(folder.path(), address, &["mapping", "pause", id, "--preview-version", "x"]);
    assert!(!nonsense.status.success());
    let listed = json(&enroll_ok(folder.path(), address, &["mapping", "list", "--json"]));
    assert_eq!((&listed[0]["state"], &listed[0]["role"]), (&Value::from("waiting"), &Value::from("writer")));
}

#[test]
fn e1_5_e3_11_an_organization_is_reserved_and_a_directory_enrolls_by_command() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| json(&enroll_ok(folder.path(), address, arguments));
    run(&["directory", "create", "okta", "--json"]);
    run(&["org", "create", "acme", "--directory", "okta", "--json"]);
    let add = ["mapping", "add", "--group", "Staff", "--org", "acme"];
    let refused = enroll(folder.path(), address, &add);
    assert!(refusal(&refused).contains("reserved to the directories okta"), "{}", refusal(&refused));
    let set = ["directory", "set", "okta", "--enroll-into", "acme", "--enroll-role", "admin", "--json"];
    let refused = enroll(folder.path(), address, &set);
    assert!(refusal(&refused).contains("--allow-privileged"), "{}", refusal(&refused));
    let set = run(&[&set[..], &["--allow-privileged"]].concat());
    assert_eq!(set[0]["defaultEnrollment"], serde_json::json!({"organization": "acme", "role": "admin"}));
    let set = run(&["directory", "set", "okta", "--enroll-nobody", "--json"]);
    assert_eq!(set[0]["defaultEnrollment"], Value::Null);
    let opened = run(&["org", "set", "acme", "--all-directories", "--json"]);
    assert_eq!(opened[0]["directories"], serde_json::json!([]));
    run(&[&add[..], &["--json"]].concat());
}

#[test]
fn e2_8_e2_9_admins_bots_and_users_are_managed_and_the_last_admin_needs_force() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    let made = json(&run(&["admin", "create", "grace", "--email", "grace@example.com", "--json"]));
    assert!(made["token"].as_str().unwrap().starts_with("enr_api_"), "{made}");
    assert_eq!(made["user"]["kind"], "local");
    let refused = |arguments: &[&str], said: &str| {
        let output = enroll(folder.path(), address, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(refusal(&output).contains(said), "{}", refusal(&output));
    };
    for arguments in
        [&["user", "deactivate", "grace"][..], &["user", "delete", "grace"], &["admin", "revoke", "grace"]]
    {
        refused(arguments, "--force");
    }
    run(&["bot", "create", "deployer"]);
    assert!(run(&["bot", "list"]).contains("deployer"));
    refused(&["admin", "grant", "deployer"], "bot");
    let token = ["api-token", "create", "--user", "deployer", "--label", "ci", "--scope", "read", "--print"];
    assert!(run(&token).starts_with("enr_api_"));
    run(&["org", "create", "acme"]);
    run(&["org", "grant", "acme", "grace", "--role", "owner"]);
    assert!(!run(&["org", "list"]).contains("needs an owner"));
    refused(&["org", "revoke", "acme", "grace"], "last owner");
    run(&["user", "rename-handle", "grace", "gracie"]);
    run(&["user", "deactivate", "gracie", "--force"]);
    assert!(run(&["org", "list"]).contains("needs an owner"));
    assert!(run(&["admin", "list"]).contains("deactivated"));
    run(&["user", "reactivate", "gracie"]);
    run(&["bot", "delete", "deployer"]);
    assert_eq!(json(&run(&["bot", "list", "--json"])), Value::Array(Vec::new()));
    assert_eq!(json(&run(&["api-token", "list", "--json"])), Value::Array(Vec::new()));
}

#[test]
fn e3_9_the_brake_is_set_shown_and_released() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(folder.path(), address, &["migrate"]);
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    assert_eq!(run(&["directory", "brake", "status"]), "default: off");
    let set = ["directory", "brake", "set", "--people", "5", "--percent", "10", "--window", "30"];
    assert!(run(&set).contains("5 people or 10 %"));
    assert_eq!(json(&run(&["directory", "pause", "default", "--json"]))["state"], "paused");
    assert!(run(&["directory", "brake", "status"]).ends_with("enroll directory resume default"));
    let listed = json(&run(&["directory", "list", "--json"]));
    assert_eq!(listed[0]["state"], "paused", "also where no server has kept a request log: {listed}");
    assert_eq!(json(&run(&["directory", "resume", "default", "--json"]))["state"], "on");
    let output = enroll(folder.path(), address, &["directory", "brake", "approve"]);
    assert!(refusal(&output).contains("holds nothing"), "{}", refusal(&output));
    assert_eq!(json(&run(&["directory", "brake", "off", "--json"]))["state"], "off");
}

#[test]
fn sessions_of_a_user_who_has_none_are_listed_and_ended_as_none() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(folder.path(), address, &["migrate"]);
    let said = refusal(&enroll(folder.path(), address, &["session", "list", "ada"]));
    assert!(said.contains("there is no user"), "{said}");
    let said = refusal(&enroll(folder.path(), address, &["session", "revoke", "x"]));
    assert!(said.contains("there is no session"), "{said}");
    for wrong in [&["session", "revoke"][..], &["session", "revoke", "x", "--user", "ada"]] {
        assert_eq!(enroll(folder.path(), address, wrong).status.code(), Some(2));
    }
}

#[test]
fn clients_are_registered_before_the_first_start_changed_and_deleted() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    let create = ["client", "create", "shop", "--redirect-uri", "https://shop.example.com/cb"];
    let printed = run(&[&create[..], &["--print"]].concat());
    let (id, secret) = printed.split_once(' ').unwrap();
    assert_eq!((id.len(), secret.len()), (36, 43));
    let public = run(&[&create[..], &["--public", "--print"]].concat());
    assert_eq!(public.len(), 36, "a public client has no secret");
    let set = ["client", "set", id, "--name", "store", "--algorithm", "ES256", "--scope", "openid", "--json"];
    let set = json(&run(&set));
    assert_eq!((&set[0]["name"], &set[0]["algorithm"]), (&"store".into(), &"ES256".into()));
    assert_eq!(set[0]["redirectUris"][0], "https://shop.example.com/cb", "what is not given stays");
    let rotated = run(&["client", "rotate-secret", id, "--print"]);
    assert!(rotated.len() == 43 && rotated != secret);
    assert!(!run(&["client", "list", "--json"]).contains(&rotated));
    assert!(json(&run(&["client", "rotate-keys", "--json"]))["done"].is_string());
    run(&["client", "delete", id]);
    assert!(!run(&["client", "list"]).contains(id));
    let refused = enroll(
        folder.path(),
        address,
        &["client", "create", "x", "--redirect-uri", "http://shop.example.com/"],
    );
    assert!(!refused.status.success() && refusal(&refused).contains("https://"));
}

/// Metadata with a key that nobody has.
fn metadata() -> String {
    let key = SigningKey::generate(KeyKind::P256);
    idp::metadata("https://idp.example/entity", "https://idp.example/sso", &[&key])
}

#[test]
fn a_sign_in_connection_is_set_tried_refreshed_and_cleared_by_command() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (metadata, junk) = (file("metadata.xml", &metadata()), file("response", "AAAA"));
    let sso = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["directory", "sso"].iter().chain(arguments).copied().collect();
        enroll(folder.path(), address, &arguments)
    };
    let ok = |arguments: &[&str]| {
        let output = sso(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", refusal(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    enroll_ok(folder.path(), address, &["org", "create", "acme"]);
    let set = ok(&[
        "set",
        "--metadata",
        &metadata,
        "--preset",
        "okta",
        "--domain",
        "example.com",
        "--domain",
        "b.example",
    ]);
    assert!(set.contains("Addresses that lead here: b.example, example.com"), "{set}");
    ok(&["test"]);
    let refused = sso(&["test", "--response", &junk]);
    assert_eq!(refused.status.code(), Some(3), "{}", refusal(&refused));
    let no_url = sso(&["refresh"]);
    assert_eq!((no_url.status.code(), refusal(&no_url).contains("--metadata-url")), (Some(1), true));
    let inside = sso(&["set", "--metadata-url", "https://127.0.0.1:1/metadata"]);
    assert_eq!((inside.status.code(), refusal(&inside).contains("outbound_allow_private")), (Some(1), true));
    ok(&["set", "--no-preset", "--no-attributes", "--no-groups", "--no-domains", "--no-metadata-url"]);
    let shown = json(&ok(&["show", "--json"]));
    assert_eq!((shown.get("preset"), &shown["domains"]), (None, &Value::Array(Vec::new())));
    assert_eq!(shown["entityId"], "https://idp.example/entity");
}

#[test]
fn e3_10_explain_tells_of_a_resource_at_an_earlier_time() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let run = |arguments: &[&str]| enroll_ok(folder.path(), address, arguments);
    run(&["org", "create", "acme"]);
    run(&["resource", "add", "acme/website"]);
    run(&["bot", "create", "robot"]);
    let before = Clock::system().now().to_string();
    run(&["resource", "grant", "acme/website", "robot", "--role", "write"]);
    let held = Clock::system().now().to_string();
    run(&["resource", "revoke", "acme/website", "robot"]);

    let explain = ["explain", "robot", "acme/website", "--at"];
    let told = run(&[&explain[..], &[&held]].concat());
    for part in [
        "had write on acme/website, since",
        "write by a direct grant",
        "Brought by grant.added",
        "ended by grant.removed",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let told = run(&[&explain[..], &[&before]].concat());
    assert!(told.contains("had no role on acme/website."), "{told}");
    let answer = json(&run(&[&explain[..], &[&held, "--json"]].concat()));
    assert_eq!((&answer["role"], &answer["resource"]), (&"write".into(), &"website".into()));
    assert_eq!(answer["sources"][0]["broughtBy"]["action"], "grant.added");
    let refused = enroll(folder.path(), address, &[&explain[..], &["2001-01-01"]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(refusal(&refused).contains("the history of roles on resources begins"), "{}", refusal(&refused));
}
