//! Checks that must fail do fail, and say so in a sentence an administrator understands.

use crate::support::{Fault, Server, TOKEN};
use enroll_simulate::{Idp, Plan, Silent, Summary, run};

async fn played(idp: Idp, fault: Fault) -> Summary {
    let server = Server::start(fault).await;
    let mut plan = Plan::new(idp, &*server.base_url, TOKEN);
    (plan.users, plan.groups) = (45, 3);
    run(&plan, &Silent).await.unwrap()
}

/// The failed checks whose sentence contains the words.
fn said(summary: &Summary, words: &str) -> usize {
    summary.failed_checks.iter().filter(|failed| failed.sentence.contains(words)).count()
}

#[tokio::test]
async fn o8_plain_text_errors_are_failures() {
    for idp in Idp::ALL {
        let summary = played(idp, Fault::PlainTextErrors).await;
        assert!(said(&summary, "expected the media type application/scim+json, got text/plain") > 0);
        assert_eq!(summary.stopped, None);
    }
}

#[tokio::test]
async fn an_empty_200_is_a_failure() {
    for idp in [Idp::Okta, Idp::Entra] {
        assert!(said(&played(idp, Fault::EmptyPatchAnswers).await, "200 with an empty body") > 0);
    }
}

#[tokio::test]
async fn e7_removing_one_member_that_empties_the_group_is_a_failure() {
    let summary = played(Idp::Entra, Fault::RemoveByValueEmptiesGroup).await;
    let failed = summary.failed_checks.iter().find(|failed| failed.sequence == "member forms").unwrap();
    assert!(failed.sentence.starts_with("the members are wrong: 2 expected, 0 found; missing [id-"));
    let exchange = failed.exchange.as_ref().unwrap();
    assert_eq!((exchange.method.as_str(), exchange.status), ("GET", Some(200)));
}

#[tokio::test]
async fn wire_e2_quoted_booleans_are_failures() {
    let words = "active must be true or false without quotes";
    assert!(said(&played(Idp::Okta, Fault::QuotedBooleans).await, words) > 0);
}

#[tokio::test]
async fn wire_o2_quoted_numbers_are_failures() {
    let summary = played(Idp::Okta, Fault::QuotedNumbers).await;
    assert!(said(&summary, "totalResults must be a JSON integer") > 0);
}

#[tokio::test]
async fn wire_o2_an_order_that_depends_on_the_page_size_is_a_failure() {
    assert!(said(&played(Idp::Okta, Fault::UnstableOrder).await, "/Users: the order differs") > 0);
}

#[tokio::test]
async fn e10_an_inactive_user_that_no_filter_finds_is_a_failure() {
    for idp in Idp::ALL {
        assert!(said(&played(idp, Fault::HidesInactive).await, "got 0 resources, the first nothing") > 0);
    }
}

#[tokio::test]
async fn a_deactivation_that_does_nothing_is_a_failure() {
    for idp in [Idp::Okta, Idp::Entra] {
        let summary = played(idp, Fault::IgnoresDeactivation).await;
        assert!(said(&summary, "expected /active to be false, got true") > 0);
    }
}

#[tokio::test]
async fn e4_a_dotted_key_stored_literally_is_a_failure() {
    let summary = played(Idp::Entra, Fault::StoresDottedKeys).await;
    assert!(said(&summary, "a dotted key was stored as an attribute of that name") > 0);
}

#[tokio::test]
async fn a_refused_token_ends_the_run_at_once() {
    for idp in Idp::ALL {
        let summary = played(idp, Fault::RefusesToken).await;
        assert_eq!(summary.stopped.as_deref(), Some("the server refuses the SCIM token"));
        assert_eq!(summary.requests.count, 1);
        assert!(summary.expected.users.is_empty());
        assert!(!summary.is_clean());
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_ends_the_run_with_the_cause() {
    let mut plan = Plan::new(Idp::Okta, "http://127.0.0.1:1/scim/v2", TOKEN);
    plan.users = 3;
    let summary = run(&plan, &Silent).await.unwrap();
    assert_eq!(summary.stopped.as_deref(), Some("the server does not answer"));
    let evidence = summary.failed_checks[0].exchange.as_ref().unwrap().transport_error.clone().unwrap();
    assert!(evidence.to_lowercase().contains("refused"), "{evidence}");
}

#[tokio::test]
async fn a_base_url_without_http_is_refused_before_anything_is_sent() {
    let error = run(&Plan::new(Idp::Okta, "ftp://scim.example.com", TOKEN), &Silent).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the SCIM base URL \"ftp://scim.example.com\" cannot be used: it must begin with https:// or http://"
    );
    let line_break = Plan::new(Idp::Okta, "http://127.0.0.1:1", "to\nken");
    assert!(run(&line_break, &Silent).await.unwrap_err().to_string().contains("line break"));
}

#[tokio::test]
async fn retry_after_seconds_are_waited_out_without_a_failure() {
    let summary = played_small(Fault::Throttles(Some("0"))).await;
    assert!(summary.throttled > 3);
    assert!(summary.is_clean(), "{summary}");
}

#[tokio::test(start_paused = true)]
async fn retry_after_that_is_a_date_or_missing_is_a_failure_as_at_okta() {
    for header in [None, Some("Wed, 21 Oct 2026 07:28:00 GMT")] {
        let summary = played_small(Fault::Throttles(header)).await;
        assert!(said(&summary, "answer 429 needs a Retry-After header with whole seconds") > 0);
    }
}

async fn played_small(fault: Fault) -> Summary {
    let server = Server::start(fault).await;
    let mut plan = Plan::new(Idp::Okta, &*server.base_url, TOKEN);
    (plan.users, plan.groups) = (4, 1);
    run(&plan, &Silent).await.unwrap()
}

#[tokio::test]
async fn the_token_is_in_no_report() {
    let summary = played(Idp::Okta, Fault::EchoesToken).await;
    assert!(said(&summary, "the error body must have \"status\"") > 0);
    let document = serde_json::to_string(&summary).unwrap();
    assert!(document.contains("you sent [token]"));
    assert!(!document.contains(TOKEN) && !summary.to_string().contains(TOKEN));
    let plan = Plan::new(Idp::Okta, "http://127.0.0.1:1", TOKEN);
    assert!(!format!("{plan:?}").contains(TOKEN));
}
