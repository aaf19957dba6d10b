//! A mapping of a large group: making it, previewing it, and who waits meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use enroll_testkit::{Connection, TestServer, wire};
use serde_json::{Value, json};

use crate::load::{create_users, user_body};
use crate::members::group;
use crate::{Scale, report::Report};

/// Users in a page, the most that a server gives.
const PAGE: usize = 1_000;

/// Mappings made of each group in a round, in turn; the median counts.
const ADDS: usize = 25;

pub(crate) async fn run(scale: Scale, report: &mut Report) {
    let server = TestServer::start().await;
    let ids = create_users(&server, scale.large).await;
    group(&server, "Ten", &ids[..10]).await;
    group(&server, "Large", &ids).await;
    let mut connection = Connection::open(server.address).await.expect("the server is there");
    send(&mut connection, &server, "POST", "/organizations", &json!({"name": "acme"})).await;
    let new = |group: &str| json!({"group": group, "organization": "acme"});
    let next = Arc::new(AtomicUsize::new(scale.large));
    let (mut adds, mut previews, mut waits) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..scale.rounds {
        let writer = Writer::start(&server, &next);
        let begun = Instant::now();
        let edit = json!({"add": new("Large")});
        let (found, preview) =
            send(&mut connection, &server, "POST", "/mappings:preview?limit=1000", &edit).await;
        assert_eq!(found["gained"], scale.large);
        let (large, _) = send(&mut connection, &server, "POST", "/mappings", &new("Large")).await;
        let meanwhile = begun.elapsed();
        let busy = writer.stop().await;

        // The same people and roles, as applications read them.
        let begun = Instant::now();
        assert_eq!(read_members(&mut connection, &server).await, scale.large);
        previews.push((millis(preview), millis(begun.elapsed())));
        remove(&mut connection, &server, &large).await;

        let mut turns = (Vec::new(), Vec::new());
        for _ in 0..ADDS {
            for (group, times) in [("Large", &mut turns.0), ("Ten", &mut turns.1)] {
                let (made, add) = send(&mut connection, &server, "POST", "/mappings", &new(group)).await;
                times.push(add);
                remove(&mut connection, &server, &made).await;
            }
        }
        adds.push((micros(median(turns.0)), micros(median(turns.1))));

        let writer = Writer::start(&server, &next);
        tokio::time::sleep(meanwhile).await;
        waits.push((millis(busy), millis(writer.stop().await)));
    }
    let large = scale.large;
    report.add(format!("add a mapping, group of {large} against 10"), &adds, "µs", "about 1");
    report.add(
        format!("preview a mapping of {large} against reading these members in pages of {PAGE}"),
        &previews,
        "ms",
        "measured",
    );
    report.add("longest wait of a write during preview and add against none", &waits, "ms", "measured");
    server.stop().await;
}

/// A client that creates one user after the other and keeps the longest wait.
struct Writer {
    stop: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<Duration>,
}

impl Writer {
    fn start(server: &TestServer, next: &Arc<AtomicUsize>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (address, token) = (server.address, server.scim_token.clone());
        let (next, stopped) = (Arc::clone(next), Arc::clone(&stop));
        let task = tokio::spawn(async move {
            let mut connection = Connection::open(address).await.expect("the server is there");
            let mut longest = Duration::ZERO;
            while !stopped.load(Ordering::Relaxed) {
                let body = user_body(next.fetch_add(1, Ordering::Relaxed));
                let request = wire::request("POST", "/scim/v2/Users", &token, &body);
                let sent = Instant::now();
                assert_eq!(connection.send(&request).await.expect("an answer").status, 201);
                longest = longest.max(sent.elapsed());
            }
            longest
        });
        Self { stop, task }
    }

    async fn stop(self) -> Duration {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("the client does not fail")
    }
}

/// A request to the API of administrators, and how long it took.
async fn send(
    connection: &mut Connection,
    server: &TestServer,
    method: &str,
    path: &str,
    body: &Value,
) -> (Value, Duration) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = wire::request(method, &format!("/api/v1{path}"), &server.api_token, &body);
    let begun = Instant::now();
    let answer = connection.send(&request).await.expect("an answer");
    let time = begun.elapsed();
    assert!(answer.status < 300, "{}", String::from_utf8_lossy(&answer.body));
    (if answer.body.is_empty() { Value::Null } else { answer.json() }, time)
}

async fn remove(connection: &mut Connection, server: &TestServer, mapping: &Value) {
    let path = format!("/mappings/{}", mapping["id"].as_str().expect("an id"));
    send(connection, server, "DELETE", &path, &Value::Null).await;
}

/// Reads all members of the organization and counts them.
async fn read_members(connection: &mut Connection, server: &TestServer) -> usize {
    let (mut count, mut after) = (0, String::new());
    loop {
        let path = format!("/organizations/acme/members?limit={PAGE}{after}");
        let (page, _) = send(connection, server, "GET", &path, &Value::Null).await;
        count += page["members"].as_array().expect("members").len();
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={next}"),
            None => return count,
        }
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
