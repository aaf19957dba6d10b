//! The search request: conformance.md K9, O1, O2.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use enroll_scim::search::{SEARCH_REQUEST_SCHEMA, SearchRequest};
use enroll_scim::{Dialect, Notes, Quirk, ScimError, ScimType};
use serde_json::{Value, json};

fn parse(dialect: Dialect, body: &Value) -> Result<(SearchRequest, Notes), ScimError> {
    let mut notes = Notes::default();
    SearchRequest::parse(body.as_object().unwrap().clone(), &dialect, &mut notes)
        .map(|request| (request, notes))
}

#[test]
fn o2_schemas_must_name_a_search_request_in_strict_and_is_overlooked_in_compat() {
    for body in [json!({}), json!({"schemas": ["urn:x"]}), json!({"schemas": SEARCH_REQUEST_SCHEMA})] {
        let error = parse(Dialect::strict(), &body).unwrap_err();
        assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidSyntax)), "{body}");
        let (_, notes) = parse(Dialect::compat(), &body).unwrap();
        assert!(notes.iter().any(|note| note.quirk == Some(Quirk::LenientSchemas)), "{body}");
    }
    let (_, notes) =
        parse(Dialect::strict(), &json!({"schemas": [SEARCH_REQUEST_SCHEMA.to_uppercase()]})).unwrap();
    assert!(notes.is_empty());
}

#[test]
fn o1_k9_cp8_every_member_is_read_in_any_case() {
    let body = json!({
        "schemas": [SEARCH_REQUEST_SCHEMA], "Attributes": ["userName", "emails.value"], "excludedattributes": null,
        "FILTER": "title pr", "sortBy": "userName", "sortOrder": "descending", "startindex": -3, "count": 10,
        "CURSOR": "abc",
        "other": true,
    });
    let (request, notes) = parse(Dialect::strict(), &body).unwrap();
    let expected = SearchRequest {
        attributes: Some(vec!["userName".to_owned(), "emails.value".to_owned()]),
        excluded_attributes: None,
        filter: Some("title pr".to_owned()),
        sort_by: Some("userName".to_owned()),
        sort_order: Some("descending".to_owned()),
        start_index: Some(-3),
        count: Some(10),
        cursor: Some("abc".to_owned()),
    };
    assert_eq!(request, expected);
    assert_eq!(notes.iter().count(), 1, "the member that is none is noted");
}

#[test]
fn o2_numbers_are_whole_and_fit_64_bits() {
    let count = |value: Value| {
        let body = json!({"schemas": [SEARCH_REQUEST_SCHEMA], "count": value});
        parse(Dialect::compat(), &body).map(|(request, _)| request.count)
    };
    assert_eq!(count(json!(u64::MAX)).unwrap(), Some(i64::MAX));
    assert_eq!(count(json!(i64::MIN)).unwrap(), Some(i64::MIN));
    for wrong in [json!(1.0), json!("1"), json!(true), json!([1])] {
        assert_eq!(count(wrong).unwrap_err().scim_type(), Some(ScimType::InvalidSyntax));
    }
}
