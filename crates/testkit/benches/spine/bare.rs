//! A handler that has nothing to look up, to compare with.

use std::time::Duration;

use axum::{Json, Router, routing::get};
use enroll_testkit::TestServer;
use serde_json::Value;

use crate::Scale;
use crate::load::throughput;

/// Requests a second of the server, and of a bare handler at `route` that answers `answer` from memory: a pair for each round.
pub(crate) async fn against_bare_handler(
    server: &TestServer,
    (route, answer): (&str, Value),
    requests: &[Vec<u8>],
    scale: Scale,
) -> Vec<(f64, f64)> {
    let bare = Router::new().route(route, get(move || async move { Json(answer.clone()) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let reference = listener.local_addr().expect("an address");
    let serving = tokio::spawn(async move { axum::serve(listener, bare).await });
    let time = Duration::from_millis(scale.milliseconds);
    let send = || {
        let requests = requests.to_vec();
        move |number: usize| requests[number % requests.len()].clone()
    };
    let mut rounds = Vec::new();
    for _ in 0..scale.rounds {
        let measured = throughput(&[server.address], time, 200, send()).await;
        rounds.push((measured, throughput(&[reference], time, 200, send()).await));
    }
    serving.abort();
    rounds
}
