//! How schemas and resource types of a directory are registered, grow and are removed.

use enroll_domain::Scope;
use enroll_service::{ResourceKind, WriteOptions};
use serde_json::{Value, json};

use crate::custom_schemas::{BADGE, ROLE, badge, definitions, role, site};
use crate::site::{Site, patch, reply, user};

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
    let before = site.service.authenticate_scim(&site.scim_token, None).await.unwrap();
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
