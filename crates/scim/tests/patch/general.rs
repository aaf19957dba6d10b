//! Section Q of the conformance facts: what holds for every operation.

use enroll_scim::Quirk;
use serde_json::json;

use crate::support::*;

#[test]
fn q1_schemas_must_name_a_patch_request_in_strict() {
    let operations = json!([{"op": "replace", "path": "title", "value": "Guide"}]);
    for schemas in [json!(null), json!([]), json!(["urn:x"]), json!(PATCH_OP)] {
        let body = object(json!({"schemas": schemas, "Operations": operations}));
        let error = request(&strict(), &user(), &barbara(), body.clone()).unwrap_err();
        assert_eq!(keyword(&error), "invalidSyntax");
        let outcome = request(&compat(), &user(), &barbara(), body).unwrap();
        assert_eq!(outcome.resource["title"], "Guide");
        assert!(outcome.used(Quirk::LenientSchemas));
    }
    let without = object(json!({"Operations": operations}));
    assert!(parse(&strict(), &user(), without.clone()).is_err());
    assert!(parse(&compat(), &user(), without).is_ok());
}

#[test]
fn q1_schemas_are_compared_without_regard_to_case() {
    let schemas = [PATCH_OP.to_uppercase()];
    let body = json!({"schemas": schemas, "Operations": [{"op": "add", "path": "title", "value": "x"}]});
    assert!(parse(&strict(), &user(), object(body)).is_ok());
}

#[test]
fn q1_operations_must_be_a_list_of_one_or_more() {
    for dialect in both() {
        for operations in [json!(null), json!([]), json!({}), json!("x")] {
            let error = parse(&dialect, &user(), body(operations)).unwrap_err();
            assert_eq!(keyword(&error), "invalidSyntax");
        }
        let without = object(json!({"schemas": [PATCH_OP]}));
        assert_eq!(keyword(&parse(&dialect, &user(), without).unwrap_err()), "invalidSyntax");
        for operation in [json!(null), json!("add"), json!([])] {
            let error = parse(&dialect, &user(), body(json!([operation]))).unwrap_err();
            assert_eq!(keyword(&error), "invalidSyntax");
        }
    }
}

#[test]
fn q1_a1_member_names_are_read_in_any_case() {
    for dialect in both() {
        let body = json!({"SCHEMAS": [PATCH_OP], "operations": [{"OP": "replace", "Path": "TITLE", "VALUE": "Guide"}]});
        let outcome = request(&dialect, &user(), &barbara(), object(body)).unwrap();
        assert_eq!(outcome.resource["title"], "Guide");
    }
}

#[test]
fn q1_a_member_given_twice_is_refused() {
    let operation = json!({"op": "add", "OP": "remove", "path": "title", "value": "x"});
    assert_eq!(refused_by_both(&barbara(), json!([operation])), "invalidSyntax");
}

#[test]
fn q2_wire_e1_op_in_any_case_is_a_quirk() {
    for op in ["replace", "Replace", "REPLACE", "add", "Add"] {
        let operations = json!([{"op": op, "path": "title", "value": "Guide"}]);
        let outcome = patch(&compat(), &barbara(), operations.clone()).unwrap();
        assert_eq!(outcome.resource["title"], "Guide");
        let exact = op == op.to_lowercase();
        assert_eq!(outcome.used(Quirk::OperationCase), !exact, "{op}");
        match patch(&strict(), &barbara(), operations) {
            Ok(outcome) => assert!(exact && outcome.resource["title"] == "Guide", "{op}"),
            Err(error) => assert!(!exact && keyword(&error) == "invalidSyntax", "{op}: {error}"),
        }
    }
    let operations = json!([{"op": "Remove", "path": "displayName"}]);
    assert_eq!(patched(&compat(), &barbara(), operations.clone()).get("displayName"), None);
    assert_eq!(refused(&strict(), &barbara(), operations), "invalidSyntax");
}

#[test]
fn q2_an_unknown_op_is_invalid_syntax() {
    for op in [json!("move"), json!("test"), json!(""), json!(1), json!(null), json!("adds")] {
        let operation = json!({"op": op, "path": "title", "value": "x"});
        assert_eq!(refused_by_both(&barbara(), json!([operation])), "invalidSyntax");
    }
    assert_eq!(refused_by_both(&barbara(), json!([{"path": "title", "value": "x"}])), "invalidSyntax");
}

#[test]
fn q3_each_operation_works_on_the_result_of_the_one_before() {
    let result = in_both(
        &barbara(),
        json!([
            {"op": "add", "path": "emails", "value": {"value": "new@example.com", "type": "other"}},
            {"op": "replace", "path": "emails[type eq \"other\"].value", "value": "newer@example.com"},
            {"op": "remove", "path": "emails[value eq \"babs@jensen.org\"]"}
        ]),
    );
    assert_eq!(
        result["emails"],
        json!([
            {"value": "bjensen@example.com", "type": "work", "primary": true},
            {"value": "newer@example.com", "type": "other"}
        ])
    );
}

#[test]
fn q3_a_request_that_fails_names_the_operation() {
    let operations = json!([
        {"op": "replace", "path": "title", "value": "Guide"},
        {"op": "replace", "path": "emails[type eq \"fax\"]", "value": {"value": "x"}}
    ]);
    let error = patch(&strict(), &barbara(), operations).unwrap_err();
    assert_eq!(keyword(&error), "noTarget");
    assert!(error.detail().starts_with("operation 2: "), "{error}");
    let operations =
        json!([{"op": "add", "path": "title", "value": "x"}, {"op": "add", "path": "nope", "value": 1}]);
    let error = patch(&strict(), &barbara(), operations).unwrap_err();
    assert!(error.detail().starts_with("operation 2: "), "{error}");
}

#[test]
fn q5_s16_a_path_to_what_only_the_server_writes_is_a_mutability_error() {
    let manager_name = format!("{ENTERPRISE}:manager.displayName");
    for path in
        ["id", "meta", "meta.created", "groups", "groups[value eq \"1\"]", "groups.value", &manager_name]
    {
        for op in ["add", "replace", "remove"] {
            let operations = json!([{"op": op, "path": path, "value": "x"}]);
            assert_eq!(refused_by_both(&barbara(), operations), "mutability", "{op} {path}");
        }
    }
}

#[test]
fn q5_s16_without_a_path_what_only_the_server_writes_is_ignored_in_compat_and_refused_in_strict() {
    let value = json!({
        "id": "evil", "meta": {"created": "x"}, "groups": [{"value": "admins"}], "schemas": ["urn:x"],
        "title": "Guide", ENTERPRISE: {"manager": {"displayName": "Evil"}}
    });
    let outcome = patch(&compat(), &barbara(), json!([{"op": "replace", "value": value}])).unwrap();
    let mut expected = barbara();
    expected["title"] = json!("Guide");
    assert_eq!(outcome.resource, expected);
    let ignored = outcome.notes.iter().filter(|note| note.quirk == Some(Quirk::ReadOnlyInPatch));
    let ignored: Vec<_> = ignored.map(|note| note.text.split(' ').next().unwrap()).collect();
    assert_eq!(ignored, ["id", "meta", "groups"]);
    for name in ["id", "meta", "groups"] {
        let value = json!({name: value[name], "title": "Guide"});
        let operations = json!([{"op": "replace", "value": value}]);
        assert_eq!(refused(&strict(), &barbara(), operations), "mutability", "{name}");
    }
}

#[test]
fn q5_s16_names_that_the_schema_does_not_know_never_become_attributes() {
    for dialect in both() {
        for name in ["__proto__", "isAdmin", "tenantId", "constructor"] {
            let outcome = patch(&dialect, &barbara(), json!([{"op": "add", "value": {name: true}}])).unwrap();
            assert_eq!(outcome.resource, barbara());
            assert!(outcome.ignored(name));
            let operations = json!([{"op": "add", "path": "name", "value": {name: "x"}}]);
            assert_eq!(patched(&dialect, &barbara(), operations), barbara());
        }
    }
}

#[test]
fn q6_setting_primary_resets_the_others() {
    for op in ["add", "replace"] {
        let path = "emails[type eq \"home\"].primary";
        let result = in_both(&barbara(), json!([{"op": op, "path": path, "value": true}]));
        assert_eq!(
            result["emails"],
            json!([
                {"value": "bjensen@example.com", "type": "work", "primary": false},
                {"value": "babs@jensen.org", "type": "home", "primary": true}
            ])
        );
    }
}

#[test]
fn q6_an_added_primary_value_resets_the_others() {
    let value = json!({"value": "new@example.com", "primary": true});
    let result = in_both(&barbara(), json!([{"op": "add", "path": "emails", "value": value}]));
    assert_eq!(result["emails"][0]["primary"], false);
    assert_eq!(result["emails"][2], value);
}

#[test]
fn q6_of_several_primary_values_the_latest_wins() {
    let list = json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}, {"value": "c"}]);
    for (op, from) in [("replace", 0), ("add", 2)] {
        let result = in_both(&barbara(), json!([{"op": op, "path": "emails", "value": list}]));
        let emails = result["emails"].as_array().unwrap();
        let primary: Vec<_> = emails.iter().filter(|email| email["primary"] == true).collect();
        assert_eq!(primary, [&emails[from + 1]]);
    }
    let all = json!([{"op": "replace", "path": "emails.primary", "value": true}]);
    let result = in_both(&barbara(), all);
    assert_eq!(result["emails"][0]["primary"], false);
    assert_eq!(result["emails"][1]["primary"], true);
}

#[test]
fn q6_setting_primary_to_false_leaves_the_others_alone() {
    let path = "emails[type eq \"home\"].primary";
    let result = in_both(&barbara(), json!([{"op": "replace", "path": path, "value": false}]));
    assert_eq!(result["emails"][0]["primary"], true);
}

#[test]
fn a_password_is_accepted_and_dropped() {
    for dialect in both() {
        for op in ["add", "replace"] {
            let operations = json!([{"op": op, "path": "password", "value": "t1meMa$heen"}]);
            let outcome = patch(&dialect, &barbara(), operations).unwrap();
            assert_eq!(outcome.resource, barbara());
            assert!(outcome.ignored("password"));
            assert!(!format!("{:?}", outcome.notes).contains("t1meMa"), "the note does not repeat it");
        }
    }
    let error = parse(&compat(), &group(), body(json!([{"op": "add", "path": "password", "value": "x"}])));
    assert_eq!(keyword(&error.unwrap_err()), "noTarget", "groups have none");
}

#[test]
fn schemas_follow_from_the_attributes_and_cannot_be_removed() {
    let operations = json!([{"op": "remove", "path": "schemas"}]);
    assert_eq!(refused_by_both(&barbara(), operations), "mutability");
}

#[test]
fn x_what_does_not_belong_to_a_request_is_ignored() {
    for dialect in both() {
        let body = json!({"schemas": [PATCH_OP], "id": "1", "externalId": "2",
            "Operations": [{"name": "addMember", "op": "add", "path": "title", "value": "Guide", "from": "x"}]});
        let outcome = request(&dialect, &user(), &barbara(), object(body)).unwrap();
        assert_eq!(outcome.resource["title"], "Guide");
        assert!(outcome.ignored("from"));
    }
}

#[test]
fn a_path_that_is_null_is_no_path() {
    let operations = json!([{"op": "replace", "path": null, "value": {"title": "Guide"}}]);
    assert_eq!(in_both(&barbara(), operations)["title"], "Guide");
}
