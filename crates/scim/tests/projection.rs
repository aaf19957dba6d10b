//! Projection: `attributes`, `excludedAttributes` and `returned`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use enroll_scim::projection::{Projection, split_list};
use enroll_scim::{Object, ScimType};
use serde_json::{Value, json};

use support::{DEVICE, LAB, model};

fn object(value: Value) -> Object {
    let Value::Object(object) = value else { panic!("{value}") };
    object
}

/// Every attribute, also those that are never or only on request shown.
fn device() -> Object {
    object(json!({
        "schemas": [DEVICE, LAB], "id": "1", "externalId": "x", "label": "a", "tags": ["t"],
        "secret": "s", "pin": "1234", "badge": "b",
        "box": {"height": 1, "colour": "red", "code": "c", "weight": 2, "shape": "round"},
        "parts": [{"value": "v", "type": "work", "code": "c"}, {"type": "home"}],
        LAB: {"room": "r", "hidden": "h", "keeper": {"value": "k", "displayName": "K"}},
        "meta": {"resourceType": "Device", "version": "W/\"1\""},
    }))
}

fn project(attributes: Option<&str>, excluded: Option<&str>) -> Projection {
    let [attributes, excluded] = [attributes, excluded].map(|list| list.map(split_list));
    Projection::parse(&model("Device"), attributes.as_deref(), excluded.as_deref()).unwrap()
}

fn only(attributes: &str) -> Value {
    project(Some(attributes), None).apply(&model("Device"), device()).into()
}

fn without(excluded: &str) -> Value {
    project(None, Some(excluded)).apply(&model("Device"), device()).into()
}

fn everything() -> Value {
    json!({
        "schemas": [DEVICE, LAB], "id": "1", "externalId": "x", "label": "a", "tags": ["t"], "badge": "b",
        "box": {"height": 1, "colour": "red", "shape": "round"},
        "parts": [{"value": "v", "type": "work"}, {"type": "home"}],
        LAB: {"room": "r", "keeper": {"value": "k", "displayName": "K"}},
        "meta": {"resourceType": "Device", "version": "W/\"1\""},
    })
}

/// What is left when nothing else is asked for.
fn least(more: Value) -> Value {
    let mut least = object(json!({"schemas": [DEVICE], "id": "1", "badge": "b"}));
    least.extend(object(more));
    least.into()
}

#[test]
fn k5_without_a_projection_never_and_request_stay_hidden() {
    let projection = Projection::none();
    assert!(!projection.is_explicit());
    assert_eq!(Value::from(projection.apply(&model("Device"), device())), everything());
}

#[test]
fn k3_only_named_attributes_and_those_always_returned() {
    assert_eq!(only("label"), least(json!({"label": "a"})));
    assert_eq!(only("LABEL, tags,,"), least(json!({"label": "a", "tags": ["t"]})));
    assert_eq!(only(&format!("{DEVICE}:label,{}:TAGS", DEVICE.to_uppercase())), only("label,tags"));
}

#[test]
fn a28_k5_never_stays_hidden_and_request_shows_when_named() {
    assert_eq!(only("secret,pin,parts.code"), least(json!({"pin": "1234"})));
    assert_eq!(only("box.weight,box.code"), least(json!({"box": {"weight": 2, "shape": "round"}})));
}

#[test]
fn a28_k4_excluding_never_removes_what_is_always_returned() {
    assert_eq!(without("id,schemas,badge,pin"), everything());
    let mut expected = object(everything());
    expected.insert("box".into(), json!({"colour": "red", "shape": "round"}));
    assert_eq!(without("box.height,box.shape"), Value::from(expected));
}

#[test]
fn k6_schemas_is_kept_and_meta_is_not() {
    assert_eq!(only("meta.version"), least(json!({"meta": {"version": "W/\"1\""}})));
    assert_eq!(only("nothing"), least(json!({})));
}

#[test]
fn k7_both_parameters_are_refused_and_unknown_names_ignored() {
    let names = ["label"];
    let error = Projection::parse(&model("Device"), Some(&names), Some(&names)).unwrap_err();
    assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidValue)));
    assert_eq!(without("nothing,label.x,a b,:,[,urn:x:label"), everything());
    assert_eq!(
        Projection::parse(&model("Device"), Some(&["", " "]), Some(&names)),
        Ok(project(None, Some("label")))
    );
    assert_eq!(project(Some(""), None), Projection::none());
    assert!(project(Some("nothing"), None).is_explicit());
}

#[test]
fn k8_parts_whole_complexes_and_extensions() {
    assert_eq!(only("parts.value"), least(json!({"parts": [{"value": "v"}]})));
    assert_eq!(only("parts.size"), least(json!({})), "nothing is left of the list");
    assert_eq!(only("parts,parts.value")["parts"], everything()["parts"], "the whole wins over a part");
    assert_eq!(only("box"), least(json!({"box": {"height": 1, "colour": "red", "shape": "round"}})));

    let both = |lab: Value| {
        let mut expected = object(least(json!({LAB: lab})));
        expected.insert("schemas".into(), json!([DEVICE, LAB]));
        Value::from(expected)
    };
    assert_eq!(only(LAB), both(everything()[LAB].clone()));
    assert_eq!(only(&format!("{LAB}:room")), both(json!({"room": "r"})));
    assert_eq!(only(&format!("{LAB}:keeper.value")), both(json!({"keeper": {"value": "k"}})));
    assert_eq!(only("room"), both(json!({"room": "r"})), "a name that can mean nothing else");
    assert_eq!(only(&format!("{LAB}:hidden")), least(json!({})));
}

#[test]
fn k8_the_base_schema_names_all_its_attributes() {
    let shown = only(DEVICE);
    assert_eq!(shown["label"], "a");
    assert_eq!(shown.get(LAB), None);
    assert_eq!(without(DEVICE)[LAB], everything()[LAB]);
    assert_eq!(without(DEVICE).get("label"), None);
}

#[test]
fn k8_an_excluded_extension_leaves_schemas_too() {
    for excluded in
        [LAB.to_owned(), format!("{LAB}:room,{LAB}:keeper"), "room,keeper.value,keeper.displayName".into()]
    {
        let shown = without(&excluded);
        assert_eq!(shown.get(LAB), None, "{excluded}");
        assert_eq!(shown["schemas"], json!([DEVICE]), "{excluded}");
    }
    assert_eq!(without(&format!("{LAB}:room"))[LAB], json!({"keeper": {"value": "k", "displayName": "K"}}));
}

#[test]
fn k3_a_filter_behind_a_name_is_ignored() {
    assert_eq!(only("parts[type eq \"work, or home\"]"), only("parts"));
    assert_eq!(only("label,parts[type eq \"a\\\",]b\"].value,tags"), only("label,parts.value,tags"));
}

#[test]
fn a28_request_shows_when_the_client_has_just_set_it() {
    let written = object(json!({"pin": "1234", "secret": "s", "box": {"weight": 2}, "label": "a"}));
    let device_model = model("Device");
    let mut expected = object(everything());
    expected.insert("pin".into(), json!("1234"));
    expected.insert("box".into(), json!({"height": 1, "colour": "red", "weight": 2, "shape": "round"}));
    let shown = Projection::none().apply_after_write(&device_model, device(), &written);
    assert_eq!(shown, expected);

    let shown = project(Some("label"), None).apply_after_write(&device_model, device(), &written);
    assert_eq!(Value::from(shown), least(json!({"label": "a", "pin": "1234"})));
    let shown = project(None, Some("pin,box.weight")).apply_after_write(&device_model, device(), &written);
    assert_eq!(Value::from(shown), everything());
}

#[test]
fn k2_a_caller_need_not_read_what_is_not_shown() {
    let group = model("Group");
    let wants = |attributes: Option<&[&str]>, excluded: Option<&[&str]>| {
        Projection::parse(&group, attributes, excluded).unwrap().wants("members")
    };
    assert!(wants(None, None));
    assert!(wants(Some(&["members"]), None));
    assert!(wants(Some(&["Members.$ref"]), None));
    assert!(wants(Some(&["urn:ietf:params:scim:schemas:core:2.0:Group"]), None));
    assert!(!wants(Some(&["displayName"]), None));
    assert!(!wants(None, Some(&["MEMBERS"])));
    assert!(wants(None, Some(&["members.display"])));
    assert!(wants(None, Some(&["displayName"])));
}

#[test]
fn s30_a_long_list_of_names_is_no_more_than_the_names_in_it() {
    let names: Vec<_> = (0..50_000).map(|index| if index % 2 == 0 { "label" } else { "LABEL" }).collect();
    let projection = Projection::parse(&model("Device"), Some(&names), None).unwrap();
    assert_eq!(projection, project(Some("label"), None));
}
