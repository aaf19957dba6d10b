//! The crates' directions, read from `cargo metadata`: data flows HTTP -> protocol -> enrollment -> store, and no arrow
//! points back.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Every crate with what it may build on. A crate that is missing here has no place yet: give it one, with a reason.
const MAY_USE: [(&str, &[&str]); 13] = [
    // Knows nothing of Enroll: starts PostgreSQL for tests.
    ("enroll-testdb", &[]),
    ("enroll-scim", &[]),
    ("enroll-domain", &["enroll-scim"]),
    // Reads what strangers post: it takes bytes and gives facts, and knows nothing of who asks.
    ("enroll-saml", &[]),
    ("enroll-store", &["enroll-scim", "enroll-domain"]),
    ("enroll-service", &["enroll-scim", "enroll-domain", "enroll-saml", "enroll-store"]),
    // Asks addresses that somebody else has given, and knows nothing of what for.
    ("enroll-outbound", &[]),
    // Beside the API, not above or below it: what it does needs no request.
    ("enroll-jobs", &["enroll-domain", "enroll-service", "enroll-outbound"]),
    ("enroll-api", &["enroll-scim", "enroll-domain", "enroll-service", "enroll-outbound"]),
    // Plays identity providers from outside: knowing the server would let it agree with its faults.
    ("enroll-simulate", &[]),
    // Checks servers from outside, for the same reason.
    ("enroll-conformance", &[]),
    (
        "enroll",
        &[
            "enroll-scim",
            "enroll-domain",
            "enroll-store",
            "enroll-service",
            "enroll-jobs",
            "enroll-api",
            "enroll-simulate",
            "enroll-conformance",
        ],
    ),
    (
        "enroll-testkit",
        &["enroll-scim", "enroll-domain", "enroll-store", "enroll-service", "enroll-api", "enroll-testdb"],
    ),
];

/// The place of a crate in the table; those above come first.
fn position(name: &str) -> Option<usize> {
    MAY_USE.iter().position(|(known, _)| *known == name)
}

#[test]
fn a_crate_uses_only_crates_above_it() {
    let may_use = BTreeMap::from(MAY_USE);
    let metadata = MetadataCommand::new().no_deps().other_options(["--locked".to_owned()]).exec().unwrap();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some(allowed) = may_use.get(name) else {
            wrong.push(format!("{name} has no place in this test's table"));
            continue;
        };
        for dependency in &package.dependencies {
            let ours = dependency.name == "enroll" || dependency.name.starts_with("enroll-");
            // Tests may set up what is above and use the test kit: the arrows are about what is built.
            let for_tests = dependency.kind == DependencyKind::Development
                && (matches!(dependency.name.as_str(), "enroll-testkit" | "enroll-testdb")
                    || position(&dependency.name) < position(name));
            if ours && !for_tests && !allowed.contains(&dependency.name.as_str()) {
                wrong.push(format!("{name} must not use {}", dependency.name));
            }
        }
    }
    assert!(metadata.packages.len() > 1, "cargo metadata names the workspace's crates");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_protocol_library_does_no_input_output() {
    let metadata = MetadataCommand::new().no_deps().other_options(["--locked".to_owned()]).exec().unwrap();
    let scim = metadata.packages.iter().find(|package| package.name.as_str() == "enroll-scim").unwrap();
    let normal: Vec<&str> = scim
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .map(|dependency| dependency.name.as_str())
        .collect();
    for banned in ["tokio", "reqwest", "hyper", "axum", "rusqlite", "rand", "futures"] {
        assert!(!normal.contains(&banned), "enroll-scim must not use {banned}");
    }
}

/// `cargo run -- demo`, the first command of the README, has to know which program is meant.
#[test]
fn the_workspace_has_one_program() {
    let metadata = MetadataCommand::new().no_deps().other_options(["--locked".to_owned()]).exec().unwrap();
    let targets = metadata.packages.iter().flat_map(|package| &package.targets);
    let programs: Vec<&str> =
        targets.filter(|target| target.is_bin()).map(|target| target.name.as_str()).collect();
    assert_eq!(programs, ["enroll"]);
}
