//! The envelope of a bulk request (RFC 7644 §3.7).

use std::collections::HashSet;

use serde_json::Value;

use super::operation::{self, Operation, shown_method};
use super::{BULK_REQUEST_SCHEMA, Plan};
use crate::quirks::lenient_schemas::check_message;
use crate::validate::{member, shown};
use crate::{Dialect, Limits, Notes, Object, ScimError};

/// A bulk request that has been read.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// How many errors end the request; `None` to carry out whatever can be.
    pub fail_on_errors: Option<u64>,
    /// The operations, in the order of the request.
    pub entries: Vec<Entry>,
}

/// One element of `Operations`: what its result is told by, and what it asks for or why it cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `method`, in capitals, for the result.
    pub method: Option<String>,
    /// `path` as it was sent, shortened, for whoever keeps what has failed.
    pub path: Option<String>,
    /// userName or displayName of the resource in its data, for the same.
    pub name: Option<String>,
    /// `bulkId`, for the result and for what refers to it.
    pub bulk_id: Option<String>,
    /// The operation, or the error that is its result.
    pub operation: Result<Operation, ScimError>,
}

impl BulkRequest {
    /// Reads the body of a bulk request (RFC 7644 §3.7). An operation that cannot be read, or whose `bulkId` an earlier one
    /// has, does not fail the request: its entry holds the error.
    ///
    /// ```
    /// use enroll_scim::bulk::BulkRequest;
    /// use enroll_scim::{Dialect, Limits, Notes, json};
    ///
    /// let limits = Limits::default();
    /// let body = br#"{"Operations": [{"method": "DELETE", "path": "/Users/1"}, {"method": "GET", "path": "/Users/1"}]}"#;
    /// let body = json::parse_object(body, &limits)?;
    /// let endpoints = ["/Users".to_owned(), "/Groups".to_owned()];
    /// let request = BulkRequest::parse(body, &Dialect::compat(), &limits, &endpoints, &mut Notes::default())?;
    /// assert!(request.entries[0].operation.is_ok());
    /// assert!(request.entries[1].operation.is_err());
    /// # Ok::<(), enroll_scim::ScimError>(())
    /// ```
    ///
    /// # Errors
    /// - 400 `invalidSyntax`: no `Operations`, a `failOnErrors` that is no positive integer; in `strict` a wrong `schemas`.
    /// - 413: more operations than [`Limits::bulk_operations`].
    pub fn parse(
        mut body: Object,
        dialect: &Dialect,
        limits: &Limits,
        endpoints: &[String],
        notes: &mut Notes,
    ) -> Result<Self, ScimError> {
        let schemas = member(&mut body, "schemas")?;
        check_message(dialect, notes, schemas.as_ref(), BULK_REQUEST_SCHEMA, "bulk request")?;
        let fail_on_errors = fail_on_errors(member(&mut body, "failOnErrors")?.as_ref())?;
        let operations = match member(&mut body, "Operations")? {
            Some(Value::Array(operations)) if !operations.is_empty() => operations,
            _ => {
                return Err(ScimError::invalid_syntax(
                    "Operations must be an array of one operation or more",
                ));
            }
        };
        for name in body.keys() {
            notes.ignored(format!("{} ignored: not part of a bulk request", shown(name)));
        }
        let (count, most) = (operations.len(), limits.bulk_operations);
        if count > most {
            return Err(ScimError::too_large(format!(
                "the request has {count} operations, the limit (maxOperations) is {most}: split it"
            )));
        }
        let mut entries: Vec<Entry> =
            operations.into_iter().map(|operation| Entry::parse(operation, endpoints, notes)).collect();
        refuse_duplicates(&mut entries);
        Ok(Self { fail_on_errors, entries })
    }

    /// Finds out which operation refers to which, and the order in which they can be carried out.
    pub fn into_plan(self) -> Plan {
        Plan::of(self)
    }
}

impl Entry {
    fn parse(operation: Value, endpoints: &[String], notes: &mut Notes) -> Self {
        let Value::Object(mut object) = operation else {
            let error = ScimError::invalid_syntax("an operation must be an object with method and path");
            return Self { method: None, path: None, name: None, bulk_id: None, operation: Err(error) };
        };
        let path = said(&object, "path").and_then(Value::as_str).map(shown);
        let name = said(&object, "data").and_then(Value::as_object).and_then(|data| {
            let name = said(data, "userName").or_else(|| said(data, "displayName"))?;
            Some(name.as_str()?.to_owned())
        });
        let method = text(&mut object, "method");
        let bulk_id = text(&mut object, "bulkId").map(|bulk_id| bulk_id.filter(|text| !text.is_empty()));
        let shown_as = method.as_ref().ok().and_then(Option::as_deref).map(shown_method);
        let known = bulk_id.clone().ok().flatten();
        let operation = method.and(bulk_id).and_then(|bulk_id| {
            operation::parse(shown_as.as_deref(), bulk_id.is_some(), object, endpoints, notes)
        });
        Self { method: shown_as, path, name, bulk_id: known, operation }
    }
}

/// A member, in any case of its name.
fn said<'o>(object: &'o Object, name: &str) -> Option<&'o Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Takes out a member that must be a string where it is given.
fn text(object: &mut Object, name: &str) -> Result<Option<String>, ScimError> {
    match member(object, name)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ScimError::invalid_syntax(format!("{name} must be a string"))),
    }
}

/// A `bulkId` is unique within its request (RFC 7644 §3.7): the first operation keeps it.
fn refuse_duplicates(entries: &mut [Entry]) {
    let mut seen = HashSet::new();
    for entry in entries {
        if let Some(bulk_id) = &entry.bulk_id
            && !seen.insert(bulk_id.clone())
            && entry.operation.is_ok()
        {
            entry.operation = Err(ScimError::invalid_value(format!(
                "an earlier operation has the bulkId {:?}: give each its own",
                shown(bulk_id)
            )));
        }
    }
}

fn fail_on_errors(value: Option<&Value>) -> Result<Option<u64>, ScimError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64() {
            Some(most) if most > 0 => Ok(Some(most)),
            _ => Err(ScimError::invalid_syntax("failOnErrors must be an integer of 1 or more")),
        },
    }
}
