//! What ids are of.

use enroll_domain::{DirectoryId, GroupId};
use uuid::Uuid;

use super::Member;
use crate::id_list::id_lists;
use crate::{StoreError, Tx, params};

/// Which of the ids are users or groups of the directory, in no order. What is missing from the answer may not become a
/// member (RFC 7643 §2.3.7).
///
/// # Errors
/// The store fails.
pub fn kinds(
    tx: &Tx<'_>,
    directory: DirectoryId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Member>, StoreError> {
    let mut found = Vec::new();
    for list in id_lists(2, ids) {
        let ids = &list.placeholders;
        let sql = format!(
            "SELECT id, 'User' AS kind FROM users WHERE directory_id = ?1 AND id IN ({ids}) \
             UNION ALL \
             SELECT id, 'Group' AS kind FROM groups WHERE directory_id = ?1 AND id IN ({ids})"
        );
        found.extend(tx.query(&sql, &list.after(params![directory]), |row| Member::read(row, 0))?);
    }
    Ok(found)
}

/// Which of the ids are direct members of the group, in no order.
///
/// # Errors
/// The store fails.
pub fn among(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Member>, StoreError> {
    let mut found = Vec::new();
    for list in id_lists(3, ids) {
        let sql = format!(
            "SELECT member_id, member_type FROM group_members WHERE directory_id = ?1 AND group_id = ?2 \
             AND member_id IN ({})",
            list.placeholders
        );
        found.extend(tx.query(&sql, &list.after(params![directory, group]), |row| Member::read(row, 0))?);
    }
    Ok(found)
}

/// How many direct members a group has.
///
/// # Errors
/// The store fails.
pub fn count(tx: &Tx<'_>, directory: DirectoryId, group: GroupId) -> Result<u64, StoreError> {
    let count = tx.first(
        "SELECT count(*) FROM group_members WHERE directory_id = ?1 AND group_id = ?2",
        &params![directory, group],
        |row| row.integer(0),
    )?;
    Ok(u64::try_from(count.unwrap_or_default()).unwrap_or_default())
}
