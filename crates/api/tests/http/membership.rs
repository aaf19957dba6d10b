//! Groups with their members, and the extension with its manager: conformance.md C11, D, E, Q.

use serde_json::{Value, json};

use crate::site::{PUBLIC_URL, Site, group, patch, user};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A group with these members, as the server shows it.
async fn team(site: &Site, name: &str, members: Value) -> Value {
    let mut body = group(name);
    body["members"] = members;
    let made = site.send("POST", "/scim/v2/Groups", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.body()
}

#[tokio::test]
async fn c11_groups_of_a_user_are_shown_and_never_written() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let path = format!("/scim/v2/Users/{id}");
    let inner = team(&site, "Inner", json!([{ "value": id }])).await;
    let outer = team(&site, "Outer", json!([{ "value": inner["id"] }])).await;
    let mut groups = site.get(&path).await.body()["groups"].as_array().unwrap().clone();
    groups.sort_by_key(|group| group["display"].to_string());
    let entry = |group: &Value, name: &str, kind: &str| {
        let reference = format!("{PUBLIC_URL}/scim/v2/Groups/{}", group["id"].as_str().unwrap());
        json!({ "value": group["id"], "$ref": reference, "display": name, "type": kind })
    };
    assert_eq!(groups, [entry(&inner, "Inner", "direct"), entry(&outer, "Outer", "indirect")]);

    let mut body = user("ada");
    body["groups"] = json!([]);
    assert_eq!(site.send("PUT", &path, &body).await.body()["groups"].as_array().map(Vec::len), Some(2));
    for operation in [
        json!({ "op": "remove", "path": "groups" }),
        json!({ "op": "add", "path": "groups", "value": [{ "value": outer["id"] }] }),
    ] {
        site.send("PATCH", &path, &patch(&json!([operation]))).await.scim_error(400, Some("mutability"));
    }
}

#[tokio::test]
async fn d4_the_type_of_a_member_is_found_and_its_reference_may_be_anything() {
    let site = Site::start().await;
    let ada = site.user("ada").await;
    let inner = site.group("Inner").await;
    for (name, reference) in [
        ("A", json!(null)),
        ("B", json!("../Users/x")),
        ("C", json!("https://elsewhere.example/scim/Users/1")),
    ] {
        let members = json!([{ "value": ada, "$ref": reference }, { "value": inner, "$ref": reference }]);
        let made = team(&site, name, members).await;
        for (id, kind, endpoint) in [(&ada, "User", "Users"), (&inner, "Group", "Groups")] {
            let member =
                made["members"].as_array().unwrap().iter().find(|member| member["value"] == **id).unwrap();
            assert_eq!(member["type"], kind);
            assert_eq!(member["$ref"], format!("{PUBLIC_URL}/scim/v2/{endpoint}/{id}"));
        }
    }
}

#[tokio::test]
async fn e2_the_name_of_a_manager_is_not_for_the_client_and_her_id_is_exact() {
    let site = Site::start().await;
    let boss = site.user("boss").await;
    let mut body = user("ada");
    body[ENTERPRISE] = json!({ "manager": { "value": boss, "displayName": "Forged" } });
    let made = site.send("POST", "/scim/v2/Users", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(!made.text.contains("Forged"), "{}", made.text);
    let path = format!("/scim/v2/Users/{}", made.body()["id"].as_str().unwrap());
    let forge =
        json!([{ "op": "replace", "path": format!("{ENTERPRISE}:manager.displayName"), "value": "Forged" }]);
    site.send("PATCH", &path, &patch(&forge)).await.scim_error(400, Some("mutability"));
    for (id, total) in [(boss.clone(), 1), (boss.to_uppercase(), 0)] {
        let filter = format!("/scim/v2/Users?filter={ENTERPRISE}:manager.value%20eq%20%22{id}%22");
        assert_eq!(site.get(&filter).await.body()["totalResults"], total, "{id}");
    }
}

#[tokio::test]
async fn m16_schemas_meta_and_ids_can_be_asked_about() {
    let site = Site::start().await;
    let mut body = user("ada");
    body["externalId"] = json!("ext-1");
    body[ENTERPRISE] = json!({ "department": "Engines" });
    let ada = site.send("POST", "/scim/v2/Users", &body).await.body();
    site.user("bob").await;
    let text = |pointer: &str| ada.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    for filter in [
        format!("schemas eq \"{ENTERPRISE}\""),
        format!("id eq \"{}\"", text("/id")),
        "externalId eq \"ext-1\"".to_owned(),
        format!("meta.location eq \"{}\"", text("/meta/location")),
        format!("meta.created ge \"{}\" and userName eq \"ada\"", text("/meta/created")),
        "meta.resourceType eq \"User\" and userName sw \"a\"".to_owned(),
    ] {
        let encoded = filter.replace(' ', "%20").replace('"', "%22");
        let found = site.get(&format!("/scim/v2/Users?filter={encoded}")).await;
        assert_eq!(found.status, 200, "{filter}: {}", found.text);
        assert_eq!(found.body()["totalResults"], 1, "{filter}");
    }
}

#[tokio::test]
async fn q3_a_patch_that_fails_leaves_members_version_and_time_alone() {
    let site = Site::start().await;
    let (ada, bob) = (site.user("ada").await, site.user("bob").await);
    let made = team(&site, "Ops", json!([{ "value": ada }])).await;
    let path = format!("/scim/v2/Groups/{}", made["id"].as_str().unwrap());
    let before = site.get(&path).await;
    for last in [
        json!({ "op": "replace", "path": "unknown", "value": "x" }),
        json!({ "op": "remove", "path": "displayName" }),
        json!({ "op": "add", "path": "members", "value": [{ "value": "nobody" }] }),
    ] {
        let operations = json!([
            { "op": "replace", "path": "displayName", "value": "Changed" },
            { "op": "add", "path": "members", "value": [{ "value": bob }] },
            { "op": "remove", "path": format!("members[value eq \"{ada}\"]") },
            last,
        ]);
        let refused = site.send("PATCH", &path, &patch(&operations)).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        let after = site.get(&path).await;
        assert_eq!(after.body(), before.body());
        assert_eq!(after.header("etag"), before.header("etag"));
    }
}

#[tokio::test]
async fn q7_schemas_come_and_go_with_the_extension() {
    let site = Site::start().await;
    let path = format!("/scim/v2/Users/{}", site.user("ada").await);
    let department = format!("{ENTERPRISE}:department");
    let has_extension = |answer: &Value| answer["schemas"].as_array().unwrap().contains(&json!(ENTERPRISE));
    let add = json!([
        { "op": "add", "path": department, "value": "Engines" },
        { "op": "replace", "path": department, "value": "Looms" },
    ]);
    let added = site.send("PATCH", &path, &patch(&add)).await.body();
    assert!(has_extension(&added));
    assert_eq!(added[ENTERPRISE]["department"], "Looms");
    let remove = json!([{ "op": "remove", "path": department }]);
    let removed = site.send("PATCH", &path, &patch(&remove)).await.body();
    assert!(!has_extension(&removed) && removed.get(ENTERPRISE).is_none(), "{removed}");
}

#[tokio::test]
async fn e3_7_a_new_name_of_a_group_has_no_white_space_around_it_and_an_old_one_stays() {
    let site = Site::start().await;
    let refused = |answer: crate::site::Reply| {
        let detail = answer.scim_error(400, Some("invalidValue"));
        assert!(detail.contains("begins or ends with white space"), "{detail}");
    };
    let id = site.group("Later").await;
    let path = format!("/scim/v2/Groups/{id}");
    let rename = |name: &str| patch(&json!([{ "op": "replace", "path": "displayName", "value": name }]));
    for name in ["Later ", " later", "\u{a0}Other", "Other\u{3000}"] {
        refused(site.send("POST", "/scim/v2/Groups", &group(name)).await);
        refused(site.send("PATCH", &path, &rename(name)).await);
        refused(site.send("PUT", &path, &group(name)).await);
    }
    // A group that an earlier version has stored goes on: with its name sent again, and with other members.
    const OLD: &str = "UPDATE groups SET display_name = 'Old ', display_name_key = 'old ', \
         document = replace(document, 'Later', 'Old ')";
    let changed = site.database().write(|tx| tx.execute(OLD, &[])).await;
    assert_eq!(changed, Ok::<_, enroll_store::StoreError>(1));
    let ada = site.user("ada").await;
    let mut whole = group("Old ");
    whole["members"] = json!([{ "value": ada }]);
    let put = site.send("PUT", &path, &whole).await;
    assert_eq!((put.status.as_u16(), put.body()["displayName"].as_str()), (200, Some("Old ")));
    let okta = patch(&json!([{ "op": "replace", "value": { "id": id, "displayName": "Old " } }]));
    assert!(site.send("PATCH", &path, &okta).await.status.is_success());
    let found = site.get("/scim/v2/Groups?filter=displayName%20eq%20%22Old%20%22").await.body();
    assert_eq!(found["totalResults"], 1);
    assert!(site.send("PATCH", &path, &rename("Old")).await.status.is_success());
}
