//! An attribute of an extension named without the extension's URI.
//!
//! A sample of Microsoft's documentation:
//!
//! ```json
//! {"Operations": [{"op": "Add", "path": "manager",
//!   "value": [{"$ref": "http://example.com/scim/Users/2819c223", "value": "2819c223"}]}]}
//! ```

use super::{Dialect, Notes, Quirk};
use crate::{ResourceModel, Schema};

/// The one extension that has an attribute called `name`; `None` when there is none or more than one, or the dialect is
/// strict.
pub(crate) fn find<'m>(
    dialect: &Dialect,
    notes: &mut Notes,
    model: &'m ResourceModel,
    name: &str,
) -> Option<&'m Schema> {
    if !dialect.allows(Quirk::UnqualifiedExtension) {
        return None;
    }
    let mut found = model.extensions().filter(|extension| extension.attribute(name).is_some());
    let extension = found.next()?;
    if found.next().is_some() {
        return None;
    }
    notes.quirk(Quirk::UnqualifiedExtension, format!("{name}: read as {}:{name}", extension.id));
    Some(extension)
}
