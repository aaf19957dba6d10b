//! Single operations: what is wrong with one is its own result.

use enroll_scim::ScimType;
use enroll_scim::bulk::{OperationResult, Version, response};
use serde_json::json;

use crate::support::{entry, request};

#[test]
fn v2_what_an_operation_lacks_is_its_own_error() {
    for (operation, word) in [
        (json!("DELETE"), "object"),
        (json!({ "path": "/Users/1" }), "method"),
        (json!({ "method": "GET", "path": "/Users/1" }), "GET"),
        (json!({ "method": 1, "path": "/Users/1" }), "method"),
        (json!({ "method": "DELETE" }), "path"),
        (json!({ "method": "DELETE", "path": 1 }), "path"),
        (json!({ "method": "POST", "path": "/Users", "data": {} }), "bulkId"),
        (json!({ "method": "POST", "path": "/Users", "data": {}, "bulkId": 1 }), "bulkId"),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "a" }), "data"),
        (json!({ "method": "PUT", "path": "/Users/1" }), "data"),
        (json!({ "method": "PATCH", "path": "/Users/1", "data": [] }), "data"),
    ] {
        let error = entry(&operation).operation.unwrap_err();
        assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidSyntax)), "{operation}");
        assert!(error.detail().contains(word), "{}", error.detail());
    }
}

#[test]
fn s29_v3_a_path_that_is_not_literally_an_endpoint_is_400_invalid_value() {
    for path in [
        "",
        "/",
        "/Bulk",
        "/.search",
        "/Users/.search",
        "/Me",
        "/ServiceProviderConfig",
        "/users/1",
        "Users/1",
        "//Users/1",
        "/Users//1",
        "/Users/1/",
        "/Users/1/2",
        "/Users/..",
        "/Users/../Groups/1",
        "/Users/%2e%2e",
        "/Users%2F1",
        "/Users/1?x=y",
        "/Users/1#x",
        "/Users/1 ",
        "/Users/1\n",
        "/Users/1;a=b",
        "/UsersX",
        "/Users/é",
        "/Users/bulkId:",
        "/scim/v2/Users/1",
        "https://example.com/Users/1",
        "//example.com/Users/1",
        "\\Users\\1",
        &format!("/Users/{}", "1".repeat(100)),
    ] {
        for method in ["PUT", "DELETE"] {
            let operation = json!({ "method": method, "path": path, "data": {} });
            let error = entry(&operation).operation.unwrap_err();
            assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidValue)), "{path:?}");
            assert!(error.detail().starts_with("path"), "{}", error.detail());
        }
    }
}

#[test]
fn v3_post_takes_an_endpoint_and_the_others_a_resource() {
    for (method, path) in
        [("POST", "/Users/1"), ("PUT", "/Users"), ("PATCH", "/Groups"), ("DELETE", "/Users")]
    {
        let operation = json!({ "method": method, "path": path, "data": {}, "bulkId": "a" });
        let error = entry(&operation).operation.unwrap_err();
        assert_eq!(error.scim_type(), Some(ScimType::InvalidValue), "{method} {path}");
    }
    for (method, path) in [("POST", "/Groups"), ("PUT", "/Users/1"), ("DELETE", "/Groups/bulkId:a/b%2e c")] {
        let operation = json!({ "method": method, "path": path, "data": {}, "bulkId": "b" });
        assert!(entry(&operation).operation.is_ok(), "{method} {path}");
    }
}

#[test]
fn v3_version_is_an_entity_tag_or_an_error() {
    let read = |version: &str| {
        entry(&json!({ "method": "DELETE", "path": "/Users/1", "version": version })).operation
    };
    for text in ["W/\"3\"", "\"3\"", " w/\"3\" "] {
        assert_eq!(read(text).unwrap().version, Some(Version::Tag("3".to_owned())), "{text}");
    }
    assert_eq!(read("*").unwrap().version, Some(Version::Any));
    for text in ["", "3", "W/3", "\"3", "\"3\" \"4\""] {
        assert_eq!(read(text).unwrap_err().scim_type(), Some(ScimType::InvalidValue), "{text:?}");
    }
}

#[test]
fn v11_the_later_operation_with_a_bulk_id_fails() {
    let post = |name: &str| json!({ "method": "POST", "path": "/Users", "bulkId": "a", "data": { "userName": name } });
    let request = request(&json!([post("x"), post("y")]));
    assert!(request.entries[0].operation.is_ok());
    let error = request.entries[1].operation.clone().unwrap_err();
    assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidValue)));
}

#[test]
fn v7_v8_results_have_a_status_that_is_a_string_and_a_response_when_they_failed() {
    let entry = entry(&json!({ "method": "post", "path": "/Users", "bulkId": "a" }));
    let error = entry.operation.clone().unwrap_err();
    let made = OperationResult {
        location: Some("https://example.com/Users/1".to_owned()),
        version: Some("W/\"1\"".to_owned()),
        ..OperationResult::of(&entry, Ok(201))
    };
    let body = response(&[made, OperationResult::of(&entry, Err(error.clone()))]);
    let expected = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
        "Operations": [
            { "method": "POST", "bulkId": "a", "version": "W/\"1\"", "location": "https://example.com/Users/1", "status": "201" },
            { "method": "POST", "bulkId": "a", "response": error.to_body(), "status": "400" },
        ],
    });
    assert_eq!(serde_json::Value::Object(body), expected);
}
