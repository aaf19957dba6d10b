//! `add` or `replace` on an element that is not there creates it.
//!
//! Entra ID sets the parts of an address one after the other, whether the user has such an address or not:
//!
//! ```json
//! {"Operations": [
//!   {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "bjensen@example.com"},
//!   {"op": "Add", "path": "emails[type eq \"work\"].primary", "value": "True"}]}
//! ```
//!
//! The element begins with what the filter says of it, here `"type": "work"`. RFC 7644 §3.5.2.3 and Table 9 want `noTarget`.

use super::{Dialect, Notes, Quirk};

/// Whether an element may be created from a filter.
pub(crate) fn accepts(dialect: &Dialect) -> bool {
    dialect.allows(Quirk::CreateOnFilter)
}

/// Notes that an element of the attribute `name` has been created.
pub(crate) fn note(notes: &mut Notes, name: &str) {
    notes
        .quirk(Quirk::CreateOnFilter, format!("{name}: no value met the filter, so one was created from it"));
}
