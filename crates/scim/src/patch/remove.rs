//! The `remove` operation (RFC 7644 §3.5.2.2).

use serde_json::Value;

use super::operand;
use super::step::{Effect, ListEffect, OneValue, Otherwise, Part, PartChange, Selected};
use super::target::Target;
use crate::ScimError;
use crate::quirks::remove_by_value;
use crate::validate::Reading;

/// What removing `target` does. The RFC knows no `value` here; where one lists values of a multi-valued attribute, identity
/// providers mean those and no others.
///
/// # Errors
/// 400 `mutability` when the target is required; 400 `invalidValue` when a value is given and the dialect has no meaning
/// for it, or it does not fit the attribute.
pub(super) fn effect(
    cx: &mut Reading<'_>,
    target: Target<'_>,
    value: Option<Value>,
) -> Result<Effect, ScimError> {
    if let Some(sub) = target.sub {
        if sub.required {
            return Err(required(&target));
        }
        let parts = vec![Part { name: sub.name.to_string(), change: PartChange::Unset }];
        return Ok(match (target.selection, target.attribute.multi_valued) {
            (_, false) => Effect::One(OneValue::Merge(parts)),
            (selection, true) => Effect::List(ListEffect::MergeSelected {
                selected: selection.map_or(Selected::All, Selected::Matching),
                parts,
                otherwise: Otherwise::Nothing,
            }),
        });
    }
    if let Some(selection) = target.selection {
        return Ok(Effect::List(ListEffect::RemoveSelected(selection)));
    }
    if let Some(value) = value.filter(|value| !value.is_null()) {
        if target.attribute.multi_valued {
            return listed(cx, &target, value);
        }
        cx.notes.ignored(format!("{}: the value of a remove ignored", target.label()));
    }
    if target.attribute.required { Err(required(&target)) } else { Ok(Effect::Unassign) }
}

fn listed(cx: &mut Reading<'_>, target: &Target<'_>, value: Value) -> Result<Effect, ScimError> {
    let label = target.label();
    if !remove_by_value::accepts(cx.dialect, cx.notes, &label) {
        return Err(ScimError::invalid_value(format!(
            "a remove takes no value (RFC 7644 section 3.5.2.2): name what is to be removed by a filter in the path, as \
             in {label}[value eq \"...\"], or leave the value out to remove all"
        )));
    }
    let listed = operand::elements(cx, target, value)?;
    Ok(Effect::List(ListEffect::RemoveEqual(listed)))
}

fn required(target: &Target<'_>) -> ScimError {
    ScimError::mutability(format!("{} is required and cannot be removed", target.label()))
}
