//! Organizations (enrollment.md §1.5).

mod reserved;

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::time::Moment;
use enroll_domain::{OrganizationId, OrganizationName, ResourceRole, Target};
use enroll_store::organization::{self, OrganizationRow};
use enroll_store::{StoreError, Tx, directory, grant, mapping, owner, resource};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) use reserved::admitted;

use super::check_label;
use super::page::{Page, PageRequest};
use crate::audit::{Changes, Scribe};
use crate::scim::{IfMatch, check_version};
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
    /// The role that every member has on its resources; `write` when there is none.
    pub base_resource_role: Option<ResourceRole>,
    /// Names or ids of the directories that it is reserved to; empty for open to all.
    pub directories: Vec<String>,
}

/// What to change of an organization; what is `None` stays as it is. Its name never changes.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChange {
    /// The name for people.
    pub display_name: Option<String>,
    /// Up to 350 characters.
    pub description: Option<String>,
    /// The role that every member has on its resources.
    pub base_resource_role: Option<ResourceRole>,
    /// Names or ids of the directories that it is reserved to; empty for open to all.
    pub directories: Option<Vec<String>>,
}

/// An organization as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
    /// The names of the directories that it is reserved to; empty where all may be mapped to it.
    pub directories: Vec<String>,
    /// Whether no active user owns it: a server admin acts for it then (enrollment.md 2.8).
    pub needs_owner: bool,
    /// When it was made.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// Grows by one with each change.
    #[schemars(range(min = 0))]
    pub version: i64,
}

fn info(tx: &Tx<'_>, row: OrganizationRow) -> Result<OrganizationInfo, Error> {
    Ok(OrganizationInfo {
        needs_owner: !owner::has_active_owner(tx, row.id)?,
        directories: reserved::names(tx, row.id)?,
        id: row.id,
        name: row.name.to_string(),
        display_name: row.display_name,
        description: row.description,
        base_resource_role: row.base_resource_role,
        created: row.created,
        version: row.version,
    })
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
        let description = check_description(new.description.as_deref().unwrap_or_default())?;
        let now = self.clock().now();
        let row = OrganizationRow {
            id: OrganizationId::new(now, &self.entropy().id()),
            name,
            display_name,
            description,
            base_resource_role: new.base_resource_role.unwrap_or(ResourceRole::Write),
            created: now,
            version: 1,
        };
        let (scribe, directories) = (Scribe::of_service(self, now), new.directories.clone());
        self.db()
            .write(move |tx| {
                if organization::insert(tx, &row)? {
                    reserved::reserve(tx, &row, &directories)?;
                    let (id, name) = (row.id.to_string(), row.name.as_str());
                    let changes = Changes::default()
                        .with("name", name)
                        .with("displayName", &row.display_name)
                        .with("baseResourceRole", row.base_resource_role)
                        .with("directories", Some(reserved::names(tx, row.id)?).filter(|names| !names.is_empty()));
                    let subject = (SubjectKind::Organization, id.as_str(), name);
                    scribe.write_global(tx, Action::OrganizationCreated, subject, &changes)?;
                    info(tx, row.clone())
                } else {
                    let name = &row.name;
                    Err(Error::Conflict(format!(
                        "the name {name} is taken: an organization has or had it, or it is the handle of a user; choose another"
                    )))
                }
            })
            .await
    }

    /// A page of the organizations, by name.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the page is none.
    pub async fn organizations_page(&self, page: &PageRequest) -> Result<Page<OrganizationInfo>, Error> {
        let page = page.clone();
        let after: Option<OrganizationName> = page.after()?;
        self.db()
            .read(move |tx| {
                let rows = organization::list(tx, after.as_ref(), page.one_more())?;
                page.cut(rows, |row| row.name.clone()).shown(|row| info(tx, row))
            })
            .await
    }

    /// One organization, by name or id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn organization(&self, name: &str) -> Result<OrganizationInfo, Error> {
        let name = name.to_owned();
        self.db().read(move |tx| info(tx, find(tx, &name)?)).await
    }

    /// Changes an organization, if it has the version that the caller believes to change.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, [`Error::Invalid`] when a text does not fit, [`Error::PreconditionFailed`] when it
    /// has another version, [`Error::Conflict`] when it is to be reserved and another directory gives roles there.
    pub async fn change_organization(
        &self,
        name: &str,
        change: &OrganizationChange,
        if_match: Option<&IfMatch>,
    ) -> Result<OrganizationInfo, Error> {
        let (name, if_match, role) = (name.to_owned(), if_match.cloned(), change.base_resource_role);
        let directories = change.directories.clone();
        let display_name =
            change.display_name.as_deref().map(|text| check_label("display name", text)).transpose()?;
        let description = change.description.as_deref().map(check_description).transpose()?;
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let old = find(tx, &name)?;
                check_version(if_match.as_ref(), old.version)?;
                let mut row = old.clone();
                row.display_name = display_name.clone().unwrap_or(row.display_name);
                row.description = description.clone().unwrap_or(row.description);
                row.base_resource_role = role.unwrap_or(row.base_resource_role);
                let before = reserved::names(tx, row.id)?;
                if let Some(directories) = &directories {
                    reserved::reserve(tx, &row, directories)?;
                }
                let after = reserved::names(tx, row.id)?;
                if row != old || before != after {
                    organization::update(tx, &row)?;
                    let mut changes = Changes::default();
                    changes.change("directories", Some(&before), Some(&after));
                    changes.change("displayName", Some(&old.display_name), Some(&row.display_name));
                    changes.change("description", Some(&old.description), Some(&row.description));
                    let roles = (old.base_resource_role, row.base_resource_role);
                    changes.change("baseResourceRole", Some(roles.0), Some(roles.1));
                    let (id, name) = (row.id.to_string(), row.name.as_str());
                    let subject = (SubjectKind::Organization, id.as_str(), name);
                    let told = scribe.write_global(tx, Action::OrganizationUpdated, subject, &changes)?;
                    told.fact(tx, *row.id.as_uuid(), Some(roles.0), Some(roles.1))?;
                }
                info(tx, find(tx, &name)?)
            })
            .await
    }

    /// Deletes an organization that nothing depends on, if it has the version that the caller believes to delete. Its name is
    /// never given out again.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, [`Error::PreconditionFailed`] when it has another version, [`Error::Conflict`]
    /// while a resource, a mapping or a grant is left.
    pub async fn delete_organization(&self, name: &str, if_match: Option<&IfMatch>) -> Result<(), Error> {
        let (name, if_match) = (name.to_owned(), if_match.cloned());
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find(tx, &name)?;
                check_version(if_match.as_ref(), row.version)?;
                if resource::any(tx, row.id)? {
                    return Err(Error::Conflict(format!(
                        "{} still has resources: remove them first, so that nobody loses access unseen",
                        row.name
                    )));
                }
                let mappings = mapping::list_of(tx, Target::Organization(row.id))?.len();
                let grants = grant::list_of_organization(tx, row.id)?.len();
                if let Some(left) = counted(mappings, grants) {
                    return Err(Error::Conflict(format!(
                        "{} still has {left}: remove that first, so that nobody loses access unseen",
                        row.name
                    )));
                }
                if !directory::enrolling_into(tx, row.id)?.is_empty() {
                    return Err(Error::Conflict(format!(
                        "a directory enrolls people into {} by default: change its setting first",
                        row.name
                    )));
                }
                organization::delete(tx, row.id)?;
                let (id, name) = (row.id.to_string(), row.name.as_str());
                let subject = (SubjectKind::Organization, id.as_str(), name);
                scribe.write_global(tx, Action::OrganizationDeleted, subject, &Changes::default())?;
                Ok(())
            })
            .await
    }
}

/// What is left, in words: nothing where nothing is.
fn counted(mappings: usize, grants: usize) -> Option<String> {
    let some = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        count => Some(format!("{count} {word}s")),
    };
    let words: Vec<String> =
        [some(mappings, "mapping"), some(grants, "grant")].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(" and "))
}

fn check_description(text: &str) -> Result<String, Error> {
    if text.chars().count() > DESCRIPTION_CHARACTERS {
        let detail = format!("a description has at most {DESCRIPTION_CHARACTERS} characters");
        return Err(Error::Invalid(detail));
    }
    Ok(text.to_owned())
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
