//! `/api/v1/clients`.

use enroll_domain::Scope;
use serde_json::{Value, json};

use super::{CALLBACK, World, refused};
use crate::admin::Caller;
use crate::site::{Site, reply};

fn new() -> Value {
    json!({"name": "Shop", "kind": "confidential", "redirectUris": [CALLBACK]})
}

#[tokio::test]
async fn clients_are_registered_listed_changed_and_deleted() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let made = admin.send("POST", "/clients", &new()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut made = made.body();
    let secret = made.as_object_mut().unwrap().remove("secret").unwrap();
    assert_eq!(secret.as_str().unwrap().len(), 43);
    assert_eq!(made["scopes"], json!(["openid", "profile", "email", "organizations", "groups"]));
    assert_eq!((&made["algorithm"], &made["emailVerified"]), (&json!("RS256"), &json!(false)));
    let path = format!("/clients/{}", made["id"].as_str().unwrap());
    let read = admin.get(&path).await;
    assert_eq!((read.body(), read.header("etag")), (made.clone(), Some("W/\"1\"")));
    assert!(!read.text.contains(secret.as_str().unwrap()));

    let change = json!({
        "name": "Shop 2", "redirectUris": ["https://shop.example.com/cb"], "postLogoutUris": ["https://shop.example.com/"],
        "logoutUri": "https://shop.example.com/out", "scopes": ["groups", "openid"], "algorithm": "ES256",
        "emailVerified": true, "directory": "default",
    });
    let changed = admin.send("PATCH", &path, &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let changed = changed.body();
    for (name, value) in change.as_object().unwrap() {
        let expected = if name == "scopes" { &json!(["openid", "groups"]) } else { value };
        assert_eq!(&changed[name], expected, "{name}");
    }
    assert_eq!(changed["version"], 2);
    assert_eq!(admin.send("PATCH", &path, &change).await.body()["version"], 2, "nothing has changed");
    let cleared = admin.send("PATCH", &path, &json!({"directory": "", "logoutUri": ""})).await.body();
    assert_eq!((cleared.get("directory"), cleared.get("logoutUri")), (None, None));

    for name in ["One", "Two", "Three"] {
        let body = json!({"name": name, "kind": "public", "redirectUris": ["http://127.0.0.1:1/cb"]});
        assert_eq!(admin.send("POST", "/clients", &body).await.body().get("secret"), None);
    }
    assert_eq!(admin.listed("/clients", "clients", "name").await, ["Shop 2", "One", "Two", "Three"]);
    assert_eq!(admin.delete(&path).await.status, 204);
    admin.get(&path).await.problem(404);
    admin.delete(&path).await.problem(404);
}

#[tokio::test]
async fn what_does_not_fit_a_client_is_refused_and_named() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let many: Vec<String> = (0..21).map(|number| format!("https://a.example/{number}")).collect();
    for (name, value, said) in [
        ("redirectUris", json!([]), "redirect URI"),
        ("redirectUris", json!(["http://app.example.com/cb"]), "https://"),
        ("redirectUris", json!(["https://*.example.com/cb"]), "wildcard"),
        ("redirectUris", json!(many), "at most 20"),
        ("postLogoutUris", json!(["x"]), "https://"),
        ("logoutUri", json!("http://10.0.0.1/"), "https://"),
        ("scopes", json!(["email"]), "openid"),
        ("scopes", json!(["openid", "admin"]), "scope of a client"),
        ("kind", json!("secret"), "kind of client"),
        ("algorithm", json!("none"), "signing algorithm"),
        ("name", json!(""), "name"),
        ("secret", json!("x"), "secret"),
    ] {
        let mut body = new();
        body[name] = value;
        let detail = admin.send("POST", "/clients", &body).await.problem(400);
        assert!(detail.contains(said), "{name}: {detail}");
    }
    let mut body = new();
    body["directory"] = json!("nowhere");
    admin.send("POST", "/clients", &body).await.problem(404);
    assert!(admin.listed("/clients", "clients", "id").await.is_empty());
}

#[tokio::test]
async fn e5_2_only_administrators_register_clients() {
    let site = Site::start().await;
    let (reader, checker) = (Caller::with(&site, Scope::Read).await, Caller::with(&site, Scope::Check).await);
    let id = Caller::admin(&site).await.send("POST", "/clients", &new()).await.body()["id"].clone();
    let path = format!("/clients/{}", id.as_str().unwrap());
    assert_eq!(reader.get(&path).await.status, 200);
    checker.get(&path).await.problem(403);
    checker.get("/clients").await.problem(403);
    reader.send("POST", "/clients", &new()).await.problem(403);
    reader.send("PATCH", &path, &json!({})).await.problem(403);
    reader.send("POST", &format!("{path}/secret"), &json!({})).await.problem(403);
    reader.delete(&path).await.problem(403);
    reply(site.bare("GET", &format!("/api/v1{path}"))).await.problem(401);
}

#[tokio::test]
async fn a_new_secret_takes_the_place_of_the_old_one_at_once() {
    let world = World::new().await;
    let admin = Caller::admin(&world.site).await;
    let path = format!("/clients/{}/secret", world.client);
    let code = world.code().await;
    let made = admin.send("POST", &path, &json!({})).await;
    assert_eq!(made.status, 200, "{}", made.text);
    refused(&world.redeem(&code).await, 401, "invalid_client");
    let world = World { secret: made.body()["secret"].as_str().unwrap().to_owned(), ..world };
    assert_eq!(world.redeem(&code).await.status, 200);
    let public = json!({"name": "Phone", "kind": "public", "redirectUris": [CALLBACK]});
    let admin = Caller::admin(&world.site).await;
    let public = admin.send("POST", "/clients", &public).await.body()["id"].as_str().unwrap().to_owned();
    assert!(
        admin
            .send("POST", &format!("/clients/{public}/secret"), &json!({}))
            .await
            .problem(409)
            .contains("public")
    );
}
