//! Sign-ins, sessions, and the clients that users sign in to.

use enroll_domain::ClientKind;
use enroll_domain::audit::Actor;
use enroll_service::{ClientSettings, SessionDetails};
use serde_json::json;

use super::Trail;
use crate::site::{Site, patch};

#[tokio::test]
async fn e6_3_e4_4_each_sign_in_and_each_end_of_a_session_is_told() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let mut trail = Trail::begin(&site.service).await;
    let open = || crate::sessions::open(&site, &id, SessionDetails::default());
    let session = open().await.unwrap();
    let (actor, changes) = trail.one("user.signed_in", "ada").await;
    assert_eq!((actor.as_str(), &changes["session"]), ("ada", &json!(session.info.id)));
    let signed_in = site.service.authenticate_session(session.reveal()).await.unwrap();
    site.service.sign_out(&signed_in).await.unwrap();
    assert_eq!(trail.one("user.signed_out", "ada").await.0, "ada");
    site.service.sign_out(&signed_in).await.unwrap();
    trail.none().await;
    let session = open().await.unwrap();
    trail.one("user.signed_in", "ada").await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    service.revoke_session(&session.info.id.to_string(), None).await.unwrap();
    let (actor, changes) = trail.one("session.revoked", "ada").await;
    assert_eq!((actor.as_str(), changes), ("grace", json!({"reason": "asked", "user": id})));
    open().await.unwrap();
    trail.news().await;
    let off = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{id}"), &off).await.status, 200);
    let news = trail.news().await;
    let told: Vec<_> =
        news.iter().map(|found| (found.entry.action.as_str(), found.entry.actor.as_str())).collect();
    assert_eq!(told, [("session.revoked", "okta"), ("user.deactivated", "okta")]);
    assert!(news[0].entry.changes.contains("deactivated"));
    open().await.unwrap_err();
    assert_eq!(trail.one("sign_in.refused", "ada").await.1["reason"], "deactivated");
    assert_eq!(site.service.verify_audit(None).await.unwrap().broken, None);
}

#[tokio::test]
async fn e6_3_each_change_of_a_client_is_told_without_its_secret() {
    let site = Site::start().await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    let mut trail = Trail::begin(&service).await;
    let settings = ClientSettings {
        name: Some("Shop".to_owned()),
        redirect_uris: Some(vec!["https://shop.example.com/cb".to_owned()]),
        ..ClientSettings::default()
    };
    let made = service.create_client(ClientKind::Confidential, &settings).await.unwrap();
    let (actor, changes) = trail.one("client.created", "Shop").await;
    assert_eq!((actor.as_str(), &changes["kind"]), ("grace", &json!({"new": "confidential"})));
    let id = made.info.id.to_string();
    let change = ClientSettings { name: Some("Store".to_owned()), ..ClientSettings::default() };
    for _ in 0..2 {
        service.change_client(&id, &change, None).await.unwrap();
    }
    let (_, changes) = trail.one("client.updated", "Store").await;
    assert_eq!(changes, json!({"name": {"old": "Shop", "new": "Store"}}));
    let rotated = service.rotate_client_secret(&id).await.unwrap();
    assert_eq!(trail.one("client.secret_rotated", "Store").await.1, json!({}));
    service.delete_client(&id).await.unwrap();
    trail.one("client.deleted", "Store").await;
    service.rotate_signing_keys().await.unwrap();
    assert_eq!(trail.actions().await, ["signing_key.created", "signing_key.created"]);
    let all = format!("{:?}", service.audit_page(0, 1000).await.unwrap());
    for secret in [made.reveal().unwrap(), rotated.reveal().unwrap()] {
        assert!(!all.contains(secret), "a secret is in the trail");
    }
}

#[tokio::test]
async fn e6_3_each_sign_in_to_a_client_and_each_second_use_is_told() {
    let (site, user) = crate::oidc::signed_in_and_code_used_twice().await;
    let news = site.service.audit_page(0, 1000).await.unwrap();
    let of_client: Vec<_> = news.iter().filter(|found| found.entry.subject_kind == "client").collect();
    let told: Vec<_> =
        of_client.iter().map(|found| (found.entry.action.as_str(), found.entry.actor.as_str())).collect();
    assert_eq!(
        told,
        [
            ("client.created", "system"),
            ("client.signed_in", "Ann@example.com"),
            ("client.reuse_detected", "system")
        ]
    );
    assert!(of_client[1].entry.changes.contains(&user));
}
