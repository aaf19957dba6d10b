//! References by bulkId.

use serde_json::{Value, json};

use crate::support::{group, patch, plan};

/// The second operation with every reference resolved to `id-of-…`.
fn resolved(operation: &Value) -> enroll_scim::bulk::Operation {
    let plan = plan(&json!([group("a", &[]), operation]));
    let operation = plan.entries[1].operation.clone().unwrap();
    assert_eq!(plan.references[1], [0]);
    operation.resolved(|bulk_id| (bulk_id == "a").then_some("id-of-a"))
}

#[test]
fn v4_references_are_replaced_wherever_an_id_can_stand() {
    for (data, expected) in [
        (json!({ "members": [{ "value": "bulkId:a" }] }), json!({ "members": [{ "value": "id-of-a" }] })),
        (json!({ "members": ["bulkId:a"] }), json!({ "members": ["id-of-a"] })),
        (json!({ "manager": "bulkId:a" }), json!({ "manager": "id-of-a" })),
        (
            json!({ "urn:x:User": { "manager": { "value": "bulkId:a", "displayName": "see bulkId:a" } } }),
            json!({ "urn:x:User": { "manager": { "value": "id-of-a", "displayName": "see bulkId:a" } } }),
        ),
    ] {
        let operation = json!({ "method": "PUT", "path": "/Users/1", "data": data });
        assert_eq!(Value::Object(resolved(&operation).action.data().unwrap().clone()), expected);
    }
}

#[test]
fn v4_references_in_the_path_of_an_operation_and_of_a_patch_are_replaced() {
    assert_eq!(resolved(&patch("/Groups/bulkId:a", "x")).action.id(), Some("id-of-a"));
    for (path, expected) in [
        (r#"members[value eq "bulkId:a"]"#, r#"members[value eq "id-of-a"]"#),
        (
            r#"members[value eq "bulkId:a" or value eq "b" or value eq "bulkId:\u0061"]"#,
            r#"members[value eq "id-of-a" or value eq "b" or value eq "id-of-a"]"#,
        ),
        (
            r#"members[display eq "\"" and value eq "bulkId:a"]"#,
            r#"members[display eq "\"" and value eq "id-of-a"]"#,
        ),
    ] {
        let data = json!({ "Operations": [{ "op": "remove", "Path": path }] });
        let operation = resolved(&json!({ "method": "PATCH", "path": "/Groups/1", "data": data }));
        assert_eq!(operation.action.data().unwrap()["Operations"][0]["Path"], expected);
    }
}

#[test]
fn v11_a_reference_to_an_unknown_bulk_id_is_409() {
    for operation in [
        group("b", &["bulkId:none"]),
        patch("/Groups/bulkId:none", "x"),
        patch("/Groups/1", "bulkId:none"),
        json!({ "method": "DELETE", "path": "/Users/bulkId:none" }),
        json!({ "method": "DELETE", "path": "/Users/bulkId:changed" }),
    ] {
        let mut changed = patch("/Groups/1", "x");
        changed["bulkId"] = json!("changed");
        let plan = plan(&json!([group("a", &[]), changed, operation]));
        assert!(plan.entries[1].operation.is_ok());
        let error = plan.entries[2].operation.clone().unwrap_err();
        assert_eq!((error.status(), error.scim_type()), (409, None), "{operation}");
    }
}

#[test]
fn s29_v5_a_reference_to_itself_is_409() {
    let plan = plan(&json!([group("a", &["bulkId:a"]), group("b", &["bulkId:a"])]));
    assert_eq!(plan.entries[0].operation.clone().unwrap_err().status(), 409);
    assert_eq!(plan.batches, [vec![0], vec![1]], "what refers to it waits, and finds that it has failed");
}
