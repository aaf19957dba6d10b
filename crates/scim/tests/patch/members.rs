//! Operations on the members of a group, which the caller keeps as rows.

use enroll_scim::patch::MemberChange::{self, Add, Remove, RemoveAll, RemoveMatching, ReplaceAll};
use enroll_scim::{Dialect, Limits, Notes, Quirk, Resource};
use serde_json::{Value, json};

use crate::support::*;

fn by_both(operations: Value) -> MemberChange {
    let change = member_change(&strict(), operations.clone());
    assert_eq!(change, member_change(&compat(), operations), "strict and compat differ");
    change
}

fn refused_members(dialect: &Dialect, operations: Value) -> &'static str {
    keyword(&detached(dialect, operations).unwrap_err())
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[test]
fn r2_members_are_added_given_alone_or_in_a_list() {
    let one = json!({"value": "u1"});
    for operation in [
        json!({"op": "add", "path": "members", "value": [one]}),
        json!({"op": "add", "path": "members", "value": one}),
        json!({"op": "add", "value": {"members": [one]}}),
        json!({"op": "add", "path": "MEMBERS", "value": [{"VALUE": "u1"}]}),
        json!({"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:Group:members", "value": [one]}),
    ] {
        assert_eq!(by_both(json!([operation])), Add(vec![one.clone()]));
    }
}

#[test]
fn d5_d7_members_are_read_by_the_schema_and_kept_once() {
    let value = json!([
        {"value": "u1", "type": "User", "display": "Babs", "displayName": "Babs", "$ref": "https://example.com/Users/u1"},
        {"value": "u2", "$ref": null},
        {"value": "u1", "type": "User"},
        {"value": "u1"}
    ]);
    let expected = json!({"value": "u1", "type": "User", "$ref": "https://example.com/Users/u1"});
    let change = by_both(json!([{"op": "add", "path": "members", "value": value}]));
    assert_eq!(change, Add(vec![expected, json!({"value": "u2"})]));
}

#[test]
fn d6_a_member_without_value_is_refused() {
    for dialect in both() {
        for value in [json!([{"type": "User"}]), json!([{"value": ""}]), json!([1]), json!([{"value": 1}])] {
            let operations = json!([{"op": "add", "path": "members", "value": value}]);
            assert_eq!(refused_members(&dialect, operations), "invalidValue", "{value}");
        }
    }
}

#[test]
fn bare_strings_are_members_in_compat() {
    for value in [json!("u1"), json!(["u1"])] {
        let operations = json!([{"op": "add", "path": "members", "value": value}]);
        assert_eq!(member_change(&compat(), operations.clone()), Add(vec![json!({"value": "u1"})]));
        assert_eq!(refused_members(&strict(), operations), "invalidValue");
    }
}

#[test]
fn s2_members_are_removed_all() {
    assert_eq!(by_both(json!([{"op": "remove", "path": "members"}])), RemoveAll);
    assert_eq!(by_both(json!([{"op": "remove", "path": "members", "value": null}])), RemoveAll);
}

#[test]
fn s3_members_are_removed_by_filter() {
    let one = json!([{"op": "remove", "path": "members[value eq \"U1\"]"}]);
    assert_eq!(by_both(one), Remove(ids(&["U1"])));
    let several =
        json!([{"op": "remove", "path": "members[value eq \"u1\" or value eq \"u2\" or value eq \"u1\"]"}]);
    assert_eq!(by_both(several), Remove(ids(&["u1", "u2"])));
}

#[test]
fn s3_members_are_removed_by_any_other_filter() {
    for (filter, gone) in [
        ("type eq \"Group\"", [false, true, false]),
        ("value eq \"u1\" or type eq \"Group\"", [true, true, false]),
        ("value eq \"u1\" and type eq \"Group\"", [false, false, false]),
        ("not (value eq \"u1\")", [false, true, true]),
        ("value sw \"u\"", [true, false, true]),
    ] {
        let operations = json!([{"op": "remove", "path": format!("members[{filter}]")}]);
        let RemoveMatching(matching) = by_both(operations) else { panic!("{filter}") };
        let members = [
            json!({"value": "u1", "type": "User"}),
            json!({"value": "g1", "type": "Group"}),
            json!({"value": "u2", "type": "User"}),
        ];
        assert_eq!(members.each_ref().map(|member| matching.matches_element(member)), gone, "{filter}");
    }
}

#[test]
fn s6_e7_members_that_are_listed_are_removed_alone() {
    for (value, expected) in [
        (json!([{"$ref": null, "value": "u1"}]), ids(&["u1"])),
        (json!([{"value": "u1"}, {"value": "u2", "type": "User"}, {"value": "u1"}]), ids(&["u1", "u2"])),
        (json!({"value": "u1"}), ids(&["u1"])),
        (json!("u1"), ids(&["u1"])),
        (json!(["u1", "u2"]), ids(&["u1", "u2"])),
        (json!([]), ids(&[])),
    ] {
        let operations = json!([{"op": "Remove", "path": "members", "value": value}]);
        assert_eq!(member_change(&compat(), operations), Remove(expected), "{value}");
    }
}

#[test]
fn s6_without_the_quirk_a_list_is_refused_and_empties_nothing() {
    for dialect in [strict(), compat().without(Quirk::RemoveByValue)] {
        let operations = json!([{"op": "remove", "path": "members", "value": [{"value": "u1"}]}]);
        let error = detached(&dialect, operations).unwrap_err();
        assert_eq!(keyword(&error), "invalidValue");
        assert!(error.detail().contains("members[value eq"), "{error}");
    }
}

#[test]
fn t2_members_are_replaced_all() {
    let list = json!([{"value": "u1"}, {"value": "u2"}]);
    let expected = ReplaceAll(vec![json!({"value": "u1"}), json!({"value": "u2"})]);
    assert_eq!(by_both(json!([{"op": "replace", "path": "members", "value": list}])), expected);
    assert_eq!(by_both(json!([{"op": "replace", "value": {"members": list}}])), expected);
    for nobody in [json!([]), json!(null)] {
        assert_eq!(by_both(json!([{"op": "replace", "path": "members", "value": nobody}])), RemoveAll);
        assert_eq!(by_both(json!([{"op": "replace", "value": {"members": nobody}}])), RemoveAll);
    }
}

#[test]
fn s5_adding_nobody_changes_nothing() {
    for dialect in both() {
        for nobody in [json!([]), json!(null)] {
            let operations = json!([{"op": "add", "path": "members", "value": nobody}]);
            assert_eq!(detached(&dialect, operations).unwrap(), []);
        }
    }
}

#[test]
fn d2_members_are_never_edited() {
    for dialect in both() {
        for (op, path, value) in [
            ("replace", "members[value eq \"u1\"].value", json!("u2")),
            ("add", "members[value eq \"u1\"].type", json!("Group")),
            ("replace", "members[value eq \"u1\"]", json!({"value": "u2"})),
            ("add", "members[value eq \"u1\"]", json!({"value": "u2"})),
            ("replace", "members.value", json!("u2")),
            ("remove", "members.value", json!(null)),
            ("remove", "members[value eq \"u1\"].value", json!(null)),
            ("remove", "members[value eq \"u1\"].type", json!(null)),
            ("replace", "members[value eq \"u1\"].display", json!("Evil")),
        ] {
            let operations = json!([{"op": op, "path": path, "value": value}]);
            assert_eq!(refused_members(&dialect, operations), "mutability", "{op} {path}");
        }
    }
}

#[test]
fn changes_come_in_the_order_of_the_operations() {
    let operations = json!([
        {"op": "remove", "path": "members[value eq \"u1\"]"},
        {"op": "replace", "path": "displayName", "value": "New"},
        {"op": "add", "path": "members", "value": [{"value": "u1"}]},
        {"op": "remove", "path": "members"},
        {"op": "replace", "value": {"externalId": "x", "members": [{"value": "u3"}]}}
    ]);
    for dialect in both() {
        let (changes, rest) = detached_from(&dialect, body(operations.clone())).unwrap();
        let expected = [
            Remove(ids(&["u1"])),
            Add(vec![json!({"value": "u1"})]),
            RemoveAll,
            ReplaceAll(vec![json!({"value": "u3"})]),
        ];
        assert_eq!(changes, expected);
        let before = Resource::from_stored(object(json!({"displayName": "Old"})));
        let patched = rest.apply(&group(), &before, &mut Notes::default()).unwrap();
        let after = Value::Object(patched.resource.into_object());
        assert_eq!(after, json!({"displayName": "New", "externalId": "x"}));
    }
}

#[test]
fn members_that_are_not_detached_are_part_of_the_document() {
    let before =
        json!({"displayName": "Tour Guides", "members": [{"value": "u1"}, {"value": "u2", "type": "User"}]});
    let operations = json!([
        {"op": "add", "path": "members", "value": [{"value": "u2"}, {"value": "u3"}]},
        {"op": "remove", "path": "members[value eq \"u1\"]"}
    ]);
    for dialect in both() {
        let outcome = request(&dialect, &group(), &before, body(operations.clone())).unwrap();
        assert_eq!(outcome.resource["members"], json!([{"value": "u2", "type": "User"}, {"value": "u3"}]));
    }
}

#[test]
fn d2_members_of_the_document_are_never_edited() {
    let before = json!({"displayName": "Tour Guides", "members": [{"value": "u1", "type": "User"}]});
    for (path, value) in [
        ("members[value eq \"u1\"].value", json!("u2")),
        ("members[value eq \"u1\"].type", json!("Group")),
        ("members[value eq \"u1\"]", json!({"value": "u2"})),
    ] {
        for dialect in both() {
            let operations = json!([{"op": "replace", "path": path, "value": value}]);
            let error = request(&dialect, &group(), &before, body(operations)).unwrap_err();
            assert_eq!(keyword(&error), "mutability", "{path}");
        }
    }
    let unset = json!([{"op": "add", "path": "members[value eq \"u1\"].$ref", "value": "Users/u1"}]);
    let outcome = request(&strict(), &group(), &before, body(unset)).unwrap();
    assert_eq!(outcome.resource["members"][0]["$ref"], "Users/u1", "what is unset may be set once");
}

#[test]
fn too_many_member_values_are_refused_with_the_limit() {
    let limits = Limits { member_values: 5, ..Limits::default() };
    let members = |count: usize| (0..count).map(|n| json!({"value": n.to_string()})).collect::<Value>();
    let read = |operations: Value| {
        let mut notes = Notes::default();
        enroll_scim::patch::PatchRequest::parse(body(operations), &group(), &compat(), &limits, &mut notes)
    };
    assert!(read(json!([{"op": "add", "path": "members", "value": members(5)}])).is_ok());
    for operations in [
        json!([{"op": "add", "path": "members", "value": members(6)}]),
        json!([{"op": "add", "value": {"members": members(6)}}]),
        json!([{"op": "remove", "path": "members", "value": members(6)}]),
        json!([{"op": "replace", "path": "members", "value": members(3)}, {"op": "add", "path": "members", "value": members(3)}]),
    ] {
        let error = read(operations).unwrap_err();
        assert_eq!(error.status(), 413);
        assert!(error.detail().contains("more than 5 values of members"), "{error}");
    }
}
