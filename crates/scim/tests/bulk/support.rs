//! Bulk requests as tests write them.

use enroll_scim::bulk::{BulkRequest, Entry, Plan};
use enroll_scim::{Dialect, Limits, Notes, ScimError};
use serde_json::{Value, json};

pub(crate) fn read(body: &Value, dialect: &Dialect) -> Result<BulkRequest, ScimError> {
    let body = body.as_object().unwrap().clone();
    BulkRequest::parse(body, dialect, &Limits::default(), &endpoints(), &mut Notes::default())
}

/// The endpoints of a server without custom resource types.
pub(crate) fn endpoints() -> [String; 2] {
    ["/Users".to_owned(), "/Groups".to_owned()]
}

/// A request in the strict dialect.
pub(crate) fn request(operations: &Value) -> BulkRequest {
    let body =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations });
    read(&body, &Dialect::strict()).unwrap()
}

pub(crate) fn plan(operations: &Value) -> Plan {
    request(operations).into_plan()
}

/// The one entry of a request with one operation.
pub(crate) fn entry(operation: &Value) -> Entry {
    request(&json!([operation])).entries.remove(0)
}

/// A POST of a group with these members.
pub(crate) fn group(bulk_id: &str, members: &[&str]) -> Value {
    let members: Vec<_> = members.iter().map(|member| json!({ "value": member })).collect();
    json!({ "method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": { "displayName": bulk_id, "members": members } })
}

pub(crate) fn patch(path: &str, value: &str) -> Value {
    let operation = json!({ "op": "add", "path": "members", "value": [{ "value": value }] });
    json!({ "method": "PATCH", "path": path, "data": { "Operations": [operation] } })
}
