//! The examples of RFC 7644 §3.5.2, in the order of the text.

use enroll_scim::patch::MemberChange::{Add, Remove, RemoveAll, ReplaceAll};
use serde_json::json;

use crate::support::*;

const BABS: &str = "2819c223-7f76-453a-919d-413861904646";
const JAMES: &str = "08e1d05d-121c-4561-8b96-473d93df9210";

fn member(id: &str, name: &str) -> serde_json::Value {
    json!({"display": name, "$ref": format!("https://example.com/v2/Users/{id}"), "value": id})
}

fn kept(id: &str) -> serde_json::Value {
    json!({"$ref": format!("https://example.com/v2/Users/{id}"), "value": id})
}

#[test]
fn figure_8_the_examples_of_paths_are_read() {
    for path in ["members", "members[value eq \"2819c223-7f76-453a-919d-413861904646\"]"] {
        assert!(detached(&strict(), json!([{"op": "remove", "path": path}])).is_ok(), "{path}");
    }
    for path in ["name.familyName", "addresses[type eq \"work\"]"] {
        assert!(patch(&strict(), &barbara(), json!([{"op": "remove", "path": path}])).is_ok(), "{path}");
    }
    // The last example names a sub-attribute that members do not have.
    let path = format!("members[value eq \"{BABS}\"].displayName");
    let error = detached(&strict(), json!([{"op": "remove", "path": path}])).unwrap_err();
    assert_eq!(keyword(&error), "noTarget");
}

#[test]
fn section_3_5_2_1_a_member_is_added() {
    let operations = json!([{"op": "add", "path": "members", "value": [member(BABS, "Babs Jensen")]}]);
    assert_eq!(member_change(&strict(), operations), Add(vec![kept(BABS)]));
}

#[test]
fn section_3_5_2_1_attributes_are_added_without_a_path() {
    let value = json!({"emails": [{"value": "babs@jensen.org", "type": "home"}], "nickname": "Babs"});
    let result = in_both(&json!({"userName": "bjensen"}), json!([{"op": "add", "value": value}]));
    let expected = json!({"userName": "bjensen", "emails": [{"value": "babs@jensen.org", "type": "home"}], "nickName": "Babs"});
    assert_eq!(result, expected);
}

#[test]
fn section_3_5_2_2_members_and_values_are_removed() {
    let one = json!([{"op": "remove", "path": format!("members[value eq \"{BABS}\"]")}]);
    assert_eq!(member_change(&strict(), one), Remove(vec![BABS.into()]));
    assert_eq!(member_change(&strict(), json!([{"op": "remove", "path": "members"}])), RemoveAll);
    let path = "emails[type eq \"work\" and value ew \"example.com\"]";
    let result = in_both(&barbara(), json!([{"op": "remove", "path": path}]));
    assert_eq!(result["emails"], json!([{"value": "babs@jensen.org", "type": "home"}]));
}

#[test]
fn section_3_5_2_2_a_member_is_removed_and_another_added() {
    // The example has no space before the quoted literal.
    let operations = json!([
        {"op": "remove", "path": format!("members[value eq\"{BABS}\"]")},
        {"op": "add", "path": "members", "value": [member(JAMES, "James Smith")]}
    ]);
    assert_eq!(detached(&compat(), operations).unwrap(), [Remove(vec![BABS.into()]), Add(vec![kept(JAMES)])]);
}

#[test]
fn section_3_5_2_2_members_are_removed_and_others_added() {
    let both_of_them = json!([member(BABS, "Babs Jensen"), member(JAMES, "James Smith")]);
    let operations = json!([
        {"op": "remove", "path": "members"},
        {"op": "add", "path": "members", "value": both_of_them}
    ]);
    assert_eq!(detached(&strict(), operations).unwrap(), [RemoveAll, Add(vec![kept(BABS), kept(JAMES)])]);
    let operations = json!([{"op": "replace", "path": "members", "value": both_of_them}]);
    assert_eq!(member_change(&strict(), operations), ReplaceAll(vec![kept(BABS), kept(JAMES)]));
}

#[test]
fn section_3_5_2_3_a_work_address_is_replaced() {
    let value = json!({
        "type": "work",
        "streetAddress": "911 Universal City Plaza",
        "locality": "Hollywood",
        "region": "CA",
        "postalCode": "91608",
        "country": "US",
        "formatted": "911 Universal City Plaza\nHollywood, CA 91608 US",
        "primary": true
    });
    let operations = json!([{"op": "replace", "path": "addresses[type eq \"work\"]", "value": value}]);
    let mut result = in_both(&barbara(), operations);
    let mut expected = value;
    // Addresses need not have `primary`: the published schema leaves it out.
    expected.as_object_mut().unwrap().remove("primary");
    result["addresses"][0].as_object_mut().unwrap().remove("primary");
    assert_eq!(result["addresses"][0], expected);
    assert_eq!(result["addresses"][1], barbara()["addresses"][1]);
}

#[test]
fn section_3_5_2_3_a_street_address_is_replaced() {
    let path = "addresses[type eq \"work\"].streetAddress";
    let result = in_both(&barbara(), json!([{"op": "replace", "path": path, "value": "1010 Broadway Ave"}]));
    let mut expected = barbara();
    expected["addresses"][0]["streetAddress"] = json!("1010 Broadway Ave");
    assert_eq!(result, expected);
}

#[test]
fn section_3_5_2_3_all_values_of_attributes_are_replaced() {
    let emails = json!([
        {"value": "bjensen@example.com", "type": "work", "primary": true},
        {"value": "babs@jensen.org", "type": "home"}
    ]);
    let before =
        json!({"userName": "bjensen", "title": "Guide", "emails": [{"value": "old"}], "nickName": "B"});
    let operations = json!([{"op": "replace", "value": {"emails": emails, "nickname": "Babs"}}]);
    let expected = json!({"userName": "bjensen", "title": "Guide", "emails": emails, "nickName": "Babs"});
    assert_eq!(in_both(&before, operations), expected);
}
