//! The PATCH bodies of Microsoft Entra ID, its validator and its Postman collection, as recorded in section 2 of the wire
//! notes.

use enroll_scim::patch::MemberChange::{Add, Remove, RemoveAll, ReplaceAll};
use enroll_scim::{Object, Quirk};
use serde_json::{Value, from_str, json};

use crate::support::*;

fn compat_patch(current: &Value, body: &str) -> Outcome {
    request(&compat(), &user(), current, from_str::<Object>(body).unwrap()).unwrap()
}

#[test]
fn wire_e1_the_default_client_replaces_attributes() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"Replace","path":"displayName","value":"Pvlo"},
        {"op":"Replace","path":"emails[type eq \"work\"].value","value":"a@b"},
        {"op":"Replace","path":"name.givenName","value":"Gtfd"},
        {"op":"Replace","path":"externalId","value":"Eqpj"},
        {"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber","value":"Eqpj"}]}"#;
    let mut expected = barbara();
    expected["displayName"] = json!("Pvlo");
    expected["emails"][0]["value"] = json!("a@b");
    expected["name"]["givenName"] = json!("Gtfd");
    expected["externalId"] = json!("Eqpj");
    expected[ENTERPRISE]["employeeNumber"] = json!("Eqpj");
    let outcome = compat_patch(&barbara(), body);
    assert_eq!(outcome.resource, expected);
    assert!(
        outcome.notes.iter().all(|note| note.quirk == Some(Quirk::OperationCase)),
        "nothing else is a quirk"
    );
    let strictly = strict().with(Quirk::OperationCase);
    let outcome = request(&strictly, &user(), &barbara(), from_str(body).unwrap()).unwrap();
    assert_eq!(outcome.resource, expected);
    let bare = compat_patch(&json!({"userName": "bjensen"}), body).resource;
    assert_eq!(bare["emails"], json!([{"type": "work", "value": "a@b"}]));
}

#[test]
fn e4_e21_the_compliant_client_replaces_attributes() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"replace","path":"emails[type eq \"work\"].value","value":"a@b"},
        {"op":"replace","value":{"displayName":"Bjfe","name.givenName":"Kkom","name.familyName":"Unua",
         "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber":"Aklq"}}]}"#;
    let outcome = compat_patch(&json!({"userName": "bjensen"}), body);
    assert_eq!(
        outcome.resource,
        json!({
            "userName": "bjensen",
            "emails": [{"type": "work", "value": "a@b"}],
            "displayName": "Bjfe",
            "name": {"givenName": "Kkom", "familyName": "Unua"},
            ENTERPRISE: {"employeeNumber": "Aklq"}
        })
    );
}

#[test]
fn wire_e2_a_user_is_disabled_and_enabled_in_every_way() {
    let bodies = |value: &str| {
        [
            format!(r#"{{"Operations":[{{"op":"Replace","path":"active","value":{value}}}]}}"#),
            format!(r#"{{"Operations":[{{"op":"Add","path":"active","value":{value}}}]}}"#),
            format!(r#"{{"Operations":[{{"op":"replace","path":"active","value":{value}}}]}}"#),
            format!(r#"{{"Operations":[{{"op":"replace","value":{{"active":{value}}}}}]}}"#),
            format!(
                r#"{{"Operations":[{{"op":"Replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:active","value":{value}}}]}}"#
            ),
        ]
    };
    for (written, active) in [
        ("\"False\"", false),
        ("\"false\"", false),
        ("\"FALSE\"", false),
        ("false", false),
        ("\"True\"", true),
        ("\"true\"", true),
        ("true", true),
    ] {
        for body in bodies(written) {
            let mut before = barbara();
            before["active"] = json!(!active);
            let outcome = compat_patch(&before, &body);
            assert_eq!(outcome.resource["active"], json!(active), "{body}");
            assert!(outcome.changed);
            assert_eq!(outcome.used(Quirk::StringBooleans), written.starts_with('"'));
        }
    }
}

#[test]
fn wire_e1_an_attribute_is_added() {
    let outcome =
        compat_patch(&barbara(), r#"{"Operations":[{"op":"Add","path":"nickName","value":"Babs"}]}"#);
    assert_eq!(outcome.resource["nickName"], "Babs");
}

#[test]
fn e6_the_manager_is_set_as_a_string_and_cleared_with_an_empty_one() {
    for op in ["Add", "Replace"] {
        let body =
            format!(r#"{{"Operations":[{{"op":"{op}","path":"{ENTERPRISE}:manager","value":"u7"}}]}}"#);
        let outcome = compat_patch(&json!({"userName": "bjensen"}), &body);
        assert_eq!(outcome.resource[ENTERPRISE], json!({"manager": {"value": "u7"}}));
        assert!(outcome.used(Quirk::ManagerString));
        let body = format!(r#"{{"Operations":[{{"op":"{op}","path":"{ENTERPRISE}:manager","value":""}}]}}"#);
        let outcome = compat_patch(&barbara(), &body);
        assert_eq!(outcome.resource[ENTERPRISE], json!({"department": "Tour Operations"}));
        let refused = request(
            &strict(),
            &user(),
            &barbara(),
            crate::support::body(json!([
                {"op": op.to_lowercase(), "path": format!("{ENTERPRISE}:manager"), "value": "u7"}
            ])),
        );
        assert_eq!(keyword(&refused.unwrap_err()), "invalidValue");
    }
    let body = format!(r#"{{"Operations":[{{"op":"Remove","path":"{ENTERPRISE}:manager"}}]}}"#);
    assert_eq!(
        compat_patch(&barbara(), &body).resource[ENTERPRISE],
        json!({"department": "Tour Operations"})
    );
    let body = format!(
        r#"{{"Operations":[{{"op":"Replace","path":"{ENTERPRISE}:manager","value":{{"value":""}}}}]}}"#
    );
    assert_eq!(
        compat_patch(&barbara(), &body).resource[ENTERPRISE],
        json!({"department": "Tour Operations"})
    );
}

#[test]
fn e6_the_manager_is_set_as_an_array_at_a_path_without_urn() {
    let body = r#"{"Operations":[{"op":"Add","path":"manager","value":[{"$ref":"http://example.com/scim/Users/u7","value":"u7"}]}]}"#;
    let outcome = compat_patch(&json!({"userName": "bjensen"}), body);
    let manager = json!({"$ref": "http://example.com/scim/Users/u7", "value": "u7"});
    assert_eq!(outcome.resource[ENTERPRISE], json!({"manager": manager}));
    assert!(outcome.used(Quirk::UnqualifiedExtension));
    let error = request(
        &strict(),
        &user(),
        &barbara(),
        crate::support::body(json!([
            {"op": "add", "path": "manager", "value": {"value": "u7"}}
        ])),
    );
    assert_eq!(keyword(&error.unwrap_err()), "noTarget");
    let key = r#"{"Operations":[{"op":"replace","value":{"manager":"u7","manager.value":"u8"}}]}"#;
    assert_eq!(compat_patch(&barbara(), key).resource[ENTERPRISE]["manager"], json!({"value": "u8"}));
}

#[test]
fn e5_the_dotted_urn_of_old_jobs_is_read() {
    let body = format!(r#"{{"Operations":[{{"op":"Replace","path":"{ENTERPRISE}.manager","value":"u7"}}]}}"#);
    assert_eq!(compat_patch(&barbara(), &body).resource[ENTERPRISE]["manager"], json!({"value": "u7"}));
}

/// "Add Attributes Verbose" of the validator: 36 operations, element after element, part after part.
fn verbose(op: &str) -> Value {
    let enterprise = |name: &str| format!("{ENTERPRISE}:{name}");
    let operations: Vec<(String, &str)> = vec![
        ("active".into(), "True"),
        ("displayName".into(), "QKVHTYSJXNVD"),
        ("title".into(), "OIJUKNVQTKDM"),
        ("preferredLanguage".into(), "kk-KZ"),
        ("userType".into(), "HLHXEWLWBHVL"),
        ("nickName".into(), "TFEURXEJUKTA"),
        ("locale".into(), "XOSGRXHRMLAG"),
        ("timezone".into(), "Africa/Juba"),
        ("profileUrl".into(), "CQRBRSCZYQPL"),
        ("emails[type eq \"work\"].value".into(), "emma@larkinhodkiewicz.co.uk"),
        ("emails[type eq \"work\"].primary".into(), "True"),
        ("name.givenName".into(), "Alessandra"),
        ("name.familyName".into(), "Karolann"),
        ("name.formatted".into(), "Elsa"),
        ("name.middleName".into(), "Wilma"),
        ("name.honorificPrefix".into(), "Stephany"),
        ("name.honorificSuffix".into(), "Kory"),
        ("addresses[type eq \"untyped\"].formatted".into(), "YYPASLTLPOOV"),
        ("addresses[type eq \"untyped\"].streetAddress".into(), "8245 Durgan Course"),
        ("addresses[type eq \"untyped\"].locality".into(), "QTIRYLQQWTZX"),
        ("addresses[type eq \"untyped\"].region".into(), "UGOYMLUPRQFR"),
        ("addresses[type eq \"untyped\"].postalCode".into(), "vo61 3sy"),
        ("addresses[type eq \"untyped\"].primary".into(), "True"),
        ("addresses[type eq \"untyped\"].country".into(), "Belize"),
        ("phoneNumbers[type eq \"work\"].value".into(), "0-606-4343"),
        ("phoneNumbers[type eq \"work\"].primary".into(), "True"),
        ("phoneNumbers[type eq \"mobile\"].value".into(), "0-606-4344"),
        ("phoneNumbers[type eq \"fax\"].value".into(), "0-606-4345"),
        ("roles[primary eq \"True\"].display".into(), "ACKSFPHBBHLI"),
        ("roles[primary eq \"True\"].value".into(), "WBDLMOQQCNEJ"),
        ("roles[primary eq \"True\"].type".into(), "BQOQBEVLDVUO"),
        (enterprise("employeeNumber"), "IFTLBZDXYLUO"),
        (enterprise("department"), "QVWBXNTGEPOE"),
        (enterprise("costCenter"), "JTCLCOZDQLVL"),
        (enterprise("organization"), "XHWYUEQZVZZG"),
        (enterprise("division"), "HQTZJSSXAGCX"),
    ];
    assert_eq!(operations.len(), 36);
    operations.iter().map(|(path, value)| json!({"op": op, "path": path, "value": value})).collect()
}

#[test]
fn e22_wire_e3_thirty_six_operations_build_up_a_user() {
    let expected = json!({
        "userName": "bjensen",
        "active": true,
        "displayName": "QKVHTYSJXNVD",
        "title": "OIJUKNVQTKDM",
        "preferredLanguage": "kk-KZ",
        "userType": "HLHXEWLWBHVL",
        "nickName": "TFEURXEJUKTA",
        "locale": "XOSGRXHRMLAG",
        "timezone": "Africa/Juba",
        "profileUrl": "CQRBRSCZYQPL",
        "emails": [{"type": "work", "value": "emma@larkinhodkiewicz.co.uk", "primary": true}],
        "name": {"givenName": "Alessandra", "familyName": "Karolann", "formatted": "Elsa", "middleName": "Wilma",
                 "honorificPrefix": "Stephany", "honorificSuffix": "Kory"},
        "phoneNumbers": [
            {"type": "work", "value": "0-606-4343", "primary": true},
            {"type": "mobile", "value": "0-606-4344"},
            {"type": "fax", "value": "0-606-4345"}
        ],
        "roles": [{"primary": true, "display": "ACKSFPHBBHLI", "value": "WBDLMOQQCNEJ", "type": "BQOQBEVLDVUO"}],
        ENTERPRISE: {"employeeNumber": "IFTLBZDXYLUO", "department": "QVWBXNTGEPOE", "costCenter": "JTCLCOZDQLVL",
                     "organization": "XHWYUEQZVZZG", "division": "HQTZJSSXAGCX"}
    });
    let address = json!([{"type": "untyped", "formatted": "YYPASLTLPOOV", "streetAddress": "8245 Durgan Course",
        "locality": "QTIRYLQQWTZX", "region": "UGOYMLUPRQFR", "postalCode": "vo61 3sy", "country": "Belize"}]);
    for op in ["Add", "Replace", "add", "replace"] {
        let mut outcome = patch(&compat(), &json!({"userName": "bjensen"}), verbose(op)).unwrap();
        let mut found = outcome.resource["addresses"].take();
        found[0].as_object_mut().unwrap().remove("primary");
        assert_eq!(found, address);
        outcome.resource.as_object_mut().unwrap().remove("addresses");
        assert_eq!(outcome.resource, expected);
    }
}

#[test]
fn e22_the_same_again_changes_nothing() {
    let first = patched(&compat(), &json!({"userName": "bjensen"}), verbose("Add"));
    assert!(!patch(&compat(), &first, verbose("Replace")).unwrap().changed);
}

#[test]
fn e25_a_group_is_renamed() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"displayName","value":"new"}]}"#;
    let before = json!({"displayName": "old"});
    let outcome = request(&compat(), &group(), &before, from_str(body).unwrap()).unwrap();
    assert_eq!(outcome.resource, json!({"displayName": "new"}));
    let error = request(&strict(), &group(), &before, from_str(body).unwrap()).unwrap_err();
    assert_eq!(keyword(&error), "invalidSyntax");
}

#[test]
fn e7_e8_members_are_added_and_removed() {
    let changes = |body: &str| detached_from(&compat(), from_str(body).unwrap()).unwrap().0;
    let add = r#"{"Operations":[{"op":"Add","path":"members","value":[{"$ref":null,"value":"u1"},{"$ref":null,"value":"u2"}]}]}"#;
    assert_eq!(changes(add), [Add(vec![json!({"value": "u1"}), json!({"value": "u2"})])]);
    let default = r#"{"Operations":[{"op":"Remove","path":"members","value":[{"$ref":null,"value":"u1"}]}]}"#;
    assert_eq!(changes(default), [Remove(vec!["u1".into()])]);
    let flag = r#"{"Operations":[{"op":"remove","path":"members[value eq \"u1\"]"}]}"#;
    assert_eq!(changes(flag), [Remove(vec!["u1".into()])]);
    let several = r#"{"Operations":[
        {"op":"Add","path":"members","value":[{"value":"u1"}]},
        {"op":"Remove","path":"members","value":[{"value":"u1"}]}]}"#;
    assert_eq!(changes(several), [Add(vec![json!({"value": "u1"})]), Remove(vec!["u1".into()])]);
}

#[test]
fn the_validator_replaces_members_by_one() {
    let body = r#"{"Operations":[{"op":"Replace","path":"members","value":[{"value":"u1"}]}]}"#;
    let changes = detached_from(&compat(), from_str(body).unwrap()).unwrap().0;
    assert_eq!(changes, [ReplaceAll(vec![json!({"value": "u1"})])]);
}

#[test]
fn microsofts_collection_of_requests_is_tolerated() {
    let changes = |body: &str| detached_from(&compat(), from_str(body).unwrap()).unwrap().0;
    let stray = r#"{"id":"GUID","schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"name":"addMember","op":"add","path":"members","value":[{"displayName":"new User","value":"u1"}]}]}"#;
    assert_eq!(changes(stray), [Add(vec![json!({"value": "u1"})])]);
    let bare = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"name":"addMember","op":"add","path":"members","value":"u1"}]}"#;
    assert_eq!(changes(bare), [Add(vec![json!({"value": "u1"})])]);
    let all = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"name":"removeMember","op":"remove","path":"members"}]}"#;
    assert_eq!(changes(all), [RemoveAll]);
}

#[test]
fn e9_e12_values_are_kept_as_they_were_sent() {
    let body = r#"{"Operations":[{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+1 (425) 555-0100 x7"},
        {"op":"Replace","path":"emails[type eq \"work\"].value","value":"BJensen@EXAMPLE.com"}]}"#;
    let outcome = compat_patch(&barbara(), body);
    assert_eq!(outcome.resource["phoneNumbers"][0]["value"], "+1 (425) 555-0100 x7");
    assert_eq!(outcome.resource["emails"][0]["value"], "BJensen@EXAMPLE.com");
}
