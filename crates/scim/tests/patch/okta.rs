//! The PATCH bodies of Okta, as recorded in section 1 of the wire notes.

use enroll_scim::Quirk;
use enroll_scim::patch::MemberChange::{Add, Remove, RemoveAll, ReplaceAll};
use serde_json::{from_str, json};

use crate::support::*;

#[test]
fn okta_activates_and_deactivates_without_path() {
    for active in [false, true] {
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"replace","value":{{"active":{active}}}}}]}}"#
        );
        for dialect in both() {
            let outcome = request(&dialect, &user(), &barbara(), from_str(&body).unwrap()).unwrap();
            let mut expected = barbara();
            expected["active"] = json!(active);
            assert_eq!(outcome.resource, expected);
        }
    }
}

#[test]
fn o5_okta_changes_a_password_without_path_and_it_is_dropped() {
    for dialect in both() {
        let operations = json!([{"op": "replace", "value": {"password": "1mz050nq"}}]);
        let outcome = patch(&dialect, &barbara(), operations).unwrap();
        assert!(!outcome.changed);
    }
}

#[test]
fn o4_o12_a_rename_with_the_id_beside_it_leaves_members_alone() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations":[{"op":"replace","value":{"id":"abf4dd94-a4c0-4f67-89c9-76b03340cb9b","displayName":"Test SCIMv2"}}]}"#;
    let group_before = json!({"displayName": "Old", "members": [{"value": "u1"}]});
    let outcome = request(&compat(), &group(), &group_before, from_str(body).unwrap()).unwrap();
    assert_eq!(outcome.resource, json!({"displayName": "Test SCIMv2", "members": [{"value": "u1"}]}));
    assert!(outcome.used(Quirk::ReadOnlyInPatch));
    assert_eq!(detached_from(&compat(), from_str(body).unwrap()).unwrap().0, []);
    let error = request(&strict(), &group(), &group_before, from_str(body).unwrap()).unwrap_err();
    assert_eq!(keyword(&error), "mutability");
}

#[test]
fn okta_pushes_membership_changes() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"remove","path":"members[value eq \"u1\"]"},
        {"op":"add","path":"members","value":[{"value":"u2","display":"test.user@okta.local"}]}]}"#;
    for dialect in both() {
        let (changes, rest) = detached_from(&dialect, from_str(body).unwrap()).unwrap();
        assert_eq!(changes, [Remove(vec!["u1".into()]), Add(vec![json!({"value": "u2"})])]);
        assert!(rest.is_empty());
    }
}

#[test]
fn okta_pushes_all_members_now() {
    let full = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"replace","path":"members","value":[{"value":"u1","display":"a"},{"value":"u2","display":"b"}]}]}"#;
    let without_path = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"replace","value":{"members":[{"value":"u1"},{"value":"u2"}]}}]}"#;
    let empty = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"replace","path":"members","value":[]}]}"#;
    let expected = ReplaceAll(vec![json!({"value": "u1"}), json!({"value": "u2"})]);
    for dialect in both() {
        let changes = |body| detached_from(&dialect, from_str(body).unwrap()).unwrap().0;
        assert_eq!(changes(full), std::slice::from_ref(&expected));
        assert_eq!(changes(without_path), std::slice::from_ref(&expected));
        assert_eq!(changes(empty), [RemoveAll]);
    }
}

#[test]
fn o14_empty_strings_are_no_error() {
    let body =
        r#"{"Operations":[{"op":"replace","value":{"title":"","nickName":"","name":{"middleName":""}}}]}"#;
    let outcome = request(&compat(), &user(), &barbara(), from_str(body).unwrap()).unwrap();
    assert!(!outcome.changed);
}
