//! A server that pages with cursors of another kind passes too: the proxy makes cursors of our index pages.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Fault, Front, failed, result};

/// `from-2` means startIndex 2; the empty cursor means the first page.
fn start_of(cursor: &str) -> Option<u64> {
    if cursor.is_empty() { Some(1) } else { cursor.strip_prefix("from-")?.parse().ok() }
}

fn to_index(_: &Method, target: &mut String, body: &mut Value) {
    if let Some((path, query)) = target.clone().split_once('?') {
        let pairs = query.split('&').map(|pair| match pair.strip_prefix("cursor=").map(start_of) {
            Some(Some(start)) => format!("startIndex={start}&paged"),
            _ => pair.to_owned(),
        });
        *target = format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"));
    }
    if let Some(start) = body.get("cursor").and_then(Value::as_str).and_then(start_of) {
        body["startIndex"] = json!(start);
        // Our server would take it for a cursor of its own.
        if let Some(cursor) = body.as_object_mut().and_then(|body| body.remove("cursor")) {
            body["paged"] = cursor;
        }
    }
}

fn to_cursors(answer: &mut Answer) {
    if answer.is(&Method::GET, "/ServiceProviderConfig") {
        answer.body["pagination"] = json!({"cursor": true, "index": true});
    }
    if answer.path.contains("&cursor=") {
        answer.status = 400;
        answer.body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "400", "scimType": "invalidCursor"});
    }
    let paged = answer.path.ends_with("&paged")
        || answer.path.contains("&paged&")
        || answer.sent.get("paged").is_some();
    let number = |name: &str| answer.body.get(name).and_then(Value::as_u64).unwrap_or_default();
    let next = number("startIndex") + number("itemsPerPage");
    if paged && next <= number("totalResults") {
        answer.body["nextCursor"] = json!(format!("from-{next}"));
    }
}

#[tokio::test]
async fn cp_a_server_with_cursors_passes() {
    let sound = Fault { on_request: to_index, on_answer: to_cursors };
    let report = Front::start(sound).await.run(&["9865"]).await;
    assert_eq!(failed(&report), Vec::<&str>::new(), "{report}");
    assert_eq!(report.tally().passed, 8, "{report}");
}

#[tokio::test]
async fn cp2_a_last_page_that_names_another_one() {
    let endless = Fault {
        on_request: to_index,
        on_answer: |answer| {
            to_cursors(answer);
            if answer.path.contains("&paged") {
                answer.body["nextCursor"] = json!("from-1");
            }
        },
    };
    let report = Front::start(endless).await.run(&["9865"]).await;
    assert!(failed(&report).contains(&"cursor-pages"), "{report}");
}

#[tokio::test]
async fn cp1_a_cursor_that_has_to_be_encoded_and_a_first_page_with_a_previous_one() {
    let wrong = Fault {
        on_request: to_index,
        on_answer: |answer| {
            to_cursors(answer);
            if answer.body.get("nextCursor").is_some() {
                answer.body["nextCursor"] = json!("from 2/3");
                answer.body["previousCursor"] = json!("from-0");
            }
        },
    };
    let report = Front::start(wrong).await.run(&["cursor-first-page", "cursor-characters"]).await;
    assert_eq!(failed(&report), ["cursor-first-page", "cursor-characters"], "{report}");
    assert!(result(&report, "cursor-characters").reason.as_deref().unwrap().contains("from 2/3"));
}
