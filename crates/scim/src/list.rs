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

/// One page of results by cursor (RFC 9865 §2): as [`list_response`], with where the next page begins instead of a position.
/// `next_cursor` is `None` on the last page, and on no other.
///
/// ```
/// let page = enroll_scim::list::cursor_response(Vec::new(), 7, Some("b3BhcXVl".to_owned()));
/// assert_eq!((&page["totalResults"], &page["nextCursor"]), (&7.into(), &"b3BhcXVl".into()));
/// assert_eq!(page.get("startIndex"), None);
/// ```
pub fn cursor_response(resources: Vec<Value>, total: u64, next_cursor: Option<String>) -> Object {
    let mut page = Object::from_iter([
        ("schemas".to_owned(), json!([LIST_RESPONSE_SCHEMA])),
        ("totalResults".to_owned(), total.into()),
        ("itemsPerPage".to_owned(), resources.len().into()),
    ]);
    page.extend(next_cursor.map(|cursor| ("nextCursor".to_owned(), cursor.into())));
    page.insert("Resources".to_owned(), Value::Array(resources));
    page
}
