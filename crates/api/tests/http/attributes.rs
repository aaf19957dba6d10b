//! What becomes of the attributes of a resource: conformance.md A, B, C.

use serde_json::{Value, json};

use crate::site::{PUBLIC_URL, Site, group, patch, reply, user};

/// A user with these attributes besides, as the server shows it.
async fn create(site: &Site, name: &str, attributes: Value) -> Value {
    let mut body = user(name);
    body.as_object_mut().unwrap().extend(attributes.as_object().unwrap().clone());
    let made = site.send("POST", "/scim/v2/Users", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    site.get(&format!("/scim/v2/Users/{}", made.body()["id"].as_str().unwrap())).await.body()
}

/// The same with one operation of a PATCH.
async fn change(site: &Site, id: &Value, operation: &Value) -> Value {
    let path = format!("/scim/v2/Users/{}", id.as_str().unwrap());
    let changed = site.send("PATCH", &path, &patch(&json!([operation]))).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    changed.body()
}

#[tokio::test]
async fn a12_members_of_an_object_may_stand_in_any_order() {
    let site = Site::start().await;
    let text = r#"{"emails": [{"primary": true, "type": "work", "value": "a@b.c"}], "userName": "a",
        "name": {"givenName": "A", "familyName": "B"}, "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}"#;
    let made = reply(site.scim("POST", "/scim/v2/Users").body(text)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let other = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "name": {"familyName": "B", "givenName": "A"}, "userName": "a", "emails": [{"value": "a@b.c", "type": "work", "primary": true}]}"#;
    let path = format!("/scim/v2/Users/{}", made.body()["id"].as_str().unwrap());
    let same = reply(site.scim("PUT", &path).body(other)).await;
    assert_eq!(same.header("etag"), made.header("etag"), "nothing has changed");
}

#[tokio::test]
async fn a17_display_of_a_value_is_written_by_the_client() {
    let site = Site::start().await;
    let emails = json!([{ "value": "a@b.c", "type": "work", "display": "Old" }]);
    let made = create(&site, "a", json!({ "emails": emails })).await;
    assert_eq!(made["emails"][0]["display"], "Old");
    let path = "emails[type eq \"work\"].display";
    let changed = change(&site, &made["id"], &json!({ "op": "replace", "path": path, "value": "New" })).await;
    assert_eq!(changed["emails"][0]["display"], "New");
}

#[tokio::test]
async fn a18_references_with_and_without_the_version_name_the_same_resource() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let (newest, named) = (format!("/scim/Users/{id}"), format!("/scim/v2/Users/{id}"));
    assert_eq!(site.get(&newest).await.body(), site.get(&named).await.body());
    let mut body = group("Ops");
    body["members"] = json!([
        { "value": id, "$ref": format!("{PUBLIC_URL}{newest}") },
        { "value": id, "$ref": format!("{PUBLIC_URL}{named}") },
    ]);
    let made = site.send("POST", "/scim/v2/Groups", &body).await.body();
    let expected =
        json!([{ "value": id, "$ref": format!("{PUBLIC_URL}{named}"), "type": "User", "display": "ada" }]);
    assert_eq!(made["members"], expected);
}

#[tokio::test]
async fn a26_values_keep_their_case_and_compare_folded() {
    let site = Site::start().await;
    let made = create(&site, "Ada.Lovelace", json!({ "title": "CTO", "externalId": "EXT" })).await;
    assert_eq!(
        (made["userName"].as_str(), made["title"].as_str(), made["externalId"].as_str()),
        (Some("Ada.Lovelace"), Some("CTO"), Some("EXT"))
    );
    for (filter, total) in [
        ("userName%20eq%20%22ADA.lovelace%22", 1),
        ("title%20eq%20%22cto%22", 1),
        ("externalId%20eq%20%22ext%22", 0),
    ] {
        let found = site.get(&format!("/scim/v2/Users?filter={filter}")).await.body();
        assert_eq!(found["totalResults"], total, "{filter}");
    }
    let other = json!({ "op": "replace", "path": "userName", "value": "ada.LOVELACE" });
    assert_eq!(
        change(&site, &made["id"], &other).await["userName"],
        "ada.LOVELACE",
        "shown as it was sent last"
    );
}

#[tokio::test]
async fn a27_each_mutability_does_what_it_says() {
    let site = Site::start().await;
    // readWrite at any time, writeOnly never shown, readOnly ignored where it is sent along.
    let made =
        create(&site, "a", json!({ "title": "One", "password": "t1meMa$heen", "id": "mine", "groups": [] }))
            .await;
    assert_eq!((made["title"].as_str(), made.get("password")), (Some("One"), None));
    assert_ne!(made["id"], "mine");
    let id = made["id"].as_str().unwrap();
    let path = format!("/scim/v2/Users/{id}");
    let mut body = user("a");
    body["title"] = json!("Two");
    body["meta"] = json!({ "created": "2001-01-01T00:00:00Z" });
    let replaced = site.send("PUT", &path, &body).await.body();
    assert_eq!(
        (replaced["title"].as_str(), &replaced["meta"]["created"]),
        (Some("Two"), &made["meta"]["created"])
    );
    // readOnly by its path, and an immutable part of a member that is there, are refused.
    for target in ["id", "meta.created", "groups"] {
        let operation = patch(&json!([{ "op": "replace", "path": target, "value": "x" }]));
        site.send("PATCH", &path, &operation).await.scim_error(400, Some("mutability"));
    }
    let mut team = group("Ops");
    team["members"] = json!([{ "value": id }]);
    let team = site.send("POST", "/scim/v2/Groups", &team).await.body();
    let edit =
        json!([{ "op": "replace", "path": format!("members[value eq \"{id}\"].type"), "value": "Group" }]);
    let path = format!("/scim/v2/Groups/{}", team["id"].as_str().unwrap());
    site.send("PATCH", &path, &patch(&edit)).await.scim_error(400, Some("mutability"));
}

#[tokio::test]
async fn a29_d1_p5_a_name_that_is_taken_is_409_on_post_put_and_patch() {
    let site = Site::start().await;
    let (users, groups) = ("/scim/v2/Users", "/scim/v2/Groups");
    let (first, second) = (site.user("first").await, site.user("second").await);
    let (red, blue) = (site.group("Red").await, site.group("Blue").await);
    let rename =
        |attribute: &str, name: &str| patch(&json!([{ "op": "replace", "path": attribute, "value": name }]));
    for (method, path, body) in [
        ("POST", users.to_owned(), user("FIRST")),
        ("PUT", format!("{users}/{second}"), user("First")),
        ("PATCH", format!("{users}/{second}"), rename("userName", "FIRST")),
        ("POST", groups.to_owned(), group("RED")),
        ("PUT", format!("{groups}/{blue}"), group("red")),
        ("PATCH", format!("{groups}/{blue}"), rename("displayName", "reD")),
    ] {
        site.send(method, &path, &body).await.scim_error(409, Some("uniqueness"));
    }
    for (path, attribute, name) in [
        (format!("{users}/{first}"), "userName", "first"),
        (format!("{users}/{second}"), "userName", "second"),
        (format!("{groups}/{red}"), "displayName", "Red"),
        (format!("{groups}/{blue}"), "displayName", "Blue"),
    ] {
        assert_eq!(site.get(&path).await.body()[attribute], name);
    }
}

#[tokio::test]
async fn b1_b2_b3_an_id_is_the_servers_unique_and_stays() {
    let site = Site::start().await;
    let mut ids = vec![site.user("a").await, site.user("b").await, site.group("G").await];
    let path = format!("/scim/v2/Users/{}", ids[0]);
    let mut body = user("renamed");
    body["id"] = json!(ids[1]);
    assert_eq!(site.send("PUT", &path, &body).await.body()["id"], ids[0]);
    assert_eq!(site.get(&path).await.body()["userName"], "renamed");
    assert_eq!(reply(site.scim("DELETE", &path)).await.status, 204);
    let mut copy = user("copy");
    copy["id"] = json!(ids[1]);
    let copy = site.send("POST", "/scim/v2/Users", &copy).await;
    assert_eq!(copy.status, 201, "an id in the body selects nobody");
    ids.push(copy.body()["id"].as_str().unwrap().to_owned());
    let post = json!({ "method": "POST", "path": "/Users", "bulkId": "bulkId", "data": user("renamed") });
    let bulk =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [post] });
    let made = site.send("POST", "/scim/v2/Bulk", &bulk).await.body();
    let location = made["Operations"][0]["location"].as_str().unwrap();
    ids.push(location.rsplit('/').next().unwrap().to_owned());
    for id in &ids {
        assert!(!id.is_empty() && !id.to_lowercase().contains("bulkid"), "{id}");
    }
    let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "never given out again, over all types: {ids:?}");
}

#[tokio::test]
async fn b6_b7_b8_b9_j7_meta_says_type_times_location_and_version() {
    let site = Site::start().await;
    for (path, name, other) in [("/scim/v2/Users", "User", "Group"), ("/scim/v2/Groups", "Group", "User")] {
        let mut body = if name == "User" { user("a") } else { group("a") };
        body["meta"] =
            json!({ "resourceType": other, "location": "https://evil.example", "version": "W/\"9\"" });
        let made = site.send("POST", path, &body).await;
        let resource = made.body();
        let meta = &resource["meta"];
        assert_eq!(meta["resourceType"], name, "the endpoint says what it is");
        assert_eq!(meta["created"].as_str().map(str::len), Some("2026-01-01T00:00:00.000Z".len()));
        assert_eq!(meta["created"], meta["lastModified"]);
        let location = format!("{PUBLIC_URL}{path}/{}", resource["id"].as_str().unwrap());
        assert_eq!(meta["location"], location);
        assert_eq!(made.header("location"), Some(location.as_str()));
        assert_eq!(meta["version"].as_str(), made.header("etag"));
        assert!(meta["version"].as_str().unwrap().starts_with("W/\""));
    }
}

#[tokio::test]
async fn c4_c5_a_password_is_accepted_and_cannot_be_asked_about() {
    let site = Site::start().await;
    let made = create(&site, "a", json!({ "password": "t1meMa$heen" })).await;
    let set = json!({ "op": "replace", "path": "password", "value": "0therMa$heen" });
    let changed = change(&site, &made["id"], &set).await;
    for shown in [made, changed] {
        assert!(!shown.to_string().contains("Ma$heen"), "{shown}");
    }
    let asked = site.get("/scim/v2/Users?filter=password%20eq%20%22t1meMa$heen%22").await;
    let detail = asked.scim_error(400, Some("invalidFilter"));
    assert!(!detail.contains("Ma$heen"));
}

#[tokio::test]
async fn c7_c8_c10_values_are_read_loosely_and_come_back_as_sent() {
    let site = Site::start().await;
    let attributes = json!({
        "name": { "formatted": "Ms. A B C, Jr.", "familyName": "C", "givenName": "A", "middleName": "B",
            "honorificPrefix": "Ms.", "honorificSuffix": "Jr." },
        "locale": "en_US",
        "preferredLanguage": "en-US,en;q=0.8",
        "timezone": "Somewhere/Nowhere",
        "profileUrl": "https://example.com/a",
        "addresses": [{ "type": "work", "country": "Belize" }, { "type": "home", "country": "DE" }],
    });
    let made = create(&site, "a", attributes.clone()).await;
    for (name, value) in attributes.as_object().unwrap() {
        assert_eq!(made[name], *value, "{name}");
    }
}

#[tokio::test]
async fn c12_c13_certificates_are_base64_and_photos_are_urls() {
    let site = Site::start().await;
    let attributes = json!({
        "x509Certificates": [{ "value": "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAwTjE=" }],
        "photos": [{ "value": "https://photos.example.com/profilephoto/72930000000Ccne/F", "type": "photo" }],
    });
    let made = create(&site, "a", attributes.clone()).await;
    for (name, value) in attributes.as_object().unwrap() {
        assert_eq!(made[name], *value, "{name}");
    }
    for wrong in [
        json!({ "x509Certificates": [{ "value": "-----BEGIN CERTIFICATE-----" }] }),
        json!({ "photos": [{ "value": "https://photos.example.com/\n" }] }),
    ] {
        let mut body = user("b");
        body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        site.send("POST", "/scim/v2/Users", &body).await.scim_error(400, Some("invalidValue"));
    }
}

#[tokio::test]
async fn j3_m17_what_is_left_out_is_defaulted_and_what_is_empty_is_unassigned() {
    let site = Site::start().await;
    let made = create(&site, "a", json!({ "nickName": null, "emails": [], "phoneNumbers": null })).await;
    assert_eq!(made["active"], true);
    for name in ["nickName", "emails", "phoneNumbers", "title"] {
        assert_eq!(made.get(name), None, "{name}");
    }
    for (filter, total) in [("active%20eq%20true", 1), ("active%20pr", 1), ("active%20eq%20false", 0)] {
        let found = site.get(&format!("/scim/v2/Users?filter={filter}")).await.body();
        assert_eq!(found["totalResults"], total, "{filter}: the default compares as what was returned");
    }
}

#[tokio::test]
async fn b4_an_external_id_is_the_clients_and_need_not_be_unique() {
    let site = Site::start().await;
    for (name, external) in [("a", json!({ "externalId": "Same" })), ("b", json!({ "externalId": "Same" }))] {
        assert_eq!(create(&site, name, external).await["externalId"], "Same");
    }
    assert_eq!(create(&site, "c", json!({})).await.get("externalId"), None, "none is invented");
    let found = site.get("/scim/v2/Users?filter=externalId%20eq%20%22Same%22").await.body();
    assert_eq!(found["totalResults"], 2);
}
