//! What a value of each type may be.

use enroll_scim::{Dialect, Quirk};
use serde_json::{Value, json};

use super::{ENTERPRISE, USER, assert_invalid_value, create_in, group, model, printer, strict_user, user};

#[test]
fn a4_unknown_type_values_are_accepted() {
    let emails = json!([{"value": "a@b", "type": "untyped"}]);
    assert_eq!(strict_user(json!({"emails": emails})).unwrap()["emails"], emails);
}

#[test]
fn a5_booleans_are_true_and_false_alone_in_strict() {
    assert_invalid_value(strict_user(json!({"active": "True"})), "active must be a boolean");
    assert_invalid_value(strict_user(json!({"active": 1})), "active must be a boolean");
    let primary = json!({"emails": [{"value": "a"}, {"value": "b", "primary": "true"}]});
    assert_invalid_value(strict_user(primary), "emails[1].primary must be a boolean");
}

#[test]
fn a6_an_integer_has_neither_fraction_nor_exponent() {
    for good in ["0", "-1", "9223372036854775807", "18446744073709551615"] {
        let value: Value = serde_json::from_str(good).unwrap();
        assert_eq!(printer("pages", value.clone()).unwrap()["pages"], value);
    }
    for bad in ["12.0", "1e3", "1.5", "\"1\"", "true", "[1]", "99999999999999999999999"] {
        assert_invalid_value(printer("pages", serde_json::from_str(bad).unwrap()), "whole number");
    }
}

#[test]
fn a7_a_decimal_is_any_number() {
    assert_eq!(printer("load", json!(0.5)).unwrap()["load"], 0.5);
    assert_eq!(printer("load", json!(2)).unwrap()["load"], 2);
    assert_invalid_value(printer("load", json!("0.5")), "load must be a number");
}

#[test]
fn a8_a_date_time_has_date_and_time_and_is_kept_as_sent() {
    assert_eq!(
        printer("since", json!("2026-01-31T12:00:00+01:00")).unwrap()["since"],
        "2026-01-31T12:00:00+01:00"
    );
    assert_invalid_value(printer("since", json!("2026-01-31")), "since must be");
    assert_invalid_value(printer("since", json!(1_769_860_800)), "since must be");
}

#[test]
fn a9_binary_is_base64_with_optional_padding() {
    for good in ["", "TWE=", "TWE", "TWFu", "/+8="] {
        assert_eq!(printer("key", json!(good)).unwrap()["key"], good);
    }
    for bad in ["T", "TW_-", "TWE==", "not base64", "TWFu\n"] {
        assert_invalid_value(printer("key", json!(bad)), "key must be a string in base64");
    }
}

#[test]
fn a10_a_reference_is_absolute_or_relative() {
    for good in ["https://example.com/x", "Users/1", "../x", "urn:x:y", "/", "https://example.com/ä b"] {
        assert_eq!(printer("home", json!(good)).unwrap()["home"], good);
    }
    assert_invalid_value(printer("home", json!(5)), "home must be a string with a URI");
    assert_invalid_value(printer("home", json!("a\nb")), "home must be");
}

#[test]
fn j6_a_string_is_a_string() {
    assert_invalid_value(user(json!({"displayName": 5})), "displayName must be a string");
    assert_invalid_value(user(json!({"displayName": ["a"]})), "displayName must be a string");
    assert_invalid_value(
        user(json!({"name": {"givenName": {}, "familyName": {"a": 1}}})),
        "name.familyName must be",
    );
    assert_invalid_value(user(json!({"emails": [{"value": 1}]})), "emails[0].value must be a string");
    assert_invalid_value(user(json!({"name": "Bob"})), "name must be an object");
    assert_invalid_value(user(json!({"emails": 5})), "emails must be an object");
    assert_invalid_value(user(json!({"emails": [["a"]]})), "emails[0] must be an object");
    assert_invalid_value(user(json!({ENTERPRISE: "x"})), "must be an object");
}

#[test]
fn one_value_stands_for_a_list_of_one_in_compat() {
    assert_eq!(user(json!({"emails": {"value": "a"}})).unwrap()["emails"], json!([{"value": "a"}]));
    let member = json!({"displayName": "g", "members": {"value": "u1"}});
    assert_eq!(group(member).unwrap()["members"], json!([{"value": "u1"}]));
    assert_invalid_value(strict_user(json!({"emails": {"value": "a"}})), "emails must be an array");
    assert_invalid_value(printer("tags", json!("a")), "tags must be an array");
    assert_eq!(printer("tags", json!(["a"])).unwrap()["tags"], json!(["a"]));
    assert_eq!(strict_user(json!({"emails": null})).unwrap().get("emails"), None);
    let body = json!({"userName": "u", "schemas": [USER], "emails": {"value": "a"}});
    let (_, notes) = create_in(&model("User"), &Dialect::compat(), body).unwrap();
    let notes: Vec<_> = notes.iter().map(|note| (note.quirk, note.text.as_str())).collect();
    assert_eq!(notes, [(Some(Quirk::SingleValues), "emails: one value read as an array of one")]);
}

#[test]
fn a15_at_most_one_value_is_primary() {
    let two = json!({"emails": [{"value": "a", "primary": true}, {"value": "b", "primary": true}]});
    assert_invalid_value(user(two), "emails has more than one value with primary true");
    let per_attribute = json!({"emails": [{"value": "a", "primary": true}, {"value": "b", "primary": false}],
        "roles": [{"value": "a", "primary": true}]});
    assert!(strict_user(per_attribute).is_ok());
}

#[test]
fn a16_the_same_type_and_value_occur_once() {
    let emails = json!([
        {"value": "A@b", "type": "work", "display": "first"},
        {"value": "a@B", "type": "Work", "primary": true},
        {"value": "a@b", "type": "home"},
        {"value": "a@b"},
    ]);
    assert_eq!(
        strict_user(json!({"emails": emails})).unwrap()["emails"],
        json!([
            {"value": "A@b", "type": "work", "display": "first", "primary": true},
            {"value": "a@b", "type": "home"},
            {"value": "a@b"},
        ])
    );
    let addresses =
        json!([{"country": "DE", "type": "work"}, {"type": "work", "country": "DE"}, {"country": "DE"}]);
    let read = strict_user(json!({"addresses": addresses})).unwrap();
    assert_eq!(read["addresses"], json!([{"country": "DE", "type": "work"}, {"country": "DE"}]));
    assert_eq!(printer("tags", json!(["a", "b", "A"])).unwrap()["tags"], json!(["a", "b"]));
    let certificates = json!([{"value": "TWFu"}, {"value": "TWFU"}]);
    assert_eq!(
        strict_user(json!({"x509Certificates": certificates})).unwrap()["x509Certificates"],
        certificates
    );
}

#[test]
fn a16_text_cannot_make_two_values_look_the_same() {
    let roles = json!([{"value": "a\"b", "type": "c"}, {"value": "b", "type": "c\"a"}, {"value": "a", "type": "\nb"}]);
    assert_eq!(strict_user(json!({"roles": roles})).unwrap()["roles"], roles);
}

#[test]
fn a19_null_empty_lists_and_empty_objects_are_unassigned() {
    let nothing = json!({"displayName": null, "emails": [], "phoneNumbers": [null, {}, {"type": null}], "name": {},
        "addresses": null, "roles": [], "title": [], ENTERPRISE: {"manager": {"value": null}, "department": null}});
    let expected = json!({"userName": "u", "active": true});
    assert_eq!(strict_user(nothing.clone()).unwrap(), expected);
    assert_eq!(user(nothing).unwrap(), expected);
    assert_eq!(strict_user(json!({ENTERPRISE: null})).unwrap(), expected);
}

#[test]
fn c9_e12_values_are_kept_as_sent() {
    let phones = json!([{"value": "(02) 9999-8888 ext. 3", "type": "work"}]);
    assert_eq!(user(json!({"phoneNumbers": phones})).unwrap()["phoneNumbers"], phones);
    let loose = json!({"timezone": "Nowhere/Land", "locale": "en_US", "addresses": [{"country": "Belize"}]});
    assert!(strict_user(loose).is_ok());
}
