//! R1: kill -9 of the server at any moment loses no acknowledged write.
//!
//! `ENROLL_CRASH_ROUNDS=200 cargo nextest run -p enroll r1_kill` is the long form; a failing run prints its seed, and
//! `ENROLL_CRASH_SEED` repeats the moments.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::support::{Process, free_address};
use enroll_testkit::{Connection, wire};
use serde_json::{Value, json};
use tokio::sync::Mutex;

const WRITERS: usize = 4;

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A pseudo-random sequence (xorshift) that a seed repeats.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Creates users and puts each into the group until the server is gone; records what was acknowledged.
async fn write(
    address: SocketAddr,
    token: String,
    group: String,
    prefix: String,
    acknowledged: Arc<Mutex<Acknowledged>>,
) {
    let Ok(mut connection) = Connection::open(address).await else { return };
    for number in 0.. {
        let name = format!("{prefix}-{number}@example.com");
        let body =
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name}).to_string();
        let Ok(answer) = connection.send(&wire::request("POST", "/scim/v2/Users", &token, &body)).await
        else {
            return;
        };
        assert_eq!(answer.status, 201);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        acknowledged.lock().await.users.push((name, id.clone()));
        let add = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "add", "path": "members", "value": [{"value": id}]}],
        })
        .to_string();
        let target = format!("/scim/v2/Groups/{group}");
        let Ok(answer) = connection.send(&wire::request("PATCH", &target, &token, &add)).await else {
            return;
        };
        assert_eq!(answer.status, 204);
        acknowledged.lock().await.members.push(id);
    }
}

#[derive(Debug, Default)]
struct Acknowledged {
    users: Vec<(String, String)>,
    members: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r1_kill_loses_no_acknowledged_write() {
    let rounds = variable("ENROLL_CRASH_ROUNDS", 6);
    let seed = variable("ENROLL_CRASH_SEED", u64::from(std::process::id()) | 1 << 32);
    println!("seed {seed}");
    let mut state = seed;
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));

    let (mut server, _) = Process::start(folder.path(), address).await;
    let token =
        server.enroll_ok(&["token", "create", "--directory", "default", "--label", "crash", "--print"]);
    server.enroll_ok(&["org", "create", "acme"]);
    server.enroll_ok(&["mapping", "add", "--group", "Everyone", "--org", "acme"]);
    let mut connection = Connection::open(address).await.unwrap();
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Everyone"})
        .to_string();
    let answer = connection.send(&wire::request("POST", "/scim/v2/Groups", &token, &body)).await.unwrap();
    let group = answer.json()["id"].as_str().unwrap().to_owned();

    for round in 0..rounds {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let prefix = format!("round{round}-writer{writer}");
                tokio::spawn(write(address, token.clone(), group.clone(), prefix, acknowledged.clone()))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(50 + next(&mut state) % 400)).await;
        server.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        (server, _) = Process::start(folder.path(), address).await;
    }

    let acknowledged = acknowledged.lock().await;
    assert!(acknowledged.users.len() > 20, "the writers got somewhere: {}", acknowledged.users.len());
    let mut connection = Connection::open(address).await.unwrap();
    for (name, id) in &acknowledged.users {
        let answer = connection
            .send(&wire::request("GET", &format!("/scim/v2/Users/{id}"), &token, ""))
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "lost: {name}, seed {seed}");
        assert_eq!(answer.json()["userName"], name.as_str());
    }
    let target = format!("/scim/v2/Groups/{group}");
    let members = connection.send(&wire::request("GET", &target, &token, "")).await.unwrap().json();
    let members: HashSet<&str> = members["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["value"].as_str().unwrap())
        .collect();
    for id in &acknowledged.members {
        assert!(members.contains(id.as_str()), "lost member {id}, seed {seed}");
    }
    server.enroll_ok(&["verify"]);
    compare_trail(&server, &acknowledged, seed);
    assert_eq!(server.terminate(), Some(0), "SIGTERM ends the server cleanly");
}

/// R25: whatever is there has one entry in the audit trail, and the chain holds.
fn compare_trail(server: &Process, acknowledged: &Acknowledged, seed: u64) {
    server.enroll_ok(&["audit", "verify"]);
    let trail = server.enroll_ok(&["audit", "export"]);
    let entries: Vec<Value> = trail.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (mut created, mut added) = (HashMap::new(), HashMap::new());
    for entry in &entries {
        let changes: Value = serde_json::from_str(entry["changes"].as_str().unwrap()).unwrap();
        match entry["action"].as_str().unwrap() {
            "user.created" => {
                *created.entry(entry["subjectId"].as_str().unwrap().to_owned()).or_default() += 1;
            }
            "group.member_added" => {
                for id in changes["members"]["added"]["ids"].as_array().unwrap() {
                    *added.entry(id.as_str().unwrap().to_owned()).or_default() += 1;
                }
            }
            _ => {}
        }
    }
    for (name, id) in &acknowledged.users {
        assert_eq!(created.get(id), Some(&1), "entries on {name}, seed {seed}");
    }
    for id in &acknowledged.members {
        assert_eq!(added.get(id), Some(&1), "entries on the member {id}, seed {seed}");
    }
    let state: Value = serde_json::from_str(&server.enroll_ok(&["verify", "--json"])).unwrap();
    assert_eq!(state["users"], created.len(), "one entry for each user that is there, seed {seed}");
}
