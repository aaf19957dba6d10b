//! What the log says of a request, and what it never says (Z1, S15).

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::site::{Site, reply, user};

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn requests(&self) -> Vec<Value> {
        let lines = self.text();
        let events = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        events
            .filter(|event| event["target"] == "enroll::request")
            .map(|event| event["fields"].clone())
            .collect()
    }
}

/// The server of a test runs on the test's own thread, and so does its log.
fn record() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn z1_one_event_a_request_names_route_caller_and_id() {
    let (log, _guard) = record();
    let site = Site::start().await;
    let id = site.user("bjensen").await;
    reply(site.scim("GET", &format!("/scim/v2/Users/{id}")).header("x-request-id", "r-1")).await;
    let request = log.requests().into_iter().find(|request| request["request_id"] == "r-1").unwrap();
    assert_eq!(request["method"], "GET");
    assert_eq!(request["route"], "/scim/v2/Users/{id}");
    assert_eq!(request["status"], 200);
    assert_eq!(request["directory"], "default");
    assert_eq!(request["token"], "okta");
    assert!(request["duration_ms"].is_u64());
}

#[tokio::test]
async fn z1_s15_no_filter_body_name_or_token_is_ever_logged() {
    let (log, _guard) = record();
    let site = Site::start().await;
    site.send("POST", "/scim/v2/Users", &user("private-body")).await;
    site.send("POST", "/scim/v2/Users", &user("private-body")).await.scim_error(409, Some("uniqueness"));
    site.get("/scim/v2/Users?filter=userName+eq+%22private-filter%22").await;
    site.get("/scim/v2/Users?filter=private-filter").await;
    site.get("/scim/v2/Users/private-path").await;
    site.get("/scim/v2/private-path").await;
    reply(site.bare("GET", "/scim/v2/Users?access_token=private-token").bearer_auth("private-token")).await;
    assert_eq!(log.requests().len(), 7);
    let text = log.text();
    let secret = site.scim_token.rsplit('_').next().unwrap();
    for line in text.lines().filter(|line| line.contains("private") || line.contains(secret)) {
        let event: Value = serde_json::from_str(line).unwrap();
        let target = event["target"].as_str().unwrap();
        assert!(!target.starts_with("enroll"), "{line}");
    }
}

/// The line of the one request with that id.
fn line(log: &Log, id: &str) -> Value {
    log.requests().into_iter().find(|request| request["request_id"] == id).unwrap()
}

#[tokio::test]
async fn what_was_normalised_stands_in_the_line_of_its_request() {
    let (log, _guard) = record();
    let site = Site::start().await;
    let id = site.user("bjensen").await;
    let path = format!("/scim/v2/Users/{id}");
    let send = async |id: &str, body: Value| {
        reply(site.scim("PATCH", &path).header("x-request-id", id).json(&body)).await.status
    };
    let patch_op = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    let disable = json!({"schemas": [patch_op], "Operations": [
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "value": {"department2": "private-value"}}
    ]});
    assert_eq!(send("r-quirks", disable).await, 200);
    let request = line(&log, "r-quirks");
    assert_eq!(request["quirks"], "operation-case,string-booleans");
    assert_eq!(
        request["notes"],
        "op: \"Replace\" read in lower case; active: \"False\" read as false; \
         department2 ignored: not in the schema"
    );

    let clean =
        json!({"schemas": [patch_op], "Operations": [{"op": "replace", "path": "active", "value": true}]});
    assert_eq!(send("r-clean", clean).await, 200);
    let request = line(&log, "r-clean");
    assert!(request.get("quirks").is_none() && request.get("notes").is_none(), "{request}");

    let refused =
        json!({"schemas": [patch_op], "Operations": [{"op": "Replace", "path": "nothing", "value": 1}]});
    assert_eq!(send("r-refused", refused).await, 400);
    assert_eq!(line(&log, "r-refused")["quirks"], "operation-case", "a refused request has notes too");

    let query = "/scim/v2/Users?filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22private-value%22";
    reply(site.scim("GET", query).header("x-request-id", "r-query")).await;
    assert_eq!(line(&log, "r-query")["quirks"], "value-path-comparison");

    let text = log.text();
    let ours = text.lines().filter(|line| line.contains("private-value"));
    for line in ours {
        let event: Value = serde_json::from_str(line).unwrap();
        assert!(!event["target"].as_str().unwrap().starts_with("enroll"), "{line}");
    }
}

#[tokio::test]
async fn a_bulk_request_has_the_notes_of_its_operations() {
    let (log, _guard) = record();
    let site = Site::start().await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "ada", "active": "True"}},
            {"method": "POST", "path": "/Groups", "bulkId": "b", "data": {"displayName": "g", "members": ["bulkId:a"]}}
        ]
    });
    reply(site.scim("POST", "/scim/v2/Bulk").header("x-request-id", "r-bulk").json(&body)).await;
    assert_eq!(line(&log, "r-bulk")["quirks"], "lenient-schemas,string-booleans,bare-values");
}
