//! The answer to a bulk request (RFC 7644 §3.7.3).

use serde_json::{Value, json};

use super::{BULK_RESPONSE_SCHEMA, Entry};
use crate::{Object, ScimError};

/// What became of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationResult {
    /// `method`, as the operation had it.
    pub method: Option<String>,
    /// `bulkId`, where the operation had one.
    pub bulk_id: Option<String>,
    /// The resource's URL, except of a POST that has failed.
    pub location: Option<String>,
    /// The resource's ETag, where there is a resource.
    pub version: Option<String>,
    /// The status of success, or the error.
    pub outcome: Result<u16, ScimError>,
}

impl OperationResult {
    /// What became of `entry`, without location and version.
    pub fn of(entry: &Entry, outcome: Result<u16, ScimError>) -> Self {
        let (method, bulk_id) = (entry.method.clone(), entry.bulk_id.clone());
        Self { method, bulk_id, location: None, version: None, outcome }
    }

    /// The element of `Operations`. `status` is a string (RFC 7644 §3.7.3, erratum 7916), and `response` the error, which is
    /// left out on success.
    pub fn to_object(&self) -> Object {
        let mut object = Object::new();
        let texts = [
            ("method", &self.method),
            ("bulkId", &self.bulk_id),
            ("version", &self.version),
            ("location", &self.location),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                object.insert(name.to_owned(), Value::from(text.as_str()));
            }
        }
        let status = match &self.outcome {
            Ok(status) => *status,
            Err(error) => {
                object.insert("response".to_owned(), Value::Object(error.to_body()));
                error.status()
            }
        };
        object.insert("status".to_owned(), Value::from(status.to_string()));
        object
    }
}

/// The BulkResponse of some results, which are in the order of the request (RFC 7644 §3.7).
pub fn response<'r>(results: impl IntoIterator<Item = &'r OperationResult>) -> Object {
    let operations: Vec<Value> =
        results.into_iter().map(|result| Value::Object(result.to_object())).collect();
    Object::from_iter([
        ("schemas".to_owned(), json!([BULK_RESPONSE_SCHEMA])),
        ("Operations".to_owned(), Value::Array(operations)),
    ])
}
