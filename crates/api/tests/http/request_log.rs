//! What the log says of a request, and what it never says (Z1, S15).

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;

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
