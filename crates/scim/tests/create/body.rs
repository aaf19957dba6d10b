//! The body as a whole.

use enroll_scim::{Dialect, Notes, Quirk, validate};
use serde_json::{Value, json};

use super::{
    ENTERPRISE, GROUP, USER, assert_invalid_syntax, assert_invalid_value, create_in, group, model, printers,
    strict_user, user,
};

#[test]
fn o_oktas_create_is_read() {
    let body = json!({"schemas": [USER], "userName": "test.user@okta.local",
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": true, "value": "test.user@okta.local", "type": "work"}],
        "displayName": "Test User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7", "groups": [],
        "password": "1mz050nq", "active": true});
    let (user, notes) = create_in(&model("User"), &Dialect::strict(), body).unwrap();
    assert_eq!(
        user,
        json!({"userName": "test.user@okta.local",
            "name": {"givenName": "Test", "familyName": "User"},
            "emails": [{"primary": true, "value": "test.user@okta.local", "type": "work"}],
            "displayName": "Test User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7", "active": true})
    );
    assert_eq!(notes.iter().count(), 1, "the password alone");
}

#[test]
fn a1_names_are_read_in_any_case_and_come_out_as_in_the_schema() {
    let user = strict_user(json!({"NAME": {"GIVENNAME": "a"}, "EMAILS": [{"VALUE": "b"}]})).unwrap();
    assert_eq!(
        user,
        json!({"userName": "u", "name": {"givenName": "a"}, "emails": [{"value": "b"}], "active": true})
    );
}

#[test]
fn a20_j8_schemas_are_required_in_strict_and_inferred_in_compat() {
    let bare = || json!({"userName": "u"});
    for schemas in [None, Some(json!(null)), Some(json!([]))] {
        let mut body = bare();
        if let Some(schemas) = schemas {
            body["schemas"] = schemas;
        }
        let strict = create_in(&model("User"), &Dialect::strict(), body.clone()).map(|(user, _)| user);
        assert_invalid_syntax(strict, USER);
        let (_, notes) = create_in(&model("User"), &Dialect::compat(), body).unwrap();
        assert!(notes.iter().any(|note| note.quirk == Some(Quirk::LenientSchemas)));
    }
    for wrong in [json!([5]), json!(5), json!({"a": 1}), json!([[USER]])] {
        assert_invalid_syntax(user(json!({"schemas": wrong.clone()})), "schemas must be a list of URIs");
        assert_invalid_syntax(strict_user(json!({"schemas": wrong})), "schemas must be a list of URIs");
    }
    assert_invalid_syntax(strict_user(json!({"schemas": USER})), "schemas must be a list");
    assert!(user(json!({"schemas": USER})).is_ok());
    assert_invalid_syntax(strict_user(json!({"schemas": [USER, USER.to_uppercase()]})), "twice");
    assert_invalid_syntax(strict_user(json!({"schemas": [ENTERPRISE]})), USER);
    assert!(strict_user(json!({"schemas": [ENTERPRISE.to_lowercase(), USER.to_uppercase()]})).is_ok());
}

#[test]
fn a21_a24_foreign_schema_uris_are_ignored_in_compat() {
    let microsoft = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
    let misspelt = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User";
    let body = json!({"schemas": [GROUP, microsoft], "displayName": "g", "externalId": "x"});
    assert_eq!(group(body).unwrap(), json!({"displayName": "g", "externalId": "x"}));
    assert!(user(json!({"schemas": [USER, misspelt, "urn:scim:schemas:core:1.0"]})).is_ok());
    assert!(user(json!({"schemas": ["urn:scim:schemas:core:1.0"]})).is_ok());
    assert_invalid_syntax(strict_user(json!({"schemas": [USER, misspelt]})), misspelt);
    assert_invalid_syntax(strict_user(json!({"schemas": [USER, GROUP]})), GROUP);
}

#[test]
fn a22_a24_an_extension_is_read_in_any_case_and_without_its_uri() {
    let expected = json!({"department": "d", "manager": {"value": "m"}});
    for key in [ENTERPRISE.to_owned(), ENTERPRISE.to_uppercase()] {
        let body = json!({key.as_str(): {"DEPARTMENT": "d", "manager": {"value": "m", "displayName": "x"}}});
        assert_eq!(strict_user(body).unwrap()[ENTERPRISE], expected);
    }
}

#[test]
fn a23_output_schemas_have_an_extension_only_when_it_has_data() {
    let model = model("User");
    let schemas_of = |body: Value| {
        let Value::Object(body) = body else { panic!("an object") };
        let resource = validate::create(&model, &Dialect::compat(), body, &mut Notes::default()).unwrap();
        resource.schemas(&model).into_iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(schemas_of(json!({"schemas": [USER, ENTERPRISE], "userName": "u", ENTERPRISE: {}})), [USER]);
    assert_eq!(schemas_of(json!({"userName": "u", ENTERPRISE: {"division": "d"}})), [USER, ENTERPRISE]);
}

#[test]
fn a25_unknown_attributes_are_ignored_with_a_note() {
    let body = json!({"schemas": [USER], "userName": "u", "nickname ": "x", "name.givenName": "x", "department": "x",
        "emails": [{"value": "a", "note": 1}, {"value": "b", "note": 2}], "addresses": [{"country": "DE", "note": 3}],
        ENTERPRISE: {"shoe": 44}});
    for dialect in [Dialect::strict(), Dialect::compat()] {
        let (user, notes) = create_in(&model("User"), &dialect, body.clone()).unwrap();
        let expected = json!({"userName": "u", "emails": [{"value": "a"}, {"value": "b"}],
            "addresses": [{"country": "DE"}], "active": true});
        assert_eq!(user, expected);
        let notes: Vec<_> = notes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(
            notes,
            [
                "nickname  ignored: not in the schema",
                "name.givenName ignored: not in the schema",
                &format!("department ignored: it belongs inside {ENTERPRISE}"),
                "emails.note ignored: not in the schema",
                "addresses.note ignored: not in the schema",
                &format!("{ENTERPRISE}:shoe ignored: not in the schema"),
            ]
        );
    }
}

#[test]
fn s16_notes_stay_few_and_short() {
    let mut body = json!({"userName": "u"});
    for index in 0..5000 {
        body[format!("{index}{}", "x".repeat(200))] = json!(1);
    }
    let (_, notes) = create_in(&model("User"), &Dialect::compat(), body).unwrap();
    assert_eq!(notes.iter().count(), 64);
    assert!(notes.iter().all(|note| note.text.len() < 150));
}

#[test]
fn b2_b5_j2_what_the_client_may_not_set_is_ignored() {
    let body = json!({"id": "1", "ID ": 1, "meta": {"resourceType": "Group", "created": "junk"}, "groups": [{"value": "g"}],
        ENTERPRISE: {"manager": {"displayName": "x"}}});
    assert_eq!(strict_user(body).unwrap(), json!({"userName": "u", "active": true}));
    assert_eq!(
        strict_user(json!({"id": 5, "meta": "x", "groups": 7})).unwrap(),
        json!({"userName": "u", "active": true})
    );
    assert!(user(json!({"id": null})).is_ok());
}

#[test]
fn c3_o5_password_leaves_no_trace() {
    for name in ["password", "PASSWORD"] {
        for password in [json!("t1meMa$heen"), json!({"x": "t1meMa$heen"})] {
            let body = json!({"schemas": [USER], "userName": "u", name: password});
            let (user, notes) = create_in(&model("User"), &Dialect::strict(), body).unwrap();
            assert_eq!(user, json!({"userName": "u", "active": true}));
            assert!(!format!("{notes:?}").contains("t1meMa$heen"));
        }
    }
}

#[test]
fn c6_active_is_true_unless_said_otherwise() {
    assert_eq!(user(json!({})).unwrap()["active"], true);
    assert_eq!(user(json!({"active": null})).unwrap()["active"], true);
    assert_eq!(user(json!({"active": false})).unwrap()["active"], false);
    assert_eq!(group(json!({"displayName": "g"})).unwrap().get("active"), None);
}

#[test]
fn g6_a_required_extension_must_be_there() {
    let create = |body: Value| create_in(&printers(), &Dialect::strict(), body).map(|(printer, _)| printer);
    let schemas = json!(["urn:example:Printer", "urn:example:Place"]);
    assert_invalid_value(
        create(json!({"schemas": schemas})),
        "every Printer needs the extension urn:example:Place",
    );
    let empty = json!({"schemas": schemas, "urn:example:Place": {"floor": ""}});
    assert_invalid_value(create(empty), "urn:example:Place:floor is required");
    assert!(create(json!({"schemas": schemas, "urn:example:Place": {"floor": "2"}})).is_ok());
}
