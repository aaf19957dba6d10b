//! `""` for an optional attribute means unassigned.
//!
//! Okta's test suite pushes profiles with empty strings, Entra ID clears with them:
//!
//! ```json
//! {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen", "title": "", "nickName": ""}
//! ```

use super::{Dialect, Notes, Quirk};
use crate::Attribute;

/// Whether `""` at `path` means that the attribute is unassigned.
pub(crate) fn unassigned(dialect: &Dialect, notes: &mut Notes, attribute: &Attribute, path: &str) -> bool {
    let accepted = dialect.allows(Quirk::EmptyStrings) && !attribute.required;
    if accepted {
        notes.quirk(Quirk::EmptyStrings, format!("{path}: an empty string read as unassigned"));
    }
    accepted
}
