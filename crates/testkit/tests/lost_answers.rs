//! R12: the connection ends after the commit and before the answer; the client goes through its provider's sequence again and comes
//! to a clean end. `scripts/faults lost-answers` is the long form.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at what it does not expect")]

use enroll_testkit::cutting::CuttingProxy;
use enroll_testkit::{Connection, Response, TestServer, wire};
use serde_json::{Value, json};

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A provider behind the proxy.
struct Provider {
    proxy: CuttingProxy,
    token: String,
    lost: u32,
}

impl Provider {
    /// One request; `None` when its answer was lost.
    async fn send(&self, method: &str, path: &str, body: &Value) -> Option<Response> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let bytes = wire::request(method, &format!("/scim/v2{path}"), &self.token, &body);
        Connection::open(self.proxy.address).await.unwrap().send(&bytes).await.ok()
    }

    /// The answer is lost, and the request sent once more.
    async fn again(&mut self, method: &str, path: &str, body: &Value) -> Response {
        self.proxy.cut_next();
        assert!(self.send(method, path, body).await.is_none(), "the answer was lost");
        assert!(!self.proxy.is_armed());
        self.lost += 1;
        self.send(method, path, body).await.unwrap()
    }

    /// Ids of the users or groups that have this value.
    async fn find(&self, path: &str, attribute: &str, value: &str) -> Vec<String> {
        let target = format!("{path}?filter={attribute}%20eq%20%22{value}%22");
        let answer = self.send("GET", &target, &Value::Null).await.unwrap();
        assert_eq!(answer.status, 200);
        let answer = answer.json();
        let none = Vec::new();
        let resources = answer["Resources"].as_array().unwrap_or(&none);
        resources.iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn user(name: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "active": true})
}

fn patch(operation: &Value) -> Value {
    json!({"schemas": [PATCH], "Operations": [operation]})
}

/// A group whose members are counted, and a provider.
async fn prepared() -> (TestServer, Provider, String) {
    let server = TestServer::start().await;
    let proxy = CuttingProxy::start(server.address).await.unwrap();
    let mut provider = Provider { proxy, token: server.scim_token.clone(), lost: 0 };
    let group =
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Everyone"});
    assert_eq!(provider.again("POST", "/Groups", &group).await.status, 409);
    let ids = provider.find("/Groups", "displayName", "Everyone").await;
    assert_eq!(ids.len(), 1);
    (server, provider, ids[0].clone())
}

fn times() -> usize {
    std::env::var("ENROLL_FAULT_TIMES").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

async fn check(provider: &Provider, group: &str, ids: &[String]) {
    let answer = provider.send("GET", &format!("/Groups/{group}"), &Value::Null).await.unwrap().json();
    let mut members: Vec<&str> = answer["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["value"].as_str().unwrap())
        .collect();
    members.sort_unstable();
    let mut expected: Vec<&str> = ids.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(members, expected, "every one once");
    println!("{} answers lost, 0 duplicates of {} users", provider.lost, ids.len());
}

#[tokio::test]
async fn r12_entra_comes_to_a_clean_end_when_answers_are_lost() {
    let (_server, mut provider, group) = prepared().await;
    let mut ids = Vec::new();
    // Five answers are lost for each user.
    for number in 0..times().div_ceil(5) {
        let name = format!("user{number}@example.com");
        assert!(provider.find("/Users", "userName", &name).await.is_empty());
        let answer = provider.again("POST", "/Users", &user(&name)).await;
        assert_eq!((answer.status, answer.json()["scimType"].as_str()), (409, Some("uniqueness")));
        let found = provider.find("/Users", "userName", &name).await;
        assert_eq!(found.len(), 1, "{name}");
        let id = found[0].clone();
        let target = format!("/Users/{id}");
        let operation = json!({"op": "Replace", "path": "displayName", "value": name});
        assert!([200, 204].contains(&provider.again("PATCH", &target, &patch(&operation)).await.status));
        let members = format!("/Groups/{group}");
        for (op, back) in [("Add", false), ("Remove", true), ("Add", false)] {
            let operation = json!({"op": op, "path": "members", "value": [{"value": id}]});
            let answer = provider.again("PATCH", &members, &patch(&operation)).await;
            assert!([200, 204].contains(&answer.status), "{op} {back}: {}", answer.status);
        }
        let stored = provider.send("GET", &target, &Value::Null).await.unwrap().json();
        assert_eq!(stored["displayName"], name);
        ids.push(id);
    }
    check(&provider, &group, &ids).await;
}

#[tokio::test]
async fn r12_okta_comes_to_a_clean_end_when_answers_are_lost() {
    let (_server, mut provider, group) = prepared().await;
    let mut ids = Vec::new();
    for number in 0..times().div_ceil(4) {
        let name = format!("user{number}@example.com");
        // Okta looks before it creates, and again when it tries once more.
        assert!(provider.find("/Users", "userName", &name).await.is_empty());
        provider.proxy.cut_next();
        assert!(provider.send("POST", "/Users", &user(&name)).await.is_none());
        provider.lost += 1;
        let found = provider.find("/Users", "userName", &name).await;
        assert_eq!(found.len(), 1, "{name}");
        let id = found[0].clone();
        let target = format!("/Users/{id}");
        let mut whole = user(&name);
        whole["displayName"] = json!(name);
        assert_eq!(provider.again("PUT", &target, &whole).await.status, 200);
        let operation = json!({"op": "replace", "value": {"active": true}});
        assert!([200, 204].contains(&provider.again("PATCH", &target, &patch(&operation)).await.status));
        let operation = json!({"op": "add", "path": "members", "value": [{"value": id, "display": name}]});
        let answer = provider.again("PATCH", &format!("/Groups/{group}"), &patch(&operation)).await;
        assert!([200, 204].contains(&answer.status));
        ids.push(id);
    }
    // A deletion whose answer is lost is 404 the second time, which is what was wanted.
    let gone = ids.pop().unwrap();
    assert_eq!(provider.again("DELETE", &format!("/Users/{gone}"), &Value::Null).await.status, 404);
    check(&provider, &group, &ids).await;
}
