//! Organizations and direct grants (enrollment.md §1.5, §1.8).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::enrollment::{Grant, GrantKind};
use enroll_domain::{GrantId, OrganizationId, OrganizationName, ResourceRole, Role};
use enroll_store::grant::{self, GrantRow};
use enroll_store::organization::{self, OrganizationRow};
use enroll_store::user::UserRow;
use enroll_store::{StoreError, Tx};
use jiff::Timestamp;
use serde::Serialize;

use super::check_label;
use crate::access::find_user;
use crate::audit::{Changes, Scribe};
use crate::{Error, Service};

/// Longest description, in characters (enrollment.md §1.5).
const DESCRIPTION_CHARACTERS: usize = 350;

/// Organizations read in one statement.
const PAGE: u32 = 500;

/// An organization to be made.
#[derive(Debug, Clone, Default)]
pub struct NewOrganization {
    /// 3 to 32 of `a-z 0-9 -`, starting with a letter.
    pub name: String,
    /// The name for people; the name itself when there is none.
    pub display_name: Option<String>,
    /// Up to 350 characters.
    pub description: Option<String>,
}

/// An organization as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationInfo {
    /// The id.
    pub id: OrganizationId,
    /// The name, unique in the instance.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// What it is.
    pub description: String,
    /// The role that every member has on its resources.
    pub base_resource_role: ResourceRole,
    /// When it was made.
    pub created: Timestamp,
}

impl From<OrganizationRow> for OrganizationInfo {
    fn from(row: OrganizationRow) -> Self {
        Self {
            id: row.id,
            name: row.name.to_string(),
            display_name: row.display_name,
            description: row.description,
            base_resource_role: row.base_resource_role,
            created: row.created,
        }
    }
}

impl Service {
    /// Makes an organization.
    ///
    /// # Errors
    /// [`Error::Invalid`] when name or texts do not fit; [`Error::Conflict`] when the name is or was an organization's, or is a
    /// user's handle.
    pub async fn create_organization(&self, new: &NewOrganization) -> Result<OrganizationInfo, Error> {
        let name: OrganizationName = new.name.parse().map_err(|error| {
            Error::Invalid(format!("{:?} is no name for an organization: {error}", new.name))
        })?;
        let display_name = check_label("display name", new.display_name.as_deref().unwrap_or(name.as_str()))?;
        let description = new.description.clone().unwrap_or_default();
        if description.chars().count() > DESCRIPTION_CHARACTERS {
            return Err(Error::Invalid(format!(
                "a description has at most {DESCRIPTION_CHARACTERS} characters"
            )));
        }
        let now = self.clock().now();
        let row = OrganizationRow {
            id: OrganizationId::new(now, &self.entropy().id()),
            name,
            display_name,
            description,
            base_resource_role: ResourceRole::Write,
            created: now,
            version: 1,
        };
        let scribe = Scribe::of_service(self, now);
        self.db()
            .write(move |tx| {
                if organization::insert(tx, &row)? {
                    let (id, name) = (row.id.to_string(), row.name.as_str());
                    let changes = Changes::default()
                        .with("name", name)
                        .with("displayName", &row.display_name)
                        .with("baseResourceRole", row.base_resource_role);
                    let subject = (SubjectKind::Organization, id.as_str(), name);
                    scribe.write_global(tx, Action::OrganizationCreated, subject, &changes)?;
                    Ok(row.clone().into())
                } else {
                    let name = &row.name;
                    Err(Error::Conflict(format!(
                        "the name {name} is taken: an organization has or had it, or it is the handle of a user"
                    )))
                }
            })
            .await
    }

    /// All organizations, by name.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn organizations(&self) -> Result<Vec<OrganizationInfo>, Error> {
        self.db().read(|tx| Ok(all(tx)?.into_iter().map(OrganizationInfo::from).collect())).await
    }

    /// Gives a user a direct grant on an organization, or changes the one there is; one of that role stays as it is. `user` is a handle, userName or id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user or organization.
    pub async fn grant(&self, organization: &str, user: &str, role: Role) -> Result<(), Error> {
        let (organization, user) = (organization.to_owned(), user.to_owned());
        let now = self.clock().now();
        let id = GrantId::new(now, &self.entropy().id());
        let scribe = Scribe::of_service(self, now);
        self.db()
            .write(move |tx| {
                let organization = find(tx, &organization)?;
                let user = find_user(tx, &user)?;
                let old = grant::find_of_user(tx, user.id, organization.id, GrantKind::Direct)?;
                let old = old.map(|row| row.grant);
                match &old {
                    Some(old) if old.role == role => return Ok(()),
                    Some(old) => drop(grant::delete(tx, old.id)?),
                    None => {}
                }
                let grant =
                    Grant { id, user: user.id, organization: organization.id, role, kind: GrantKind::Direct };
                let granted_by = scribe.name().to_owned();
                grant::insert(tx, &GrantRow { grant, created: now, granted_by })?;
                tell(tx, &scribe, (&user, &organization), (id, old.map(|old| old.role), Some(role)))
            })
            .await
    }

    /// Takes a user's direct grant on an organization back. What groups give stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, organization or grant.
    pub async fn revoke(&self, organization: &str, user: &str) -> Result<(), Error> {
        let (organization, user) = (organization.to_owned(), user.to_owned());
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let of = find(tx, &organization)?;
                let who = find_user(tx, &user)?;
                let found = grant::find_of_user(tx, who.id, of.id, GrantKind::Direct)?;
                let grant = found.map(|row| row.grant).ok_or_else(|| {
                    Error::NotFound(format!(
                        "{user} has no direct grant on {organization}; groups may still give a role"
                    ))
                })?;
                grant::delete(tx, grant.id)?;
                tell(tx, &scribe, (&who, &of), (grant.id, Some(grant.role), None))
            })
            .await
    }
}

/// Writes a grant's old and new role into the audit trail.
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
    Ok(scribe.write(tx, action, user.directory, (SubjectKind::Grant, &id, &name), &changes)?)
}

/// The organization of that name or id.
pub(crate) fn find(tx: &Tx<'_>, name: &str) -> Result<OrganizationRow, Error> {
    organization::resolve(tx, name)?.ok_or_else(|| {
        Error::NotFound(format!("there is no organization {name:?}; list them: enroll org list"))
    })
}

/// Every organization, by name.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<OrganizationRow>, StoreError> {
    let mut all: Vec<OrganizationRow> = Vec::new();
    loop {
        let page = organization::list(tx, all.last().map(|last| &last.name), PAGE)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}
