//! What was kept of an extension that nobody knew, once its schema is there.

use super::{Reading, body, finish};
use crate::{Dialect, Notes, Resource, ResourceModel, ScimError};

/// Reads what a stored resource has kept of the extension `uri` by the schema that `model` has for it now: names become those of the
/// schema, and what the schema does not have is left out, with a note. `None` when the resource has nothing of it.
///
/// # Errors
/// 400 `invalidValue` for a value that does not fit its attribute, and for a required attribute that is missing.
pub fn adopt(
    model: &ResourceModel,
    uri: &str,
    dialect: &Dialect,
    stored: &Resource,
    notes: &mut Notes,
) -> Result<Option<Resource>, ScimError> {
    let mut adopted = stored.clone().into_object();
    let name = adopted.keys().find(|name| name.eq_ignore_ascii_case(uri)).cloned();
    let value = name.and_then(|name| adopted.shift_remove(&name));
    let (Some(extension), Some(value)) = (model.extension(uri), value) else { return Ok(None) };
    let read = body::container(&mut Reading { model, dialect, notes }, extension, value)?;
    adopted.insert(extension.id.to_string(), read);
    finish(model, &mut adopted)?;
    Ok(Some(Resource(adopted)))
}
