//! Telling of roles: who has come into an organization, has another role, or has left it; and what people are given on resources
//! (enrollment.md §3.6, §3.10, §6.3).
//!
//! Memberships are derived (`docs/decisions/0002`): access never waits for what happens here. A write says whom it may have
//! touched ([`Reach`]). Few are told of in its own transaction. Of many, the transaction leaves a record, and a job goes through
//! the organizations and resources in slices (`docs/decisions/0009`).

mod brought;
mod difference;
mod past;
mod past_resource;
mod retell;

use std::collections::BTreeSet;

use enroll_domain::enrollment::Mapping;
use enroll_domain::{DirectoryId, GroupId, Target, UserId};
use enroll_store::member::Member;
use enroll_store::{StoreError, Tx, reach, retell as queue, role_history, slice};

use crate::audit::{Moved, Told};

use difference::{Standing, write_differences};

pub use brought::Explained;
pub(crate) use brought::{About, ExplainedSource, explained};
pub use past::{Cause, PastAnswer};
pub use past_resource::ResourcePastAnswer;

/// Users whose roles are looked at in the transaction of the change itself.
const FEW: usize = 200;

/// Whose roles a change may touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// These users, few, perhaps none.
    Users(Vec<UserId>),
    /// Many users, in these organizations and on these resources.
    Targets(Vec<Target>),
}

impl Reach {
    /// One user.
    pub(crate) fn user(user: UserId) -> Self {
        Self::Users(vec![user])
    }

    /// All who are in a group, if it gives them anything.
    pub(crate) fn of_group(tx: &Tx<'_>, directory: DirectoryId, group: GroupId) -> Result<Self, StoreError> {
        let targets = reach::targets(tx, directory, group)?;
        Self::within(tx, directory, &[group], BTreeSet::new(), targets)
    }

    /// All who are in the group of a mapping.
    pub(crate) fn of_mapping(tx: &Tx<'_>, mapping: &Mapping) -> Result<Self, StoreError> {
        let groups: Vec<GroupId> = mapping.group.binding().group().into_iter().collect();
        Self::within(tx, mapping.directory, &groups, BTreeSet::new(), vec![mapping.gives.target()])
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
        let targets = reach::targets(tx, directory, group)?;
        Self::within(tx, directory, &groups, users, targets)
    }

    fn within(
        tx: &Tx<'_>,
        directory: DirectoryId,
        groups: &[GroupId],
        mut users: BTreeSet<UserId>,
        targets: Vec<Target>,
    ) -> Result<Self, StoreError> {
        if targets.is_empty() {
            return Ok(Self::Users(Vec::new()));
        }
        if users.len() <= FEW {
            users.extend(reach::users_within(tx, directory, groups, FEW + 1)?);
        }
        Ok(if users.len() <= FEW { Self::Users(users.into_iter().collect()) } else { Self::Targets(targets) })
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
        Reach::Targets(targets) => {
            targets.iter().try_for_each(|target| queue::insert(tx, cause.sequence, *target, cause.time))
        }
    }
}

fn tell_users(tx: &Tx<'_>, cause: Told, directory: DirectoryId, users: &[UserId]) -> Result<(), StoreError> {
    if users.is_empty() {
        return Ok(());
    }
    let state = slice::of_users(tx, directory, users, false)?;
    let now = Standing::all(&state);
    let before = role_history::in_force(tx, users)?;
    write_differences(tx, cause, Some(directory), before, &now)
}
