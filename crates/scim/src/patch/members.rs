//! Operations on a list that the caller keeps elsewhere: a group may have 100,000 members, and its document has none of them.

use std::collections::HashSet;

use serde_json::Value;

use super::request::PatchRequest;
use super::step::{Effect, ListEffect, Part};
use crate::filter::TypedFilter;
use crate::schema::Mutability;
use crate::{Attribute, Notes, ResourceModel, ScimError};

/// A change of the members of a group, or of another list that the caller keeps as rows.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberChange {
    /// These come in, beside those that are there. Each is an object in canonical form with a `value` that is a string, and
    /// no two have the same; one that is a member already stays as it is.
    Add(Vec<Value>),
    /// Those with these `value`s go; one that is not there is no error (RFC 7644 §3.5.2.2).
    Remove(Vec<String>),
    /// Those that meet the filter go. It is the whole filter, `members[…]`.
    RemoveMatching(TypedFilter),
    /// These come in, as with [`Add`](Self::Add), and all others go.
    ReplaceAll(Vec<Value>),
    /// All go.
    RemoveAll,
}

impl PatchRequest {
    /// Takes out every operation on the multi-valued base attribute `name`, for example `members`, and gives what they do, in
    /// order. The elements of such a list come and go as a whole; their parts are never edited.
    ///
    /// # Errors
    /// - 400 `mutability`: an operation edits elements.
    /// - 400 `invalidValue`: an element has no `value`.
    pub fn detach(
        &mut self,
        model: &ResourceModel,
        name: &str,
        notes: &mut Notes,
    ) -> Result<Vec<MemberChange>, ScimError> {
        let Some(attribute) = model.attribute(name).filter(|attribute| attribute.multi_valued) else {
            return Ok(Vec::new());
        };
        let concerns = |own: &Option<String>| own.as_deref().is_some_and(|own| attribute.name.is(own));
        let (detached, rest) = std::mem::take(&mut self.steps)
            .into_iter()
            .partition(|step| step.place.extension.is_none() && concerns(&step.place.attribute));
        self.steps = rest;
        let mut changes = Vec::new();
        for step in detached {
            let change = change(attribute, step.effect, notes)
                .map_err(|error| error.within(format!("operation {}", step.operation)))?;
            changes.extend(change);
        }
        Ok(changes)
    }
}

fn change(
    attribute: &Attribute,
    effect: Effect,
    notes: &mut Notes,
) -> Result<Option<MemberChange>, ScimError> {
    let effect = match effect {
        Effect::List(effect) => effect,
        Effect::Unassign => return Ok(Some(MemberChange::RemoveAll)),
        Effect::One(_) => return Ok(None),
    };
    Ok(Some(match effect {
        ListEffect::Append(elements) => MemberChange::Add(distinct(attribute, elements)?),
        ListEffect::Overwrite(elements) => MemberChange::ReplaceAll(distinct(attribute, elements)?),
        ListEffect::RemoveEqual(elements) => {
            let elements = distinct(attribute, elements)?;
            MemberChange::Remove(elements.iter().filter_map(value_of).map(ToOwned::to_owned).collect())
        }
        ListEffect::RemoveSelected(selection) => match selection.values() {
            Some(values) => MemberChange::Remove(distinct_values(values)),
            None => MemberChange::RemoveMatching(selection.into_filter()),
        },
        ListEffect::MergeSelected { parts, .. } => {
            refuse_editing(attribute, &parts)?;
            notes.ignored(format!("{}: what the server computes is not edited", attribute.name));
            return Ok(None);
        }
        ListEffect::ReplaceSelected { .. } => return Err(not_edited(attribute)),
    }))
}

/// The elements without those whose `value` an earlier one has.
fn distinct(attribute: &Attribute, elements: Vec<Value>) -> Result<Vec<Value>, ScimError> {
    let mut seen = HashSet::with_capacity(elements.len());
    let mut kept = Vec::with_capacity(elements.len());
    for element in elements {
        let Some(value) = value_of(&element).filter(|value| !value.is_empty()) else {
            return Err(ScimError::invalid_value(format!("a value of {} needs a value", attribute.name)));
        };
        if seen.insert(value.to_owned()) {
            kept.push(element);
        }
    }
    Ok(kept)
}

fn distinct_values(values: &[String]) -> Vec<String> {
    let mut seen = HashSet::with_capacity(values.len());
    values.iter().filter(|value| seen.insert(value.as_str())).cloned().collect()
}

fn value_of(element: &Value) -> Option<&str> {
    element.get("value").and_then(Value::as_str)
}

/// Lets pass what changes nothing that a caller keeps: a part that is not immutable is not kept either.
fn refuse_editing(attribute: &Attribute, parts: &[Part]) -> Result<(), ScimError> {
    let is_kept = |part: &Part| {
        attribute.sub_attribute(&part.name).is_some_and(|sub| sub.mutability == Mutability::Immutable)
    };
    if parts.iter().any(is_kept) { Err(not_edited(attribute)) } else { Ok(()) }
}

fn not_edited(attribute: &Attribute) -> ScimError {
    ScimError::mutability(format!(
        "the values of {} are added and removed, not edited: remove one and add another",
        attribute.name
    ))
}
