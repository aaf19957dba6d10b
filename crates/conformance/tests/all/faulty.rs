//! Each fault is found: no check is there that cannot fail for what it is about.

use axum::http::{HeaderValue, Method};
use serde_json::{Value, json};

use crate::support::{Answer, Fault, Front, failed};

/// With the fault each of the checks fails; without, none.
async fn finds(fault: Fault, checks: &[&str]) {
    let sound = Front::start(Fault::NONE).await.run(checks).await;
    assert!(failed(&sound).is_empty(), "{sound}");
    let report = Front::start(fault).await.run(checks).await;
    assert_eq!(failed(&report), checks, "{report}");
}

fn header(answer: &mut Answer, name: &'static str, value: &'static str) {
    answer.headers.insert(name, HeaderValue::from_static(value));
}

/// Takes a parameter out of a query.
fn without_parameter(target: &mut String, name: &str) {
    if let Some((path, query)) = target.clone().split_once('?') {
        let kept: Vec<&str> =
            query.split('&').filter(|pair| !pair.starts_with(&format!("{name}="))).collect();
        *target = format!("{path}?{}", kept.join("&"));
    }
}

#[tokio::test]
async fn h4_a_wrong_media_type() {
    let fault = Fault::in_answers(|answer| header(answer, "content-type", "text/html"));
    finds(fault, &["media-type-of-resources", "media-type-of-lists", "media-type-of-errors", "accept-scim"])
        .await;
}

#[tokio::test]
async fn u1_a_delete_that_answers_200() {
    let fault = Fault::in_answers(|answer| {
        if answer.method == Method::DELETE && answer.status == 204 {
            answer.status = 200;
        }
    });
    finds(fault, &["delete-status"]).await;
}

#[tokio::test]
async fn u1_a_deleted_user_that_can_still_be_read() {
    let fault = Fault::in_answers(|answer| {
        if answer.is(&Method::GET, "/Users/") && answer.status == 404 {
            answer.status = 200;
        }
    });
    finds(fault, &["read-unknown", "delete-then-get"]).await;
}

#[tokio::test]
async fn c3_a_password_that_is_returned() {
    let fault = Fault::in_answers(|answer| {
        if answer.method == Method::POST && answer.sent.get("password").is_some() {
            answer.body["password"] = answer.sent["password"].clone();
        }
    });
    finds(fault, &["user-password-never-returned"]).await;
}

#[tokio::test]
async fn x1_a_status_that_is_a_number() {
    let fault = Fault::in_answers(|answer| {
        if answer.status >= 400 {
            answer.body["status"] = json!(answer.status);
        }
    });
    finds(fault, &["unauthorized-body", "error-of-unknown", "error-of-duplicate", "error-of-bad-filter"])
        .await;
}

#[tokio::test]
async fn h11_a_create_without_location() {
    let fault = Fault::in_answers(|answer| drop(answer.headers.remove("location")));
    finds(fault, &["create-location"]).await;
}

#[tokio::test]
async fn j2_an_id_that_the_client_chose() {
    let fault = Fault::in_answers(|answer| {
        if answer.method == Method::POST && answer.sent.get("id").is_some() {
            answer.body["id"] = answer.sent["id"].clone();
        }
    });
    finds(fault, &["create-id-ignored"]).await;
}

#[tokio::test]
async fn j4_a_duplicate_that_is_only_a_bad_request() {
    let fault = Fault::in_answers(|answer| {
        if answer.status == 409 {
            answer.status = 400;
        }
    });
    finds(fault, &["user-name-in-any-case", "create-duplicate", "put-duplicate", "patch-duplicate"]).await;
}

#[tokio::test]
async fn m6_a_filter_that_is_ignored() {
    let fault = Fault::in_requests(|_, target, _| without_parameter(target, "filter"));
    let checks = [
        "list-no-match",
        "filter-eq",
        "filter-ne",
        "filter-co",
        "filter-ew",
        "filter-gt",
        "filter-lt",
        "filter-boolean",
        "filter-id",
        "filter-sub-attribute",
        "filter-unknown-operator",
        "filter-malformed",
        "filter-and",
        "filter-or",
        "filter-not",
        "filter-grouping",
        "filter-value-path",
    ];
    finds(fault, &checks).await;
}

#[tokio::test]
async fn m2_or_that_binds_as_tight_as_and() {
    // From left to right, as a parser without precedence reads it.
    let fault = Fault::in_requests(|_, target, _| {
        if let Some((before, after)) = target.clone().split_once("%20and%20")
            && before.contains("%20or%20")
        {
            let before = before.replacen("filter=", "filter=%28", 1);
            *target = format!("{before}%29%20and%20{after}");
        }
    });
    finds(fault, &["filter-precedence"]).await;
}

#[tokio::test]
async fn m6_a_bad_filter_that_finds_nothing() {
    let fault = Fault::in_answers(|answer| {
        if answer.is(&Method::GET, "/Users?filter") && answer.status == 400 {
            answer.status = 200;
            answer.body =
                json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0});
        }
    });
    finds(
        fault,
        &["filter-unknown-operator", "filter-malformed", "filter-trailing", "filter-boolean-ordered"],
    )
    .await;
}

#[tokio::test]
async fn l6_a_count_and_a_start_that_are_ignored() {
    let fault = Fault::in_requests(|_, target, _| {
        without_parameter(target, "count");
        without_parameter(target, "startIndex");
    });
    finds(fault, &["page-count-zero", "page-count-kept", "page-numbers", "page-partition"]).await;
}

#[tokio::test]
async fn l1_a_total_that_is_a_text() {
    let fault = Fault::in_answers(|answer| {
        if let Some(total) = answer.body.get("totalResults").and_then(Value::as_u64) {
            answer.body["totalResults"] = json!(total.to_string());
        }
    });
    finds(fault, &["list-response", "list-no-match", "search-supported"]).await;
}

#[tokio::test]
async fn n1_a_sort_that_is_ignored() {
    let fault = Fault::in_requests(|_, target, _| without_parameter(target, "sortOrder"));
    finds(fault, &["sort-descending", "sort-missing-first"]).await;
}

#[tokio::test]
async fn k2_a_projection_that_is_ignored() {
    let fault = Fault::in_requests(|_, target, _| {
        without_parameter(target, "attributes");
        without_parameter(target, "excludedAttributes");
    });
    let checks = [
        "attributes-of-one",
        "attributes-of-list",
        "attributes-of-post",
        "attributes-of-put",
        "attributes-sub",
        "excluded-of-one",
        "excluded-of-list",
        "excluded-members",
    ];
    finds(fault, &checks).await;
}

#[tokio::test]
async fn q3_a_patch_that_is_not_atomic() {
    // The first operation is carried out, the failure of the second is answered.
    let fault = Fault {
        on_request: |method, _, body| {
            if *method == Method::PATCH
                && let Some(operations) = body.get_mut("Operations").and_then(Value::as_array_mut)
            {
                operations.retain(|operation| operation["op"] != "remove");
            }
        },
        on_answer: |answer| {
            if answer.method == Method::PATCH && answer.status == 200 {
                answer.status = 400;
            }
        },
    };
    finds(fault, &["patch-atomic"]).await;
}

#[tokio::test]
async fn q4_a_patch_that_answers_200_with_nothing() {
    let fault = Fault::in_answers(|answer| {
        if answer.method == Method::PATCH && answer.status == 200 {
            answer.body = Value::Null;
        }
    });
    finds(fault, &["patch-answer", "patch-attributes-parameter"]).await;
}

#[tokio::test]
async fn t8_a_rename_that_empties_the_group() {
    let fault = Fault::in_requests(|method, target, body| {
        if *method == Method::PATCH
            && target.contains("/Groups/")
            && body["Operations"][0].get("path").is_none()
        {
            body["Operations"][0]["value"]["members"] = json!([]);
        }
    });
    finds(fault, &["group-rename-keeps-members"]).await;
}

#[tokio::test]
async fn s6_a_remove_of_one_member_that_removes_all() {
    let fault = Fault::in_requests(|method, _, body| {
        if *method == Method::PATCH && body["Operations"][0]["op"] == "remove" {
            body["Operations"][0]["path"] = json!("members");
        }
    });
    finds(fault, &["group-remove-member", "group-remove-absent-member"]).await;
}

#[tokio::test]
async fn d7_a_member_that_is_listed_twice() {
    let fault = Fault::in_answers(|answer| {
        answer.each_resource(|resource| {
            if let Some(members) = resource.get_mut("members").and_then(Value::as_array_mut) {
                members.extend(members.clone());
            }
        });
    });
    finds(fault, &["group-members", "group-add-member-twice", "group-put-members"]).await;
}

#[tokio::test]
async fn a5_a_boolean_that_is_a_text() {
    let fault = Fault::in_answers(|answer| {
        answer.each_resource(|resource| {
            if let Some(active) = resource.get("active").and_then(Value::as_bool) {
                resource["active"] = json!(active.to_string());
            }
        });
    });
    finds(fault, &["user-active-is-a-boolean", "replace-deactivate"]).await;
}

#[tokio::test]
async fn b7_dates_that_never_move_or_are_none() {
    let fault = Fault::in_answers(|answer| {
        answer.each_resource(|user| user["meta"]["lastModified"] = json!("2025-01-01"));
    });
    finds(fault, &["meta-dates", "meta-last-modified-moves"]).await;
}

#[tokio::test]
async fn b4_an_external_id_that_the_server_made_up() {
    let fault =
        Fault::in_answers(|answer| answer.each_resource(|user| user["externalId"] = json!("made up")));
    finds(fault, &["external-id-not-invented", "external-id-kept"]).await;
}

#[tokio::test]
async fn f2_a_configuration_without_what_is_required() {
    let fault = Fault::in_answers(|answer| {
        if answer.is(&Method::GET, "/ServiceProviderConfig") {
            answer.body["bulk"] = json!({"supported": "true"});
            answer.body["filter"] = json!({"supported": true});
            answer.body["authenticationSchemes"][0]["description"] = Value::Null;
        }
    });
    finds(fault, &["config-features", "config-bulk-limits", "config-filter-limit", "config-authentication"])
        .await;
}

#[tokio::test]
async fn g7_schemas_with_words_that_no_client_knows() {
    let fault = Fault::in_answers(|answer| {
        if answer.is(&Method::GET, "/Schemas") && answer.body.get("Resources").is_some() {
            answer.body["Resources"][0]["attributes"][0]["mutability"] = json!("readwrite");
            answer.body["Resources"][0]["attributes"][0]["required"] = json!("true");
            answer.body["Resources"][0]["attributes"][0]["name"] = json!("1st name");
        }
    });
    finds(fault, &["schema-attribute-names", "schema-characteristics", "schema-flags"]).await;
}

#[tokio::test]
async fn g3_a_filter_on_discovery_that_is_allowed() {
    let fault = Fault::in_requests(|_, target, _| without_parameter(target, "filter"));
    finds(fault, &["filter-on-schemas", "filter-on-resource-types"]).await;
}

#[tokio::test]
async fn i1_a_refusal_without_a_challenge() {
    let fault = Fault::in_answers(|answer| drop(answer.headers.remove("www-authenticate")));
    finds(fault, &["challenge"]).await;
}

#[tokio::test]
async fn w1_versions_that_are_none() {
    let fault = Fault::in_answers(|answer| {
        if answer.headers.contains_key("etag") {
            header(answer, "etag", "1");
        }
    });
    finds(fault, &["etag-form", "etag-in-meta", "etag-moves"]).await;
}

#[tokio::test]
async fn v8_a_bulk_status_that_is_a_number() {
    let fault = Fault::in_answers(|answer| {
        if answer.is(&Method::POST, "/Bulk") {
            for result in answer.body["Operations"].as_array_mut().into_iter().flatten() {
                result["status"] = json!(201);
                result["response"] = Value::Null;
            }
        }
    });
    finds(fault, &["bulk-status-is-text", "bulk-goes-on", "bulk-error-response"]).await;
}

#[tokio::test]
async fn cp2_cursors_that_are_announced_and_not_there() {
    let fault = Fault {
        on_request: |_, target, body| {
            without_parameter(target, "cursor");
            if let Some(members) = body.as_object_mut() {
                members.remove("cursor");
            }
        },
        on_answer: |answer| {
            if answer.is(&Method::GET, "/ServiceProviderConfig") {
                answer.body["pagination"] = json!({"cursor": true});
            }
        },
    };
    let report = Front::start(fault).await.run(&["9865"]).await;
    let wrong = [
        "cursor-config",
        "cursor-first-page",
        "cursor-characters",
        "cursor-pages",
        "cursor-invalid",
        "cursor-in-search",
    ];
    for check in wrong {
        assert!(failed(&report).contains(&check), "{check}: {report}");
    }
}
