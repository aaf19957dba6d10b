//! From where a SCIM token may be used, over HTTP: enrollment.md §5.1.

use enroll_api::HttpConfig;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Reply, Site, reply, user};

/// A site behind a trusted proxy, and a token for some networks.
struct Limited {
    site: Site,
    token: String,
    path: String,
}

impl Limited {
    async fn to(networks: Value) -> Self {
        let trusted = vec!["127.0.0.0/8".parse().unwrap()];
        let site =
            Site::with(HttpConfig { rate_limit: None, trusted_proxies: trusted, ..HttpConfig::default() })
                .await;
        let admin = Caller::admin(&site).await;
        let body = json!({"label": "limited", "allowFrom": networks});
        let made = admin.send("POST", "/directories/default/tokens", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.body();
        let path = format!("/directories/default/tokens/{}", made["id"].as_str().unwrap());
        Self { token: made["token"].as_str().unwrap().to_owned(), path, site }
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.site.bare(method, path).bearer_auth(&self.token)
    }

    async fn from(&self, address: &str) -> Reply {
        reply(self.request("GET", "/scim/v2/Users").header("x-forwarded-for", address)).await
    }
}

#[tokio::test]
async fn e5_1_a_token_with_an_allow_list_is_refused_elsewhere() {
    let limited = Limited::to(json!(["203.0.113.0/24", "2001:db8::/32"])).await;
    for inside in ["203.0.113.9", "::ffff:203.0.113.9", "2001:db8:1::1"] {
        assert_eq!(limited.from(inside).await.status, 200, "{inside}");
    }
    for outside in ["198.51.100.7", "2001:db9::1"] {
        let detail = limited.from(outside).await.scim_error(403, None);
        assert!(detail.contains(outside) && detail.contains("enroll token set"), "{detail}");
        assert!(!detail.contains("203.0.113.0"), "where it may be used is not told: {detail}");
    }
    // Whatever is asked, and whatever is sent: nothing else is told first.
    let (own, site) = ("127.0.0.1", &limited.site);
    for (method, path) in [
        ("GET", "/scim/v2/Users/none"),
        ("POST", "/scim/v2/Users"),
        ("PATCH", "/scim/v2/Groups/none"),
        ("DELETE", "/scim/v2/Users/none"),
        ("POST", "/scim/v2/Bulk"),
        ("GET", "/scim/v2/readiness"),
        ("POST", "/scim/v2/Users/.search"),
    ] {
        let detail = reply(limited.request(method, path).body("{")).await.scim_error(403, None);
        assert!(detail.contains(own), "{method} {path}: {detail}");
    }
    assert_eq!(site.get("/scim/v2/Users").await.body()["totalResults"], 0, "nothing was made");
    assert_eq!(
        site.send("POST", "/scim/v2/Users", &user("ada")).await.status,
        201,
        "the other token goes on"
    );
}

#[tokio::test]
async fn e5_1_s5_who_has_only_half_of_a_token_does_not_learn_of_its_allow_list() {
    let limited = Limited::to(json!(["203.0.113.9"])).await;
    let mut other = limited.token.clone();
    let last = if other.ends_with('a') { 'b' } else { 'a' };
    other.pop();
    other.push(last);
    let request = limited.site.bare("GET", "/scim/v2/Users").bearer_auth(other);
    let detail = reply(request.header("x-forwarded-for", "198.51.100.7")).await.scim_error(401, None);
    assert!(!detail.contains("198.51.100.7"), "{detail}");
}

#[tokio::test]
async fn e5_1_an_allow_list_is_shown_and_changed_and_holds_from_the_next_request_on() {
    let limited = Limited::to(json!(["203.0.113.77/24", "198.51.100.1/32"])).await;
    let site = &limited.site;
    let admin = Caller::admin(site).await;
    let kept = admin.get(&limited.path).await.body();
    assert_eq!(kept["allowFrom"], json!(["203.0.113.0/24", "198.51.100.1"]));
    assert_eq!(admin.get("/directories/default/tokens").await.body()["tokens"][0]["allowFrom"], json!([]));
    assert_eq!(admin.get("/api-tokens").await.body()["tokens"][0].get("allowFrom"), None);
    let other = site.beside().await;
    for _ in 0..3 {
        assert_eq!(limited.from("203.0.113.9").await.status, 200);
    }
    let there = Caller::admin(&other).await;
    let changed = there.send("PATCH", &limited.path, &json!({"allowFrom": ["2001:db8::7"]})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(
        (&changed.body()["allowFrom"], &changed.body()["label"]),
        (&json!(["2001:db8::7"]), &json!("limited"))
    );
    limited.from("203.0.113.9").await.scim_error(403, None);
    assert_eq!(limited.from("2001:db8::7").await.status, 200);
    let changed = admin.send("PATCH", &limited.path, &json!({"allowFrom": [], "label": "open"})).await.body();
    assert_eq!((&changed["allowFrom"], &changed["label"]), (&json!([]), &json!("open")));
    assert_eq!(limited.from("198.51.100.7").await.status, 200);
    admin.send("PATCH", "/directories/default/tokens/none", &json!({})).await.problem(404);
}

#[tokio::test]
async fn e5_1_what_is_no_network_is_named() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let many: Vec<_> = (0..65).map(|last| format!("10.0.0.{last}")).collect();
    for (networks, named) in [
        (json!(["okta.com"]), "okta.com"),
        (json!(["10.0.0.0/33"]), "10.0.0.0/33"),
        (json!([""]), "allowFrom"),
        (json!("10.0.0.1"), "allowFrom"),
        (json!(null), "allowFrom"),
        (json!([7]), "allowFrom"),
        (json!(many), "64"),
    ] {
        let body = json!({"label": "x", "allowFrom": networks});
        let detail = admin.send("POST", "/directories/default/tokens", &body).await.problem(400);
        assert!(detail.contains(named), "{networks}: {detail}");
    }
    let body = json!({"label": "x", "scope": "read", "allowFrom": ["10.0.0.1"]});
    let detail = admin.send("POST", "/api-tokens", &body).await.problem(400);
    assert!(detail.contains("allowFrom"), "API tokens have no list: {detail}");
}

#[tokio::test]
async fn e7_3_the_request_log_says_from_where_and_what_to_do() {
    let limited = Limited::to(json!(["203.0.113.9"])).await;
    limited.from("198.51.100.7").await.scim_error(403, None);
    let admin = Caller::admin(&limited.site).await;
    let logged = admin.get("/request-log").await.body()["requests"][0].clone();
    assert_eq!((&logged["address"], &logged["status"]), (&json!("198.51.100.7"), &json!(403)));
    let whole = admin.get(&format!("/request-log/{}", logged["id"])).await.text;
    assert!(whole.contains("allow list") && whole.contains("enroll token set"), "{whole}");
    let token = admin.get(&limited.path).await.body();
    assert_eq!(token["lastUsed"], Value::Null, "a refused request is no use of the token");
}
