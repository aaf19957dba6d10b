//! One organization, a page of its users at a time.

use std::collections::{BTreeMap, BTreeSet};

use enroll_domain::enrollment::{Mapping, State, UserFacts};
use enroll_domain::{DirectoryId, GroupId, Handle, OrganizationId, UserId};

use super::read_group;
use crate::id_list::id_lists;
use crate::{Param, StoreError, Tx, grant, mapping, params};

/// A page of an organization's users with all that decides on their roles.
#[derive(Debug, Clone, Default)]
pub struct OrganizationSlice {
    /// What the enrollment function looks at.
    pub state: State,
    /// The users of the page, in the order of ids. A deactivated one is among them.
    pub users: Vec<PageUser>,
    /// Where the next page begins: pass it as `after`. None on the last page.
    pub next: Option<UserId>,
}

/// A user as a list of members shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageUser {
    /// The id.
    pub id: UserId,
    /// The directory that the user came from.
    pub directory: DirectoryId,
    /// The short name.
    pub handle: Handle,
    /// The userName, as it was sent.
    pub user_name: String,
    /// Not deactivated.
    pub active: bool,
}

/// The users of an organization, by mapping or by grant, from behind `after`, at most `limit` of them; with the organization's
/// mappings, the mapped groups with all that they nest, and the users' grants on it.
///
/// The cost grows with the groups and the page, not with the members of the groups.
///
/// # Errors
/// The store fails.
pub fn of_organization(
    tx: &Tx<'_>,
    organization: OrganizationId,
    after: Option<UserId>,
    limit: u32,
) -> Result<OrganizationSlice, StoreError> {
    let rows = mapping::list_of_organization(tx, organization)?;
    let mappings: Vec<Mapping> = rows.into_iter().map(|row| row.mapping).collect();
    let mut slice = OrganizationSlice::default();
    let mut candidates = BTreeSet::new();
    let mut directories: BTreeMap<DirectoryId, BTreeSet<GroupId>> = BTreeMap::new();
    for mapping in mappings.iter().filter(|mapping| !mapping.paused) {
        directories.entry(mapping.directory).or_default().extend(mapping.group.binding().group());
    }
    for (directory, mapped) in &directories {
        load_groups(tx, *directory, mapped, &mut slice.state)?;
    }
    // One more than the page, to know whether another one follows.
    let wanted = limit.saturating_add(1);
    for (directory, mapped) in &directories {
        for group in within(&slice.state, mapped) {
            candidates.extend(members(tx, *directory, group, after, wanted)?);
            keep_first(&mut candidates, wanted);
        }
    }
    candidates.extend(grantees(tx, organization, after, wanted)?);
    keep_first(&mut candidates, wanted);
    let full = candidates.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    keep_first(&mut candidates, limit);
    slice.next = candidates.last().copied().filter(|_| full);

    load_users(tx, &candidates, &mut slice)?;
    for directory in directories.keys() {
        load_memberships(tx, *directory, &candidates, &mut slice.state)?;
    }
    let grants = grant::list_of_users(tx, candidates)?.into_iter().map(|row| row.grant);
    slice.state.grants = grants.filter(|grant| grant.organization == organization).collect();
    slice.state.mappings = mappings;
    Ok(slice)
}

/// The mapped groups and all that they nest, without users.
fn load_groups(
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
fn within(state: &State, mapped: &BTreeSet<GroupId>) -> BTreeSet<GroupId> {
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

/// The first users of a group behind an id: a range of the primary key.
const MEMBERS: &str = "SELECT member_id FROM group_members WHERE directory_id = ?1 AND group_id = ?2 AND member_id > ?3 \
    AND member_type = 'User' ORDER BY member_id LIMIT ?4";

fn members(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    tx.query(MEMBERS, &[directory.into(), group.into(), behind(after), limit.into()], |row| row.id(0))
}

fn grantees(
    tx: &Tx<'_>,
    organization: OrganizationId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    tx.query(
        "SELECT DISTINCT user_id FROM grants WHERE organization_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3",
        &[organization.into(), behind(after), limit.into()],
        |row| row.id(0),
    )
}

fn behind(after: Option<UserId>) -> Param<'static> {
    // The empty text is before every id.
    after.map_or_else(|| Param::from(""), Param::from)
}

fn keep_first(candidates: &mut BTreeSet<UserId>, count: u32) {
    while candidates.len() > usize::try_from(count).unwrap_or(usize::MAX) {
        candidates.pop_last();
    }
}

/// An organization's users may be of any directory: their ids come from its own mappings and grants.
fn load_users(
    tx: &Tx<'_>,
    users: &BTreeSet<UserId>,
    slice: &mut OrganizationSlice,
) -> Result<(), StoreError> {
    for list in id_lists(1, users.iter().map(|user| *user.as_uuid())) {
        let sql = format!(
            "SELECT id, directory_id, handle, user_name, active FROM users WHERE id IN ({})",
            list.placeholders
        );
        slice.users.extend(tx.query(&sql, &list.after([]), |row| {
            Ok(PageUser {
                id: row.id(0)?,
                directory: row.id(1)?,
                handle: row.id(2)?,
                user_name: row.text(3)?.to_owned(),
                active: row.boolean(4)?,
            })
        })?);
    }
    slice.users.sort_by_key(|user| user.id);
    let facts = slice
        .users
        .iter()
        .map(|user| (user.id, UserFacts { directory: Some(user.directory), active: user.active }));
    slice.state.users = facts.collect();
    Ok(())
}

/// Which of the groups name the users of the page.
fn load_memberships(
    tx: &Tx<'_>,
    directory: DirectoryId,
    users: &BTreeSet<UserId>,
    state: &mut State,
) -> Result<(), StoreError> {
    for list in id_lists(2, users.iter().map(|user| *user.as_uuid())) {
        let sql = format!(
            "SELECT group_id, member_id FROM group_members WHERE directory_id = ?1 AND member_id IN ({})",
            list.placeholders
        );
        for (group, user) in
            tx.query(&sql, &list.after(params![directory]), |row| Ok((row.id(0)?, row.id(1)?)))?
        {
            if let Some(facts) = state.groups.get_mut(&group) {
                facts.members.push(user);
            }
        }
    }
    Ok(())
}

/// Groups and all that they nest. `UNION` drops what was reached before, so that cycles end; `CROSS JOIN` keeps the order in which
/// the tables are written; an index holds the groups among members, so that users are not read.
fn within_groups(groups: &str) -> String {
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
    use super::{MEMBERS, groups_within, nesting};
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

    #[test]
    fn a_page_of_members_is_a_range_of_the_primary_key() {
        let plan = assert_index(MEMBERS, 4);
        assert!(
            matches!(plan.as_slice(), [only] if only.contains("(group_id=? AND member_id>?)")),
            "{plan:#?}"
        );
    }
}
