//! Slices of the database for the enrollment function (enrollment.md 3.5): everything, some users, one organization or resource.
//!
//! What each slice has to hold is said by [`enroll_domain::enrollment::State`].

mod everything;
mod groups_within;
mod page;
mod users;

use enroll_domain::enrollment::GroupFacts;
use enroll_domain::{GroupId, GroupName};

use crate::{Row, StoreError};

pub(crate) use groups_within::within_groups;

pub use everything::everything;
pub use page::{PageUser, Scope, TargetSlice, of_target};
pub use users::of_users;

/// Reads a group without members from the columns id and displayName.
fn read_group(row: &Row<'_>) -> Result<(GroupId, GroupFacts), StoreError> {
    let id: GroupId = row.id(0)?;
    // A name that shows nothing matches no mapping; here it only has to be told from others.
    let name = GroupName::new(row.text(1)?)
        .or_else(|_| GroupName::new(&id.to_string()))
        .map_err(|_| StoreError::Corrupt("a group without a name".to_owned()))?;
    Ok((id, GroupFacts { name, members: Vec::new(), nested: Vec::new() }))
}
