//! Changes and what they leave, and which errors there are: conformance.md H, J, L, P, Q, R, W, X.

use serde_json::{Value, json};

use crate::site::{Reply, Site, group, patch, reply, user};

#[tokio::test]
async fn h6_h12_a_slash_at_the_end_is_accepted_and_a_suffix_is_not() {
    let site = Site::start().await;
    site.user("ada").await;
    for path in
        ["/scim/v2/Users/", "/scim/v2/Users/?filter=userName+eq+%22ada%22", "/scim/v2/Groups/?count=1"]
    {
        assert_eq!(site.get(path).await.status, 200, "{path}");
    }
    assert_eq!(site.send("POST", "/scim/v2/Users/", &user("bob")).await.status, 201);
    for path in ["/scim/v2/Users.scim", "/scim/v2/Users.json", "/scim/v2/ServiceProviderConfig.scim"] {
        site.get(path).await.scim_error(404, None);
    }
}

#[tokio::test]
async fn j5_the_name_of_a_deleted_user_is_free_and_that_of_a_deactivated_one_is_not() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let path = format!("/scim/v2/Users/{id}");
    let off = patch(&json!([{ "op": "replace", "path": "active", "value": false }]));
    assert_eq!(site.send("PATCH", &path, &off).await.status, 200);
    site.send("POST", "/scim/v2/Users", &user("ada")).await.scim_error(409, Some("uniqueness"));
    assert_eq!(reply(site.scim("DELETE", &path)).await.status, 204);
    let again = site.send("POST", "/scim/v2/Users", &user("ada")).await;
    assert_eq!(again.status, 201);
    let again = again.body();
    assert_ne!(again["id"], id);
    assert_eq!(again["active"], true, "nothing is left of the first one");
}

#[tokio::test]
async fn l5_a_filter_on_one_resource_is_ignored_and_the_projection_is_not() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let path = format!("/scim/v2/Users/{id}?filter=userName+eq+%22bob%22&attributes=userName&count=0");
    let shown = site.get(&path).await;
    assert_eq!(shown.status, 200);
    let mut names: Vec<String> = shown.body().as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["id", "schemas", "userName"]);
}

#[tokio::test]
async fn l10_a_page_is_never_larger_than_announced() {
    let site = Site::start().await;
    let make = |number: usize| json!({ "method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": user(&number.to_string()) });
    for numbers in [0..1000, 1000..1001] {
        let operations: Vec<Value> = numbers.map(make).collect();
        let bulk = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations });
        assert_eq!(site.send("POST", "/scim/v2/Bulk", &bulk).await.status, 200);
    }
    let config = site.get("/scim/v2/ServiceProviderConfig").await.body();
    let page = site.get("/scim/v2/Users?count=5000&attributes=id").await.body();
    assert_eq!(page["totalResults"], 1001);
    assert_eq!(page["itemsPerPage"], config["filter"]["maxResults"]);
    assert_eq!(page["Resources"].as_array().unwrap().len(), 1000);
}

#[tokio::test]
async fn p1_p7_put_answers_with_the_whole_resource_and_replaces_the_members() {
    let site = Site::start().await;
    let (ada, bob) = (site.user("ada").await, site.user("bob").await);
    let path = format!("/scim/v2/Groups/{}", site.group("Ops").await);
    for members in [vec![&ada, &bob], vec![&bob], vec![]] {
        let mut body = group("Ops");
        body["members"] = members.iter().map(|id| json!({ "value": id })).collect();
        let replaced = site.send("PUT", &path, &body).await;
        assert_eq!(replaced.status, 200, "{}", replaced.text);
        let shown = site.get(&path).await;
        assert_eq!(replaced.body(), shown.body(), "what PUT answers is what GET shows");
        let mut values: Vec<String> = (shown.body()["members"].as_array().into_iter().flatten())
            .map(|member| member["value"].as_str().unwrap().to_owned())
            .collect();
        values.sort();
        assert_eq!(values, members.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    for (path, body) in [("/scim/v2/Users/none", user("none")), ("/scim/v2/Groups/none", group("none"))] {
        site.send("PUT", path, &body).await.scim_error(404, None);
    }
    assert_eq!(site.get("/scim/v2/Users?filter=userName+eq+%22none%22").await.body()["totalResults"], 0);
}

#[tokio::test]
async fn p6_r4_what_changes_nothing_keeps_version_and_time() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let (user_path, group_path) =
        (format!("/scim/v2/Users/{id}"), format!("/scim/v2/Groups/{}", site.group("Ops").await));
    let mut ada = user("ada");
    ada["title"] = json!("Countess");
    ada["emails"] = json!([{ "value": "ada@example.com", "type": "work" }]);
    site.send("PUT", &user_path, &ada).await;
    let mut ops = group("Ops");
    ops["members"] = json!([{ "value": id }]);
    site.send("PUT", &group_path, &ops).await;
    let add = |path: &str, value: Value| patch(&json!([{ "op": "add", "path": path, "value": value }]));
    for (path, method, body) in [
        (&user_path, "PUT", ada.clone()),
        (&user_path, "PATCH", add("title", json!("Countess"))),
        (&user_path, "PATCH", add("emails", ada["emails"].clone())),
        (&group_path, "PUT", ops.clone()),
        (&group_path, "PATCH", add("members", json!([{ "value": id }]))),
    ] {
        let before = site.get(path).await;
        let answer = site.send(method, path, &body).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        let after = site.get(path).await;
        assert_eq!(after.header("etag"), before.header("etag"), "{method} {body}");
        assert_eq!(after.body(), before.body());
    }
}

#[tokio::test]
async fn q14_patch_of_an_unknown_id_is_404_and_creates_nothing() {
    let site = Site::start().await;
    for kind in ["Users", "Groups"] {
        for id in ["unknown", "01890000-0000-7000-8000-000000000000"] {
            let change = patch(&json!([{ "op": "add", "path": "externalId", "value": "x" }]));
            site.send("PATCH", &format!("/scim/v2/{kind}/{id}"), &change).await.scim_error(404, None);
        }
        assert_eq!(site.get(&format!("/scim/v2/{kind}")).await.body()["totalResults"], 0);
    }
}

#[tokio::test]
async fn w5_without_a_condition_the_last_write_wins() {
    let site = Site::start().await;
    let path = format!("/scim/v2/Users/{}", site.user("ada").await);
    for title in ["One", "Two"] {
        let mut body = user("ada");
        body["title"] = json!(title);
        assert_eq!(site.send("PUT", &path, &body).await.status, 200, "never 428");
    }
    assert_eq!(site.get(&path).await.body()["title"], "Two");
    assert_eq!(reply(site.scim("DELETE", &path)).await.status, 204);
}

#[tokio::test]
async fn w6_a_visible_change_changes_the_version_and_derived_groups_do_not() {
    let site = Site::start().await;
    let ada = site.user("ada").await;
    let (user_path, group_path) =
        (format!("/scim/v2/Users/{ada}"), format!("/scim/v2/Groups/{}", site.group("Ops").await));
    let version = async |path: &str| site.get(path).await.header("etag").unwrap().to_owned();
    let (ada_before, mut ops_before) = (version(&user_path).await, version(&group_path).await);
    for operation in [
        json!({ "op": "add", "path": "members", "value": [{ "value": ada }] }),
        json!({ "op": "replace", "path": "displayName", "value": "Operations" }),
        json!({ "op": "remove", "path": format!("members[value eq \"{ada}\"]") }),
    ] {
        site.send("PATCH", &group_path, &patch(&json!([operation]))).await;
        let now = version(&group_path).await;
        assert_ne!(now, ops_before, "{operation}");
        ops_before = now;
        assert_eq!(version(&user_path).await, ada_before, "her groups are derived");
    }
    let retitle = patch(&json!([{ "op": "add", "path": "title", "value": "Countess" }]));
    site.send("PATCH", &user_path, &retitle).await;
    assert_ne!(version(&user_path).await, ada_before);
}

#[tokio::test]
async fn x2_each_keyword_stands_where_it_belongs() {
    let site = Site::start().await;
    let path = format!("/scim/v2/Users/{}", site.user("ada").await);
    site.user("bob").await;
    let send =
        async |method: &str, path: &str, body: Value| -> Reply { site.send(method, path, &body).await };
    let operation = |operation: Value| patch(&json!([operation]));
    let replace =
        |path: &str, value: Value| operation(json!({ "op": "replace", "path": path, "value": value }));
    let search = |filter: &str| json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter });
    for (answer, status, keyword) in [
        (site.get("/scim/v2/Users?filter=userName").await, 400, "invalidFilter"),
        (send("POST", "/scim/v2/Users/.search", search("userName")).await, 400, "invalidFilter"),
        (send("PATCH", &path, replace("emails[type eq]", json!("x"))).await, 400, "invalidFilter"),
        (send("POST", "/scim/v2/Users", user("BOB")).await, 409, "uniqueness"),
        (send("PUT", &path, user("bob")).await, 409, "uniqueness"),
        (send("PATCH", &path, replace("userName", json!("bob"))).await, 409, "uniqueness"),
        (send("PATCH", &path, replace("id", json!("x"))).await, 400, "mutability"),
        (
            send("PATCH", &path, operation(json!({ "op": "remove", "path": "userName" }))).await,
            400,
            "mutability",
        ),
        (send("POST", "/scim/v2/Users", json!([])).await, 400, "invalidSyntax"),
        (send("POST", "/scim/v2/.search", json!({ "attributes": "id" })).await, 400, "invalidSyntax"),
        (send("POST", "/scim/v2/Bulk", json!({})).await, 400, "invalidSyntax"),
        (send("PATCH", &path, json!({})).await, 400, "invalidSyntax"),
        (send("PATCH", &path, replace("emails..value", json!("x"))).await, 400, "invalidPath"),
        (send("PATCH", &path, operation(json!({ "op": "remove" }))).await, 400, "noTarget"),
        (send("PATCH", &path, replace("unknown", json!("x"))).await, 400, "noTarget"),
        (site.get("/scim/v2/Users?count=x").await, 400, "invalidValue"),
        (
            send("POST", "/scim/v2/Users", json!({ "schemas": user("")["schemas"] })).await,
            400,
            "invalidValue",
        ),
        (send("PUT", &path, json!({ "schemas": user("")["schemas"] })).await, 400, "invalidValue"),
        (send("PATCH", &path, replace("active", json!("perhaps"))).await, 400, "invalidValue"),
        (site.get("/scim/v1/Users").await, 400, "invalidVers"),
    ] {
        answer.scim_error(status, Some(keyword));
    }
    for (answer, status) in [
        (site.get("/scim/v2/Users/none").await, 404),
        (reply(site.bare("GET", "/scim/v2/Users")).await, 401),
        (reply(site.scim("DELETE", &path).header("if-match", "\"9\"")).await, 412),
    ] {
        answer.scim_error(status, None);
    }
}

#[tokio::test]
async fn x4_nothing_found_is_200_for_a_list_and_404_for_a_resource() {
    let site = Site::start().await;
    for list in ["/scim/v2/Users", "/scim/v2/Groups", "/scim/v2"] {
        let empty = site.get(&format!("{list}?filter=id+eq+%22none%22")).await;
        assert_eq!(empty.status, 200);
        assert_eq!((&empty.body()["totalResults"], &empty.body()["Resources"]), (&json!(0), &json!([])));
    }
    for path in ["/scim/v2/Users/none", "/scim/v2/Groups/none"] {
        site.get(path).await.scim_error(404, None);
    }
}
