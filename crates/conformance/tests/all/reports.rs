//! What a run tells, keeps to itself, and leaves behind.

use std::time::Duration;

use axum::http::Method;
use enroll_conformance::{Plan, RunError, Silent};
use serde_json::{Value, json};

use crate::support::{Fault, Front, failed, result};

/// A DELETE that answers 200.
const WRONG_DELETE: Fault = Fault {
    on_request: |_, _, _| {},
    on_answer: |answer| {
        if answer.method == Method::DELETE && answer.status == 204 {
            answer.status = 200;
        }
    },
};

#[tokio::test]
async fn a_failed_check_has_everything_that_was_sent_and_answered() {
    let report = Front::start(WRONG_DELETE).await.run(&["3.6"]).await;
    let failed = result(&report, "delete-status");
    assert!(failed.is_violation());
    let methods: Vec<&str> = failed.exchanges.iter().map(|exchange| exchange.method.as_str()).collect();
    assert_eq!(methods, ["POST", "DELETE"]);
    assert_eq!(failed.exchanges[1].status, Some(200));
    assert!(failed.exchanges[0].request_body.as_deref().unwrap().contains("conform-t1-"));
    let text = report.to_string();
    assert!(
        text.contains("MUST failed: A deleted resource is 204 with nothing (RFC 7644 §3.6, delete-status)"),
        "{text}"
    );
    assert!(text.contains("answered 200 instead of 204"), "{text}");
    assert!(text.ends_with("As far as checked, the server does not conform."), "{text}");
}

#[tokio::test]
async fn the_token_is_in_no_report_even_when_the_server_repeats_it() {
    let front = Front::start(Fault::in_answers(|answer| {
        answer.body["title"] = json!(answer.authorization);
        answer.headers.insert("location", answer.authorization.parse().unwrap());
    }))
    .await;
    let report = front.run(&["create-null"]).await;
    assert_eq!(failed(&report), ["create-null"]);
    let written = format!("{report}{}{}", report.junit(), serde_json::to_string(&report).unwrap());
    assert!(written.contains(r#""title":"Bearer [token]""#), "{written}");
    assert!(!written.contains(front.token()));
}

#[tokio::test]
async fn the_report_for_programs_says_what_failed_and_whether_it_conforms() {
    let report = Front::start(WRONG_DELETE).await.run(&["delete-status", "delete-unknown"]).await;
    let document = serde_json::to_value(&report).unwrap();
    assert_eq!(document["conformant"], false);
    assert_eq!(
        document["tally"],
        json!({"passed": 1, "mustFailed": 1, "shouldFailed": 0, "notes": 0, "skipped": 0})
    );
    let failed = &document["results"][0];
    assert_eq!(
        (&failed["id"], &failed["section"], &failed["level"], &failed["outcome"]),
        (&json!("delete-status"), &json!("RFC 7644 §3.6"), &json!("MUST"), &json!("failed"))
    );
    assert_eq!(failed["exchanges"][1]["status"], 200);
    assert!(document["results"][1].get("exchanges").is_none(), "evidence is for failures");
}

#[tokio::test]
async fn the_report_for_ci_is_red_exactly_when_a_must_failed() {
    let fault = Fault::in_answers(|answer| {
        if answer.method == Method::DELETE && answer.status == 204 {
            answer.status = 200;
        }
        if answer.is(&Method::GET, "/Me") {
            answer.status = 404;
        }
    });
    let report = Front::start(fault).await.run(&["3.6", "3.11"]).await;
    let xml = report.junit();
    assert!(xml.contains(r#"tests="10" failures="1""#), "{xml}");
    assert_eq!(xml.matches("<failure ").count(), 1, "{xml}");
    assert!(xml.contains(r#"<skipped message="SHOULD not met: "#), "{xml}");
    assert!(xml.contains(r#"<testsuite name="RFC 7644 §3.6 Deleting Resources" tests="8""#), "{xml}");
}

#[tokio::test]
async fn nothing_is_left_on_the_server_and_what_was_there_stays() {
    // The server ignores filters, so every query gives everybody.
    let front = Front::start(Fault::in_requests(|_, target, _| {
        if let Some((path, query)) = target.clone().split_once('?') {
            let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("filter=")).collect();
            *target = format!("{path}?{}", kept.join("&"));
        }
    }))
    .await;
    let body = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "resident"}"#;
    let resident = front.ask("POST", "/scim/v2/Users", body).await;
    let report = front.run(&[]).await;
    assert!(failed(&report).len() > 20);
    assert!(report.leftovers.is_empty(), "{:?}", report.leftovers);
    let users = front.ask("GET", "/scim/v2/Users", "").await;
    assert_eq!(users["Resources"], Value::Array(vec![resident]));
    assert_eq!(front.ask("GET", "/scim/v2/Groups", "").await["totalResults"], 0);
}

#[tokio::test]
async fn an_interrupted_run_cleans_up_and_does_not_conform() {
    let front = Front::start(Fault::NONE).await;
    let soon = tokio::time::sleep(Duration::from_millis(300));
    let report = enroll_conformance::run(&front.plan(&[]), &Silent, soon).await.unwrap();
    assert_eq!(report.stopped.as_deref(), Some("the run was interrupted"));
    assert!(!report.is_conformant());
    assert!(report.to_string().ends_with("Whether the server conforms is not known."), "{report}");
    assert!(report.results.len() < 200);
    assert_eq!(front.ask("GET", "/scim/v2/Users", "").await["totalResults"], 0);
}

#[tokio::test]
async fn what_cannot_be_deleted_is_named() {
    let front = Front::start(Fault::in_answers(|answer| {
        if answer.method == Method::DELETE {
            answer.status = 500;
        }
    }))
    .await;
    let report = front.run(&["create-status"]).await;
    assert!(
        matches!(report.leftovers.as_slice(), [path] if path.starts_with("/Users/")),
        "{:?}",
        report.leftovers
    );
}

#[tokio::test]
async fn the_run_asks_nothing_outside_the_base_url() {
    let front = Front::start(Fault::NONE).await;
    front.run(&[]).await;
    let outside: Vec<String> =
        front.arrived().into_iter().filter(|line| !line.contains(" /scim/v2")).collect();
    // The check of another protocol version is the one that leaves `/v2`.
    assert_eq!(outside, ["GET /scim/v9/Users"]);
}

#[tokio::test]
async fn a_run_that_cannot_begin_says_why() {
    let front = Front::start(Fault::NONE).await;
    let run =
        async |plan: Plan| enroll_conformance::run(&plan, &Silent, std::future::pending()).await.unwrap_err();
    let refused = run(Plan::new(&front.base_url, "t").token("wrong")).await;
    assert!(matches!(refused, RunError::Refused { status: 401, .. }), "{refused}");
    let unreachable = run(Plan::new("http://127.0.0.1:9/scim/v2", "t")).await;
    assert!(matches!(unreachable, RunError::Unreachable(_)), "{unreachable}");
    let nothing = run(front.plan(&["3.99"])).await;
    assert_eq!(nothing.to_string(), "there is no section and no check \"3.99\"; `--list` shows all");
}
