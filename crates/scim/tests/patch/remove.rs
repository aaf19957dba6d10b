//! Section S of the conformance facts: `remove` (RFC 7644 §3.5.2.2).

use enroll_scim::Quirk;
use serde_json::json;

use crate::support::*;

#[test]
fn s1_without_path_there_is_no_target() {
    for operation in [json!({"op": "remove"}), json!({"op": "remove", "value": {"title": "x"}})] {
        assert_eq!(refused_by_both(&barbara(), json!([operation])), "noTarget");
    }
}

#[test]
fn s2_an_attribute_becomes_unassigned_whether_it_has_one_value_or_many() {
    let operations = json!([
        {"op": "remove", "path": "displayName"},
        {"op": "remove", "path": "name"},
        {"op": "remove", "path": "emails"},
        {"op": "remove", "path": "addresses"},
        {"op": "remove", "path": format!("{ENTERPRISE}:manager")},
        {"op": "remove", "path": format!("{ENTERPRISE}:department")}
    ]);
    let expected = json!({"userName": "bjensen", "externalId": "701984", "active": true});
    assert_eq!(in_both(&barbara(), operations), expected);
}

#[test]
fn s2_a_part_of_a_complex_value_is_removed_alone() {
    let result = in_both(&barbara(), json!([{"op": "remove", "path": "name.givenName"}]));
    assert_eq!(result["name"], json!({"familyName": "Jensen"}));
    let both =
        json!([{"op": "remove", "path": "name.givenName"}, {"op": "remove", "path": "name.familyName"}]);
    assert_eq!(in_both(&barbara(), both).get("name"), None);
}

#[test]
fn s3_selected_elements_are_removed() {
    let result = in_both(&barbara(), json!([{"op": "remove", "path": "emails[type eq \"work\"]"}]));
    assert_eq!(result["emails"], json!([{"value": "babs@jensen.org", "type": "home"}]));
    let path = "emails[type eq \"work\" and value ew \"example.com\"]";
    let result = in_both(&barbara(), json!([{"op": "remove", "path": path}]));
    assert_eq!(result["emails"], json!([{"value": "babs@jensen.org", "type": "home"}]));
    let result = in_both(&barbara(), json!([{"op": "remove", "path": "emails[value pr]"}]));
    assert_eq!(result.get("emails"), None, "unassigned when none is left");
}

#[test]
fn s3_a_part_of_selected_elements_is_removed() {
    let result =
        in_both(&barbara(), json!([{"op": "remove", "path": "addresses[type eq \"work\"].country"}]));
    assert_eq!(result["addresses"][0].get("country"), None);
    assert_eq!(result["addresses"][1], barbara()["addresses"][1]);
    let user = json!({"userName": "bjensen", "roles": [{"value": "a"}, {"value": "b", "type": "x"}]});
    let result = in_both(&user, json!([{"op": "remove", "path": "roles[value sw \"\"].value"}]));
    assert_eq!(result["roles"], json!([{"type": "x"}]), "an element without parts is none");
}

#[test]
fn s4_what_is_required_cannot_be_removed() {
    assert_eq!(refused_by_both(&barbara(), json!([{"op": "remove", "path": "userName"}])), "mutability");
    let group = group();
    for dialect in both() {
        let body = body(json!([{"op": "remove", "path": "displayName"}]));
        assert_eq!(keyword(&parse(&dialect, &group, body).unwrap_err()), "mutability");
    }
}

#[test]
fn s5_removing_what_is_not_there_is_no_error() {
    let operations = json!([
        {"op": "remove", "path": "title"},
        {"op": "remove", "path": "name.middleName"},
        {"op": "remove", "path": "roles"},
        {"op": "remove", "path": "roles[value eq \"x\"]"},
        {"op": "remove", "path": "emails[type eq \"fax\"].value"},
        {"op": "remove", "path": "emails[type eq \"fax\"]"},
        {"op": "remove", "path": format!("{ENTERPRISE}:division")}
    ]);
    assert_eq!(in_both(&barbara(), operations), barbara());
    let bare = json!({"userName": "bjensen"});
    assert_eq!(in_both(&bare, json!([{"op": "remove", "path": ENTERPRISE}])), bare);
}

#[test]
fn s7_values_that_are_listed_are_removed_alone() {
    for value in [
        json!([{"value": "babs@jensen.org"}]),
        json!({"value": "BABS@jensen.org", "type": "home"}),
        json!(["babs@jensen.org"]),
        json!("babs@jensen.org"),
        json!([{"value": "babs@jensen.org", "display": "whatever"}, {"value": "not there"}]),
    ] {
        let operations = json!([{"op": "remove", "path": "emails", "value": value}]);
        let outcome = patch(&compat(), &barbara(), operations.clone()).unwrap();
        assert_eq!(
            outcome.resource["emails"],
            json!([{"value": "bjensen@example.com", "type": "work", "primary": true}]),
            "{value}"
        );
        assert!(outcome.used(Quirk::RemoveByValue));
        assert_eq!(refused(&strict(), &barbara(), operations), "invalidValue", "{value}");
    }
}

#[test]
fn s7_a_listed_value_of_another_type_is_another() {
    let operations =
        json!([{"op": "remove", "path": "emails", "value": [{"value": "babs@jensen.org", "type": "work"}]}]);
    assert_eq!(patched(&compat(), &barbara(), operations), barbara());
}

#[test]
fn s7_an_empty_list_removes_nothing() {
    let operations = json!([{"op": "remove", "path": "emails", "value": []}]);
    assert_eq!(patched(&compat(), &barbara(), operations), barbara());
    let null = json!([{"op": "remove", "path": "emails", "value": null}]);
    assert_eq!(in_both(&barbara(), null).get("emails"), None, "null is no value");
}

#[test]
fn s7_the_value_for_a_single_valued_attribute_is_ignored() {
    let operations = json!([{"op": "remove", "path": "displayName", "value": "something else"}]);
    assert_eq!(in_both(&barbara(), operations).get("displayName"), None);
}
