//! `enroll serve` on a PostgreSQL server of its own, with writers that go on whatever they are answered.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use enroll_testdb::OwnServer;
use enroll_testkit::{Connection, Response, wire};
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::load::{Load, seed};
use crate::support::{Process, free_address};

const WRITERS: usize = 8;

/// How soon it has to be good again (R20).
const SOON: Duration = Duration::from_secs(5);

/// A request is answered by then, whatever happens (R19).
const LONGEST: Duration = Duration::from_secs(30);

pub(super) struct Site {
    pub(super) database: OwnServer,
    pub(super) seed: u64,
    server: Process,
    load: Load,
    stop: Arc<AtomicBool>,
    seen: Arc<Seen>,
    writers: Vec<JoinHandle<()>>,
    _folder: TempDir,
}

/// What the writers were answered.
#[derive(Debug, Default)]
struct Seen {
    acknowledged: AtomicU64,
    refused: AtomicU64,
    full: AtomicU64,
    slowest: AtomicU64,
}

impl Site {
    /// All of it, under load.
    pub(super) async fn start() -> Self {
        let seed = seed();
        let database = tokio::task::block_in_place(OwnServer::start);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("enroll.toml"), format!("database_url = {:?}\n", database.url()))
            .unwrap();
        let (server, _) = Process::start(folder.path(), free_address()).await;
        let load = Load::prepare(&server).await;
        let (stop, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(Seen::default()));
        let writers = (0..WRITERS)
            .map(|number| {
                let writer = Writer { load: load.clone(), address: server.address, seen: Arc::clone(&seen) };
                tokio::spawn(writer.run(number, Arc::clone(&stop)))
            })
            .collect();
        Self { database, seed, server, load, stop, seen, writers, _folder: folder }
    }

    /// Waits until more writes are acknowledged than now; that must not take long.
    pub(super) async fn good_again(&self) -> Duration {
        let (begun, before) = (Instant::now(), self.seen.acknowledged.load(Ordering::Relaxed));
        while self.seen.acknowledged.load(Ordering::Relaxed) < before + WRITERS as u64 {
            let waited = begun.elapsed();
            assert!(
                waited < SOON,
                "seed {}: nothing is written after {waited:?}: {:?}",
                self.seed,
                self.seen
            );
            assert!(!self.writers.iter().any(JoinHandle::is_finished), "a writer has failed: see above");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        begun.elapsed()
    }

    /// A request of an operator or a load balancer, and how long it took.
    pub(super) async fn get(&self, path: &str) -> (Response, Duration) {
        let begun = Instant::now();
        let mut connection = Connection::open(self.server.address).await.unwrap();
        let request = wire::request("GET", path, &self.load.token, "");
        (connection.send(&request).await.unwrap(), begun.elapsed())
    }

    /// Requests that were answered with 507.
    pub(super) fn full(&self) -> u64 {
        self.seen.full.load(Ordering::Relaxed)
    }

    /// Ends the load, compares what is there with what was acknowledged, and ends the server.
    pub(super) async fn check(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for writer in self.writers {
            writer.await.unwrap();
        }
        assert!(self.server.lives(), "the server has ended");
        let (refused, slowest) =
            (self.seen.refused.load(Ordering::Relaxed), self.seen.slowest.load(Ordering::Relaxed));
        assert!(
            u128::from(slowest) < LONGEST.as_millis(),
            "seed {}: an answer after {slowest} ms",
            self.seed
        );
        println!("{refused} requests refused, slowest answer {slowest} ms");
        self.load.check(&self.server, self.seed).await;
        assert_eq!(self.server.terminate(), Some(0));
    }
}

/// One client.
struct Writer {
    load: Load,
    address: SocketAddr,
    seen: Arc<Seen>,
}

impl Writer {
    /// Creates users and puts each into the group. Nobody knows what became of a name that was refused, so it is not used again.
    async fn run(self, writer: usize, stop: Arc<AtomicBool>) {
        let mut connection = Connection::open(self.address).await.unwrap();
        for number in 0.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let name = format!("steady-{writer}-{number}@example.com");
            let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name});
            let Some(user) =
                self.send(&mut connection, "POST", "/scim/v2/Users", &body.to_string(), 201).await
            else {
                continue;
            };
            let id = user.json()["id"].as_str().unwrap().to_owned();
            self.load.ledger.lock().await.users.push((name, id.clone()));
            let add = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "add", "path": "members", "value": [{"value": id}]}],
            });
            let group = format!("/scim/v2/Groups/{}", self.load.group);
            if self.send(&mut connection, "PATCH", &group, &add.to_string(), 204).await.is_some() {
                self.load.ledger.lock().await.members.push(id);
            }
        }
    }

    /// The answer, if it is the one that was wanted. Any other is 503 or 507, in the language of SCIM, and 503 says when to try again.
    async fn send(
        &self,
        connection: &mut Connection,
        method: &str,
        path: &str,
        body: &str,
        wanted: u16,
    ) -> Option<Response> {
        let begun = Instant::now();
        let answer = connection.send(&wire::request(method, path, &self.load.token, body)).await.unwrap();
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap();
        self.seen.slowest.fetch_max(took, Ordering::Relaxed);
        if answer.status == wanted {
            self.seen.acknowledged.fetch_add(1, Ordering::Relaxed);
            return Some(answer);
        }
        let (status, body) = (answer.status, answer.json());
        let again = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
        let told = again.is_some_and(|seconds: u64| (1..=30).contains(&seconds));
        assert!(status == 507 || status == 503 && told, "{status} {:?} {body}", answer.headers);
        assert_eq!(body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error", "{body}");
        assert_eq!(body["status"], status.to_string());
        self.seen.refused.fetch_add(1, Ordering::Relaxed);
        self.seen.full.fetch_add(u64::from(status == 507), Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
        None
    }
}
