//! Clients that send as fast as they are answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use enroll_testkit::{Connection, Response, TestServer, wire};
use serde_json::json;

/// Clients at once, as an identity provider and its applications would be.
pub(crate) const CLIENTS: usize = 32;

/// Requests a second of [`CLIENTS`] clients over `time`, who are spread over the addresses. `request` makes the n-th request; every
/// answer must have `status`.
pub(crate) async fn throughput(
    addresses: &[SocketAddr],
    time: Duration,
    status: u16,
    request: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static,
) -> f64 {
    throughput_of(CLIENTS, addresses, time, status, request).await
}

/// As [`throughput`], of so many clients.
pub(crate) async fn throughput_of(
    clients: usize,
    addresses: &[SocketAddr],
    time: Duration,
    status: u16,
    request: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static,
) -> f64 {
    let request = Arc::new(request);
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let clients: Vec<_> = (0..clients)
        .map(|client| {
            let (request, next) = (request.clone(), next.clone());
            let address = addresses[client % addresses.len()];
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await.expect("the server is there");
                while start.elapsed() < time {
                    let bytes = request(next.fetch_add(1, Ordering::Relaxed));
                    let answer = connection.send(&bytes).await.expect("an answer");
                    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("no client fails");
    }
    next.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()
}

/// Median microseconds of `request` on one connection, over `time`.
pub(crate) async fn latency(
    address: SocketAddr,
    time: Duration,
    mut request: impl FnMut(usize) -> Vec<u8>,
) -> f64 {
    let mut connection = Connection::open(address).await.expect("the server is there");
    let mut samples = Vec::new();
    let start = Instant::now();
    while start.elapsed() < time || samples.len() < 20 {
        let bytes = request(samples.len());
        let sent = Instant::now();
        let answer = connection.send(&bytes).await.expect("an answer");
        samples.push(sent.elapsed().as_secs_f64() * 1e6);
        assert!(answer.status < 300, "{}", String::from_utf8_lossy(&answer.body));
    }
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// The body of a user as an identity provider sends it.
pub(crate) fn user_body(number: usize) -> String {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "userName": format!("user.{number}@example.com"),
        "externalId": format!("00u{number:017}"),
        "name": {"givenName": "Ada", "familyName": format!("Lovelace {number}")},
        "displayName": format!("Ada Lovelace {number}"),
        "emails": [{"value": format!("user.{number}@example.com"), "type": "work", "primary": true}],
        "active": true,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engineering", "employeeNumber": number.to_string()},
    })
    .to_string()
}

/// Creates users `0..count` over HTTP and gives their ids.
pub(crate) async fn create_users(server: &TestServer, count: usize) -> Vec<String> {
    let next = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (next, address, token) = (next.clone(), server.address, server.scim_token.clone());
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await.expect("the server is there");
                let mut ids = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return ids;
                    }
                    let bytes = wire::request("POST", "/scim/v2/Users", &token, &user_body(number));
                    let answer: Response = connection.send(&bytes).await.expect("an answer");
                    assert_eq!(answer.status, 201);
                    ids.push(answer.json()["id"].as_str().expect("an id").to_owned());
                }
            })
        })
        .collect();
    let mut ids = Vec::with_capacity(count);
    for client in clients {
        ids.extend(client.await.expect("no client fails"));
    }
    ids
}
