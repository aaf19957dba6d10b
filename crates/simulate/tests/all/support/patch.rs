//! Just enough PATCH for what Okta and Entra send.

use serde_json::{Map, Value, json};

use super::Fault;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(crate) fn real_boolean(value: &Value) -> Value {
    match value.as_str() {
        Some(word) => json!(word.eq_ignore_ascii_case("true")),
        None => value.clone(),
    }
}

pub(crate) fn apply(resource: &mut Value, body: &Value, fault: Fault) {
    for operation in body["Operations"].as_array().unwrap() {
        let op = operation["op"].as_str().unwrap().to_lowercase();
        let value = operation.get("value").unwrap_or(&Value::Null);
        match operation.get("path").and_then(Value::as_str) {
            Some(path) => one(resource, &op, path, value, fault),
            None => {
                for (path, value) in value.as_object().unwrap() {
                    if fault == Fault::StoresDottedKeys {
                        resource[path] = value.clone();
                    } else {
                        one(resource, &op, path, value, fault);
                    }
                }
            }
        }
    }
}

fn one(resource: &mut Value, op: &str, path: &str, value: &Value, fault: Fault) {
    let object = resource.as_object_mut().unwrap();
    if path == "id" || (path == "active" && fault == Fault::IgnoresDeactivation) {
        return;
    }
    let plain = path.strip_prefix(ENTERPRISE).map(|rest| rest.trim_start_matches(':'));
    if path == "manager" || plain == Some("manager") {
        let id = value.as_str().or_else(|| value[0]["value"].as_str()).unwrap_or_default();
        let extension = object.entry(ENTERPRISE).or_insert(json!({})).as_object_mut().unwrap();
        if id.is_empty() || op == "remove" {
            extension.remove("manager");
        } else {
            extension.insert("manager".into(), json!({"value": id}));
        }
    } else if let Some(name) = plain {
        object.entry(ENTERPRISE).or_insert(json!({}))[name] = value.clone();
    } else if let Some((name, rest)) = path.split_once('[') {
        filtered(object, op, name, rest, value);
    } else if path == "members" {
        members(object, op, value, fault);
    } else if op == "remove" {
        object.remove(path);
    } else if let Some((name, sub)) = path.split_once('.') {
        object.entry(name).or_insert(json!({}))[sub] = value.clone();
    } else {
        object.insert(path.into(), value.clone());
    }
}

/// `name[attribute eq "literal"].sub`, creating the element if there is none.
fn filtered(object: &mut Map<String, Value>, op: &str, name: &str, rest: &str, value: &Value) {
    let (filter, sub) = rest.split_once(']').unwrap();
    let (attribute, literal) = filter.split_once(" eq ").unwrap();
    let literal: Value = serde_json::from_str(literal).unwrap();
    let literal = if attribute == "primary" { real_boolean(&literal) } else { literal };
    let elements = object.entry(name).or_insert(json!([])).as_array_mut().unwrap();
    if op == "remove" {
        elements.retain(|element| element[attribute] != literal);
        return;
    }
    if !elements.iter().any(|element| element[attribute] == literal) {
        elements.push(json!({attribute: literal}));
    }
    let element = elements.iter_mut().find(|element| element[attribute] == literal).unwrap();
    element[sub.trim_start_matches('.')] = value.clone();
}

fn members(object: &mut Map<String, Value>, op: &str, value: &Value, fault: Fault) {
    let named: Vec<Value> = value.as_array().into_iter().flatten().map(|m| m["value"].clone()).collect();
    let present = object.entry("members").or_insert(json!([])).as_array_mut().unwrap();
    if op == "remove" && fault == Fault::RemoveByValueEmptiesGroup {
        present.clear();
        return;
    }
    if op == "replace" {
        present.clear();
    } else {
        present.retain(|member| !named.contains(&member["value"]));
    }
    if op != "remove" {
        present.extend(named.into_iter().map(|id| json!({"value": id})));
    }
}
