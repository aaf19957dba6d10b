//! Many changes in one request against one: Bulk with a thousand operations, PATCH with 36.

use std::time::{Duration, Instant};

use enroll_testkit::{Connection, TestServer, wire};
use serde_json::{Value, json};

use crate::load::{create_users, latency, user_body};
use crate::{Scale, report::Report};

/// Operations of a bulk request: the most that one may have.
const BULK: usize = 1_000;

/// Operations of a PATCH: what Entra's validator sends at most.
const PATCH: usize = 36;

pub(crate) async fn bulk(scale: Scale, report: &mut Report) {
    let server = TestServer::start().await;
    // A log that has been written through once no longer grows with each commit.
    create_users(&server, 10 * BULK).await;
    let mut rounds = Vec::new();
    for round in 0..scale.rounds {
        let mut connection = Connection::open(server.address).await.expect("the server is there");
        let first = (10 + 2 * round) * BULK;
        let operations: Vec<Value> = (first..first + BULK)
            .map(|number| {
                let data: Value = serde_json::from_str(&user_body(number)).expect("a user");
                json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": data})
            })
            .collect();
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": operations,
        });
        let request = wire::request("POST", "/scim/v2/Bulk", &server.scim_token, &body.to_string());
        let start = Instant::now();
        let answer = connection.send(&request).await.expect("an answer");
        let measured = start.elapsed().as_secs_f64() * 1e6 / BULK as f64;
        assert_eq!(answer.status, 200);
        let done = answer.json();
        let statuses = done["Operations"].as_array().expect("results");
        assert!(statuses.len() == BULK && statuses.iter().all(|result| result["status"] == "201"));
        // The reference sends the same users one by one on the same connection.
        let start = Instant::now();
        for number in first + BULK..first + 2 * BULK {
            let single = wire::request("POST", "/scim/v2/Users", &server.scim_token, &user_body(number));
            assert_eq!(connection.send(&single).await.expect("an answer").status, 201);
        }
        rounds.push((measured, start.elapsed().as_secs_f64() * 1e6 / BULK as f64));
    }
    server.stop().await;
    report.add(
        format!("one of {BULK} creates in a Bulk request against a single POST"),
        &rounds,
        "µs",
        "<= 1.10",
    );
}

pub(crate) async fn patch(scale: Scale, report: &mut Report) {
    let server = TestServer::start().await;
    let id = create_users(&server, 1).await.remove(0);
    let time = Duration::from_millis(scale.milliseconds);
    let token = server.scim_token.clone();
    let target = format!("/scim/v2/Users/{id}");
    let requests = |operations: usize| {
        let (token, target) = (token.clone(), target.clone());
        move |number: usize| {
            let operations: Vec<Value> = (0..operations).map(|place| operation(place, number)).collect();
            let body = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": operations,
            });
            wire::request("PATCH", &target, &token, &body.to_string())
        }
    };
    let mut rounds = Vec::new();
    for _ in 0..scale.rounds {
        let measured = latency(server.address, time, requests(PATCH)).await;
        rounds.push((measured, latency(server.address, time, requests(1)).await));
    }
    report.add(format!("PATCH with {PATCH} operations against one"), &rounds, "µs", "<= 2");
    server.stop().await;
}

/// Attributes of every kind in turn, each time with another value.
fn operation(place: usize, number: usize) -> Value {
    let value = format!("{number}-{place}");
    let extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    match place % 6 {
        0 => json!({"op": "replace", "path": "title", "value": value}),
        1 => json!({"op": "replace", "path": "name.familyName", "value": value}),
        2 => json!({"op": "replace", "path": format!("{extension}:department"), "value": value}),
        3 => json!({"op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": value}),
        4 => json!({"op": "replace", "path": "addresses[type eq \"work\"].locality", "value": value}),
        _ => json!({"op": "add", "value": {"nickName": value}}),
    }
}
