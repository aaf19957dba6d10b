//! Operations without a path, and extensions as a whole: each attribute in the value is a target of its own
//! (RFC 7644 §3.5.2.1, §3.5.2.3).

use serde_json::Value;

use super::request::Reader;
use super::step::{Action, Effect, Place};
use super::target::{self, Named, Target};
use crate::quirks::{json_string_value, path_keys, read_only_in_patch, unqualified_extension};
use crate::validate::shown;
use crate::{Attribute, Object, Schema, ScimError, ScimType};

/// Reads the value of an operation without a path: the attributes of the resource that are to be added or replaced.
///
/// # Errors
/// 400 `invalidValue` when the value is no object, or an attribute in it does not fit its schema.
pub(super) fn resource(reader: &mut Reader<'_>, action: Action, value: Value) -> Result<(), ScimError> {
    let value = match value {
        Value::String(text) => {
            json_string_value::read(reader.cx.dialect, reader.cx.notes, reader.limits, &text)
        }
        other => Some(other),
    };
    match value {
        Some(Value::Object(object)) => attributes(reader, action, None, object),
        _ => Err(ScimError::invalid_value(
            "without a path the value must be an object with the attributes to be changed",
        )),
    }
}

/// Reads an extension as a whole: an object with some of its attributes, `null`, or nothing for a `remove`.
///
/// # Errors
/// 400 `invalidValue` when the value is no object, or an attribute in it does not fit its schema.
pub(super) fn extension(
    reader: &mut Reader<'_>,
    action: Action,
    extension: &Schema,
    value: Option<Value>,
) -> Result<(), ScimError> {
    match (action, value) {
        (Action::Add | Action::Replace, Some(Value::Object(object))) => {
            attributes(reader, action, Some(extension), object)
        }
        (Action::Add, Some(Value::Null)) => Ok(()),
        (Action::Remove, _) | (Action::Replace, Some(Value::Null)) => {
            let uri = extension.id.to_string();
            let place = Place { path: uri.clone(), extension: Some(uri), attribute: None };
            reader.push(place, Effect::Unassign);
            Ok(())
        }
        _ => Err(ScimError::invalid_value(format!("{} must be an object", extension.id))),
    }
}

/// Reads the attributes of the resource itself, or those of the extension `scope`. What the schemas do not know is ignored,
/// as in PUT; what only the server writes is ignored or refused, as the dialect has it.
fn attributes(
    reader: &mut Reader<'_>,
    action: Action,
    scope: Option<&Schema>,
    object: Object,
) -> Result<(), ScimError> {
    for (key, value) in object {
        let model = reader.cx.model;
        let attribute = match scope {
            Some(extension) => model.extension(extension.id.as_str()).and_then(|own| own.attribute(&key)),
            None => model.attribute(&key),
        };
        if let Some(attribute) = attribute {
            known(reader, action, Target::whole(scope, attribute, &key), value)?;
        } else if let (None, Some(found)) = (scope, model.extension(&key)) {
            extension(reader, action, found, Some(value))?;
        } else {
            other(reader, action, scope, &key, value)?;
        }
    }
    Ok(())
}

fn known(reader: &mut Reader<'_>, action: Action, target: Target<'_>, value: Value) -> Result<(), ScimError> {
    if is_schemas(&target) {
        return Ok(());
    }
    if target.is_read_only() {
        let label = target.label();
        return if read_only_in_patch::ignores(reader.cx.dialect, reader.cx.notes, &label) {
            Ok(())
        } else {
            Err(ScimError::mutability(format!("{label} is set by the server alone")))
        };
    }
    reader.set(action, target, value)
}

/// Whether the target is the attribute `schemas`, which follows from what a resource has.
pub(super) fn is_schemas(target: &Target<'_>) -> bool {
    target.place.extension.is_none() && target.attribute.name.is("schemas")
}

/// Reads a key that is no attribute's name: a path or an attribute of an extension, where the dialect has it so.
fn other(
    reader: &mut Reader<'_>,
    action: Action,
    scope: Option<&Schema>,
    key: &str,
    value: Value,
) -> Result<(), ScimError> {
    let path = scope.map_or_else(|| key.to_owned(), |extension| format!("{}:{key}", extension.id));
    if path_keys::is_path(reader.cx.dialect, key) {
        match target::resolve(&mut reader.cx, reader.limits, &path) {
            Ok(named) => {
                path_keys::note(reader.cx.notes, key);
                return path_key(reader, action, named, value);
            }
            Err(error) if error.scim_type() == Some(ScimType::InvalidFilter) => return Err(error),
            Err(_) => {}
        }
    } else if scope.is_none()
        && let Some((found, attribute)) = of_extension(reader, key)
    {
        return known(reader, action, Target::whole(Some(found), attribute, key), value);
    }
    let name = path.split('[').next().unwrap_or_default();
    reader.cx.notes.ignored(format!("{} ignored: not in the schema", shown(name)));
    Ok(())
}

fn of_extension<'a>(reader: &mut Reader<'a>, key: &str) -> Option<(&'a Schema, &'a Attribute)> {
    let cx = &mut reader.cx;
    let found = unqualified_extension::find(cx.dialect, cx.notes, cx.model, key)?;
    found.attribute(key).map(|attribute| (found, attribute))
}

fn path_key(
    reader: &mut Reader<'_>,
    action: Action,
    named: Named<'_>,
    value: Value,
) -> Result<(), ScimError> {
    match named {
        Named::Extension(found) => extension(reader, action, found, Some(value)),
        Named::Attribute(target) => known(reader, action, *target, value),
        Named::Ignored(why) => {
            reader.cx.notes.ignored(why);
            Ok(())
        }
    }
}
