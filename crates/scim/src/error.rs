//! The SCIM error: what a client is told when a request cannot be carried out.

use serde_json::json;

use crate::Object;

/// The `schemas` URI of an error body (RFC 7644 §3.12).
pub const ERROR_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The detail error keyword of RFC 7644 §3.12, Table 9, and of RFC 9865 §2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScimType {
    /// The filter is malformed, or the comparison is not supported for the attribute.
    InvalidFilter,
    /// The query would give more results than the server is willing to return.
    TooMany,
    /// A value is already in use, or is reserved.
    Uniqueness,
    /// The change is not compatible with the attribute's mutability or current state.
    Mutability,
    /// The body's structure is invalid or does not conform to the request schema.
    InvalidSyntax,
    /// The `path` of a PATCH operation is malformed.
    InvalidPath,
    /// The `path` of a PATCH operation did not yield anything to operate on.
    NoTarget,
    /// A required value is missing, or a value does not fit its attribute.
    InvalidValue,
    /// The protocol version in the URL is not supported.
    InvalidVers,
    /// The request holds personal data in its URL.
    Sensitive,
    /// The cursor is not one that the server has given for this query.
    InvalidCursor,
    /// The cursor was given too long ago.
    ExpiredCursor,
    /// The count is not that of the first page.
    InvalidCount,
}

impl ScimType {
    /// The keyword as it stands on the wire, for example `invalidFilter`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// A request that cannot be carried out: HTTP status, optional keyword, and one sentence for the person who reads it.
///
/// ```
/// use enroll_scim::{ScimError, ScimType};
///
/// let error = ScimError::invalid_value("userName is required");
/// assert_eq!(error.status(), 400);
/// assert_eq!(error.scim_type(), Some(ScimType::InvalidValue));
/// assert_eq!(error.to_body()["status"], "400");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ScimError {
    status: u16,
    scim_type: Option<ScimType>,
    detail: String,
}

impl ScimError {
    /// An error with any HTTP `status` and no keyword.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    fn bad(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: 400, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// 400 `invalidFilter`.
    pub fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::InvalidFilter, detail)
    }

    /// 400 `tooMany`.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::TooMany, detail)
    }

    /// 400 `mutability`.
    pub fn mutability(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::Mutability, detail)
    }

    /// 400 `invalidSyntax`.
    pub fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::InvalidSyntax, detail)
    }

    /// 400 `invalidPath`.
    pub fn invalid_path(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::InvalidPath, detail)
    }

    /// 400 `noTarget`.
    pub fn no_target(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::NoTarget, detail)
    }

    /// 400 `invalidValue`.
    pub fn invalid_value(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::InvalidValue, detail)
    }

    /// 400 `invalidVers`.
    pub fn invalid_version(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::InvalidVers, detail)
    }

    /// 403 `sensitive` (RFC 7644 §7.5.2; Table 9 lists it among the keywords of 400, erratum 6893 confirms 403).
    pub fn sensitive(detail: impl Into<String>) -> Self {
        Self { status: 403, scim_type: Some(ScimType::Sensitive), detail: detail.into() }
    }

    /// 400 `invalidCursor` (RFC 9865 §2.1).
    pub fn invalid_cursor(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::InvalidCursor, detail)
    }

    /// 400 `expiredCursor` (RFC 9865 §2.1).
    pub fn expired_cursor(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::ExpiredCursor, detail)
    }

    /// 400 `invalidCount` (RFC 9865 §2.1).
    pub fn invalid_count(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::InvalidCount, detail)
    }

    /// 409 `uniqueness` (RFC 7644 §3.3 for create; the same for every other write).
    pub fn uniqueness(detail: impl Into<String>) -> Self {
        Self { status: 409, scim_type: Some(ScimType::Uniqueness), detail: detail.into() }
    }

    /// 404: nothing of this directory is at that URL.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, detail)
    }

    /// 413: the body or a count in it is over a limit.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(413, detail)
    }

    /// The same error with the place it concerns before its sentence: `operation 2: …`.
    #[must_use]
    pub fn within(mut self, place: impl std::fmt::Display) -> Self {
        self.detail = format!("{place}: {}", self.detail);
        self
    }

    /// The HTTP status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The detail error keyword, where the status has one.
    pub fn scim_type(&self) -> Option<ScimType> {
        self.scim_type
    }

    /// The sentence for the person who reads it; identity providers show it to their administrators.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The error body of RFC 7644 §3.12: `schemas`, `status` as a string, `scimType` and `detail`.
    pub fn to_body(&self) -> Object {
        let mut body = Object::new();
        body.insert("schemas".into(), json!([ERROR_SCHEMA]));
        body.insert("status".into(), json!(self.status.to_string()));
        if let Some(scim_type) = self.scim_type {
            body.insert("scimType".into(), json!(scim_type.as_str()));
        }
        body.insert("detail".into(), json!(self.detail));
        body
    }
}
