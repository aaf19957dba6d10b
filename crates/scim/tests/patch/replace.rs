//! Section T of the conformance facts: `replace` (RFC 7644 §3.5.2.3).

use enroll_scim::Quirk;
use serde_json::json;

use crate::support::*;

#[test]
fn t1_t7_without_path_the_named_attributes_are_replaced_and_no_others() {
    let result = in_both(&barbara(), json!([{"op": "replace", "value": {"active": false}}]));
    let mut expected = barbara();
    expected["active"] = json!(false);
    assert_eq!(result, expected);
    let result = in_both(&barbara(), json!([{"op": "replace", "value": {"emails": [{"value": "x"}]}}]));
    assert_eq!(result["emails"], json!([{"value": "x"}]));
}

#[test]
fn t2_a_single_value_and_a_whole_list_are_replaced() {
    let operations = json!([
        {"op": "replace", "path": "userName", "value": "babs"},
        {"op": "replace", "path": "emails", "value": [{"value": "x"}, {"value": "y"}]},
        {"op": "replace", "path": "addresses", "value": []}
    ]);
    let result = in_both(&barbara(), operations);
    assert_eq!(result["userName"], "babs");
    assert_eq!(result["emails"], json!([{"value": "x"}, {"value": "y"}]));
    assert_eq!(result.get("addresses"), None);
}

#[test]
fn t2_a_list_given_as_one_value_is_a_list_of_one() {
    let operations = json!([{"op": "replace", "path": "emails", "value": {"value": "x"}}]);
    assert_eq!(in_both(&barbara(), operations)["emails"], json!([{"value": "x"}]));
}

#[test]
fn t2_a16_the_same_value_given_twice_is_kept_once() {
    let value = json!([{"value": "x", "type": "work"}, {"value": "X", "type": "work"}, {"value": "x", "type": "home"}]);
    let operations = json!([{"op": "replace", "path": "emails", "value": value}]);
    assert_eq!(in_both(&barbara(), operations)["emails"].as_array().unwrap().len(), 2);
}

#[test]
fn t3_an_attribute_that_is_not_there_is_added() {
    let operations = json!([
        {"op": "replace", "path": "title", "value": "Guide"},
        {"op": "replace", "path": "name.middleName", "value": "Jane"},
        {"op": "replace", "path": "roles", "value": [{"value": "guide"}]},
        {"op": "replace", "path": "photos.value", "value": "https://example.com/a.png"},
        {"op": "replace", "path": format!("{ENTERPRISE}:division"), "value": "Theme Park"}
    ]);
    let result = in_both(&barbara(), operations);
    assert_eq!(result["title"], "Guide");
    assert_eq!(result["name"]["middleName"], "Jane");
    assert_eq!(result["roles"], json!([{"value": "guide"}]));
    assert_eq!(result["photos"], json!([{"value": "https://example.com/a.png"}]));
    assert_eq!(result[ENTERPRISE]["division"], "Theme Park");
}

#[test]
fn t4_of_a_complex_value_only_the_given_parts_change() {
    for operation in [
        json!({"op": "replace", "path": "name", "value": {"GivenName": "Babs", "honorificSuffix": "III"}}),
        json!({"op": "replace", "value": {"name": {"givenName": "Babs", "honorificSuffix": "III"}}}),
    ] {
        let result = in_both(&barbara(), json!([operation]));
        let expected = json!({"givenName": "Babs", "familyName": "Jensen", "honorificSuffix": "III"});
        assert_eq!(result["name"], expected);
    }
}

#[test]
fn t5_all_selected_elements_are_replaced() {
    let operations =
        json!([{"op": "replace", "path": "addresses[country eq \"US\"]", "value": {"formatted": "Berlin"}}]);
    let user = json!({"userName": "b", "addresses": [
        {"type": "work", "country": "US"}, {"type": "home", "country": "US"}, {"type": "other", "country": "DE"}
    ]});
    assert_eq!(
        in_both(&user, operations)["addresses"],
        json!([{"formatted": "Berlin", "country": "US"}, {"type": "other", "country": "DE"}]),
        "both, and then they are the same"
    );
}

#[test]
fn t5_what_replaces_a_work_address_is_a_work_address() {
    let operations =
        json!([{"op": "replace", "path": "emails[type eq \"work\"]", "value": {"value": "x@example.com"}}]);
    let result = in_both(&barbara(), operations);
    assert_eq!(result["emails"][0], json!({"value": "x@example.com", "type": "work"}));
    let other = json!({"value": "x@example.com", "type": "other"});
    let operations = json!([{"op": "replace", "path": "emails[type eq \"work\"]", "value": other}]);
    assert_eq!(in_both(&barbara(), operations)["emails"][0], other, "unless it says otherwise");
}

#[test]
fn t5_a_part_of_all_selected_elements_is_replaced() {
    let operations =
        json!([{"op": "replace", "path": "addresses[locality eq \"hollywood\"].country", "value": "DE"}]);
    let result = in_both(&barbara(), operations);
    assert_eq!(result["addresses"][0]["country"], "DE");
    assert_eq!(result["addresses"][1]["country"], "DE");
    assert_eq!(result["addresses"][1]["streetAddress"], "456 Hollywood Blvd");
}

#[test]
fn t6_no_match_is_no_target_in_strict_and_creates_in_compat() {
    for (path, value, created) in [
        ("emails[type eq \"other\"].value", json!("x@b"), json!({"type": "other", "value": "x@b"})),
        ("emails[type eq \"other\"]", json!({"value": "x@b"}), json!({"type": "other", "value": "x@b"})),
    ] {
        let operations = json!([{"op": "replace", "path": path, "value": value}]);
        assert_eq!(refused(&strict(), &barbara(), operations.clone()), "noTarget");
        let outcome = patch(&compat(), &barbara(), operations).unwrap();
        assert_eq!(outcome.resource["emails"][2], created);
        assert!(outcome.used(Quirk::CreateOnFilter));
    }
    let undescribed = json!([{"op": "replace", "path": "emails[type ne \"home\" and type ne \"work\"]", "value": {"value": "x"}}]);
    assert_eq!(refused_by_both(&barbara(), undescribed), "noTarget");
}

#[test]
fn t6_the_quirk_can_be_switched_off() {
    let dialect = compat().without(Quirk::CreateOnFilter);
    let operations = json!([{"op": "Replace", "path": "emails[type eq \"other\"].value", "value": "x@b"}]);
    assert_eq!(refused(&dialect, &barbara(), operations), "noTarget");
}

#[test]
fn t8_a_replace_without_members_does_not_touch_them() {
    for dialect in both() {
        let body = body(json!([{"op": "replace", "value": {"displayName": "New name"}}]));
        let (changes, rest) = detached_from(&dialect, body).unwrap();
        assert_eq!(changes, []);
        assert!(!rest.is_empty());
        let body =
            crate::support::body(json!([{"op": "replace", "path": "displayName", "value": "New name"}]));
        assert_eq!(detached_from(&dialect, body).unwrap().0, []);
    }
}
