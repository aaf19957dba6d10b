//! R27, R28: a store whose audit trail is broken.

use enroll_testdb::TestDatabase;
use rusqlite::Connection as Sqlite;

use super::{on_postgres, on_postgres_ok};
use crate::support::{enroll, enroll_ok, free_address};

/// A backup of a damaged store is better than none: it is made, and restored, into either engine from either, and each time it is said.
#[test]
fn reliability_r27_a_broken_trail_is_backed_up_and_restored_with_a_warning_and_not_moved() {
    let (folder, files, database) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), TestDatabase::empty());
    let (here, url) = (format!("sqlite:{}", folder.path().display()), database.url());
    for name in ["acme", "beta"] {
        enroll_ok(folder.path(), free_address(), &["org", "create", name]);
    }
    enroll_ok(folder.path(), free_address(), &["move", "--from", &here, "--to", &url]);
    let damage = "UPDATE audit_entries SET actor = 'nobody' WHERE sequence = 2";
    Sqlite::open(folder.path().join("enroll.db")).unwrap().execute(damage, []).unwrap();
    database.run(damage);
    let said = |output: &std::process::Output| {
        for text in [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text)) {
            assert!(text.contains("audit trail is BROKEN: entry 2 was changed"), "{text}");
        }
        output.status.code()
    };
    for (name, from_server) in [("of-file", false), ("of-server", true)] {
        let run = |arguments: &[&str]| match from_server {
            false => enroll(folder.path(), free_address(), arguments),
            true => on_postgres(files.path(), &url, arguments),
        };
        let file = files.path().join(name);
        let file = file.to_str().unwrap();
        assert_eq!(said(&run(&["backup", file])), Some(0));
        let piped = run(&["backup", "-"]);
        assert!(piped.status.success() && String::from_utf8_lossy(&piped.stderr).contains("trail is BROKEN"));
        assert_eq!(said(&run(&["backup", "--verify", file])), Some(3));
        let elsewhere = files.path().join(format!("{name}-elsewhere"));
        std::fs::create_dir(&elsewhere).unwrap();
        let restored = enroll(&elsewhere, free_address(), &["restore", file]);
        assert_eq!(said(&restored), Some(0));
        let other = TestDatabase::empty();
        assert_eq!(said(&on_postgres(files.path(), &other.url(), &["restore", file])), Some(0));
        for output in [
            enroll(&elsewhere, free_address(), &["audit", "verify"]),
            on_postgres(files.path(), &other.url(), &["audit", "verify"]),
        ] {
            assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
        }
        assert!(on_postgres_ok(files.path(), &other.url(), &["org", "list"]).contains("beta"));
    }
    let there = format!("sqlite:{}", files.path().join("moved").display());
    let other = TestDatabase::empty();
    for (from, to) in [(&here, &other.url()), (&url, &there)] {
        let refused = enroll(files.path(), free_address(), &["move", "--from", from, "--to", to]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(1) && said.contains("`enroll restore` that"), "{said}");
    }
}
