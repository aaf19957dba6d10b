//! `"True"` and `"False"` for a boolean.
//!
//! Entra ID sends them by default, in POST, PUT and PATCH; OneLogin's templates and Keycloak's client send `"true"`:
//!
//! ```json
//! {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
//!  "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
//! ```

use super::{Dialect, Notes, Quirk};

/// The boolean that `text`, the value at `path`, stands for; `None` when it stands for none or the dialect is strict.
pub(crate) fn read(dialect: &Dialect, notes: &mut Notes, path: &str, text: &str) -> Option<bool> {
    if !dialect.allows(Quirk::StringBooleans) {
        return None;
    }
    let value = [true, false].into_iter().find(|value| text.eq_ignore_ascii_case(&value.to_string()))?;
    notes.quirk(Quirk::StringBooleans, format!("{path}: {text:?} read as {value}"));
    Some(value)
}
