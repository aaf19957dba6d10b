//! Mapped groups and all that they nest.

use std::collections::BTreeSet;

use enroll_domain::enrollment::State;
use enroll_domain::{DirectoryId, GroupId};

use super::read_group;
use crate::id_list::id_lists;
use crate::{StoreError, Tx, params};

/// The mapped groups and all that they nest, without users.
pub(super) fn load_groups(
    tx: &Tx<'_>,
    directory: DirectoryId,
    mapped: &BTreeSet<GroupId>,
    state: &mut State,
) -> Result<(), StoreError> {
    for list in id_lists(2, mapped.iter().map(|group| *group.as_uuid())) {
        let params = list.after(params![directory]);
        let sql = groups_within(&list.placeholders);
        for (id, facts) in tx.query(&sql, &params, read_group)? {
            state.groups.entry(id).or_insert(facts);
        }
        let sql = nesting(&list.placeholders);
        for (outer, nested) in tx.query(&sql, &params, |row| Ok((row.id(0)?, row.id(1)?)))? {
            if let Some(facts) = state.groups.get_mut(&outer)
                && !facts.nested.contains(&nested)
            {
                facts.nested.push(nested);
            }
        }
    }
    Ok(())
}

/// Mapped groups of one directory, with all that they nest.
pub(super) fn within(state: &State, mapped: &BTreeSet<GroupId>) -> BTreeSet<GroupId> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<GroupId> = mapped.iter().copied().collect();
    while let Some(group) = waiting.pop() {
        if let Some(facts) = state.groups.get(&group)
            && found.insert(group)
        {
            waiting.extend(&facts.nested);
        }
    }
    found
}

/// Groups and all that they nest. `UNION` drops what was reached before, so that cycles end; `CROSS JOIN` keeps the order in which
/// the tables are written; an index holds the groups among members, so that users are not read.
pub(crate) fn within_groups(groups: &str) -> String {
    format!(
        "WITH RECURSIVE within (id) AS (\
         SELECT groups.id FROM groups WHERE groups.directory_id = ?1 AND groups.id IN ({groups}) \
         UNION \
         SELECT group_members.member_id FROM within CROSS JOIN group_members \
         WHERE group_members.directory_id = ?1 AND group_members.group_id = within.id \
         AND group_members.member_type = 'Group')"
    )
}

fn groups_within(groups: &str) -> String {
    format!(
        "{} SELECT groups.id, groups.display_name FROM within CROSS JOIN groups \
         WHERE groups.directory_id = ?1 AND groups.id = within.id",
        within_groups(groups)
    )
}

/// Which of them names which.
fn nesting(groups: &str) -> String {
    format!(
        "{} SELECT group_members.group_id, group_members.member_id FROM within CROSS JOIN group_members \
         WHERE group_members.directory_id = ?1 AND group_members.group_id = within.id \
         AND group_members.member_type = 'Group'",
        within_groups(groups)
    )
}

#[cfg(test)]
mod tests {
    use super::{groups_within, nesting};
    use crate::plan_tests::assert_index;

    #[test]
    fn groups_within_mapped_ones_are_found_without_reading_users() {
        for sql in [groups_within("?2, ?3"), nesting("?2, ?3")] {
            let plan = assert_index(&sql, 3);
            assert!(
                plan.iter().any(|step| step.contains("group_members_nested (directory_id=? AND group_id=?)")),
                "{plan:#?}"
            );
            assert!(!plan.iter().any(|step| step.contains("PRIMARY KEY (group_id=?)")), "{plan:#?}");
        }
    }
}
