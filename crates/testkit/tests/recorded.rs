//! The recordings are sound: they load, and every placeholder is captured before it is used.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it does not expect")]

use std::collections::BTreeSet;

use enroll_testkit::recorded::{Recorded, all, failures, load, names, replay};
use serde_json::Value;

fn placeholders(text: &str) -> BTreeSet<String> {
    let after = text.split("{{").skip(1);
    after.map(|rest| rest.split_once("}}").expect("a placeholder has an end").0.to_owned()).collect()
}

/// Everything of an exchange that may hold a placeholder when the request is sent.
fn sent(exchange: &Recorded) -> String {
    let headers: Vec<_> = exchange.headers.values().flatten().cloned().collect();
    let body = exchange.body.as_ref().map(Value::to_string).unwrap_or_default();
    [exchange.path.clone(), exchange.query.clone(), headers.join(" "), body].join(" ")
}

fn expected(exchange: &Recorded) -> String {
    let body = exchange.expect.body_subset.as_ref().map(Value::to_string).unwrap_or_default();
    let headers: Vec<_> = exchange.expect.headers.values().cloned().collect();
    [body, headers.join(" ")].join(" ")
}

#[test]
fn every_file_of_the_folder_is_listed_and_loads() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/recorded");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().to_str().unwrap().strip_suffix(".json").map(str::to_owned)
        })
        .collect();
    files.sort();
    assert_eq!(files, names().collect::<Vec<_>>());
    assert!(all().unwrap().iter().all(|recording| recording.exchanges.len() >= 5));
    assert!(load("no_such_recording").is_err());
}

#[test]
fn every_placeholder_is_captured_before_it_is_used() {
    for recording in all().unwrap() {
        let mut known: BTreeSet<String> = ["base", "token"].map(str::to_owned).into();
        for exchange in &recording.exchanges {
            let place = format!("{}: {}", recording.name, exchange.name);
            assert!(placeholders(&sent(exchange)).is_subset(&known), "{place}");
            for name in exchange.capture.keys() {
                assert!(known.insert(name.clone()), "{place}: {name} is captured twice");
            }
            assert!(placeholders(&expected(exchange)).is_subset(&known), "{place}");
        }
    }
}

#[test]
fn exchanges_are_well_formed() {
    for recording in all().unwrap() {
        let mut seen = BTreeSet::new();
        for exchange in &recording.exchanges {
            let place = format!("{}: {}", recording.name, exchange.name);
            assert!(seen.insert(&exchange.name), "{place}: the name is not unique");
            assert!(["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&exchange.method.as_str()), "{place}");
            assert!(exchange.path.starts_with('/') && !exchange.path.contains('?'), "{place}");
            assert!(exchange.query.is_ascii() && !exchange.query.contains([' ', '"', '#']), "{place}");
            let with_body = exchange.body.is_some() || exchange.body_text.is_some();
            assert_eq!(with_body, ["POST", "PUT", "PATCH"].contains(&exchange.method.as_str()), "{place}");
            assert_eq!(with_body, exchange.headers.contains_key("content-type"), "{place}");
            assert!(exchange.headers.keys().all(|name| *name == name.to_lowercase()), "{place}");
        }
    }
}

#[test]
fn okta_never_deletes_a_user() {
    for recording in all().unwrap().iter().filter(|recording| recording.name.starts_with("okta")) {
        let deletes =
            |exchange: &&Recorded| exchange.method == "DELETE" && exchange.path.starts_with("/Users");
        assert_eq!(recording.exchanges.iter().filter(deletes).count(), 0);
    }
}

#[test]
fn e22_the_validators_verbose_patches_have_thirty_six_operations() {
    let recording = load("entra_validator").unwrap();
    let operations =
        recording.exchanges.iter().filter_map(|exchange| exchange.body.as_ref()?["Operations"].as_array());
    assert_eq!(operations.filter(|operations| operations.len() == 36).count(), 2);
}

/// A server that creates one user and forgets it.
async fn forgetful() -> String {
    use axum::http::{Method, StatusCode, header::CONTENT_TYPE};
    use axum::response::IntoResponse;

    let answer = |method: Method| async move {
        let id = "0192e4a0-1111-7000-8000-000000000001";
        let resource = serde_json::json!({
            "id": id, "userName": "test.user@okta.local", "meta": {"created": "2026-11-24T04:00:00Z"}
        });
        if method == Method::POST {
            (StatusCode::CREATED, [(CONTENT_TYPE, "application/scim+json")], resource.to_string())
                .into_response()
        } else {
            (StatusCode::NOT_FOUND, "Not found").into_response()
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    format!("http://{address}/scim/v2")
}

#[tokio::test]
async fn a_replay_shows_whole_exchanges_and_what_is_wrong_with_them() {
    let base_url = forgetful().await;
    let mut recording = load("okta_oin_patch").unwrap();
    recording.exchanges.truncate(3);
    let replayed = replay(&base_url, "the-token", &recording).await.unwrap();
    assert!(failures(&replayed).contains("create (POST /Users): /name: expected"));
    insta::assert_json_snapshot!(replayed);
}

#[tokio::test]
async fn a_request_whose_placeholder_was_not_captured_is_not_sent() {
    let base_url = forgetful().await;
    let mut recording = load("okta_oin_patch").unwrap();
    recording.exchanges.remove(0);
    let replayed = replay(&base_url, "the-token", &recording).await.unwrap();
    assert_eq!(replayed[0].failures, ["not sent: nothing was captured as user1"]);
    assert!(replayed[0].answer.is_none());
}
