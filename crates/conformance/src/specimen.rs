//! Users and groups that a run makes: what the server's schemas have, with every required attribute filled in.

use serde_json::{Map, Value, json};

use crate::features::Features;
use crate::json::{elements, member};
use crate::urn;

/// A user that the server should accept.
pub(crate) fn user(features: &Features, name: &str) -> Value {
    let mail = format!("{name}@example.com");
    let wanted = json!({
        "userName": mail,
        "name": {"givenName": "Ada", "familyName": name},
        "displayName": format!("Ada {name}"),
        "emails": [{"value": mail, "type": "work", "primary": true}],
        "active": true,
    });
    specimen(features, urn::USER, wanted, name)
}

/// A group that the server should accept, without members.
pub(crate) fn group(features: &Features, name: &str) -> Value {
    specimen(features, urn::GROUP, json!({"displayName": name}), name)
}

fn specimen(features: &Features, schema: &str, wanted: Value, name: &str) -> Value {
    let mut schemas = vec![json!(schema)];
    let mut body = match wanted {
        Value::Object(wanted) => wanted,
        _ => Map::new(),
    };
    // A strict server may refuse what it does not know.
    body.retain(|attribute, _| features.has(schema, attribute));
    if let Some(known) = features.schema(schema) {
        fill(&mut body, elements(member(known, "attributes")), name);
    }
    for (extension, required) in features.extensions(schema) {
        if !required {
            continue;
        }
        schemas.push(json!(extension));
        let attributes = features.schema(extension).map(|known| elements(member(known, "attributes")));
        let attributes = attributes.unwrap_or_default();
        let mut container = Map::new();
        fill(&mut container, attributes, name);
        if container.is_empty() {
            // A required extension has to be there; its first text will do.
            let text = attributes.iter().find(|attribute| member(attribute, "type") == "string");
            if let Some(attribute) = text.and_then(|attribute| member(attribute, "name").as_str()) {
                container.insert(attribute.to_owned(), json!(name));
            }
        }
        body.insert(extension.to_owned(), Value::Object(container));
    }
    body.insert("schemas".to_owned(), Value::Array(schemas));
    Value::Object(body)
}

/// Adds the required attributes that are not there yet.
fn fill(body: &mut Map<String, Value>, attributes: &[Value], name: &str) {
    for attribute in attributes {
        let Some(key) = member(attribute, "name").as_str() else { continue };
        let required = member(attribute, "required").as_bool().unwrap_or_default();
        // The common attributes are the server's, even where a schema lists them.
        let common = ["id", "meta", "schemas", "externalId"].contains(&key);
        if required && !common && member(attribute, "mutability") != "readOnly" && !body.contains_key(key) {
            body.insert(key.to_owned(), value(attribute, name));
        }
    }
}

/// Some value of the attribute's type.
fn value(attribute: &Value, name: &str) -> Value {
    let canonical = elements(member(attribute, "canonicalValues")).first();
    let one = match (canonical, member(attribute, "type").as_str()) {
        (Some(value), _) => value.clone(),
        (None, Some("boolean")) => json!(true),
        (None, Some("integer" | "decimal")) => json!(1),
        (None, Some("dateTime")) => json!("2025-01-01T00:00:00Z"),
        (None, Some("binary")) => json!("AAAA"),
        (None, Some("reference")) => json!(format!("https://example.com/{name}")),
        (None, Some("complex")) => {
            let mut members = Map::new();
            fill(&mut members, elements(member(attribute, "subAttributes")), name);
            if members.is_empty() {
                members.insert("value".to_owned(), json!(name));
            }
            Value::Object(members)
        }
        _ => json!(name),
    };
    if member(attribute, "multiValued") == &json!(true) { json!([one]) } else { one }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::user;
    use crate::features::Features;
    use crate::urn;

    #[test]
    fn a_user_has_what_the_server_requires_and_nothing_that_it_does_not_know() {
        let features = Features {
            resource_types: vec![json!({"schema": urn::USER,
                "schemaExtensions": [{"schema": "urn:x", "required": true}]})],
            schemas: vec![
                json!({"id": urn::USER, "attributes": [
                    {"name": "id", "type": "string", "required": true, "mutability": "readOnly"},
                    {"name": "userName", "type": "string", "required": true},
                    {"name": "badges", "type": "integer", "required": true, "multiValued": true}]}),
                json!({"id": "urn:x", "attributes": [{"name": "site", "type": "string"}]}),
            ],
            ..Features::default()
        };
        let wanted = json!({"userName": "ann@example.com", "badges": [1], "urn:x": {"site": "ann"},
            "schemas": [urn::USER, "urn:x"]});
        assert_eq!(user(&features, "ann"), wanted);
    }
}
