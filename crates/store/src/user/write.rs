//! Making, changing and deleting users.

use enroll_domain::{DirectoryId, Handle, HandleBase, UserId};
use enroll_scim::{Folded, Resource};
use jiff::Timestamp;

use super::keys::{EmailKeys, Keys};
use crate::handle::{self, Owner};
use crate::tombstone::{self, Deletion};
use crate::{Param, StoreError, Tx, document, params, stamp};

pub use crate::stamp::Stamp;

/// A user to be stored.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// The directory.
    pub directory: DirectoryId,
    /// The id, never used before.
    pub id: UserId,
    /// What the handle is made from.
    pub handle: &'a HandleBase,
    /// When.
    pub now: Timestamp,
    /// The attributes.
    pub resource: &'a Resource,
}

/// A user, with a handle that is the user's.
const STORE: &str = "INSERT INTO users (directory_id, id, user_name, user_name_key, display_name_key, external_id, active, handle, \
    created, last_modified, version, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, 1, ?10)";

/// The same, if the handle is.
const STORE_IF: &str = "INSERT INTO users (directory_id, id, user_name, user_name_key, display_name_key, external_id, active, handle, \
    created, last_modified, version, document) \
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, CAST(?7 AS BIGINT), ?8, CAST(?9 AS BIGINT), CAST(?9 AS BIGINT), 1, ?10 \
    WHERE EXISTS (SELECT 1 FROM handles WHERE handle = ?8 AND owner_id = ?2)";

/// Stores a user, with the first free handle of its base: without a number, else with the smallest free one from 1 (enrollment.md 2.2).
/// Gives the handle. The version is 1.
///
/// # Errors
/// [`StoreError::Unique`] when the directory has a user of that userName, in any case.
pub fn insert(tx: &Tx<'_>, user: &NewUser<'_>) -> Result<Handle, StoreError> {
    let keys = Keys::of(user.resource);
    let document = document::print(user.resource.as_object(), None)?;
    let handle = match user.handle.without_suffix() {
        Some(handle) if insert_as(tx, user, (&keys, &document), &handle)? => handle,
        _ => {
            let handle = handle::claim_numbered(tx, user.handle, user.id)?;
            tx.execute(STORE, &row(user, (&keys, &document), &handle))?;
            handle
        }
    };
    insert_emails(tx, user.directory, user.id, &keys.emails)?;
    Ok(handle)
}

/// Claims a handle and stores the user with it; does neither if it is taken.
fn insert_as(
    tx: &Tx<'_>,
    user: &NewUser<'_>,
    stored: (&Keys, &str),
    handle: &Handle,
) -> Result<bool, StoreError> {
    let claim = handle::taking(handle.as_str(), Owner::User(user.id));
    let row = row(user, stored, handle);
    // Nearly always both are free.
    if tx.assume(&[(handle::TAKE_FREE, &claim), (STORE, &row)])? {
        return Ok(true);
    }
    let (claimed, _) = tx.execute_pair((handle::TAKE, &claim), (STORE_IF, &row))?;
    Ok(claimed > 0)
}

/// The parameters of [`STORE`] and of [`STORE_IF`].
fn row<'p>(
    user: &'p NewUser<'_>,
    (keys, document): (&'p Keys, &'p str),
    handle: &'p Handle,
) -> [Param<'p>; 10] {
    params![
        user.directory,
        user.id,
        &keys.user_name,
        keys.user_name_key.as_str(),
        keys.display_name_key.as_ref().map(Folded::as_str),
        keys.external_id.as_deref(),
        keys.active,
        handle.as_str(),
        user.now,
        document,
    ]
}

/// Replaces the attributes of a user; `None` if there is no such user, or it has another version than `expected`.
///
/// # Errors
/// [`StoreError::Unique`] when the directory has another user of that userName, in any case.
pub fn update(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: UserId,
    resource: &Resource,
    now: Timestamp,
    expected: Option<i64>,
) -> Result<Option<Stamp>, StoreError> {
    let keys = Keys::of(resource);
    let document = document::print(resource.as_object(), None)?;
    let stamps = tx.query(
        "UPDATE users SET user_name = ?3, user_name_key = ?4, display_name_key = ?5, external_id = ?6, active = ?7, \
         document = ?8, version = version + 1, \
         last_modified = CASE WHEN last_modified > ?9 THEN last_modified ELSE ?9 END \
         WHERE directory_id = ?1 AND id = ?2 AND version = coalesce(?10, version) RETURNING version, last_modified",
        &params![
            directory,
            id,
            &keys.user_name,
            keys.user_name_key.as_str(),
            keys.display_name_key.as_ref().map(Folded::as_str),
            keys.external_id.as_deref(),
            keys.active,
            document,
            now,
            expected,
        ],
        stamp::read,
    )?;
    let Some(stamp) = stamps.first().copied() else { return Ok(None) };
    tx.execute("DELETE FROM user_emails WHERE directory_id = ?1 AND user_id = ?2", &params![directory, id])?;
    insert_emails(tx, directory, id, &keys.emails)?;
    Ok(Some(stamp))
}

/// Gives a user another handle, already claimed ([`crate::handle::change`]); answers whether there is such a user.
///
/// # Errors
/// [`StoreError::Unique`] when another user has it.
pub fn set_handle(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: UserId,
    handle: &Handle,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE users SET handle = ?3, version = version + 1, \
         last_modified = CASE WHEN last_modified > ?4 THEN last_modified ELSE ?4 END \
         WHERE directory_id = ?1 AND id = ?2",
        &params![directory, id, handle.as_str(), now],
    )?;
    Ok(changed > 0)
}

/// Deletes a user with addresses, memberships and grants; answers whether there was one.
///
/// The groups that lose a member have changed. A tombstone stays, and the handle stays taken (enrollment.md 2.5).
///
/// # Errors
/// The store fails.
pub fn delete(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: UserId,
    deletion: Deletion<'_>,
) -> Result<bool, StoreError> {
    let Some(user) = super::find(tx, directory, id)? else { return Ok(false) };
    let of_user = params![directory, id];
    crate::member::leave_all(tx, directory, *id.as_uuid(), deletion.now)?;
    tx.execute("DELETE FROM user_emails WHERE directory_id = ?1 AND user_id = ?2", &of_user)?;
    tx.execute(
        "DELETE FROM grants WHERE user_id IN (SELECT id FROM users WHERE directory_id = ?1 AND id = ?2)",
        &of_user,
    )?;
    tx.execute("DELETE FROM users WHERE directory_id = ?1 AND id = ?2", &of_user)?;
    handle::bury(tx, user.handle.as_str())?;
    let handle = Some(&user.handle);
    tombstone::insert(tx, directory, *id.as_uuid(), "User", handle, &user.user_name, deletion)?;
    Ok(true)
}

fn insert_emails(
    tx: &Tx<'_>,
    directory: DirectoryId,
    user: UserId,
    emails: &[EmailKeys],
) -> Result<(), StoreError> {
    for (position, email) in (0_i64..).zip(emails) {
        tx.execute_later(
            "INSERT INTO user_emails (directory_id, user_id, position, type_key, value_key) VALUES (?1, ?2, ?3, ?4, ?5)",
            &params![
                directory,
                user,
                position,
                email.kind.as_ref().map(Folded::as_str),
                email.value.as_ref().map(Folded::as_str),
            ],
        )?;
    }
    Ok(())
}
