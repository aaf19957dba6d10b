//! R23: the clock jumps.

use enroll_testkit::{Connection, wire};
use serde_json::Value;

use super::disk::{Control, Disk};
use crate::load::Load;
use crate::support::free_address;

const HOUR: i64 = 3_600_000;

async fn get(disk: &Disk, path: &str, token: &str) -> (u16, Value) {
    let mut connection = Connection::open(disk.address).await.unwrap();
    let answer = connection.send(&wire::request("GET", path, token, "")).await.unwrap();
    (answer.status, answer.json())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r23_after_a_jump_of_the_clock_tokens_expire_by_it_and_last_modified_never_goes_back() {
    let disk = Disk::new(free_address());
    let server = disk.start().await.unwrap();
    let load = Load::prepare(&server).await;
    let short = server.enroll_ok(&["token", "create", "--label", "short", "--expires", "1h", "--print"]);
    let mut connection = Connection::open(disk.address).await.unwrap();
    let id = load.create(&mut connection, "ada@example.com").await.unwrap();
    let user = format!("/scim/v2/Users/{id}");
    let patch = |active: bool| {
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "active", "value": active}],
        });
        wire::request("PATCH", &user, &load.token, &body.to_string())
    };
    let mut last = String::new();
    for (round, jump) in [0, HOUR, -HOUR, 0, HOUR].into_iter().enumerate() {
        disk.set(Control::ClockMilliseconds, jump);
        let begun = std::time::Instant::now();
        let answer = connection.send(&patch(round % 2 == 1)).await.unwrap();
        assert!([200, 204].contains(&answer.status), "{}", answer.status);
        // Time limits and idle connections are of another clock: the connection is still there and nothing waited.
        assert!(begun.elapsed() < std::time::Duration::from_secs(2));
        let (status, body) = get(&disk, &user, &load.token).await;
        let modified = body["meta"]["lastModified"].as_str().unwrap().to_owned();
        assert!(status == 200 && modified >= last, "{jump}: {modified} after {last}");
        last = modified;
        let (status, _) = get(&disk, &user, &short).await;
        assert_eq!(status, if jump == HOUR { 401 } else { 200 }, "a token of one hour, jump {jump}");
    }
    assert_eq!(server.terminate(), Some(0));
}
