//! Groups and their members.

use serde_json::json;

use super::{assert_invalid_value, group, user};

#[test]
fn d1_a_group_needs_a_display_name() {
    for body in
        [json!({}), json!({"displayName": ""}), json!({"displayName": "  "}), json!({"displayName": null})]
    {
        assert_invalid_value(group(body), "displayName is required");
    }
    assert_invalid_value(group(json!({"displayName": "a\tb"})), "control character");
    assert_eq!(
        group(json!({"displayName": "Pirates \u{2620}\u{fe0f} "})).unwrap()["displayName"],
        "Pirates \u{2620}\u{fe0f} "
    );
}

#[test]
fn d4_d5_d6_members_are_read() {
    let members = json!([
        {"value": "a", "display": "Anna", "type": "User", "$ref": "Users/a"},
        {"value": "b", "$ref": null, "display": null},
        {"value": "c", "displayName": "Carl"},
    ]);
    let expected = json!([{"value": "a", "type": "User", "$ref": "Users/a"}, {"value": "b"}, {"value": "c"}]);
    assert_eq!(group(json!({"displayName": "g", "members": members})).unwrap()["members"], expected);
    assert_eq!(group(json!({"displayName": "g", "members": []})).unwrap(), json!({"displayName": "g"}));
    for member in [
        json!({"display": "x", "type": "User"}),
        json!({"value": ""}),
        json!({"value": null, "type": "User"}),
        json!(""),
    ] {
        let result = group(json!({"displayName": "g", "members": [{"value": "a"}, member.clone()]}));
        if member == "" {
            assert_eq!(result.unwrap()["members"], json!([{"value": "a"}]));
        } else {
            assert_invalid_value(result, "members[1].value is required");
        }
    }
}

#[test]
fn d7_members_occur_once() {
    let members = json!([{"value": "a"}, {"value": "b"}, {"value": "a", "type": "User"}]);
    let group = group(json!({"displayName": "g", "members": members})).unwrap();
    assert_eq!(group["members"], json!([{"value": "a"}, {"value": "b"}]));
}

#[test]
fn s28_twenty_thousand_elements_are_read() {
    let members: Vec<_> =
        (0..20_000).map(|index| json!({"value": index.to_string(), "display": "x", "odd": 1})).collect();
    assert_eq!(
        group(json!({"displayName": "g", "members": members})).unwrap()["members"].as_array().unwrap().len(),
        20_000
    );
    let addresses: Vec<_> = (0..20_000).map(|index| json!({"type": index.to_string()})).collect();
    assert!(user(json!({"addresses": addresses})).is_ok());
}
