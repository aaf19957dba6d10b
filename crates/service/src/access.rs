//! Who is in an organization, may she, and why.

mod kept_checks;
mod reach;
mod resource;

use std::collections::BTreeMap;
use std::fmt;

use enroll_domain::enrollment::{self, Enrollment, State};
use enroll_domain::{GroupId, GroupName, OrganizationId, OrganizationName, Role, UserId};
use enroll_store::Tx;
use enroll_store::slice::{self, PageUser, Scope};
use enroll_store::user::{self, Reference, UserRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use reach::{AccessEntry, AccessSources};
pub use resource::{ResourceExplainAnswer, ResourceMemberEntry};

pub(crate) use kept_checks::KeptChecks;
pub(crate) use resource::{is_listed, resource_members_page};

use crate::admin::find_organization;
use crate::roles::{About, Explained, ExplainedSource, explained};
use crate::source::{Names, SourceView};
use crate::{Error, Service};

/// A user as other objects name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSummary {
    /// The id.
    pub id: UserId,
    /// The short name shown in the application.
    pub handle: String,
    /// The SCIM userName.
    pub user_name: String,
}

/// One member of an organization; as [`ResourceMemberEntry`], one who has a role on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "MemberEntry_{R}")]
pub struct MemberEntry<R = Role, S = SourceView<R>> {
    /// Who.
    pub user: UserSummary,
    /// The effective role.
    pub role: R,
    /// Every grant, each with where it comes from; the highest first.
    pub sources: Vec<S>,
}

/// A page of the members of an organization, or of those with a role on a resource, in the order of their ids.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "MembersPage_{E}")]
pub struct MembersPage<E = MemberEntry> {
    /// The members.
    pub members: Vec<E>,
    /// What to give as `after` for the next page; `None` on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<UserId>,
}

/// Whether a user may act in an organization or on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckAnswer<R = Role> {
    /// Whether a role is in force, and is as high as was asked for.
    pub allowed: bool,
    /// The effective role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<R>,
    /// One sentence that says why.
    pub reason: String,
}

/// Why a user has, or has not, a role in an organization or on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ExplainAnswer_{R}")]
pub struct ExplainAnswer<R = Role, S = SourceView<R>> {
    /// Who.
    pub user: UserSummary,
    /// The organization's name.
    pub organization: String,
    /// The resource's name, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Whether the user is active; a deactivated user has no role in force.
    pub active: bool,
    /// The effective role, the highest of all sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<R>,
    /// Every grant with where it comes from and what brought it; the highest first.
    #[schemars(with = "Vec<ExplainedSource>")]
    pub sources: Vec<Explained<S>>,
    /// What narrowly gives none, a sentence each.
    pub without_effect: Vec<String>,
}

impl<R: fmt::Display, S: fmt::Display> fmt::Display for ExplainAnswer<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UserSummary { handle, user_name, .. } = &self.user;
        match (&self.role, &self.resource) {
            (Some(role), None) => write!(f, "{user_name} ({handle}) is {role} of {}.", self.organization)?,
            (None, None) => write!(f, "{user_name} ({handle}) has no role in {}.", self.organization)?,
            (Some(role), Some(resource)) => {
                write!(f, "{user_name} ({handle}) has {role} on {}/{resource}.", self.organization)?;
            }
            (None, Some(resource)) => {
                write!(f, "{user_name} ({handle}) has no role on {}/{resource}.", self.organization)?;
            }
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
        self.check_role(user, organization, None).await
    }

    /// [`Service::check`]; with `least`, whether in that role or a higher one.
    ///
    /// # Errors
    /// As [`Service::check`].
    pub async fn check_role(
        &self,
        user: &str,
        organization: &str,
        least: Option<Role>,
    ) -> Result<CheckAnswer, Error> {
        let read = || {
            self.db().look_up(|tx| {
                let (user, organization) = (find_user(tx, user)?, find_organization(tx, organization)?);
                let state = slice::of_users(tx, user.directory, &[user.id], false)?;
                let found = enrollment::enroll(&state);
                Ok::<_, Error>(answer(
                    &user,
                    &organization.name,
                    least,
                    found.get(organization.id, user.id),
                    &state,
                ))
            })
        };
        self.checks().organization(self.seen().await, (user, organization, least), read).await
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
                resource: None,
                active: explanation.active,
                role: explanation.effective_role,
                sources: explained(
                    tx,
                    About::now(user.id, organization.id, None),
                    explanation.sources.iter().filter_map(|source| names.source(source)),
                )?,
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
    let slice = slice::of_target(tx, &Scope::organization(organization), after, limit)?;
    let enrollments = enrollment::enroll(&slice.state);
    let names = group_names(&slice.state);
    let members = slice
        .users
        .iter()
        .filter_map(|user| {
            let enrollment = enrollments.get(organization, user.id)?;
            Some(MemberEntry {
                user: page_user(user),
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

/// A user of a slice as other objects name it.
pub(crate) fn page_user(user: &PageUser) -> UserSummary {
    UserSummary { id: user.id, handle: user.handle.to_string(), user_name: user.user_name.clone() }
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
    least: Option<Role>,
    enrollment: Option<&Enrollment>,
    state: &State,
) -> CheckAnswer {
    let name = &user.user_name;
    let role = enrollment.and_then(|enrollment| enrollment.effective_role);
    let allowed = role.is_some_and(|role| least.is_none_or(|least| role >= least));
    let reason = match (role, enrollment) {
        (Some(role), Some(enrollment)) => {
            let first = sources(enrollment, &group_names(state)).into_iter().next();
            let because = first.map(|source| format!(": {source}")).unwrap_or_default();
            let too_low = least.filter(|_| !allowed);
            let less = too_low.map(|least| format!(", which is less than {least}")).unwrap_or_default();
            format!("{name} is {role} of {organization}{less}{because}")
        }
        _ if !user.active => format!("{name} is deactivated"),
        _ => format!("{name} has no grant on {organization}"),
    };
    CheckAnswer { allowed, role, reason }
}
