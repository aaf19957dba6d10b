//! The value of a path-less operation as JSON inside a string.
//!
//! scim-for-keycloak 3.10.2, when it reconciles:
//!
//! ```json
//! {"Operations": [{"op": "replace", "value": "{\"displayName\": \"Sales\", \"members\": [{\"value\": \"2819c223\"}]}"}]}
//! ```

use serde_json::Value;

use super::{Dialect, Notes, Quirk};
use crate::{Limits, json};

/// The object that `text` holds; `None` when it holds none or the dialect is strict.
pub(crate) fn read(dialect: &Dialect, notes: &mut Notes, limits: &Limits, text: &str) -> Option<Value> {
    if !dialect.allows(Quirk::JsonStringValue) {
        return None;
    }
    let object = json::parse_object(text.as_bytes(), limits).ok()?;
    notes.quirk(
        Quirk::JsonStringValue,
        "the value of an operation without path: JSON in a string read as an object",
    );
    Some(Value::Object(object))
}
