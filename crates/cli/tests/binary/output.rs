//! Standard output that takes nothing more: a full disk behind it is a failure, a reader who has gone away is none.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{command, enroll_ok, free_address};

const FULL: &str = "No space left on device";

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// Waits until the command has ended by itself.
async fn ended(mut child: Child) -> (Option<i32>, String) {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("it goes on");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    (child.wait().unwrap().code(), told)
}

async fn run(folder: &Path, arguments: &[&str], stdout: Stdio) -> (Option<i32>, String) {
    let mut command = command(folder, free_address());
    ended(command.args(arguments).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap()).await
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn furnished() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    enroll_ok(folder.path(), free_address(), &["org", "create", "acme"]);
    enroll_ok(folder.path(), free_address(), &["directory", "create", "okta"]);
    folder
}

#[tokio::test]
async fn a_full_disk_behind_standard_output_is_said_once_and_fails() {
    let folder = furnished();
    for arguments in [
        &["org", "list"][..],
        &["org", "list", "--json"],
        &["audit", "list"],
        &["webhook", "list", "--json"],
        &["org", "create", "other"],
        &["check", "nobody", "acme"],
        &["events", "tail", "--after", "0"],
        &["events", "tail", "--after", "0", "--follow"],
        &["audit", "export"],
        &["export"],
        &["completions", "bash"],
    ] {
        let (code, told) = run(folder.path(), arguments, full()).await;
        assert_eq!(code, Some(1), "{arguments:?}: {told}");
        if arguments[0] != "check" {
            assert_eq!(told.matches(FULL).count(), 1, "{arguments:?}: {told}");
            assert!(told.contains("cannot write to standard output"), "{arguments:?}: {told}");
        }
    }
    let said = enroll_ok(folder.path(), free_address(), &["org", "list"]);
    assert!(said.contains("other"), "what was asked for was done: {said}");
}

#[tokio::test]
async fn a_reader_that_has_gone_away_is_no_failure_and_ends_what_follows() {
    let folder = furnished();
    for arguments in [
        &["org", "list"][..],
        &["audit", "list", "--json"],
        &["events", "tail", "--after", "0", "--follow"],
        &["audit", "export"],
        &["export"],
        &["completions", "bash"],
    ] {
        assert_eq!(run(folder.path(), arguments, closed()).await, (Some(0), String::new()), "{arguments:?}");
    }
}

#[test]
fn an_error_is_said_once_however_it_is_wrapped() {
    let folder = furnished();
    let Output { stderr, status, .. } =
        command(folder.path(), free_address()).args(["org", "show", "none"]).output().unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), told.matches("none").count()), (Some(1), 1), "{told}");
}
