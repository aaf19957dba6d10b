//! What holds when requests come at once (reliability R6 to R12).

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use enroll_service::SessionDetails;
use enroll_testkit::{Connection, Response, TestServer, wire};
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Sends each request on a connection of its own, all at once.
async fn at_once(server: &TestServer, requests: Vec<Vec<u8>>) -> Vec<Response> {
    let start = Arc::new(tokio::sync::Barrier::new(requests.len()));
    let tasks: Vec<_> = requests
        .into_iter()
        .map(|bytes| {
            let (address, start) = (server.address, start.clone());
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await.unwrap();
                start.wait().await;
                connection.send(&bytes).await.unwrap()
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn send(server: &TestServer, method: &str, path: &str, body: &Value) -> Response {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let bytes = wire::request(method, &format!("/scim/v2{path}"), &server.scim_token, &body);
    Connection::open(server.address).await.unwrap().send(&bytes).await.unwrap()
}

async fn create(server: &TestServer, endpoint: &str, body: Value) -> String {
    let answer = send(server, "POST", endpoint, &body).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn patch(server: &TestServer, path: &str, operation: &Value) -> Vec<u8> {
    let body = json!({"schemas": [PATCH], "Operations": [operation]}).to_string();
    wire::request("PATCH", &format!("/scim/v2{path}"), &server.scim_token, &body)
}

fn count(answers: &[Response], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

async fn members(server: &TestServer, group: &str) -> BTreeSet<String> {
    let answer = send(server, "GET", &format!("/Groups/{group}"), &Value::Null).await.json();
    let members = answer["members"].as_array().unwrap();
    let ids: BTreeSet<String> =
        members.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), members.len(), "no member is there twice");
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r6_sixteen_creates_of_one_user_name_give_one_201_and_fifteen_409() {
    let server = TestServer::start().await;
    for round in 0..20 {
        let requests = (0..16)
            .map(|number| {
                let name = format!("same.{round}@example.com");
                let name = if number % 2 == 0 { name } else { name.to_uppercase() };
                let body = json!({"schemas": [USER], "userName": name}).to_string();
                wire::request("POST", "/scim/v2/Users", &server.scim_token, &body)
            })
            .collect();
        let answers = at_once(&server, requests).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 15));
        for refused in answers.iter().filter(|answer| answer.status == 409) {
            assert_eq!(refused.json()["scimType"], "uniqueness");
        }
    }
    assert_eq!(send(&server, "GET", "/Users?count=0", &Value::Null).await.json()["totalResults"], 20);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r7_sixteen_creates_of_one_group_name_give_one_201_and_fifteen_409() {
    let server = TestServer::start().await;
    for round in 0..20 {
        let body = json!({"schemas": [GROUP], "displayName": format!("Group {round}")}).to_string();
        let requests =
            (0..16).map(|_| wire::request("POST", "/scim/v2/Groups", &server.scim_token, &body)).collect();
        let answers = at_once(&server, requests).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 15));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r8_two_hundred_parallel_member_patches_lose_none() {
    let server = TestServer::start().await;
    let group = create(&server, "/Groups", json!({"schemas": [GROUP], "displayName": "Everyone"})).await;
    let mut users = Vec::new();
    for number in 0..200 {
        users.push(
            create(&server, "/Users", json!({"schemas": [USER], "userName": format!("u{number}")})).await,
        );
    }
    let path = format!("/Groups/{group}");
    let add = |user: &String| {
        patch(&server, &path, &json!({"op": "add", "path": "members", "value": [{"value": user}]}))
    };
    let answers = at_once(&server, users.iter().map(add).collect()).await;
    assert_eq!(count(&answers, 204), 200);
    assert_eq!(members(&server, &group).await, users.iter().cloned().collect());

    // Half go by value, as Entra ID says it, while the other half is added once more.
    let (going, staying) = users.split_at(100);
    let remove = |user: &String| {
        patch(
            &server,
            &path,
            &json!({"op": "Remove", "path": "members", "value": [{"$ref": null, "value": user}]}),
        )
    };
    let answers = at_once(&server, going.iter().map(remove).chain(staying.iter().map(add)).collect()).await;
    assert_eq!(count(&answers, 204), 200);
    assert_eq!(members(&server, &group).await, staying.iter().cloned().collect());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r9_parallel_patches_of_different_attributes_lose_none() {
    let server = TestServer::start().await;
    let user = create(&server, "/Users", json!({"schemas": [USER], "userName": "ada"})).await;
    let path = format!("/Users/{user}");
    let names =
        ["displayName", "nickName", "title", "userType", "locale", "timezone", "externalId", "profileUrl"];
    let requests =
        names.map(|name| patch(&server, &path, &json!({"op": "replace", "path": name, "value": name})));
    assert_eq!(count(&at_once(&server, requests.to_vec()).await, 200), names.len());
    let after = send(&server, "GET", &path, &Value::Null).await.json();
    for name in names {
        assert_eq!(after[name], name);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r9_of_many_with_the_same_if_match_exactly_one_wins() {
    let server = TestServer::start().await;
    let user = create(&server, "/Users", json!({"schemas": [USER], "userName": "ada"})).await;
    let path = format!("/Users/{user}");
    for round in 0..10 {
        let version = send(&server, "GET", &path, &Value::Null).await.header("etag").unwrap().to_owned();
        let requests = (0..8)
            .map(|number| {
                let operation =
                    json!({"op": "replace", "path": "title", "value": format!("{round}-{number}")});
                let text = String::from_utf8(patch(&server, &path, &operation)).unwrap();
                text.replacen("\r\n", &format!("\r\nif-match: {version}\r\n"), 1).into_bytes()
            })
            .collect();
        let answers = at_once(&server, requests).await;
        assert_eq!((count(&answers, 200), count(&answers, 412)), (1, 7));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r10_a_read_after_an_answer_sees_the_write() {
    let server = TestServer::start().await;
    let user = create(&server, "/Users", json!({"schemas": [USER], "userName": "ada"})).await;
    let path = format!("/Users/{user}");
    for round in 0..100 {
        let written = format!("title {round}");
        let operation = json!({"op": "replace", "path": "title", "value": written});
        at_once(&server, vec![patch(&server, &path, &operation)]).await;
        assert_eq!(send(&server, "GET", &path, &Value::Null).await.json()["title"], written.as_str());
        let found = send(&server, "GET", "/Users?filter=userName+eq+%22ADA%22", &Value::Null).await.json();
        assert_eq!(found["Resources"][0]["title"], written.as_str());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r11_delete_races_leave_nothing_dangling() {
    let server = TestServer::start().await;
    let group = create(&server, "/Groups", json!({"schemas": [GROUP], "displayName": "Everyone"})).await;
    for round in 0..20 {
        let user =
            create(&server, "/Users", json!({"schemas": [USER], "userName": format!("u{round}")})).await;
        let add = json!({"op": "add", "path": "members", "value": [{"value": user}]});
        let requests = vec![
            patch(&server, &format!("/Groups/{group}"), &add),
            wire::request("DELETE", &format!("/scim/v2/Users/{user}"), &server.scim_token, ""),
            patch(&server, &format!("/Groups/{group}"), &add),
            patch(&server, &format!("/Users/{user}"), &json!({"op": "replace", "value": {"active": false}})),
        ];
        let answers = at_once(&server, requests).await;
        assert!(answers.iter().all(|answer| answer.status < 500));
        assert_eq!(send(&server, "GET", &format!("/Users/{user}"), &Value::Null).await.status, 404);
        assert!(!members(&server, &group).await.contains(&user));
    }
    assert_eq!(server.service.verify().await.unwrap().findings, []);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r14_no_request_with_a_session_that_begins_after_the_answer_to_a_deactivation_succeeds() {
    let server = TestServer::start().await;
    let directory = server.service.directories().await.unwrap()[0].id;
    for round in 0..5 {
        let body = json!({"schemas": [USER], "userName": format!("u{round}")});
        let user = create(&server, "/Users", body).await;
        let id = user.parse().unwrap();
        let session = server.service.open_session(id, directory, SessionDetails::default()).await.unwrap();
        let request = format!(
            "GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\ncookie: enroll_session={}\r\n\r\n",
            session.reveal()
        );
        let (dead, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let clients: Vec<_> = (0..16)
            .map(|_| {
                let (address, request) = (server.address, request.clone());
                let (dead, asked) = (Arc::clone(&dead), Arc::clone(&asked));
                tokio::spawn(async move {
                    let mut connection = Connection::open(address).await.unwrap();
                    let (mut good, mut late) = (0, 0);
                    // Goes on until ten requests have begun after the answer.
                    for after in std::iter::repeat_with(|| dead.load(Ordering::SeqCst)) {
                        let status = connection.send(request.as_bytes()).await.unwrap().status;
                        asked.fetch_add(1, Ordering::SeqCst);
                        assert!(matches!(status, 200 | 401));
                        match (after, status) {
                            (true, 200) => panic!("a request that began after the deactivation succeeded"),
                            (true, _) => late += 1,
                            (false, _) => good += usize::from(status == 200),
                        }
                        if late == 10 {
                            break;
                        }
                    }
                    good
                })
            })
            .collect();
        while asked.load(Ordering::SeqCst) < 64 {
            tokio::task::yield_now().await;
        }
        let off = json!({"op": "replace", "path": "active", "value": false});
        let answers = at_once(&server, vec![patch(&server, &format!("/Users/{user}"), &off)]).await;
        assert_eq!(count(&answers, 200), 1);
        dead.store(true, Ordering::SeqCst);
        let mut good = 0;
        for client in clients {
            good += client.await.unwrap();
        }
        assert!(good > 0, "the session was in force before");
    }
    server.stop().await;
}

#[tokio::test]
async fn r12_a_repeated_create_is_409_and_the_holder_is_found() {
    let server = TestServer::start().await;
    let body = json!({"schemas": [USER], "userName": "Ada@Example.com", "externalId": "1"});
    let id = create(&server, "/Users", body.clone()).await;
    let again = send(&server, "POST", "/Users", &body).await;
    assert_eq!((again.status, again.json()["scimType"].as_str()), (409, Some("uniqueness")));
    let found = send(&server, "GET", "/Users?filter=userName%20eq%20%22ada@example.com%22", &Value::Null)
        .await
        .json();
    assert_eq!(
        (found["totalResults"].as_u64(), found["Resources"][0]["id"].as_str()),
        (Some(1), Some(id.as_str()))
    );
    server.stop().await;
}
