//! What can be done with the schemas and resource types that a directory has defined (RFC 7643 §6, §7).

use enroll_scim::UnknownExtensions;
use enroll_service::DirectorySettings;
use serde_json::{Value, json};

use crate::site::{Reply, Site, patch, reply, user};

pub(crate) const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";
pub(crate) const ROLE: &str = "urn:example:params:scim:schemas:2.0:Role";

/// An extension of users, a resource type, and its own extension.
pub(crate) fn definitions() -> Value {
    json!({
        "schemas": [
            {
                "id": BADGE,
                "name": "Badge",
                "attributes": [
                    {"name": "number", "type": "string", "uniqueness": "server"},
                    {"name": "level", "type": "integer"},
                    {"name": "doors", "type": "complex", "multiValued": true, "subAttributes": [
                        {"name": "value", "type": "string"},
                        {"name": "open", "type": "boolean"},
                    ]},
                    {"name": "pin", "type": "string", "mutability": "writeOnly", "returned": "never"},
                ],
            },
            {
                "id": ROLE,
                "name": "Role",
                "attributes": [
                    {"name": "displayName", "type": "string", "required": true, "uniqueness": "server"},
                    {"name": "privileged", "type": "boolean"},
                    {"name": "code", "type": "string", "caseExact": true, "mutability": "immutable"},
                ],
            },
        ],
        "resourceTypes": [
            {"name": "User", "schemaExtensions": [{"schema": BADGE, "required": false}]},
            {"name": "Role", "endpoint": "/Roles", "description": "What people may do", "schema": ROLE},
        ],
    })
}

pub(crate) async fn site() -> Site {
    let site = Site::start().await;
    site.service.register_schemas("default", &definitions().to_string()).await.unwrap();
    site
}

pub(crate) fn badge(name: &str, badge: &Value) -> Value {
    let mut body = user(name);
    body["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User", BADGE]);
    body[BADGE] = badge.clone();
    body
}

pub(crate) fn role(name: &str) -> Value {
    json!({"schemas": [ROLE], "displayName": name})
}

pub(crate) fn names(page: &Reply) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.text);
    let body = page.body();
    let resources = body["Resources"].as_array().unwrap();
    let name = |resource: &Value| {
        let name = resource.get("userName").or_else(|| resource.get("displayName"));
        name.and_then(Value::as_str).unwrap().to_owned()
    };
    resources.iter().map(name).collect()
}

#[tokio::test]
async fn g1_g7_discovery_shows_a_directory_its_own_schemas_and_anybody_the_rfcs() {
    let site = site().await;
    let schemas = site.get("/scim/v2/Schemas").await.body();
    let ids: Vec<&str> = schemas["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|schema| schema["id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&BADGE) && ids.contains(&ROLE), "{ids:?}");
    let one = site.get(&format!("/scim/v2/Schemas/{ROLE}")).await;
    assert_eq!(one.body()["attributes"][0]["uniqueness"], "server");
    let types = site.get("/scim/v2/ResourceTypes").await.body();
    assert_eq!(types["totalResults"], 3);
    let user = site.get("/scim/v2/ResourceTypes/User").await.body();
    let extensions = user["schemaExtensions"].as_array().unwrap();
    assert!(extensions.contains(&json!({"schema": BADGE, "required": false})), "{extensions:?}");
    let role = site.get("/scim/v2/ResourceTypes/Role").await.body();
    assert_eq!((&role["endpoint"], &role["schema"]), (&json!("/Roles"), &json!(ROLE)));

    let anybody = reply(site.bare("GET", "/scim/v2/Schemas")).await;
    assert!(!anybody.text.contains(BADGE));
    reply(site.bare("GET", &format!("/scim/v2/Schemas/{ROLE}"))).await.scim_error(404, None);
    let wrong = reply(site.bare("GET", "/scim/v2/Schemas").bearer_auth("nonsense")).await;
    wrong.scim_error(401, None);
}

#[tokio::test]
async fn values_of_a_custom_extension_are_checked_stored_filtered_sorted_projected_and_patched() {
    let site = site().await;
    for (name, level) in [("ada", 3), ("bob", 1), ("cid", 2)] {
        let body = badge(
            name,
            &json!({"number": format!("N-{name}"), "LEVEL": level, "pin": "1234",
            "doors": [{"value": "lab", "open": level > 1}]}),
        );
        let made = site.send("POST", "/scim/v2/Users", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.body();
        assert_eq!(
            made[BADGE],
            json!({"number": format!("N-{name}"), "level": level,
            "doors": [{"value": "lab", "open": level > 1}]})
        );
        assert!(made["schemas"].as_array().unwrap().contains(&json!(BADGE)));
    }
    let wrong = site.send("POST", "/scim/v2/Users", &badge("dee", &json!({"level": "high"}))).await;
    assert!(wrong.scim_error(400, Some("invalidValue")).contains("level"));

    for (filter, expected) in [
        (format!("{BADGE}:level gt 1"), vec!["ada", "cid"]),
        (format!("{BADGE}:number eq \"n-BOB\""), vec!["bob"]),
        (format!("{BADGE}:doors[value eq \"lab\" and open eq true]"), vec!["ada", "cid"]),
        (format!("not ({BADGE}:level ge 2) and userName pr"), vec!["bob"]),
    ] {
        let filter = filter.replace(' ', "%20").replace('"', "%22");
        let page = site.get(&format!("/scim/v2/Users?filter={filter}")).await;
        assert_eq!(names(&page), expected, "{filter}");
    }
    let sorted = site.get(&format!("/scim/v2/Users?sortBy={BADGE}:level")).await;
    assert_eq!(names(&sorted), ["bob", "cid", "ada"]);
    let projected = site.get(&format!("/scim/v2/Users?attributes={BADGE}:number&count=1")).await.body();
    assert_eq!(projected["Resources"][0][BADGE], json!({"number": "N-ada"}));

    let id =
        site.get("/scim/v2/Users?count=1").await.body()["Resources"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/scim/v2/Users/{id}");
    let changed = site
        .send(
            "PATCH",
            &path,
            &patch(&json!([
                {"op": "replace", "path": format!("{BADGE}:level"), "value": 9},
                {"op": "remove", "path": format!("{BADGE}:doors[value eq \"lab\"]")},
            ])),
        )
        .await;
    assert_eq!(changed.body()[BADGE], json!({"number": "N-ada", "level": 9}));
    let gone = site.send("PATCH", &path, &patch(&json!([{"op": "remove", "path": BADGE}]))).await.body();
    assert_eq!(gone.get(BADGE), None);
    assert!(!gone["schemas"].as_array().unwrap().contains(&json!(BADGE)));
}

#[tokio::test]
async fn uniqueness_of_a_custom_attribute_is_409_and_free_again_after_a_change_or_a_deletion() {
    let site = site().await;
    let first = site.send("POST", "/scim/v2/Users", &badge("ada", &json!({"number": "7"}))).await.body();
    let second = site.send("POST", "/scim/v2/Users", &badge("bob", &json!({"number": "8"}))).await.body();
    let again = site.send("POST", "/scim/v2/Users", &badge("cid", &json!({"number": "7"}))).await;
    assert!(again.scim_error(409, Some("uniqueness")).contains("number"));
    assert_eq!(names(&site.get("/scim/v2/Users").await), ["ada", "bob"], "nothing is left of it");
    let (first, second) = (
        format!("/scim/v2/Users/{}", first["id"].as_str().unwrap()),
        format!("/scim/v2/Users/{}", second["id"].as_str().unwrap()),
    );
    let take = patch(&json!([{"op": "replace", "path": format!("{BADGE}:number"), "value": "7"}]));
    site.send("PATCH", &second, &take).await.scim_error(409, Some("uniqueness"));
    site.send("PUT", &second, &badge("bob", &json!({"number": "7"})))
        .await
        .scim_error(409, Some("uniqueness"));
    let own = site.send("PUT", &first, &badge("ada", &json!({"number": "7", "level": 1}))).await;
    assert_eq!(own.status, 200, "its own value is no other's: {}", own.text);
    assert_eq!(site.send("PUT", &first, &badge("ada", &json!({"number": "9"}))).await.status, 200);
    assert_eq!(site.send("PATCH", &second, &take).await.status, 200);
    assert_eq!(reply(site.scim("DELETE", &second)).await.status, 204);
    assert_eq!(site.send("POST", "/scim/v2/Users", &badge("dee", &json!({"number": "7"}))).await.status, 201);
}

#[tokio::test]
async fn a_custom_resource_type_has_the_whole_protocol() {
    let site = site().await;
    let made = site.send("POST", "/scim/v2/Roles", &json!({
        "schemas": [ROLE], "displayName": "Auditor", "privileged": true, "code": "A1", "externalId": "x-1",
    })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let body = made.body();
    let id = body["id"].as_str().unwrap();
    let location = format!("https://enroll.example.com/scim/v2/Roles/{id}");
    assert_eq!(made.header("location"), Some(location.as_str()));
    assert_eq!(
        (&body["meta"]["resourceType"], &body["meta"]["location"]),
        (&json!("Role"), &json!(location))
    );
    assert_eq!(body["schemas"], json!([ROLE]));
    let path = format!("/scim/v2/Roles/{id}");
    assert_eq!(site.get(&path).await.body(), body);
    site.send("POST", "/scim/v2/Roles", &role("AUDITOR")).await.scim_error(409, Some("uniqueness"));
    site.send("POST", "/scim/v2/Roles", &json!({"schemas": [ROLE]}))
        .await
        .scim_error(400, Some("invalidValue"));
    for name in ["Builder", "Cook"] {
        assert_eq!(site.send("POST", "/scim/v2/Roles", &role(name)).await.status, 201);
    }

    assert_eq!(names(&site.get("/scim/v2/Roles").await), ["Auditor", "Builder", "Cook"]);
    assert_eq!(names(&site.get("/scim/v2/Roles?filter=externalId%20eq%20%22x-1%22").await), ["Auditor"]);
    assert_eq!(names(&site.get("/scim/v2/Roles?filter=displayName%20sw%20%22b%22").await), ["Builder"]);
    assert_eq!(
        names(&site.get("/scim/v2/Roles?sortBy=displayName&sortOrder=descending&count=2").await),
        ["Cook", "Builder"]
    );
    let first = site.get("/scim/v2/Roles?cursor&count=2").await.body();
    let next = first["nextCursor"].as_str().unwrap();
    assert_eq!(names(&site.get(&format!("/scim/v2/Roles?count=2&cursor={next}")).await), ["Cook"]);
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "privileged eq true"});
    assert_eq!(names(&site.send("POST", "/scim/v2/Roles/.search", &search).await), ["Auditor"]);
    site.get("/scim/v2/Roles?filter=userName%20pr").await.scim_error(400, Some("invalidFilter"));

    let changed = site
        .send("PATCH", &path, &patch(&json!([{"op": "replace", "path": "privileged", "value": false}])))
        .await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.body()["privileged"], false);
    site.send("PATCH", &path, &patch(&json!([{"op": "replace", "path": "code", "value": "B2"}])))
        .await
        .scim_error(400, Some("mutability"));
    let stale = reply(site.scim("PUT", &path).header("if-match", "W/\"1\"").json(&role("Inspector"))).await;
    stale.scim_error(412, None);
    let replaced =
        site.send("PUT", &path, &json!({"schemas": [ROLE], "displayName": "Inspector", "code": "A1"})).await;
    assert_eq!(replaced.body()["displayName"], "Inspector", "{}", replaced.text);
    assert_eq!(replaced.body().get("privileged"), None);
    let same = site.get(&path).await;
    let tag = same.header("etag").unwrap().to_owned();
    assert_eq!(reply(site.scim("GET", &path).header("if-none-match", tag)).await.status, 304);
    assert_eq!(reply(site.scim("DELETE", &path)).await.status, 204);
    site.get(&path).await.scim_error(404, None);
    assert_eq!(
        site.send("POST", "/scim/v2/Roles", &role("Inspector")).await.status,
        201,
        "its name is free again"
    );
}

#[tokio::test]
async fn k9_v3_root_queries_and_bulk_know_custom_resource_types() {
    let site = site().await;
    site.user("ada").await;
    site.group("Ops").await;
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Roles", "bulkId": "r", "data": role("Auditor")},
            {"method": "PATCH", "path": "/Roles/bulkId:r", "data": patch(&json!([{"op": "add", "path": "privileged", "value": true}]))},
            {"method": "POST", "path": "/Rolls", "bulkId": "x", "data": role("Baker")},
        ],
    });
    let done = site.send("POST", "/scim/v2/Bulk", &bulk).await.body();
    let statuses: Vec<&str> =
        done["Operations"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["201", "200", "400"], "{done}");
    assert!(done["Operations"][0]["location"].as_str().unwrap().contains("/scim/v2/Roles/"));
    assert_eq!(names(&site.get("/scim/v2").await), ["ada", "Ops", "Auditor"]);
    assert_eq!(names(&site.get("/scim/v2?sortBy=displayName").await), ["Auditor", "Ops", "ada"]);
    assert_eq!(names(&site.get("/scim/v2?filter=privileged%20eq%20true").await), ["Auditor"]);
    let mut walked = Vec::new();
    let mut cursor = String::new();
    for _ in 0..3 {
        let page = site.get(&format!("/scim/v2?count=1&cursor={cursor}")).await;
        walked.extend(names(&page));
        cursor = page.body()["nextCursor"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!(
        (walked, cursor),
        (vec!["ada".to_owned(), "Ops".to_owned(), "Auditor".to_owned()], String::new())
    );
}

#[tokio::test]
async fn threat_s5_another_directory_knows_nothing_of_it() {
    let site = site().await;
    site.service.create_directory("partners", &DirectorySettings::default()).await.unwrap();
    let foreign = site.service.create_scim_token("partners", "entra", None).await.unwrap();
    let as_partner = |method: &str, path: &str| site.bare(method, path).bearer_auth(foreign.reveal());
    let made = site.send("POST", "/scim/v2/Roles", &role("Auditor")).await.body();
    let detail = reply(as_partner("GET", "/scim/v2/Roles")).await.scim_error(404, None);
    assert!(detail.contains("/scim/v2/Users and /scim/v2/Groups"), "{detail}");
    site.service.register_schemas("partners", &definitions().to_string()).await.unwrap();
    assert_eq!(names(&reply(as_partner("GET", "/scim/v2/Roles")).await), Vec::<String>::new());
    let path = format!("/scim/v2/Roles/{}", made["id"].as_str().unwrap());
    for method in ["GET", "DELETE"] {
        reply(as_partner(method, &path)).await.scim_error(404, None);
    }
    reply(as_partner("PUT", &path).json(&role("Mine"))).await.scim_error(404, None);
    let same = reply(as_partner("POST", "/scim/v2/Roles").json(&role("Auditor"))).await;
    assert_eq!(same.status, 201, "unique within a directory: {}", same.text);
}

#[tokio::test]
async fn h2_a_first_segment_that_is_a_version_is_no_resource_type() {
    let site = site().await;
    site.get("/scim/v1/Users").await.scim_error(400, Some("invalidVers"));
    site.get("/scim/v1").await.scim_error(400, Some("invalidVers"));
    site.get("/scim/v2/roles").await.scim_error(404, None);
    assert_eq!(site.get("/scim/Roles").await.status, 200);
}

#[tokio::test]
async fn a24_unknown_extensions_follow_the_directorys_rule() {
    let site = Site::start().await;
    let rule = async |rule| {
        let settings = DirectorySettings { unknown_extensions: Some(rule), ..DirectorySettings::default() };
        site.service.set_directory("default", &settings).await.unwrap();
    };
    let body = |name: &str| badge(name, &json!({"number": "7", "more": {"deep": [1, null]}}));

    let ignored = site.send("POST", "/scim/v2/Users", &body("ada")).await;
    assert_eq!(ignored.status, 201, "{}", ignored.text);
    assert_eq!(ignored.body().get(BADGE), None);

    rule(UnknownExtensions::Keep).await;
    let kept = site.send("POST", "/scim/v2/Users", &body("bob")).await.body();
    assert_eq!(kept[BADGE], json!({"number": "7", "more": {"deep": [1, null]}}));
    assert!(kept["schemas"].as_array().unwrap().contains(&json!(BADGE)));
    let path = format!("/scim/v2/Users/{}", kept["id"].as_str().unwrap());
    assert_eq!(site.get(&path).await.body(), kept);
    let titled =
        site.send("PATCH", &path, &patch(&json!([{"op": "add", "path": "title", "value": "Dr"}]))).await;
    assert_eq!(titled.body()[BADGE], kept[BADGE], "a change elsewhere leaves it alone");
    let narrow = site.get(&format!("{path}?attributes=userName")).await.body();
    assert_eq!(
        (narrow.get(BADGE), &narrow["schemas"]),
        (None, &json!(["urn:ietf:params:scim:schemas:core:2.0:User"]))
    );
    let without = site.get(&format!("{path}?excludedAttributes=title")).await.body();
    assert_eq!(without[BADGE], kept[BADGE]);
    assert_eq!(site.send("PUT", &path, &user("bob")).await.body().get(BADGE), None);

    rule(UnknownExtensions::Refuse).await;
    let refused = site.send("POST", "/scim/v2/Users", &body("cid")).await;
    assert!(refused.scim_error(400, Some("invalidValue")).contains(BADGE));
}
