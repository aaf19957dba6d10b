//! `--server`: the same commands, answered by a server over HTTP.

use std::process::Output;

use serde_json::Value;

use crate::support::{Process, command, enroll_ok, free_address};

/// Runs a command in an empty folder, with a server to ask.
fn ask(server: &str, token: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), free_address());
    let output = command.args(arguments).env("ENROLL_SERVER", server).env("ENROLL_API_TOKEN", token).output();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a database was made here");
    output.unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test]
async fn commands_say_the_same_on_a_server_as_on_its_database() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let (server, _) = Process::start(folder.path(), address).await;
    let token = server.enroll_ok(&["api-token", "create", "--label", "cli", "--scope", "admin", "--print"]);
    let url = format!("http://{address}");
    let there = |arguments: &[&str]| {
        let output = ask(&url, &token, arguments);
        assert!(output.status.success(), "{arguments:?}: {}{}", out(&output), err(&output));
        out(&output).trim_end().to_owned()
    };
    there(&["org", "create", "acme", "--display-name", "Acme & Söhne"]);
    there(&["mapping", "add", "--group", "Engineering", "--org", "acme", "--role", "writer"]);
    there(&["directory", "create", "entra", "--dialect", "strict", "--quirk", "string-booleans=on"]);
    there(&["directory", "set", "entra", "--rebind", "by-name", "--unknown-extensions", "keep"]);
    assert!(
        there(&["token", "create", "--directory", "entra", "--label", "x", "--print"])
            .starts_with("enr_scim_")
    );
    for arguments in [
        &["org", "list"][..],
        &["org", "list", "--json"],
        &["org", "members", "acme"],
        &["mapping", "list"],
        &["mapping", "list", "--json"],
        &["directory", "list"],
        &["directory", "list", "--json"],
        &["token", "list", "--directory", "entra"],
        &["schema", "list"],
        &["org", "show", "acme"],
        &["directory", "show", "entra", "--json"],
        &["directory", "brake", "status"],
        &["user", "list", "--json"],
        &["group", "list", "--directory", "entra"],
        &["audit", "list"],
        &["audit", "list", "--user", "nobody"],
        &["audit", "list", "--directory", "entra", "--limit", "2", "--since", "1h", "--json"],
        &["audit", "export"],
        &["audit", "export", "--format", "csv"],
    ] {
        assert_eq!(there(arguments), enroll_ok(folder.path(), address, arguments), "{arguments:?}");
    }
    assert!(there(&["audit", "list", "--directory", "entra"]).contains("directory.created"));
    let output = ask(&url, &token, &["audit", "list", "--directory", "nowhere"]);
    assert_eq!(output.status.code(), Some(1), "no trail instead of the one that was asked for");
    let output = ask(&url, &token, &["audit", "verify"]);
    assert!(!output.status.success() && err(&output).contains("names the server"), "{}", err(&output));
    let trail: Value = serde_json::from_str(&server.enroll_ok(&["audit", "list", "--json"])).unwrap();
    assert_eq!(trail[0]["actor"], "cli", "the token is named");

    let output = ask(&url, &token, &["org", "create", "acme"]);
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(1), ""));
    assert!(err(&output).contains("the name acme is taken"), "{}", err(&output));
    server.kill();
}

#[tokio::test]
async fn a_missing_token_a_wrong_one_and_a_silent_server_are_said() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let (server, _) = Process::start(folder.path(), address).await;
    let url = format!("http://{address}/");
    let output = ask(&url, "", &["org", "list"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("ENROLL_API_TOKEN"), "{}", err(&output));
    let output = ask(&url, "enr_api_none", &["org", "list"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("the token is not valid"), "{}", err(&output));
    server.kill();
    let output = ask(&url, "enr_api_none", &["org", "list"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(err(&output).contains("no answer from http://127.0.0.1"), "{}", err(&output));
}
