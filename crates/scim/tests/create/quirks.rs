//! What identity providers send beyond the RFCs.

use enroll_scim::{Dialect, Quirk};
use serde_json::{Value, json};

use super::{ENTERPRISE, GROUP, USER, assert_invalid_value, create_in, group, model, strict_user, user};

#[test]
fn a5_wire_e2_string_booleans_become_booleans_in_compat() {
    for (text, value) in [("True", true), ("true", true), ("FALSE", false), ("False", false)] {
        assert_eq!(user(json!({"active": text})).unwrap()["active"], value);
        let roles = user(json!({"roles": [{"value": "a", "primary": text}]})).unwrap();
        assert_eq!(roles["roles"][0]["primary"], value);
    }
    for text in ["yes", "1", " true", "truе"] {
        assert_invalid_value(user(json!({"active": text})), "active must be a boolean");
    }
    let body = json!({"userName": "u", "schemas": [USER], "active": "False"});
    let (_, notes) = create_in(&model("User"), &Dialect::compat(), body).unwrap();
    let notes: Vec<_> = notes.iter().map(|note| (note.quirk, note.text.as_str())).collect();
    assert_eq!(notes, [(Some(Quirk::StringBooleans), "active: \"False\" read as false")]);
}

#[test]
fn e3_e6_manager_as_string_or_array_in_compat() {
    let read = |manager: Value| {
        user(json!({ENTERPRISE: {"manager": manager}})).map(|user| user.get(ENTERPRISE).cloned())
    };
    let expected = Some(json!({"manager": {"value": "m"}}));
    assert_eq!(read(json!("m")).unwrap(), expected);
    assert_eq!(
        read(json!([{"value": "m", "$ref": "http://x/Users/m"}])).unwrap().unwrap()["manager"]["value"],
        "m"
    );
    assert_eq!(read(json!("")).unwrap(), None);
    assert_eq!(read(json!([])).unwrap(), None);
    assert_invalid_value(
        read(json!([{"value": "m"}, {"value": "n"}])).map(|_| Value::Null),
        "manager must be an object",
    );
    assert_invalid_value(read(json!(["m"])).map(|_| Value::Null), "manager must be an object");
    for manager in [json!("m"), json!(""), json!([{"value": "m"}])] {
        let strict = strict_user(json!({ENTERPRISE: {"manager": manager}}));
        assert_invalid_value(strict, "manager must be an object");
    }
}

#[test]
fn bare_values_stand_for_their_value_in_compat() {
    let body = json!({"displayName": "g", "schemas": [GROUP], "members": ["a", {"value": "b"}]});
    assert_eq!(group(body.clone()).unwrap()["members"], json!([{"value": "a"}, {"value": "b"}]));
    let strict = create_in(&model("Group"), &Dialect::strict(), body).map(|(group, _)| group);
    assert_invalid_value(strict, "members[0] must be an object");
    assert_eq!(user(json!({"emails": "a@b"})).unwrap()["emails"], json!([{"value": "a@b"}]));
    assert_invalid_value(user(json!({"addresses": ["DE"]})), "addresses[0] must be an object");
}

#[test]
fn o14_empty_strings_are_unassigned_in_compat() {
    let body = json!({"title": "", "active": "", "name": {"givenName": "", "familyName": "F"}, "nickName": "x",
        "emails": [{"value": "", "type": ""}], "roles": [""], ENTERPRISE: {"department": ""}});
    let expected = json!({"userName": "u", "name": {"familyName": "F"}, "nickName": "x", "active": true});
    assert_eq!(user(body).unwrap(), expected);
    assert_eq!(user(json!({"name": ""})).unwrap(), json!({"userName": "u", "active": true}));
    assert_eq!(strict_user(json!({"title": ""})).unwrap()["title"], "");
    assert_invalid_value(strict_user(json!({"active": ""})), "active must be a boolean");
}

#[test]
fn wire_l1_manager_id_is_the_managers_value_in_compat() {
    let manager = json!({ENTERPRISE: {"manager": {"managerId": "m", "displayName": "Boss"}}});
    assert_eq!(user(manager.clone()).unwrap()[ENTERPRISE], json!({"manager": {"value": "m"}}));
    assert_eq!(strict_user(manager).unwrap().get(ENTERPRISE), None, "to the letter an unknown sub-attribute");
    let both = json!({ENTERPRISE: {"manager": {"managerId": "old", "value": "m"}}});
    assert_eq!(user(both).unwrap()[ENTERPRISE], json!({"manager": {"value": "m"}}));
    let elsewhere = json!({"emails": [{"value": "a@b", "managerId": "m"}]});
    assert_eq!(user(elsewhere).unwrap()["emails"], json!([{"value": "a@b"}]));
    let body =
        json!({"userName": "u", "schemas": [USER, ENTERPRISE], ENTERPRISE: {"manager": {"managerId": "m"}}});
    let (_, notes) = create_in(&model("User"), &Dialect::compat(), body).unwrap();
    let quirks: Vec<_> = notes.iter().map(|note| note.quirk).collect();
    assert_eq!(quirks, [Some(Quirk::ManagerId)]);
}
