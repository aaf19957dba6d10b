//! Who is in an organization, may she, and why.

use std::collections::BTreeMap;
use std::fmt;

use enroll_domain::enrollment::{self, Enrollment, State};
use enroll_domain::{GroupId, GroupName, OrganizationId, OrganizationName, Role, UserId};
use enroll_store::user::{self, Reference, UserRow};
use enroll_store::{Tx, slice};
use serde::{Deserialize, Serialize};

use crate::admin::find_organization;
use crate::source::{Names, SourceView};
use crate::{Error, Service};

/// A user as other objects name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainAnswer {
    /// Who.
    pub user: UserSummary,
    /// The organization's name.
    pub organization: String,
    /// Whether the user is active; a deactivated user has no role in force.
    pub active: bool,
    /// The effective role, the highest of all sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

impl Service {
    /// A page of the members of an organization with their effective roles. `organization` is a name or an id. A page may have
    /// fewer members than `limit`, as deactivated users count and are not listed.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such organization.
    pub async fn organization_members(
        &self,
        organization: &str,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<MembersPage, Error> {
        let organization = organization.to_owned();
        self.db()
            .read(move |tx| {
                let organization = find_organization(tx, &organization)?.id;
                members_page(tx, organization, after, limit)
            })
            .await
    }

    /// Whether `user` (handle, userName or id) may act in `organization` (name or id).
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user or organization; [`Error::Conflict`] when the name stands for several
    /// users.
    pub async fn check(&self, user: &str, organization: &str) -> Result<CheckAnswer, Error> {
        self.db().look_up(|tx| {
            let (user, organization) = (find_user(tx, user)?, find_organization(tx, organization)?);
            let state = slice::of_users(tx, user.directory, &[user.id], false)?;
            let enrollments = enrollment::enroll(&state);
            Ok(answer(&user, &organization.name, enrollments.get(organization.id, user.id), &state))
        })
    }

    /// Every grant that `user` holds on `organization`, with its source, and what narrowly gives none.
    ///
    /// # Errors
    /// As [`Service::check`].
    pub async fn explain(&self, user: &str, organization: &str) -> Result<ExplainAnswer, Error> {
        self.db().look_up(|tx| {
            let (user, organization) = (find_user(tx, user)?, find_organization(tx, organization)?);
            let state = slice::of_users(tx, user.directory, &[user.id], true)?;
            let explanation = enrollment::explain(&state, organization.id, user.id)
                .ok_or_else(|| Error::Internal("a user is missing from its own slice".to_owned()))?;
            let names = Names(&explanation.group_names);
            Ok(ExplainAnswer {
                user: summary(&user),
                organization: organization.name.to_string(),
                active: explanation.active,
                role: explanation.effective_role,
                sources: explanation.sources.iter().filter_map(|source| names.source(source)).collect(),
                without_effect: explanation.near_misses.iter().map(|miss| names.near_miss(miss)).collect(),
            })
        })
    }
}

/// A page of members, from one snapshot.
pub(crate) fn members_page(
    tx: &Tx<'_>,
    organization: OrganizationId,
    after: Option<UserId>,
    limit: u32,
) -> Result<MembersPage, Error> {
    let slice = slice::of_organization(tx, organization, after, limit)?;
    let enrollments = enrollment::enroll(&slice.state);
    let names = group_names(&slice.state);
    let members = slice
        .users
        .iter()
        .filter_map(|user| {
            let enrollment = enrollments.get(organization, user.id)?;
            Some(MemberEntry {
                user: UserSummary {
                    id: user.id,
                    handle: user.handle.to_string(),
                    user_name: user.user_name.clone(),
                },
                role: enrollment.effective_role?,
                sources: sources(enrollment, &names),
            })
        })
        .collect();
    Ok(MembersPage { members, next: slice.next })
}

/// The user whom a caller names by handle, userName or id, in any directory.
pub(crate) fn find_user(tx: &Tx<'_>, name: &str) -> Result<UserRow, Error> {
    match user::resolve(tx, name)? {
        Reference::One(row) => Ok(row),
        Reference::Nobody => {
            Err(Error::NotFound(format!("there is no user with the handle, userName or id {name:?}")))
        }
        Reference::Several(rows) => {
            let ids: Vec<String> = rows.iter().map(|row| format!("{} ({})", row.id, row.user_name)).collect();
            Err(Error::Conflict(format!(
                "{name:?} stands for several users; say which by its id: {}",
                ids.join(", ")
            )))
        }
    }
}

/// A user as other objects name it.
pub(crate) fn summary(user: &UserRow) -> UserSummary {
    UserSummary { id: user.id, handle: user.handle.to_string(), user_name: user.user_name.clone() }
}

fn group_names(state: &State) -> BTreeMap<GroupId, GroupName> {
    state.groups.iter().map(|(id, facts)| (*id, facts.name.clone())).collect()
}

fn sources(enrollment: &Enrollment, names: &BTreeMap<GroupId, GroupName>) -> Vec<SourceView> {
    enrollment.sources.iter().filter_map(|source| Names(names).source(source)).collect()
}

/// Yes or no, with the sentence that says why.
fn answer(
    user: &UserRow,
    organization: &OrganizationName,
    enrollment: Option<&Enrollment>,
    state: &State,
) -> CheckAnswer {
    let name = &user.user_name;
    let role = enrollment.and_then(|enrollment| enrollment.effective_role);
    let reason = match (role, enrollment) {
        (Some(role), Some(enrollment)) => {
            let first = sources(enrollment, &group_names(state)).into_iter().next();
            let because = first.map(|source| format!(": {source}")).unwrap_or_default();
            format!("{name} is {role} of {organization}{because}")
        }
        _ if !user.active => format!("{name} is deactivated"),
        _ => format!("{name} has no grant on {organization}"),
    };
    CheckAnswer { allowed: role.is_some(), role, reason }
}
