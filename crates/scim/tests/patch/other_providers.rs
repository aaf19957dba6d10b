//! The PATCH bodies of JumpCloud, Keycloak and authentik, as recorded in sections 5, 7 and 8 of the wire notes.

use enroll_scim::patch::MemberChange::{Add, Remove, RemoveAll, ReplaceAll};
use enroll_scim::patch::{MemberChange, PatchRequest};
use enroll_scim::{Notes, Quirk, Resource};
use serde_json::{Value, from_str, json};

use crate::support::*;

fn on_group(body: &str) -> (Vec<MemberChange>, PatchRequest) {
    detached_from(&compat(), from_str(body).unwrap()).unwrap()
}

fn group_after(request: &PatchRequest) -> Value {
    let before = Resource::from_stored(object(json!({"displayName": "Old"})));
    let patched = request.apply(&group(), &before, &mut Notes::default()).unwrap();
    Value::Object(patched.resource.into_object())
}

#[test]
fn wire_j2_jumpcloud_removes_members_by_a_list() {
    let (changes, _) =
        on_group(r#"{"Operations":[{"op":"remove","path":"members","value":[{"value":"u1"}]}]}"#);
    assert_eq!(changes, [Remove(vec!["u1".into()])]);
}

#[test]
fn wire_k3_keycloak_patches_a_user() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"replace","path":"active","value":"false"},
        {"op":"replace","path":"userName","value":"babs"},
        {"op":"replace","path":"displayName","value":"Babs"}]}"#;
    let outcome = request(&compat(), &user(), &barbara(), from_str(body).unwrap()).unwrap();
    assert_eq!(outcome.resource["active"], false);
    assert_eq!(outcome.resource["userName"], "babs");
    assert_eq!(outcome.resource["displayName"], "Babs");
}

#[test]
fn wire_k3_wire_k4_keycloak_patches_a_group() {
    let (changes, rest) = on_group(
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"replace","path":"members","value":[{"value":"u1","$ref":"Users/u1"}]},
        {"op":"replace","path":"displayName","value":"Sales"},
        {"op":"replace","path":"externalId","value":"kc-1"}]}"#,
    );
    assert_eq!(changes, [ReplaceAll(vec![json!({"value": "u1", "$ref": "Users/u1"})])]);
    assert_eq!(group_after(&rest), json!({"displayName": "Sales", "externalId": "kc-1"}));
}

#[test]
fn wire_k3_keycloak_empties_a_group_with_a_null_value() {
    let (changes, _) = on_group(r#"{"Operations":[{"op":"remove","path":"members","value":null}]}"#);
    assert_eq!(changes, [RemoveAll]);
}

#[test]
fn wire_k5_scim_for_keycloak_sends_json_in_a_string_and_its_members_are_not_lost() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"replace","value":"{\"displayName\":\"Sales\",\"externalId\":\"kc-1\"}"},
        {"op":"add","path":"members","value":[{"value":"u1"}]},
        {"op":"remove","path":"members[value eq \"u2\"]"}]}"#;
    let (changes, rest) = on_group(body);
    assert_eq!(changes, [Add(vec![json!({"value": "u1"})]), Remove(vec!["u2".into()])]);
    assert_eq!(group_after(&rest), json!({"displayName": "Sales", "externalId": "kc-1"}));
    let error =
        detached_from(&compat().without(Quirk::JsonStringValue), from_str(body).unwrap()).unwrap_err();
    assert_eq!(keyword(&error), "invalidValue");
}

#[test]
fn wire_a3_authentik_changes_members_one_by_one() {
    let (changes, _) = on_group(
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"add","path":"members","value":[{"value":"u1"}]},
        {"op":"remove","path":"members","value":[{"value":"u2"}]},
        {"op":"remove","path":"members","value":[{"value":"u3"}]}]}"#,
    );
    assert_eq!(
        changes,
        [Add(vec![json!({"value": "u1"})]), Remove(vec!["u2".into()]), Remove(vec!["u3".into()])]
    );
}

#[test]
fn wire_a3_authentik_replaces_a_group_by_the_whole_object() {
    let (changes, rest) = on_group(
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{
        "schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g1","externalId":"ak-1","displayName":"Sales"}}]}"#,
    );
    assert_eq!(changes, []);
    assert_eq!(group_after(&rest), json!({"displayName": "Sales", "externalId": "ak-1"}));
}

#[test]
fn wire_l1_onelogin_names_the_manager_as_in_scim_1_1() {
    for operation in [
        json!({"op": "replace", "path": format!("{ENTERPRISE}:manager"), "value": {"managerId": "u7"}}),
        json!({"op": "replace", "value": {ENTERPRISE: {"manager": {"managerId": "u7"}}}}),
    ] {
        let operations = json!([operation]);
        let outcome = patch(&compat(), &barbara(), operations.clone()).unwrap();
        assert_eq!(outcome.resource[ENTERPRISE]["manager"], json!({"value": "u7"}));
        assert!(outcome.used(Quirk::ManagerId));
        let strictly = patch(&strict(), &barbara(), operations).unwrap();
        assert_eq!(strictly.resource, barbara(), "to the letter an unknown sub-attribute");
    }
}
