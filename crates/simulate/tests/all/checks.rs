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

#[tokio::test]
async fn e7_wire_j2_wire_a3_removing_one_member_by_value_must_leave_the_others() {
    for idp in [Idp::Entra, Idp::JumpCloud, Idp::Authentik] {
        let summary = played(idp, Fault::RemoveByValueEmptiesGroup).await;
        assert!(said(&summary, "the members are wrong: ") > 0, "{idp}");
    }
}

#[tokio::test]
async fn wire_a1_a_configuration_without_its_required_parts_is_a_failure() {
    // The small server of these tests answers with an empty list where the configuration should be.
    let summary = played(Idp::Authentik, Fault::None).await;
    assert!(said(&summary, "patch.supported must be a boolean") > 0);
    assert!(said(&summary, "/bulk/maxOperations must be a JSON integer") > 0);
    assert_eq!(summary.stopped, None, "authentik goes on with what it believes is not supported");
}

#[tokio::test]
async fn wire_g2_google_sends_nothing_about_groups() {
    let server = Server::start(Fault::None).await;
    let mut plan = Plan::new(Idp::Google, &*server.base_url, TOKEN);
    (plan.users, plan.groups) = (5, 3);
    let summary = run(&plan, &Silent).await.unwrap();
    assert!(summary.is_clean(), "{summary}");
    assert_eq!(summary.skipped, ["groups: Google Workspace provisions users only"]);
    assert!(!server.arrived().iter().any(|arrived| arrived.url.contains("/Groups")));
}

#[tokio::test]
async fn wire_p1_wire_p3_ping_never_patches_users_and_never_filters_groups() {
    let server = Server::start(Fault::None).await;
    let mut plan = Plan::new(Idp::Ping, &*server.base_url, TOKEN);
    (plan.users, plan.groups) = (5, 3);
    let summary = run(&plan, &Silent).await.unwrap();
    assert!(summary.is_clean(), "{summary}");
    let arrived = server.arrived();
    assert!(!arrived.iter().any(|a| a.method == "PATCH" && a.url.contains("/Users")));
    assert!(!arrived.iter().any(|a| a.url.contains("/Groups?filter")));
    let disabled = arrived.iter().filter(|a| a.method == "POST").filter_map(|a| a.body.as_ref());
    assert_eq!(disabled.filter(|body| body["active"] == false).count(), 1, "P-4");
}

#[tokio::test]
async fn wire_a2_wire_a3_authentik_never_patches_users_and_names_one_member_in_an_operation() {
    let server = Server::start(Fault::None).await;
    let mut plan = Plan::new(Idp::Authentik, &*server.base_url, TOKEN);
    (plan.users, plan.groups) = (5, 3);
    run(&plan, &Silent).await.unwrap();
    let arrived = server.arrived();
    assert!(!arrived.iter().any(|a| a.method == "PATCH" && a.url.contains("/Users")));
    let bodies = arrived.iter().filter(|a| a.method == "PATCH").filter_map(|a| a.body.as_ref());
    let operations: Vec<_> = bodies.flat_map(|body| body["Operations"].as_array().unwrap().clone()).collect();
    let members = operations.iter().filter(|operation| operation["path"] == "members");
    let sizes: Vec<usize> = members.map(|one| one["value"].as_array().unwrap().len()).collect();
    assert!(!sizes.is_empty() && sizes.iter().all(|size| *size == 1), "{sizes:?}");
}

#[tokio::test]
async fn wire_k1_wire_k2_keycloak_looks_nobody_up_before_it_creates() {
    let server = Server::start(Fault::None).await;
    let mut plan = Plan::new(Idp::Keycloak, &*server.base_url, TOKEN);
    (plan.users, plan.groups) = (3, 0);
    run(&plan, &Silent).await.unwrap();
    let arrived = server.arrived();
    let first_post = arrived.iter().position(|a| a.method == "POST").unwrap();
    assert!(!arrived[..first_post].iter().any(|a| a.url.contains("filter=")));
    let email = &arrived[first_post].body.as_ref().unwrap()["emails"][0];
    assert!(email.get("type").is_none() && email.get("primary").is_none(), "{email}");
}
