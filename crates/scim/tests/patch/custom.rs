//! Characteristics that the published schemas do not use: immutable and required lists, lists of simple values, an extension
//! with a required attribute.

use enroll_scim::{Dialect, Registry, ResourceModel};
use serde_json::{Value, from_value, json};

use crate::support::{body, both, compat, keyword, strict};

const DEVICE: &str = "urn:example:Device";
const LEASE: &str = "urn:example:Lease";

fn device() -> ResourceModel {
    let mut registry = Registry::default();
    let text = |name: &str| json!({"name": name, "type": "string"});
    let device = json!({"id": DEVICE, "name": "Device", "attributes": [
        {"name": "serial", "type": "string", "required": true, "mutability": "immutable"},
        {"name": "batch", "type": "string", "mutability": "immutable"},
        {"name": "ports", "type": "integer"},
        {"name": "tags", "type": "string", "multiValued": true},
        {"name": "owners", "type": "complex", "multiValued": true, "required": true, "subAttributes": [
            text("value"), text("type"), {"name": "rooms", "type": "string", "multiValued": true}]},
        {"name": "maker", "type": "complex", "subAttributes": [
            {"name": "code", "type": "string", "mutability": "immutable"},
            {"name": "country", "type": "string", "required": true},
            text("note")]}
    ]});
    let lease = json!({"id": LEASE, "name": "Lease", "attributes": [
        {"name": "until", "type": "dateTime", "required": true}, text("note")]});
    registry.register_schema(from_value(device).unwrap()).unwrap();
    registry.register_schema(from_value(lease).unwrap()).unwrap();
    let kind = json!({"name": "Device", "endpoint": "/Devices", "schema": DEVICE,
        "schemaExtensions": [{"schema": LEASE, "required": false}]});
    registry.register_resource_type(from_value(kind).unwrap()).unwrap();
    registry.model("Device").unwrap()
}

fn printer() -> Value {
    json!({"serial": "S1", "tags": ["a", "b"], "owners": [{"value": "u1"}], "maker": {"code": "X", "country": "DE"}})
}

fn patched(dialect: &Dialect, operations: Value) -> Result<Value, &'static str> {
    let outcome = crate::support::request(dialect, &device(), &printer(), body(operations));
    outcome.map(|outcome| outcome.resource).map_err(|error| keyword(&error))
}

fn in_both(operations: Value) -> Result<Value, &'static str> {
    let result = patched(&strict(), operations.clone());
    assert_eq!(result, patched(&compat(), operations));
    result
}

#[test]
fn r5_an_immutable_attribute_is_set_once() {
    for op in ["add", "replace"] {
        let set = in_both(json!([{"op": op, "path": "batch", "value": "B1"}])).unwrap();
        assert_eq!(set["batch"], "B1");
        assert_eq!(in_both(json!([{"op": op, "path": "serial", "value": "S1"}])), Ok(printer()));
        for operations in [
            json!([{"op": op, "path": "serial", "value": "S2"}]),
            json!([{"op": op, "value": {"serial": "S2"}}]),
            json!([{"op": op, "path": "batch", "value": "B1"}, {"op": op, "path": "batch", "value": "B2"}]),
            json!([{"op": op, "path": "batch", "value": "B1"}, {"op": "remove", "path": "batch"}]),
            json!([{"op": op, "path": "maker.code", "value": "Y"}]),
            json!([{"op": op, "path": "maker", "value": {"code": "Y"}}]),
            json!([{"op": "remove", "path": "maker.code"}]),
        ] {
            assert_eq!(in_both(operations.clone()), Err("mutability"), "{operations}");
        }
    }
}

#[test]
fn s4_the_last_value_of_a_required_list_stays() {
    for operations in [
        json!([{"op": "remove", "path": "owners"}]),
        json!([{"op": "remove", "path": "owners[value eq \"u1\"]"}]),
        json!([{"op": "remove", "path": "owners[value pr].value"}]),
    ] {
        assert_eq!(in_both(operations.clone()), Err("mutability"), "{operations}");
    }
    let listed = json!([{"op": "remove", "path": "owners", "value": [{"value": "u1"}]}]);
    assert_eq!(patched(&compat(), listed), Err("mutability"));
    for value in [json!([]), json!(null)] {
        let operations = json!([{"op": "replace", "path": "owners", "value": value}]);
        assert_eq!(in_both(operations), Err("invalidValue"));
    }
    let exchanged = json!([
        {"op": "add", "path": "owners", "value": {"value": "u2"}},
        {"op": "remove", "path": "owners[value eq \"u1\"]"}
    ]);
    assert_eq!(in_both(exchanged).unwrap()["owners"], json!([{"value": "u2"}]));
}

#[test]
fn s4_a_required_part_is_neither_removed_nor_emptied() {
    assert_eq!(in_both(json!([{"op": "remove", "path": "maker.country"}])), Err("mutability"));
    let null = json!([{"op": "replace", "path": "maker.country", "value": null}]);
    assert_eq!(in_both(null), Err("invalidValue"));
    let null = json!([{"op": "replace", "path": "maker", "value": {"country": null}}]);
    assert_eq!(in_both(null), Err("invalidValue"));
    let mut without = printer();
    without.as_object_mut().unwrap().remove("maker");
    assert_eq!(in_both(json!([{"op": "remove", "path": "maker"}])), Ok(without), "the whole may go");
}

#[test]
fn r2_lists_of_simple_values_are_sets() {
    let after = |operation: Value| in_both(json!([operation])).unwrap().get("tags").cloned();
    assert_eq!(after(json!({"op": "add", "path": "tags", "value": "c"})), Some(json!(["a", "b", "c"])));
    assert_eq!(
        after(json!({"op": "add", "path": "tags", "value": ["A", "c", "C"]})),
        Some(json!(["a", "b", "c"]))
    );
    assert_eq!(after(json!({"op": "replace", "path": "tags", "value": ["x"]})), Some(json!(["x"])));
    assert_eq!(after(json!({"op": "remove", "path": "tags"})), None);
    let listed = json!([{"op": "remove", "path": "tags", "value": ["B"]}]);
    assert_eq!(patched(&compat(), listed).unwrap()["tags"], json!(["a"]));
}

#[test]
fn a14_a_list_inside_an_element_grows_by_add_and_is_replaced_by_replace() {
    let rooms = |op: &str, value: Value| {
        let operations = json!([
            {"op": "add", "path": "owners.rooms", "value": ["1"]},
            {"op": op, "path": "owners[value eq \"u1\"].rooms", "value": value}
        ]);
        in_both(operations).unwrap()["owners"][0]["rooms"].clone()
    };
    assert_eq!(rooms("add", json!(["2", "1"])), json!(["1", "2"]));
    assert_eq!(rooms("add", json!("2")), json!(["1", "2"]));
    assert_eq!(rooms("replace", json!(["2"])), json!(["2"]));
    assert_eq!(rooms("replace", json!(null)), Value::Null);
}

#[test]
fn g6_an_extension_needs_its_required_attribute_once_it_is_there() {
    let note = json!([{"op": "add", "path": format!("{LEASE}:note"), "value": "x"}]);
    assert_eq!(in_both(note), Err("invalidValue"));
    let whole = json!({"until": "2027-01-01T00:00:00Z", "note": "x"});
    let operations = json!([{"op": "add", "path": LEASE, "value": whole}]);
    assert_eq!(in_both(operations).unwrap()[LEASE], whole);
    let there_and_gone = json!([
        {"op": "add", "path": LEASE, "value": whole},
        {"op": "remove", "path": LEASE}
    ]);
    assert_eq!(in_both(there_and_gone), Ok(printer()));
    let required = json!([{"op": "add", "path": LEASE, "value": whole}, {"op": "remove", "path": format!("{LEASE}:until")}]);
    assert_eq!(in_both(required), Err("mutability"));
}

#[test]
fn a6_q15_types_are_checked() {
    for dialect in both() {
        for value in [json!("3"), json!(3.5), json!(true)] {
            let operations = json!([{"op": "replace", "path": "ports", "value": value}]);
            assert_eq!(patched(&dialect, operations), Err("invalidValue"));
        }
        let date = json!([{"op": "add", "path": LEASE, "value": {"until": "2027-01-01"}}]);
        assert_eq!(patched(&dialect, date), Err("invalidValue"));
        assert_eq!(
            patched(&dialect, json!([{"op": "add", "path": "ports", "value": 3}])).unwrap()["ports"],
            3
        );
    }
}
