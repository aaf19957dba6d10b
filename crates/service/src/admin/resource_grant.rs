//! Direct grants on resources (enrollment.md §1.8).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::enrollment::ResourceGrant;
use enroll_domain::time::Moment;
use enroll_domain::{GrantId, ResourceRole};
use enroll_store::Tx;
use enroll_store::organization::OrganizationRow;
use enroll_store::resource::ResourceRow;
use enroll_store::resource_grant::{self, ResourceGrantRow};
use enroll_store::user::UserRow;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::organization::find as find_organization;
use super::page::{Page, PageRequest};
use super::resource::find as find_resource;
use crate::access::{UserSummary, find_user, summary};
use crate::audit::{Changes, Scribe};
use crate::roles::{self, Reach};
use crate::{Error, Service};

/// A direct grant on a resource as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceGrantInfo {
    /// The id.
    pub id: GrantId,
    /// Who holds it.
    pub user: UserSummary,
    /// The name of the organization that owns the resource.
    pub organization: String,
    /// The resource's name.
    pub resource: String,
    /// The role it gives.
    pub role: ResourceRole,
    /// When it was given.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// By whom.
    pub granted_by: String,
}

/// A resource with its organization.
type Owned = (OrganizationRow, ResourceRow);

impl Service {
    /// A page of the direct grants on a resource, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such organization or resource, [`Error::Invalid`] when the page is none.
    pub async fn resource_grants_page(
        &self,
        organization: &str,
        resource: &str,
        page: &PageRequest,
    ) -> Result<Page<ResourceGrantInfo>, Error> {
        let (organization, resource, page) = (organization.to_owned(), resource.to_owned(), page.clone());
        let after: Option<GrantId> = page.after()?;
        self.db()
            .read(move |tx| {
                let on = owned(tx, &organization, &resource)?;
                let rows = resource_grant::list(tx, on.1.id, after, page.one_more())?;
                page.cut(rows, |row| row.grant.id).shown(|row| {
                    let user = find_user(tx, &row.grant.user.to_string())?;
                    Ok(describe(row, &user, &on))
                })
            })
            .await
    }

    /// A user's direct grant on a resource.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, organization, resource or grant.
    pub async fn resource_grant(
        &self,
        organization: &str,
        resource: &str,
        user: &str,
    ) -> Result<ResourceGrantInfo, Error> {
        let (organization, resource, user) = (organization.to_owned(), resource.to_owned(), user.to_owned());
        self.db()
            .read(move |tx| {
                let (on, user) = (owned(tx, &organization, &resource)?, find_user(tx, &user)?);
                Ok(describe(find(tx, &user, &on)?, &user, &on))
            })
            .await
    }

    /// Gives a user a direct grant on a resource, or another role by the one there is, and says whether it is a new one. `user`
    /// is a handle, userName or id. A grant of that role stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, organization or resource; [`Error::PreconditionFailed`] and
    /// [`Error::Absent`] when another version is [expected](Service::expecting).
    pub async fn give_resource_grant(
        &self,
        organization: &str,
        resource: &str,
        user: &str,
        role: ResourceRole,
    ) -> Result<(ResourceGrantInfo, bool), Error> {
        let (organization, resource, user) = (organization.to_owned(), resource.to_owned(), user.to_owned());
        let now = self.clock().now();
        let id = GrantId::new(now, &self.entropy().id());
        let (scribe, expected) = (Scribe::of_service(self, now), self.expected().clone());
        self.db()
            .write(move |tx| {
                let (on, user) = (owned(tx, &organization, &resource)?, find_user(tx, &user)?);
                let old = resource_grant::find_of_user(tx, user.id, on.1.id)?;
                let before = old.as_ref().map(|old| old.grant.role);
                match &old {
                    Some(old) => expected.check(&describe(old.clone(), &user, &on))?,
                    None => expected.check_absent("the grant")?,
                }
                match old {
                    Some(old) if old.grant.role == role => return Ok((describe(old, &user, &on), false)),
                    Some(old) => drop(resource_grant::delete(tx, old.grant.id)?),
                    None => {}
                }
                let grant = ResourceGrant { id, user: user.id, resource: on.1.id, role };
                let row = ResourceGrantRow { grant, created: now, granted_by: scribe.name() };
                resource_grant::insert(tx, &row)?;
                tell(tx, &scribe, (&user, &on), (id, before, Some(role)))?;
                Ok((describe(row, &user, &on), before.is_none()))
            })
            .await
    }

    /// Takes a user's direct grant on a resource back. What groups and the organization give stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, organization, resource or grant; [`Error::PreconditionFailed`] when another
    /// version is [expected](Service::expecting).
    pub async fn revoke_resource_grant(
        &self,
        organization: &str,
        resource: &str,
        user: &str,
    ) -> Result<(), Error> {
        let (organization, resource, user) = (organization.to_owned(), resource.to_owned(), user.to_owned());
        let (scribe, expected) = (Scribe::of_service(self, self.clock().now()), self.expected().clone());
        self.db()
            .write(move |tx| {
                let (on, user) = (owned(tx, &organization, &resource)?, find_user(tx, &user)?);
                let row = find(tx, &user, &on)?;
                expected.check(&describe(row.clone(), &user, &on))?;
                let grant = row.grant;
                resource_grant::delete(tx, grant.id)?;
                tell(tx, &scribe, (&user, &on), (grant.id, Some(grant.role), None))
            })
            .await
    }
}

fn owned(tx: &Tx<'_>, organization: &str, resource: &str) -> Result<Owned, Error> {
    let organization = find_organization(tx, organization)?;
    let resource = find_resource(tx, &organization, resource)?;
    Ok((organization, resource))
}

fn find(tx: &Tx<'_>, user: &UserRow, (organization, resource): &Owned) -> Result<ResourceGrantRow, Error> {
    resource_grant::find_of_user(tx, user.id, resource.id)?.ok_or_else(|| {
        Error::NotFound(format!(
            "{} has no direct grant on {}/{}; groups and the organization may still give a role",
            user.user_name, organization.name, resource.name
        ))
    })
}

fn describe(row: ResourceGrantRow, user: &UserRow, (organization, resource): &Owned) -> ResourceGrantInfo {
    ResourceGrantInfo {
        id: row.grant.id,
        user: summary(user),
        organization: organization.name.to_string(),
        resource: resource.name.to_string(),
        role: row.grant.role,
        created: row.created,
        granted_by: row.granted_by,
    }
}

/// Writes a grant's old and new role into the audit trail, and what the user is given on the resource by now into its history.
fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    (user, (organization, resource)): (&UserRow, &Owned),
    (id, old, new): (GrantId, Option<ResourceRole>, Option<ResourceRole>),
) -> Result<(), Error> {
    let action = match (old, new) {
        (None, _) => Action::GrantAdded,
        (Some(_), Some(_)) => Action::GrantChanged,
        (Some(_), None) => Action::GrantRemoved,
    };
    let mut changes = Changes::default();
    changes.change("role", old, new);
    changes.note("user", user.id);
    changes.note("organization", organization.id);
    changes.note("resource", resource.id);
    let name = format!("{} in {}/{}", user.handle, organization.name, resource.name);
    let id = id.to_string();
    let told = scribe.write(tx, action, user.directory, (SubjectKind::Grant, &id, &name), &changes)?;
    Ok(roles::tell(tx, told, user.directory, &Reach::user(user.id))?)
}
