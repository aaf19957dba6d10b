//! Schemas and resource types that a directory has defined: conformance.md B, C and F, issue "SCIM 2.0 in full" 2.

use enroll_domain::Scope;
use enroll_scim::UnknownExtensions;
use enroll_service::{DirectorySettings, ResourceKind, WriteOptions};
use serde_json::{Value, json};

use crate::site::{Reply, Site, patch, reply, user};

const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";
const ROLE: &str = "urn:example:params:scim:schemas:2.0:Role";

/// An extension of users, a resource type, and its own extension.
fn definitions() -> Value {
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

async fn site() -> Site {
    let site = Site::start().await;
    site.service.register_schemas("default", &definitions().to_string()).await.unwrap();
    site
}

fn badge(name: &str, badge: &Value) -> Value {
    let mut body = user(name);
    body["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User", BADGE]);
    body[BADGE] = badge.clone();
    body
}

fn role(name: &str) -> Value {
    json!({"schemas": [ROLE], "displayName": name})
}

fn names(page: &Reply) -> Vec<String> {
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
async fn b_values_of_a_custom_extension_are_checked_stored_filtered_sorted_projected_and_patched() {
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
async fn b_uniqueness_of_a_custom_attribute_is_409_and_free_again_after_a_change_or_a_deletion() {
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
async fn b_a_custom_resource_type_has_the_whole_protocol() {
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

#[tokio::test]
async fn what_is_registered_may_grow_and_nothing_else() {
    let site = site().await;
    site.send("POST", "/scim/v2/Users", &badge("ada", &json!({"level": 1}))).await;
    let register = async |file: Value| site.service.register_schemas("default", &file.to_string()).await;
    let again = register(definitions()).await.unwrap();
    assert_eq!(
        (again.schemas.len(), again.resource_types.len()),
        (2, 2),
        "the same once more changes nothing"
    );

    let mut more = definitions()["schemas"][0].clone();
    more["attributes"].as_array_mut().unwrap().push(json!({"name": "colour", "type": "string"}));
    register(more.clone()).await.unwrap();
    let made = site.send("POST", "/scim/v2/Users", &badge("bob", &json!({"colour": "red"}))).await.body();
    assert_eq!(made[BADGE]["colour"], "red");

    let mut fewer = more.clone();
    fewer["attributes"].as_array_mut().unwrap().remove(1);
    let error = register(fewer).await.unwrap_err().to_string();
    assert!(error.contains("level is gone or changed"), "{error}");
    let mut required = more.clone();
    required["attributes"].as_array_mut().unwrap().push(json!({"name": "size", "required": true}));
    let error = register(required).await.unwrap_err().to_string();
    assert!(error.contains("size is new and required"), "{error}");
    let forced = json!({"name": "User", "schemaExtensions": [{"schema": ROLE, "required": true}]});
    let error = register(forced).await.unwrap_err().to_string();
    assert!(error.contains("cannot be required"), "{error}");
    let moved = json!({"name": "Role", "endpoint": "/Duties", "schema": ROLE});
    let error = register(moved).await.unwrap_err().to_string();
    assert!(error.contains("another endpoint"), "{error}");
}

#[tokio::test]
async fn what_is_stored_by_a_schema_keeps_it_from_being_removed() {
    let site = site().await;
    let made = site.send("POST", "/scim/v2/Users", &badge("ada", &json!({"level": 1}))).await.body();
    let role = site.send("POST", "/scim/v2/Roles", &role("Auditor")).await.body();
    let remove = async |name: &str| {
        site.service.remove_schema("default", name).await.map_err(|error| error.to_string())
    };
    assert!(remove(BADGE).await.unwrap_err().contains("take them away first"));
    assert!(remove("Role").await.unwrap_err().contains("1 resources"));
    assert!(remove(ROLE).await.unwrap_err().contains("remove it first"));
    assert!(remove("User").await.unwrap_err().contains("a type of the RFCs"));
    assert!(remove("urn:example:nothing").await.unwrap_err().contains("enroll schema list"));
    for path in
        [format!("Users/{}", made["id"].as_str().unwrap()), format!("Roles/{}", role["id"].as_str().unwrap())]
    {
        assert_eq!(reply(site.scim("DELETE", &format!("/scim/v2/{path}"))).await.status, 204);
    }
    for name in [BADGE, "role", ROLE] {
        remove(name).await.unwrap();
    }
    let left = site.service.custom_schemas("default").await.unwrap();
    assert_eq!((left.schemas.len(), left.resource_types.len()), (0, 0));
    site.get("/scim/v2/Roles").await.scim_error(404, None);
    assert_eq!(site.get("/scim/v2/ResourceTypes").await.body()["totalResults"], 2);
}

#[tokio::test]
async fn a_file_that_is_no_definition_is_refused_with_the_reason_and_changes_nothing() {
    let site = Site::start().await;
    for (file, reason) in [
        ("{".to_owned(), "not JSON"),
        ("{}".to_owned(), "a definition is a schema"),
        ("[]".to_owned(), "defines nothing"),
        (json!({"schemas": {}}).to_string(), "a definition is a schema"),
        (json!({"id": "http://example.com/x", "attributes": [{"name": "a"}]}).to_string(), "begins with urn:"),
        (json!({"id": BADGE, "attributes": [{"name": "1a"}]}).to_string(), "schema cannot be read"),
        (json!({"id": BADGE, "attributes": [{"name": "a"}, {"name": "A"}]}).to_string(), "twice"),
        (json!({"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [{"name": "a"}]}).to_string(), "registered already"),
        (json!({"name": "Role", "schema": ROLE, "endpoint": "/Roles"}).to_string(), "is not registered"),
        (json!({"name": "Role", "endpoint": "/Roles"}).to_string(), "needs a schema"),
        (json!({"name": "User", "schemaExtensions": [{"schema": BADGE, "required": false}]}).to_string(), "is not registered"),
        (json!([{"id": ROLE, "attributes": [{"name": "a"}]}, {"name": "Role", "endpoint": "/Bulk", "schema": ROLE}]).to_string(), "cannot be the endpoint"),
        (json!([{"id": ROLE, "attributes": [{"name": "a"}]}, {"name": "Role", "endpoint": "/users", "schema": ROLE}]).to_string(), "registered already"),
        (json!({"id": "urn:ietf:params:scim:api:messages:2.0:ListResponse", "attributes": [{"name": "a"}]}).to_string(), "belongs to the protocol"),
        (json!({"id": "urn:ietf:params:scim:schemas:core:2.0:Schema", "attributes": [{"name": "a"}]}).to_string(), "belongs to the protocol"),
        (json!({"id": "urn:x:a/b", "attributes": [{"name": "a"}]}).to_string(), "cannot be the URI"),
        (json!({"id": "urn:x:\u{e9}", "attributes": [{"name": "a"}]}).to_string(), "cannot be the URI"),
        (json!([{"id": ROLE, "attributes": [{"name": "a"}]}, {"id": ROLE.to_uppercase(), "attributes": [{"name": "b"}]}]).to_string(), "twice"),
        (json!([
            {"id": ROLE, "attributes": [{"name": "a"}]}, {"id": BADGE, "attributes": [{"name": "a"}]},
            {"name": "Group", "schemaExtensions": [{"schema": ROLE, "required": false}]},
            {"name": "group", "schemaExtensions": [{"schema": BADGE, "required": false}]},
        ]).to_string(), "defines group twice"),
        (json!([{"id": ROLE, "attributes": [{"name": "a"}]}, {"name": "a/b", "endpoint": "/Roles", "schema": ROLE}]).to_string(), "cannot be the name"),
        (json!([{"id": ROLE, "attributes": [{"name": "a"}]}, {"name": "R\u{f4}le", "endpoint": "/Roles", "schema": ROLE}]).to_string(), "cannot be the name"),
        (json!([{"id": ROLE, "attributes": [{"name": "a"}]}, {"name": "Role", "endpoint": "/v2", "schema": ROLE}]).to_string(), "cannot be the endpoint"),
        (format!("[{}]", " ".repeat(300_000)), "larger than"),
    ] {
        let error = site.service.register_schemas("default", &file).await.unwrap_err().to_string();
        assert!(error.contains(reason), "{file:.200} gives: {error}");
    }
    let left = site.service.custom_schemas("default").await.unwrap();
    assert_eq!((left.schemas.len(), left.resource_types.len()), (0, 0));
}

#[tokio::test]
async fn what_another_server_lists_can_be_registered_as_it_is() {
    let (theirs, ours) = (site().await, Site::start().await);
    for (endpoint, found) in [("Schemas", (2, 0)), ("ResourceTypes", (2, 2))] {
        let listed = theirs.get(&format!("/scim/v2/{endpoint}")).await.text;
        let all = ours.service.register_schemas("default", &listed).await.unwrap();
        assert_eq!((all.schemas.len(), all.resource_types.len()), found, "{endpoint}");
    }
    assert_eq!(ours.send("POST", "/scim/v2/Roles", &role("Auditor")).await.status, 201);
    let bare = Site::start().await;
    let listed = bare.get("/scim/v2/ResourceTypes").await.text;
    let all = bare.service.register_schemas("default", &listed).await.unwrap();
    assert!(all.resource_types.is_empty(), "the types of the RFCs alone are nothing of the directory's own");
}

#[tokio::test]
async fn the_api_registers_lists_and_removes_with_the_scope_admin() {
    let site = Site::start().await;
    let (admin, reader) = (site.api_token(Scope::Admin).await, site.api_token(Scope::Read).await);
    let path = "/api/v1/directories/default/schemas";
    let file = definitions().to_string();
    reply(site.bare("POST", path).bearer_auth(&reader).body(file.clone())).await.problem(403);
    let registered = reply(site.bare("POST", path).bearer_auth(&admin).body(file)).await;
    assert_eq!(registered.status, 200, "{}", registered.text);
    let listed = reply(site.bare("GET", path).bearer_auth(&reader)).await;
    assert_eq!(listed.body(), registered.body());
    assert_eq!(listed.body()["resourceTypes"][0]["name"], "Role");
    reply(site.bare("POST", path).bearer_auth(&admin).body("{")).await.problem(400);
    reply(site.bare("GET", "/api/v1/directories/nowhere/schemas").bearer_auth(&reader)).await.problem(404);
    reply(site.bare("DELETE", &format!("{path}/{ROLE}")).bearer_auth(&admin)).await.problem(409);
    for name in ["Role", ROLE] {
        let removed = reply(site.bare("DELETE", &format!("{path}/{name}")).bearer_auth(&admin)).await;
        assert_eq!(removed.status, 204, "{}", removed.text);
    }
    reply(site.bare("DELETE", &format!("{path}/Role")).bearer_auth(&admin)).await.problem(404);
}

#[tokio::test]
async fn verify_compares_unique_values_with_the_documents_that_have_them() {
    let site = site().await;
    let made = site.send("POST", "/scim/v2/Users", &badge("ada", &json!({"number": "B-1"}))).await.body();
    site.send("POST", "/scim/v2/Roles", &role("Auditor")).await;
    let findings = async || {
        let found = site.service.verify().await.unwrap().findings;
        found.into_iter().map(|finding| finding.text).collect::<Vec<_>>()
    };
    assert_eq!(findings().await, [""; 0]);
    let id: enroll_domain::UserId = made["id"].as_str().unwrap().parse().unwrap();
    let db = site.database();
    let lose = move |tx: &enroll_store::Tx<'_>| {
        let directory = enroll_store::directory::list(tx)?.first().map(|row| row.id).unwrap();
        enroll_store::unique_value::clear(tx, directory, *id.as_uuid())
    };
    db.write(lose).await.unwrap();
    assert_eq!(findings().await, [format!("the unique values of User {id} do not fit its document")]);
}

#[tokio::test]
async fn a_request_that_was_read_by_schemas_of_before_stores_nothing_by_them() {
    let site = site().await;
    let made = site.send("POST", "/scim/v2/Users", &user("ada")).await.body();
    let id = made["id"].as_str().unwrap();
    let before = site.service.authenticate_scim(&site.scim_token, None).unwrap();
    let roles = before.models.at("Roles").unwrap();
    let object = |body: Value| body.as_object().unwrap().clone();
    for name in ["Role", BADGE] {
        site.service.remove_schema("default", name).await.unwrap();
    }
    let options = WriteOptions::default();
    let created = site.service.create(&before, &roles, object(role("Auditor")), &options).await.result;
    assert_eq!(created.unwrap_err().status(), 503);
    let body = object(badge("ada", &json!({"level": 1})));
    let replaced = site.service.replace(&before, &ResourceKind::User, id, body, &options).await.result;
    assert_eq!(replaced.unwrap_err().status(), 503);
    let change = json!([{"op": "add", "path": format!("{BADGE}:level"), "value": 2}]);
    let body = object(patch(&change));
    let patched = site.service.patch(&before, &ResourceKind::User, id, body, &options).await.result;
    assert_eq!(patched.unwrap_err().status(), 503);

    site.service.register_schemas("default", &definitions().to_string()).await.unwrap();
    assert_eq!(site.get("/scim/v2/Roles").await.body()["totalResults"], 0);
    assert!(site.get(&format!("/scim/v2/Users/{id}")).await.body().get(BADGE).is_none());
}
