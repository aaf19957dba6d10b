//! Applying a PATCH request to a resource (RFC 7644 §3.5.2): in order, all or nothing.

use serde_json::Value;

use super::list::{self, Effort};
use super::merge::merge;
use super::request::PatchRequest;
use super::step::{Effect, OneValue, Step};
use crate::schema::{Mutability, ResourceModel};
use crate::validate::finish;
use crate::{Attribute, Notes, Object, Resource, ScimError};

/// A resource after a PATCH request.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// The resource as it is now.
    pub resource: Resource,
    /// Whether it differs from what it was. When it does not, `meta.lastModified` and the version stay (RFC 7644 §3.5.2.1).
    pub changed: bool,
}

impl PatchRequest {
    /// Applies the operations in order, each to the result of the one before. `current` is not touched: a request that fails
    /// leaves nothing behind. `model` is the resource type that the request was read for.
    ///
    /// # Errors
    /// - 400 `noTarget`: a filter selects nothing, and the dialect does not create what it describes.
    /// - 400 `mutability`: something immutable would change, or the last value of something required would go.
    /// - 400 `invalidValue`: the resource as a whole would not be valid.
    /// - 413: the operations look at more values than one request may.
    pub fn apply(
        &self,
        model: &ResourceModel,
        current: &Resource,
        notes: &mut Notes,
    ) -> Result<Patched, ScimError> {
        let mut document = current.as_object().clone();
        let mut effort = Effort::default();
        for step in &self.steps {
            apply(step, model, &mut document, &mut effort, notes)
                .map_err(|error| error.within(format!("operation {}", step.operation)))?;
        }
        if document == *current.as_object() {
            return Ok(Patched { resource: current.clone(), changed: false });
        }
        finish(model, &mut document)?;
        let changed = document != *current.as_object();
        Ok(Patched { resource: Resource(document), changed })
    }
}

fn apply(
    step: &Step,
    model: &ResourceModel,
    document: &mut Object,
    effort: &mut Effort,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    let place = &step.place;
    let Some(name) = &place.attribute else {
        if let Some(uri) = &place.extension {
            document.shift_remove(uri);
        }
        return Ok(());
    };
    let attribute = match &place.extension {
        Some(uri) => model.extension(uri).and_then(|extension| extension.attribute(name)),
        None => model.attribute(name),
    };
    let Some(attribute) = attribute else {
        return Err(ScimError::no_target(format!(
            "{} is not an attribute of this resource type",
            place.path
        )));
    };
    let Some(uri) = &place.extension else {
        return in_container(step, attribute, document, effort, notes);
    };
    let mut container = match document.get_mut(uri).map(Value::take) {
        Some(Value::Object(object)) => object,
        _ => Object::new(),
    };
    in_container(step, attribute, &mut container, effort, notes)?;
    put(document, uri, (!container.is_empty()).then_some(Value::Object(container)));
    Ok(())
}

/// Changes one attribute of the object that holds it: the resource, or one of its extensions.
fn in_container(
    step: &Step,
    attribute: &Attribute,
    container: &mut Object,
    effort: &mut Effort,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    let name = attribute.name.as_str();
    let before = container.get(name).filter(|_| attribute.mutability == Mutability::Immutable).cloned();
    let current = container.get_mut(name).map(Value::take);
    let next = match &step.effect {
        Effect::Unassign => None,
        Effect::One(effect) => one_value(attribute, current, effect)?,
        Effect::List(effect) => {
            let mut elements = match current {
                Some(Value::Array(elements)) => elements,
                _ => Vec::new(),
            };
            let had_some = !elements.is_empty();
            list::apply(attribute, &mut elements, effect, &step.place.path, effort, notes)?;
            if had_some && elements.is_empty() && attribute.required {
                let detail = format!("{name} is required: its last value cannot be removed");
                return Err(ScimError::mutability(detail));
            }
            (!elements.is_empty()).then_some(Value::Array(elements))
        }
    };
    if before.is_some() && before != next {
        return Err(ScimError::mutability(format!("{name} cannot be changed once it is set")));
    }
    put(container, name, next);
    Ok(())
}

/// The value of an attribute that has one, after `effect`.
fn one_value(
    attribute: &Attribute,
    current: Option<Value>,
    effect: &OneValue,
) -> Result<Option<Value>, ScimError> {
    match effect {
        OneValue::Assign(value) => Ok(Some(value.clone())),
        OneValue::Merge(parts) => {
            let mut object = match current {
                Some(Value::Object(object)) => object,
                _ => Object::new(),
            };
            merge(attribute, &mut object, parts)?;
            Ok((!object.is_empty()).then_some(Value::Object(object)))
        }
    }
}

fn put(object: &mut Object, name: &str, value: Option<Value>) {
    match value {
        Some(value) => drop(object.insert(name.to_owned(), value)),
        None => drop(object.shift_remove(name)),
    }
}
