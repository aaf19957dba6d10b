//! Keys of a path-less value that are paths.
//!
//! Entra ID with `aadOptscim062020`:
//!
//! ```json
//! {"Operations": [{"op": "replace", "value": {
//!   "displayName": "Bjfe",
//!   "name.givenName": "Kkom",
//!   "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "Aklq"}}]}
//! ```
//!
//! RFC 7644 §3.5.2.1 and §3.5.2.3 want attributes there, so to the letter these are unknown ones.

use super::{Dialect, Notes, Quirk};

/// Whether `key`, which is no attribute's name, is to be read as a path.
pub(crate) fn is_path(dialect: &Dialect, key: &str) -> bool {
    dialect.allows(Quirk::PathKeys) && key.contains(['.', ':', '['])
}

/// Notes that `key` has been read as a path. What a filter in it compares with may be personal and is left out.
pub(crate) fn note(notes: &mut Notes, key: &str) {
    let name = key.split('[').next().unwrap_or_default();
    notes.quirk(Quirk::PathKeys, format!("{name}: a key read as a path"));
}
