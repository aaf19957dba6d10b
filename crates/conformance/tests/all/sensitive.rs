//! A server that takes filters in a search only (RFC 7644 §7.5.2).

use axum::http::Method;
use enroll_conformance::Outcome;
use serde_json::json;

use crate::support::{Answer, Fault, Front, failed};

fn filters_in_urls_are_refused(answer: &mut Answer) {
    if answer.method == Method::GET && answer.path.contains("filter=") && !answer.path.starts_with("/Schemas")
    {
        answer.status = 403;
        answer.body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "403", "scimType": "sensitive"});
    }
}

#[tokio::test]
async fn m22_a_filter_that_is_refused_as_sensitive_is_sent_as_a_search() {
    let front = Front::start(Fault::in_answers(filters_in_urls_are_refused)).await;
    let report = front.run(&["3.4.2.2", "3.4.2.3", "3.4.2.4", "3.9", "3.10", "9865"]).await;
    // `strict` refuses this one whichever way it is sent.
    assert_eq!(failed(&report), ["filter-value-path-sub"], "{report}");
    assert!(report.results.iter().all(|result| result.outcome != Outcome::Skipped), "{report}");
    assert!(front.arrived().iter().any(|line| line == "POST /scim/v2/Users/.search"));
}
