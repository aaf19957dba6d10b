//! Holds every answer of `/api/v1` that any test here sees against the OpenAPI document: its status, its media type and its body.

use std::sync::LazyLock;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Value, json};

/// Where the document is committed.
pub(crate) const COPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi/admin.json");

/// The document as it is committed; a test in `openapi.rs` holds it against what the server answers.
pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&std::fs::read_to_string(COPY).unwrap()).unwrap());

/// The methods that operations are described for.
pub(crate) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Follows a reference.
pub(crate) fn behind(value: &Value) -> &Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).expect(reference),
        None => value,
    }
}

/// The operation that answers a request, if the document has one.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.strip_prefix("/api/v1")?.trim_end_matches('/');
    let steps: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == steps.len()
            && parts
                .iter()
                .zip(&steps)
                .all(|(part, step)| part == step || (part.starts_with('{') && !step.is_empty()))
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let item = paths
        .get(path)
        .or_else(|| paths.iter().find(|(template, _)| fits(template)).map(|(_, item)| item))?;
    item.get(method.as_str().to_lowercase())
}

/// Asserts that an answer is one that the document has.
pub(crate) fn check(method: &Method, path: &str, status: u16, headers: &HeaderMap, text: &str) {
    let Some(operation) = operation(method, path) else { return };
    let name = format!("{} with {status}", operation["operationId"]);
    let responses = &operation["responses"];
    let response =
        responses.get(status.to_string()).or_else(|| (status >= 400).then(|| &responses["default"]));
    let response = behind(response.unwrap_or_else(|| panic!("{name} is not described: {text}")));
    let Some(content) = response.get("content") else {
        assert!(text.is_empty(), "{name} is described without a body: {text}");
        return;
    };
    let media_type = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap();
    let described =
        content.get(media_type).unwrap_or_else(|| panic!("{name} is not described as {media_type:?}"));
    if media_type.ends_with("/json") || media_type.ends_with("+json") {
        let body: Value = serde_json::from_str(text).unwrap();
        let wrong = wrong(&described["schema"], &body);
        assert!(wrong.is_empty(), "{name} is not as described: {wrong:#?}\n{text}");
    }
}

/// What a schema of the document has against a value.
pub(crate) fn wrong(schema: &Value, value: &Value) -> Vec<String> {
    let mut root = schema.clone();
    root.as_object_mut()
        .unwrap()
        .insert("components".to_owned(), json!({ "schemas": DOCUMENT["components"]["schemas"] }));
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&root).unwrap();
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}
