//! What names and identifiers may hold.

use enroll_scim::{Dialect, ScimType};
use serde_json::json;

use super::{USER, assert_invalid_value, create_in, model, strict_user, user};

#[test]
fn b4_external_id_is_kept_as_sent() {
    assert_eq!(strict_user(json!({"externalId": " Ab "})).unwrap()["externalId"], " Ab ");
    assert_invalid_value(strict_user(json!({"externalId": 7})), "externalId must be a string");
    assert_invalid_value(strict_user(json!({"externalId": "x".repeat(1025)})), "longer than 1024 bytes");
}

#[test]
fn c1_a30_user_name_is_required_and_not_empty() {
    for missing in [json!({"userName": null}), json!({"userName": ""}), json!({"userName": []})] {
        assert_invalid_value(user(missing.clone()), "userName is required");
        assert_invalid_value(strict_user(missing), "userName is required");
    }
    let none = json!({"schemas": [USER]});
    assert_invalid_value(
        create_in(&model("User"), &Dialect::strict(), none).map(|(user, _)| user),
        "userName is required",
    );
}

#[test]
fn c2_threat_s7_deceptive_user_names_are_refused() {
    for name in ["a\0", "a\tb", "a\nb", "\u{7f}", "a\u{85}b", " a", "a ", "a\u{a0}", "\u{3000}a"] {
        let error = strict_user(json!({"userName": name})).expect_err(name);
        assert_eq!(error.scim_type(), Some(ScimType::InvalidValue), "{name:?}");
        assert!(!error.detail().contains(name), "{error}");
    }
    for name in [
        "a\u{200b}b",
        "a\u{202e}b",
        "\u{feff}a",
        "a\u{ad}b",
        "a\u{e000}",
        "a\u{fffe}",
        "a\u{10ffff}",
        "a\u{fe0f}",
    ] {
        assert_invalid_value(user(json!({"userName": name})), "invisible");
    }
    for name in [
        "bjensen@example.com",
        "Barbara Jensen",
        "EXAMPLE\\bj",
        "ＢＪ",
        "бж",
        "o'malley+x@y",
        "山田",
        "naïve",
    ] {
        assert_eq!(strict_user(json!({"userName": name})).unwrap()["userName"], name, "kept as sent");
    }
    assert!(strict_user(json!({"userName": "x".repeat(1024)})).is_ok());
    assert_invalid_value(strict_user(json!({"userName": "x".repeat(1025)})), "longer");
    assert_invalid_value(strict_user(json!({"userName": "\u{fdfa}".repeat(100)})), "longer");
}

#[test]
fn threat_s7_no_string_holds_nul() {
    assert_invalid_value(user(json!({"displayName": "a\0b"})), "displayName holds the character U+0000");
    assert_invalid_value(user(json!({"emails": [{"value": "a\0"}]})), "emails[0].value holds");
    assert_eq!(user(json!({"displayName": "a\nb "})).unwrap()["displayName"], "a\nb ");
}
