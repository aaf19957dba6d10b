//! The report for people and for `--json`.

use std::time::Duration;

use enroll_simulate::{
    Exchange, ExpectedGroup, ExpectedState, ExpectedUser, FailedCheck, Idp, Summary, Timing,
};
use serde_json::json;

fn timing(kind: &str, count: usize, p50: u64, p95: u64, max: u64) -> Timing {
    let milliseconds = Duration::from_millis;
    let (p50, p95, max) = (milliseconds(p50), milliseconds(p95), milliseconds(max));
    Timing { kind: kind.to_owned(), count, p50, p95, max }
}

fn summary() -> Summary {
    Summary {
        idp: Idp::Entra,
        base_url: "https://scim.example.com/scim/v2".to_owned(),
        elapsed: Duration::from_millis(2_500),
        requests: timing("all requests", 1_250, 4, 12, 90),
        kinds: vec![
            timing("GET /Users?filter", 600, 2, 5, 20),
            timing("PATCH /Groups/{id}", 50, 5, 15, 90),
            timing("POST /Users", 600, 6, 14, 60),
        ],
        throttled: 3,
        checks: 4_000,
        failures: 202,
        failed_checks: vec![
            FailedCheck {
                sequence: "member forms".to_owned(),
                sentence: "the members are wrong: 2 expected, 0 found; missing [a, b]; not expected []"
                    .to_owned(),
                exchange: Some(Exchange {
                    method: "PATCH".to_owned(),
                    url: "https://scim.example.com/scim/v2/Groups/g".to_owned(),
                    request_body: Some(json!({"Operations": []})),
                    status: Some(204),
                    content_type: None,
                    response_body: String::new(),
                    transport_error: None,
                }),
            },
            FailedCheck {
                sequence: "import".to_owned(),
                sentence: "ana.garcia@acme.example is missing in the import".to_owned(),
                exchange: None,
            },
        ],
        skipped: vec!["group push needs at least three users".to_owned()],
        stopped: None,
        expected: ExpectedState {
            users: vec![ExpectedUser {
                user_name: "ana.garcia@acme.example".to_owned(),
                external_id: "00u1".to_owned(),
                active: true,
            }],
            groups: vec![ExpectedGroup {
                display_name: "Engineering".to_owned(),
                members: vec!["ana.garcia@acme.example".to_owned()],
            }],
        },
    }
}

#[test]
fn the_table_for_people() {
    insta::assert_snapshot!(summary());
}

#[test]
fn the_document_for_programs() {
    insta::assert_json_snapshot!(summary());
}

#[test]
fn a_clean_run_says_so() {
    let mut clean = summary();
    (clean.failures, clean.failed_checks, clean.skipped) = (0, Vec::new(), Vec::new());
    let text = clean.to_string();
    assert!(text.ends_with("\nAll 4000 checks passed."), "{text}");
    clean.stopped = Some("the server does not answer".to_owned());
    assert!(clean.to_string().contains("The run ended early: the server does not answer\n"));
}
