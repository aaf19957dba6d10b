//! An element of a multi-valued attribute given as a bare string: it means the element's `value`.
//!
//! Microsoft's request collection adds a member so:
//!
//! ```json
//! {"Operations": [{"op": "Add", "path": "members", "value": ["2819c223-7f76-453a-919d-413861904646"]}]}
//! ```

use serde_json::Value;

use super::{Dialect, Notes, Quirk};
use crate::{Attribute, Object};

/// The element that the string `text` at `path` stands for; `None` when elements have no `value` or the dialect is strict.
pub(crate) fn read(
    dialect: &Dialect,
    notes: &mut Notes,
    attribute: &Attribute,
    path: &str,
    text: &str,
) -> Option<Object> {
    if !dialect.allows(Quirk::BareValues) {
        return None;
    }
    let value = attribute.sub_attribute("value")?;
    notes.quirk(Quirk::BareValues, format!("{path}: a bare string read as its value"));
    Some(Object::from_iter([(value.name.to_string(), Value::from(text))]))
}
