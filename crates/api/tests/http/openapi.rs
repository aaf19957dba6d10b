//! The OpenAPI document, and the reference page that is written from it.

use std::collections::BTreeSet;

use enroll_domain::Scope;
use serde_json::{Value, json};

use crate::described::{COPY, DOCUMENT, METHODS, wrong};
use crate::site::{Site, reply};

/// Method, path and description of every operation.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| Some((*method, path.as_str(), item.get(method)?)))
    });
    all.collect()
}

/// A path with something in place of each parameter.
fn filled(path: &str) -> String {
    path.split('{')
        .map(|part| part.split_once('}').map_or(part.to_owned(), |(_, rest)| format!("x{rest}")))
        .collect()
}

fn references<'d>(value: &'d Value, found: &mut Vec<&'d str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_the_same_in_json_and_yaml_and_names_this_server() {
    let site = Site::start().await;
    let json = reply(site.bare("GET", "/api/v1/openapi.json")).await;
    assert_eq!((json.status.as_u16(), json.header("content-type")), (200, Some("application/json")));
    let document = json.body();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"], json!([{ "url": format!("{}/api/v1", crate::site::PUBLIC_URL) }]));
    let yaml = reply(site.bare("GET", "/api/v1/openapi.yaml")).await;
    assert_eq!((yaml.status.as_u16(), yaml.header("content-type")), (200, Some("application/yaml")));
    assert!(yaml.text.starts_with("openapi: "), "a document and not JSON on one line");
    assert_eq!(serde_saphyr::from_str::<Value>(&yaml.text).unwrap(), document);
}

#[tokio::test]
async fn the_committed_document_is_that_of_the_code() {
    let site = Site::start().await;
    let mut document = reply(site.bare("GET", "/api/v1/openapi.json")).await.body();
    document["servers"] = json!([{ "url": "http://127.0.0.1:8080/api/v1" }]);
    let text = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
    if std::env::var_os("ENROLL_WRITE_OPENAPI").is_some() {
        std::fs::write(COPY, &text).unwrap();
    }
    let committed = std::fs::read_to_string(COPY).unwrap_or_default();
    assert!(
        committed == text,
        "docs/openapi/admin.json is not what the code says: write it anew with \
         `ENROLL_WRITE_OPENAPI=1 cargo nextest run --locked --workspace -E 'test(the_committed_document)'`"
    );
}

#[tokio::test]
async fn every_operation_answers_and_no_path_has_another_method() {
    let site = Site::start().await;
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for method in METHODS {
            let answer = reply(site.bare(&method.to_uppercase(), &format!("/api/v1{}", filled(path)))).await;
            let expected = match item.get(method) {
                None => 405,
                Some(operation) if operation["security"] == json!([]) => 200,
                Some(_) => 401,
            };
            assert_eq!(answer.status, expected, "{method} {path}: {}", answer.text);
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_everything_shared_is_used() {
    let mut found = Vec::new();
    references(&DOCUMENT, &mut found);
    let found: BTreeSet<&str> = found.into_iter().collect();
    for reference in &found {
        assert!(DOCUMENT.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    for kind in ["schemas", "parameters", "responses", "headers"] {
        for name in DOCUMENT["components"][kind].as_object().unwrap().keys() {
            assert!(
                found.contains(format!("#/components/{kind}/{name}").as_str()),
                "{kind} {name} is not used"
            );
        }
    }
}

#[test]
fn every_operation_says_what_it_is_and_what_it_needs() {
    let tags: Vec<&Value> = DOCUMENT["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&DOCUMENT) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{id} is there twice");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{id}");
        assert!(tags.contains(&&operation["tags"][0]), "{id}: the tag is not described");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{id} never succeeds");
        let needs = operation["security"].as_array().unwrap();
        if needs.is_empty() {
            assert_eq!(method, "get", "{id}: only what anybody may read needs no token");
        } else {
            assert!(responses.contains_key("401") && responses.contains_key("403"), "{id}");
        }
        let may = |status: &str| responses.contains_key(status);
        if let Some(body) = operation.get("requestBody") {
            assert!(may("400") && may("413"), "{id}: a body may be too large");
            let json = body["content"].get("application/json").is_some();
            assert!(may("415") || !json || id == "registerSchemas", "{id}: a body may be of another type");
        }
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let keyed = parameters.filter(|one| one["$ref"] == "#/components/parameters/idempotencyKey").count();
        assert_eq!(may("422"), keyed == 1, "{id}: a key may have been used for another request");
        for scope in needs.iter().filter_map(|need| need["token"][0].as_str()) {
            assert!(scope.parse::<Scope>().is_ok(), "{id} needs {scope}");
            assert!(method == "get" || scope == "admin", "{id} changes something with {scope}");
        }
        let shared = DOCUMENT["paths"][path]["parameters"].as_array().map_or(0, Vec::len);
        assert_eq!(shared, path.matches('{').count(), "{path} has a parameter that is not described");
    }
    assert!(ids.len() > 90, "{}", ids.len());
}

#[test]
fn a_value_that_is_not_as_described_is_found() {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let problem =
        json!({ "type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is none" });
    assert!(wrong(&schema, &problem).is_empty());
    for (member, value) in
        [("status", json!("404")), ("status", json!(200)), ("more", json!(1)), ("detail", json!(""))]
    {
        let mut other = problem.clone();
        other[member] = value;
        assert_eq!(wrong(&schema, &other).len(), 1, "{other}");
    }
}

#[tokio::test]
async fn the_reference_page_has_every_operation_once_and_nothing_from_elsewhere() {
    let site = Site::start().await;
    let page = reply(site.bare("GET", "/docs/api")).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'; ") && !policy.contains("unsafe"),
        "{policy}"
    );
    for (_, _, operation) in operations(&DOCUMENT) {
        let id = operation["operationId"].as_str().unwrap();
        assert_eq!(page.text.matches(&format!("<article id=\"{id}\">")).count(), 1, "{id}");
        assert!(page.text.contains(&format!("<a href=\"#{id}\">")), "{id} is not in the navigation");
    }
    for forbidden in ["<script", "style=", "<style", "src=", "onclick", "javascript:"] {
        assert!(!page.text.contains(forbidden), "{forbidden}");
    }
    for link in page.text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let ours = ["api.css", "../api/v1/openapi.json", "../api/v1/openapi.yaml"];
        assert!(link.starts_with('#') || ours.contains(&link), "{link}");
    }
    let style = reply(site.bare("GET", "/docs/api.css")).await;
    assert_eq!((style.status.as_u16(), style.header("content-type")), (200, Some("text/css; charset=utf-8")));
    assert!(!style.text.contains("url(") && !style.text.contains("@import"));
}
