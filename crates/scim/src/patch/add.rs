//! The `add` operation (RFC 7644 §3.5.2.1).

use serde_json::Value;

use super::operand;
use super::step::{Effect, ListEffect};
use super::target::Target;
use crate::ScimError;
use crate::validate::Reading;

/// What adding `value` to `target` does; `None` when there is nothing to add.
///
/// # Errors
/// 400 `invalidValue` when the value does not fit the target.
pub(super) fn effect(
    cx: &mut Reading<'_>,
    target: Target<'_>,
    value: Value,
) -> Result<Option<Effect>, ScimError> {
    if let Some(sub) = target.sub {
        return operand::sub_attribute(cx, target, sub, value, true).map(Some);
    }
    if !target.attribute.multi_valued {
        return operand::one_value(cx, &target, value).map(Some);
    }
    if target.selection.is_some() {
        return to_selected(cx, target, value);
    }
    // "If the target location specifies a multi-valued attribute, a new value is added to the attribute."
    let elements = operand::elements(cx, &target, value)?;
    Ok((!elements.is_empty()).then_some(Effect::List(ListEffect::Append(elements))))
}

/// Elements that are selected by a filter get the sub-attributes of `value` beside those they have.
fn to_selected(cx: &mut Reading<'_>, target: Target<'_>, value: Value) -> Result<Option<Effect>, ScimError> {
    let parts = match operand::alone(value) {
        Value::Null => return Ok(None),
        Value::Object(object) => operand::parts(cx, target.attribute, &target.label(), object)?,
        other => match operand::element(cx, &target, other)? {
            Some(Value::Object(object)) => operand::as_parts(object),
            _ => return Ok(None),
        },
    };
    Ok(Some(operand::selected(cx, target, parts)))
}
