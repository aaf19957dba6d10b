//! Who signs in: the join rule, and users who are made at sign-in (enrollment.md 4.1, 4.2; threats S9, A19).

use serde_json::{Value, json};

use super::{Browser, codes, connect, refused, settings, site};
use crate::site::{Site, patch, user};

async fn found(site: &Site, name: &str) -> Vec<Value> {
    let path = format!("/scim/v2/Users?filter=userName%20eq%20%22{name}%22");
    site.get(&path).await.body()["Resources"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn e4_2_nobody_is_made_unless_the_directory_says_so() {
    let site = site(&json!({})).await;
    let mut browser = Browser::new(&site);
    let page = browser.sign_in(|_| {}).await;
    refused(&page, 403, "unknown_user");
    assert!(page.text.contains("Ask the administrators") && page.text.contains("--jit on"), "{}", page.text);
    assert!(!page.text.contains("ada@example.com"), "{}", page.text);
    assert!(found(&site, "ada@example.com").await.is_empty());
}

#[tokio::test]
async fn e2_6_a_user_made_at_sign_in_is_a_user_of_scim() {
    let site = site(&json!({"jit": true})).await;
    let enrollment = json!({"defaultEnrollment": {"organization": "acme"}});
    crate::admin::Caller::admin(&site).await.send("PATCH", "/directories/default", &enrollment).await;
    let mut browser = Browser::new(&site);
    assert_eq!(browser.sign_in(|_| {}).await.status, 303);
    let me = browser.me().await.body();
    assert_eq!((&me["handle"], &me["displayName"]), (&json!("ada"), &json!("Ada Lovelace")));
    assert_eq!(me["organizations"][0]["role"], "member");
    let made = &found(&site, "ADA@example.com").await[0];
    assert_eq!(made["name"], json!({"givenName": "Ada", "familyName": "Lovelace"}));
    assert_eq!(made["emails"][0]["value"], "ada@example.com");
    // The identity provider adopts her instead of making another one.
    site.send("POST", "/scim/v2/Users", &user("ada@example.com")).await.scim_error(409, Some("uniqueness"));
    browser.sign_in(|_| {}).await;
    assert_eq!(found(&site, "ada@example.com").await.len(), 1);
    let audit = site.service.audit_entries(enroll_service::AuditQuery::default(), 1000).await;
    assert!(serde_json::to_string(&audit.unwrap()).unwrap().contains("user.created"));
}

#[tokio::test]
async fn threat_a19_nobody_is_revived_by_a_sign_in() {
    let site = site(&json!({"jit": true})).await;
    let id = site.user("Ada@example.com").await;
    let change = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    site.send("PATCH", &format!("/scim/v2/Users/{id}"), &change).await;
    refused(&Browser::new(&site).sign_in(|_| {}).await, 403, "deactivated");
    assert_eq!(site.get(&format!("/scim/v2/Users/{id}")).await.body()["active"], false);
    site.scim("DELETE", &format!("/scim/v2/Users/{id}")).send().await.unwrap();
    refused(&Browser::new(&site).sign_in(|_| {}).await, 403, "deleted_user");
    assert!(found(&site, "ada@example.com").await.is_empty());
    // SCIM may bring the person back, as somebody new.
    assert_ne!(site.user("ada@example.com").await, id);
    assert_eq!(Browser::new(&site).sign_in(|_| {}).await.status, 303);
}

#[tokio::test]
async fn e4_1_the_join_rule_alone_finds_the_user() {
    let join = json!({"attribute": "employeeId", "to": "externalId"});
    let site = site(&json!({"join": join, "jit": true})).await;
    let mut ada = user("lovelace");
    ada["externalId"] = json!("E-17");
    site.send("POST", "/scim/v2/Users", &ada).await;
    site.user("ada@example.com").await;
    let id = |value: &'static str| ("employeeId".to_owned(), vec![value.to_owned()]);
    let mut browser = Browser::new(&site);
    assert_eq!(browser.sign_in(|spec| spec.attributes.push(id("E-17"))).await.status, 303);
    assert_eq!(browser.me().await.body()["userName"], "lovelace");
    // No fall-back to the NameID, which somebody has (threat S9), and nobody is adopted by it.
    refused(&browser.sign_in(|_| {}).await, 403, "join_attribute");
    let page = browser.sign_in(|spec| spec.attributes.push(id("e-17"))).await;
    refused(&page, 403, "not_provisioned");
    assert_eq!(codes(&site).await, ["not_provisioned", "join_attribute", "accepted"]);
    let several = browser.sign_in(|spec| spec.attributes.extend([id("E-17"), id("E-18")])).await;
    refused(&several, 403, "join_attribute");
}

#[tokio::test]
async fn e4_1_an_e_mail_address_of_two_users_signs_nobody_in() {
    let site = site(&json!({"join": {"to": "email"}})).await;
    for (name, kind) in [("one", "work"), ("two", "home")] {
        let mut body = user(name);
        body["emails"] = json!([{"value": "ADA@example.com", "type": kind}]);
        site.send("POST", "/scim/v2/Users", &body).await;
    }
    let mut browser = Browser::new(&site);
    assert_eq!(browser.sign_in(|_| {}).await.status, 303);
    assert_eq!(browser.me().await.body()["userName"], "one");
    let mut body = user("three");
    body["emails"] = json!([{"value": "ada@example.com", "type": "work"}]);
    site.send("POST", "/scim/v2/Users", &body).await;
    refused(&browser.sign_in(|_| {}).await, 403, "ambiguous_user");
}

#[tokio::test]
async fn what_no_user_can_be_called_makes_nobody() {
    let site = site(&json!({"jit": true})).await;
    let long = "a".repeat(1000);
    let page = Browser::new(&site).sign_in(|spec| spec.name_id = format!("{long}@example.com")).await;
    assert!(page.status == 403 || page.status == 303, "{}", page.text);
    connect(&site, "default", &settings(&json!({"jit": false}))).await;
    refused(&Browser::new(&site).sign_in(|_| {}).await, 403, "unknown_user");
}
