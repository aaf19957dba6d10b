//! Users and groups over HTTP: conformance.md J, K, L, Q4, U, W.

use serde_json::json;

use enroll_scim::Quirk;
use enroll_service::DirectorySettings;

use crate::site::{PUBLIC_URL, Site, group, patch, reply, user};

#[tokio::test]
async fn j1_h11_create_is_201_with_location_and_etag_as_in_meta() {
    let site = Site::start().await;
    for (path, body) in
        [("/scim/v2/Users", user("bjensen")), ("/scim/v2/Groups/", group("Ops")), ("/scim/Users/", user("x"))]
    {
        let made = site.send("POST", path, &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let resource = made.body();
        assert_eq!(resource["meta"]["location"], json!(made.header("location")));
        assert_eq!(resource["meta"]["version"], json!(made.header("etag")));
        assert!(made.header("location").unwrap().starts_with(&format!("{PUBLIC_URL}/scim/v2/")));
        assert_eq!(made.header("content-type"), Some("application/scim+json"));
    }
}

#[tokio::test]
async fn j4_j6_duplicates_are_409_and_missing_names_400() {
    let site = Site::start().await;
    site.user("bjensen").await;
    site.send("POST", "/scim/v2/Users", &user("BJensen")).await.scim_error(409, Some("uniqueness"));
    site.send("POST", "/scim/v2/Users", &json!({ "schemas": user("")["schemas"] }))
        .await
        .scim_error(400, Some("invalidValue"));
}

#[tokio::test]
async fn k1_w1_read_gives_location_and_etag_and_unknown_ids_are_404() {
    let site = Site::start().await;
    let id = site.user("bjensen").await;
    for path in [
        format!("/scim/v2/Users/{id}"),
        format!("/scim/v2/Users/{id}/"),
        format!("/scim/Users/{id}?filter=x"),
    ] {
        let found = site.get(&path).await;
        assert_eq!(found.status, 200, "{path}");
        let resource = found.body();
        assert_eq!(resource["userName"], "bjensen");
        assert_eq!(resource["meta"]["version"], json!(found.header("etag")));
        assert_eq!(resource["meta"]["location"], json!(found.header("location")));
    }
    for path in [
        format!("/scim/v2/Groups/{id}"),
        format!("/scim/v2/Users/{}", id.to_uppercase()),
        "/scim/v2/Users/1".to_owned(),
    ] {
        site.get(&path).await.scim_error(404, None);
    }
}

#[tokio::test]
async fn h13_head_is_get_without_its_body() {
    let site = Site::start().await;
    let id = site.user("bjensen").await;
    let path = format!("/scim/v2/Users/{id}");
    let (get, head) = (site.get(&path).await, reply(site.scim("HEAD", &path)).await);
    assert_eq!((head.status, head.text.as_str()), (get.status, ""));
    for name in ["etag", "location", "content-type", "content-length"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    assert_eq!(reply(site.scim("HEAD", "/scim/v2/Users")).await.status, 200);
    assert_eq!(reply(site.scim("HEAD", "/scim/v2/Users/1")).await.status, 404);
}

#[tokio::test]
async fn k2_projection_is_read_on_every_operation_that_returns_a_resource() {
    let site = Site::start().await;
    let id = site.user("first").await;
    let path = format!("/scim/v2/Users/{id}?attributes=userName");
    let change = patch(&json!([{ "op": "replace", "path": "displayName", "value": "B" }]));
    let mut body = user("second");
    body["displayName"] = json!("C");
    let answers = [
        site.get(&path).await.body(),
        site.send("PUT", &path, &user("first")).await.body(),
        site.send("PATCH", &path, &change).await.body(),
        site.send("POST", "/scim/v2/Users?attributes=userName", &body).await.body(),
        site.get("/scim/v2/Users?excludedAttributes=meta,displayName").await.body()["Resources"][0].clone(),
    ];
    for answer in answers {
        let mut names: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
        names.retain(|name| name != "active");
        names.sort();
        assert_eq!(names, ["id", "schemas", "userName"]);
    }
    site.get("/scim/v2/Users?attributes=id&excludedAttributes=meta")
        .await
        .scim_error(400, Some("invalidValue"));
}

#[tokio::test]
async fn l1_l2_l6_lists_carry_integers_and_an_empty_list_is_200() {
    let site = Site::start().await;
    for name in ["a", "b", "c"] {
        site.user(name).await;
    }
    for (query, total, items) in [
        ("", 3, 3),
        ("?count=2", 3, 2),
        ("?startIndex=3&count=2", 3, 1),
        ("?startIndex=-5", 3, 3),
        ("?count=0", 3, 0),
        ("?count=-1", 3, 0),
        ("?startIndex=99999999999999999999", 3, 0),
        ("?count=18446744073709551615", 3, 3),
        ("?filter=userName+eq+%22b%22", 1, 1),
        ("?filter=userName%20eq%20%22none%22", 0, 0),
        ("/?filter=userName+Eq+%22a%22", 1, 1),
    ] {
        let page = site.get(&format!("/scim/v2/Users{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text);
        let body = page.body();
        assert_eq!(body["totalResults"], total, "{query}");
        assert_eq!(body["itemsPerPage"], items, "{query}");
        assert_eq!(body["Resources"].as_array().map_or(0, Vec::len), items, "{query}");
        assert!(body["startIndex"].is_u64(), "O-2");
    }
}

#[tokio::test]
async fn h9_a_plus_in_a_user_name_is_found_when_it_is_encoded() {
    let site = Site::start().await;
    site.user("a+b@example.com").await;
    let found = |query: &'static str| async { site.get(query).await.body()["totalResults"].clone() };
    assert_eq!(found("/scim/v2/Users?filter=userName+eq+%22a%2Bb@example.com%22").await, 1);
    assert_eq!(
        found("/scim/v2/Users?filter=userName+eq+%22a+b@example.com%22").await,
        0,
        "a plus is a space"
    );
}

#[tokio::test]
async fn q4_users_are_answered_200_and_groups_204_unless_asked() {
    let site = Site::start().await;
    let (user, group) = (site.user("bjensen").await, site.group("Ops").await);
    let (user, group) = (format!("/scim/v2/Users/{user}"), format!("/scim/v2/Groups/{group}"));
    let change = |name: &str| patch(&json!([{ "op": "replace", "path": "displayName", "value": name }]));
    let send = async |path: &str, name: &str, prefer: Option<&str>| {
        let request = site.scim("PATCH", path).json(&change(name));
        reply(match prefer {
            Some(prefer) => request.header("prefer", prefer),
            None => request,
        })
        .await
    };

    let plain = send(&user, "One", None).await;
    assert_eq!((plain.status.as_u16(), plain.body()["displayName"].as_str()), (200, Some("One")));
    let minimal = send(&user, "Two", Some("return=minimal")).await;
    assert_eq!((minimal.status.as_u16(), minimal.text.as_str()), (204, ""));
    assert_eq!(minimal.header("preference-applied"), Some("return=minimal"));

    let plain = send(&group, "Three", None).await;
    assert_eq!((plain.status.as_u16(), plain.text.as_str()), (204, ""));
    assert!(plain.header("etag").is_some() && plain.header("content-type").is_none());
    let whole = send(&group, "Four", Some("return=representation")).await;
    assert_eq!((whole.status.as_u16(), whole.body()["displayName"].as_str()), (200, Some("Four")));
    assert_eq!(whole.header("preference-applied"), Some("return=representation"));
    for projection in ["attributes=displayName", "excludedAttributes=members"] {
        let answer = send(&format!("{group}?{projection}"), projection, Some("return=minimal")).await;
        assert_eq!((answer.status.as_u16(), answer.body()["displayName"].as_str()), (200, Some(projection)));
        assert_eq!(answer.header("preference-applied"), None);
    }
}

#[tokio::test]
async fn u1_u2_delete_is_204_and_then_everything_is_404() {
    let site = Site::start().await;
    for (path, name) in [("/scim/v2/Users", site.user("a").await), ("/scim/v2/Groups", site.group("A").await)]
    {
        let path = format!("{path}/{name}");
        let gone = reply(site.scim("DELETE", &path)).await;
        assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
        assert_eq!(gone.header("content-type"), None);
        let list = site.get(path.rsplit_once('/').unwrap().0).await.body();
        assert_eq!(list["totalResults"], 0);
        for method in ["DELETE", "GET"] {
            reply(site.scim(method, &path)).await.scim_error(404, None);
        }
        site.send("PATCH", &path, &patch(&json!([{ "op": "remove", "path": "externalId" }])))
            .await
            .scim_error(404, None);
        site.send("PUT", &path, &if path.contains("Users") { user("a") } else { group("A") })
            .await
            .scim_error(404, None);
    }
}

#[tokio::test]
async fn w2_a_version_that_the_client_has_is_304_without_a_body() {
    let site = Site::start().await;
    let path = format!("/scim/v2/Users/{}", site.user("bjensen").await);
    let etag = site.get(&path).await.header("etag").unwrap().to_owned();
    for condition in
        [etag.clone(), format!("\"x\", {etag}"), "*".to_owned(), etag.trim_start_matches("W/").to_owned()]
    {
        let answer = reply(site.scim("GET", &path).header("if-none-match", &condition)).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (304, ""), "{condition}");
        assert_eq!(answer.header("etag"), Some(etag.as_str()));
    }
    for condition in ["W/\"999\"", "nonsense"] {
        assert_eq!(reply(site.scim("GET", &path).header("if-none-match", condition)).await.status, 200);
    }
}

#[tokio::test]
async fn w3_w4_a_change_of_another_version_is_412_and_changes_nothing() {
    let site = Site::start().await;
    let path = format!("/scim/v2/Users/{}", site.user("bjensen").await);
    let change = patch(&json!([{ "op": "replace", "path": "displayName", "value": "New" }]));
    let mut whole = user("bjensen");
    whole["displayName"] = json!("New");
    for (condition, status) in
        [("W/\"999\"", 412), ("\"888\", W/\"999\"", 412), ("nonsense", 400), ("W/3", 400)]
    {
        for (method, body) in [("PATCH", &change), ("PUT", &whole), ("DELETE", &json!({}))] {
            let answer = reply(site.scim(method, &path).header("if-match", condition).json(body)).await;
            answer.scim_error(status, (status == 400).then_some("invalidValue"));
        }
    }
    let before = site.get(&path).await;
    assert_eq!(before.body().get("displayName"), None);
    let etag = format!("\"0\", {}", before.header("etag").unwrap());
    let changed = reply(site.scim("PATCH", &path).header("if-match", etag).json(&change)).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), before.header("etag"));
    assert_eq!(reply(site.scim("DELETE", &path).header("if-match", "*")).await.status, 204);
}

#[tokio::test]
async fn e2_4_only_an_explicit_true_brings_a_deactivated_user_back() {
    let site = Site::start().await;
    let path = format!("/scim/v2/Users/{}", site.user("bjensen").await);
    let change = async |operation: serde_json::Value| {
        let answer = site.send("PATCH", &path, &patch(&json!([operation]))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body()["active"].clone()
    };
    assert_eq!(change(json!({"op": "replace", "path": "active", "value": false})).await, false);
    for operation in [
        json!({"op": "remove", "path": "active"}),
        json!({"op": "replace", "path": "active", "value": null}),
        json!({"op": "replace", "path": "active", "value": ""}),
        json!({"op": "replace", "value": {"active": null}}),
        json!({"op": "add", "value": {"active": ""}}),
    ] {
        assert_eq!(change(operation.clone()).await, false, "{operation}");
        let active = site.get("/scim/v2/Users?filter=active%20eq%20true").await.body();
        assert_eq!(active["totalResults"], 0, "{operation}");
    }
    assert_eq!(change(json!({"op": "replace", "path": "active", "value": true})).await, true);
}

#[tokio::test]
async fn each_quirk_has_a_switch_in_each_directory() {
    let site = Site::start().await;
    let set = async |strict: Option<bool>, quirks: Vec<(Quirk, Option<bool>)>| {
        let settings = DirectorySettings { strict, quirks, ..DirectorySettings::default() };
        site.service.set_directory("default", &settings).await.unwrap()
    };
    let number = std::cell::Cell::new(0);
    let create = async || {
        number.set(number.get() + 1);
        let mut body = user(&format!("user-{}", number.get()));
        body["active"] = json!("False");
        site.send("POST", "/scim/v2/Users", &body).await
    };
    assert_eq!(create().await.body()["active"], false);
    let info = set(None, vec![(Quirk::StringBooleans, Some(false))]).await;
    assert_eq!(info.quirks.into_iter().collect::<Vec<_>>(), [("string-booleans", false)]);
    create().await.scim_error(400, Some("invalidValue"));
    set(Some(true), vec![(Quirk::StringBooleans, Some(true))]).await;
    assert_eq!(create().await.body()["active"], false, "also in strict");
    set(None, vec![(Quirk::StringBooleans, None)]).await;
    create().await.scim_error(400, Some("invalidValue"));
    let info = set(Some(false), Vec::new()).await;
    assert!(info.quirks.is_empty());
    assert_eq!(create().await.status, 201);
}
