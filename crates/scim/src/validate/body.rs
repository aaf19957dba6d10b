//! The body of a POST or PUT, attribute by attribute.

use serde_json::Value;

use super::{Reading, attribute_value, schemas, shown};
use crate::quirks::single_values;
use crate::schema::{Mutability, USER_SCHEMA, UnknownExtensions, is_extension_uri};
use crate::{Dialect, Notes, Object, ResourceModel, Schema, ScimError};

/// Reads the attributes that a client may set. What it has given as unassigned is `null`, so that it can be told from what
/// it has left out.
///
/// Read-only attributes are ignored (RFC 7644 §3.3), `password` is ignored with a note, and so is what the schema does not
/// know. Attributes of an extension are read whether or not `schemas` has its URI.
///
/// # Errors
/// 400 `invalidSyntax` for `schemas`, 400 `invalidValue` for a value that does not fit its attribute.
pub(super) fn read(
    model: &ResourceModel,
    dialect: &Dialect,
    mut body: Object,
    notes: &mut Notes,
) -> Result<Object, ScimError> {
    let schemas = take(&mut body, "schemas");
    schemas::check(model, dialect, notes, schemas.as_ref())?;

    let mut cx = Reading { model, dialect, notes };
    let mut read = Object::new();
    for (name, value) in body {
        if let Some(attribute) = model.attribute(&name) {
            if attribute.mutability != Mutability::ReadOnly {
                let name = attribute.name.as_str();
                single_values::check(&mut cx, attribute, name, &value)?;
                let value = attribute_value(&mut cx, attribute, name, value)?;
                read.insert(name.to_owned(), value.unwrap_or(Value::Null));
            }
        } else if let Some(extension) = model.extension(&name) {
            read.insert(extension.id.to_string(), container(&mut cx, extension, value)?);
        } else if is_extension_uri(&name) && value.is_object() {
            match model.unknown_extensions() {
                UnknownExtensions::Ignore => cx.notes.ignored(ignored(model, &name)),
                UnknownExtensions::Keep => {
                    read.insert(name, value);
                }
                UnknownExtensions::Refuse => return Err(refused(model, &name)),
            }
        } else {
            cx.notes.ignored(ignored(model, &name));
        }
    }
    Ok(read)
}

fn refused(model: &ResourceModel, uri: &str) -> ScimError {
    ScimError::invalid_value(format!(
        "{} is no extension of a {} in this directory, which refuses what it does not know: register its schema, or leave it out",
        shown(uri),
        model.resource_type().name,
    ))
}

/// Takes the member of that name, in any case.
fn take(object: &mut Object, name: &str) -> Option<Value> {
    let key = object.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
    object.shift_remove(&key)
}

/// Reads the attributes of an extension.
///
/// # Errors
/// 400 `invalidValue` for what is no object, and for a value that does not fit its attribute.
pub(super) fn container(cx: &mut Reading<'_>, extension: &Schema, value: Value) -> Result<Value, ScimError> {
    let given = match value {
        Value::Object(given) => given,
        Value::Null => return Ok(Value::Null),
        _ => return Err(ScimError::invalid_value(format!("{} must be an object", extension.id))),
    };
    let mut read = Object::new();
    for (name, value) in given {
        let Some(attribute) = extension.attribute(&name) else {
            cx.notes.ignored(format!("{}:{} ignored: not in the schema", extension.id, shown(&name)));
            continue;
        };
        if attribute.mutability != Mutability::ReadOnly {
            let path = format!("{}:{}", extension.id, attribute.name);
            single_values::check(cx, attribute, &path, &value)?;
            let value = attribute_value(cx, attribute, &path, value)?;
            read.insert(attribute.name.to_string(), value.unwrap_or(Value::Null));
        }
    }
    Ok(read.into())
}

/// Why a member of the body is ignored.
fn ignored(model: &ResourceModel, name: &str) -> String {
    if name.eq_ignore_ascii_case("password") && model.base().id.is(USER_SCHEMA) {
        return "password ignored: this server keeps no passwords".into();
    }
    let name = shown(name);
    match model.extensions().find(|extension| extension.attribute(&name).is_some()) {
        Some(extension) => format!("{name} ignored: it belongs inside {}", extension.id),
        None => format!("{name} ignored: not in the schema"),
    }
}
