//! The groups that users belong to.

use enroll_domain::{DirectoryId, GroupId, UserId};

use crate::id_list::id_lists;
use crate::{StoreError, Tx, params};

/// One group that one user belongs to (RFC 7643 §4.1.2, `groups`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOfUser {
    /// The user.
    pub user: UserId,
    /// The group.
    pub group: GroupId,
    /// The group's displayName.
    pub display: String,
    /// Whether the group names the user, and not only a group that the user is in.
    pub direct: bool,
}

/// The groups that each of the users belongs to, directly or through other groups, ordered by user and group.
///
/// Cycles end: what was reached is not entered again.
///
/// # Errors
/// The store fails.
pub fn groups_of_users(
    tx: &Tx<'_>,
    directory: DirectoryId,
    users: &[UserId],
) -> Result<Vec<GroupOfUser>, StoreError> {
    if let [user] = users
        && !is_member(tx, directory, *user)?
    {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for list in id_lists(2, users.iter().map(|user| *user.as_uuid())) {
        let sql = statement(&list.placeholders);
        found.extend(tx.query(&sql, &list.after(params![directory]), |row| {
            Ok(GroupOfUser {
                user: row.id(0)?,
                group: row.id(1)?,
                display: row.text(2)?.to_owned(),
                direct: row.boolean(3)?,
            })
        })?);
    }
    // Each statement has ordered its own share.
    found.sort_by_key(|membership| (membership.user, membership.group));
    Ok(found)
}

/// Whether a user is in any group: most look-ups of one user end here, without the walk.
fn is_member(tx: &Tx<'_>, directory: DirectoryId, user: UserId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM group_members WHERE directory_id = ?1 AND member_id = ?2 LIMIT 1";
    Ok(tx.first(sql, &params![directory, user], |_| Ok(()))?.is_some())
}

/// From the rows of the users outward, by the index on members.
fn statement(users: &str) -> String {
    format!(
        "WITH RECURSIVE reached (user_id, group_id) AS (\
             SELECT member_id, group_id FROM group_members \
             WHERE directory_id = ?1 AND member_type = 'User' AND member_id IN ({}) \
             UNION \
             SELECT reached.user_id, group_members.group_id FROM reached \
             CROSS JOIN group_members \
             WHERE group_members.member_id = reached.group_id AND group_members.directory_id = ?1) \
             SELECT reached.user_id, groups.id, groups.display_name, \
             CASE WHEN EXISTS (SELECT 1 FROM group_members WHERE group_members.directory_id = ?1 \
             AND group_members.group_id = groups.id AND group_members.member_id = reached.user_id) THEN 1 ELSE 0 END \
             FROM reached CROSS JOIN groups WHERE groups.id = reached.group_id AND groups.directory_id = ?1 \
             ORDER BY reached.user_id, groups.id",
        users
    )
}

#[cfg(test)]
mod tests {
    use super::statement;
    use crate::plan_tests::assert_index;

    #[test]
    fn groups_of_users_are_found_by_index() {
        assert_index(&statement("?2, ?3"), 3);
    }
}
