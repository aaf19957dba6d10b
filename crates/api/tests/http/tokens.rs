//! SCIM tokens and API tokens over HTTP: enrollment.md §5, threats S11, S14, S15.

use serde_json::json;

use crate::admin::Caller;
use crate::site::{Site, reply};

#[tokio::test]
async fn e5_1_s15_a_scim_token_is_shown_once_and_dies_with_its_deletion() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let new = json!({"label": "entra", "expires": "2199-01-31T00:00:00Z"});
    let made = admin.send("POST", "/directories/default/tokens", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.body();
    assert_eq!((&made["label"], &made["scope"]), (&new["label"], &json!("scim")));
    assert_eq!((&made["expires"], &made["lastUsed"]), (&new["expires"], &json!(null)));
    let secret = made["token"].as_str().unwrap();
    let path = format!("/directories/default/tokens/{}", made["id"].as_str().unwrap());
    let users = || reply(site.bare("GET", "/scim/v2/Users").bearer_auth(secret));
    assert_eq!(users().await.status, 200);

    let kept = admin.get(&path).await;
    assert_eq!((&kept.body()["label"], kept.body().get("token")), (&new["label"], None));
    let (_, hidden) = secret.rsplit_once('_').unwrap();
    let list = admin.get("/directories/default/tokens").await;
    assert!(!kept.text.contains(hidden) && !list.text.contains(hidden));
    assert_eq!(admin.listed("/directories/default/tokens", "tokens", "label").await, ["okta", "entra"]);

    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(users().await.status, 401);
    admin.get(&path).await.problem(404);
    admin.delete(&path).await.problem(404);
}

#[tokio::test]
async fn threat_s5_a_scim_token_is_found_below_its_own_directory_only() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    admin.send("POST", "/directories", &json!({"name": "other"})).await;
    let made = admin.send("POST", "/directories/other/tokens", &json!({"label": "x"})).await.body();
    let id = made["id"].as_str().unwrap();
    admin.get(&format!("/directories/default/tokens/{id}")).await.problem(404);
    admin.delete(&format!("/directories/default/tokens/{id}")).await.problem(404);
    admin.get(&format!("/api-tokens/{id}")).await.problem(404);
    assert_eq!(admin.get(&format!("/directories/other/tokens/{id}")).await.status, 200);
    assert_eq!(admin.listed("/directories/other/tokens", "tokens", "label").await, ["x"]);
    admin.get("/directories/none/tokens").await.problem(404);
    admin.send("POST", "/directories/none/tokens", &json!({"label": "x"})).await.problem(404);
}

#[tokio::test]
async fn e5_2_an_api_token_has_the_scope_that_it_was_made_with() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let made = admin.send("POST", "/api-tokens", &json!({"label": "shop", "scope": "check"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.body();
    assert_eq!((&made["scope"], &made["expires"]), (&json!("check"), &json!(null)));
    let shop = Caller { site: &site, token: made["token"].as_str().unwrap().to_owned() };
    shop.get("/organizations").await.problem(403);
    shop.get("/check?user=nobody&organization=acme").await.problem(404);

    let path = format!("/api-tokens/{}", made["id"].as_str().unwrap());
    let kept = admin.get(&path).await.body();
    assert_eq!((&kept["label"], kept.get("token")), (&json!("shop"), None));
    assert_eq!(admin.listed("/api-tokens", "tokens", "label").await, ["admin", "shop"]);
    assert_eq!(admin.delete(&path).await.status, 204);
    shop.get("/check?user=nobody&organization=acme").await.problem(401);
    admin.delete(&path).await.problem(404);
}

#[tokio::test]
async fn e5_1_a_token_needs_a_label_a_scope_and_an_expiry_ahead() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for (path, body, named) in [
        ("/directories/default/tokens", json!({}), "label"),
        ("/directories/default/tokens", json!({"label": " "}), "label"),
        ("/directories/default/tokens", json!({"label": "x", "scope": "admin"}), "scope"),
        ("/directories/default/tokens", json!({"label": "x", "expires": "2001-01-01T00:00:00Z"}), "expiry"),
        ("/directories/default/tokens", json!({"label": "x", "expires": "tomorrow"}), "expires"),
        ("/api-tokens", json!({"label": "x"}), "scope"),
        ("/api-tokens", json!({"label": "x", "scope": "root"}), "scope"),
        ("/api-tokens", json!({"label": "x", "scope": "read", "token": "mine"}), "token"),
    ] {
        let detail = admin.send("POST", path, &body).await.problem(400);
        assert!(detail.contains(named), "{body}: {detail}");
    }
    assert_eq!(admin.listed("/directories/default/tokens", "tokens", "label").await, ["okta"]);
}
