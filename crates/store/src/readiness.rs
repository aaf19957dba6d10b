//! What an administrator should know before people rely on a directory: look-ups of what is missing or doubled (enrollment.md §7.1).
//!
//! Each gives the first few with their names, and how many there are in all.

use std::ops::ControlFlow;

use enroll_domain::DirectoryId;

use crate::{StoreError, Tx, params};

/// Objects that something holds for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How many.
    pub count: u64,
    /// The first of them: id and name.
    pub first: Vec<(String, String)>,
}

/// The statement for users without externalId, in the order of an index.
pub(crate) const WITHOUT_EXTERNAL_ID: (&str, &str) = (
    "SELECT count(*) FROM users WHERE directory_id = ?1 AND external_id IS NULL",
    "SELECT id, user_name FROM users WHERE directory_id = ?1 AND external_id IS NULL LIMIT ?2",
);

/// Users of one e-mail address for work, in one pass over an index: an address is written by its type or by none.
pub(crate) const SHARED_EMAIL: (&str, &str) = (
    "SELECT count(*) FROM (SELECT value_key FROM user_emails WHERE directory_id = ?1 AND value_key IS NOT NULL \
     AND (type_key = 'work' OR type_key IS NULL) GROUP BY value_key HAVING min(user_id) <> max(user_id)) AS shared",
    "SELECT min(user_id), value_key FROM user_emails WHERE directory_id = ?1 AND value_key IS NOT NULL \
     AND (type_key = 'work' OR type_key IS NULL) GROUP BY value_key HAVING min(user_id) <> max(user_id) \
     ORDER BY value_key LIMIT ?2",
);

/// What userNames are compared by, from an index alone.
pub(crate) const USER_NAME_KEYS: &str =
    "SELECT user_name_key FROM users WHERE directory_id = ?1 ORDER BY user_name_key";

/// Groups that nothing follows from: no mapping holds them, and they are in no other group.
pub(crate) const UNMAPPED: (&str, &str) = (
    "SELECT count(*) FROM groups WHERE groups.directory_id = ?1 \
     AND NOT EXISTS (SELECT 1 FROM mappings WHERE directory_id = ?1 AND mappings.group_id = groups.id) \
     AND NOT EXISTS (SELECT 1 FROM resource_mappings WHERE directory_id = ?1 AND resource_mappings.group_id = groups.id) \
     AND NOT EXISTS (SELECT 1 FROM group_members WHERE directory_id = ?1 AND group_members.member_id = groups.id)",
    "SELECT groups.id, groups.display_name FROM groups WHERE groups.directory_id = ?1 \
     AND NOT EXISTS (SELECT 1 FROM mappings WHERE directory_id = ?1 AND mappings.group_id = groups.id) \
     AND NOT EXISTS (SELECT 1 FROM resource_mappings WHERE directory_id = ?1 AND resource_mappings.group_id = groups.id) \
     AND NOT EXISTS (SELECT 1 FROM group_members WHERE directory_id = ?1 AND group_members.member_id = groups.id) \
     ORDER BY groups.id LIMIT ?2",
);

/// Users whom the identity provider gives no externalId: it may not recognise them after a rename.
///
/// # Errors
/// The store fails.
pub fn users_without_external_id(
    tx: &Tx<'_>,
    directory: DirectoryId,
    most: u32,
) -> Result<Found, StoreError> {
    found(tx, WITHOUT_EXTERNAL_ID, directory, most)
}

/// E-mail addresses for work that several users have: the name is the address, folded, the id that of one of them.
///
/// # Errors
/// The store fails.
pub fn shared_work_emails(tx: &Tx<'_>, directory: DirectoryId, most: u32) -> Result<Found, StoreError> {
    found(tx, SHARED_EMAIL, directory, most)
}

/// Visits what the userNames of a directory are compared by, in order.
///
/// # Errors
/// The store fails.
pub fn each_user_name_key(
    tx: &Tx<'_>,
    directory: DirectoryId,
    mut visit: impl FnMut(&str),
) -> Result<(), StoreError> {
    tx.each(USER_NAME_KEYS, &params![directory], |row| {
        visit(row.text(0)?);
        Ok(ControlFlow::Continue(()))
    })
}

/// Groups that give no role anywhere.
///
/// # Errors
/// The store fails.
pub fn unmapped_groups(tx: &Tx<'_>, directory: DirectoryId, most: u32) -> Result<Found, StoreError> {
    found(tx, UNMAPPED, directory, most)
}

fn found(
    tx: &Tx<'_>,
    (count, list): (&str, &str),
    directory: DirectoryId,
    most: u32,
) -> Result<Found, StoreError> {
    let number = tx.first(count, &params![directory], |row| row.integer(0))?.unwrap_or(0);
    let first = tx.query(list, &params![directory, most], |row| {
        Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
    })?;
    Ok(Found { count: u64::try_from(number).unwrap_or(0), first })
}
