//! Some users: for access checks, explanations and the events of a change.

use std::collections::BTreeSet;

use enroll_domain::enrollment::{State, UserFacts};
use enroll_domain::{DirectoryId, GroupId, MappingBinding, UserId};

use super::read_group;
use crate::id_list::id_lists;
use crate::member::Member;
use crate::{Param, StoreError, Tx, grant, mapping, params, resource_grant};

/// The users, the groups around them at any depth with what of their members matters here, the mappings of those groups, and the
/// users' grants on organizations and resources. With `explain` also the mappings of the directory that wait for their group or
/// have lost it. Resources are for the caller to add, who knows which are asked about.
///
/// The cost grows with the users and the groups around them, not with the members of those groups.
///
/// # Errors
/// The store fails.
pub fn of_users(
    tx: &Tx<'_>,
    directory: DirectoryId,
    users: &[UserId],
    explain: bool,
) -> Result<State, StoreError> {
    let mut state = State::default();
    let users: BTreeSet<UserId> = users.iter().copied().collect();
    let wanted = || users.iter().map(|user| *user.as_uuid());
    for (list, alone) in id_lists(2, wanted()).zip(id_lists(1, wanted())) {
        let (ids, inside, of) = (&list.placeholders, list.after(params![directory]), alone.after([]));
        let users = format!("SELECT id, active FROM users WHERE directory_id = ?1 AND id IN ({ids})");
        let (groups, memberships) = (groups_around(ids), memberships(ids));
        let grants = [grant::of_users(&alone.placeholders), resource_grant::of_users(&alone.placeholders)];
        let statements: [(&str, &[Param<'_>]); 5] = [
            (&users, &inside),
            (&groups, &inside),
            (&memberships, &inside),
            (&grants[0], &of),
            (&grants[1], &of),
        ];
        tx.each_of(&statements, |statement, row| {
            match statement {
                0 => {
                    let facts = UserFacts { directory: Some(directory), active: row.boolean(1)? };
                    state.users.insert(row.id(0)?, facts);
                }
                1 => {
                    let (id, facts) = read_group(row)?;
                    state.groups.entry(id).or_insert(facts);
                }
                2 => add_member(&mut state, row.id(2)?, Member::read(row, 0)?),
                // Those of users of another directory are left out, as these users are.
                3 => {
                    let grant = grant::read(row)?.grant;
                    state.grants.extend(state.users.contains_key(&grant.user).then_some(grant));
                }
                _ => {
                    let grant = resource_grant::read(row)?.grant;
                    state.resource_grants.extend(state.users.contains_key(&grant.user).then_some(grant));
                }
            }
            Ok(())
        })?;
    }
    state.grants.sort_by_key(|grant| grant.id);
    state.resource_grants.sort_by_key(|grant| grant.id);
    let groups = state.groups.keys().copied();
    state.mappings =
        mapping::list_of_groups(tx, directory, groups)?.into_iter().map(|row| row.mapping).collect();
    if explain {
        let all = mapping::list(tx, directory)?.into_iter().map(|row| row.mapping);
        state
            .mappings
            .extend(all.filter(|mapping| !matches!(mapping.group.binding(), MappingBinding::Bound(_))));
    }
    Ok(state)
}

/// Two users' shares of a long list may come to the same groups.
fn add_member(state: &mut State, group: GroupId, member: Member) {
    let Some(facts) = state.groups.get_mut(&group) else { return };
    match member {
        Member::User(user) => facts.members.push(user),
        Member::Group(nested) if facts.nested.contains(&nested) => {}
        Member::Group(nested) => facts.nested.push(nested),
    }
}

/// The groups around users, outward. `UNION` drops what was reached before, so that cycles end; `CROSS JOIN` keeps the order in
/// which the tables are written.
fn around(users: &str) -> String {
    format!(
        "WITH RECURSIVE around (id) AS (\
         SELECT group_id FROM group_members WHERE directory_id = ?1 AND member_id IN ({users}) \
         UNION \
         SELECT group_members.group_id FROM around CROSS JOIN group_members \
         WHERE group_members.directory_id = ?1 AND group_members.member_id = around.id)"
    )
}

fn groups_around(users: &str) -> String {
    format!(
        "{} SELECT groups.id, groups.display_name FROM around CROSS JOIN groups \
         WHERE groups.directory_id = ?1 AND groups.id = around.id",
        around(users)
    )
}

/// The users' own rows, and the rows between the groups around them.
fn memberships(users: &str) -> String {
    format!(
        "{} SELECT member_id, member_type, group_id FROM group_members \
         WHERE directory_id = ?1 AND member_id IN ({users}) \
         UNION \
         SELECT group_members.member_id, group_members.member_type, group_members.group_id \
         FROM around CROSS JOIN group_members \
         WHERE group_members.directory_id = ?1 AND group_members.member_id = around.id",
        around(users)
    )
}

#[cfg(test)]
mod tests {
    use super::{groups_around, memberships};
    use crate::plan_tests::assert_index;

    #[test]
    fn what_is_around_users_is_found_by_index() {
        assert_index(&groups_around("?2, ?3"), 3);
        assert_index(&memberships("?2, ?3"), 3);
    }
}
