//! `enroll conform` as CI runs it: exit codes, `--json`, `--junit`, `--only`, `--list`.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::{Process, enroll, free_address};

/// The checks that tell the two dialects apart and some beside them, with the directory's dialect.
async fn conform(folder: &Path, dialect: &str, more: &[&str]) -> Output {
    let address = free_address();
    let (process, _) = Process::start(folder, address).await;
    process.enroll_ok(&["directory", "set", "default", "--dialect", dialect]);
    let token = process.enroll_ok(&["token", "create", "--label", "conform", "--print"]);
    let url = format!("http://{address}/scim/v2");
    let output = enroll(folder, address, &[&["conform", &url, "--token", &token], more].concat());
    assert_eq!(process.terminate(), Some(0));
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_server_that_conforms_is_exit_code_0_and_the_file_for_ci_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("junit.xml");
    let output = conform(
        folder.path(),
        "strict",
        &["--only", "3.5.2.3", "--only", "7644-4", "--json", "--junit", file.to_str().unwrap()],
    )
    .await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["conformant"], true);
    assert_eq!(report["tally"]["passed"], 21);
    assert!(std::fs::read_to_string(file).unwrap().contains("<testsuites "));
}

#[tokio::test]
async fn a_must_that_is_broken_is_exit_code_3_with_the_exchange() {
    let folder = tempfile::tempdir().unwrap();
    let output = conform(folder.path(), "compat", &["--only", "replace-no-match"]).await;
    assert_eq!(output.status.code(), Some(3));
    let report = text(&output.stdout);
    assert!(report.contains("MUST failed: ") && report.contains("> PATCH http://"), "{report}");
}

#[test]
fn a_server_that_does_not_answer_is_exit_code_1() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let output = enroll(folder.path(), address, &["conform", &format!("http://{address}/scim/v2")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("the server does not answer"), "{}", text(&output.stderr));
}

#[test]
fn the_list_needs_no_server_and_no_database() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let output = enroll(folder.path(), address, &["conform", "--list", "--only", "3.6", "--json"]);
    let checks: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(checks.as_array().unwrap().len(), 8);
    assert_eq!(checks[0]["id"], "delete-status");
    assert_eq!(enroll(folder.path(), address, &["conform"]).status.code(), Some(2), "a URL or --list");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
