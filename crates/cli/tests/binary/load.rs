//! Writers over HTTP with a ledger of what was acknowledged, and the comparison of the ledger with what is there.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;

use enroll_testkit::{Connection, wire};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::support::Process;

const WRITERS: usize = 4;

/// A number that a long run sets: how often, which seed.
pub(crate) fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The seed of this run, printed so that a failing run can be repeated.
pub(crate) fn seed() -> u64 {
    let seed = variable("ENROLL_FAULT_SEED", u64::from(std::process::id()) | 1 << 32);
    println!("seed {seed} (ENROLL_FAULT_SEED repeats it)");
    seed
}

/// A pseudo-random sequence (xorshift) that a seed repeats.
pub(crate) fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// userName and id.
    pub(crate) users: Vec<(String, String)>,
    /// Ids of members.
    pub(crate) members: Vec<String>,
    /// Statuses of 500 and more.
    pub(crate) refused: Vec<u16>,
}

/// One group and whoever creates users for it.
#[derive(Clone)]
pub(crate) struct Load {
    address: SocketAddr,
    pub(crate) token: String,
    pub(crate) group: String,
    pub(crate) ledger: Arc<Mutex<Ledger>>,
}

impl Load {
    /// Makes the token, the organization, its mapping and the group.
    pub(crate) async fn prepare(server: &Process) -> Self {
        Self::prepare_with(server, |arguments| server.enroll_ok(arguments)).await
    }

    /// The same with commands that are run in another way.
    pub(crate) async fn prepare_with(server: &Process, enroll_ok: impl Fn(&[&str]) -> String) -> Self {
        let token = enroll_ok(&["token", "create", "--label", "load", "--print"]);
        enroll_ok(&["org", "create", "acme"]);
        enroll_ok(&["mapping", "add", "--group", "Everyone", "--org", "acme"]);
        let body =
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Everyone"})
                .to_string();
        let mut connection = Connection::open(server.address).await.unwrap();
        let answer = connection.send(&wire::request("POST", "/scim/v2/Groups", &token, &body)).await.unwrap();
        let group = answer.json()["id"].as_str().unwrap().to_owned();
        Self { address: server.address, token, group, ledger: Arc::default() }
    }

    /// Starts the writers. They end when the server is gone or refuses.
    pub(crate) fn start(&self, prefix: &str) -> Vec<JoinHandle<()>> {
        (0..WRITERS).map(|writer| tokio::spawn(self.clone().write(format!("{prefix}-{writer}")))).collect()
    }

    /// Creates users and puts each into the group.
    async fn write(self, prefix: String) {
        let Ok(mut connection) = Connection::open(self.address).await else { return };
        for number in 0.. {
            let name = format!("{prefix}-{number}@example.com");
            let Some(id) = self.create(&mut connection, &name).await else { return };
            let add = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "add", "path": "members", "value": [{"value": id}]}],
            })
            .to_string();
            let target = format!("/scim/v2/Groups/{}", self.group);
            let request = wire::request("PATCH", &target, &self.token, &add);
            let Ok(answer) = connection.send(&request).await else { return };
            let mut ledger = self.ledger.lock().await;
            match answer.status {
                204 => ledger.members.push(id),
                status => {
                    assert!(status >= 500, "{status}");
                    ledger.refused.push(status);
                    return;
                }
            }
        }
    }

    /// One user; `None` when that was not acknowledged.
    pub(crate) async fn create(&self, connection: &mut Connection, name: &str) -> Option<String> {
        let body =
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name}).to_string();
        let request = wire::request("POST", "/scim/v2/Users", &self.token, &body);
        let answer = connection.send(&request).await.ok()?;
        let mut ledger = self.ledger.lock().await;
        if answer.status != 201 {
            assert!(answer.status >= 500, "{}", answer.status);
            ledger.refused.push(answer.status);
            return None;
        }
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        ledger.users.push((name.to_owned(), id.clone()));
        Some(id)
    }

    /// Sentences about what was acknowledged and is not there.
    pub(crate) async fn lost(&self) -> Vec<String> {
        let ledger = self.ledger.lock().await;
        let mut connection = Connection::open(self.address).await.unwrap();
        let mut lost = Vec::new();
        for (name, id) in &ledger.users {
            let request = wire::request("GET", &format!("/scim/v2/Users/{id}"), &self.token, "");
            let answer = connection.send(&request).await.unwrap();
            if answer.status != 200 || answer.json()["userName"] != name.as_str() {
                lost.push(format!("user {name}: {}", answer.status));
            }
        }
        let target = format!("/scim/v2/Groups/{}", self.group);
        let answer = connection.send(&wire::request("GET", &target, &self.token, "")).await.unwrap().json();
        let none = Vec::new();
        let members = answer["members"].as_array().unwrap_or(&none);
        let members: HashSet<&str> = members.iter().map(|member| member["value"].as_str().unwrap()).collect();
        let missing = ledger.members.iter().filter(|id| !members.contains(id.as_str()));
        lost.extend(missing.map(|id| format!("member {id}")));
        lost
    }

    /// Nothing that was acknowledged is lost, memberships are right, and the trail tells of each change once (R25).
    pub(crate) async fn check(&self, server: &Process, seed: u64) {
        let lost = self.lost().await;
        assert!(lost.is_empty(), "seed {seed}: lost {} of the acknowledged: {lost:?}", lost.len());
        server.enroll_ok(&["verify"]);
        let ledger = self.ledger.lock().await;
        compare_trail(server, &ledger, seed);
        println!("seed {seed}: 0 lost of {} acknowledged writes", ledger.users.len() + ledger.members.len());
    }
}

/// R25: whatever is there has one entry in the audit trail, and the chain holds.
fn compare_trail(server: &Process, ledger: &Ledger, seed: u64) {
    server.enroll_ok(&["audit", "verify"]);
    let (created, added) = told(&server.enroll_ok(&["audit", "export"]));
    for (name, id) in &ledger.users {
        assert_eq!(created.get(id), Some(&1), "entries on {name}, seed {seed}");
    }
    for id in &ledger.members {
        assert_eq!(added.get(id), Some(&1), "entries on the member {id}, seed {seed}");
    }
    let state: Value = serde_json::from_str(&server.enroll_ok(&["verify", "--json"])).unwrap();
    assert_eq!(state["users"], created.len(), "one entry for each user that is there, seed {seed}");
}

/// How many entries of an exported trail tell of the creation of each user, and of each member added.
pub(crate) fn told(trail: &str) -> (HashMap<String, u32>, HashMap<String, u32>) {
    let (mut created, mut added) = (HashMap::new(), HashMap::new());
    for line in trail.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
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
    (created, added)
}
