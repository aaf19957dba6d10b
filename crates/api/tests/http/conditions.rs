//! `If-Match` on every object of the API that can be changed (RFC 9110 §13.1.1): a change of another version is 412.

use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Reply, Site, reply};

impl Caller<'_> {
    async fn if_match(&self, method: &str, path: &str, tag: &str, body: Option<&Value>) -> Reply {
        let request = self.site.bare(method, &format!("/api/v1{path}")).bearer_auth(&self.token);
        let request = request.header("if-match", tag);
        reply(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    async fn etag(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.header("etag").unwrap_or_else(|| panic!("{path} has no ETag")).to_owned()
    }
}

/// Each object that is no organization, resource or user: its path, the method that changes it, and a change.
async fn objects(site: &Site, admin: &Caller<'_>) -> Vec<(String, &'static str, Value)> {
    site.user("ann").await;
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "web"})).await;
    let made = async |path: &str, body: Value| {
        let made = admin.send("POST", path, &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert!(made.header("etag").is_some(), "POST {path} has no ETag");
        made.body()["id"].as_str().unwrap().to_owned()
    };
    let mapping = made("/mappings", json!({"group": "Staff", "organization": "acme"})).await;
    let webhook = made("/webhooks", json!({"url": "https://example.com/hook"})).await;
    made("/directories", json!({"name": "other"})).await;
    let token = made("/directories/default/tokens", json!({"label": "entra"})).await;
    for (path, role) in [
        ("/organizations/acme/grants/ann", "member"),
        ("/organizations/acme/resources/web/grants/ann", "read"),
    ] {
        let given = admin.send("PUT", path, &json!({"role": role})).await;
        assert!(given.status == 201 && given.header("etag").is_some(), "{}", given.text);
    }
    vec![
        (format!("/mappings/{mapping}"), "PATCH", json!({"role": "writer"})),
        (format!("/webhooks/{webhook}"), "PATCH", json!({"paused": true})),
        ("/directories/other".to_owned(), "PATCH", json!({"dialect": "strict"})),
        (format!("/directories/default/tokens/{token}"), "PATCH", json!({"label": "entra id"})),
        ("/organizations/acme/grants/ann".to_owned(), "PUT", json!({"role": "writer"})),
        ("/organizations/acme/resources/web/grants/ann".to_owned(), "PUT", json!({"role": "write"})),
    ]
}

#[tokio::test]
async fn w3_every_object_has_a_version_and_a_change_of_another_one_is_412() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for (path, method, change) in objects(&site, &admin).await {
        let first = admin.etag(&path).await;
        assert_eq!(admin.etag(&path).await, first, "{path}: reading changes nothing");
        let before = admin.get(&path).await.body();
        let stale = admin.if_match(method, &path, "W/\"0\"", Some(&change)).await;
        assert!(stale.problem(412).contains("has changed"), "{path}: {}", stale.text);
        admin.if_match("DELETE", &path, "W/\"0\"", None).await.problem(412);
        assert_eq!(admin.get(&path).await.body(), before, "{path} is as it was");
        let changed = admin.if_match(method, &path, &first, Some(&change)).await;
        assert_eq!(changed.status, 200, "{method} {path}: {}", changed.text);
        let second = changed.header("etag").unwrap().to_owned();
        assert!(second != first && second == admin.etag(&path).await, "{path}");
        admin.if_match("DELETE", &path, &first, None).await.problem(412);
        assert_eq!(admin.if_match("DELETE", &path, &second, None).await.status, 204, "{path}");
        admin.if_match(method, &path, "nonsense", Some(&change)).await.problem(400);
    }
}

#[tokio::test]
async fn w3_a_condition_on_what_is_not_there_is_no_leave_to_make_it() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ann").await;
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "web"})).await;
    for path in ["/organizations/acme/grants/ann", "/organizations/acme/resources/web/grants/ann"] {
        for tag in ["*", "W/\"1\""] {
            let answer = admin.if_match("PUT", path, tag, Some(&json!({"role": "admin"}))).await;
            assert!(answer.problem(412).contains("not there"), "{path} {tag}: {}", answer.text);
        }
        admin.get(path).await.problem(404);
    }
    let api = admin.send("POST", "/api-tokens", &json!({"label": "x", "scope": "read"})).await.body();
    let path = format!("/api-tokens/{}", api["id"].as_str().unwrap());
    let tag = admin.etag(&path).await;
    admin.if_match("DELETE", &path, "W/\"0\"", None).await.problem(412);
    assert_eq!(admin.if_match("DELETE", &path, &tag, None).await.status, 204);
}

#[tokio::test]
async fn w3_the_use_of_a_token_is_no_change_of_it() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let other = Caller::admin(&site).await;
    let ids = admin.listed("/api-tokens", "tokens", "id").await;
    let path = format!("/api-tokens/{}", ids.last().unwrap());
    let before = admin.etag(&path).await;
    assert_eq!(other.get("/organizations").await.status, 200);
    assert_eq!(admin.etag(&path).await, before);
}
