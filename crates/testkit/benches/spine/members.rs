//! Adding and removing one member of a large group against a small one.

use std::time::Duration;

use enroll_testkit::{Connection, TestServer, wire};
use serde_json::{Value, json};

use crate::load::{create_users, latency};
use crate::{Scale, report::Report};

/// Members in one request while the group is filled; the limit is 10,000.
const CHUNK: usize = 5_000;

pub(crate) async fn run(server: TestServer, scale: Scale, report: &mut Report) {
    let ids = create_users(&server, scale.large + 1).await;
    let (member, others) = ids.split_first().expect("users");
    let small = group(&server, "Ten", &others[..10]).await;
    let large = group(&server, "Large", others).await;
    let time = Duration::from_millis(scale.milliseconds);
    let token = server.scim_token.clone();
    let turns = |group: &str| {
        let target = format!("/scim/v2/Groups/{group}");
        let add = operation(&json!({"op": "add", "path": "members", "value": [{"value": member}]}));
        let remove = operation(&json!({"op": "remove", "path": format!("members[value eq \"{member}\"]")}));
        let requests =
            [wire::request("PATCH", &target, &token, &add), wire::request("PATCH", &target, &token, &remove)];
        move |number: usize| requests[number % 2].clone()
    };
    let mut rounds = Vec::new();
    for _ in 0..scale.rounds {
        let measured = latency(server.address, time, turns(&large)).await;
        rounds.push((measured, latency(server.address, time, turns(&small)).await));
    }
    report.add(format!("PATCH one member, group of {} against 10", scale.large), &rounds, "µs", "about 1");
    server.stop().await;
}

pub(crate) async fn group(server: &TestServer, name: &str, members: &[String]) -> String {
    let mut connection = Connection::open(server.address).await.expect("the server is there");
    let body =
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name}).to_string();
    let create = wire::request("POST", "/scim/v2/Groups", &server.scim_token, &body);
    let id =
        connection.send(&create).await.expect("an answer").json()["id"].as_str().expect("an id").to_owned();
    for chunk in members.chunks(CHUNK) {
        let values: Vec<Value> = chunk.iter().map(|member| json!({"value": member})).collect();
        let add = operation(&json!({"op": "add", "path": "members", "value": values}));
        let patch = wire::request("PATCH", &format!("/scim/v2/Groups/{id}"), &server.scim_token, &add);
        let answer = connection.send(&patch).await.expect("an answer");
        assert_eq!(answer.status, 204, "{}", String::from_utf8_lossy(&answer.body));
    }
    id
}

fn operation(operation: &Value) -> String {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]})
        .to_string()
}
