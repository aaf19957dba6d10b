//! `enroll export` and `enroll import`.

use std::fs;

use enroll_testkit::{Connection, wire};
use serde_json::{Value, json};

use crate::support::{Process, enroll, enroll_ok, free_address};

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn complaint(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A file with some users, a group and what it is mapped to.
fn file(users: usize) -> String {
    let mut lines = vec![
        json!({"type": "organization", "name": "acme", "displayName": "Acme", "baseResourceRole": "write"}),
        json!({"type": "resource", "organization": "acme", "name": "site", "kind": "repository", "visibility": "private"}),
    ];
    let name = |number: usize| format!("user{number}@example.com");
    lines.extend((0..users).map(|number| {
        let address = name(number);
        json!({"type": "user", "resource": {
            "userName": address, "externalId": format!("x{number}"), "emails": [{"value": address, "type": "work"}]
        }})
    }));
    lines.push(json!({"type": "group", "resource": {"displayName": "Everybody"}}));
    let names: Vec<_> = (0..users).map(name).collect();
    lines.extend(
        names.chunks(500).map(|names| json!({"type": "members", "group": "Everybody", "users": names})),
    );
    lines.push(json!({"type": "mapping", "group": "Everybody", "organization": "acme", "role": "writer"}));
    let counts = json!({"organizations": 1, "resources": 1, "users": users, "groups": 1, "mappings": 1});
    let header = json!({
        "type": "enroll-export", "version": 1, "directory": "default", "exported": "2026-11-27T08:00:00Z",
        "counts": counts
    });
    lines.insert(0, header);
    let end = json!({"type": "end", "lines": lines.len()});
    lines.push(end);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Everything of a file but the time that it was written, in an order that says nothing of when things were made.
fn objects(text: &str) -> Vec<String> {
    let mut objects = Vec::new();
    for line in text.lines().skip(1).map(read) {
        match line["users"].as_array() {
            Some(users) => objects.extend(users.iter().map(|user| format!("{} has {user}", line["group"]))),
            None => objects.push(line.to_string()),
        }
    }
    objects.sort();
    objects
}

#[tokio::test]
async fn a_directory_goes_through_a_file_into_another_instance_and_back() {
    let (one, other, address) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), free_address());
    fs::write(one.path().join("first.jsonl"), file(1_200)).unwrap();
    let run = |arguments: &[&str]| enroll_ok(one.path(), address, arguments);
    // Into a database that is not there yet.
    let tried = read(&run(&["import", "first.jsonl", "--dry-run", "--json"]));
    assert_eq!(tried["counts"]["user"]["made"], 1_200);
    let made = read(&run(&["import", "first.jsonl", "--json"]));
    assert_eq!((&made["counts"]["user"]["made"], &made["refused"]), (&json!(1_200), &json!([])));
    let said = run(&["import", "first.jsonl"]);
    assert!(said.lines().any(|line| line.split_whitespace().eq(["users", "0", "0", "1200", "0"])), "{said}");

    let said = run(&["export", "--out", "second.jsonl"]);
    assert!(said.contains("1200 users, 1 groups, 1 organizations, 1 resources and 1 mappings"), "{said}");
    assert!(!one.path().join("second.jsonl.part").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(one.path().join("second.jsonl")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "it is full of personal data");
    }
    let second = fs::read_to_string(one.path().join("second.jsonl")).unwrap();
    assert_eq!(run(&["export"]).lines().count(), second.lines().count());

    // Over HTTP, into a server that runs.
    let server = Process::start(other.path(), address).await.0;
    let token = enroll_ok(
        other.path(),
        address,
        &["api-token", "create", "--label", "cli", "--scope", "admin", "--print"],
    );
    let url = format!("http://{address}");
    let path = one.path().join("second.jsonl");
    let remote = |arguments: &[&str]| {
        let mut command = crate::support::command(one.path(), free_address());
        command.env("ENROLL_SERVER", &url).env("ENROLL_API_TOKEN", &token).args(arguments);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", complaint(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let made = read(&remote(&["import", path.to_str().unwrap(), "--json"]));
    assert_eq!((&made["counts"]["user"]["made"], &made["refused"]), (&json!(1_200), &json!([])));
    assert_eq!(objects(&remote(&["export"])), objects(&second));
    let check = remote(&["check", "user7@example.com", "acme"]);
    assert!(check.contains("writer"), "{check}");
    assert_eq!(server.terminate(), Some(0));
    let verified = enroll_ok(other.path(), address, &["verify"]);
    assert!(!verified.is_empty());
}

#[test]
fn an_import_with_a_line_that_is_refused_answers_no() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let refused = file(1).replace(r#""role":"writer""#, r#""role":"owner""#);
    fs::write(folder.path().join("refused.jsonl"), refused).unwrap();
    for arguments in [&["import", "refused.jsonl", "--dry-run"][..], &["import", "refused.jsonl"]] {
        let output = enroll(folder.path(), address, arguments);
        assert_eq!(output.status.code(), Some(3), "{}", complaint(&output));
        assert!(String::from_utf8_lossy(&output.stdout).contains("--allow-privileged"));
    }
}

#[test]
fn a_bad_file_is_told_by_line_and_nothing_of_it_is_imported() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(folder.path(), address, &["migrate"]);
    let whole = file(3);
    let lines: Vec<_> = whole.lines().collect();
    let with = |number: usize, text: &str| {
        let mut lines = lines.clone();
        lines[number - 1] = text;
        lines.join("\n").into_bytes()
    };
    let mut not_utf8 = whole.clone().into_bytes();
    let at = whole.find("user1@").unwrap();
    not_utf8[at] = 0xff;
    let long = format!(r#"{{"type":"user","resource":{{"userName":"{}"}}}}"#, "x".repeat(10_000_000));
    for (bytes, place, said) in [
        (Vec::new(), "line 1", "empty"),
        (lines[1..].join("\n").into_bytes(), "line 1", "no header"),
        (b"userName,email\nada,ada@example.com\n".to_vec(), "line 1", "no JSON object"),
        (whole.replace("\"version\":1", "\"version\":2").into_bytes(), "line 1", "version 2"),
        (whole.as_bytes()[..whole.len() / 2].to_vec(), "line ", "cut off"),
        (with(5, &long), "line 5", "longer than 1048576"),
        (not_utf8, "line 5", "UTF-8"),
        (with(6, lines[4]), "line 6", "in line 5 already"),
        (with(5, r#"{"type":"person"}"#), "line 5", "\"person\" is not known"),
        (with(8, r#"{"type":"members","group":"Everybody","users":["nobody"]}"#), "line 8", "\"nobody\""),
    ] {
        fs::write(folder.path().join("bad.jsonl"), &bytes).unwrap();
        let output = enroll(folder.path(), address, &["import", "bad.jsonl"]);
        let told = complaint(&output);
        assert_eq!(output.status.code(), Some(1), "{said}: {told}");
        assert!(told.contains(place) && told.contains(said) && told.contains("(offset "), "{said}: {told}");
        assert!(told.len() < 40_000, "a fault does not repeat the line");
    }
    let users = enroll_ok(folder.path(), address, &["export"]);
    assert!(!users.contains("\"user\""), "{users}");
    let missing = enroll(folder.path(), address, &["import", "none.jsonl"]);
    assert!(complaint(&missing).contains("none.jsonl"), "{}", complaint(&missing));
    let unknown = enroll(folder.path(), address, &["export", "--directory", "none", "--out", "x.jsonl"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(!folder.path().join("x.jsonl").exists() && !folder.path().join("x.jsonl.part").exists());
}

const LIST: &str = "Login;Mail;givenName;familyName;active;groups;Shoe size\n\
    ada@example.com;ada@example.com;Ada;Lovelace;true;\"Web;Engines\";38\n\
    bob@example.com;bob@example.com;Bob;\"O'Neil; jr\";yes;Web;44\n\
    eve@example.com;;Eve;;no;;\n";

const COLUMNS: [&str; 2] = ["--columns", "userName=Login,email=Mail"];

#[test]
fn a_list_of_users_is_reported_on_first_and_imported_with_yes() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    fs::write(folder.path().join("users.csv"), format!("\u{feff}{LIST}")).unwrap();
    enroll_ok(folder.path(), address, &["org", "create", "acme"]);
    enroll_ok(
        folder.path(),
        address,
        &["mapping", "add", "--group", "web", "--org", "acme", "--role", "writer"],
    );
    let import = ["import", "--from", "csv", "users.csv"];
    let arguments = [&import[..], &COLUMNS].concat();
    let run = |more: &[&str]| enroll(folder.path(), address, &[&arguments[..], more].concat());
    let users = || {
        read(enroll_ok(folder.path(), address, &["export"]).lines().next().unwrap())["counts"]["users"]
            .clone()
    };

    // Nobody can be asked: nothing is imported.
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(complaint(&output).contains("--yes"), "{}", complaint(&output));
    for said in [
        "3 rows.",
        "WARNING These rows have no e-mail address. (1)",
        "line 4 (eve@example.com)",
        "INFO These columns mean nothing here",
        "Shoe size",
        "By mappings, 2 would be writer in acme:",
        "TO BE MADE",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert_eq!(run(&["--dry-run"]).status.code(), Some(0));
    assert_eq!(users(), 0);

    let output = run(&["--yes", "--json"]);
    let done = read(&String::from_utf8(output.stdout.clone()).unwrap());
    assert_eq!(output.status.code(), Some(0), "{}{done}", complaint(&output));
    assert_eq!((&done["imported"]["counts"]["user"]["made"], users()), (&json!(3), json!(3)));
    assert_eq!(done["readiness"]["gains"][0]["count"], 2);
    let check = enroll_ok(folder.path(), address, &["check", "bob@example.com", "acme"]);
    assert!(check.contains("writer"), "{check}");

    // Again: everybody is there, and gains nothing.
    let again = read(&String::from_utf8(run(&["--yes", "--json"]).stdout).unwrap());
    assert_eq!(
        again["imported"]["counts"]["user"],
        json!({"made": 0, "changed": 0, "same": 3, "refused": 0})
    );
    assert_eq!((&again["readiness"]["gains"], users()), (&json!([]), json!(3)));
}

#[test]
fn a_list_with_errors_or_clashes_is_not_imported_not_even_with_yes() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(folder.path(), address, &["migrate"]);
    let list = |text: &str| fs::write(folder.path().join("users.csv"), text).unwrap();
    let run = || enroll(folder.path(), address, &["import", "--from", "csv", "users.csv", "--yes"]);
    list("userName,externalId\nada,1\nbob,2\n");
    assert!(run().status.success());
    for (text, said) in [
        ("userName,email\nmax,max@example.com\nMAX,max2@example.com\n", "line 2 (max) and line 3 (MAX)"),
        ("userName,email\nmax,nobody\n", "This is no e-mail address"),
        ("userName,email\n,a@example.com\n", "no userName"),
        ("userName,active\nmax,maybe\n", "\"maybe\""),
        // The externalId is Ada's and the userName Bob's.
        ("userName,externalId\nbob,1\n", "somebody else"),
    ] {
        list(text);
        let output = run();
        let told = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains(said) && told.contains("Nothing was imported"), "{said}: {told}");
    }
    for (bytes, said) in [
        (b"Login\nmax\n".as_slice(), "--columns userName=Login"),
        (b"userName\nm\xffx\n".as_slice(), "line 2 (offset 10)"),
        (b"".as_slice(), "empty"),
    ] {
        fs::write(folder.path().join("users.csv"), bytes).unwrap();
        let told = complaint(&run());
        assert!(told.contains(said), "{said}: {told}");
    }
    list("userName\nmax\n\"eve\n");
    let told = String::from_utf8(run().stdout).unwrap();
    assert!(told.contains("has no end") && told.contains("Nothing was imported"), "{told}");
    enroll_ok(folder.path(), address, &["export", "--out", "all.jsonl"]);
    let told = complaint(&enroll(folder.path(), address, &["import", "all.jsonl", "--directory", "nowhere"]));
    assert!(told.contains("nothing of lines 2 to"), "{told}");
    assert!(
        told.find("nowhere").unwrap() < told.find("of lines 2").unwrap(),
        "the cause comes first: {told}"
    );
    let header = read(enroll_ok(folder.path(), address, &["export"]).lines().next().unwrap());
    assert_eq!(header["counts"]["users"], 2);
    list("userName,email\n\u{430}da,a@example.com\n");
    let told = String::from_utf8(run().stdout).unwrap();
    assert!(told.contains("look alike") && told.contains("U+0430"), "{told}");
    list("userName,email\n");
    let output = run();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), told.matches("Nothing to import.").count()), (Some(0), 1), "{told}");
    list(&format!("userName,email\n{},nobody\n", "x".repeat(2_000)));
    let told = String::from_utf8(run().stdout).unwrap();
    assert!(told.lines().all(|line| line.len() < 400) && told.contains("xxx…"), "{told}");
}

#[test]
fn an_organization_that_is_reserved_to_others_is_noted_in_the_report() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(folder.path(), address, &["directory", "create", "entra"]);
    enroll_ok(folder.path(), address, &["org", "create", "acme", "--directory", "entra"]);
    fs::write(folder.path().join("file.jsonl"), file(1)).unwrap();
    let output = enroll(folder.path(), address, &["import", "file.jsonl"]);
    let told = String::from_utf8(output.stdout).unwrap();
    let note = told.lines().find(|line| line.contains("(organization acme)")).unwrap_or_default();
    assert!(note.contains("reserved to entra") && note.contains("enroll org set acme"), "{told}");
    let (notes, refusals) = (told.find("Noted:").unwrap(), told.find("Refused:").unwrap());
    assert!(notes > refusals && output.status.code() == Some(3), "{told}");
}

#[tokio::test]
async fn e2_6_who_was_imported_from_a_list_is_adopted_by_the_identity_provider() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    fs::write(folder.path().join("users.csv"), LIST).unwrap();
    let import = ["import", "--from", "csv", "users.csv", "--yes"];
    enroll_ok(folder.path(), address, &[&import[..], &COLUMNS].concat());
    let create =
        |label: &str| enroll_ok(folder.path(), address, &["token", "create", "--label", label, "--print"]);
    let token = create("idp");
    let server = Process::start(folder.path(), address).await.0;
    let mut connection = Connection::open(address).await.unwrap();
    let mut ask = async |method: &str, path: &str, body: &Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let bytes = wire::request(method, &format!("/scim/v2{path}"), &token, &body);
        let answer = connection.send(&bytes).await.unwrap();
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        (answer.status, if text.is_empty() { Value::Null } else { read(&text) })
    };
    // Okta: looks by userName, finds one, and replaces her.
    let (status, found) = ask(
        "GET",
        "/Users?filter=userName%20eq%20%22ada%40example.com%22&startIndex=1&count=100",
        &Value::Null,
    )
    .await;
    assert_eq!((status, &found["totalResults"]), (200, &json!(1)));
    let ada = found["Resources"][0].clone();
    assert_eq!((&ada["name"]["familyName"], &ada["active"]), (&json!("Lovelace"), &json!(true)));
    let id = ada["id"].as_str().unwrap();
    let mut whole = ada.clone();
    whole["externalId"] = json!("00u1");
    let (status, put) = ask("PUT", &format!("/Users/{id}"), &whole).await;
    assert_eq!((status, &put["id"], &put["externalId"]), (200, &ada["id"], &json!("00u1")));

    // Entra ID: looks by userName, finds one, and patches her; then the group, by displayName.
    let (_, found) = ask("GET", "/Users?filter=userName+eq+%22BOB%40example.com%22", &Value::Null).await;
    assert_eq!(found["totalResults"], 1);
    let bob = found["Resources"][0]["id"].as_str().unwrap().to_owned();
    let operations = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            {"op": "Add", "path": "externalId", "value": "bob.oneil"},
            {"op": "Replace", "path": "displayName", "value": "Bob O'Neil"},
            {"op": "Replace", "path": "active", "value": "True"}
        ]
    });
    let (status, patched) = ask("PATCH", &format!("/Users/{bob}"), &operations).await;
    assert_eq!((status, &patched["externalId"]), (200, &json!("bob.oneil")));
    let (_, groups) =
        ask("GET", "/Groups?excludedAttributes=members&filter=displayName+eq+%22Web%22", &Value::Null).await;
    assert_eq!(groups["totalResults"], 1);
    let group = groups["Resources"][0]["id"].as_str().unwrap();
    let add = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "Add", "path": "members", "value": [{"value": bob}]}]
    });
    assert_eq!(ask("PATCH", &format!("/Groups/{group}"), &add).await.0, 204);
    // A POST would have been a second one, and is refused.
    let again =
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Ada@example.com"});
    assert_eq!(ask("POST", "/Users", &again).await.0, 409);
    assert_eq!(ask("GET", "/Users", &Value::Null).await.1["totalResults"], 3, "nobody is there twice");
    assert_eq!(ask("GET", "/Groups", &Value::Null).await.1["totalResults"], 2);
    assert_eq!(server.terminate(), Some(0));
}
