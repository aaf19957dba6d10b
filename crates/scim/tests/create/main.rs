//! Bodies of POST: what is accepted, what it becomes, what is refused.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod body;
mod groups;
mod names;
mod quirks;
mod values;

use enroll_scim::{Dialect, Notes, Registry, ResourceModel, Schema, ScimError, ScimType, validate};
use serde_json::{Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

fn model(name: &str) -> ResourceModel {
    Registry::core().model(name).expect("a core type")
}

fn create_in(model: &ResourceModel, dialect: &Dialect, body: Value) -> Result<(Value, Notes), ScimError> {
    let Value::Object(body) = body else { panic!("a body is an object") };
    let mut notes = Notes::default();
    let resource = validate::create(model, dialect, body, &mut notes)?;
    Ok((resource.into_object().into(), notes))
}

/// A user with `userName` "u" and these attributes, in the compat dialect.
fn user(mut attributes: Value) -> Result<Value, ScimError> {
    attributes["userName"] = attributes.get("userName").cloned().unwrap_or("u".into());
    create_in(&model("User"), &Dialect::compat(), attributes).map(|(user, _)| user)
}

/// The same, to the letter of the RFCs.
fn strict_user(mut attributes: Value) -> Result<Value, ScimError> {
    attributes["userName"] = attributes.get("userName").cloned().unwrap_or("u".into());
    attributes["schemas"] = attributes.get("schemas").cloned().unwrap_or(json!([USER]));
    create_in(&model("User"), &Dialect::strict(), attributes).map(|(user, _)| user)
}

fn group(body: Value) -> Result<Value, ScimError> {
    create_in(&model("Group"), &Dialect::compat(), body).map(|(group, _)| group)
}

#[track_caller]
fn assert_invalid_value(result: Result<Value, ScimError>, words: &str) {
    let error = result.expect_err(words);
    assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidValue)), "{error}");
    assert!(error.detail().contains(words), "{error}");
}

#[track_caller]
fn assert_invalid_syntax(result: Result<Value, ScimError>, words: &str) {
    let error = result.expect_err(words);
    assert_eq!((error.status(), error.scim_type()), (400, Some(ScimType::InvalidSyntax)), "{error}");
    assert!(error.detail().contains(words), "{error}");
}

/// A model with one custom base attribute of each type.
fn printers() -> ResourceModel {
    let mut registry = Registry::core();
    let schema = json!({"id": "urn:example:Printer", "name": "Printer", "attributes": [
        {"name": "pages", "type": "integer"},
        {"name": "load", "type": "decimal"},
        {"name": "since", "type": "dateTime"},
        {"name": "key", "type": "binary"},
        {"name": "home", "type": "reference", "referenceTypes": ["uri"]},
        {"name": "tags", "multiValued": true},
    ]});
    registry.register_schema(serde_json::from_value::<Schema>(schema).unwrap()).unwrap();
    let extension = json!({"id": "urn:example:Place", "attributes": [{"name": "floor", "required": true}]});
    registry.register_schema(serde_json::from_value::<Schema>(extension).unwrap()).unwrap();
    let kind = json!({"name": "Printer", "endpoint": "/Printers", "schema": "urn:example:Printer",
        "schemaExtensions": [{"schema": "urn:example:Place", "required": true}]});
    registry.register_resource_type(serde_json::from_value(kind).unwrap()).unwrap();
    registry.model("Printer").expect("registered")
}

fn printer(name: &str, value: Value) -> Result<Value, ScimError> {
    let mut body = json!({"schemas": ["urn:example:Printer"], "urn:example:Place": {"floor": "1"}});
    body[name] = value;
    create_in(&printers(), &Dialect::strict(), body).map(|(printer, _)| printer)
}
