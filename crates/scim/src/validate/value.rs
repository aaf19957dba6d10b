//! One value of one attribute: its type checked, its names spelt as in the schema.

use serde_json::Value;

use super::{Reading, shown, text};
use crate::quirks::{bare_values, empty_strings, manager_id, manager_string, string_booleans};
use crate::schema::{AttributeType, Mutability};
use crate::{Attribute, Object, ScimError};

/// Reads the whole value of an attribute or sub-attribute. A multi-valued attribute has a list; one value alone is a list of
/// one. `None` means that the attribute is unassigned: `null`, an empty list, an empty object (RFC 7643 §2.5).
///
/// Sub-attributes that the schema does not know are dropped with a note, read-only ones without. `path` says in messages
/// where the value stands. Whether the attribute itself may be written is for the caller to ask.
///
/// # Errors
/// 400 `invalidValue` when a value does not fit its attribute.
pub(crate) fn attribute_value(
    cx: &mut Reading<'_>,
    attribute: &Attribute,
    path: &str,
    value: Value,
) -> Result<Option<Value>, ScimError> {
    if !attribute.multi_valued {
        return element_value(cx, attribute, path, value);
    }
    let Value::Array(elements) = value else {
        return Ok(element_value(cx, attribute, path, value)?.map(|element| Value::Array(vec![element])));
    };
    let mut list = Vec::with_capacity(elements.len());
    for (index, element) in elements.into_iter().enumerate() {
        list.extend(element_value(cx, attribute, &format!("{path}[{index}]"), element)?);
    }
    Ok((!list.is_empty()).then_some(Value::Array(list)))
}

/// Reads one element of a multi-valued attribute, or the value of an attribute that has one.
///
/// # Errors
/// 400 `invalidValue` when the value does not fit its attribute, or an element lacks a required sub-attribute.
pub(crate) fn element_value(
    cx: &mut Reading<'_>,
    attribute: &Attribute,
    path: &str,
    value: Value,
) -> Result<Option<Value>, ScimError> {
    if is_unassigned(&value) {
        return Ok(None);
    }
    if attribute.is_complex() {
        return complex_value(cx, attribute, path, value);
    }
    if value.as_str() == Some("") && empty_strings::unassigned(cx.dialect, cx.notes, attribute, path) {
        return Ok(None);
    }
    simple_value(cx, attribute, path, value).map(Some)
}

/// Reads a value of any type but complex.
fn simple_value(
    cx: &mut Reading<'_>,
    attribute: &Attribute,
    path: &str,
    value: Value,
) -> Result<Value, ScimError> {
    match (attribute.kind, &value) {
        (AttributeType::Boolean, Value::Bool(_)) | (AttributeType::Decimal, Value::Number(_)) => {
            return Ok(value);
        }
        (AttributeType::Boolean, Value::String(text)) => {
            if let Some(boolean) = string_booleans::read(cx.dialect, cx.notes, path, text) {
                return Ok(boolean.into());
            }
        }
        // A number with a fraction or an exponent has been read as a float (RFC 7643 §2.3.4).
        (AttributeType::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {
            return Ok(value);
        }
        (AttributeType::String, Value::String(text)) => {
            text::check(cx.model, attribute, path, text)?;
            return Ok(value);
        }
        (AttributeType::DateTime, Value::String(text)) if crate::datetime::parse(text).is_some() => {
            return Ok(value);
        }
        (AttributeType::Binary, Value::String(text)) if text::is_base64(text) => return Ok(value),
        (AttributeType::Reference, Value::String(text)) if text::may_be_uri(text) => return Ok(value),
        _ => {}
    }
    let expected = match attribute.kind {
        AttributeType::String => "a string",
        AttributeType::Boolean => "a boolean: true or false, without quotes",
        AttributeType::Decimal => "a number",
        AttributeType::Integer => "a whole number, without fraction and exponent",
        AttributeType::DateTime => "a string with a date and a time, for example \"2026-01-31T12:00:00Z\"",
        AttributeType::Binary => "a string in base64",
        AttributeType::Reference => "a string with a URI",
        AttributeType::Complex => "an object",
    };
    Err(ScimError::invalid_value(format!("{path} must be {expected}")))
}

/// Reads an object by its sub-attributes.
fn complex_value(
    cx: &mut Reading<'_>,
    attribute: &Attribute,
    path: &str,
    value: Value,
) -> Result<Option<Value>, ScimError> {
    let object = match value {
        Value::Object(object) => object,
        Value::String(text) if attribute.multi_valued && !text.is_empty() => {
            bare_values::read(cx.dialect, cx.notes, attribute, path, &text)
                .ok_or_else(|| not_an_object(path))?
        }
        other => {
            let means = if attribute.multi_valued {
                None
            } else {
                manager_string::read(cx.dialect, cx.notes, attribute, path, &other)
            };
            match means {
                Some(Value::Object(object)) => object,
                Some(_) => return Ok(None),
                None if other == "" && empty_strings::unassigned(cx.dialect, cx.notes, attribute, path) => {
                    return Ok(None);
                }
                None => return Err(not_an_object(path)),
            }
        }
    };
    let read = sub_attributes(cx, attribute, path, object)?;
    if read.is_empty() {
        return Ok(None);
    }
    if attribute.multi_valued
        && let Some(missing) = missing_part(attribute, &read)
    {
        return Err(is_required(format_args!("{path}.{}", missing.name)));
    }
    Ok(Some(Value::Object(read)))
}

fn sub_attributes(
    cx: &mut Reading<'_>,
    attribute: &Attribute,
    path: &str,
    mut object: Object,
) -> Result<Object, ScimError> {
    manager_id::rename(cx.dialect, cx.notes, attribute, path, &mut object);
    let mut read = Object::new();
    for (name, value) in object {
        let Some(sub) = attribute.sub_attribute(&name) else {
            cx.notes.ignored(format!("{}.{} ignored: not in the schema", attribute.name, shown(&name)));
            continue;
        };
        if sub.mutability == Mutability::ReadOnly {
            continue;
        }
        if let Some(value) = attribute_value(cx, sub, &format!("{path}.{}", sub.name), value)? {
            read.insert(sub.name.to_string(), value);
        }
    }
    Ok(read)
}

/// The first sub-attribute that an object must have and does not have.
pub(super) fn missing_part<'a>(attribute: &'a Attribute, object: &Object) -> Option<&'a Attribute> {
    first_missing(&attribute.sub_attributes, object)
}

/// The first of the attributes that is required and has no value in the object.
pub(super) fn first_missing<'a>(
    attributes: impl IntoIterator<Item = &'a Attribute>,
    object: &Object,
) -> Option<&'a Attribute> {
    attributes.into_iter().find(|attribute| {
        attribute.required
            && attribute.mutability != Mutability::ReadOnly
            && object.get(attribute.name.as_str()).is_none_or(is_empty)
    })
}

/// The refusal of a resource without a required attribute.
pub(super) fn is_required(path: impl std::fmt::Display) -> ScimError {
    ScimError::invalid_value(format!("{path} is required and must not be empty"))
}

/// Whether the value is one of those that mean "no value" (RFC 7643 §2.5).
pub(super) fn is_unassigned(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether a required attribute with this value counts as missing.
fn is_empty(value: &Value) -> bool {
    is_unassigned(value) || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn not_an_object(path: &str) -> ScimError {
    ScimError::invalid_value(format!("{path} must be an object"))
}
