//! What an identity provider writes over SCIM.

use enroll_service::{DirectorySettings, NewOrganization};
use serde_json::{Value, json};

use super::{Trail, with};
use crate::site::{Site, group, patch, user};

const ROLE: &str = "urn:example:params:scim:schemas:2.0:Role";

#[tokio::test]
async fn e6_3_each_write_of_a_user_over_scim_is_told() {
    let site = Site::start().await;
    let mut trail = Trail::begin(&site.service).await;
    let id = site.user("ada").await;
    let path = format!("/scim/v2/Users/{id}");
    let (actor, changes) = trail.one("user.created", "ada").await;
    assert_eq!((actor.as_str(), &changes["userName"]), ("okta", &json!({"new": "ada"})));
    let set = |name: &str, value: Value| patch(&json!([{"op": "replace", "path": name, "value": value}]));
    for (change, action, told) in [
        (set("title", json!("Dr.")), "user.updated", json!({"otherAttributes": ["title"]})),
        (set("active", json!(false)), "user.deactivated", json!({"active": {"old": true, "new": false}})),
        (set("active", json!(true)), "user.reactivated", json!({"active": {"old": false, "new": true}})),
        (set("externalId", json!("7")), "user.updated", json!({"externalId": {"new": "7"}})),
    ] {
        assert!(site.send("PATCH", &path, &change).await.status.is_success());
        assert_eq!(trail.one(action, "ada").await.1, told);
        assert!(site.send("PATCH", &path, &change).await.status.is_success());
        trail.none().await;
    }
    let put = with(user("ada.l"), "active", json!(true));
    assert_eq!(site.send("PUT", &path, &put).await.status, 200);
    let (_, changes) = trail.one("user.updated", "ada.l").await;
    assert_eq!(changes["userName"], json!({"old": "ada", "new": "ada.l"}));
    assert_eq!(site.send("PUT", &path, &put).await.status, 200);
    trail.none().await;
    assert_eq!(crate::site::reply(site.scim("DELETE", &path)).await.status, 204);
    assert_eq!(trail.one("user.deleted", "ada.l").await.1["userName"], json!({"old": "ada.l"}));
}

#[tokio::test]
async fn e6_3_each_write_of_a_group_over_scim_is_told_with_its_members() {
    let site = Site::start().await;
    let (ada, bob) = (site.user("ada").await, site.user("bob").await);
    let mut trail = Trail::begin(&site.service).await;
    let id = site.group("Web").await;
    assert_eq!(trail.one("group.created", "Web").await.1, json!({"displayName": {"new": "Web"}}));
    let path = format!("/scim/v2/Groups/{id}");
    let add = |ids: &[&String]| {
        let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
        json!({"op": "add", "path": "members", "value": members})
    };
    let remove = |id: &String| json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")});
    let one = |id: &String| json!({"count": 1, "ids": [id]});
    for (operations, action, members) in [
        (json!([add(&[&ada])]), "group.member_added", json!({"added": one(&ada)})),
        (
            json!([add(&[&bob]), remove(&ada)]),
            "group.members_changed",
            json!({"added": one(&bob), "removed": one(&ada)}),
        ),
        (json!([remove(&bob)]), "group.member_removed", json!({"removed": one(&bob)})),
    ] {
        assert!(site.send("PATCH", &path, &patch(&operations)).await.status.is_success());
        assert_eq!(trail.one(action, "Web").await.1, json!({"members": members}));
    }
    let nothing = patch(&json!([remove(&bob)]));
    assert!(site.send("PATCH", &path, &nothing).await.status.is_success());
    trail.none().await;
    let rename = patch(&json!([{"op": "replace", "path": "displayName", "value": "Web 2"}, add(&[&ada])]));
    assert!(site.send("PATCH", &path, &rename).await.status.is_success());
    let (_, changes) = trail.one("group.renamed", "Web 2").await;
    assert_eq!(
        changes,
        json!({"displayName": {"old": "Web", "new": "Web 2"}, "members": {"added": one(&ada)}})
    );
    let put = with(with(group("Web 2"), "externalId", json!("g")), "members", json!([]));
    assert!(site.send("PUT", &path, &put).await.status.is_success());
    let (_, changes) = trail.one("group.updated", "Web 2").await;
    assert_eq!(changes, json!({"externalId": {"new": "g"}, "members": {"removed": one(&ada)}}));
    assert_eq!(crate::site::reply(site.scim("DELETE", &path)).await.status, 204);
    trail.one("group.deleted", "Web 2").await;
}

#[tokio::test]
async fn an_entry_on_many_members_tells_how_many_and_names_the_first() {
    let site = Site::start().await;
    let mut members = Vec::new();
    for number in 0..30 {
        members.push(json!({"value": site.user(&format!("user{number}")).await}));
    }
    let mut trail = Trail::begin(&site.service).await;
    let made = with(group("All"), "members", Value::Array(members));
    assert_eq!(site.send("POST", "/scim/v2/Groups", &made).await.status, 201);
    let added = trail.one("group.created", "All").await.1["members"]["added"].clone();
    assert_eq!((added["count"].clone(), added["ids"].as_array().unwrap().len()), (json!(30), 20));
}

#[tokio::test]
async fn e6_3_writes_of_custom_resources_and_of_their_schemas_are_told() {
    let site = Site::start().await;
    let mut trail = Trail::begin(&site.service).await;
    let definitions = json!([
        {"id": ROLE, "attributes": [{"name": "displayName", "required": true}, {"name": "pin", "returned": "never"}]},
        {"name": "Role", "endpoint": "/Roles", "schema": ROLE},
    ]);
    let text = definitions.to_string();
    let register = || site.service.register_schemas("default", &text);
    register().await.unwrap();
    assert_eq!(trail.actions().await, ["schema.registered", "schema.registered"]);
    register().await.unwrap();
    trail.none().await;
    let role = json!({"schemas": [ROLE], "displayName": "Admin", "externalId": "r", "pin": "12345"});
    let made = site.send("POST", "/scim/v2/Roles", &role).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(
        trail.one("custom_resource.created", "role").await.1,
        json!({"externalId": {"new": "r"}, "otherAttributes": ["displayName", "pin"]})
    );
    let path = format!("/scim/v2/Roles/{}", made.body()["id"].as_str().unwrap());
    let change = patch(&json!([{"op": "replace", "path": "displayName", "value": "Owner"}]));
    for _ in 0..2 {
        assert_eq!(site.send("PATCH", &path, &change).await.status, 200);
    }
    assert_eq!(
        trail.one("custom_resource.updated", "role").await.1,
        json!({"otherAttributes": ["displayName"]})
    );
    assert_eq!(site.send("PUT", &path, &role).await.status, 200);
    trail.one("custom_resource.updated", "role").await;
    assert_eq!(crate::site::reply(site.scim("DELETE", &path)).await.status, 204);
    trail.one("custom_resource.deleted", "role").await;
    let grown = json!({"id": ROLE, "attributes": [
        {"name": "displayName", "required": true}, {"name": "pin", "returned": "never"}, {"name": "level"},
    ]});
    site.service.register_schemas("default", &grown.to_string()).await.unwrap();
    let attributes = trail.one("schema.updated", ROLE).await.1["attributes"].clone();
    assert_eq!(attributes["new"], json!(["displayName", "pin", "level"]));
    for name in ["Role", ROLE] {
        site.service.remove_schema("default", name).await.unwrap();
        trail.one("schema.removed", name).await;
    }
    let all = site.service.audit_page(0, 1000).await.unwrap();
    assert!(all.iter().all(|found| !found.entry.changes.contains("12345")), "a secret is in the trail");
}

#[tokio::test]
async fn e6_3_each_operation_of_a_bulk_request_is_told_and_a_refused_one_is_not() {
    let site = Site::start().await;
    let mut trail = Trail::begin(&site.service).await;
    let post = |id: &str, path: &str, data: Value| json!({"method": "POST", "bulkId": id, "path": path, "data": data});
    let bulk = |operations: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations,
        })
    };
    let circle =
        |name: &str, other: &str| with(group(name), "members", json!([{"value": format!("bulkId:{other}")}]));
    let body = bulk(json!([
        post("a", "/Users", user("ada")),
        post("b", "/Users", user("ADA")),
        post("c", "/Groups", circle("Left", "d")),
        post("d", "/Groups", circle("Right", "c")),
    ]));
    let answer = site.send("POST", "/scim/v2/Bulk", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let statuses: Vec<Value> =
        answer.body()["Operations"].as_array().unwrap().iter().map(|done| done["status"].clone()).collect();
    assert_eq!(statuses, ["201", "409", "201", "201"]);
    assert_eq!(trail.actions().await, ["user.created", "group.created", "group.created"]);
    let path = answer.body()["Operations"][0]["location"]
        .as_str()
        .unwrap()
        .split_once("/scim/v2")
        .unwrap()
        .1
        .to_owned();
    let change = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    let body = bulk(json!([
        {"method": "PATCH", "path": path, "data": change},
        {"method": "PUT", "path": path, "data": user("ada2")},
        {"method": "DELETE", "path": path},
    ]));
    assert_eq!(site.send("POST", "/scim/v2/Bulk", &body).await.status, 200);
    assert_eq!(trail.actions().await, ["user.deactivated", "user.updated", "user.deleted"]);
}

#[tokio::test]
async fn e6_4_what_is_refused_leaves_no_entry() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let group = site.group("Web").await;
    let mut trail = Trail::begin(&site.service).await;
    let (user_path, group_path) = (format!("/scim/v2/Users/{id}"), format!("/scim/v2/Groups/{group}"));
    assert_eq!(site.send("POST", "/scim/v2/Users", &user("Ada")).await.status, 409);
    assert_eq!(site.send("POST", "/scim/v2/Groups", &crate::site::group("WEB")).await.status, 409);
    let nobody = json!([
        {"op": "replace", "path": "displayName", "value": "Web 2"},
        {"op": "add", "path": "members", "value": [{"value": "018f0000-0000-7000-8000-000000000001"}]},
    ]);
    assert_eq!(site.send("PATCH", &group_path, &patch(&nobody)).await.status, 400);
    let old = site.scim("DELETE", &user_path).header("If-Match", "W/\"9\"");
    assert_eq!(crate::site::reply(old).await.status, 412);
    assert_eq!(crate::site::reply(site.scim("DELETE", &format!("{user_path}0"))).await.status, 404);
    let organization = NewOrganization { name: "acme".to_owned(), ..NewOrganization::default() };
    assert!(site.service.create_organization(&organization).await.is_err());
    assert!(site.service.create_directory("default", &DirectorySettings::default()).await.is_err());
    assert!(site.service.revoke("acme", "ada").await.is_err());
    trail.none().await;
}
