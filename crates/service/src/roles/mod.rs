//! Telling of roles: who has come into an organization, has another role, or has left it (enrollment.md §3.6, §6.3).
//!
//! Memberships are derived (`docs/decisions/0002`): access never waits for what happens here. A write says whom it may have
//! touched ([`Reach`]). Few are told of in its own transaction. Of many, the transaction leaves a record, and a job goes through
//! the organizations in slices (`docs/decisions/0009`).

mod brought;
mod difference;
mod past;
mod retell;

use std::collections::BTreeSet;

use enroll_domain::enrollment::{self, Mapping};
use enroll_domain::{DirectoryId, GroupId, OrganizationId, RoleOn, UserId};
use enroll_store::member::Member;
use enroll_store::{StoreError, Tx, reach, retell as queue, role_history, slice};

use crate::audit::{Moved, Told};

use difference::{Standing, write_differences};

pub use brought::Explained;
pub(crate) use brought::ExplainedSource;
pub(crate) use brought::explained;
pub use past::{Cause, PastAnswer};

/// Users whose roles are looked at in the transaction of the change itself.
const FEW: usize = 200;

/// Whose roles a change may touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// These users, few, perhaps none.
    Users(Vec<UserId>),
    /// Many users, in these organizations.
    Organizations(Vec<OrganizationId>),
}

impl Reach {
    /// One user.
    pub(crate) fn user(user: UserId) -> Self {
        Self::Users(vec![user])
    }

    /// All who are in a group, if it gives them anything.
    pub(crate) fn of_group(tx: &Tx<'_>, directory: DirectoryId, group: GroupId) -> Result<Self, StoreError> {
        let organizations = reach::organizations(tx, directory, group)?;
        Self::within(tx, directory, &[group], BTreeSet::new(), organizations)
    }

    /// All who are in the group of a mapping to an organization; nobody for one to a resource, which gives no role on the
    /// organization.
    pub(crate) fn of_mapping(tx: &Tx<'_>, mapping: &Mapping) -> Result<Self, StoreError> {
        let RoleOn::Organization(organization, _) = mapping.gives else {
            return Ok(Self::Users(Vec::new()));
        };
        let groups: Vec<GroupId> = mapping.group.binding().group().into_iter().collect();
        Self::within(tx, mapping.directory, &groups, BTreeSet::new(), vec![organization])
    }

    /// Those who have come into a group or left it, if it gives its members anything.
    pub(crate) fn of_moved(
        tx: &Tx<'_>,
        directory: DirectoryId,
        group: GroupId,
        moved: &Moved,
    ) -> Result<Self, StoreError> {
        if moved.is_empty() {
            return Ok(Self::Users(Vec::new()));
        }
        let (mut users, mut groups) = (BTreeSet::new(), Vec::new());
        for member in moved.added.iter().chain(&moved.removed) {
            match member {
                Member::User(user) => drop(users.insert(*user)),
                Member::Group(nested) => groups.push(*nested),
            }
        }
        let organizations = reach::organizations(tx, directory, group)?;
        Self::within(tx, directory, &groups, users, organizations)
    }

    fn within(
        tx: &Tx<'_>,
        directory: DirectoryId,
        groups: &[GroupId],
        mut users: BTreeSet<UserId>,
        organizations: Vec<OrganizationId>,
    ) -> Result<Self, StoreError> {
        if organizations.is_empty() {
            return Ok(Self::Users(Vec::new()));
        }
        if users.len() <= FEW {
            users.extend(reach::users_within(tx, directory, groups, FEW + 1)?);
        }
        Ok(if users.len() <= FEW {
            Self::Users(users.into_iter().collect())
        } else {
            Self::Organizations(organizations)
        })
    }
}

/// Tells of the roles that a change has touched, now or by a record for the job that does it.
pub(crate) fn tell(
    tx: &Tx<'_>,
    cause: Told,
    directory: DirectoryId,
    reach: &Reach,
) -> Result<(), StoreError> {
    match reach {
        Reach::Users(users) => tell_users(tx, cause, directory, users),
        Reach::Organizations(organizations) => organizations
            .iter()
            .try_for_each(|organization| queue::insert(tx, cause.sequence, *organization, cause.time)),
    }
}

fn tell_users(tx: &Tx<'_>, cause: Told, directory: DirectoryId, users: &[UserId]) -> Result<(), StoreError> {
    if users.is_empty() {
        return Ok(());
    }
    let state = slice::of_users(tx, directory, users, false)?;
    let now = Standing::all(&enrollment::enroll(&state), &state);
    let before = role_history::in_force(tx, users)?;
    write_differences(tx, cause, Some(directory), before, &now)
}
