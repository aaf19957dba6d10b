//! Who owns an organization, as far as "is there anybody" has to know (enrollment.md 2.8): the first owner found is enough.

use std::collections::{BTreeMap, BTreeSet};

use enroll_domain::{DirectoryId, GroupId, OrganizationId, Role, RoleOn, Target, UserId};

use crate::id_list::id_lists;
use crate::slice::within_groups;
use crate::{StoreError, Tx, mapping, params};

/// An owner by grant may be of any directory.
const BY_GRANT: &str = "SELECT 1 FROM grants CROSS JOIN users \
    WHERE grants.organization_id = ?1 AND grants.role = 'owner' AND users.id = grants.user_id AND users.active = 1 LIMIT 1";

/// Whether an active user owns the organization, by a grant or through a group.
///
/// # Errors
/// The store fails.
pub fn has_active_owner(tx: &Tx<'_>, organization: OrganizationId) -> Result<bool, StoreError> {
    if tx.first(BY_GRANT, &params![organization], |_| Ok(()))?.is_some() {
        return Ok(true);
    }
    let mut groups: BTreeMap<DirectoryId, BTreeSet<GroupId>> = BTreeMap::new();
    for row in mapping::list_of(tx, Target::Organization(organization))? {
        let mapping = row.mapping;
        if mapping.gives == RoleOn::Organization(organization, Role::Owner) && !mapping.paused {
            groups.entry(mapping.directory).or_default().extend(mapping.group.binding().group());
        }
    }
    for (directory, groups) in groups {
        for list in id_lists(2, groups.into_iter().map(|group| *group.as_uuid())) {
            let sql = by_group(&list.placeholders);
            if tx.first(&sql, &list.after(params![directory]), |_| Ok(()))?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// An active user within groups.
fn by_group(groups: &str) -> String {
    format!(
        "{} SELECT 1 FROM within CROSS JOIN group_members CROSS JOIN users \
         WHERE group_members.directory_id = ?1 AND group_members.group_id = within.id \
         AND group_members.member_type = 'User' \
         AND users.directory_id = ?1 AND users.id = group_members.member_id AND users.active = 1 LIMIT 1",
        within_groups(groups)
    )
}

/// The organizations that a group's members own, through the group itself or through groups around it.
///
/// # Errors
/// The store fails.
pub fn organizations_owned_through(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
) -> Result<Vec<OrganizationId>, StoreError> {
    tx.query(OWNED_THROUGH, &params![directory, group], |row| row.id(0))
}

/// A group and those that it is in.
macro_rules! around_group {
    ($rest:literal) => {
        concat!(
            "WITH RECURSIVE around (id) AS (\
             SELECT groups.id FROM groups WHERE groups.directory_id = ?1 AND groups.id = ?2 \
             UNION \
             SELECT group_members.group_id FROM around CROSS JOIN group_members \
             WHERE group_members.directory_id = ?1 AND group_members.member_id = around.id) ",
            $rest
        )
    };
}

const OWNED_THROUGH: &str = around_group!(
    "SELECT DISTINCT mappings.organization_id FROM around CROSS JOIN mappings \
     WHERE mappings.directory_id = ?1 AND mappings.group_id = around.id AND mappings.binding = 'bound' \
     AND mappings.paused = 0 AND mappings.role = 'owner'"
);

/// Whether a mapping gives the members of a group anything, through the group itself or through groups around it.
///
/// # Errors
/// The store fails.
pub fn gives_access(tx: &Tx<'_>, directory: DirectoryId, group: GroupId) -> Result<bool, StoreError> {
    for sql in [TO_ORGANIZATION, TO_RESOURCE] {
        if tx.first(sql, &params![directory, group], |_| Ok(()))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

const TO_ORGANIZATION: &str = around_group!(
    "SELECT 1 FROM around CROSS JOIN mappings WHERE mappings.directory_id = ?1 AND mappings.group_id = around.id \
     AND mappings.binding = 'bound' AND mappings.paused = 0 LIMIT 1"
);

const TO_RESOURCE: &str = around_group!(
    "SELECT 1 FROM around CROSS JOIN resource_mappings WHERE resource_mappings.directory_id = ?1 \
     AND resource_mappings.group_id = around.id AND resource_mappings.binding = 'bound' \
     AND resource_mappings.paused = 0 LIMIT 1"
);

/// Active users within groups, each once, at most `limit`.
///
/// # Errors
/// The store fails.
pub fn active_users_within(
    tx: &Tx<'_>,
    directory: DirectoryId,
    groups: impl IntoIterator<Item = GroupId>,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    let mut found = BTreeSet::new();
    for list in id_lists(2, groups.into_iter().map(|group| *group.as_uuid())) {
        let sql = format!(
            "{} SELECT DISTINCT users.id FROM within CROSS JOIN group_members CROSS JOIN users \
             WHERE group_members.directory_id = ?1 AND group_members.group_id = within.id \
             AND group_members.member_type = 'User' \
             AND users.directory_id = ?1 AND users.id = group_members.member_id AND users.active = 1 LIMIT {limit}",
            within_groups(&list.placeholders)
        );
        found.extend(tx.query(&sql, &list.after(params![directory]), |row| row.id::<UserId>(0))?);
    }
    Ok(found.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::{OWNED_THROUGH, TO_ORGANIZATION, TO_RESOURCE, by_group};
    use crate::plan_tests::assert_index;

    #[test]
    fn owners_are_found_by_index() {
        assert_index(&by_group("?2, ?3"), 3);
        for sql in [OWNED_THROUGH, TO_ORGANIZATION, TO_RESOURCE] {
            assert_index(sql, 2);
        }
    }
}
