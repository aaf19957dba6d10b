//! Takes out of a representation what a client is not to see.

use serde_json::Value;

use super::{Choice, Projection};
use crate::schema::{Returned, is_extension_uri};
use crate::{Attribute, Object, ResourceModel, SchemaUri};

/// How much of an attribute is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Nothing.
    Nothing,
    /// The parts that are named, and those with `returned` always.
    NamedParts,
    /// Whatever is not hidden for itself.
    Whole,
}

impl Projection {
    /// What is shown of a full representation in an answer to a read (RFC 7643 §7 `returned`, RFC 7644 §3.9).
    ///
    /// Always: attributes with `returned` always, and `schemas`, which names an extension only while something of it is shown.
    /// Never: those with `returned` never. A complex value or a list of which nothing is left is left out.
    pub fn apply(&self, model: &ResourceModel, representation: Object) -> Object {
        self.apply_after_write(model, representation, &Object::new())
    }

    /// The same in an answer to a write: attributes with `returned` request are shown too when the client has just set them.
    /// `written` holds what it set, in canonical form; for PATCH, the attributes that its operations name.
    pub fn apply_after_write(
        &self,
        model: &ResourceModel,
        representation: Object,
        written: &Object,
    ) -> Object {
        if self.0 == Choice::Everything || (!self.is_explicit() && !model.hides()) {
            return representation;
        }
        let mut shown = Object::new();
        for (key, value) in representation {
            let (key, value) = match (model.extension(&key), value) {
                (Some(schema), Value::Object(values)) => {
                    let written = written.get(schema.id.as_str()).and_then(Value::as_object);
                    let values = values.into_iter().filter_map(|(name, value)| {
                        let attribute = schema.attribute(&name)?;
                        let written = written.is_some_and(|written| written.contains_key(&name));
                        Some((name, self.value(Some(&schema.id), attribute, value, written)?))
                    });
                    let values: Object = values.collect();
                    (key, (!values.is_empty()).then_some(Value::Object(values)))
                }
                // Nobody knows what it holds, so it is shown as a whole, unless only certain attributes are asked for.
                (None, value @ Value::Object(_)) if is_extension_uri(&key) => {
                    (key, (!matches!(self.0, Choice::Only(_))).then_some(value))
                }
                (_, value) => {
                    let written = written.contains_key(&key);
                    let attribute = model.attribute(&key);
                    let value = attribute.and_then(|attribute| self.value(None, attribute, value, written));
                    (key, value)
                }
            };
            if let Some(value) = value {
                shown.insert(key, value);
            }
        }
        leave_out_absent_extensions(model, &mut shown);
        shown
    }

    /// What is shown of one attribute.
    fn value(
        &self,
        extension: Option<&SchemaUri>,
        attribute: &Attribute,
        value: Value,
        written: bool,
    ) -> Option<Value> {
        let shown = self.attribute(extension, attribute, written);
        if shown == Shown::Nothing {
            return None;
        }
        let is_shown = |part: &&Attribute| self.part(extension, attribute, part, shown, written);
        let parts: Vec<_> = attribute.sub_attributes.iter().filter(is_shown).collect();
        if parts.len() == attribute.sub_attributes.len() { Some(value) } else { only_parts(value, &parts) }
    }

    fn attribute(&self, extension: Option<&SchemaUri>, attribute: &Attribute, written: bool) -> Shown {
        let name = attribute.name.as_str();
        let unnamed = match attribute.returned {
            Returned::Never => return Shown::Nothing,
            Returned::Always => return Shown::Whole,
            Returned::Request => written,
            Returned::Default => !matches!(self.0, Choice::Only(_)),
        };
        match &self.0 {
            Choice::Only(names) if names.whole(extension, name) => Shown::Whole,
            Choice::Only(names) if names.any_part(extension, name) => Shown::NamedParts,
            Choice::Without(names) if names.whole(extension, name) => Shown::Nothing,
            _ if unnamed => Shown::Whole,
            _ => Shown::Nothing,
        }
    }

    fn part(
        &self,
        extension: Option<&SchemaUri>,
        attribute: &Attribute,
        part: &Attribute,
        shown: Shown,
        written: bool,
    ) -> bool {
        let unnamed = match part.returned {
            Returned::Never => return false,
            Returned::Always => return true,
            Returned::Request => written,
            Returned::Default => shown == Shown::Whole,
        };
        match &self.0 {
            Choice::Default | Choice::Everything => unnamed,
            Choice::Only(names) => {
                unnamed || names.part(extension, attribute.name.as_str(), part.name.as_str())
            }
            Choice::Without(names) => {
                unnamed && !names.part(extension, attribute.name.as_str(), part.name.as_str())
            }
        }
    }
}

/// A complex value, or a list of them, with only some parts; `None` when nothing is left.
fn only_parts(value: Value, parts: &[&Attribute]) -> Option<Value> {
    match value {
        Value::Object(mut values) => {
            values.retain(|name, _| parts.iter().any(|part| part.name.is(name)));
            (!values.is_empty()).then_some(Value::Object(values))
        }
        Value::Array(elements) => {
            let elements: Vec<_> =
                elements.into_iter().filter_map(|element| only_parts(element, parts)).collect();
            (!elements.is_empty()).then_some(Value::Array(elements))
        }
        _ => None,
    }
}

/// `schemas` names only extensions of which something is shown (RFC 7643 §3).
fn leave_out_absent_extensions(model: &ResourceModel, shown: &mut Object) {
    let present: Vec<String> = shown.keys().filter(|key| is_extension_uri(key)).cloned().collect();
    if let Some(Value::Array(schemas)) = shown.get_mut("schemas") {
        schemas.retain(|schema| {
            schema.as_str().is_some_and(|uri| {
                model.base().id.is(uri) || present.iter().any(|key| key.eq_ignore_ascii_case(uri))
            })
        });
    }
}
