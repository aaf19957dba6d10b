//! `GET /api/v1/check` against a bare handler that gives the same JSON.

use std::time::Duration;

use axum::{Json, Router, routing::get};
use enroll_domain::Scope;
use enroll_testkit::{Connection, TestServer, wire};
use serde_json::json;

use crate::load::{create_users, throughput};
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
    let bare = Router::new().route("/api/v1/check", get(move || async move { Json(answer.clone()) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let reference = listener.local_addr().expect("an address");
    let serving = tokio::spawn(async move { axum::serve(listener, bare).await });

    let time = Duration::from_millis(scale.milliseconds);
    let mut rounds = Vec::new();
    for _ in 0..scale.rounds {
        let send = |requests: Vec<Vec<u8>>| move |number: usize| requests[number % requests.len()].clone();
        let measured = throughput(&[server.address], time, 200, send(requests.clone())).await;
        rounds.push((measured, throughput(&[reference], time, 200, send(requests.clone())).await));
    }
    report.add("GET /api/v1/check against a bare JSON handler", &rounds, "requests/s", ">= 0.50");
    serving.abort();
    server.stop().await;
}

async fn api_token(server: &TestServer, scope: Scope) -> String {
    let made = server.service.create_api_token(scope.as_str(), scope, None).await.expect("a token");
    made.reveal().to_owned()
}
