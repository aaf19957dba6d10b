//! `enroll audit`: what has been done is listed, exported and checked.

use std::path::Path;

use enroll_store::{Db, Options, StoreError};
use serde_json::Value;

use crate::support::{enroll, enroll_ok, free_address};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// What somebody with write access to the file does.
fn tamper(folder: &Path, sql: &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let db = Db::open(Options::new(folder.join("enroll.db")), jiff::Timestamp::UNIX_EPOCH).unwrap();
        let changed = db.write(move |tx| tx.execute(sql, &[])).await;
        assert_eq!(changed, Ok::<_, StoreError>(1));
        db.close().await;
    });
}

#[test]
fn e6_4_the_trail_is_listed_exported_and_verified_and_a_change_of_it_is_found() {
    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let folder = folder.path();
    let run = |arguments: &[&str]| enroll_ok(folder, address, arguments);
    run(&["org", "create", "acme"]);
    run(&["token", "create", "--label", "=1+1 \"Okta\", production"]);

    let listed = json(&run(&["audit", "list", "--json"]));
    let actions: Vec<&str> =
        listed.as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["scim_token.created", "organization.created", "directory.created"]);
    assert_eq!((&listed[0]["actorKind"], &listed[2]["actorKind"]), (&json("\"cli\""), &json("\"system\"")));
    assert!(!listed[0]["actor"].as_str().unwrap().is_empty());
    let text = run(&["audit", "list", "--limit", "1", "--since", "1h"]);
    assert!(text.contains("scim_token.created") && !text.contains("organization.created"), "{text}");
    assert_eq!(run(&["audit", "list", "--since", "2999-01-01"]), "No entries.");
    let unclear = enroll(folder, address, &["audit", "list", "--since", "yesterday"]);
    assert_eq!(unclear.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unclear.stderr).contains("write days or hours"));

    let lines = run(&["audit", "export"]);
    let sequences: Vec<Value> = lines.lines().map(|line| json(line)["sequence"].clone()).collect();
    assert_eq!(sequences, [1, 2, 3]);
    let csv = run(&["audit", "export", "--format", "csv"]);
    assert!(csv.starts_with("\"sequence\",\"time\","), "{csv}");
    assert!(csv.contains("\"'=1+1 \"\"Okta\"\", production\""), "{csv}");

    let report = json(&run(&["audit", "verify", "--json"]));
    assert_eq!((&report["entries"], &report["broken"]), (&json("3"), &Value::Null));
    let anchor = format!("3:{}", report["hash"].as_str().unwrap());
    assert!(run(&["audit", "verify", "--anchor", &anchor]).contains("the chain is whole"));
    let wrong = format!("3:{}", "0".repeat(64));
    assert_eq!(enroll(folder, address, &["audit", "verify", "--anchor", &wrong]).status.code(), Some(3));
    assert_eq!(enroll(folder, address, &["audit", "verify", "--anchor", "3"]).status.code(), Some(2));

    tamper(folder, "UPDATE audit_entries SET actor = 'mallory' WHERE sequence = 2");
    let output = enroll(folder, address, &["audit", "verify"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("BROKEN: entry 2 was changed"), "{said}");
}
