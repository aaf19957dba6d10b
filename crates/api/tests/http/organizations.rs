//! `/api/v1/organizations`: enrollment.md §1.5.

use enroll_domain::Role;
use enroll_domain::privilege::AllowPrivileged;
use enroll_service::NewMapping;
use serde_json::json;

use crate::admin::Caller;
use crate::site::{Site, reply};

#[tokio::test]
async fn e1_5_an_organization_is_made_read_listed_changed_and_deleted() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let new = json!({"name": "beta", "displayName": "Beta Ltd", "baseResourceRole": "read"});
    let made = admin.send("POST", "/organizations", &new).await;
    assert_eq!((made.status.as_u16(), made.header("etag")), (201, Some("W/\"1\"")), "{}", made.text);
    let made = made.body();
    assert_eq!((&made["displayName"], &made["description"]), (&json!("Beta Ltd"), &json!("")));
    assert_eq!((&made["baseResourceRole"], &made["version"]), (&json!("read"), &json!(1)));
    let id = made["id"].as_str().unwrap();
    assert_eq!(admin.get("/organizations/beta").await.body(), made);
    assert_eq!(admin.get(&format!("/organizations/{id}/")).await.body(), made);

    admin.send("POST", "/organizations", &json!({"name": "gamma"})).await;
    assert_eq!(admin.listed("/organizations", "organizations", "name").await, ["acme", "beta", "gamma"]);

    let change = json!({"description": "What we sell"});
    let changed = admin.send("PATCH", "/organizations/beta", &change).await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, Some("W/\"2\"")));
    let changed = changed.body();
    assert_eq!(
        (&changed["description"], &changed["displayName"]),
        (&json!("What we sell"), &json!("Beta Ltd"))
    );
    // What changes nothing is no new version.
    assert_eq!(admin.send("PATCH", "/organizations/beta", &change).await.header("etag"), Some("W/\"2\""));

    assert_eq!(admin.delete("/organizations/beta").await.status, 204);
    admin.get("/organizations/beta").await.problem(404);
    admin.delete("/organizations/beta").await.problem(404);
    assert!(admin.send("POST", "/organizations", &new).await.problem(409).contains("beta"), "never again");
}

#[tokio::test]
async fn e1_5_names_and_texts_that_do_not_fit_are_refused() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for body in [
        json!({"name": "ab"}),
        json!({"name": "Beta"}),
        json!({"name": "beta", "displayName": ""}),
        json!({"name": "beta", "displayName": "a\nb"}),
        json!({"name": "beta", "displayName": "x".repeat(101)}),
        json!({"name": "beta", "description": "x".repeat(351)}),
    ] {
        admin.send("POST", "/organizations", &body).await.problem(400);
    }
    admin.send("POST", "/organizations", &json!({"name": "acme"})).await.problem(409);
    admin.send("PATCH", "/organizations/acme", &json!({"displayName": " "})).await.problem(400);
    let detail = admin.send("PATCH", "/organizations/acme", &json!({"name": "beta"})).await.problem(400);
    assert!(detail.contains("name"), "{detail}");
    admin.send("PATCH", "/organizations/none", &json!({})).await.problem(404);
}

#[tokio::test]
async fn s43_a_change_of_another_version_than_the_one_named_is_412() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let send = |method, tag: &'static str, body: &'static str| {
        let request = site.bare(method, "/api/v1/organizations/acme").bearer_auth(&admin.token);
        let request = request.header("content-type", "application/json").header("if-match", tag);
        reply(request.body(body))
    };
    assert_eq!(send("PATCH", "W/\"1\"", r#"{"description": "one"}"#).await.status, 200);
    assert!(send("PATCH", "W/\"1\"", r#"{"description": "two"}"#).await.problem(412).contains('2'));
    send("DELETE", "W/\"1\"", "").await.problem(412);
    send("PATCH", "nonsense", "{}").await.problem(400);
    assert_eq!(admin.get("/organizations/acme").await.body()["description"], "one");
    assert_eq!(send("PATCH", "*", r#"{"description": "three"}"#).await.status, 200);
    assert_eq!(send("DELETE", "W/\"9\", W/\"3\"", "").await.status, 204);
}

#[tokio::test]
async fn an_organization_that_gives_access_is_not_deleted() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ann").await;
    site.service.grant("acme", "ann", Role::Member).await.unwrap();
    let mapping = NewMapping {
        directory: "default".to_owned(),
        group: "Staff".to_owned(),
        organization: "acme".to_owned(),
        role: None,
        allow_privileged: AllowPrivileged::No,
        paused: false,
    };
    let mapping = site.service.add_mapping(&mapping).await.unwrap();
    let detail = admin.delete("/organizations/acme").await.problem(409);
    assert!(detail.contains("still has 1 mapping and 1 grant: "), "{detail}");
    site.service.revoke("acme", "ann").await.unwrap();
    admin.delete("/organizations/acme").await.problem(409);
    site.service.remove_mapping(&mapping.id.to_string()).await.unwrap();
    assert_eq!(admin.delete("/organizations/acme").await.status, 204);
}
