//! The envelope.

use enroll_scim::bulk::{BULK_REQUEST_SCHEMA, BulkRequest};
use enroll_scim::{Dialect, Limits, Notes, ScimType};
use serde_json::{Value, json};

use crate::support::read;

const DELETE: &str = r#"{"method": "DELETE", "path": "/Users/1"}"#;

fn delete() -> Value {
    serde_json::from_str(DELETE).unwrap()
}

#[test]
fn v2_a_malformed_envelope_is_400_invalid_syntax() {
    for (name, value) in [
        ("Operations", json!([])),
        ("Operations", json!({})),
        ("Operations", json!(null)),
        ("failOnErrors", json!(0)),
        ("failOnErrors", json!(-1)),
        ("failOnErrors", json!(1.5)),
        ("failOnErrors", json!("1")),
    ] {
        let mut body = json!({ "schemas": [BULK_REQUEST_SCHEMA], "Operations": [delete()] });
        body[name] = value.clone();
        let error = read(&body, &Dialect::strict()).unwrap_err();
        assert_eq!(
            (error.status(), error.scim_type()),
            (400, Some(ScimType::InvalidSyntax)),
            "{name} {value}"
        );
        assert!(error.detail().contains(name), "{}", error.detail());
    }
}

#[test]
fn v1_schemas_are_checked_in_strict_and_overlooked_in_compat() {
    for schemas in [json!(null), json!([]), json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"])] {
        let body = json!({ "schemas": schemas, "Operations": [delete()] });
        let error = read(&body, &Dialect::strict()).unwrap_err();
        assert_eq!(error.scim_type(), Some(ScimType::InvalidSyntax));
        assert!(read(&body, &Dialect::compat()).is_ok());
    }
}

#[test]
fn v2_names_are_read_in_any_case() {
    let body = json!({
        "SCHEMAS": [BULK_REQUEST_SCHEMA], "failonerrors": 2,
        "operations": [{ "METHOD": "delete", "Path": "/Users/1", "bulkID": "a" }],
    });
    let request = read(&body, &Dialect::strict()).unwrap();
    assert_eq!(request.fail_on_errors, Some(2));
    let entry = &request.entries[0];
    assert!(entry.operation.is_ok());
    assert_eq!((entry.method.as_deref(), entry.bulk_id.as_deref()), (Some("DELETE"), Some("a")));
}

#[test]
fn v9_more_operations_than_allowed_are_413_with_the_limit() {
    let limits = Limits { bulk_operations: 2, ..Limits::default() };
    let parse = |count: usize| {
        let body = json!({ "Operations": vec![delete(); count] });
        let body = body.as_object().unwrap().clone();
        BulkRequest::parse(
            body,
            &Dialect::compat(),
            &limits,
            &crate::support::endpoints(),
            &mut Notes::default(),
        )
    };
    assert!(parse(2).is_ok());
    let error = parse(3).unwrap_err();
    assert_eq!(error.status(), 413);
    assert!(error.detail().contains("maxOperations) is 2"), "{}", error.detail());
}
