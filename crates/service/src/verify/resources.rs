//! Resources: everybody's role recomputed from the whole state, and compared with lists and checks.

use std::collections::BTreeMap;

use enroll_domain::enrollment::{self, Enrollments, ResourceEnrollments, State};
use enroll_domain::{DirectoryId, ResourceId, ResourceRole, UserId};
use enroll_store::organization::{self, OrganizationRow};
use enroll_store::resource::{self, ResourceRow};
use enroll_store::{Tx, slice};

use super::{Finding, PAGE};
use crate::Error;
use crate::access::{is_listed, resource_members_page};

/// Users whose slices are loaded together.
const CHUNK: usize = 500;

/// Compares every resource of the state; adds a finding for each difference.
pub(super) fn compare(
    tx: &Tx<'_>,
    state: &State,
    enrollments: &Enrollments,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    for (id, expected) in enrollment::enroll_resources(state, enrollments) {
        let missing = || Error::Internal("a resource without its organization".to_owned());
        let row = resource::find(tx, id)?.ok_or_else(missing)?;
        let owner = organization::find(tx, row.organization)?.ok_or_else(missing)?;
        let mut difference =
            |user: UserId, is: Option<ResourceRole>, must: Option<ResourceRole>, how: &str| {
                findings.push(Finding {
                    organization: owner.name.to_string(),
                    user: Some(user),
                    text: format!(
                        "user {user} is {how} on the resource {} as {}, recomputed: {}",
                        row.name,
                        shown(is),
                        shown(must)
                    ),
                });
            };
        let listed = listed(tx, &owner, &row)?;
        let must: BTreeMap<UserId, ResourceRole> = expected
            .iter()
            .filter(|entry| is_listed(entry))
            .filter_map(|entry| Some((entry.user, entry.effective_role?)))
            .collect();
        for user in listed.keys().chain(must.keys().filter(|user| !listed.contains_key(*user))) {
            let (is, must) = (listed.get(user).copied(), must.get(user).copied());
            if is != must {
                difference(*user, is, must, "listed");
            }
        }
        check(tx, state, (id, &row, &owner), &expected, |user, is, must| {
            difference(user, is, must, "checked");
        })?;
    }
    Ok(())
}

/// What `check` would answer for everybody with a role, from their own slices.
fn check(
    tx: &Tx<'_>,
    state: &State,
    (id, row, owner): (ResourceId, &ResourceRow, &OrganizationRow),
    expected: &ResourceEnrollments,
    mut difference: impl FnMut(UserId, Option<ResourceRole>, Option<ResourceRole>),
) -> Result<(), Error> {
    let mut directories: BTreeMap<DirectoryId, Vec<UserId>> = BTreeMap::new();
    for entry in expected {
        if let Some(directory) = state.users.get(&entry.user).and_then(|facts| facts.directory) {
            directories.entry(directory).or_default().push(entry.user);
        }
    }
    for (directory, users) in directories {
        for users in users.chunks(CHUNK) {
            let mut sliced = slice::of_users(tx, directory, users, false)?;
            sliced.resources.insert(id, row.facts(owner.base_resource_role));
            let found = enrollment::enroll_resource(&sliced, id);
            for user in users {
                let (is, must) = (found.effective_role(*user), expected.effective_role(*user));
                if is != must {
                    difference(*user, is, must);
                }
            }
        }
    }
    Ok(())
}

/// Everybody with the role that the list of members shows.
fn listed(
    tx: &Tx<'_>,
    owner: &OrganizationRow,
    row: &ResourceRow,
) -> Result<BTreeMap<UserId, ResourceRole>, Error> {
    let mut all = BTreeMap::new();
    let mut after = None;
    loop {
        let page = resource_members_page(tx, owner, row, after, PAGE)?;
        all.extend(page.members.into_iter().map(|member| (member.user.id, member.role)));
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

fn shown(role: Option<ResourceRole>) -> String {
    role.map_or_else(|| "without a role".to_owned(), |role| role.to_string())
}
