//! Users: a row, one row for each e-mail address, and a document with everything else.

mod keys;

pub(crate) use keys::Keys;
mod list;
mod reference;
mod write;

use enroll_domain::{DirectoryId, Handle, UserId};
use enroll_scim::{Folded, Object};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, document, params};

pub use list::{Page, Search, count, list, names, search};
pub use reference::{Reference, resolve};
pub use write::{NewUser, Stamp, delete, insert, set_handle, update};

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// The id.
    pub id: UserId,
    /// The directory that the user came from.
    pub directory: DirectoryId,
    /// The userName, as it was sent.
    pub user_name: String,
    /// The externalId.
    pub external_id: Option<String>,
    /// Not deactivated.
    pub active: bool,
    /// The short name in the application.
    pub handle: Handle,
    /// When the user was made.
    pub created: Timestamp,
    /// When the user was last changed.
    pub last_modified: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
    /// The attributes that a client has set, as JSON.
    pub document: String,
}

impl UserRow {
    /// The attributes that a client has set.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the document is not what this program writes.
    pub fn object(&self) -> Result<Object, StoreError> {
        document::parse(&self.document)
    }
}

/// The columns that [`read`] reads.
macro_rules! columns {
    () => {
        "users.id, users.directory_id, users.user_name, users.external_id, users.active, users.handle, \
         users.created, users.last_modified, users.version, users.document"
    };
}
use columns;

const SELECT: &str = concat!("SELECT ", columns!(), " FROM users WHERE users.directory_id = ?1");

fn read(row: &Row<'_>) -> Result<UserRow, StoreError> {
    Ok(UserRow {
        id: row.id(0)?,
        directory: row.id(1)?,
        user_name: row.text(2)?.to_owned(),
        external_id: row.optional_text(3)?.map(str::to_owned),
        active: row.boolean(4)?,
        handle: row.id(5)?,
        created: row.timestamp(6)?,
        last_modified: row.timestamp(7)?,
        version: row.integer(8)?,
        document: row.text(9)?.to_owned(),
    })
}

/// A user by id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, directory: DirectoryId, id: UserId) -> Result<Option<UserRow>, StoreError> {
    tx.first(&format!("{SELECT} AND users.id = ?2"), &params![directory, id], read)
}

/// A user by id, and whether any group has the user as a member: who reads the user need not look for groups otherwise.
///
/// # Errors
/// The store fails.
pub fn find_with_membership(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: UserId,
) -> Result<Option<(UserRow, bool)>, StoreError> {
    tx.first(WITH_MEMBERSHIP, &params![directory, id], |row| Ok((read(row)?, row.boolean(10)?)))
}

const WITH_MEMBERSHIP: &str = concat!(
    "SELECT ",
    columns!(),
    ", CASE WHEN EXISTS (SELECT 1 FROM group_members WHERE group_members.directory_id = ?1 \
     AND group_members.member_id = ?2) THEN 1 ELSE 0 END \
     FROM users WHERE users.directory_id = ?1 AND users.id = ?2"
);

/// A user by userName, without regard to case (RFC 7643 §4.1.1).
///
/// # Errors
/// The store fails.
pub fn find_by_user_name(
    tx: &Tx<'_>,
    directory: DirectoryId,
    user_name: &Folded,
) -> Result<Option<UserRow>, StoreError> {
    let sql = format!("{SELECT} AND users.user_name_key = ?2");
    tx.first(&sql, &params![directory, user_name.as_str()], read)
}

/// A user by handle.
///
/// # Errors
/// The store fails.
pub fn find_by_handle(
    tx: &Tx<'_>,
    directory: DirectoryId,
    handle: &Handle,
) -> Result<Option<UserRow>, StoreError> {
    tx.first(&format!("{SELECT} AND users.handle = ?2"), &params![directory, handle.as_str()], read)
}

/// The users with an externalId, ordered by id: it need not be unique (RFC 7643 §3.1).
///
/// # Errors
/// The store fails.
pub fn find_by_external_id(
    tx: &Tx<'_>,
    directory: DirectoryId,
    external_id: &str,
) -> Result<Vec<UserRow>, StoreError> {
    let mut found = tx.query(BY_EXTERNAL_ID, &params![directory, external_id], read)?;
    // Not in the statement: SQLite would go through the whole directory in the order of the ids, to save the sorting.
    found.sort_by_key(|row| row.id);
    Ok(found)
}

pub(crate) const BY_EXTERNAL_ID: &str =
    concat!("SELECT ", columns!(), " FROM users WHERE users.directory_id = ?1 AND users.external_id = ?2");
