//! Three `enroll serve` on one PostgreSQL database, asked in turn, as a load balancer asks them.

mod background;
mod brake;
mod once;

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use enroll_domain::DirectoryId;
use enroll_service::{Clock, Service, SessionDetails};
use enroll_store::Options;
use enroll_testdb::TestDatabase;
use enroll_testkit::{Connection, Response, open_service, service_options, wire};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Process, free_address};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/// The replicas, with a token for each surface.
pub(crate) struct Replicas {
    pub(crate) processes: Vec<Process>,
    scim: String,
    api: String,
    folders: Vec<TempDir>,
    database: Arc<TestDatabase>,
}

impl Replicas {
    pub(crate) async fn start() -> Self {
        Self::on(Arc::new(tokio::task::block_in_place(TestDatabase::empty))).await
    }

    /// On a database that others have filled.
    async fn on(database: Arc<TestDatabase>) -> Self {
        let (mut processes, mut folders) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let folder = tempfile::tempdir().unwrap();
            let settings =
                format!("database_url = {:?}\noutbound_allow_private = \"127.0.0.0/8\"\n", database.url());
            fs::write(folder.path().join("enroll.toml"), settings).unwrap();
            processes.push(Process::start(folder.path(), free_address()).await.0);
            folders.push(folder);
        }
        let scim = processes[0].enroll_ok(&["token", "create", "--label", "scim", "--print"]);
        let api = ["api-token", "create", "--label", "api", "--scope", "admin", "--print"];
        let api = processes[1].enroll_ok(&api);
        Self { processes, scim, api, folders, database }
    }

    /// A connection to each.
    async fn connect(&self) -> Vec<Connection> {
        let mut connections = Vec::new();
        for process in &self.processes {
            connections.push(Connection::open(process.address).await.unwrap());
        }
        connections
    }

    /// A user created at one of them; gives her id.
    async fn create(&self, connection: &mut Connection, name: &str) -> String {
        let body = json!({"schemas": [USER], "userName": name}).to_string();
        let request = wire::request("POST", "/scim/v2/Users", &self.scim, &body);
        let answer = connection.send(&request).await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// The service itself, beside the replicas, for what no request does: opening a session is the end of a sign-in.
    async fn service(&self) -> Service {
        let store = Options::postgres(self.database.url().parse().unwrap());
        let public_url = format!("http://{}", self.processes[0].address);
        open_service(store, service_options(&public_url, Clock::system())).await
    }

    /// All of them end cleanly.
    fn stop(self) {
        for process in self.processes {
            assert_eq!(process.terminate(), Some(0));
        }
        drop(self.folders);
    }
}

async fn send(connection: &mut Connection, method: &str, path: &str, token: &str, body: &Value) -> Response {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    connection.send(&wire::request(method, path, token, &body)).await.unwrap()
}

/// With a session's cookie in place of a token.
async fn me(connection: &mut Connection, cookie: &str) -> u16 {
    let request =
        format!("GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\ncookie: enroll_session={cookie}\r\n\r\n");
    connection.send(request.as_bytes()).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r10_every_replica_shows_what_any_replica_has_acknowledged() {
    let replicas = Replicas::start().await;
    let mut clients = Vec::new();
    for client in 0..4 {
        clients.push((client, replicas.connect().await));
    }
    let one = async |(client, mut connections): (usize, Vec<Connection>)| {
        for number in 0..25 {
            let name = format!("user-{client}-{number}@example.com");
            let mut turn = client + number;
            let mut next = || {
                turn += 1;
                turn % 3
            };
            let id = replicas.create(&mut connections[next()], &name).await;
            let path = format!("/scim/v2/Users/{id}");
            let read = send(&mut connections[next()], "GET", &path, &replicas.scim, &Value::Null).await;
            assert_eq!((read.status, &read.json()["userName"]), (200, &json!(name)));
            let search = format!("/scim/v2/Users?filter=userName+eq+%22{name}%22");
            let found = send(&mut connections[next()], "GET", &search, &replicas.scim, &Value::Null).await;
            assert_eq!(found.json()["totalResults"], 1);
            let change = json!({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": name}]});
            let changed = send(&mut connections[next()], "PATCH", &path, &replicas.scim, &change).await;
            assert_eq!(changed.status, 200);
            let read = send(&mut connections[next()], "GET", &path, &replicas.scim, &Value::Null).await;
            assert_eq!((&read.json()["title"], read.header("etag")), (&json!(name), changed.header("etag")));
            let deleted = send(&mut connections[next()], "DELETE", &path, &replicas.scim, &Value::Null).await;
            assert_eq!(deleted.status, 204);
            let gone = send(&mut connections[next()], "GET", &path, &replicas.scim, &Value::Null).await;
            assert_eq!(gone.status, 404);
        }
    };
    let mut clients = clients.into_iter();
    let mut client = || one(clients.next().unwrap());
    tokio::join!(client(), client(), client(), client());
    replicas.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r14_what_one_replica_revokes_is_dead_at_all_with_the_next_request() {
    let replicas = Replicas::start().await;
    let mut connections = replicas.connect().await;
    let service = replicas.service().await;
    for round in 0..6 {
        let at = round % 3;
        // Tokens of both surfaces.
        for (command, path) in [("token", "/scim/v2/Users"), ("api-token", "/api/v1/organizations")] {
            let create = match command {
                "token" => vec![command, "create", "--label", "brief", "--json"],
                _ => vec![command, "create", "--label", "brief", "--scope", "read", "--json"],
            };
            let made: Value = serde_json::from_str(&replicas.processes[at].enroll_ok(&create)).unwrap();
            let token = made["token"].as_str().unwrap();
            for connection in &mut connections {
                assert_eq!(send(connection, "GET", path, token, &Value::Null).await.status, 200);
            }
            let surface = if command == "token" { "directories/default/tokens" } else { "api-tokens" };
            let target = format!("/api/v1/{surface}/{}", made["id"].as_str().unwrap());
            let ended = send(&mut connections[at], "DELETE", &target, &replicas.api, &Value::Null).await;
            assert!(ended.status < 300, "{target}: {}", ended.status);
            for connection in &mut connections {
                assert_eq!(send(connection, "GET", path, token, &Value::Null).await.status, 401, "{command}");
            }
        }
        // Sessions, by the deactivation of their user.
        let id = replicas.create(&mut connections[at], &format!("leaver-{round}@example.com")).await;
        let directory: DirectoryId = service.directories().await.unwrap()[0].id;
        let session =
            service.open_session(id.parse().unwrap(), directory, SessionDetails::default()).await.unwrap();
        for connection in &mut connections {
            assert_eq!(me(connection, session.reveal()).await, 200);
        }
        let leave =
            json!({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": false}]});
        let path = format!("/scim/v2/Users/{id}");
        assert_eq!(send(&mut connections[at], "PATCH", &path, &replicas.scim, &leave).await.status, 200);
        for connection in &mut connections {
            assert_eq!(me(connection, session.reveal()).await, 401);
        }
    }
    service.close().await;
    replicas.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_expired_is_refused_by_every_replica_and_forgotten_by_the_next_sign_in() {
    let replicas = Replicas::start().await;
    let mut connections = replicas.connect().await;
    let (one, other, third) = tokio::join!(replicas.service(), replicas.service(), replicas.service());
    let directory: DirectoryId = one.directories().await.unwrap()[0].id;
    let user = replicas.create(&mut connections[0], "ada@example.com").await.parse().unwrap();
    let open = async |service: &Service| {
        service.open_session(user, directory, SessionDetails::default()).await.unwrap().reveal().to_owned()
    };
    let (first, second) = (open(&one).await, open(&other).await);
    for connection in &mut connections {
        assert_eq!((me(connection, &first).await, me(connection, &second).await), (200, 200));
    }
    // As if their time had passed.
    replicas.database.run("UPDATE sessions SET expires = 1");
    replicas.database.run("UPDATE scim_tokens SET expires = 1");
    replicas.database.run("UPDATE schema_migrations SET applied_at = applied_at + 1 WHERE version = 0");
    for connection in &mut connections {
        assert_eq!((me(connection, &first).await, me(connection, &second).await), (401, 401));
        let users = send(connection, "GET", "/scim/v2/Users", &replicas.scim, &Value::Null).await;
        assert_eq!(users.status, 401);
    }
    let entries = "SELECT count(*) FROM audit_entries WHERE subject_kind = 'session'";
    let before: usize = replicas.database.run(entries).parse().unwrap();
    let opened = tokio::join!(open(&one), open(&other), open(&third));
    assert_eq!(replicas.database.run("SELECT count(*) FROM sessions"), "3", "the old ones are forgotten");
    let after: usize = replicas.database.run(entries).parse().unwrap();
    assert!(after - before <= 3, "nobody ends for the second time what has ended: {before}, {after}");
    for connection in &mut connections {
        for cookie in [&opened.0, &opened.1, &opened.2] {
            assert_eq!(me(connection, cookie).await, 200);
        }
    }
    for service in [one, other, third] {
        service.close().await;
    }
    replicas.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r21_bulks_in_opposite_order_at_two_replicas_do_not_block_each_other() {
    let replicas = Replicas::start().await;
    let mut connections = replicas.connect().await;
    let mut ids = Vec::new();
    for number in 0..60 {
        let place = number % 3;
        ids.push(replicas.create(&mut connections[place], &format!("user-{number}@example.com")).await);
    }
    let bulk = |ids: Vec<&String>, title: String| {
        let operations: Vec<Value> = ids
            .into_iter()
            .map(|id| {
                let data = json!({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": title}]});
                json!({"method": "PATCH", "path": format!("/Users/{id}"), "data": data})
            })
            .collect();
        json!({"schemas": [BULK], "Operations": operations})
    };
    let mut slowest = Duration::ZERO;
    for round in 0..10 {
        let forth = bulk(ids.iter().collect(), format!("forth {round}"));
        let back = bulk(ids.iter().rev().collect(), format!("back {round}"));
        let [first, second, third] = &mut connections[..] else { panic!("three replicas") };
        let begun = Instant::now();
        let (one, other) = tokio::join!(
            send(first, "POST", "/scim/v2/Bulk", &replicas.scim, &forth),
            send(second, "POST", "/scim/v2/Bulk", &replicas.scim, &back),
        );
        slowest = slowest.max(begun.elapsed());
        for answer in [one, other] {
            assert_eq!(answer.status, 200);
            let done = answer.json();
            let done = done["Operations"].as_array().unwrap();
            assert!(done.len() == 60 && done.iter().all(|one| one["status"] == "200"), "{done:?}");
        }
        let path = format!("/scim/v2/Users/{}", ids[round]);
        let title = send(third, "GET", &path, &replicas.scim, &Value::Null).await.json()["title"].clone();
        assert!([format!("forth {round}"), format!("back {round}")].iter().any(|one| title == one.as_str()));
    }
    println!("two Bulks of 60 changes each, answered after {slowest:?} at most");
    // Whoever waits for the other for longer than 5 s is answered 503: that there is none says more than the time on a busy machine.
    assert!(slowest < Duration::from_secs(20), "{slowest:?}");
    replicas.stop();
}
