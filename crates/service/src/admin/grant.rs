//! Grants: roles that an administrator gives, and those given at first sign-in (enrollment.md §1.8, §3.11).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::enrollment::{Grant, GrantKind};
use enroll_domain::time::Moment;
use enroll_domain::{GrantId, OrganizationId, Role, UserId};
use enroll_store::Tx;
use enroll_store::directory::{self, DefaultEnrollment};
use enroll_store::grant::{self, GrantRow};
use enroll_store::organization::OrganizationRow;
use enroll_store::user::UserRow;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::organization::find as find_organization;
use super::page::{Page, PageRequest};
use crate::access::{UserSummary, find_user, summary};
use crate::audit::{Changes, Scribe};
use crate::roles::{self, Reach};
use crate::standing::keeping_owners;
use crate::{Error, Service};

/// A grant on an organization as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantInfo {
    /// The id.
    pub id: GrantId,
    /// Who holds it.
    pub user: UserSummary,
    /// The organization's name.
    pub organization: String,
    /// The role it gives.
    pub role: Role,
    /// Whether an administrator has given it, or the first sign-in.
    pub kind: GrantKind,
    /// When it was given.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// By whom.
    pub granted_by: String,
}

impl Service {
    /// A page of the grants on an organization, oldest first: direct ones and those from first sign-ins.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such organization, [`Error::Invalid`] when the page is none.
    pub async fn grants_page(
        &self,
        organization: &str,
        page: &PageRequest,
    ) -> Result<Page<GrantInfo>, Error> {
        let (organization, page) = (organization.to_owned(), page.clone());
        let after: Option<GrantId> = page.after()?;
        self.db()
            .read(move |tx| {
                let organization = find_organization(tx, &organization)?;
                let rows = grant::page(tx, organization.id, after, page.one_more())?;
                page.cut(rows, |row| row.grant.id).shown(|row| {
                    let user = find_user(tx, &row.grant.user.to_string())?;
                    Ok(describe(row, &user, &organization))
                })
            })
            .await
    }

    /// A user's grant of a kind on an organization.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, organization or grant.
    pub async fn grant_of_user(
        &self,
        organization: &str,
        user: &str,
        kind: GrantKind,
    ) -> Result<GrantInfo, Error> {
        let (organization, user) = (organization.to_owned(), user.to_owned());
        self.db()
            .read(move |tx| {
                let (organization, user) = (find_organization(tx, &organization)?, find_user(tx, &user)?);
                let row = find(tx, user.id, organization.id, kind)?
                    .ok_or_else(|| missing(&user.user_name, organization.name.as_str(), kind))?;
                Ok(describe(row, &user, &organization))
            })
            .await
    }

    /// Gives a user a direct grant on an organization, or another role by the one there is, and says whether it is a new one.
    /// `user` is a handle, userName or id. A grant of that role stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user or organization; [`Error::Conflict`] when the organization would lose its
    /// last owner; [`Error::PreconditionFailed`] and [`Error::Absent`] when another version is [expected](Service::expecting).
    pub async fn give_grant(
        &self,
        organization: &str,
        user: &str,
        role: Role,
    ) -> Result<(GrantInfo, bool), Error> {
        let (organization, user) = (organization.to_owned(), user.to_owned());
        let now = self.clock().now();
        let id = GrantId::new(now, &self.entropy().id());
        let (scribe, expected) = (Scribe::of_service(self, now), self.expected().clone());
        self.db()
            .write(move |tx| {
                let (organization, user) = (find_organization(tx, &organization)?, find_user(tx, &user)?);
                let old = find(tx, user.id, organization.id, GrantKind::Direct)?;
                match &old {
                    Some(old) => expected.check(&describe(old.clone(), &user, &organization))?,
                    None => expected.check_absent("the grant")?,
                }
                let before = old.as_ref().map(|old| old.grant.role);
                let owned = owned(organization.id, before.filter(|old| *old > role));
                match old {
                    Some(old) if old.grant.role == role => Ok((describe(old, &user, &organization), false)),
                    old => keeping_owners(tx, &scribe, &owned, || {
                        if let Some(old) = old {
                            grant::delete(tx, old.grant.id)?;
                        }
                        let (user_id, organization_id) = (user.id, organization.id);
                        let grant = Grant {
                            id,
                            user: user_id,
                            organization: organization_id,
                            role,
                            kind: GrantKind::Direct,
                        };
                        let row = GrantRow { grant, created: now, granted_by: scribe.name() };
                        grant::insert(tx, &row)?;
                        tell(tx, &scribe, (&user, &organization), (id, before, Some(role)))?;
                        Ok((describe(row, &user, &organization), before.is_none()))
                    }),
                }
            })
            .await
    }

    /// As [`Service::give_grant`], for the command line.
    ///
    /// # Errors
    /// As [`Service::give_grant`].
    pub async fn grant(&self, organization: &str, user: &str, role: Role) -> Result<(), Error> {
        self.give_grant(organization, user, role).await.map(drop)
    }

    /// Takes a user's direct grant on an organization back. What groups give stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, organization or grant; [`Error::Conflict`] when the organization would
    /// lose its last owner.
    pub async fn revoke(&self, organization: &str, user: &str) -> Result<(), Error> {
        self.revoke_kind(organization, user, GrantKind::Direct).await
    }

    /// Takes a user's grant of a kind on an organization back. A grant from the first sign-in does not come back with the next.
    ///
    /// # Errors
    /// As [`Service::revoke`]; [`Error::PreconditionFailed`] when another version is [expected](Service::expecting).
    pub async fn revoke_kind(&self, organization: &str, user: &str, kind: GrantKind) -> Result<(), Error> {
        let (organization, user) = (organization.to_owned(), user.to_owned());
        let (scribe, expected) = (Scribe::of_service(self, self.clock().now()), self.expected().clone());
        self.db()
            .write(move |tx| {
                let of = find_organization(tx, &organization)?;
                let who = find_user(tx, &user)?;
                let found = find(tx, who.id, of.id, kind)?;
                let row = found.ok_or_else(|| missing(&user, &organization, kind))?;
                expected.check(&describe(row.clone(), &who, &of))?;
                let grant = row.grant;
                keeping_owners(tx, &scribe, &owned(of.id, Some(grant.role)), || {
                    Ok(grant::delete(tx, grant.id)?)
                })?;
                tell(tx, &scribe, (&who, &of), (grant.id, Some(grant.role), None))
            })
            .await
    }
}

/// Gives an active user who signs in what her directory enrolls everybody into, in the transaction that opens her session
/// (enrollment.md 3.11). It is given once for each organization, whether an administrator has taken it back since or not.
///
/// # Errors
/// [`Error::Store`]
pub(crate) fn enroll_at_sign_in(
    tx: &Tx<'_>,
    scribe: &Scribe,
    user: &UserRow,
    id: GrantId,
) -> Result<(), Error> {
    let Some(DefaultEnrollment { organization, role }) = directory::default_enrollment(tx, user.directory)?
    else {
        return Ok(());
    };
    if directory::enrolled(tx, user.id, organization)? {
        return Ok(());
    }
    let organization = find_organization(tx, &organization.to_string())?;
    let directory = directory::find(tx, user.directory)?.map(|row| row.name.to_string());
    let kind = GrantKind::Jit;
    let row = GrantRow {
        grant: Grant { id, user: user.id, organization: organization.id, role, kind },
        created: scribe.now(),
        granted_by: format!("default enrollment of {}", directory.unwrap_or_default()),
    };
    grant::insert(tx, &row)?;
    directory::note_enrolled(tx, user.id, organization.id, scribe.now())?;
    tell(tx, scribe, (user, &organization), (id, None, Some(role)))
}

fn find(
    tx: &Tx<'_>,
    user: UserId,
    organization: OrganizationId,
    kind: GrantKind,
) -> Result<Option<GrantRow>, Error> {
    Ok(grant::find_of_user(tx, user, organization, kind)?)
}

fn missing(user: &str, organization: &str, kind: GrantKind) -> Error {
    let what = match kind {
        GrantKind::Direct => "no direct grant",
        GrantKind::Jit => "no grant from a first sign-in",
    };
    Error::NotFound(format!("{user} has {what} on {organization}; groups may still give a role"))
}

/// The organization, where the role that ends or is lowered is that of an owner.
fn owned(organization: OrganizationId, role: Option<Role>) -> Vec<OrganizationId> {
    role.filter(|role| *role == Role::Owner).map(|_| organization).into_iter().collect()
}

fn describe(row: GrantRow, user: &UserRow, organization: &OrganizationRow) -> GrantInfo {
    GrantInfo {
        id: row.grant.id,
        user: summary(user),
        organization: organization.name.to_string(),
        role: row.grant.role,
        kind: row.grant.kind,
        created: row.created,
        granted_by: row.granted_by,
    }
}

/// Writes a grant's old and new role into the audit trail, and tells of the role that the user has by now.
fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    (user, organization): (&UserRow, &OrganizationRow),
    (id, old, new): (GrantId, Option<Role>, Option<Role>),
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
    let (id, name) = (id.to_string(), format!("{} in {}", user.handle, organization.name));
    let told = scribe.write(tx, action, user.directory, (SubjectKind::Grant, &id, &name), &changes)?;
    Ok(roles::tell(tx, told, user.directory, &Reach::user(user.id))?)
}
