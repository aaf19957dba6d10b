//! Section Q of the conformance facts: what values of operations may be.

use enroll_scim::Quirk;
use serde_json::{Value, json};

use crate::support::*;

#[test]
fn q11_keys_may_be_paths_in_compat_and_are_unknown_in_strict() {
    let number = format!("{ENTERPRISE}:employeeNumber");
    let value = json!({
        "displayName": "Bjfe",
        "name.givenName": "Kkom",
        number: "Aklq",
        "emails[type eq \"work\"].value": "a@b"
    });
    let operations = json!([{"op": "replace", "value": value}]);
    let outcome = patch(&compat(), &barbara(), operations.clone()).unwrap();
    assert_eq!(outcome.resource["displayName"], "Bjfe");
    assert_eq!(outcome.resource["name"], json!({"givenName": "Kkom", "familyName": "Jensen"}));
    assert_eq!(outcome.resource[ENTERPRISE]["employeeNumber"], "Aklq");
    assert_eq!(outcome.resource["emails"][0]["value"], "a@b");
    assert!(outcome.used(Quirk::PathKeys));
    let mut expected = barbara();
    expected["displayName"] = json!("Bjfe");
    let outcome = patch(&strict(), &barbara(), operations).unwrap();
    assert_eq!(outcome.resource, expected);
    assert!(outcome.ignored("name.givenName"));
}

#[test]
fn q11_a_key_that_is_no_path_is_ignored_and_never_an_attribute() {
    for dialect in both() {
        for key in ["name.nope", "emails]", "a.b.c", "urn:x:y", "meta.created", "id.x", "password"] {
            let outcome = patch(&dialect, &barbara(), json!([{"op": "add", "value": {key: "x"}}])).unwrap();
            assert_eq!(outcome.resource, barbara(), "{key}");
            assert!(!outcome.notes.is_empty(), "{key}");
        }
    }
    let bad_filter = json!([{"op": "add", "value": {"emails[type xx \"a\"].value": "x"}}]);
    assert_eq!(refused(&compat(), &barbara(), bad_filter), "invalidFilter");
}

#[test]
fn q11_keys_inside_an_extension_may_be_paths_in_compat() {
    let operations = json!([{"op": "replace", "value": {ENTERPRISE: {"manager.value": "42"}}}]);
    assert_eq!(patched(&compat(), &barbara(), operations.clone())[ENTERPRISE]["manager"]["value"], "42");
    assert_eq!(patched(&strict(), &barbara(), operations), barbara());
}

#[test]
fn q12_json_in_a_string_is_read_in_compat_alone() {
    let operations =
        json!([{"op": "replace", "value": "{\"title\": \"Guide\", \"name\": {\"givenName\": \"Babs\"}}"}]);
    assert_eq!(refused(&strict(), &barbara(), operations.clone()), "invalidValue");
    let outcome = patch(&compat(), &barbara(), operations).unwrap();
    assert_eq!(outcome.resource["title"], "Guide");
    assert_eq!(outcome.resource["name"]["givenName"], "Babs");
    assert!(outcome.used(Quirk::JsonStringValue));
    for text in ["", "x", "[1]", "\"x\"", "{\"title\": 1, \"TITLE\": 2}", "{"] {
        let operations = json!([{"op": "replace", "value": text}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidValue", "{text}");
    }
}

#[test]
fn q13_an_operation_that_changes_nothing_says_so() {
    let nothing = [
        json!({"op": "replace", "path": "userName", "value": "bjensen"}),
        json!({"op": "add", "path": "emails", "value": [{"value": "babs@jensen.org", "type": "home"}]}),
        json!({"op": "add", "path": "emails", "value": {"value": "babs@jensen.org"}}),
        json!({"op": "replace", "value": {"active": true, "name": {"givenName": "Barbara"}}}),
        json!({"op": "remove", "path": "title"}),
        json!({"op": "remove", "path": "emails[type eq \"fax\"]"}),
        json!({"op": "add", "path": "emails", "value": []}),
        json!({"op": "add", "path": "schemas", "value": [ENTERPRISE]}),
        json!({"op": "replace", "path": "name", "value": {}}),
    ];
    for dialect in both() {
        for operation in &nothing {
            let outcome = patch(&dialect, &barbara(), json!([operation])).unwrap();
            assert!(!outcome.changed, "{operation}");
            assert_eq!(outcome.resource, barbara());
        }
        let outcome = patch(&dialect, &barbara(), Value::from(nothing.to_vec())).unwrap();
        assert!(!outcome.changed);
    }
}

#[test]
fn q13_there_and_back_again_is_no_change() {
    let operations = json!([
        {"op": "replace", "path": "title", "value": "x"},
        {"op": "remove", "path": "title"},
        {"op": "replace", "path": "userName", "value": "y"},
        {"op": "replace", "path": "userName", "value": "bjensen"}
    ]);
    for dialect in both() {
        assert!(!patch(&dialect, &barbara(), operations.clone()).unwrap().changed);
    }
}

#[test]
fn q15_a_value_must_be_there_and_fit_its_attribute() {
    for op in ["add", "replace"] {
        assert_eq!(refused_by_both(&barbara(), json!([{"op": op, "path": "title"}])), "invalidValue");
        assert_eq!(refused_by_both(&barbara(), json!([{"op": op}])), "invalidValue");
        for (path, value) in [
            ("title", json!(1)),
            ("active", json!("maybe")),
            ("active", json!(1)),
            ("name", json!("Babs")),
            ("name.givenName", json!({"x": 1})),
            ("emails", json!([1])),
            ("emails[type eq \"work\"].primary", json!("perhaps")),
            ("emails[type eq \"work\"].value", json!([["x"]])),
            ("userName", json!(["x"])),
        ] {
            let operations = json!([{"op": op, "path": path, "value": value}]);
            assert_eq!(refused_by_both(&barbara(), operations), "invalidValue", "{op} {path} {value}");
        }
        for value in [json!(1), json!(null), json!([]), json!([{"title": "x"}])] {
            assert_eq!(refused_by_both(&barbara(), json!([{"op": op, "value": value}])), "invalidValue");
        }
        let operations = json!([{"op": op, "value": {"active": "maybe"}}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidValue");
    }
}

#[test]
fn a5_a_string_is_no_boolean_in_strict() {
    let operations = json!([{"op": "replace", "path": "active", "value": "False"}]);
    assert_eq!(refused(&strict(), &barbara(), operations), "invalidValue");
}

#[test]
fn q16_null_takes_an_optional_attribute_away() {
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": null},
        {"op": "replace", "path": "name.givenName", "value": null},
        {"op": "replace", "path": "addresses", "value": null},
        {"op": "replace", "path": "emails[type eq \"home\"].type", "value": null},
        {"op": "replace", "value": {"externalId": null, "active": null}}
    ]);
    assert_eq!(
        in_both(&barbara(), operations),
        json!({
            "userName": "bjensen",
            "name": {"familyName": "Jensen"},
            "emails": [{"value": "bjensen@example.com", "type": "work", "primary": true}, {"value": "babs@jensen.org"}],
            ENTERPRISE: {"department": "Tour Operations", "manager": {"value": "26118915"}}
        })
    );
}

#[test]
fn q16_null_for_elements_that_are_selected_removes_them() {
    let operations = json!([{"op": "replace", "path": "emails[type eq \"home\"]", "value": null}]);
    assert_eq!(in_both(&barbara(), operations)["emails"].as_array().unwrap().len(), 1);
}

#[test]
fn q16_an_empty_string_takes_an_optional_attribute_away_in_compat() {
    let operations = json!([{"op": "replace", "path": "displayName", "value": ""}]);
    let outcome = patch(&compat(), &barbara(), operations).unwrap();
    assert_eq!(outcome.resource.get("displayName"), None);
    assert!(outcome.used(Quirk::EmptyStrings));
    let parts = json!([{"op": "replace", "value": {"name": {"givenName": "", "familyName": ""}}}]);
    assert_eq!(
        patched(&compat(), &barbara(), parts).get("name"),
        None,
        "the last part takes the whole with it"
    );
}

#[test]
fn a30_q16_a_required_attribute_must_keep_a_value() {
    for value in [json!(null), json!("")] {
        let operations = json!([{"op": "replace", "path": "userName", "value": value}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidValue");
        let operations = json!([{"op": "replace", "value": {"userName": value}}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidValue");
    }
}
