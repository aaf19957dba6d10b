//! The body of a PUT (RFC 7644 §3.5.1).

use serde_json::Value;

use super::create::ACTIVE;
use super::{body, comparable, finish};
use crate::schema::{GROUP_SCHEMA, Mutability, USER_SCHEMA};
use crate::{Attribute, Dialect, Notes, Object, Resource, ResourceModel, ScimError};

/// Reads the body of a request that replaces a resource.
///
/// What the body leaves out is cleared, with these exceptions: a user stays as `active` as it was, and immutable and
/// write-only attributes keep their values. Read-only attributes, `password` and what the schema does not know are ignored
/// as in [`create`](super::create()).
///
/// **Members.** A group's `members` are absent from the result when the body does not mention them, and an empty list when
/// it says that there are none (`[]` or `null`): the one case in which a [`Resource`] holds an empty list. The caller takes
/// them out with [`Resource::take`].
///
/// # Errors
/// As for [`create`](super::create()), and 400 `mutability` when the body changes an immutable attribute that has a value.
pub fn replace(
    model: &ResourceModel,
    dialect: &Dialect,
    current: &Resource,
    body: Object,
    notes: &mut Notes,
) -> Result<Resource, ScimError> {
    let mut resource = body::read(model, dialect, body, notes)?;
    let empties_members = model.base().id.is(GROUP_SCHEMA) && resource.get(MEMBERS) == Some(&Value::Null);

    let own = model.common().attributes.iter().chain(&model.base().attributes);
    keep(own, current.as_object(), &mut resource, "")?;
    for extension in model.extensions() {
        let uri = extension.id.as_str();
        keep_parts(&extension.attributes, current.get(uri), &mut resource, uri, &format!("{uri}:"))?;
    }
    if model.base().id.is(USER_SCHEMA) && resource.get(ACTIVE).is_none_or(Value::is_null) {
        let active = current.get(ACTIVE).cloned().unwrap_or(true.into());
        resource.insert(ACTIVE.into(), active);
    }
    finish(model, &mut resource)?;
    if empties_members {
        resource.insert(MEMBERS.into(), Value::Array(Vec::new()));
    }
    Ok(Resource(resource))
}

const MEMBERS: &str = "members";

/// Keeps the values that a replacement does not clear, and refuses to change those that are immutable. `new` has `null` where
/// the client has cleared a value, and nothing where it has left one out.
fn keep<'a>(
    attributes: impl IntoIterator<Item = &'a Attribute>,
    current: &Object,
    new: &mut Object,
    prefix: &str,
) -> Result<(), ScimError> {
    for attribute in attributes {
        let name = attribute.name.as_str();
        let Some(old) = current.get(name) else { continue };
        match (attribute.mutability, new.get(name)) {
            (Mutability::Immutable, Some(given)) => {
                if comparable(attribute, given) != comparable(attribute, old) {
                    let detail = format!("{prefix}{name} is immutable and has another value already");
                    return Err(ScimError::mutability(detail));
                }
                new.insert(name.to_owned(), old.clone());
            }
            (Mutability::Immutable | Mutability::WriteOnly, None) => {
                new.insert(name.to_owned(), old.clone());
            }
            (Mutability::ReadWrite, _) if attribute.is_complex() && !attribute.multi_valued => {
                let prefix = format!("{prefix}{name}.");
                keep_parts(&attribute.sub_attributes, Some(old), new, name, &prefix)?;
            }
            // Elements of a list are removed and added, never edited (RFC 7643 §4.2): a new list is always allowed.
            _ => {}
        }
    }
    Ok(())
}

/// The same for the parts of one object, which is `new[name]` and comes into being when a part is kept.
fn keep_parts(
    parts: &[Attribute],
    current: Option<&Value>,
    new: &mut Object,
    name: &str,
    prefix: &str,
) -> Result<(), ScimError> {
    let Some(Value::Object(old)) = current else { return Ok(()) };
    let mut given = match new.get_mut(name) {
        Some(Value::Object(given)) => std::mem::take(given),
        _ => Object::new(),
    };
    keep(parts, old, &mut given, prefix)?;
    if !given.is_empty() {
        new.insert(name.to_owned(), given.into());
    }
    Ok(())
}
