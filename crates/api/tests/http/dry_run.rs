//! `POST /api/v1/dry-run`: what changes would come to, tried one after the other and undone.

use enroll_domain::Scope;
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::Site;

async fn tried(admin: &Caller<'_>, requests: Value) -> Vec<(bool, u64, String)> {
    let answer = admin.send("POST", "/dry-run", &json!({"requests": requests})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let outcome = |found: &Value| {
        let detail = found["detail"].as_str().unwrap_or_default().to_owned();
        (found["accepted"].as_bool().unwrap(), found["status"].as_u64().unwrap_or_default(), detail)
    };
    answer.body()["outcomes"].as_array().unwrap().iter().map(outcome).collect()
}

#[tokio::test]
async fn changes_that_follow_from_each_other_are_tried_in_order_and_nothing_is_changed() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ann").await;
    let before = admin.get("/audit?limit=1").await.body();
    let found = tried(
        &admin,
        json!([
            {"method": "POST", "path": "/organizations", "body": {"name": "web"}},
            {"method": "POST", "path": "/organizations/web/resources", "body": {"name": "site"}},
            {"method": "POST", "path": "/mappings", "body": {"group": "Web", "organization": "web", "resource": "site"}},
            {"method": "PUT", "path": "/organizations/web/grants/ann", "body": {"role": "owner"}},
            {"method": "POST", "path": "/webhooks", "body": {"url": "https://example.com/hook"}},
            {"method": "PATCH", "path": "/directories/default", "body": {"dialect": "strict"}},
            {"method": "DELETE", "path": "/organizations/web/grants/ann"},
        ]),
    )
    .await;
    let accepted: Vec<bool> = found.iter().map(|found| found.0).collect();
    assert_eq!(accepted, [true, true, true, true, true, true, false], "{found:?}");
    assert_eq!(found[6].1, 409);
    assert!(found[6].2.contains("would lose its last owner"), "{found:?}");
    admin.get("/organizations/web").await.problem(404);
    assert_eq!(admin.get("/webhooks").await.body(), json!({"webhooks": []}));
    assert_eq!(admin.get("/directories/default").await.body()["dialect"], "compat");
    assert_eq!(admin.get("/audit?limit=1").await.body(), before, "nothing has happened");
}

#[tokio::test]
async fn each_refusal_is_that_of_the_request_itself() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let requests = [
        ("POST", "/organizations", json!({"name": "A"})),
        ("POST", "/organizations", json!({"name": "acme"})),
        ("POST", "/organizations/acme/resources", json!({"name": "x", "visibility": "secret"})),
        ("POST", "/mappings", json!({"group": "x", "organization": "none"})),
        ("POST", "/mappings", json!({"group": "x", "organization": "acme", "role": "owner"})),
        ("PUT", "/organizations/acme/grants/nobody", json!({"role": "member"})),
        ("PATCH", "/organizations/acme", json!({"display": "x"})),
        ("PATCH", "/organizations/acme?x=1", json!({})),
        ("DELETE", "/mappings/none", Value::Null),
    ];
    let all: Vec<Value> = requests
        .iter()
        .map(|(method, path, body)| match body {
            Value::Null => json!({"method": method, "path": path}),
            body => json!({"method": method, "path": path, "body": body}),
        })
        .collect();
    let found = tried(&admin, all.into()).await;
    for ((method, path, body), (accepted, status, detail)) in requests.iter().zip(&found) {
        let real = admin.send(method, path, body).await;
        assert!(!accepted, "{method} {path}");
        assert_eq!(
            (real.status.as_u16(), real.body()["detail"].as_str()),
            (*status as u16, Some(detail.as_str()))
        );
    }
}

#[tokio::test]
async fn only_changes_that_can_be_undone_are_tried_and_only_by_an_admin() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for (method, path) in [
        ("POST", "/api-tokens"),
        ("POST", "/directories/default/sso/refresh"),
        ("POST", "/dry-run"),
        ("DELETE", "/users/ann"),
    ] {
        let found = tried(&admin, json!([{"method": method, "path": path, "body": {}}])).await;
        assert!(!found[0].0 && found[0].2.contains("a dry run"), "{method} {path}: {found:?}");
    }
    for wrong in [json!({"requests": []}), json!({"requests": [{"method": "GET", "path": "/organizations"}]})]
    {
        admin.send("POST", "/dry-run", &wrong).await.problem(400);
    }
    let request = json!({"method": "DELETE", "path": "/mappings/x"});
    let many = json!({"requests": vec![request.clone(); 1001]});
    assert!(admin.send("POST", "/dry-run", &many).await.problem(400).contains("1000"));
    let reader = Caller::with(&site, Scope::Read).await;
    reader.send("POST", "/dry-run", &json!({"requests": [request]})).await.problem(403);
}
