//! Adding elements to a multi-valued attribute, and keeping one of them primary.

use serde_json::Value;

use super::same::Finder;
use crate::Attribute;
use crate::resource::is_primary;
use crate::schema::Mutability;

/// Adds elements to a list; one that is there already gets what the new one says besides. Gives the position of the last
/// one that the request has made primary.
pub(super) fn append(attribute: &Attribute, elements: &mut Vec<Value>, added: &[Value]) -> Option<usize> {
    let mut finder = Finder::new(attribute, elements, added.len());
    let mut primary = None;
    for element in added {
        let position = match finder.find(elements, element) {
            Some(position) => {
                if let Some(existing) = elements.get_mut(position) {
                    complete(attribute, existing, element);
                }
                position
            }
            None => {
                finder.insert(elements.len(), element);
                elements.push(element.clone());
                elements.len() - 1
            }
        };
        if is_primary(element) {
            primary = Some(position);
        }
    }
    primary
}

/// Gives an element what the same element of a request says; what can be set once stays as it is.
fn complete(attribute: &Attribute, existing: &mut Value, element: &Value) {
    let (Some(existing), Some(element)) = (existing.as_object_mut(), element.as_object()) else { return };
    for (name, value) in element {
        let immutable =
            attribute.sub_attribute(name).is_some_and(|sub| sub.mutability == Mutability::Immutable);
        if !(immutable && existing.contains_key(name)) {
            existing.insert(name.clone(), value.clone());
        }
    }
}

/// Leaves one element primary: the one a request has just made so (RFC 7644 §3.5.2). Without one, nothing changes.
pub(super) fn keep_one_primary(elements: &mut [Value], latest: Option<usize>) {
    let Some(latest) = latest else { return };
    for (position, element) in elements.iter_mut().enumerate() {
        if position != latest
            && is_primary(element)
            && let Some(object) = element.as_object_mut()
        {
            object.insert("primary".into(), Value::Bool(false));
        }
    }
}
