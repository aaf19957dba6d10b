//! R27: a backup made while others write is restored elsewhere and compared.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use crate::load::{Load, seed, told};
use crate::support::{Process, command, enroll, enroll_ok, free_address};
use serde_json::Value;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r27_a_backup_under_load_is_restored_elsewhere_as_it_was_at_its_audit_entry() {
    let seed = seed();
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let address = free_address();
    let (server, _) = Process::start(folder.path(), address).await;
    let load = Load::prepare(&server).await;
    let writers = load.start("load");
    let mut manifests = Vec::new();
    for round in 0..3 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let file = elsewhere.path().join(format!("{round}.backup"));
        let made =
            tokio::task::block_in_place(|| server.enroll_ok(&["backup", file.to_str().unwrap(), "--json"]));
        manifests.push((file, json(&made)));
    }
    server.kill();
    for writer in writers {
        writer.await.unwrap();
    }
    let trail = enroll_ok(folder.path(), address, &["audit", "export"]);
    let trail: Vec<&str> = trail.lines().collect();
    let mut before = 0;
    for (file, manifest) in &manifests {
        let restored = tempfile::tempdir().unwrap();
        let target = restored.path().join("data");
        let run = |arguments: &[&str]| enroll_ok(&target, address, arguments);
        fs::create_dir(&target).unwrap();
        let file_name = file.to_str().unwrap();
        enroll_ok(elsewhere.path(), address, &["backup", "--verify", file_name]);
        run(&["restore", file_name]);
        #[cfg(unix)]
        assert_eq!((mode(file), mode(&target.join("enroll.db"))), (0o600, 0o600));
        run(&["audit", "verify"]);
        let state = json(&run(&["verify", "--json"]));
        let sequence = usize::try_from(manifest["audit"]["sequence"].as_u64().unwrap()).unwrap();
        assert!(sequence > before, "seed {seed}: the writers went on between the backups");
        before = sequence;
        let exported = run(&["audit", "export"]);
        let there: Vec<&str> = exported.lines().collect();
        assert!(there == trail[..sequence], "seed {seed}: the trail up to the backup and no more");
        // What the trail tells is what is there.
        let (created, added) = told(&exported);
        assert_eq!(state["users"], created.len(), "seed {seed}");
        assert_eq!(manifest["rows"]["users"], created.len(), "seed {seed}");
        assert_eq!(manifest["rows"]["group_members"], added.len(), "seed {seed}");
        assert_eq!(state["memberships"], added.len(), "seed {seed}");
    }
    // A restored server serves: whoever was acknowledged before the first backup is found by the token of then.
    let target = elsewhere.path().join("serving");
    fs::create_dir(&target).unwrap();
    let again = free_address();
    enroll_ok(&target, again, &["restore", manifests[2].0.to_str().unwrap()]);
    let (server, _) = Process::start(&target, again).await;
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn reliability_r27_a_damaged_cut_or_newer_backup_is_refused_and_says_what_to_do() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, address) = (folder.path(), free_address());
    enroll_ok(folder, address, &["org", "create", "acme"]);
    let whole = files.path().join("whole.backup");
    enroll_ok(folder, address, &["backup", whole.to_str().unwrap()]);
    let bytes = fs::read(&whole).unwrap();
    let bad = files.path().join("bad.backup");
    let target = files.path().join("data");
    fs::create_dir(&target).unwrap();
    let refused = |bytes: &[u8], expected: &str| {
        fs::write(&bad, bytes).unwrap();
        for arguments in [&["backup", "--verify"][..], &["restore"]] {
            let output = enroll(&target, address, &[arguments, &[bad.to_str().unwrap()]].concat());
            assert_eq!(output.status.code(), Some(1), "{}", said(&output));
            assert!(said(&output).contains(expected), "{}", said(&output));
        }
        assert_eq!(fs::read_dir(&target).unwrap().count(), 0, "nothing is left behind");
    };
    for place in [0, 18, 100, bytes.len() / 2] {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1;
        refused(&flipped, "take another copy of it or an older backup");
    }
    for length in [0, 1, 4096, bytes.len() / 2, bytes.len() - 1] {
        refused(&bytes[..length], "copy it anew or take another backup");
    }
    refused(&[&bytes[..4096], &bytes[8192..]].concat(), "is damaged: its length");
    refused(b"hello\n", "it is another kind of file");
    let text = String::from_utf8_lossy(&bytes[bytes.len() - 2000..]).into_owned();
    let line = text.trim_end().rsplit_once('\n').unwrap().1;
    let start = bytes.len() - line.len() - 1;
    let changed = |from: &str, to: &str| {
        assert!(line.contains(from), "{line}");
        [&bytes[..start], line.replace(from, to).as_bytes(), b"\n"].concat()
    };
    refused(&changed("\"schemaVersion\":", "\"schemaVersion\":9"), "restore it with enroll 0.1.0 or later");
    refused(&changed("enroll-backup-1", "enroll-backup-2"), "made by a newer version of enroll");
    refused(&changed("\"organizations\":1", "\"organizations\":2"), "its SHA-256");
    let missing = files.path().join("missing");
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    fs::write(&bad, &flipped).unwrap();
    let mut restore = command(&target, address);
    restore.args(["restore", bad.to_str().unwrap()]).env("ENROLL_DATA_DIR", &missing);
    assert_eq!(restore.output().unwrap().status.code(), Some(1));
    assert!(!missing.exists(), "nor is a folder");
    // The untouched one still does.
    enroll_ok(&target, address, &["restore", whole.to_str().unwrap()]);
}

#[test]
fn reliability_r27_nothing_is_replaced_and_a_folder_without_a_database_is_refused() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, address) = (folder.path(), free_address());
    let file = files.path().join("a.backup");
    let name = file.to_str().unwrap();
    let output = enroll(folder, address, &["backup", name]);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(!file.exists());
    enroll_ok(folder, address, &["org", "create", "acme"]);
    enroll_ok(folder, address, &["backup", name]);
    let before = fs::read(&file).unwrap();
    let output = enroll(folder, address, &["backup", name]);
    assert!(
        output.status.code() == Some(1) && said(&output).contains("replaces nothing"),
        "{}",
        said(&output)
    );
    assert!(fs::read(&file).unwrap() == before);
    let output = enroll(folder, address, &["restore", name]);
    assert!(output.status.code() == Some(1) && said(&output).contains("--data-dir"), "{}", said(&output));
    // The rest of a database that was deleted by hand would damage what is restored.
    let rest = files.path().join("rest");
    fs::create_dir(&rest).unwrap();
    fs::write(rest.join("enroll.db-wal"), [1; 100]).unwrap();
    assert!(said(&enroll(&rest, address, &["restore", name])).contains("enroll.db-wal is there already"));
    assert_eq!(fs::read_dir(&rest).unwrap().count(), 1);
    // To standard output: the same file.
    let output = enroll(folder, address, &["backup", "-"]);
    let piped = files.path().join("piped.backup");
    fs::write(&piped, &output.stdout).unwrap();
    enroll_ok(folder, address, &["backup", "--verify", piped.to_str().unwrap()]);
    let output = enroll(folder, address, &["backup", "/nowhere/at/all"]);
    assert!(
        output.status.code() == Some(1) && said(&output).contains("/nowhere/at/all"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_server_that_does_not_answer_is_said_without_its_password_and_no_file_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b");
    let url = "postgres://enroll:secret@127.0.0.1:9/enroll";
    let arguments = ["backup", file.to_str().unwrap(), "--database-url", url];
    let output = enroll(folder.path(), free_address(), &arguments);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("postgres://enroll:***@127.0.0.1:9/enroll"), "{}", said(&output));
    assert!(!said(&output).contains("secret"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
