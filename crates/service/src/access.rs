//! Who is in an organization, may she, and why.

use enroll_domain::id::UserId;
use enroll_domain::{Explanation, Role, Source};
use serde::Serialize;

use crate::{Error, Service};

/// A user as other objects name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserSummary {
    /// The id.
    pub id: UserId,
    /// The short name shown in the application.
    pub handle: String,
    /// The SCIM userName.
    pub user_name: String,
}

/// One member of an organization.
#[derive(Debug, Clone, Serialize)]
pub struct MemberEntry {
    /// Who.
    pub user: UserSummary,
    /// The effective role.
    pub role: Role,
    /// Every grant, each with where it comes from.
    pub sources: Vec<Source>,
}

/// A page of the members of an organization, in the order of their ids.
#[derive(Debug, Clone, Serialize)]
pub struct MembersPage {
    /// The members.
    pub members: Vec<MemberEntry>,
    /// What to give as `after` for the next page; `None` on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<UserId>,
}

/// Whether a user may act in an organization.
#[derive(Debug, Clone, Serialize)]
pub struct CheckAnswer {
    /// Whether any role is in force.
    pub allowed: bool,
    /// The effective role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// One sentence that says why.
    pub reason: String,
}

impl Service {
    /// A page of the members of an organization with their effective roles. `organization` is a name or an id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such organization.
    pub async fn organization_members(
        &self,
        organization: &str,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<MembersPage, Error> {
        todo!("{organization}{after:?}{limit}")
    }

    /// Whether `user` (handle, userName or id) may act in `organization` (name or id).
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user or organization; [`Error::Conflict`] when a userName stands for users
    /// of several directories.
    pub async fn check(&self, user: &str, organization: &str) -> Result<CheckAnswer, Error> {
        todo!("{user}{organization}")
    }

    /// Every grant that `user` holds on `organization`, with its source, and what narrowly gives none.
    ///
    /// # Errors
    /// As [`Service::check`].
    pub async fn explain(&self, user: &str, organization: &str) -> Result<(UserSummary, Explanation), Error> {
        todo!("{user}{organization}")
    }
}
