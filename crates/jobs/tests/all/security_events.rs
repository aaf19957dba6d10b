//! Security event tokens (RFC 9967), which webhooks get that ask for them.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use enroll_domain::delivery::WebhookFormat;
use enroll_service::{
    Clock, NewLocalUser, NewWebhook, ResourceKind, Service, UserChange, WebhookWithSecret, WriteOptions,
};
use serde_json::{Value, json};

use crate::receiver::Receiver;
use crate::site::{organization, service};
use crate::webhooks::{LOCAL, start, until};

/// The header and the claims of a token whose signature holds.
fn verified(token: &str, key: &Value) -> (Value, Value) {
    let decode = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let coordinate = |name: &str| decode(key[name].as_str().unwrap());
    let point = [&[4][..], &coordinate("x"), &coordinate("y")].concat();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    public.verify(signed.as_bytes(), &decode(signature)).unwrap();
    assert!(public.verify(&signed.as_bytes()[1..], &decode(signature)).is_err());
    let (header, claims) = signed.split_once('.').unwrap();
    let json = |part: &str| serde_json::from_slice(&decode(part)).unwrap();
    (json(header), json(claims))
}

/// A webhook that gets the tokens of all events.
async fn subscribe(service: &Service, receiver: &Receiver) -> WebhookWithSecret {
    let new = NewWebhook {
        url: receiver.url.clone(),
        types: "".parse().unwrap(),
        directory: None,
        format: WebhookFormat::SecurityEvents,
        paused: false,
        unless_there: false,
    };
    service.create_webhook(&new).await.unwrap()
}

#[tokio::test]
async fn se1_se2_security_event_tokens_name_their_subject_and_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &Clock::system()).await;
    let receiver = Receiver::start([]).await;
    subscribe(&service, &receiver).await;
    let jobs = start(&service, LOCAL);
    let token = service.create_scim_token("default", "okta", None).await.unwrap();
    let session = service.authenticate_scim(token.reveal(), None).await.unwrap();
    let (user, options) = (ResourceKind::User, WriteOptions::default());
    let body = |value: Value| value.as_object().unwrap().clone();
    let ada = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "externalId": "7"});
    let made = service.create(&session, &user, body(ada), &options).await.result.unwrap();
    let id = made.location.rsplit('/').next().unwrap().to_owned();
    let off = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": false}],
    });
    service.patch(&session, &user, &id, body(off), &options).await.result.unwrap();
    organization(&service, "acme").await;
    service.delete(&session, &user, &id, None).await.unwrap();
    let received = receiver.wait_for(3).await;
    let key = service.security_event_keys().unwrap()["keys"][0].clone();
    let tokens: Vec<(Value, Value)> = received.iter().map(|one| verified(&one.body, &key)).collect();
    let events: Vec<Vec<&str>> = tokens
        .iter()
        .map(|(_, claims)| claims["events"].as_object().unwrap().keys().map(String::as_str).collect())
        .collect();
    let prov = |what: &str| format!("urn:ietf:params:scim:event:prov:{what}");
    assert_eq!(events[0], [&prov("create:notice")]);
    assert_eq!(events[1], [&prov("deactivate"), &prov("patch:notice")]);
    assert_eq!(events[2], [&prov("delete")], "and nothing for an organization");
    let announced = |uri: &&str| enroll_service::SECURITY_EVENT_URIS.contains(uri);
    assert!(events.iter().flatten().all(announced), "ServiceProviderConfig announces them");
    let (header, claims) = &tokens[0];
    assert_eq!(
        (&header["typ"], &header["alg"], &header["kid"]),
        (&json!("secevent+jwt"), &json!("ES256"), &key["kid"])
    );
    let subject = json!({"format": "scim", "uri": format!("/Users/{id}"), "id": id, "externalId": "7"});
    assert_eq!((&claims["sub_id"], claims.get("sub")), (&subject, None));
    assert_eq!(
        claims["events"][prov("create:notice")],
        json!({"attributes": ["userName", "externalId", "active"]})
    );
    assert_eq!(tokens[2].1["events"][prov("delete")], json!({}));
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("http://127.0.0.1:8080"), &json!([receiver.url])));
    assert_eq!(claims["jti"], received[0].header("webhook-id"));
    assert_eq!(received[0].header("content-type"), "application/secevent+jwt");
    assert_eq!(received[0].header("accept"), "application/json");
    jobs.stop().await;
}

#[tokio::test]
async fn se1_tokens_are_of_what_scim_knows_and_name_all_attributes_of_a_creation() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(&folder, &Clock::system()).await;
    let receiver = Receiver::start([]).await;
    let webhook = subscribe(&service, &receiver).await;
    let token = service.create_scim_token("default", "okta", None).await.unwrap();
    let session = service.authenticate_scim(token.reveal(), None).await.unwrap();
    let (user, options) = (ResourceKind::User, WriteOptions::default());
    let body = |value: Value| value.as_object().unwrap().clone();
    // Local people and bots are outside SCIM (enrollment.md 2.9), and a handle is no attribute of it.
    let local = |name: &str| NewLocalUser { name: name.to_owned(), ..NewLocalUser::default() };
    service.create_bot(&local("robot")).await.unwrap();
    service.create_admin(&local("grace")).await.unwrap();
    let ada = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "externalId": "7",
        "name": {"familyName": "Lovelace"},
    });
    let made = service.create(&session, &user, body(ada), &options).await.result.unwrap();
    let id = made.location.rsplit('/').next().unwrap().to_owned();
    let change = UserChange { handle: Some("countess".to_owned()), active: None };
    service.change_user("ada", &change, None).await.unwrap();
    let change = UserChange { active: Some(false), handle: None };
    service.change_user("ada", &change, None).await.unwrap();
    service.test_webhook(&webhook.info.id.to_string()).await.unwrap();
    let jobs = start(&service, LOCAL);
    let received = receiver.wait_for(3).await;
    let key = service.security_event_keys().unwrap()["keys"][0].clone();
    let tokens: Vec<Value> = received.iter().map(|one| verified(&one.body, &key).1).collect();
    let prov = |what: &str| format!("urn:ietf:params:scim:event:prov:{what}");
    let verification = "https://schemas.openid.net/secevent/ssf/event-type/verification";
    assert_eq!(tokens[0]["events"], json!({verification: {}}), "the test message goes first");
    assert_eq!(tokens[0]["sub_id"], json!({"format": "opaque", "id": webhook.info.id}));
    assert_eq!(
        tokens[1]["events"][prov("create:notice")],
        json!({"attributes": ["userName", "externalId", "active", "name"]})
    );
    let subject = json!({"format": "scim", "uri": format!("/Users/{id}"), "id": id, "externalId": "7"});
    assert_eq!((&tokens[1]["sub_id"], &tokens[2]["sub_id"]), (&subject, &subject));
    assert_eq!(tokens[2]["events"][prov("patch:notice")], json!({"attributes": ["active"]}));
    assert!(received.iter().all(|one| one.header("content-type") == "application/secevent+jwt"));
    until(&service, &webhook, |found| found.len() == 3).await;
    jobs.stop().await;
    assert_eq!(receiver.received().len(), 3);
}
