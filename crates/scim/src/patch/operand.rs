//! The value of an operation, read for its target.

use serde_json::Value;

use super::step::{Effect, ListEffect, OneValue, Otherwise, Part, PartChange, Selected};
use super::target::Target;
use crate::quirks::{create_on_filter, manager_id};
use crate::schema::Mutability;
use crate::validate::{Reading, attribute_value, element_value, shown};
use crate::{Attribute, Object, ScimError};

/// What `add` and `replace` have in common: a target with one value gets it. A complex value gives the sub-attributes it
/// names and leaves the others (RFC 7644 §3.5.2.1, §3.5.2.3). A value that means unassigned takes the attribute away.
///
/// # Errors
/// 400 `invalidValue` when the value does not fit the attribute, or would take away a required one.
pub(super) fn one_value(
    cx: &mut Reading<'_>,
    target: &Target<'_>,
    value: Value,
) -> Result<Effect, ScimError> {
    let attribute = target.attribute;
    if let (true, Value::Object(object)) = (attribute.is_complex(), &value) {
        return parts(cx, attribute, &target.label(), object.clone()).map(merge);
    }
    match attribute_value(cx, attribute, &target.label(), value)? {
        None if attribute.required => Err(required(&target.label())),
        None => Ok(Effect::Unassign),
        Some(Value::Object(object)) => Ok(merge(as_parts(object))),
        Some(value) => Ok(Effect::One(OneValue::Assign(value))),
    }
}

/// What `add` and `replace` have in common for a sub-attribute: of the one value, of every element, or of the elements that
/// the path's filter selects. An `add` to a multi-valued sub-attribute `extends` it.
///
/// # Errors
/// 400 `invalidValue` when the value does not fit the sub-attribute, or would take away a required one.
pub(super) fn sub_attribute(
    cx: &mut Reading<'_>,
    target: Target<'_>,
    sub: &Attribute,
    value: Value,
    extends: bool,
) -> Result<Effect, ScimError> {
    let change = match attribute_value(cx, sub, &target.label(), value)? {
        None if sub.required => return Err(required(&target.label())),
        None => PartChange::Unset,
        Some(Value::Array(values)) if extends => PartChange::Extend(values),
        Some(value) => PartChange::Set(value),
    };
    let parts = vec![Part { name: sub.name.to_string(), change }];
    if target.attribute.multi_valued { Ok(selected(cx, target, parts)) } else { Ok(merge(parts)) }
}

/// The effect of setting parts of elements, with what happens where no element is selected.
pub(super) fn selected(cx: &Reading<'_>, target: Target<'_>, parts: Vec<Part>) -> Effect {
    let sets = parts.iter().any(|part| part.change != PartChange::Unset);
    let Some(selection) = target.selection else {
        // A path without filter that names nothing yet is created by `add`, and `replace` is then an `add` (§3.5.2.3).
        let otherwise = if sets { Otherwise::Begin } else { Otherwise::Nothing };
        return Effect::List(ListEffect::MergeSelected { selected: Selected::All, parts, otherwise });
    };
    let otherwise = match selection.said() {
        _ if !create_on_filter::accepts(cx.dialect) => Otherwise::Refuse,
        _ if !sets => Otherwise::Nothing,
        Some(said) => Otherwise::Create(said.to_vec()),
        None => Otherwise::Refuse,
    };
    Effect::List(ListEffect::MergeSelected { selected: Selected::Matching(selection), parts, otherwise })
}

fn merge(parts: Vec<Part>) -> Effect {
    Effect::One(OneValue::Merge(parts))
}

/// The elements of a multi-valued attribute, given as a list or as one alone.
///
/// # Errors
/// 400 `invalidValue` when one does not fit the attribute.
pub(super) fn elements(
    cx: &mut Reading<'_>,
    target: &Target<'_>,
    value: Value,
) -> Result<Vec<Value>, ScimError> {
    match attribute_value(cx, target.attribute, &target.label(), value)? {
        Some(Value::Array(elements)) => Ok(elements),
        Some(element) => Ok(vec![element]),
        None => Ok(Vec::new()),
    }
}

/// One element of a multi-valued attribute; a list of one is that one. `None` when it means unassigned.
///
/// # Errors
/// 400 `invalidValue` when it does not fit the attribute.
pub(super) fn element(
    cx: &mut Reading<'_>,
    target: &Target<'_>,
    value: Value,
) -> Result<Option<Value>, ScimError> {
    element_value(cx, target.attribute, &target.label(), alone(value))
}

/// The one element of a list that has one.
pub(super) fn alone(value: Value) -> Value {
    match value {
        Value::Array(mut list) if list.len() == 1 => list.pop().unwrap_or_default(),
        other => other,
    }
}

/// What an object says of a complex value, part by part: `null` takes a part away. Unknown and read-only parts are ignored.
///
/// # Errors
/// 400 `invalidValue` when a value does not fit its sub-attribute, or would take away a required one.
pub(super) fn parts(
    cx: &mut Reading<'_>,
    attribute: &Attribute,
    path: &str,
    mut object: Object,
) -> Result<Vec<Part>, ScimError> {
    manager_id::rename(cx.dialect, cx.notes, attribute, path, &mut object);
    let mut parts = Vec::with_capacity(object.len());
    for (name, value) in object {
        let Some(sub) = attribute.sub_attribute(&name) else {
            cx.notes.ignored(format!("{}.{} ignored: not in the schema", attribute.name, shown(&name)));
            continue;
        };
        if sub.mutability == Mutability::ReadOnly {
            continue;
        }
        let path = format!("{path}.{}", sub.name);
        let change = match attribute_value(cx, sub, &path, value)? {
            Some(value) => PartChange::Set(value),
            None if sub.required => return Err(required(&path)),
            None => PartChange::Unset,
        };
        parts.push(Part { name: sub.name.to_string(), change });
    }
    Ok(parts)
}

/// Every sub-attribute of a value that has been read.
pub(super) fn as_parts(object: Object) -> Vec<Part> {
    object.into_iter().map(|(name, value)| Part { name, change: PartChange::Set(value) }).collect()
}

/// The answer to `null`, `""` or `[]` for what must have a value.
pub(super) fn required(path: &str) -> ScimError {
    ScimError::invalid_value(format!("{path} is required and must not be empty"))
}
