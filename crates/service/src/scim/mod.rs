//! Users and groups over SCIM: create, read, list, replace, patch, delete.

mod asserted;
mod bulk;
mod conditions;
mod create;
mod cursor;
mod custom;
mod delete;
mod imported;
mod list;
mod mappings;
mod members;
mod outcome;
mod patch;
mod read;
mod replace;
mod representation;
mod rows;
mod sorted;
pub(crate) mod unique;
mod view;

use enroll_domain::GroupName;
use enroll_scim::{Object, Resource, ScimError};

pub(crate) use asserted::{join_groups, provision};
pub use bulk::{Bulked, FailedOperation, FailedOperations};
pub(crate) use conditions::{check as check_version, check_text as check_version_text};
pub(crate) use imported::{Came, Enterprise, Importing, Names, SaidManager, user_named};
pub use outcome::Outcome;

use crate::models::ResourceKind;

pub use cursor::CURSOR_TIMEOUT;
pub(crate) use cursor::CursorKey;
pub(crate) use read::KeptUsers;
pub use read::Written;

/// `attributes` and `excludedAttributes` as the client has sent them, split at commas; at most one may be given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectionRequest {
    /// `attributes`
    pub attributes: Option<Vec<String>>,
    /// `excludedAttributes`
    pub excluded: Option<Vec<String>>,
}

/// The condition of an `If-Match` header (RFC 7644 §3.14): weak comparison, any of the listed tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any existing version.
    Any,
    /// The opaque part of each tag, without `W/` and quotes.
    Tags(Vec<String>),
}

/// What goes with a write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// What the answer shows.
    pub projection: ProjectionRequest,
    /// The version the client believes to change; `None` for last write wins.
    pub if_match: Option<IfMatch>,
    /// `false` when the answer's body will not be sent: members of a large group are not read then. An explicit projection
    /// brings the body all the same.
    pub representation: bool,
}

/// A query on a collection (RFC 7644 §3.4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// `filter`
    pub filter: Option<String>,
    /// `sortBy`, in attribute notation.
    pub sort_by: Option<String>,
    /// `sortOrder`, as sent; `None` for ascending.
    pub sort_order: Option<String>,
    /// `startIndex`, as sent; below 1 means 1.
    pub start_index: Option<i64>,
    /// `count`, as sent; below 0 means 0; `None` for the default page size.
    pub count: Option<i64>,
    /// `cursor`, as sent; empty for the first page by cursor, `None` for index paging (RFC 9865 §2).
    pub cursor: Option<String>,
    /// What each resource shows.
    pub projection: ProjectionRequest,
}

/// One resource as an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The representation after projection; `None` when [`WriteOptions::representation`] was off and no projection was given.
    pub resource: Option<Object>,
    /// `meta.location`
    pub location: String,
    /// `meta.version`, the ETag, for example `W/"3"`.
    pub version: String,
    /// Whether the request has changed anything.
    pub changed: bool,
}

/// The name of a validated group that is new or renamed.
///
/// The store keeps names apart by more than mappings do: white space around them. Without it both mean the same, and a name stands for
/// one group. A group that was stored with it before keeps its name until it is renamed.
fn group_name(resource: &Resource) -> Result<GroupName, ScimError> {
    let name = GroupName::new(resource.text("displayName").unwrap_or_default())
        .map_err(|error| ScimError::invalid_value(format!("displayName: {error}")))?;
    if name.is_padded() {
        return Err(ScimError::invalid_value(
            "displayName begins or ends with white space: take it off the group's name in the identity provider",
        ));
    }
    Ok(name)
}
