//! Our own server passes.

use enroll_conformance::{Outcome, Plan, Report, Silent};
use enroll_testkit::TestServer;

use crate::support::{failed, result, strict_server};

async fn run(server: &TestServer) -> Report {
    let plan = Plan::new(server.scim_url(), "own").token(server.scim_token.clone());
    enroll_conformance::run(&plan, &Silent, std::future::pending()).await.unwrap()
}

#[tokio::test]
async fn our_server_conforms_in_the_dialect_strict() {
    let server = strict_server().await;
    let report = run(&server).await;
    assert!(report.is_conformant(), "{report}");
    // `strict` refuses what no RFC allows; the dialect `compat` is there for it.
    let notes = ["group-remove-by-value", "filter-value-path-sub", "patch-op-in-any-case"];
    assert_eq!(failed(&report), notes, "{report}");
    assert_eq!(report.tally().notes, notes.len());
    assert!(report.leftovers.is_empty());
}

#[tokio::test]
async fn our_server_departs_in_one_point_in_the_dialect_compat() {
    let server = TestServer::start().await;
    let report = run(&server).await;
    // The quirk `create-on-filter`, which Entra ID relies on.
    assert_eq!(failed(&report), ["replace-no-match"], "{report}");
}

#[tokio::test]
async fn what_the_server_says_it_does_not_support_is_skipped_with_the_reason() {
    let server = strict_server().await;
    let report = run(&server).await;
    let skipped = report.results.iter().filter(|result| result.outcome == Outcome::Skipped);
    assert!(skipped.clone().all(|result| result.reason.as_deref().is_some_and(|reason| !reason.is_empty())));
    assert_eq!(result(&report, "me-location").reason.as_deref(), Some("/Me is not supported (501)"));
    assert!(report.results.len() >= 280, "{} checks", report.results.len());
}
