//! Groups: a row, and a document with everything but the members.

mod list;
mod write;

use enroll_domain::{DirectoryId, GroupId, GroupNameKey};
use enroll_scim::{Folded, Object};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, document, params};

pub use list::{Page, Search, count, list, search};
pub use write::{NewGroup, Stamp, delete, insert, touch, update};

/// A group as stored. Its members are rows of their own: [`crate::member`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// The id.
    pub id: GroupId,
    /// The directory that the group came from.
    pub directory: DirectoryId,
    /// The displayName, as it was sent.
    pub display_name: String,
    /// The externalId.
    pub external_id: Option<String>,
    /// When the group was made.
    pub created: Timestamp,
    /// When the group or its members were last changed.
    pub last_modified: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
    /// The attributes that a client has set, as JSON, without members.
    pub document: String,
}

impl GroupRow {
    /// The attributes that a client has set, without members.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the document is not what this program writes.
    pub fn object(&self) -> Result<Object, StoreError> {
        document::parse(&self.document)
    }
}

const SELECT: &str = "SELECT groups.id, groups.directory_id, groups.display_name, groups.external_id, groups.created, \
    groups.last_modified, groups.version, groups.document FROM groups WHERE groups.directory_id = ?1";

fn read(row: &Row<'_>) -> Result<GroupRow, StoreError> {
    Ok(GroupRow {
        id: row.id(0)?,
        directory: row.id(1)?,
        display_name: row.text(2)?.to_owned(),
        external_id: row.optional_text(3)?.map(str::to_owned),
        created: row.timestamp(4)?,
        last_modified: row.timestamp(5)?,
        version: row.integer(6)?,
        document: row.text(7)?.to_owned(),
    })
}

/// A group by id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, directory: DirectoryId, id: GroupId) -> Result<Option<GroupRow>, StoreError> {
    tx.first(&format!("{SELECT} AND groups.id = ?2"), &params![directory, id], read)
}

/// A group by displayName, without regard to case.
///
/// # Errors
/// The store fails.
pub fn find_by_display_name(
    tx: &Tx<'_>,
    directory: DirectoryId,
    display_name: &Folded,
) -> Result<Option<GroupRow>, StoreError> {
    let sql = format!("{SELECT} AND groups.display_name_key = ?2");
    tx.first(&sql, &params![directory, display_name.as_str()], read)
}

/// The group that a mapping by name means: the name without regard to case and to white space around it (enrollment.md 3.7).
///
/// A group called exactly so comes first; of several with white space, the oldest.
///
/// # Errors
/// The store fails.
pub fn find_for_mapping(
    tx: &Tx<'_>,
    directory: DirectoryId,
    name: &GroupNameKey,
) -> Result<Option<GroupRow>, StoreError> {
    let exact = format!("{SELECT} AND groups.display_name_key = ?2");
    if let Some(group) = tx.first(&exact, &params![directory, name.as_str()], read)? {
        return Ok(Some(group));
    }
    // White space around a name is rare, and so is making a mapping: no index is worth keeping for it.
    let mut found: Option<GroupId> = None;
    tx.each(
        "SELECT id, display_name_key FROM groups WHERE directory_id = ?1 ORDER BY id",
        &params![directory],
        |row| {
            if GroupNameKey::new(row.text(1)?) == *name {
                found = Some(row.id(0)?);
                return Ok(std::ops::ControlFlow::Break(()));
            }
            Ok(std::ops::ControlFlow::Continue(()))
        },
    )?;
    found.map_or(Ok(None), |id| find(tx, directory, id))
}
