//! Who is in an organization, may she, and why.

use std::fmt;

use enroll_domain::enrollment::{self, Enrollment, State};
use enroll_domain::{Role, UserId};
use enroll_store::{Tx, organization, slice, user};
use serde::Serialize;

use crate::source::{Names, SourceView};
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberEntry {
    /// Who.
    pub user: UserSummary,
    /// The effective role.
    pub role: Role,
    /// Every grant, each with where it comes from; the highest first.
    pub sources: Vec<SourceView>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckAnswer {
    /// Whether any role is in force.
    pub allowed: bool,
    /// The effective role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// One sentence that says why.
    pub reason: String,
}

/// Why a user has, or has not, a role in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainAnswer {
    /// Who.
    pub user: UserSummary,
    /// The organization's name.
    pub organization: String,
    /// Whether the user is active; a deactivated user has no role in force.
    pub active: bool,
    /// The effective role, the highest of all sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Every grant with where it comes from; the highest first.
    pub sources: Vec<SourceView>,
    /// What narrowly gives none, a sentence each.
    pub without_effect: Vec<String>,
}

impl fmt::Display for ExplainAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UserSummary { handle, user_name, .. } = &self.user;
        match self.role {
            Some(role) => write!(f, "{user_name} ({handle}) is {role} of {}.", self.organization)?,
            None => write!(f, "{user_name} ({handle}) has no role in {}.", self.organization)?,
        }
        if !self.sources.is_empty() {
            f.write_str(if self.active { "\nBecause:" } else { "\nKept, not in force:" })?;
            self.sources.iter().try_for_each(|source| write!(f, "\n  - {source}"))?;
        }
        if !self.without_effect.is_empty() {
            f.write_str("\nWithout effect:")?;
            self.without_effect.iter().try_for_each(|miss| write!(f, "\n  - {miss}"))?;
        }
        Ok(())
    }
}
