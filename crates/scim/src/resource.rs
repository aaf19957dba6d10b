//! A validated resource: what a client has stored, in canonical form.

use serde_json::Value;

use crate::{Object, ResourceModel, SchemaUri};

/// The attributes of one resource as a client has set them, in canonical form.
///
/// Made only by validation ([`create`](crate::validate::create) and [`replace`](crate::validate::replace)), by PATCH, or read back from a store that keeps what those
/// made. The form is canonical: names are spelt as in the schema, extensions sit under their URI, values have the type of
/// their attribute, there is no `null`, no empty list, no empty object, no unknown attribute. It does not hold what the
/// server computes: `schemas`, `id`, `meta`, and read-only attributes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resource(pub(crate) Object);

impl Resource {
    /// Takes back what [`Resource::into_object`] gave. The caller vouches that nothing has changed it.
    pub fn from_stored(object: Object) -> Self {
        Self(object)
    }

    /// The attributes.
    pub fn as_object(&self) -> &Object {
        &self.0
    }

    /// The attributes, to be stored.
    pub fn into_object(self) -> Object {
        self.0
    }

    /// The value of a top-level attribute, by its name as the schema spells it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The value of a top-level string attribute, by its name as the schema spells it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// Takes a top-level attribute out, for a caller that keeps it elsewhere (`members` are rows, not part of the document).
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name)
    }

    /// The `schemas` of the resource: the base schema, and the extensions of which it has attributes (RFC 7643 §3).
    pub fn schemas<'m>(&self, model: &'m ResourceModel) -> Vec<&'m SchemaUri> {
        let used = model.extensions().filter(|extension| self.0.contains_key(extension.id.as_str()));
        std::iter::once(model.base()).chain(used).map(|schema| &schema.id).collect()
    }
}

/// The value that stands for several (RFC 7643 §2.4, RFC 7644 §3.4.2.3): the primary one, else the first.
///
/// ```
/// use enroll_scim::resource::primary_or_first;
///
/// let emails = [serde_json::json!({"value": "a"}), serde_json::json!({"value": "b", "primary": true})];
/// assert_eq!(primary_or_first(&emails), Some(&emails[1]));
/// ```
pub fn primary_or_first(elements: &[Value]) -> Option<&Value> {
    elements.iter().find(|element| is_primary(element)).or_else(|| elements.first())
}

/// Whether the element says `"primary": true`.
pub(crate) fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}
