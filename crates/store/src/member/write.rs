//! Adding and removing members.

use enroll_domain::{DirectoryId, GroupId};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Member, MemberKind};
use crate::id_list::id_lists;
use crate::{Param, StoreError, Tx, params};

/// Adds members to a group and gives those that were not members before.
///
/// What is not a user or a group of the directory is not added, whatever the caller believes: ask [`super::kinds()`] first.
///
/// # Errors
/// The store fails.
pub fn add(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
    members: &[Member],
    now: Timestamp,
) -> Result<Vec<Member>, StoreError> {
    let mut added = Vec::new();
    for kind in [MemberKind::User, MemberKind::Group] {
        let ids = members.iter().filter(|member| member.kind() == kind).map(|member| *member.uuid());
        for list in id_lists(4, ids) {
            let sql = insert(kind, &list.placeholders);
            let params = list.after(params![directory, group, now]);
            added.extend(tx.query(&sql, &params, |row| Member::read(row, 0))?);
        }
    }
    Ok(added)
}

/// The rows come from the directory's own users and groups, so that no member of another directory gets in (threat S5).
fn insert(kind: MemberKind, ids: &str) -> String {
    let candidates = match kind {
        MemberKind::User => "SELECT 'User' AS kind, id, directory_id FROM users WHERE directory_id = ?1",
        MemberKind::Group => "SELECT 'Group' AS kind, id, directory_id FROM groups WHERE directory_id = ?1",
    };
    format!(
        "INSERT INTO group_members (directory_id, group_id, member_id, member_type, added) \
         SELECT groups.directory_id, groups.id, candidates.id, candidates.kind, ?3 \
         FROM groups CROSS JOIN ({candidates} AND id IN ({ids})) AS candidates \
         WHERE groups.directory_id = ?1 AND groups.id = ?2 \
         ON CONFLICT (group_id, member_id) DO NOTHING RETURNING member_id, member_type"
    )
}

/// Removes members from a group and gives those that were members. Ids that are not are no error: removing is idempotent.
///
/// # Errors
/// The store fails.
pub fn remove(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
    members: &[Uuid],
) -> Result<Vec<Member>, StoreError> {
    let mut removed = Vec::new();
    for list in id_lists(3, members.iter().copied()) {
        let sql = format!(
            "DELETE FROM group_members WHERE directory_id = ?1 AND group_id = ?2 AND member_id IN ({}) \
             RETURNING member_id, member_type",
            list.placeholders
        );
        removed.extend(tx.query(&sql, &list.after(params![directory, group]), |row| Member::read(row, 0))?);
    }
    Ok(removed)
}

/// Removes all members from a group and gives them.
///
/// # Errors
/// The store fails.
pub fn remove_all(tx: &Tx<'_>, directory: DirectoryId, group: GroupId) -> Result<Vec<Member>, StoreError> {
    tx.query(
        "DELETE FROM group_members WHERE directory_id = ?1 AND group_id = ?2 RETURNING member_id, member_type",
        &params![directory, group],
        |row| Member::read(row, 0),
    )
}

/// Takes a user or a group that is being deleted out of every group; those groups have changed.
pub(crate) fn leave_all(
    tx: &Tx<'_>,
    directory: DirectoryId,
    member: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    let member = Param::Id(member);
    tx.execute(
        "UPDATE groups SET version = version + 1, \
         last_modified = CASE WHEN last_modified > ?3 THEN last_modified ELSE ?3 END \
         WHERE directory_id = ?1 AND id IN \
         (SELECT group_id FROM group_members WHERE directory_id = ?1 AND member_id = ?2)",
        &[directory.into(), member.clone(), now.into()],
    )?;
    tx.execute(
        "DELETE FROM group_members WHERE directory_id = ?1 AND member_id = ?2",
        &[directory.into(), member],
    )
    .map(drop)
}
