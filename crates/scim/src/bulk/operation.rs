//! One operation of a bulk request (RFC 7644 §3.7).

use serde_json::Value;

use super::target::{self, Endpoint};
use crate::validate::{member, shown};
use crate::{Notes, Object, ScimError};

/// One operation that has been read. What its data means is found out when it is carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The resource type it is for.
    pub endpoint: Endpoint,
    /// What it does.
    pub action: Action,
    /// The version that the client believes to change; `None` for last write wins.
    pub version: Option<Version>,
}

/// What an operation does. An id may be a `bulkId:…` until it is resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `POST`: create a resource from this body.
    Post(Object),
    /// `PUT`: replace the resource of that id by this body.
    Put(String, Object),
    /// `PATCH`: change the resource of that id by this PatchOp.
    Patch(String, Object),
    /// `DELETE` the resource of that id.
    Delete(String),
}

/// The `version` of an operation: what `If-Match` would say in a single request (RFC 7644 §3.14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// `*`: any version, as long as there is one.
    Any,
    /// The opaque part of an entity tag, without `W/` and quotes.
    Tag(String),
}

impl Action {
    /// The id of the resource that is changed; `None` for POST.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Post(_) => None,
            Self::Put(id, _) | Self::Patch(id, _) | Self::Delete(id) => Some(id),
        }
    }

    /// The body, where there is one.
    pub fn data(&self) -> Option<&Object> {
        match self {
            Self::Post(data) | Self::Put(_, data) | Self::Patch(_, data) => Some(data),
            Self::Delete(_) => None,
        }
    }
}

/// The four methods, as they are compared and answered.
const METHODS: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

/// The method as the answer names it: in capitals when it is one of the four, else as it was sent, shortened.
pub(super) fn shown_method(method: &str) -> String {
    match METHODS.iter().find(|known| known.eq_ignore_ascii_case(method)) {
        Some(known) => (*known).to_owned(),
        None => shown(method),
    }
}

/// Reads an operation without its `method` and `bulkId`, which have been taken out before.
///
/// # Errors
/// 400 `invalidSyntax` for an unknown method, a missing or malformed member; 400 `invalidValue` for `path` and `version`.
pub(super) fn parse(
    method: Option<&str>,
    has_bulk_id: bool,
    mut object: Object,
    endpoints: &[String],
    notes: &mut Notes,
) -> Result<Operation, ScimError> {
    let method =
        method.ok_or_else(|| ScimError::invalid_syntax("method is required: POST, PUT, PATCH or DELETE"))?;
    let (endpoint, id) = match member(&mut object, "path")? {
        Some(Value::String(path)) => target::parse(&path, endpoints)?,
        None | Some(Value::Null) => return Err(ScimError::invalid_syntax("path is required")),
        Some(_) => return Err(ScimError::invalid_syntax("path must be a string")),
    };
    let version = version(member(&mut object, "version")?)?;
    let data = member(&mut object, "data")?;
    for name in object.keys() {
        notes.ignored(format!("{} ignored: not part of a bulk operation", shown(name)));
    }
    let action = match (method, id) {
        ("POST", None) if !has_bulk_id => {
            return Err(ScimError::invalid_syntax("a POST needs a bulkId, by which its result can be told"));
        }
        ("POST", None) => Action::Post(body(method, data)?),
        ("PUT", Some(id)) => Action::Put(id, body(method, data)?),
        ("PATCH", Some(id)) => Action::Patch(id, body(method, data)?),
        ("DELETE", Some(id)) => Action::Delete(id),
        ("POST", Some(_)) => {
            return Err(ScimError::invalid_value("path of a POST must be /Users or /Groups, without an id"));
        }
        ("PUT" | "PATCH" | "DELETE", None) => {
            return Err(ScimError::invalid_value(format!(
                "path of a {method} must name a resource: /Users/{{id}} or /Groups/{{id}}"
            )));
        }
        (other, _) => {
            return Err(ScimError::invalid_syntax(format!(
                "method must be POST, PUT, PATCH or DELETE, not {other:?}"
            )));
        }
    };
    // There is nothing yet that a POST could have a version of.
    let version = version.filter(|_| action.id().is_some());
    Ok(Operation { endpoint, action, version })
}

fn body(method: &str, data: Option<Value>) -> Result<Object, ScimError> {
    match data {
        Some(Value::Object(data)) => Ok(data),
        None | Some(Value::Null) => Err(ScimError::invalid_syntax(format!("a {method} needs data"))),
        Some(_) => Err(ScimError::invalid_syntax("data must be an object: the body of the single request")),
    }
}

/// A version that cannot be read must not be taken for none.
fn version(version: Option<Value>) -> Result<Option<Version>, ScimError> {
    let invalid =
        || ScimError::invalid_value("version must be an entity tag in quotes, for example W/\"3\", or *");
    let text = match version {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        Some(_) => return Err(invalid()),
    };
    let text = text.trim();
    if text == "*" {
        return Ok(Some(Version::Any));
    }
    let quoted = text.strip_prefix("W/").or_else(|| text.strip_prefix("w/")).unwrap_or(text);
    let tag = quoted.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).ok_or_else(invalid)?;
    if tag.contains('"') { Err(invalid()) } else { Ok(Some(Version::Tag(tag.to_owned()))) }
}
