//! What was normalised in a request is told to whoever called the service, and stands in the request log.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

use enroll_scim::{Note, Object, Quirk};
use enroll_service::{DirectorySettings, ListRequest, Outcome, ResourceKind, ScimSession, WriteOptions};
use enroll_testkit::TestServer;
use enroll_testkit::recorded::{self, replay};
use serde_json::{Value, json};

async fn session(server: &TestServer) -> ScimSession {
    server.service.authenticate_scim(&server.scim_token, None).await.unwrap()
}

fn object(value: Value) -> Object {
    serde_json::from_value(value).unwrap()
}

fn told<T>(outcome: &Outcome<T>) -> Vec<(Option<&'static str>, &str)> {
    let note = |note: &'_ Note| note.quirk.map(Quirk::name);
    outcome.notes.iter().map(|one| (note(one), one.text.as_str())).collect()
}

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

#[tokio::test]
async fn every_use_case_tells_its_caller_what_it_has_normalised() {
    let server = TestServer::start().await;
    let (service, session) = (&server.service, session(&server).await);
    let options = WriteOptions { representation: true, ..WriteOptions::default() };

    let body = object(json!({"schemas": [USER], "userName": "ada", "active": "True", "shoeSize": 38}));
    let created = service.create(&session, &ResourceKind::User, body, &options).await;
    assert_eq!(
        told(&created),
        [
            (Some("string-booleans"), "active: \"True\" read as true"),
            (None, "shoeSize ignored: not in the schema")
        ]
    );
    let id = created.result.unwrap().resource.unwrap()["id"].as_str().unwrap().to_owned();

    let body = object(json!({"schemas": [USER], "userName": "ada", "emails": {"value": "ada@example.com"}}));
    let replaced = service.replace(&session, &ResourceKind::User, &id, body, &options).await;
    assert_eq!(told(&replaced), [(Some("single-values"), "emails: one value read as an array of one")]);
    assert!(replaced.result.unwrap().changed);

    let body = object(json!({"schemas": [PATCH_OP], "Operations": [
        {"op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": "+44 20 7946 0000"}]}));
    let patched = service.patch(&session, &ResourceKind::User, &id, body, &options).await;
    let created_from_filter = "phoneNumbers: no value met the filter, so one was created from it";
    assert_eq!(told(&patched), [(Some("create-on-filter"), created_from_filter)]);
    assert!(patched.result.unwrap().changed);

    let filter = Some("emails[type pr].value eq \"x\"".to_owned());
    let request = ListRequest { filter, ..ListRequest::default() };
    for listed in [
        service.list(&session, &ResourceKind::User, &request).await,
        service.list_all(&session, &request).await,
        service.search(&session, None, object(json!({"filter": request.filter}))).await,
    ] {
        assert!(told(&listed).iter().any(|(quirk, _)| *quirk == Some("value-path-comparison")));
        assert_eq!(listed.result.unwrap()["totalResults"], 0);
    }

    let bulk = object(json!({"Operations": [
        {"method": "PATCH", "path": format!("/Users/{id}"), "data": {"Operations": [{"op": "Remove", "path": "title"}]}}]}));
    let bulk = service.bulk(&session, bulk).await;
    let quirks: Vec<_> = told(&bulk).into_iter().filter_map(|(quirk, _)| quirk).collect();
    assert_eq!(quirks, ["lenient-schemas", "lenient-schemas", "operation-case"]);
    server.stop().await;
}

#[tokio::test]
async fn a_refused_request_tells_what_was_normalised_before_it_was_refused() {
    let server = TestServer::start().await;
    let body = object(json!({"schemas": [USER], "active": "True"}));
    let outcome = server
        .service
        .create(&session(&server).await, &ResourceKind::User, body, &WriteOptions::default())
        .await;
    assert_eq!(outcome.result.as_ref().unwrap_err().to_scim().status(), 400);
    assert_eq!(told(&outcome), [(Some("string-booleans"), "active: \"True\" read as true")]);
    server.stop().await;
}

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

/// The names of the quirks that the request log has while the accept-list is replayed.
async fn logged(strict: bool) -> BTreeSet<String> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
    // The server of a test runs on the test's own thread, and so does its log.
    let guard = tracing::subscriber::set_default(subscriber);
    let server = TestServer::start().await;
    let settings = DirectorySettings { strict: Some(strict), ..DirectorySettings::default() };
    server.service.set_directory("default", &settings).await.unwrap();
    let recording = recorded::load("accept_list").unwrap();
    replay(&server.scim_url(), &server.scim_token, &recording).await.unwrap();
    server.stop().await;
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let quirks = lines.filter_map(|line| line["fields"]["quirks"].as_str().map(str::to_owned));
    quirks.flat_map(|names| names.split(',').map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[tokio::test]
async fn every_quirk_is_named_in_the_log_of_the_accept_list_and_none_in_strict() {
    let all: BTreeSet<String> = Quirk::ALL.iter().map(|quirk| quirk.name().to_owned()).collect();
    assert_eq!(logged(false).await, all);
    assert_eq!(logged(true).await, BTreeSet::new());
}
