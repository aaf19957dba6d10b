//! Section Q of the conformance facts: what holds for every operation.

use enroll_scim::Quirk;
use serde_json::{Value, json};

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
fn q2_op_is_read_in_any_case() {
    for op in ["replace", "Replace", "REPLACE", "add", "Add"] {
        let result = in_both(&barbara(), json!([{"op": op, "path": "title", "value": "Guide"}]));
        assert_eq!(result["title"], "Guide");
    }
    for op in ["remove", "Remove"] {
        let result = in_both(&barbara(), json!([{"op": op, "path": "displayName"}]));
        assert_eq!(result.get("displayName"), None);
    }
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
fn q5_s16_without_a_path_what_only_the_server_writes_is_ignored() {
    for dialect in both() {
        let value = json!({
            "id": "evil", "meta": {"created": "x"}, "groups": [{"value": "admins"}], "schemas": ["urn:x"],
            "title": "Guide", ENTERPRISE: {"manager": {"displayName": "Evil"}}
        });
        let outcome = patch(&dialect, &barbara(), json!([{"op": "replace", "value": value}])).unwrap();
        let mut expected = barbara();
        expected["title"] = json!("Guide");
        assert_eq!(outcome.resource, expected);
        assert!(outcome.ignored("id ") && outcome.ignored("groups "));
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
fn q7_q10_an_extension_attribute_is_reached_by_its_urn() {
    let path = format!("{ENTERPRISE}:employeeNumber");
    let bare = json!({"userName": "bjensen"});
    for path in [path.clone(), path.to_uppercase()] {
        let result = in_both(&bare, json!([{"op": "add", "path": path, "value": "7"}]));
        assert_eq!(result, json!({"userName": "bjensen", ENTERPRISE: {"employeeNumber": "7"}}));
    }
    let then = json!([
        {"op": "add", "path": path, "value": "7"},
        {"op": "remove", "path": path}
    ]);
    assert_eq!(in_both(&bare, then), bare, "removing the last attribute removes the extension");
}

#[test]
fn q10_sub_attributes_and_the_core_urn_work_as_paths() {
    let result = in_both(
        &barbara(),
        json!([
            {"op": "replace", "path": format!("{ENTERPRISE}:manager.value"), "value": "42"},
            {"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:userName", "value": "babs"},
            {"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "value": "Babs"},
            {"op": "remove", "path": "urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"home\"]"}
        ]),
    );
    assert_eq!(result[ENTERPRISE]["manager"], json!({"value": "42"}));
    assert_eq!(result["userName"], "babs");
    assert_eq!(result["name"], json!({"givenName": "Babs", "familyName": "Jensen"}));
    assert_eq!(result["emails"].as_array().unwrap().len(), 1);
}

#[test]
fn q10_an_extension_as_a_whole_is_a_path() {
    for op in ["add", "replace"] {
        let value = json!({"department": "Sales", "costCenter": "4130", "unknown": 1});
        let result = in_both(&barbara(), json!([{"op": op, "path": ENTERPRISE, "value": value}]));
        assert_eq!(
            result[ENTERPRISE],
            json!({"department": "Sales", "manager": {"value": "26118915"}, "costCenter": "4130"})
        );
    }
    let expected = {
        let mut barbara = barbara();
        barbara.as_object_mut().unwrap().remove(ENTERPRISE);
        barbara
    };
    assert_eq!(in_both(&barbara(), json!([{"op": "remove", "path": ENTERPRISE}])), expected);
    assert_eq!(in_both(&barbara(), json!([{"op": "replace", "path": ENTERPRISE, "value": null}])), expected);
    assert_eq!(in_both(&barbara(), json!([{"op": "replace", "value": {ENTERPRISE: null}}])), expected);
    let text = json!([{"op": "replace", "path": ENTERPRISE, "value": "x"}]);
    assert_eq!(refused_by_both(&barbara(), text), "invalidValue");
}

#[test]
fn q10_an_extension_is_a_key_of_a_value_without_path() {
    let value = json!({ENTERPRISE.to_lowercase(): {"Department": "Sales"}});
    let result = in_both(&barbara(), json!([{"op": "replace", "value": value}]));
    assert_eq!(result[ENTERPRISE], json!({"department": "Sales", "manager": {"value": "26118915"}}));
}

#[test]
fn q10_e5_a_dotted_urn_is_a_quirk() {
    let operations = json!([{"op": "Replace", "path": format!("{ENTERPRISE}.department"), "value": "Sales"}]);
    assert_eq!(refused(&strict(), &barbara(), operations.clone()), "noTarget");
    let outcome = patch(&compat(), &barbara(), operations).unwrap();
    assert_eq!(outcome.resource[ENTERPRISE]["department"], "Sales");
    assert!(outcome.used(Quirk::DottedUrn));
    let part = json!([{"op": "Replace", "path": format!("{ENTERPRISE}.manager.value"), "value": "42"}]);
    assert_eq!(patched(&compat(), &barbara(), part)[ENTERPRISE]["manager"], json!({"value": "42"}));
}

#[test]
fn q8_an_unreadable_path_is_invalid_path() {
    let unreadable = [
        "",
        " ",
        ".",
        "emails[",
        "emails]",
        "emails[type eq \"work\"",
        "emails[type eq \"work\"]x",
        "a b",
        "name.",
        "name..givenName",
        "name.givenName.x",
        "emails[0]",
        "emails[0].value",
        "/userName",
        "emails[]",
        "1st",
        "emails[type eq \"work\"].",
        "emails[type eq \"work\"].value.x",
    ];
    for path in unreadable {
        let keyword = refused_by_both(&barbara(), json!([{"op": "replace", "path": path, "value": "x"}]));
        let expected =
            if path.starts_with("emails[]") || path == "emails[" { "invalidFilter" } else { "invalidPath" };
        assert_eq!(keyword, expected, "{path:?}");
    }
    for path in [json!(1), json!(["userName"]), json!({})] {
        let operations = json!([{"op": "replace", "path": path, "value": "x"}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidPath");
    }
}

#[test]
fn q8_a_filter_where_there_is_one_value_is_invalid_path() {
    for path in
        ["userName[value eq \"x\"]", "name[givenName eq \"x\"].familyName", "emails.value[type eq \"x\"]"]
    {
        let operations = json!([{"op": "replace", "path": path, "value": "x"}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidPath", "{path}");
    }
}

#[test]
fn q8_a_bad_filter_is_invalid_filter() {
    for filter in
        ["type", "type eq", "type xx \"work\"", "nope eq \"x\"", "primary gt true", "type eq \"a\" and"]
    {
        let operations = json!([{"op": "remove", "path": format!("emails[{filter}]")}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidFilter", "{filter}");
    }
}

#[test]
fn q9_a_path_to_an_unknown_attribute_is_no_target() {
    for path in [
        "nope",
        "name.nope",
        "emails.nope",
        "emails[type eq \"work\"].nope",
        "urn:nope:User:title",
        "userName.x",
    ] {
        for op in ["add", "replace", "remove"] {
            let operations = json!([{"op": op, "path": path, "value": "x"}]);
            assert_eq!(refused_by_both(&barbara(), operations), "noTarget", "{op} {path}");
        }
    }
}

#[test]
fn q9_unknown_keys_of_a_value_without_path_are_ignored() {
    for dialect in both() {
        let value = json!({"nope": 1, "title": "Guide", "urn:nope": {"x": 1}, "name": {"nope": 1}});
        let outcome = patch(&dialect, &barbara(), json!([{"op": "replace", "value": value}])).unwrap();
        let mut expected = barbara();
        expected["title"] = json!("Guide");
        assert_eq!(outcome.resource, expected);
        assert!(outcome.ignored("nope") && outcome.ignored("urn:nope"));
    }
}

#[test]
fn q11_keys_may_be_paths_in_compat_and_are_unknown_in_strict() {
    let number = format!("{ENTERPRISE}:employeeNumber");
    let value = json!({
        "displayName": "Bjfe",
        "name.givenName": "Kkom",
        number: "Aklq",
        "emails[type eq \"work\"].value": "a@b"
    });
    let operations = json!([{"op": "replace", "value": value}]);
    let outcome = patch(&compat(), &barbara(), operations.clone()).unwrap();
    assert_eq!(outcome.resource["displayName"], "Bjfe");
    assert_eq!(outcome.resource["name"], json!({"givenName": "Kkom", "familyName": "Jensen"}));
    assert_eq!(outcome.resource[ENTERPRISE]["employeeNumber"], "Aklq");
    assert_eq!(outcome.resource["emails"][0]["value"], "a@b");
    assert!(outcome.used(Quirk::PathKeys));
    let mut expected = barbara();
    expected["displayName"] = json!("Bjfe");
    let outcome = patch(&strict(), &barbara(), operations).unwrap();
    assert_eq!(outcome.resource, expected);
    assert!(outcome.ignored("name.givenName"));
}

#[test]
fn q11_a_key_that_is_no_path_is_ignored_and_never_an_attribute() {
    for dialect in both() {
        for key in ["name.nope", "emails]", "a.b.c", "urn:x:y", "meta.created", "id.x", "password"] {
            let outcome = patch(&dialect, &barbara(), json!([{"op": "add", "value": {key: "x"}}])).unwrap();
            assert_eq!(outcome.resource, barbara(), "{key}");
            assert!(!outcome.notes.is_empty(), "{key}");
        }
    }
    let bad_filter = json!([{"op": "add", "value": {"emails[type xx \"a\"].value": "x"}}]);
    assert_eq!(refused(&compat(), &barbara(), bad_filter), "invalidFilter");
}

#[test]
fn q11_keys_inside_an_extension_may_be_paths_in_compat() {
    let operations = json!([{"op": "replace", "value": {ENTERPRISE: {"manager.value": "42"}}}]);
    assert_eq!(patched(&compat(), &barbara(), operations.clone())[ENTERPRISE]["manager"]["value"], "42");
    assert_eq!(patched(&strict(), &barbara(), operations), barbara());
}

#[test]
fn q12_json_in_a_string_is_read_in_compat_alone() {
    let operations =
        json!([{"op": "replace", "value": "{\"title\": \"Guide\", \"name\": {\"givenName\": \"Babs\"}}"}]);
    assert_eq!(refused(&strict(), &barbara(), operations.clone()), "invalidValue");
    let outcome = patch(&compat(), &barbara(), operations).unwrap();
    assert_eq!(outcome.resource["title"], "Guide");
    assert_eq!(outcome.resource["name"]["givenName"], "Babs");
    assert!(outcome.used(Quirk::JsonStringValue));
    for text in ["", "x", "[1]", "\"x\"", "{\"title\": 1, \"TITLE\": 2}", "{"] {
        let operations = json!([{"op": "replace", "value": text}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidValue", "{text}");
    }
}

#[test]
fn q13_an_operation_that_changes_nothing_says_so() {
    let nothing = [
        json!({"op": "replace", "path": "userName", "value": "bjensen"}),
        json!({"op": "add", "path": "emails", "value": [{"value": "babs@jensen.org", "type": "home"}]}),
        json!({"op": "add", "path": "emails", "value": {"value": "babs@jensen.org"}}),
        json!({"op": "replace", "value": {"active": true, "name": {"givenName": "Barbara"}}}),
        json!({"op": "remove", "path": "title"}),
        json!({"op": "remove", "path": "emails[type eq \"fax\"]"}),
        json!({"op": "add", "path": "emails", "value": []}),
        json!({"op": "add", "path": "schemas", "value": [ENTERPRISE]}),
        json!({"op": "replace", "path": "name", "value": {}}),
    ];
    for dialect in both() {
        for operation in &nothing {
            let outcome = patch(&dialect, &barbara(), json!([operation])).unwrap();
            assert!(!outcome.changed, "{operation}");
            assert_eq!(outcome.resource, barbara());
        }
        let outcome = patch(&dialect, &barbara(), Value::from(nothing.to_vec())).unwrap();
        assert!(!outcome.changed);
    }
}

#[test]
fn q13_there_and_back_again_is_no_change() {
    let operations = json!([
        {"op": "replace", "path": "title", "value": "x"},
        {"op": "remove", "path": "title"},
        {"op": "replace", "path": "userName", "value": "y"},
        {"op": "replace", "path": "userName", "value": "bjensen"}
    ]);
    for dialect in both() {
        assert!(!patch(&dialect, &barbara(), operations.clone()).unwrap().changed);
    }
}

#[test]
fn q15_a_value_must_be_there_and_fit_its_attribute() {
    for op in ["add", "replace"] {
        assert_eq!(refused_by_both(&barbara(), json!([{"op": op, "path": "title"}])), "invalidValue");
        assert_eq!(refused_by_both(&barbara(), json!([{"op": op}])), "invalidValue");
        for (path, value) in [
            ("title", json!(1)),
            ("active", json!("maybe")),
            ("active", json!(1)),
            ("name", json!("Babs")),
            ("name.givenName", json!({"x": 1})),
            ("emails", json!([1])),
            ("emails[type eq \"work\"].primary", json!("perhaps")),
            ("emails[type eq \"work\"].value", json!([["x"]])),
            ("userName", json!(["x"])),
        ] {
            let operations = json!([{"op": op, "path": path, "value": value}]);
            assert_eq!(refused_by_both(&barbara(), operations), "invalidValue", "{op} {path} {value}");
        }
        for value in [json!(1), json!(null), json!([]), json!([{"title": "x"}])] {
            assert_eq!(refused_by_both(&barbara(), json!([{"op": op, "value": value}])), "invalidValue");
        }
        let operations = json!([{"op": op, "value": {"active": "maybe"}}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidValue");
    }
}

#[test]
fn a5_a_string_is_no_boolean_in_strict() {
    let operations = json!([{"op": "replace", "path": "active", "value": "False"}]);
    assert_eq!(refused(&strict(), &barbara(), operations), "invalidValue");
}

#[test]
fn q16_null_takes_an_optional_attribute_away() {
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": null},
        {"op": "replace", "path": "name.givenName", "value": null},
        {"op": "replace", "path": "addresses", "value": null},
        {"op": "replace", "path": "emails[type eq \"home\"].type", "value": null},
        {"op": "replace", "value": {"externalId": null, "active": null}}
    ]);
    assert_eq!(
        in_both(&barbara(), operations),
        json!({
            "userName": "bjensen",
            "name": {"familyName": "Jensen"},
            "emails": [{"value": "bjensen@example.com", "type": "work", "primary": true}, {"value": "babs@jensen.org"}],
            ENTERPRISE: {"department": "Tour Operations", "manager": {"value": "26118915"}}
        })
    );
}

#[test]
fn q16_null_for_elements_that_are_selected_removes_them() {
    let operations = json!([{"op": "replace", "path": "emails[type eq \"home\"]", "value": null}]);
    assert_eq!(in_both(&barbara(), operations)["emails"].as_array().unwrap().len(), 1);
}

#[test]
fn q16_an_empty_string_takes_an_optional_attribute_away_in_compat() {
    let operations = json!([{"op": "replace", "path": "displayName", "value": ""}]);
    let outcome = patch(&compat(), &barbara(), operations).unwrap();
    assert_eq!(outcome.resource.get("displayName"), None);
    assert!(outcome.used(Quirk::EmptyStrings));
    let parts = json!([{"op": "replace", "value": {"name": {"givenName": "", "familyName": ""}}}]);
    assert_eq!(
        patched(&compat(), &barbara(), parts).get("name"),
        None,
        "the last part takes the whole with it"
    );
}

#[test]
fn q16_a_required_attribute_must_keep_a_value() {
    for value in [json!(null), json!("")] {
        let operations = json!([{"op": "replace", "path": "userName", "value": value}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidValue");
        let operations = json!([{"op": "replace", "value": {"userName": value}}]);
        assert_eq!(refused_by_both(&barbara(), operations), "invalidValue");
    }
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
