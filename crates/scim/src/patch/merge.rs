//! Setting and unsetting sub-attributes of one complex value.

use serde_json::Value;

use super::step::{Part, PartChange};
use crate::schema::{Attribute, Mutability};
use crate::{Object, ScimError};

/// Gives `object`, a value of the complex `attribute`, its new sub-attributes and takes others away. Those that no part
/// names stay (RFC 7644 §3.5.2.3).
///
/// # Errors
/// `mutability` when an immutable sub-attribute that has a value would change.
pub(super) fn merge(attribute: &Attribute, object: &mut Object, parts: &[Part]) -> Result<(), ScimError> {
    for part in parts {
        let next = changed(object.get(&part.name), &part.change);
        refuse_changing_immutable(attribute, &part.name, object.get(&part.name), next.as_ref())?;
        match next {
            Some(value) => drop(object.insert(part.name.clone(), value)),
            None => drop(object.shift_remove(&part.name)),
        }
    }
    Ok(())
}

fn changed(current: Option<&Value>, change: &PartChange) -> Option<Value> {
    match change {
        PartChange::Unset => None,
        PartChange::Set(value) => Some(value.clone()),
        PartChange::Extend(more) => {
            let mut values = current.and_then(Value::as_array).cloned().unwrap_or_default();
            for value in more {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            Some(Value::Array(values))
        }
    }
}

/// Refuses to edit what can be set once (RFC 7643 §7): an element is taken out and another put in, never edited.
///
/// # Errors
/// `mutability` when the sub-attribute is immutable, has a value, and would have another.
pub(super) fn refuse_changing_immutable(
    attribute: &Attribute,
    name: &str,
    current: Option<&Value>,
    next: Option<&Value>,
) -> Result<(), ScimError> {
    let immutable = attribute.sub_attribute(name).is_some_and(|sub| sub.mutability == Mutability::Immutable);
    if immutable && current.is_some() && current != next {
        return Err(ScimError::mutability(format!(
            "{}.{name} cannot be changed once it is set: remove the value and add another",
            attribute.name
        )));
    }
    Ok(())
}
