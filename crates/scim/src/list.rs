//! The list response (RFC 7644 §3.4.2).

use serde_json::{Value, json};

use crate::Object;

/// The `schemas` URI of a list response.
pub const LIST_RESPONSE_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// One page of results: `total` is how many there are on all pages, `start_index` the position, from 1, of the first of
/// `resources`. `Resources`, `startIndex` and `itemsPerPage` are always there, on a page without results too.
///
/// ```
/// let page = enroll_scim::list::list_response(Vec::new(), 0, 1);
/// assert_eq!(page["totalResults"], 0);
/// assert_eq!(page["Resources"], serde_json::json!([]));
/// ```
pub fn list_response(resources: Vec<Value>, total: u64, start_index: u64) -> Object {
    Object::from_iter([
        ("schemas".to_owned(), json!([LIST_RESPONSE_SCHEMA])),
        ("totalResults".to_owned(), total.into()),
        ("startIndex".to_owned(), start_index.into()),
        ("itemsPerPage".to_owned(), resources.len().into()),
        ("Resources".to_owned(), Value::Array(resources)),
    ])
}
