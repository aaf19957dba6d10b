//! The search request: a query in a body instead of a URL (RFC 7644 §3.4.3).

use serde_json::{Number, Value};

use crate::quirks::lenient_schemas::check_message;
use crate::validate::{member, shown};
use crate::{Dialect, Notes, Object, ScimError};

/// The `schemas` URI of a search request.
pub const SEARCH_REQUEST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// What a client searches for. Members that are absent or `null` are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchRequest {
    /// The names of the attributes to be returned.
    pub attributes: Option<Vec<String>>,
    /// The names of the attributes to be left out.
    pub excluded_attributes: Option<Vec<String>>,
    /// The filter, as text.
    pub filter: Option<String>,
    /// The attribute to sort by, in attribute notation.
    pub sort_by: Option<String>,
    /// `ascending` or `descending`, unchecked.
    pub sort_order: Option<String>,
    /// The position of the first result, from 1, as sent.
    pub start_index: Option<i64>,
    /// The most results on the page, as sent.
    pub count: Option<i64>,
    /// Where the page begins, as the server has said on the page before; empty for the first page (RFC 9865 §3).
    pub cursor: Option<String>,
}

impl SearchRequest {
    /// Reads the body of a `POST` to `/.search`. Names match in any case; what is not part of a search request is ignored and
    /// written into `notes`.
    ///
    /// ```
    /// use enroll_scim::search::{SEARCH_REQUEST_SCHEMA, SearchRequest};
    /// use enroll_scim::{Dialect, Notes};
    ///
    /// let body = serde_json::json!({"schemas": [SEARCH_REQUEST_SCHEMA], "attributes": ["userName"], "count": 10});
    /// let body = body.as_object().unwrap().clone();
    /// let request = SearchRequest::parse(body, &Dialect::strict(), &mut Notes::default())?;
    /// assert_eq!((request.count, request.filter), (Some(10), None));
    /// # Ok::<(), enroll_scim::ScimError>(())
    /// ```
    ///
    /// # Errors
    /// 400 `invalidSyntax` for a member of another type, and in `strict` for a wrong `schemas`.
    pub fn parse(mut body: Object, dialect: &Dialect, notes: &mut Notes) -> Result<Self, ScimError> {
        let schemas = member(&mut body, "schemas")?;
        check_message(dialect, notes, schemas.as_ref(), SEARCH_REQUEST_SCHEMA, "search request")?;
        let request = Self {
            attributes: names(&mut body, "attributes")?,
            excluded_attributes: names(&mut body, "excludedAttributes")?,
            filter: text(&mut body, "filter")?,
            sort_by: text(&mut body, "sortBy")?,
            sort_order: text(&mut body, "sortOrder")?,
            start_index: number(&mut body, "startIndex")?,
            count: number(&mut body, "count")?,
            cursor: text(&mut body, "cursor")?,
        };
        for name in body.keys() {
            notes.ignored(format!("{} ignored: not part of a search request", shown(name)));
        }
        Ok(request)
    }
}

fn text(body: &mut Object, name: &str) -> Result<Option<String>, ScimError> {
    match member(body, name)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ScimError::invalid_syntax(format!("{name} must be a string"))),
    }
}

/// A list of names; an empty one counts as absent, as an empty parameter of a URL does.
fn names(body: &mut Object, name: &str) -> Result<Option<Vec<String>>, ScimError> {
    let refused = || ScimError::invalid_syntax(format!("{name} must be an array of strings"));
    match member(body, name)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(values)) if values.is_empty() => Ok(None),
        Some(Value::Array(values)) => values
            .into_iter()
            .map(|value| match value {
                Value::String(text) => Ok(text),
                _ => Err(refused()),
            })
            .collect::<Result<_, _>>()
            .map(Some),
        Some(_) => Err(refused()),
    }
}

/// A whole number that fits 64 bits; one that is too large for an `i64` counts as the largest. Beyond 64 bits a JSON reader
/// without arbitrary precision sees a fraction.
fn number(body: &mut Object, name: &str) -> Result<Option<i64>, ScimError> {
    match member(body, name)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) if is_whole(&number) => Ok(Some(number.as_i64().unwrap_or(i64::MAX))),
        Some(_) => Err(ScimError::invalid_syntax(format!("{name} must be a whole number"))),
    }
}

fn is_whole(number: &Number) -> bool {
    number.is_i64() || number.is_u64()
}
