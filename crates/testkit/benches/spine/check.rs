//! `GET /api/v1/check` against a bare handler that gives the same JSON.

use enroll_domain::Scope;
use enroll_testkit::{Connection, TestServer, wire};
use serde_json::json;

use crate::bare::against_bare_handler;
use crate::load::create_users;
use crate::members::group;
use crate::{Scale, report::Report};

pub(crate) async fn run(scale: Scale, report: &mut Report) {
    let server = TestServer::start().await;
    let ids = create_users(&server, 1_000).await;
    group(&server, "Web", &ids).await;
    let admin = api_token(&server, Scope::Admin).await;
    let mut connection = Connection::open(server.address).await.expect("the server is there");
    for (path, body) in [
        ("/organizations", json!({"name": "acme"})),
        ("/mappings", json!({"group": "Web", "organization": "acme", "role": "writer"})),
    ] {
        let bytes = wire::request("POST", &format!("/api/v1{path}"), &admin, &body.to_string());
        let answer = connection.send(&bytes).await.expect("an answer");
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    }
    let token = api_token(&server, Scope::Check).await;
    let requests: Vec<Vec<u8>> = ids
        .iter()
        .map(|id| wire::request("GET", &format!("/api/v1/check?user={id}&organization=acme"), &token, ""))
        .collect();
    let answer = connection.send(&requests[0]).await.expect("an answer").json();
    assert_eq!((&answer["allowed"], &answer["role"]), (&json!(true), &json!("writer")));
    let rounds = against_bare_handler(&server, ("/api/v1/check", answer), &requests, scale).await;
    report.add("GET /api/v1/check against a bare JSON handler", &rounds, "requests/s", ">= 0.50");
    server.stop().await;
}

async fn api_token(server: &TestServer, scope: Scope) -> String {
    let made = server.service.create_api_token(scope.as_str(), scope, None).await.expect("a token");
    made.reveal().to_owned()
}
