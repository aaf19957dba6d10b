//! Members of groups: one row each, indexed both ways.
//!
//! Adding and removing touches the rows that are named: the cost does not depend on the size of the group.

mod display;
mod groups;
mod kinds;
mod write;

use std::fmt;
use std::str::FromStr;

use enroll_domain::{GroupId, UserId};
use uuid::Uuid;

use crate::{Row, StoreError};

pub use display::{MemberRow, each_of_groups, list, names};
pub use groups::{GroupOfUser, groups_of_users};
pub use kinds::{among, count, kinds};
pub use write::{add, remove, remove_all};

pub(crate) use write::leave_all;

/// A member: a user or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// A user.
    User(UserId),
    /// A group in the group.
    Group(GroupId),
}

impl Member {
    /// The id, whatever it is of.
    pub const fn uuid(&self) -> &Uuid {
        match self {
            Self::User(id) => id.as_uuid(),
            Self::Group(id) => id.as_uuid(),
        }
    }

    /// `User` or `Group`, as SCIM has it.
    pub const fn kind(&self) -> MemberKind {
        match self {
            Self::User(_) => MemberKind::User,
            Self::Group(_) => MemberKind::Group,
        }
    }

    /// Reads an id and a kind from two columns that follow each other.
    pub(crate) fn read(row: &Row<'_>, column: usize) -> Result<Self, StoreError> {
        Ok(match row.id(column.saturating_add(1))? {
            MemberKind::User => Self::User(row.id(column)?),
            MemberKind::Group => Self::Group(row.id(column)?),
        })
    }
}

/// What a member is (RFC 7643 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberKind {
    /// A user.
    User,
    /// A group.
    Group,
}

impl MemberKind {
    /// `User` or `Group`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }
}

impl fmt::Display for MemberKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The word is neither `User` nor `Group`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a member is a User or a Group")]
pub struct UnknownMemberKind;

impl FromStr for MemberKind {
    type Err = UnknownMemberKind;

    fn from_str(text: &str) -> Result<Self, UnknownMemberKind> {
        match text {
            "User" => Ok(Self::User),
            "Group" => Ok(Self::Group),
            _ => Err(UnknownMemberKind),
        }
    }
}
