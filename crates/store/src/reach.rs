//! Whom a change of a group may reach: inward its users, outward the organizations and resources.

use enroll_domain::{DirectoryId, GroupId, Target, UserId};

use crate::id_list::id_lists;
use crate::{StoreError, Tx, params};

/// The users in the groups, at any depth, `limit` at most. The cost grows with the groups within and the limit, not with the
/// members.
///
/// # Errors
/// The store fails.
pub fn users_within(
    tx: &Tx<'_>,
    directory: DirectoryId,
    groups: &[GroupId],
    limit: usize,
) -> Result<Vec<UserId>, StoreError> {
    let mut found: Vec<UserId> = Vec::new();
    let most = u32::try_from(limit).unwrap_or(u32::MAX);
    for list in id_lists(3, groups.iter().map(|group| *group.as_uuid())) {
        if found.len() >= limit {
            break;
        }
        let sql = within(&list.placeholders);
        found.extend(tx.query(&sql, &list.after(params![directory, most]), |row| row.id::<UserId>(0))?);
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(limit);
    Ok(found)
}

fn within(groups: &str) -> String {
    format!(
        "WITH RECURSIVE within (id) AS (\
         SELECT groups.id FROM groups WHERE groups.directory_id = ?1 AND groups.id IN ({groups}) \
         UNION \
         SELECT group_members.member_id FROM within CROSS JOIN group_members \
         WHERE group_members.directory_id = ?1 AND group_members.group_id = within.id \
         AND group_members.member_type = 'Group') \
         SELECT DISTINCT group_members.member_id FROM within CROSS JOIN group_members \
         WHERE group_members.directory_id = ?1 AND group_members.group_id = within.id \
         AND group_members.member_type = 'User' LIMIT ?2"
    )
}

/// What the group, or groups that contain it at any depth, are mapped to.
///
/// # Errors
/// The store fails.
pub fn targets(tx: &Tx<'_>, directory: DirectoryId, group: GroupId) -> Result<Vec<Target>, StoreError> {
    tx.query(TARGETS, &params![directory, group], |row| {
        Ok(match row.text(1)? {
            "" => Target::Organization(row.id(0)?),
            _ => Target::Resource(row.id(1)?),
        })
    })
}

/// The group itself is not looked up: it may be gone.
const TARGETS: &str = "WITH RECURSIVE around (id) AS (\
    SELECT group_members.group_id FROM group_members \
    WHERE group_members.directory_id = ?1 AND group_members.member_id = ?2 \
    UNION \
    SELECT group_members.group_id FROM around CROSS JOIN group_members \
    WHERE group_members.directory_id = ?1 AND group_members.member_id = around.id) \
    SELECT mappings.organization_id, '' FROM mappings WHERE mappings.directory_id = ?1 AND mappings.group_id = ?2 \
    UNION \
    SELECT mappings.organization_id, '' FROM around CROSS JOIN mappings \
    WHERE mappings.directory_id = ?1 AND mappings.group_id = around.id \
    UNION \
    SELECT '', resource_mappings.resource_id FROM resource_mappings \
    WHERE resource_mappings.directory_id = ?1 AND resource_mappings.group_id = ?2 \
    UNION \
    SELECT '', resource_mappings.resource_id FROM around CROSS JOIN resource_mappings \
    WHERE resource_mappings.directory_id = ?1 AND resource_mappings.group_id = around.id";

#[cfg(test)]
mod tests {
    use super::{TARGETS, within};
    use crate::plan_tests::assert_index;

    #[test]
    fn what_a_change_reaches_is_found_by_index() {
        assert_index(&within("?3, ?4"), 4);
        let plan = assert_index(TARGETS, 2);
        for index in ["mappings_directory_group", "resource_mappings_group"] {
            let searched = format!("{index} (directory_id=? AND group_id=?)");
            assert!(plan.iter().any(|step| step.contains(&searched)), "{plan:#?}");
        }
    }
}
