//! Who may do what on a resource, and why (enrollment.md §3.1, §6.1).

use enroll_domain::enrollment::{self, ResourceEnrollment};
use enroll_domain::{ResourceId, ResourceRole, UserId};
use enroll_store::Tx;
use enroll_store::organization::OrganizationRow;
use enroll_store::resource::ResourceRow;
use enroll_store::slice::{self, Scope};

use super::{
    CheckAnswer, ExplainAnswer, MemberEntry, MembersPage, find_user, group_names, page_user, summary,
};
use crate::admin::{find_organization, find_resource};
use crate::roles::{About, explained};
use crate::source::{Names, ResourceSourceView};
use crate::{Error, Service};

/// One who has a role on a resource that not everybody has.
pub type ResourceMemberEntry = MemberEntry<ResourceRole, ResourceSourceView>;

/// Why a user has, or has not, a role on a resource.
pub type ResourceExplainAnswer = ExplainAnswer<ResourceRole, ResourceSourceView>;

impl Service {
    /// A page of the users with a role on a resource that not everybody has: by a grant, by a mapping, or by a role on its
    /// organization. Who may read it only because it is public is not listed.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such organization or resource.
    pub async fn resource_members(
        &self,
        organization: &str,
        resource: &str,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<MembersPage<ResourceMemberEntry>, Error> {
        let (organization, resource) = (organization.to_owned(), resource.to_owned());
        self.db()
            .read(move |tx| {
                let organization = find_organization(tx, &organization)?;
                let resource = find_resource(tx, &organization, &resource)?;
                resource_members_page(tx, &organization, &resource, after, limit)
            })
            .await
    }

    /// Whether `user` may act on a resource of `organization`; with `least`, whether in that role or a higher one.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, organization or resource; [`Error::Conflict`] when a name stands for
    /// several.
    pub async fn check_resource(
        &self,
        user: &str,
        organization: &str,
        resource: &str,
        least: Option<ResourceRole>,
    ) -> Result<CheckAnswer<ResourceRole>, Error> {
        let read = || {
            self.db().look_up(|tx| {
                let (user, organization) = (find_user(tx, user)?, find_organization(tx, organization)?);
                let resource = find_resource(tx, &organization, resource)?;
                let mut state = slice::of_users(tx, user.directory, &[user.id], false)?;
                state.resources.insert(resource.id, resource.facts(organization.base_resource_role));
                let found = enrollment::enroll_resource(&state, resource.id);
                let role = found.effective_role(user.id);
                let names = group_names(&state);
                let because = found
                    .get(user.id)
                    .and_then(|entry| sources(entry, &Names(&names)).into_iter().next())
                    .map(|source| format!(": {source}"))
                    .unwrap_or_default();
                let (name, on) = (&user.user_name, format!("{}/{}", organization.name, resource.name));
                let allowed = role.is_some_and(|role| least.is_none_or(|least| role >= least));
                let reason = match (role, least) {
                    (Some(role), Some(least)) if !allowed => {
                        format!("{name} has {role} on {on}, which is less than {least}{because}")
                    }
                    (Some(role), _) => format!("{name} has {role} on {on}{because}"),
                    _ if !user.active => format!("{name} is deactivated"),
                    _ => format!("{name} has no grant on {on} or its organization"),
                };
                Ok::<_, Error>(CheckAnswer { allowed, role, reason })
            })
        };
        self.checks().resource(self.seen().await, (user, organization, resource, least), read).await
    }

    /// Every grant that `user` holds on a resource of `organization`, with its source, and what narrowly gives none.
    ///
    /// # Errors
    /// As [`Service::check_resource`].
    pub async fn explain_resource(
        &self,
        user: &str,
        organization: &str,
        resource: &str,
    ) -> Result<ResourceExplainAnswer, Error> {
        self.db().look_up(|tx| {
            let (user, organization) = (find_user(tx, user)?, find_organization(tx, organization)?);
            let resource = find_resource(tx, &organization, resource)?;
            let mut state = slice::of_users(tx, user.directory, &[user.id], true)?;
            state.resources.insert(resource.id, resource.facts(organization.base_resource_role));
            let explanation = enrollment::explain_resource(&state, resource.id, user.id)
                .ok_or_else(|| Error::Internal("a user is missing from its own slice".to_owned()))?;
            let names = Names(&explanation.group_names);
            let sources = explanation.sources.iter().filter_map(|source| names.resource_source(source));
            Ok(ExplainAnswer {
                user: summary(&user),
                organization: organization.name.to_string(),
                resource: Some(resource.name.to_string()),
                active: explanation.active,
                role: explanation.effective_role,
                sources: explained(tx, About::now(user.id, organization.id, Some(resource.id)), sources)?,
                without_effect: explanation.near_misses.iter().map(|miss| names.near_miss(miss)).collect(),
            })
        })
    }
}

/// The sources with the names of their groups.
pub(super) fn sources(entry: &ResourceEnrollment, names: &Names<'_>) -> Vec<ResourceSourceView> {
    entry.sources.iter().filter_map(|source| names.resource_source(source)).collect()
}

/// Whether somebody has more than everybody has.
pub(crate) fn is_listed(entry: &ResourceEnrollment) -> bool {
    entry.sources.iter().any(|source| *source != enrollment::ResourceSource::Public)
}

/// A page of those with a role on a resource, from one snapshot.
pub(crate) fn resource_members_page(
    tx: &Tx<'_>,
    organization: &OrganizationRow,
    resource: &ResourceRow,
    after: Option<UserId>,
    limit: u32,
) -> Result<MembersPage<ResourceMemberEntry>, Error> {
    let id: ResourceId = resource.id;
    let scope = Scope::resource(id, resource.facts(organization.base_resource_role));
    let slice = slice::of_target(tx, &scope, after, limit)?;
    let enrollments = enrollment::enroll_resource(&slice.state, id);
    let names = group_names(&slice.state);
    let members = slice.users.iter().filter_map(|user| {
        let entry = enrollments.get(user.id).filter(|entry| is_listed(entry))?;
        let sources = sources(entry, &Names(&names));
        Some(MemberEntry { user: page_user(user), role: entry.effective_role?, sources })
    });
    Ok(MembersPage { members: members.collect(), next: slice.next })
}
