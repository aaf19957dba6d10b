//! The brake (enrollment.md 3.9), with an identity provider at one replica and administrators at others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use enroll_testkit::Connection;
use serde_json::{Value, json};

use super::{PATCH, Replicas, send};

const BRAKE: &str = "/api/v1/directories/default/brake";

/// Replicas whose brake lets one person lose access in an hour.
struct Braked {
    replicas: Replicas,
    connections: Vec<Connection>,
    users: Vec<String>,
}

impl Braked {
    async fn start(users: usize) -> Self {
        let replicas = Replicas::start().await;
        let mut connections = replicas.connect().await;
        let mut ids = Vec::new();
        for number in 0..users {
            let name = format!("user-{number}@example.com");
            ids.push(replicas.create(&mut connections[number % 3], &name).await);
        }
        Self { replicas, connections, users: ids }
    }

    async fn limit(&mut self, at: usize) {
        let limits = json!({"people": 1, "percent": 0, "windowMinutes": 60});
        let answer = send(&mut self.connections[at], "PUT", BRAKE, &self.replicas.api, &limits).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
    }

    /// The identity provider deactivates a user; gives the status.
    async fn deactivate(&mut self, at: usize, user: usize) -> u16 {
        deactivate(&mut self.connections[at], &self.replicas.scim, &self.users[user]).await
    }

    /// What every replica shows as the state.
    async fn states(&mut self) -> Vec<String> {
        let mut states = Vec::new();
        for connection in &mut self.connections {
            let shown = send(connection, "GET", BRAKE, &self.replicas.api, &Value::Null).await;
            states.push(shown.json()["state"].as_str().unwrap().to_owned());
        }
        states
    }

    /// How many entries of an action the audit trail has.
    fn told(&self, action: &str) -> usize {
        let count = format!("SELECT count(*) FROM audit_entries WHERE action = '{action}'");
        self.replicas.database.run(&count).parse().unwrap()
    }
}

async fn deactivate(connection: &mut Connection, token: &str, user: &str) -> u16 {
    let leave =
        json!({"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": false}]});
    send(connection, "PATCH", &format!("/scim/v2/Users/{user}"), token, &leave).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e3_9_two_approvals_at_two_replicas_are_one_and_nothing_is_held_behind_them() {
    const ROUNDS: usize = 12;
    let mut site = Braked::start(2 * ROUNDS).await;
    for round in 0..ROUNDS {
        site.limit(round % 3).await;
        assert_eq!(site.deactivate(round % 3, 2 * round).await, 200);
        assert_eq!(site.deactivate((round + 1) % 3, 2 * round + 1).await, 429);
        assert_eq!(site.states().await, ["held"; 3]);
        // The identity provider retries, on many connections to all replicas, while two administrators approve.
        let (passed, user) = (Arc::new(AtomicBool::new(false)), site.users[2 * round + 1].clone());
        let mut retries = Vec::new();
        for number in 0..12 {
            let mut connection = Connection::open(site.replicas.processes[number % 3].address).await.unwrap();
            let (passed, user, token) = (Arc::clone(&passed), user.clone(), site.replicas.scim.clone());
            retries.push(tokio::spawn(async move {
                loop {
                    match deactivate(&mut connection, &token, &user).await {
                        200 => return passed.store(true, Ordering::Relaxed),
                        status => assert_eq!(status, 429),
                    }
                }
            }));
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(!passed.load(Ordering::Relaxed), "nothing passes before it is approved");
        let api = &site.replicas.api;
        let [_, first, second] = &mut site.connections[..] else { panic!("three replicas") };
        let (approve, nothing) = (format!("{BRAKE}/approve"), json!({}));
        let (one, other) = tokio::join!(
            send(first, "POST", &approve, api, &nothing),
            send(second, "POST", &approve, api, &nothing),
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "the second finds nothing held");
        for retry in retries {
            tokio::time::timeout(Duration::from_secs(10), retry).await.expect("the retry passes").unwrap();
        }
        assert_eq!(
            site.states().await,
            ["approved"; 3],
            "round {round}: what was refused before is not held anew"
        );
        assert_eq!((site.told("brake.held"), site.told("brake.approved")), (round + 1, round + 1));
        let off = send(&mut site.connections[0], "DELETE", BRAKE, &site.replicas.api, &Value::Null).await;
        assert_eq!(off.json()["state"], "off");
    }
    site.replicas.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e3_9_the_window_and_an_approval_end_at_all_replicas() {
    let mut site = Braked::start(6).await;
    site.limit(0).await;
    assert_eq!(site.deactivate(0, 0).await, 200);
    assert_eq!([site.deactivate(1, 1).await, site.deactivate(2, 1).await], [429, 429]);
    // As if the window had passed since.
    site.replicas.database.run("UPDATE losses SET lost = 0");
    assert_eq!(site.deactivate(2, 1).await, 200, "the retry passes without anybody");
    assert_eq!([site.deactivate(0, 2).await, site.deactivate(1, 2).await], [429, 429], "it has counted");
    assert_eq!(site.states().await, ["held"; 3]);
    let approve = format!("{BRAKE}/approve");
    let approved = send(&mut site.connections[1], "POST", &approve, &site.replicas.api, &json!({})).await;
    assert_eq!(approved.status, 200);
    assert_eq!([site.deactivate(0, 2).await, site.deactivate(2, 3).await], [200, 200]);
    // As if its two hours had passed.
    site.replicas.database.run("UPDATE directory_brakes SET approved_until = 0");
    assert_eq!(site.states().await, ["on"; 3]);
    assert_eq!([site.deactivate(1, 4).await, site.deactivate(0, 5).await], [200, 429]);
    assert_eq!(site.states().await, ["held"; 3]);
    assert_eq!((site.told("brake.held"), site.told("brake.approved")), (2, 1));
    site.replicas.stop();
}
