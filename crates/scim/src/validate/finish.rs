//! The rules that a resource has to meet as a whole, after every write.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::Value;

use super::compare::comparable;
use super::value::{first_missing, is_required, is_unassigned, missing_part};
use crate::resource::is_primary;
use crate::schema::is_extension_uri;
use crate::{Attribute, Object, ResourceModel, ScimError};

/// Brings a resource into canonical form and checks it as a whole: empty lists and objects are removed, equal elements are
/// collapsed (RFC 7643 §2.4), at most one element of an attribute is primary, and everything required is there.
///
/// # Errors
/// 400 `invalidValue` that names the attribute.
pub(crate) fn finish(model: &ResourceModel, resource: &mut Object) -> Result<(), ScimError> {
    for (name, value) in resource.iter_mut() {
        match (model.attribute(name), model.extension(name), &mut *value) {
            (Some(attribute), _, value) => tidy(attribute, name, value)?,
            (None, Some(extension), Value::Object(container)) => {
                for (part, value) in container.iter_mut() {
                    match extension.attribute(part) {
                        Some(attribute) => tidy(attribute, &format!("{name}:{part}"), value)?,
                        None => *value = Value::Null,
                    }
                }
                container.retain(|_, value| !is_unassigned(value));
            }
            // An extension that is kept as it is: nobody knows what it means.
            (None, None, Value::Object(_)) if is_extension_uri(name) => {}
            (None, _, unknown) => *unknown = Value::Null,
        }
    }
    resource.retain(|_, value| !is_unassigned(value));
    required(model, resource)
}

fn tidy(attribute: &Attribute, path: &str, value: &mut Value) -> Result<(), ScimError> {
    match value {
        Value::Array(elements) => {
            for element in elements.iter_mut() {
                tidy_object(element);
            }
            elements.retain(|element| !is_unassigned(element));
            collapse(attribute, elements);
            one_primary(attribute, path, elements)?;
            for (index, element) in elements.iter().enumerate() {
                if let Some(missing) = element.as_object().and_then(|object| missing_part(attribute, object))
                {
                    return Err(is_required(format_args!("{path}[{index}].{}", missing.name)));
                }
            }
            Ok(())
        }
        Value::Object(object) => {
            object.retain(|_, part| !is_unassigned(part));
            match missing_part(attribute, object) {
                Some(missing) if !object.is_empty() => {
                    Err(is_required(format_args!("{path}.{}", missing.name)))
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn tidy_object(element: &mut Value) {
    if let Value::Object(object) = element {
        object.retain(|_, part| !is_unassigned(part));
    }
}

/// Removes elements that say what an earlier one says. When a removed one was primary, the one that stays is.
fn collapse(attribute: &Attribute, elements: &mut Vec<Value>) {
    if elements.len() < 2 {
        return;
    }
    let mut seen = HashMap::new();
    let mut kept: Vec<Value> = Vec::with_capacity(elements.len());
    for element in elements.drain(..) {
        match seen.entry(identity(attribute, &element)) {
            Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(element);
            }
            Entry::Occupied(place) => {
                if is_primary(&element)
                    && let Some(Value::Object(first)) = kept.get_mut(*place.get())
                {
                    first.insert(PRIMARY.into(), true.into());
                }
            }
        }
    }
    *elements = kept;
}

/// What makes an element the same as another: its `value` and `type`; its `value` alone where that is required (the members
/// of a group); everything where there is no `value`.
fn identity(attribute: &Attribute, element: &Value) -> String {
    let part = |name| Some(comparable(attribute.sub_attribute(name)?, element.get(name)?));
    let Some(value) = part("value") else {
        return comparable(attribute, element);
    };
    let by_value_alone = attribute.sub_attribute("value").is_some_and(|value| value.required);
    let kind = if by_value_alone { None } else { part("type") };
    format!("{kind:?}{value}")
}

const PRIMARY: &str = "primary";

fn one_primary(attribute: &Attribute, path: &str, elements: &[Value]) -> Result<(), ScimError> {
    let has_primary = attribute.sub_attribute(PRIMARY).is_some();
    if has_primary && elements.iter().filter(|element| is_primary(element)).count() > 1 {
        return Err(ScimError::invalid_value(format!("{path} has more than one value with primary true")));
    }
    Ok(())
}

/// Checks that what the base schema, the resource type and the extensions require is there.
fn required(model: &ResourceModel, resource: &Object) -> Result<(), ScimError> {
    let base = model.base().attributes.iter().filter(|attribute| {
        // The characteristics of a common attribute are not the base schema's to define (RFC 7643 §3.1).
        model.common().attribute(attribute.name.as_str()).is_none()
    });
    if let Some(missing) = first_missing(base, resource) {
        return Err(is_required(&missing.name));
    }
    for extension in &model.resource_type().schema_extensions {
        let Some(schema) = model.extension(extension.schema.as_str()) else { continue };
        let uri = &schema.id;
        match resource.get(uri.as_str()).and_then(Value::as_object) {
            Some(container) => {
                if let Some(missing) = first_missing(&schema.attributes, container) {
                    return Err(is_required(format_args!("{uri}:{}", missing.name)));
                }
            }
            None if extension.required => {
                let name = &model.resource_type().name;
                return Err(ScimError::invalid_value(format!("every {name} needs the extension {uri}")));
            }
            None => {}
        }
    }
    Ok(())
}
