//! `/api/v1/webhooks`: making, changing and watching webhooks (enrollment.md §6.2). How events are sent is tested in the crate jobs.

use enroll_domain::Scope;
use serde_json::{Value, json};

use crate::site::{Reply, Site, reply};

async fn ask(site: &Site, token: &str, method: &str, path: &str, body: Option<Value>) -> Reply {
    let request = site.bare(method, &format!("/api/v1/webhooks{path}")).bearer_auth(token);
    reply(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test]
async fn e6_2_webhooks_are_made_changed_and_removed() {
    let site = Site::start().await;
    let token = site.api_token(Scope::Admin).await;
    let ask =
        async |method: &str, path: &str, body: Option<Value>| ask(&site, &token, method, path, body).await;
    let new = json!({"url": "https://example.com/hook", "types": ["user.created", "group.*"], "directory": "default"});
    let made = ask("POST", "", Some(new)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let body = made.body();
    assert!(body["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!((&body["state"], &body["format"]), (&json!("active"), &json!("events")));
    let path = format!("/{}", body["id"].as_str().unwrap());
    let read = ask("GET", &path, None).await.body();
    assert_eq!(read["types"], json!(["user.created", "group.*"]));
    assert_eq!(read.get("secret"), None, "it is shown once");
    assert_eq!(ask("GET", "", None).await.body()["webhooks"], json!([read]));

    let rotated = ask("POST", &format!("{path}/rotate-secret"), None).await.body();
    assert!(rotated["secret"] != body["secret"] && rotated["secret"].is_string());
    let paused = ask("PATCH", &path, Some(json!({"paused": true, "types": []}))).await.body();
    assert_eq!((&paused["state"], &paused["types"]), (&json!("paused"), &json!([])));
    let replayed = ask("POST", &format!("{path}/replay"), Some(json!({"from": 1}))).await.body();
    assert_eq!(replayed["acknowledged"], 0);
    assert_eq!(ask("POST", &format!("{path}/test"), None).await.status, 202);
    assert_eq!(
        ask("GET", &format!("{path}/deliveries?status=dead"), None).await.body(),
        json!({"deliveries": []})
    );

    for (method, path, body, status, part) in [
        ("POST", String::new(), Some(json!({"url": "x"})), 400, "no URL"),
        (
            "POST",
            String::new(),
            Some(json!({"url": "https://x.example", "types": ["users.*"]})),
            400,
            "no event has",
        ),
        (
            "POST",
            String::new(),
            Some(json!({"url": "https://x.example", "directory": "none"})),
            404,
            "no directory",
        ),
        ("POST", String::new(), Some(json!({"url": "https://x.example", "kind": 1})), 400, "kind"),
        ("PATCH", path.clone(), Some(json!({"url": "ftp://x.example"})), 400, "https://"),
        ("POST", format!("{path}/replay"), Some(json!({"from": 999})), 400, "replay from one of them"),
        ("GET", format!("{path}/deliveries?status=lost"), None, 400, "delivered"),
        ("GET", format!("{path}/deliveries?after=x"), None, 400, "after"),
        ("GET", "/nobody".to_owned(), None, 404, "webhook list"),
    ] {
        let detail = ask(method, &path, body).await.problem(status);
        assert!(detail.contains(part), "{method} {path}: {detail}");
    }
    assert_eq!(ask("DELETE", &path, None).await.status, 204);
    assert_eq!(ask("DELETE", &path, None).await.status, 404);
}

#[tokio::test]
async fn a_webhook_that_is_wanted_once_is_refused_where_one_like_it_is() {
    let site = Site::start().await;
    let token = site.api_token(Scope::Admin).await;
    let make = async |new: Value| ask(&site, &token, "POST", "", Some(new)).await;
    let new = json!({"url": "https://example.com", "unlessThere": true});
    let made = make(new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for again in [new, json!({"url": "https://example.com:443/", "types": ["user.*"], "unlessThere": true})] {
        let detail = make(again).await.problem(409);
        assert!(detail.contains("there is a webhook to https://example.com/"), "{detail}");
    }
    for other in [
        json!({"url": "https://example.com/other", "unlessThere": true}),
        json!({"url": "https://example.com/", "directory": "default", "unlessThere": true}),
        json!({"url": "https://example.com/", "format": "set", "unlessThere": true}),
        json!({"url": "https://example.com/"}),
    ] {
        assert_eq!(make(other.clone()).await.status, 201, "{other}");
    }
}

#[tokio::test]
async fn threat_s39_a_url_that_can_never_be_reached_is_refused_when_it_is_entered() {
    let site = Site::start().await;
    let token = site.api_token(Scope::Admin).await;
    let made = ask(&site, &token, "POST", "", Some(json!({"url": "https://example.com/hook"}))).await.body();
    let path = format!("/{}", made["id"].as_str().unwrap());
    for url in [
        "https://10.0.0.1/x",
        "http://127.0.0.1:9/x",
        "http://example.com/x",
        "https://[::1]/x",
        "http://1.1.1.1/",
    ] {
        for (method, path) in [("POST", ""), ("PATCH", path.as_str())] {
            let detail = ask(&site, &token, method, path, Some(json!({"url": url}))).await.problem(400);
            assert!(detail.contains("outbound_allow_private"), "{method} {url}: {detail}");
        }
    }
    assert_eq!(ask(&site, &token, "GET", "", None).await.body()["webhooks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn threat_s39_a_listed_network_may_be_named_and_reached_without_tls() {
    let networks = "10.1.0.0/16".parse().unwrap();
    let config = enroll_api::HttpConfig { outbound_networks: networks, ..enroll_api::HttpConfig::default() };
    let site = Site::with(config).await;
    let token = site.api_token(Scope::Admin).await;
    for (url, status) in [
        ("http://10.1.2.3/x", 201),
        ("https://10.1.2.3/x", 201),
        ("http://hooks.internal/x", 201),
        ("https://10.2.0.1/x", 400),
        ("http://1.1.1.1/x", 400),
    ] {
        let answer = ask(&site, &token, "POST", "", Some(json!({"url": url}))).await;
        assert_eq!(answer.status, status, "{url}: {}", answer.text);
    }
}

#[tokio::test]
async fn e5_2_webhooks_are_changed_with_the_scope_admin() {
    let site = Site::start().await;
    let token = site.api_token(Scope::Read).await;
    assert_eq!(ask(&site, &token, "GET", "", None).await.status, 200);
    let new = json!({"url": "https://example.com/"});
    assert_eq!(ask(&site, &token, "POST", "", Some(new)).await.status, 403);
}

#[tokio::test]
async fn the_keys_of_security_events_are_public() {
    let site = Site::start().await;
    let keys = async || reply(site.bare("GET", "/api/v1/jwks.json")).await.body()["keys"].clone();
    assert_eq!(keys().await, json!([]));
    let token = site.api_token(Scope::Admin).await;
    let new = json!({"url": "https://example.com/", "format": "set"});
    assert_eq!(ask(&site, &token, "POST", "", Some(new.clone())).await.status, 201);
    let first = keys().await;
    assert_eq!(
        (&first[0]["kty"], &first[0]["crv"], first[0].get("d")),
        (&json!("EC"), &json!("P-256"), None)
    );
    assert_eq!(ask(&site, &token, "POST", "", Some(new)).await.status, 201);
    assert_eq!(keys().await, first, "one key for all");
}
