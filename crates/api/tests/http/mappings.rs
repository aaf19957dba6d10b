//! `/api/v1/mappings`: enrollment.md §1.7, §3.2, §3.6, §3.7.

use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Site, patch};

async fn allowed(admin: &Caller<'_>, user: &str) -> Value {
    admin.get(&format!("/check?user={user}&organization=acme")).await.body()["allowed"].clone()
}

/// A group with ann in it.
async fn staff(site: &Site, name: &str) -> String {
    let (group, ann) = (site.group(name).await, site.user("ann").await);
    let add = patch(&json!([{"op": "add", "path": "members", "value": [{"value": ann}]}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Groups/{group}"), &add).await.status, 204);
    group
}

#[tokio::test]
async fn e3_6_a_mapping_is_made_paused_resumed_changed_and_removed_in_force_at_once() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let group = staff(&site, "Staff").await;
    assert_eq!(allowed(&admin, "ann").await, false);
    let new = json!({"group": "staff", "organization": "acme", "role": "writer"});
    let made = admin.send("POST", "/mappings", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.body();
    assert_eq!((&made["group"], &made["groupId"]), (&json!("Staff"), &json!(group)));
    assert_eq!((&made["state"], &made["directory"]), (&json!("active"), &json!("default")));
    assert_eq!(allowed(&admin, "ann").await, true);
    let path = format!("/mappings/{}", made["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.body(), made);

    let paused = admin.send("PATCH", &path, &json!({"paused": true})).await.body();
    assert_eq!((&paused["state"], allowed(&admin, "ann").await), (&json!("paused"), json!(false)));
    let resumed = admin.send("PATCH", &path, &json!({"paused": false, "role": "member"})).await.body();
    assert_eq!((&resumed["state"], &resumed["role"]), (&json!("active"), &json!("member")));
    assert_eq!(allowed(&admin, "ann").await, true);

    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(allowed(&admin, "ann").await, false);
    admin.get(&path).await.problem(404);
    admin.delete(&path).await.problem(404);
    admin.send("PATCH", &path, &json!({"paused": true})).await.problem(404);
}

#[tokio::test]
async fn e3_2_threat_s17_a_privileged_role_needs_a_word_of_its_own() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for role in ["admin", "owner"] {
        let mut new = json!({"group": role, "organization": "acme", "role": role});
        let detail = admin.send("POST", "/mappings", &new).await.problem(400);
        assert!(detail.contains("allowPrivileged"), "{detail}");
        new["allowPrivileged"] = json!(true);
        assert_eq!(admin.send("POST", "/mappings", &new).await.status, 201);
    }
    let plain =
        admin.send("POST", "/mappings", &json!({"group": "Staff", "organization": "acme"})).await.body();
    assert_eq!((&plain["role"], &plain["state"]), (&json!("member"), &json!("waiting")));
    let path = format!("/mappings/{}", plain["id"].as_str().unwrap());
    admin.send("PATCH", &path, &json!({"role": "owner"})).await.problem(400);
    assert_eq!(admin.get(&path).await.body()["role"], "member");
    let change = json!({"role": "owner", "allowPrivileged": true});
    assert_eq!(admin.send("PATCH", &path, &change).await.body()["role"], "owner");
}

#[tokio::test]
async fn e3_7_a_lost_mapping_is_bound_again_by_an_admin() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let group = staff(&site, "Staff").await;
    let made =
        admin.send("POST", "/mappings", &json!({"group": "Staff", "organization": "acme"})).await.body();
    let path = format!("/mappings/{}", made["id"].as_str().unwrap());
    site.scim("DELETE", &format!("/scim/v2/Groups/{group}")).send().await.unwrap();
    assert_eq!(admin.get(&path).await.body()["state"], "lost");
    admin.send("POST", &format!("{path}/rebind"), &json!({})).await.problem(404);
    let again = site.group("Staff").await;
    assert_eq!(admin.get(&path).await.body()["state"], "lost");
    let bound = admin.send("POST", &format!("{path}/rebind"), &json!({})).await.body();
    assert_eq!((&bound["state"], &bound["groupId"]), (&json!("active"), &json!(again)));
    let other = site.group("Other").await;
    let bound = admin.send("POST", &format!("{path}/rebind"), &json!({"group": "other"})).await.body();
    assert_eq!((&bound["group"], &bound["groupId"]), (&json!("Other"), &json!(other)));
    admin.send("POST", &format!("{path}/rebind"), &json!({"name": "Staff"})).await.problem(400);
    admin.send("POST", "/mappings/none/rebind", &json!({})).await.problem(404);
}

#[tokio::test]
async fn e1_7_mappings_are_listed_by_directory_and_organization() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    admin.send("POST", "/organizations", &json!({"name": "beta"})).await;
    admin.send("POST", "/directories", &json!({"name": "other"})).await;
    for (directory, group, organization) in [
        ("default", "one", "acme"),
        ("default", "two", "beta"),
        ("other", "three", "acme"),
        ("other", "four", "beta"),
        ("other", "five", "beta"),
    ] {
        let new = json!({"directory": directory, "group": group, "organization": organization});
        assert_eq!(admin.send("POST", "/mappings", &new).await.status, 201);
        admin.send("POST", "/mappings", &new).await.problem(409);
    }
    let groups = async |query: &str| admin.listed(&format!("/mappings{query}"), "mappings", "group").await;
    assert_eq!(groups("").await, ["one", "two", "three", "four", "five"]);
    assert_eq!(groups("?directory=other").await, ["three", "four", "five"]);
    assert_eq!(groups("?organization=acme").await, ["one", "three"]);
    assert_eq!(groups("?organization=beta&directory=other").await, ["four", "five"]);
    admin.get("/mappings?directory=none").await.problem(404);
    admin.get("/mappings?organization=none").await.problem(404);
    for (body, status) in [
        (json!({"group": "x", "organization": "none"}), 404),
        (json!({"group": "x", "organization": "acme", "directory": "none"}), 404),
        (json!({"group": " ", "organization": "acme"}), 400),
        (json!({"group": "x"}), 400),
        (json!({"group": "x", "organization": "acme", "role": "boss"}), 400),
    ] {
        admin.send("POST", "/mappings", &body).await.problem(status);
    }
}
