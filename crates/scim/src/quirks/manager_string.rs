//! `manager` as a string, or as an array of one object; `""` removes it.
//!
//! Entra ID sends the id alone, and the empty string when a user has no manager any more; samples of Microsoft's
//! documentation have an array:
//!
//! ```json
//! {"Operations": [{"op": "Add",
//!   "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
//!   "value": "2819c223-7f76-453a-919d-413861904646"}]}
//! ```

use serde_json::Value;

use super::{Dialect, Notes, Quirk};
use crate::{Attribute, Object};

/// What `given` at `path` stands for, where the attribute is complex, has one value, and that value has a `value`: an
/// object, or `null` for a manager that is no more. `None` when it stands for nothing or the dialect is strict.
pub(crate) fn read(
    dialect: &Dialect,
    notes: &mut Notes,
    attribute: &Attribute,
    path: &str,
    given: &Value,
) -> Option<Value> {
    if !dialect.allows(Quirk::ManagerString) {
        return None;
    }
    let value = attribute.sub_attribute("value")?;
    let (means, note) = match given {
        Value::String(text) if text.is_empty() => (Value::Null, "an empty string read as unassigned"),
        Value::String(text) => (
            Object::from_iter([(value.name.to_string(), Value::from(text.as_str()))]).into(),
            "a bare string read as its value",
        ),
        Value::Array(elements) => match elements.as_slice() {
            [Value::Object(object)] => (object.clone().into(), "an array of one object read as the object"),
            _ => return None,
        },
        _ => return None,
    };
    notes.quirk(Quirk::ManagerString, format!("{path}: {note}"));
    Some(means)
}
