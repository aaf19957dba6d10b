//! A request body without `schemas`, or with URIs that do not belong.
//!
//! Okta and others leave `schemas` out of some requests; Entra ID adds a URI of Microsoft's to groups; OneLogin's templates
//! may hold the URIs of SCIM 1.1:
//!
//! ```json
//! {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group",
//!              "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
//!  "displayName": "Sales", "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159"}
//! ```

use serde_json::Value;

use super::{Dialect, Notes, Quirk};
use crate::ScimError;

/// Whether a fault of `schemas` is overlooked; `fault` is the sentence that is noted.
pub(crate) fn overlooks(dialect: &Dialect, notes: &mut Notes, fault: &str) -> bool {
    let accepted = dialect.allows(Quirk::LenientSchemas);
    if accepted {
        notes.quirk(Quirk::LenientSchemas, fault);
    }
    accepted
}

/// Checks the `schemas` of a message (a PATCH, bulk or search request), which must name `uri`; `what` is the message for people.
///
/// # Errors
/// 400 `invalidSyntax` when it does not and the dialect does not overlook that.
pub(crate) fn check_message(
    dialect: &Dialect,
    notes: &mut Notes,
    schemas: Option<&Value>,
    uri: &str,
    what: &str,
) -> Result<(), ScimError> {
    let mut named = schemas.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    if named.any(|named| named.eq_ignore_ascii_case(uri))
        || overlooks(dialect, notes, &format!("schemas does not name a {what}"))
    {
        return Ok(());
    }
    Err(ScimError::invalid_syntax(format!("schemas must be [\"{uri}\"]")))
}
