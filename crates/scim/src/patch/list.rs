//! Applying one effect to the elements of a multi-valued attribute.

use serde_json::Value;

use super::elements::{append, keep_one_primary};
use super::merge::{merge, refuse_changing_immutable};
use super::same::remove_listed;
use super::selection::Selection;
use super::step::{ListEffect, Otherwise, Part, PartChange, Selected};
use crate::quirks::create_on_filter;
use crate::resource::is_primary;
use crate::{Attribute, Notes, Object, ScimError};

/// How many values a request has looked at. A thousand operations on thousands of values each would keep a server busy for
/// minutes; no client means that.
#[derive(Debug, Default)]
pub(super) struct Effort(usize);

impl Effort {
    const MOST: usize = 1_000_000;

    fn spend(&mut self, values: usize) -> Result<(), ScimError> {
        self.0 = self.0.saturating_add(values);
        if self.0 > Self::MOST {
            return Err(ScimError::too_large(
                "the operations look at too many values of multi-valued attributes: split the request",
            ));
        }
        Ok(())
    }
}

/// Changes the `elements` of `attribute`. `path` is the operation's path, for messages.
///
/// # Errors
/// 400 `noTarget` when nothing is selected and nothing may be created; 400 `mutability` when something immutable would
/// change; 413 when the request looks at more values than it may.
pub(super) fn apply(
    attribute: &Attribute,
    elements: &mut Vec<Value>,
    effect: &ListEffect,
    path: &str,
    effort: &mut Effort,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    match effect {
        ListEffect::Append(added) => {
            effort.spend(elements.len() + added.len())?;
            let primary = append(attribute, elements, added);
            keep_one_primary(elements, primary);
        }
        ListEffect::Overwrite(given) => {
            effort.spend(given.len())?;
            elements.clear();
            let primary = append(attribute, elements, given);
            keep_one_primary(elements, primary);
        }
        ListEffect::RemoveEqual(listed) => {
            effort.spend(elements.len() + listed.len())?;
            remove_listed(attribute, elements, listed);
        }
        ListEffect::RemoveSelected(selection) => {
            effort.spend(elements.len() * selection.terms)?;
            elements.retain(|element| !selection.matches(element));
        }
        ListEffect::MergeSelected { selected, parts, otherwise } => {
            let found = select(selected, elements, effort)?;
            if found.is_empty() {
                let mut created = said(otherwise);
                merge(attribute, &mut created, parts)?;
                create(attribute, elements, Value::Object(created), otherwise, path, notes)?;
            }
            merge_found(attribute, elements, &found, parts)?;
            elements.retain(|element| element.as_object().is_none_or(|object| !object.is_empty()));
        }
        ListEffect::ReplaceSelected { selection, element, otherwise } => {
            let found = matching(selection, elements, effort)?;
            if found.is_empty() {
                create(attribute, elements, element.clone(), otherwise, path, notes)?;
            }
            replace_found(attribute, elements, &found, element)?;
        }
    }
    Ok(())
}

/// The positions of the elements that are meant.
fn select(selected: &Selected, elements: &[Value], effort: &mut Effort) -> Result<Vec<usize>, ScimError> {
    match selected {
        Selected::Matching(selection) => matching(selection, elements, effort),
        Selected::All => {
            effort.spend(elements.len())?;
            Ok((0..elements.len()).collect())
        }
    }
}

fn matching(selection: &Selection, elements: &[Value], effort: &mut Effort) -> Result<Vec<usize>, ScimError> {
    effort.spend(elements.len() * selection.terms)?;
    let found = elements.iter().enumerate().filter(|(_, element)| selection.matches(element));
    Ok(found.map(|(position, _)| position).collect())
}

fn merge_found(
    attribute: &Attribute,
    elements: &mut [Value],
    found: &[usize],
    parts: &[Part],
) -> Result<(), ScimError> {
    for position in found {
        if let Some(Value::Object(object)) = elements.get_mut(*position) {
            merge(attribute, object, parts)?;
        }
    }
    let primary = PartChange::Set(Value::Bool(true));
    if parts.iter().any(|part| part.name == "primary" && part.change == primary) {
        keep_one_primary(elements, found.last().copied());
    }
    Ok(())
}

fn replace_found(
    attribute: &Attribute,
    elements: &mut [Value],
    found: &[usize],
    element: &Value,
) -> Result<(), ScimError> {
    for position in found {
        if let Some(existing) = elements.get_mut(*position) {
            for sub in &attribute.sub_attributes {
                let name = sub.name.as_str();
                refuse_changing_immutable(attribute, name, existing.get(name), element.get(name))?;
            }
            existing.clone_from(element);
        }
    }
    if is_primary(element) {
        keep_one_primary(elements, found.last().copied());
    }
    Ok(())
}

/// What a filter says of an element that is to be created from it.
fn said(otherwise: &Otherwise) -> Object {
    match otherwise {
        Otherwise::Create(said) => said.iter().cloned().collect(),
        Otherwise::Nothing | Otherwise::Refuse | Otherwise::Begin => Object::new(),
    }
}

/// Puts a new element at the end, or says why there is none.
fn create(
    attribute: &Attribute,
    elements: &mut Vec<Value>,
    element: Value,
    otherwise: &Otherwise,
    path: &str,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    match otherwise {
        Otherwise::Nothing => Ok(()),
        Otherwise::Refuse => Err(ScimError::no_target(format!("{path}: no value meets the filter"))),
        Otherwise::Begin | Otherwise::Create(_) => {
            if matches!(otherwise, Otherwise::Create(_)) {
                create_on_filter::note(notes, attribute.name.as_str());
            }
            let primary = is_primary(&element).then_some(elements.len());
            elements.push(element);
            keep_one_primary(elements, primary);
            Ok(())
        }
    }
}
