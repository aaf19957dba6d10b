//! `Idempotency-Key`: a POST sent again is answered as the first time, and carried out once.

use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Reply, Site, reply};

impl Caller<'_> {
    async fn keyed(&self, path: &str, key: &str, body: &Value) -> Reply {
        let request = self.site.bare("POST", &format!("/api/v1{path}")).bearer_auth(&self.token);
        reply(request.header("Idempotency-Key", key).json(body)).await
    }

    async fn names(&self) -> Vec<String> {
        self.listed("/organizations", "organizations", "name").await
    }
}

#[tokio::test]
async fn a_post_sent_again_with_its_key_is_answered_as_before_and_carried_out_once() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let body = json!({"name": "web"});
    let first = admin.keyed("/organizations", "k1", &body).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert_eq!(first.header("idempotent-replayed"), None);
    for _ in 0..2 {
        let again = admin.keyed("/organizations", "\"k1\"", &body).await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
    admin.keyed("/organizations", "k2", &body).await.problem(409);
    let named = json!({"organization": "web", "group": "Web", "role": "writer"});
    let mapping = admin.keyed("/mappings", "k3", &named).await.body();
    assert_eq!(admin.keyed("/mappings", "k3", &named).await.body(), mapping);
    assert_eq!(admin.listed("/mappings", "mappings", "group").await, ["Web"]);
}

#[tokio::test]
async fn a_key_stands_for_one_request_of_one_token() {
    let site = Site::start().await;
    let (admin, other) = (Caller::admin(&site).await, Caller::admin(&site).await);
    assert_eq!(admin.keyed("/organizations", "k", &json!({"name": "web"})).await.status, 201);
    let refused = admin.keyed("/organizations", "k", &json!({"name": "app"})).await;
    assert!(refused.problem(422).contains("used for another request"));
    admin.keyed("/directories", "k", &json!({"name": "web"})).await.problem(422);
    assert_eq!(other.keyed("/organizations", "k", &json!({"name": "app"})).await.status, 201);
}

#[tokio::test]
async fn what_was_refused_may_be_sent_again_with_its_key() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let mapping = json!({"organization": "web", "group": "Web"});
    admin.keyed("/mappings", "k", &mapping).await.problem(404);
    admin.send("POST", "/organizations", &json!({"name": "web"})).await;
    assert_eq!(admin.keyed("/mappings", "k", &mapping).await.status, 201);
}

#[tokio::test]
async fn threat_s15_a_secret_is_not_kept_for_a_key() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let body = json!({"label": "entra"});
    let made = admin.keyed("/directories/default/tokens", "k", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let again = admin.keyed("/directories/default/tokens", "k", &body).await;
    assert!(again.problem(409).contains("held a secret"), "{}", again.text);
    assert_eq!(admin.listed("/directories/default/tokens", "tokens", "label").await, ["okta", "entra"]);
    let secret = made.body()["token"].as_str().unwrap().rsplit_once('_').unwrap().1.to_owned();
    assert!(!again.text.contains(&secret));
}

#[tokio::test]
async fn of_requests_with_one_key_at_once_one_is_carried_out() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let body = json!({"label": "shop", "scope": "check"});
    let sent = (0..8).map(|_| admin.keyed("/api-tokens", "k", &body));
    let replies = futures_util::future::join_all(sent).await;
    let made = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(made, 1, "{:?}", replies.iter().map(|reply| reply.text.clone()).collect::<Vec<_>>());
    assert!(replies.iter().all(|reply| [201, 409].contains(&reply.status.as_u16())));
    let labels = admin.listed("/api-tokens", "tokens", "label").await;
    assert_eq!(labels.iter().filter(|label| *label == "shop").count(), 1);
}

#[tokio::test]
async fn requests_with_one_key_at_once_are_never_told_that_their_own_name_is_taken() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for round in 0..20 {
        let body = json!({"name": format!("web-{round}")});
        let key = format!("k{round}");
        let sent = (0..4).map(|_| admin.keyed("/organizations", &key, &body));
        for reply in futures_util::future::join_all(sent).await {
            if reply.status == 409 {
                let detail = reply.problem(409);
                assert!(detail.contains("send this one again"), "{detail}");
                assert_eq!(reply.header("retry-after"), Some("1"));
            } else {
                assert_eq!(reply.status, 201, "{}", reply.text);
            }
        }
        let again = admin.keyed("/organizations", &key, &body).await;
        assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, Some("true")));
    }
}

#[tokio::test]
async fn a_key_whose_answer_is_about_to_be_kept_is_told_to_ask_again() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let body = json!({"name": "web"});
    assert_eq!(admin.keyed("/organizations", "k", &body).await.status, 201);
    let unanswered = "UPDATE idempotency_keys SET status = NULL, answer = NULL";
    site.database().write(|tx| tx.execute(unanswered, &[])).await.unwrap();
    let again = admin.keyed("/organizations", "k", &body).await;
    assert!(again.problem(409).contains("send this one again"), "{}", again.text);
    assert_eq!(again.header("retry-after"), Some("1"));
    let earlier = site.service.clock().now() - jiff::SignedDuration::from_mins(10);
    let long_ago = move |tx: &enroll_store::Tx<'_>| {
        tx.execute("UPDATE idempotency_keys SET created = ?1", &enroll_store::params![earlier])
    };
    site.database().write(long_ago).await.unwrap();
    let late = admin.keyed("/organizations", "k", &body).await;
    assert!(late.problem(409).contains("look up what it made"), "{}", late.text);
    assert_eq!(late.header("retry-after"), None);
}

#[tokio::test]
async fn a_bad_key_and_a_bad_token_are_said() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let long = "k".repeat(256);
    for key in ["", "a b", long.as_str()] {
        let refused = admin.keyed("/organizations", key, &json!({"name": "web"})).await;
        assert!(refused.problem(400).contains("1 to 255 visible"), "{}", refused.text);
    }
    assert!(!admin.names().await.contains(&"web".to_owned()));
    let stranger = Caller { site: &site, token: "none".to_owned() };
    stranger.keyed("/organizations", "k", &json!({"name": "web"})).await.problem(401);
    let scim = reply(
        site.scim("POST", "/scim/v2/Users").header("Idempotency-Key", "k").json(&crate::site::user("ada")),
    );
    assert_eq!(scim.await.status, 201, "SCIM has rules of its own for a POST sent again");
}
