//! `managerId` inside `manager`: it means the manager's `value`.
//!
//! OneLogin's template for a user has the name of SCIM 1.1 (its Enterprise User extension, `manager.managerId`):
//!
//! ```json
//! {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"managerId": "2819c223"}}}
//! ```
//!
//! RFC 7643 §4.3 knows no such sub-attribute, so to the letter it is an unknown one and ignored.

use super::{Dialect, Notes, Quirk};
use crate::{Attribute, Object};

const MANAGER_ID: &str = "managerId";

/// Gives `managerId` the name `value`, where `object` is a manager at `path` that has no `value`.
pub(crate) fn rename(
    dialect: &Dialect,
    notes: &mut Notes,
    attribute: &Attribute,
    path: &str,
    object: &mut Object,
) {
    if !attribute.name.is("manager") || !dialect.allows(Quirk::ManagerId) {
        return;
    }
    let Some(value) = attribute.sub_attribute("value") else { return };
    let key = object.keys().find(|key| key.eq_ignore_ascii_case(MANAGER_ID)).cloned();
    let Some(key) = key.filter(|_| !object.keys().any(|key| value.name.is(key))) else { return };
    if let Some(id) = object.shift_remove(&key) {
        notes.quirk(Quirk::ManagerId, format!("{path}: managerId read as value"));
        object.insert(value.name.to_string(), id);
    }
}
