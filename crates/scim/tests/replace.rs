//! Bodies of PUT: what is replaced, what is kept, what is refused.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use enroll_scim::{Dialect, Notes, Registry, Resource, ResourceModel, ScimError, ScimType, validate};
use serde_json::{Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn model(name: &str) -> ResourceModel {
    Registry::core().model(name).expect("a core type")
}

fn replace_in(model: &ResourceModel, current: Value, body: Value) -> Result<Value, ScimError> {
    let (Value::Object(current), Value::Object(body)) = (current, body) else { panic!("objects") };
    let current = Resource::from_stored(current);
    validate::replace(model, &Dialect::compat(), &current, body, &mut Notes::default())
        .map(|resource| resource.into_object().into())
}

fn replace_user(current: Value, body: Value) -> Result<Value, ScimError> {
    replace_in(&model("User"), current, body)
}

#[test]
fn p2_what_is_left_out_is_cleared() {
    let current = json!({"userName": "u", "active": true, "title": "t", "externalId": "e", "name": {"givenName": "a"},
        "emails": [{"value": "a"}], ENTERPRISE: {"department": "d", "manager": {"value": "m"}}});
    let read = replace_user(
        current,
        json!({"userName": "v", "name": {"familyName": "b"}, ENTERPRISE: {"division": "x"}}),
    );
    let expected =
        json!({"userName": "v", "name": {"familyName": "b"}, ENTERPRISE: {"division": "x"}, "active": true});
    assert_eq!(read.unwrap(), expected);
}

#[test]
fn p2_active_stays_as_it_was_unless_given() {
    let inactive = json!({"userName": "u", "active": false});
    assert_eq!(replace_user(inactive.clone(), json!({"userName": "u"})).unwrap()["active"], false);
    assert_eq!(
        replace_user(inactive.clone(), json!({"userName": "u", "active": null})).unwrap()["active"],
        false
    );
    assert_eq!(replace_user(inactive, json!({"userName": "u", "active": "True"})).unwrap()["active"], true);
    let active = json!({"userName": "u", "active": true});
    assert_eq!(replace_user(active, json!({"userName": "u", "active": false})).unwrap()["active"], false);
}

#[test]
fn p3_o7_an_echo_of_the_whole_resource_changes_nothing() {
    let current =
        json!({"userName": "u", "active": true, "emails": [{"value": "a", "display": "A", "primary": true}]});
    let mut echo = current.clone();
    echo["id"] = json!("another");
    echo["meta"] = json!({"version": "W/\"1\"", "created": "x"});
    echo["groups"] = json!([{"value": "g", "display": "G"}]);
    echo["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User"]);
    assert_eq!(replace_user(current.clone(), echo).unwrap(), current);
}

#[test]
fn a30_p5_required_attributes_are_not_kept() {
    let error = replace_user(json!({"userName": "u", "active": true}), json!({"title": "x"})).unwrap_err();
    assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidValue)));
    assert!(error.detail().contains("userName"));
}

#[test]
fn p7_members_that_are_not_mentioned_differ_from_none() {
    let group = |body: Value| replace_in(&model("Group"), json!({"displayName": "g"}), body).unwrap();
    assert_eq!(group(json!({"displayName": "h"})), json!({"displayName": "h"}));
    for none in [json!([]), json!(null)] {
        assert_eq!(
            group(json!({"displayName": "h", "MEMBERS": none})),
            json!({"displayName": "h", "members": []})
        );
    }
    let some = json!({"displayName": "h", "members": [{"value": "a", "type": "User"}]});
    assert_eq!(group(some.clone()), some);
}

#[test]
fn p4_members_are_replaced_as_a_list() {
    let current = json!({"displayName": "g", "members": [{"value": "a"}, {"value": "b", "type": "User"}]});
    let body = json!({"displayName": "g", "members": [{"value": "b", "type": "Group"}, {"value": "c"}]});
    assert_eq!(replace_in(&model("Group"), current, body.clone()).unwrap(), body);
}

/// A model with immutable and write-only attributes at each level.
fn badges() -> ResourceModel {
    let parts = json!([
        {"name": "serial", "mutability": "immutable"},
        {"name": "color"},
        {"name": "pin", "mutability": "writeOnly", "returned": "never"},
    ]);
    let top = json!([
        {"name": "serial", "mutability": "immutable"},
        {"name": "exact", "mutability": "immutable", "caseExact": true},
        {"name": "doors", "mutability": "immutable", "multiValued": true},
        {"name": "secret", "mutability": "writeOnly", "returned": "never"},
        {"name": "chip", "type": "complex", "subAttributes": parts},
        {"name": "color"},
    ]);
    let mut registry = Registry::core();
    for (id, attributes) in [("urn:example:Badge", top.clone()), ("urn:example:More", top)] {
        let schema = json!({"id": id, "attributes": attributes});
        registry.register_schema(serde_json::from_value(schema).unwrap()).unwrap();
    }
    let kind = json!({"name": "Badge", "endpoint": "/Badges", "schema": "urn:example:Badge",
        "schemaExtensions": [{"schema": "urn:example:More", "required": false}]});
    registry.register_resource_type(serde_json::from_value(kind).unwrap()).unwrap();
    registry.model("Badge").expect("registered")
}

/// Replaces with the attributes at the top, in an extension, and inside `chip` where they are known there.
fn badge(current: &Value, body: &Value) -> [Result<Value, ScimError>; 2] {
    let inside = |value: &Value| json!({"urn:example:More": value});
    [
        replace_in(&badges(), current.clone(), body.clone()),
        replace_in(&badges(), inside(current), inside(body)).map(|badge| badge["urn:example:More"].clone()),
    ]
}

#[test]
fn p4_an_immutable_value_may_be_repeated_but_not_changed() {
    let current =
        json!({"serial": "Ab", "exact": "Ab", "doors": ["a", "b"], "chip": {"serial": "Cd", "color": "x"}});
    for same in [
        json!({"serial": "aB"}),
        json!({"exact": "Ab"}),
        json!({"doors": ["b", "A"]}),
        json!({"chip": {"serial": "cd"}}),
    ] {
        for read in badge(&current, &same) {
            let read = read.unwrap();
            assert_eq!((&read["serial"], &read["doors"]), (&json!("Ab"), &json!(["a", "b"])), "{same}");
            assert_eq!(read["chip"], json!({"serial": "Cd"}));
        }
    }
    for other in [
        json!({"serial": "x"}),
        json!({"serial": null}),
        json!({"exact": "ab"}),
        json!({"doors": ["a"]}),
        json!({"doors": []}),
        json!({"chip": {"serial": "x"}}),
    ] {
        for read in badge(&current, &other) {
            let error = read.expect_err("immutable");
            assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::Mutability)), "{other}");
        }
    }
}

#[test]
fn p4_an_immutable_attribute_without_value_is_set() {
    for read in badge(&json!({"color": "x"}), &json!({"serial": "a", "chip": {"serial": "b"}})) {
        assert_eq!(read.unwrap(), json!({"serial": "a", "chip": {"serial": "b"}}));
    }
}

#[test]
fn p2_write_only_values_are_kept_when_left_out() {
    let current = json!({"secret": "s", "color": "x", "chip": {"pin": "1", "color": "x"}});
    for read in badge(&current, &json!({})) {
        assert_eq!(read.unwrap(), json!({"secret": "s", "chip": {"pin": "1"}}));
    }
    for read in badge(&current, &json!({"secret": "t", "chip": {"pin": "2"}})) {
        assert_eq!(read.unwrap(), json!({"secret": "t", "chip": {"pin": "2"}}));
    }
    for read in badge(&current, &json!({"secret": null, "color": "y"})) {
        assert_eq!(read.unwrap().get("secret"), None, "cleared on purpose");
    }
}
