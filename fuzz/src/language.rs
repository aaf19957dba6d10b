//! Filter, attribute path, PATCH, the body of a POST, Bulk.

use std::sync::LazyLock;

use enroll_scim::bulk::BulkRequest;
use enroll_scim::filter::Filter;
use enroll_scim::patch::PatchRequest;
use enroll_scim::{
    AttributePath, Dialect, Limits, Notes, Object, Registry, Resource, ResourceModel, json, validate,
};
use serde_json::{Value, json};

fn dialects() -> [Dialect; 2] {
    [Dialect::strict(), Dialect::compat()]
}

/// Built once: it costs more than most inputs.
fn models() -> &'static [ResourceModel; 2] {
    static MODELS: LazyLock<[ResourceModel; 2]> =
        LazyLock::new(|| ["User", "Group"].map(|name| Registry::core().model(name).unwrap()));
    &MODELS
}

/// A user or group with something in every kind of attribute.
fn example(model: &ResourceModel) -> Resource {
    let emails = json!([{ "value": "a@example.com", "type": "work", "primary": true }, { "value": "b@example.com", "type": "home" }]);
    let value = match model.resource_type().name.as_str() {
        "User" => json!({
            "userName": "ada", "active": true, "title": "Countess", "emails": emails,
            "name": { "givenName": "Ada", "familyName": "Lovelace" },
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Engines", "manager": { "value": "1" } },
        }),
        _ => json!({ "displayName": "Ops", "members": [{ "value": "1", "type": "User" }, { "value": "2" }] }),
    };
    let Value::Object(object) = value else { panic!("an object") };
    Resource::from_stored(object)
}

fn object(data: &[u8]) -> Option<Object> {
    json::parse_object(data, &Limits::default()).ok()
}

/// What is read prints as text that reads the same, and can be asked about any resource.
pub fn filter(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let ample = Limits { filter_bytes: usize::MAX, ..Limits::default() };
    for dialect in dialects() {
        let mut notes = Notes::default();
        let Ok(filter) = Filter::parse(text, &Limits::default(), &dialect, &mut notes) else { continue };
        let printed = filter.to_string();
        let again = Filter::parse(&printed, &ample, &Dialect::strict(), &mut notes);
        assert_eq!(again.as_ref(), Ok(&filter), "{printed}");
        for model in models() {
            let resource = example(model);
            for typed in [
                filter.resolve(model, &dialect, &mut notes),
                filter.resolve_lenient(model, &dialect, &mut notes),
            ] {
                let _ = typed.map(|typed| typed.matches(resource.as_object()));
            }
        }
    }
}

/// An attribute path prints as it was read; any path can be the target of an operation.
pub fn path(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(path) = AttributePath::parse(text) {
        assert_eq!(path.to_string(), text);
    }
    for op in ["add", "remove", "replace"] {
        let operation = json!({ "op": op, "path": text, "value": [{ "value": "x" }] });
        change(&json!({ "Operations": [operation] }));
        change(&json!({ "Operations": [{ "op": op, "path": text, "value": "x" }] }));
    }
}

/// A PATCH is carried out or refused as a whole.
pub fn patch(data: &[u8]) {
    if let Some(body) = object(data) {
        change(&Value::Object(body));
    }
}

fn change(body: &Value) {
    let Value::Object(body) = body else { return };
    for dialect in dialects() {
        for model in models() {
            let mut notes = Notes::default();
            let read = PatchRequest::parse(body.clone(), model, &dialect, &Limits::default(), &mut notes);
            let Ok(request) = read else { continue };
            let before = example(model);
            let Ok(patched) = request.apply(model, &before, &mut notes) else { continue };
            assert_eq!(patched.changed, patched.resource != before, "changed says whether it has changed");
            let name = if before.get("userName").is_some() { "userName" } else { "displayName" };
            assert!(patched.resource.text(name).is_some_and(|text| !text.is_empty()), "{name} is required");
            if dialect == Dialect::compat() {
                check_primary(&patched.resource);
            }
        }
    }
}

fn check_primary(resource: &Resource) {
    for value in resource.as_object().values() {
        let primary = |element: &&Value| element.get("primary") == Some(&Value::Bool(true));
        let count = value.as_array().map_or(0, |elements| elements.iter().filter(primary).count());
        assert!(count <= 1, "{value}");
    }
}

/// What a create has made of a body, it makes of itself.
pub fn post(data: &[u8]) {
    let Some(body) = object(data) else { return };
    for model in models() {
        for dialect in dialects() {
            let _ = validate::create(model, &dialect, body.clone(), &mut Notes::default());
        }
        let dialect = Dialect::compat();
        let Ok(made) = validate::create(model, &dialect, body.clone(), &mut Notes::default()) else {
            continue;
        };
        check_primary(&made);
        let again = validate::create(model, &dialect, made.clone().into_object(), &mut Notes::default());
        assert_eq!(again.as_ref(), Ok(&made));
    }
}

/// Every operation is carried out once, after the POSTs that it refers to.
pub fn bulk(data: &[u8]) {
    let Some(body) = object(data) else { return };
    for dialect in dialects() {
        let (limits, mut notes) = (Limits::default(), Notes::default());
        let endpoints = ["/Users".to_owned(), "/Groups".to_owned()];
        let read = BulkRequest::parse(body.clone(), &dialect, &limits, &endpoints, &mut notes);
        let Ok(request) = read else { continue };
        let plan = request.into_plan();
        let mut batch_of = vec![None; plan.entries.len()];
        for (number, batch) in plan.batches.iter().enumerate() {
            for index in batch {
                assert_eq!(batch_of[*index].replace(number), None, "operation {index} twice");
            }
        }
        for (index, batch) in batch_of.iter().enumerate() {
            let batch = batch.unwrap_or_else(|| panic!("operation {index} is left out"));
            for post in &plan.references[index] {
                assert!(batch_of[*post].is_some_and(|earlier| earlier <= batch), "{index} before {post}");
            }
        }
    }
}
