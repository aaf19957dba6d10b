//! The `replace` operation (RFC 7644 §3.5.2.3).

use serde_json::Value;

use super::operand;
use super::selection::Selection;
use super::step::{Effect, ListEffect, Otherwise};
use super::target::Target;
use crate::ScimError;
use crate::quirks::create_on_filter;
use crate::validate::Reading;

/// What replacing `target` by `value` does.
///
/// # Errors
/// 400 `invalidValue` when the value does not fit the target, or would take away what is required.
pub(super) fn effect(
    cx: &mut Reading<'_>,
    mut target: Target<'_>,
    value: Value,
) -> Result<Effect, ScimError> {
    if let Some(sub) = target.sub {
        return operand::sub_attribute(cx, target, sub, value, false);
    }
    if !target.attribute.multi_valued {
        return operand::one_value(cx, &target, value);
    }
    if let Some(selection) = target.selection.take() {
        let element = operand::element(cx, &target, value)?;
        return Ok(Effect::List(selected(cx, selection, element)));
    }
    // "If the target location is a multi-valued attribute and no filter is specified, the attribute and all values are
    // replaced."
    let elements = operand::elements(cx, &target, value)?;
    match elements.is_empty() {
        true if target.attribute.required => Err(operand::required(&target.label())),
        true => Ok(Effect::Unassign),
        false => Ok(Effect::List(ListEffect::Overwrite(elements))),
    }
}

/// "All matching record values SHALL be replaced." What the filter says of them stays true unless the new value says
/// otherwise: what replaces `addresses[type eq "work"]` is a work address.
fn selected(cx: &Reading<'_>, selection: Selection, element: Option<Value>) -> ListEffect {
    let Some(mut element) = element else { return ListEffect::RemoveSelected(selection) };
    if let (Some(object), Some(said)) = (element.as_object_mut(), selection.said()) {
        for (name, value) in said {
            object.entry(name).or_insert_with(|| value.clone());
        }
    }
    let creates = create_on_filter::accepts(cx.dialect) && selection.said().is_some();
    let otherwise = if creates { Otherwise::Create(Vec::new()) } else { Otherwise::Refuse };
    ListEffect::ReplaceSelected { selection, element, otherwise }
}
