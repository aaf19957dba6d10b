//! A dot where a colon belongs, between the URI of a schema and an attribute.
//!
//! Jobs that Entra ID has run since before December 2018, and Microsoft's request collection:
//!
//! ```json
//! {"Operations": [{"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department", "value": "Sales"}]}
//! ```

use super::{Dialect, Notes, Quirk};
use crate::{ResourceModel, ScimError};

/// The path with a colon where it has a dot; `None` when there is nothing to mend.
///
/// # Errors
/// 400 `noTarget` when the dialect is strict: such a path names no attribute (RFC 7644 §3.10).
pub(crate) fn mend(
    dialect: &Dialect,
    notes: &mut Notes,
    model: &ResourceModel,
    path: &str,
) -> Result<Option<String>, ScimError> {
    let schemas = model.extensions().chain([model.base()]);
    let Some((uri, rest)) = schemas.map(|schema| schema.id.as_str()).find_map(|uri| {
        let (start, rest) = path.split_at_checked(uri.len())?;
        Some((uri, rest.strip_prefix('.').filter(|_| start.eq_ignore_ascii_case(uri))?))
    }) else {
        return Ok(None);
    };
    if !dialect.allows(Quirk::DottedUrn) {
        let detail =
            format!("a ':' and not a '.' stands between a schema's URI and an attribute: {uri}:attribute");
        return Err(ScimError::no_target(detail));
    }
    notes.quirk(Quirk::DottedUrn, format!("{uri}.…: the dot read as a colon"));
    Ok(Some(format!("{uri}:{rest}")))
}
