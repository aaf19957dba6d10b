//! Section Q of the conformance facts: what paths of operations may be.

use enroll_scim::Quirk;
use serde_json::json;

use crate::support::*;

#[test]
fn q7_q10_an_extension_attribute_is_reached_by_its_urn() {
    let path = format!("{ENTERPRISE}:employeeNumber");
    let bare = json!({"userName": "bjensen"});
    for path in [path.clone(), path.to_uppercase()] {
        let result = in_both(&bare, json!([{"op": "add", "path": path, "value": "7"}]));
        assert_eq!(result, json!({"userName": "bjensen", ENTERPRISE: {"employeeNumber": "7"}}));
    }
    let then = json!([
        {"op": "add", "path": path, "value": "7"},
        {"op": "remove", "path": path}
    ]);
    assert_eq!(in_both(&bare, then), bare, "removing the last attribute removes the extension");
}

#[test]
fn q10_sub_attributes_and_the_core_urn_work_as_paths() {
    let result = in_both(
        &barbara(),
        json!([
            {"op": "replace", "path": format!("{ENTERPRISE}:manager.value"), "value": "42"},
            {"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:userName", "value": "babs"},
            {"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "value": "Babs"},
            {"op": "remove", "path": "urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"home\"]"}
        ]),
    );
    assert_eq!(result[ENTERPRISE]["manager"], json!({"value": "42"}));
    assert_eq!(result["userName"], "babs");
    assert_eq!(result["name"], json!({"givenName": "Babs", "familyName": "Jensen"}));
    assert_eq!(result["emails"].as_array().unwrap().len(), 1);
}

#[test]
fn q10_an_extension_as_a_whole_is_a_path() {
    for op in ["add", "replace"] {
        let value = json!({"department": "Sales", "costCenter": "4130", "unknown": 1});
        let result = in_both(&barbara(), json!([{"op": op, "path": ENTERPRISE, "value": value}]));
        assert_eq!(
            result[ENTERPRISE],
            json!({"department": "Sales", "manager": {"value": "26118915"}, "costCenter": "4130"})
        );
    }
    let expected = {
        let mut barbara = barbara();
        barbara.as_object_mut().unwrap().remove(ENTERPRISE);
        barbara
    };
    assert_eq!(in_both(&barbara(), json!([{"op": "remove", "path": ENTERPRISE}])), expected);
    assert_eq!(in_both(&barbara(), json!([{"op": "replace", "path": ENTERPRISE, "value": null}])), expected);
    assert_eq!(in_both(&barbara(), json!([{"op": "replace", "value": {ENTERPRISE: null}}])), expected);
    let text = json!([{"op": "replace", "path": ENTERPRISE, "value": "x"}]);
    assert_eq!(refused_by_both(&barbara(), text), "invalidValue");
}

#[test]
fn q10_an_extension_is_a_key_of_a_value_without_path() {
    let value = json!({ENTERPRISE.to_lowercase(): {"Department": "Sales"}});
    let result = in_both(&barbara(), json!([{"op": "replace", "value": value}]));
    assert_eq!(result[ENTERPRISE], json!({"department": "Sales", "manager": {"value": "26118915"}}));
}

#[test]
fn q10_e5_a_dotted_urn_is_a_quirk() {
    let operations = json!([{"op": "replace", "path": format!("{ENTERPRISE}.department"), "value": "Sales"}]);
    assert_eq!(refused(&strict(), &barbara(), operations.clone()), "noTarget");
    let outcome = patch(&compat(), &barbara(), operations).unwrap();
    assert_eq!(outcome.resource[ENTERPRISE]["department"], "Sales");
    assert!(outcome.used(Quirk::DottedUrn));
    let part = json!([{"op": "Replace", "path": format!("{ENTERPRISE}.manager.value"), "value": "42"}]);
    assert_eq!(patched(&compat(), &barbara(), part)[ENTERPRISE]["manager"], json!({"value": "42"}));
}

#[test]
fn q8_an_unreadable_path_is_invalid_path() {
    let unreadable = [
        "",
        " ",
        ".",
        "emails[",
        "emails]",
        "emails[type eq \"work\"",
        "emails[type eq \"work\"]x",
        "a b",
        "name.",
        "name..givenName",
        "name.givenName.x",
        "emails[0]",
        "emails[0].value",
        "/userName",
        "emails[]",
        "1st",
        "emails[type eq \"work\"].",
        "emails[type eq \"work\"].value.x",
    ];
    for path in unreadable {
        let keyword = refused_by_both(&barbara(), json!([{"op": "replace", "path": path, "value": "x"}]));
        let expected =
            if path.starts_with("emails[]") || path == "emails[" { "invalidFilter" } else { "invalidPath" };
        assert_eq!(keyword, expected, "{path:?}");
    }
    for path in [json!(1), json!(["userName"]), json!({})] {
        let operations = json!([{"op": "replace", "path": path, "value": "x"}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidPath");
    }
}

#[test]
fn q8_a_filter_where_there_is_one_value_is_invalid_path() {
    for path in
        ["userName[value eq \"x\"]", "name[givenName eq \"x\"].familyName", "emails.value[type eq \"x\"]"]
    {
        let operations = json!([{"op": "replace", "path": path, "value": "x"}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidPath", "{path}");
    }
}

#[test]
fn q8_a_bad_filter_is_invalid_filter() {
    for filter in
        ["type", "type eq", "type xx \"work\"", "nope eq \"x\"", "primary gt true", "type eq \"a\" and"]
    {
        let operations = json!([{"op": "remove", "path": format!("emails[{filter}]")}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidFilter", "{filter}");
    }
}

#[test]
fn q9_a_path_to_an_unknown_attribute_is_no_target() {
    for path in [
        "nope",
        "name.nope",
        "emails.nope",
        "emails[type eq \"work\"].nope",
        "urn:nope:User:title",
        "userName.x",
    ] {
        for op in ["add", "replace", "remove"] {
            let operations = json!([{"op": op, "path": path, "value": "x"}]);
            assert_eq!(refused_by_both(&barbara(), operations), "noTarget", "{op} {path}");
        }
    }
}

#[test]
fn q9_unknown_keys_of_a_value_without_path_are_ignored() {
    for dialect in both() {
        let value = json!({"nope": 1, "title": "Guide", "urn:nope": {"x": 1}, "name": {"nope": 1}});
        let outcome = patch(&dialect, &barbara(), json!([{"op": "replace", "value": value}])).unwrap();
        let mut expected = barbara();
        expected["title"] = json!("Guide");
        assert_eq!(outcome.resource, expected);
        assert!(outcome.ignored("nope") && outcome.ignored("urn:nope"));
    }
}
