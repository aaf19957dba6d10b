//! One organization or resource, a page of its users at a time.

use std::collections::{BTreeMap, BTreeSet};

use enroll_domain::enrollment::{Mapping, ResourceFacts, State, UserFacts};
use enroll_domain::{DirectoryId, GroupId, Handle, OrganizationId, ResourceId, Target, UserId};

use super::groups_within::{load_groups, within};
use crate::id_list::id_lists;
use crate::{Param, StoreError, Tx, grant, mapping, params, resource_grant};

/// A page of the users of an organization or a resource, with all that decides on their roles.
#[derive(Debug, Clone, Default)]
pub struct TargetSlice {
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

/// What is asked about: an organization, or one of its resources.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The organization; none where only what is given on a resource itself is asked about.
    pub organization: Option<OrganizationId>,
    /// The resource.
    pub resource: Option<ResourceId>,
    /// What decides on the resource, where that is asked about.
    pub facts: Option<ResourceFacts>,
    /// For the preview of a change: the mapping as it is and as it would be, where it is there. Only users in their groups are
    /// given: nobody else is concerned.
    pub changed: Option<&'a [Mapping]>,
}

impl Scope<'_> {
    /// An organization with its members.
    pub const fn organization(organization: OrganizationId) -> Self {
        Self { organization: Some(organization), resource: None, facts: None, changed: None }
    }

    /// A resource with everybody who has a role on it that not everybody has.
    pub const fn resource(resource: ResourceId, facts: ResourceFacts) -> Self {
        Self {
            organization: Some(facts.organization),
            resource: Some(resource),
            facts: Some(facts),
            changed: None,
        }
    }

    /// Everybody who is given a role on a target itself: by a mapping to it or a grant on it.
    pub const fn given_on(target: Target) -> Self {
        let (organization, resource) = match target {
            Target::Organization(organization) => (Some(organization), None),
            Target::Resource(resource) => (None, Some(resource)),
        };
        Self { organization, resource, facts: None, changed: None }
    }

    fn targets(&self) -> impl Iterator<Item = Target> {
        let organization = self.organization.map(Target::Organization);
        organization.into_iter().chain(self.resource.map(Target::Resource))
    }
}

/// The users of an organization or a resource, by mapping or by grant, from behind `after`, at most `limit` of them; with the
/// mappings and the users' grants that count there, and the mapped groups with all that they nest. A resource comes with what
/// counts on its organization.
///
/// The cost grows with the groups and the page, not with the members of the groups.
///
/// # Errors
/// The store fails.
pub fn of_target(
    tx: &Tx<'_>,
    scope: &Scope<'_>,
    after: Option<UserId>,
    limit: u32,
) -> Result<TargetSlice, StoreError> {
    let mut slice = TargetSlice::default();
    for target in scope.targets() {
        slice.state.mappings.extend(mapping::list_of(tx, target)?.into_iter().map(|row| row.mapping));
    }
    slice.state.resources.extend(scope.resource.zip(scope.facts));
    let in_force = groups_of(slice.state.mappings.iter().filter(|mapping| !mapping.paused));
    let concerned = scope.changed.map(groups_of);
    let mut directories = in_force.clone();
    for (directory, groups) in concerned.iter().flatten() {
        directories.entry(*directory).or_default().extend(groups);
    }
    for (directory, mapped) in &directories {
        load_groups(tx, *directory, mapped, &mut slice.state)?;
    }
    // One more than the page, to know whether another one follows.
    let wanted = limit.saturating_add(1);
    let mut candidates = BTreeSet::new();
    for (directory, mapped) in concerned.as_ref().unwrap_or(&in_force) {
        for group in within(&slice.state, mapped) {
            candidates.extend(members(tx, *directory, group, after, wanted)?);
            keep_first(&mut candidates, wanted);
        }
    }
    if concerned.is_none() {
        for target in scope.targets() {
            candidates.extend(grantees(tx, target, after, wanted)?);
            keep_first(&mut candidates, wanted);
        }
    }
    let full = candidates.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    keep_first(&mut candidates, limit);
    slice.next = candidates.last().copied().filter(|_| full);

    load_users(tx, &candidates, &mut slice)?;
    for directory in directories.keys() {
        load_memberships(tx, *directory, &candidates, &mut slice.state)?;
    }
    if let Some(organization) = scope.organization {
        let grants = grant::list_of_users(tx, candidates.iter().copied())?.into_iter().map(|row| row.grant);
        slice.state.grants = grants.filter(|grant| grant.organization == organization).collect();
    }
    if let Some(resource) = scope.resource {
        let grants = resource_grant::list_of_users(tx, candidates)?.into_iter().map(|row| row.grant);
        slice.state.resource_grants = grants.filter(|grant| grant.resource == resource).collect();
    }
    Ok(slice)
}

/// The groups that mappings hold, by directory.
fn groups_of<'a>(
    mappings: impl IntoIterator<Item = &'a Mapping>,
) -> BTreeMap<DirectoryId, BTreeSet<GroupId>> {
    let mut groups: BTreeMap<DirectoryId, BTreeSet<GroupId>> = BTreeMap::new();
    for mapping in mappings {
        groups.entry(mapping.directory).or_default().extend(mapping.group.binding().group());
    }
    groups
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
    target: Target,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    let (sql, id) = match target {
        Target::Organization(organization) => (
            "SELECT DISTINCT user_id FROM grants WHERE organization_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3",
            Param::from(organization),
        ),
        Target::Resource(resource) => (
            "SELECT user_id FROM resource_grants WHERE resource_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3",
            Param::from(resource),
        ),
    };
    tx.query(sql, &[id, behind(after), limit.into()], |row| row.id(0))
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
fn load_users(tx: &Tx<'_>, users: &BTreeSet<UserId>, slice: &mut TargetSlice) -> Result<(), StoreError> {
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

#[cfg(test)]
mod tests {
    use super::MEMBERS;
    use crate::plan_tests::assert_index;

    #[test]
    fn a_page_of_members_is_a_range_of_the_primary_key() {
        let plan = assert_index(MEMBERS, 4);
        assert!(
            matches!(plan.as_slice(), [only] if only.contains("(group_id=? AND member_id>?)")),
            "{plan:#?}"
        );
    }
}
