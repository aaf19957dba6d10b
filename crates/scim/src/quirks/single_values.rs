//! One value where a list belongs: it means a list of that one.
//!
//! Templates that administrators write, and Microsoft's request collection, hold one member or one address without the array:
//!
//! ```json
//! {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Sales",
//!  "members": {"value": "2819c223-7f76-453a-919d-413861904646"}}
//! ```
//!
//! RFC 7643 §2.4 has an array for a multi-valued attribute. The value of a PATCH operation is another matter: RFC 7644
//! §3.5.2.1 adds one value or several, so one alone is right there in both dialects.

use serde_json::Value;

use super::Quirk;
use crate::validate::Reading;
use crate::{Attribute, ScimError};

/// Notes one value where `attribute` has a list.
///
/// # Errors
/// 400 `invalidValue` when the dialect is strict.
pub(crate) fn check(
    cx: &mut Reading<'_>,
    attribute: &Attribute,
    path: &str,
    value: &Value,
) -> Result<(), ScimError> {
    if !attribute.multi_valued || matches!(value, Value::Array(_) | Value::Null) {
        return Ok(());
    }
    if !cx.dialect.allows(Quirk::SingleValues) {
        return Err(ScimError::invalid_value(format!("{path} must be an array of values")));
    }
    cx.notes.quirk(Quirk::SingleValues, format!("{path}: one value read as an array of one"));
    Ok(())
}
