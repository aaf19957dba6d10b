//! Each check there is fails on some faulty server: a check that cannot fail says nothing.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};

use axum::http::{HeaderValue, Method};
use serde_json::{Value, json};

use crate::support::{Answer, Fault, Front, failed};

/// A broad fault, and the sections that it concerns.
struct Case {
    fault: Fault,
    only: &'static [&'static str],
}

const fn in_answers(on_answer: fn(&mut Answer), only: &'static [&'static str]) -> Case {
    Case { fault: Fault { on_request: |_, _, _| {}, on_answer }, only }
}

const fn in_requests(on_request: crate::support::OnRequest, only: &'static [&'static str]) -> Case {
    Case { fault: Fault { on_request, on_answer: |_| {} }, only }
}

fn is_one(answer: &Answer) -> bool {
    answer.is(&Method::GET, "/Users/") || answer.is(&Method::GET, "/Groups/")
}

fn each_schema(answer: &mut Answer, change: impl Fn(&mut Value)) {
    if answer.is(&Method::GET, "/Schemas") {
        answer.body["Resources"].as_array_mut().into_iter().flatten().for_each(change);
    }
}

fn each_type(answer: &mut Answer, change: impl Fn(&mut Value)) {
    if answer.is(&Method::GET, "/ResourceTypes") {
        answer.body["Resources"].as_array_mut().into_iter().flatten().for_each(change);
    }
}

static COUNTER: AtomicUsize = AtomicUsize::new(0);
static TAKEN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

const CASES: &[Case] = &[
    // Refusals that are none.
    in_answers(
        |answer| {
            if answer.status == 304 || (answer.status >= 400 && !answer.path.starts_with("/Me")) {
                answer.status = 200;
                answer.body = json!({});
            }
        },
        &[],
    ),
    // A resource that cannot be read.
    in_answers(
        |answer| {
            if is_one(answer) {
                answer.status = 500;
            }
        },
        &["7643", "3.4.1", "3.5", "3.7", "3.8", "3.9", "3.10", "3.14"],
    ),
    // PATCH that does something else, and PATCH that does nothing.
    in_requests(
        |method, _, body| {
            if *method == Method::PATCH {
                body["Operations"] = json!([{"op": "replace", "path": "active", "value": true}]);
            }
        },
        &["7643-2.1", "7643-4.2", "7643-4.3", "3.5.2", "3.10", "3.14"],
    ),
    in_answers(
        |answer| {
            if answer.method == Method::PATCH {
                answer.status = 400;
            }
        },
        &["3.5.2", "7643-4.2"],
    ),
    // PUT that refuses everything.
    in_requests(
        |method, _, body| {
            if *method == Method::PUT && !body.is_null() {
                *body = json!({});
            }
        },
        &["7643-3.1", "7643-4.2", "3.5.1", "3.9", "3.14"],
    ),
    // POST that answers 200, and POST that answers something else than what was stored.
    in_answers(
        |answer| {
            if answer.method == Method::POST && answer.status == 201 {
                answer.status = 200;
            }
        },
        &["7643-2.1", "3.3", "3.8"],
    ),
    in_answers(
        |answer| {
            if answer.method == Method::POST && answer.status == 201 {
                let sent = answer.sent.clone();
                for name in ["meta", "favouriteTea"] {
                    answer.body[name] = sent[name].clone();
                }
                answer.body["userName"] = json!("somebody else");
                answer.body["title"] = json!("Inspector");
            }
        },
        &["3.3", "3.4.1"],
    ),
    // Lists that are empty.
    in_answers(
        |answer| {
            let list = answer.is(&Method::GET, "/Users?")
                || answer.is(&Method::GET, "/?")
                || answer.path == "/Users"
                || answer.path.ends_with("/.search");
            if list && answer.status == 200 {
                answer.body = json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                    "totalResults": 0, "Resources": [],
                });
            }
        },
        &["3.4", "3.10", "7643-4.3"],
    ),
    in_answers(
        |answer| {
            if answer.path.ends_with("/.search") {
                answer.status = 501;
            }
        },
        &["3.4.3"],
    ),
    // Lists with everybody, whatever the query says.
    in_requests(
        |_, target, body| {
            if let Some((path, _)) = target.clone().split_once('?') {
                *target = path.to_owned();
            }
            if target.ends_with("/.search") {
                *body = json!({"schemas": body["schemas"]});
            }
        },
        &["3.4", "3.6", "3.9", "3.10", "7644-4", "7643-4.3"],
    ),
    // Lists whose resources are nobody's, and unknown parameters that are refused.
    in_answers(
        |answer| {
            answer.each_resource(|user| user["schemas"] = json!([]));
            if answer.path.contains("favouriteTea") {
                answer.status = 400;
            }
        },
        &["3.4.2"],
    ),
    // What the server says of itself is wrong.
    in_answers(
        |answer| {
            if answer.is(&Method::GET, "/ServiceProviderConfig") {
                answer.body["schemas"] = json!([]);
                answer.body["bulk"]["supported"] = json!(false);
                answer.body["bulk"]["maxOperations"] = Value::Null;
                answer.body["filter"]["maxResults"] = Value::Null;
                answer.body["sort"]["supported"] = json!("yes");
                answer.body["authenticationSchemes"][0]["type"] = Value::Null;
                if answer.authorization.is_empty() {
                    answer.status = 401;
                }
            }
            if answer.is(&Method::GET, "/ResourceTypes") || answer.is(&Method::GET, "/Schemas") {
                answer.body["totalResults"] = json!(99);
                answer.body["id"] = json!("other");
                answer.body["name"] = json!("other");
                if answer.path.contains("startIndex") {
                    answer.body["Resources"] = json!([]);
                }
            }
        },
        &["7644-4", "7643-5", "3.7"],
    ),
    in_answers(
        |answer| {
            each_type(answer, |known| {
                known["name"] = Value::Null;
                known["schemaExtensions"] = json!([{"schema": "urn:other"}]);
                known["schema"] = json!("urn:other");
                known["endpoint"] = json!("/Nowhere");
            });
        },
        &["7643-6"],
    ),
    in_answers(
        |answer| {
            each_schema(answer, |schema| {
                let attribute = json!({"name": "1", "type": "text", "required": "yes"});
                let complex = json!({"name": "a", "type": "complex", "subAttributes": [{"type": "complex"}]});
                let password = json!({"name": "password", "type": "string", "mutability": "readWrite"});
                for known in schema["attributes"].as_array_mut().into_iter().flatten() {
                    known["required"] = json!(false);
                    known["mutability"] = json!("readWrite");
                }
                if let Some(attributes) = schema["attributes"].as_array_mut() {
                    attributes.extend([attribute, complex, password]);
                }
            });
        },
        &["7643-7"],
    ),
    in_answers(
        |answer| {
            each_schema(answer, |schema| {
                schema["id"] = json!("urn:ietf:params:scim:api:messages:2.0:Other");
                schema["attributes"] = json!([]);
            });
        },
        &["7643-7", "3.1"],
    ),
    // Common attributes and values that are wrong.
    in_answers(
        |answer| {
            let count = COUNTER.fetch_add(1, Ordering::Relaxed);
            answer.each_resource(|resource| {
                resource["schemas"] = json!(["urn:a", "urn:a"]);
                resource["externalId"] = json!("made up");
                resource["groups"] = json!([{"value": "made up"}]);
                resource["meta"] = json!({"created": "today", "lastModified": count, "resourceType": "Person",
                    "location": "http://127.0.0.1:9/Users"});
                for name in ["emails", "members"] {
                    if let Some(values) = resource.get_mut(name).and_then(Value::as_array_mut) {
                        values.iter_mut().for_each(|value| {
                            value["primary"] = json!(true);
                            value["$ref"] = Value::Null;
                        });
                        values.extend(values.clone());
                    }
                }
            });
        },
        &["7643-3.1", "7643-4", "3.5.2.1"],
    ),
    in_answers(|answer| answer.each_resource(|resource| resource["id"] = json!("bulkId")), &["7643-3.1"]),
    in_answers(
        |answer| {
            if answer.is(&Method::GET, "/Users/") {
                answer.body["meta"]["location"] = Value::Null;
            }
        },
        &["7643-3.1"],
    ),
    // A userName stays taken.
    in_answers(
        |answer| {
            if answer.method == Method::POST && answer.status == 201 {
                let name = answer.body["userName"].to_string();
                if !TAKEN.lock().unwrap().insert(name) {
                    answer.status = 409;
                }
            }
        },
        &["3.6"],
    ),
    in_answers(
        |answer| {
            if answer.method == Method::DELETE && answer.status == 204 {
                answer.status = 200;
            }
            if answer.status >= 400 {
                answer.body["detail"] = Value::Null;
                answer.body["status"] = json!(answer.status);
            }
        },
        &["7644-2", "3.6", "3.12"],
    ),
    // Headers.
    in_answers(
        |answer| {
            for name in ["etag", "location", "www-authenticate", "content-type"] {
                answer.headers.remove(name);
            }
            if answer.path.starts_with("/Me") {
                answer.status = 200;
            }
        },
        &["7644-2", "3.1", "3.3", "3.8", "3.11", "3.14"],
    ),
    in_answers(
        |answer| {
            if answer.path.starts_with("/Me") {
                answer.status = 404;
            }
            if answer.headers.contains_key("etag") {
                answer.headers.insert("etag", HeaderValue::from_static("1"));
            }
        },
        &["3.11", "3.14"],
    ),
    // A password that comes back.
    in_answers(
        |answer| {
            if answer.sent.get("password").is_some() {
                answer.body["password"] = answer.sent["password"].clone();
            }
        },
        &["7643-4.1"],
    ),
    // Bulk.
    in_requests(
        |_, target, body| {
            if target.ends_with("/Bulk") {
                body["failOnErrors"] = Value::Null;
            }
        },
        &["3.7"],
    ),
    in_answers(
        |answer| {
            if answer.is(&Method::POST, "/Bulk") {
                answer.status = 200;
                for result in answer.body["Operations"].as_array_mut().into_iter().flatten() {
                    *result = json!({"status": 500});
                }
            }
        },
        &["3.7"],
    ),
    // Cursors that are announced and ignored, with count and without.
    Case {
        fault: Fault {
            on_request: |_, target, _| *target = target.replace("cursor=", "ignored="),
            on_answer: |answer| {
                if answer.is(&Method::GET, "/ServiceProviderConfig") {
                    answer.body["pagination"] = json!({"cursor": true});
                }
            },
        },
        only: &["9865"],
    },
    Case {
        fault: Fault {
            on_request: |_, target, body| {
                if let Some((path, query)) = target.clone().split_once('?')
                    && query.contains("cursor=")
                {
                    let filter =
                        query.split('&').find(|pair| pair.starts_with("filter=")).unwrap_or_default();
                    *target = format!("{path}?{filter}");
                }
                if let Some(members) = body.as_object_mut() {
                    members.remove("cursor");
                }
            },
            on_answer: |answer| {
                if answer.is(&Method::GET, "/ServiceProviderConfig") {
                    answer.body["pagination"] = json!({"cursor": true});
                }
            },
        },
        only: &["9865"],
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_check_fails_on_some_faulty_server() {
    let mut runs = tokio::task::JoinSet::new();
    for case in CASES {
        runs.spawn(async { failed(&Front::start(case.fault).await.run(case.only).await) });
    }
    let found: BTreeSet<&str> = runs.join_all().await.into_iter().flatten().collect();
    let all = enroll_conformance::list(&[]).unwrap();
    let never: Vec<&str> = all.iter().map(|check| check.id).filter(|id| !found.contains(id)).collect();
    assert_eq!(never, Vec::<&str>::new());
}
