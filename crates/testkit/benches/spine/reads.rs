//! `GET /Users/{id}` against a bare handler that gives the same JSON.

use std::time::Duration;

use axum::{Json, Router, routing::get};
use enroll_testkit::{Connection, TestServer, wire};

use crate::load::{create_users, throughput};
use crate::{Scale, report::Report};

pub(crate) async fn run(scale: Scale, report: &mut Report) {
    let server = TestServer::start().await;
    let ids = create_users(&server, 1_000).await;
    let token = server.scim_token.clone();
    let user = {
        let bytes = wire::request("GET", &format!("/scim/v2/Users/{}", ids[0]), &token, "");
        let mut connection = Connection::open(server.address).await.expect("the server is there");
        connection.send(&bytes).await.expect("an answer").json()
    };
    let bare = Router::new().route("/scim/v2/Users/{id}", get(move || async move { Json(user.clone()) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let reference = listener.local_addr().expect("an address");
    let serving = tokio::spawn(async move { axum::serve(listener, bare).await });

    let time = Duration::from_millis(scale.milliseconds);
    let requests: Vec<Vec<u8>> =
        ids.iter().map(|id| wire::request("GET", &format!("/scim/v2/Users/{id}"), &token, "")).collect();
    let mut rounds = Vec::new();
    for _ in 0..scale.rounds {
        let send = |requests: Vec<Vec<u8>>| move |number: usize| requests[number % requests.len()].clone();
        let measured = throughput(&[server.address], time, 200, send(requests.clone())).await;
        rounds.push((measured, throughput(&[reference], time, 200, send(requests.clone())).await));
    }
    report.add("GET /Users/{id} against a bare JSON handler", &rounds, "requests/s", ">= 0.60");
    serving.abort();
    server.stop().await;
}
