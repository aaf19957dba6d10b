//! Section R of the conformance facts: `add` (RFC 7644 §3.5.2.1).

use enroll_scim::Quirk;
use serde_json::{Value, json};

use crate::support::*;

fn emails(user: &Value) -> &Vec<Value> {
    user["emails"].as_array().unwrap()
}

#[test]
fn r1_without_path_attributes_are_merged_into_the_resource() {
    let value = json!({
        "emails": [{"value": "third@example.com", "type": "other"}],
        "nickname": "Babs",
        "name": {"middleName": "Jane"}
    });
    let result = in_both(&barbara(), json!([{"op": "add", "value": value}]));
    assert_eq!(emails(&result).len(), 3);
    assert_eq!(result["nickName"], "Babs");
    assert_eq!(result["name"], json!({"givenName": "Barbara", "familyName": "Jensen", "middleName": "Jane"}));
    assert_eq!(result["userName"], "bjensen");
}

#[test]
fn r2_values_are_appended_given_alone_or_in_a_list() {
    let one = json!({"value": "third@example.com"});
    for value in [one.clone(), json!([one])] {
        let result = in_both(&barbara(), json!([{"op": "add", "path": "emails", "value": value}]));
        assert_eq!(emails(&result).len(), 3);
        assert_eq!(emails(&result)[2], one);
    }
}

#[test]
fn r2_a_list_that_was_unassigned_is_created() {
    let bare = json!({"userName": "bjensen"});
    let result = in_both(&bare, json!([{"op": "add", "path": "roles", "value": {"value": "guide"}}]));
    assert_eq!(result["roles"], json!([{"value": "guide"}]));
}

#[test]
fn r2_a16_the_same_value_is_not_added_twice() {
    for value in [
        json!({"value": "babs@jensen.org"}),
        json!({"value": "babs@jensen.org", "type": "home"}),
        json!([{"value": "babs@jensen.org", "type": "home"}, {"value": "babs@jensen.org", "type": "home"}]),
    ] {
        let result = in_both(&barbara(), json!([{"op": "add", "path": "emails", "value": value}]));
        assert_eq!(result, barbara());
    }
}

#[test]
fn r2_a16_the_same_value_under_another_type_is_another() {
    let value = json!({"value": "babs@jensen.org", "type": "work"});
    let result = in_both(&barbara(), json!([{"op": "add", "path": "emails", "value": value}]));
    assert_eq!(emails(&result).len(), 3);
}

#[test]
fn r2_values_compare_as_their_attribute_says() {
    let value = json!({"value": "Babs@Jensen.org", "type": "HOME"});
    let result = in_both(&barbara(), json!([{"op": "add", "path": "emails", "value": value}]));
    assert_eq!(emails(&result).len(), 2, "e-mail addresses compare without regard to case");
    assert_eq!(emails(&result)[1], value, "the spelling sent last is kept");
    let bare = json!({"userName": "bjensen", "photos": [{"value": "https://example.com/a.png"}]});
    let value = json!({"value": "https://example.com/A.png"});
    let result = in_both(&bare, json!([{"op": "add", "path": "photos", "value": value}]));
    assert_eq!(result["photos"].as_array().unwrap().len(), 2, "references compare with regard to case");
}

#[test]
fn r2_an_element_that_is_there_gets_what_the_added_one_says_besides() {
    let value = json!({"value": "babs@jensen.org", "display": "Babs", "primary": true});
    let result = in_both(&barbara(), json!([{"op": "add", "path": "emails", "value": value}]));
    assert_eq!(
        result["emails"],
        json!([
            {"value": "bjensen@example.com", "type": "work", "primary": false},
            {"value": "babs@jensen.org", "type": "home", "display": "Babs", "primary": true}
        ])
    );
}

#[test]
fn r2_an_address_is_the_same_when_it_is_the_same_in_everything() {
    let home = barbara()["addresses"][1].clone();
    let result = in_both(&barbara(), json!([{"op": "add", "path": "addresses", "value": home}]));
    assert_eq!(result, barbara());
    let other = json!({"type": "home", "streetAddress": "1 Elsewhere", "country": "US"});
    let result = in_both(&barbara(), json!([{"op": "add", "path": "addresses", "value": other}]));
    assert_eq!(result["addresses"].as_array().unwrap().len(), 3);
}

#[test]
fn r3_a_single_value_is_replaced_or_created() {
    let operations = json!([
        {"op": "add", "path": "displayName", "value": "Barbara J"},
        {"op": "add", "path": "title", "value": "Guide"}
    ]);
    let result = in_both(&barbara(), operations);
    assert_eq!(result["displayName"], "Barbara J");
    assert_eq!(result["title"], "Guide");
}

#[test]
fn r3_a_complex_value_gets_the_given_parts_and_keeps_the_others() {
    let value = json!({"givenName": "Babs", "honorificPrefix": "Ms."});
    let result = in_both(&barbara(), json!([{"op": "add", "path": "name", "value": value}]));
    let expected = json!({"givenName": "Babs", "familyName": "Jensen", "honorificPrefix": "Ms."});
    assert_eq!(result["name"], expected);
    let bare = json!({"userName": "bjensen"});
    let result = in_both(&bare, json!([{"op": "add", "path": "name.familyName", "value": "Jensen"}]));
    assert_eq!(result["name"], json!({"familyName": "Jensen"}));
}

#[test]
fn r6_with_a_match_all_selected_elements_get_the_parts() {
    let operations = json!([
        {"op": "add", "path": "addresses[country eq \"us\"].region", "value": "CA"},
        {"op": "add", "path": "addresses[type eq \"home\"]", "value": {"postalCode": "91608", "locality": null}}
    ]);
    assert_eq!(
        in_both(&barbara(), operations)["addresses"],
        json!([
            {"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "country": "US",
             "region": "CA"},
            {"type": "home", "streetAddress": "456 Hollywood Blvd", "country": "US", "region": "CA",
             "postalCode": "91608"}
        ])
    );
}

#[test]
fn r6_without_a_match_compat_creates_what_the_filter_says() {
    let operations =
        json!([{"op": "add", "path": "phoneNumbers[type eq \"Mobile\"].value", "value": "+1 201"}]);
    assert_eq!(refused(&strict(), &barbara(), operations.clone()), "noTarget");
    let outcome = patch(&compat(), &barbara(), operations).unwrap();
    assert_eq!(outcome.resource["phoneNumbers"], json!([{"type": "Mobile", "value": "+1 201"}]));
    assert!(outcome.used(Quirk::CreateOnFilter));
}

#[test]
fn r6_a_created_element_is_found_by_the_next_operation() {
    let operations = json!([
        {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].display", "value": "Cell"},
        {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1 201"},
        {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].primary", "value": "True"}
    ]);
    assert_eq!(
        patched(&compat(), &barbara(), operations)["phoneNumbers"],
        json!([{"type": "mobile", "display": "Cell", "value": "+1 201", "primary": true}])
    );
}

#[test]
fn r6_booleans_of_the_filter_become_booleans() {
    let path = "roles[primary eq \"True\"].display";
    let operations = json!([{"op": "add", "path": path, "value": "Guide"}]);
    let user = json!({"userName": "bjensen", "roles": [{"value": "a"}]});
    assert_eq!(
        patched(&compat(), &user, operations.clone())["roles"],
        json!([{"value": "a"}, {"primary": true, "display": "Guide"}])
    );
    assert_eq!(refused(&strict(), &user, operations), "invalidFilter");
}

#[test]
fn r6_a_whole_element_is_created_too() {
    let value = json!({"value": "+1 201", "display": "Cell"});
    let operations = json!([{"op": "add", "path": "phoneNumbers[type eq \"mobile\" and primary eq true]", "value": value}]);
    assert_eq!(
        patched(&compat(), &barbara(), operations.clone())["phoneNumbers"],
        json!([{"type": "mobile", "primary": true, "value": "+1 201", "display": "Cell"}])
    );
    assert_eq!(refused(&strict(), &barbara(), operations), "noTarget");
}

#[test]
fn r6_what_is_created_as_primary_resets_the_others() {
    let path = "emails[type eq \"other\" and primary eq true].value";
    let result =
        patched(&compat(), &barbara(), json!([{"op": "add", "path": path, "value": "x@example.com"}]));
    assert_eq!(result["emails"][0]["primary"], false);
    assert_eq!(result["emails"][2], json!({"type": "other", "primary": true, "value": "x@example.com"}));
}

#[test]
fn r6_nothing_is_created_for_a_value_that_means_unassigned() {
    let operations = json!([{"op": "Add", "path": "emails[type eq \"other\"].value", "value": ""}]);
    assert_eq!(patched(&compat(), &barbara(), operations), barbara());
}

#[test]
fn r7_a_filter_that_describes_no_element_is_no_target() {
    for filter in [
        "type ne \"fax\"",
        "type eq \"fax\" or type eq \"pager\"",
        "not (type eq \"fax\")",
        "type pr",
        "type eq null",
        "type eq \"fax\" and value sw \"+1\"",
        "type eq \"fax\" and type eq \"pager\"",
    ] {
        let path = format!("phoneNumbers[{filter}].value");
        let operations = json!([{"op": "add", "path": path, "value": "+1 201"}]);
        assert_eq!(refused_by_both(&barbara(), operations), "noTarget", "{filter}");
    }
}

#[test]
fn a_sub_attribute_of_a_list_is_that_of_every_element() {
    let result = in_both(&barbara(), json!([{"op": "add", "path": "emails.display", "value": "Babs"}]));
    assert!(emails(&result).iter().all(|email| email["display"] == "Babs"));
    let bare = json!({"userName": "bjensen"});
    let result = in_both(&bare, json!([{"op": "add", "path": "emails.value", "value": "a@b"}]));
    assert_eq!(result["emails"], json!([{"value": "a@b"}]));
}
