//! Resources of organizations (enrollment.md §1.6).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::time::Moment;
use enroll_domain::{KindName, ResourceId, ResourceName, Target, Visibility};
use enroll_store::organization::OrganizationRow;
use enroll_store::resource::{self, ResourceRow};
use enroll_store::{StoreError, Tx, fact_history, mapping, resource_grant};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::organization::find as find_organization;
use super::page::{Page, PageRequest};
use crate::audit::{Changes, Scribe, Told};
use crate::scim::{IfMatch, check_version};
use crate::{Error, Service};

/// A resource to be made.
#[derive(Debug, Clone, Default)]
pub struct NewResource {
    /// 1 to 100 of `a-z A-Z 0-9 . _ -`.
    pub name: String,
    /// What it is to the application; `repository` when there is none.
    pub kind: Option<String>,
    /// Who may read it without any grant; nobody when it is not said.
    pub visibility: Option<Visibility>,
}

/// What to change of a resource; what is `None` stays as it is. Its name never changes.
#[derive(Debug, Clone, Default)]
pub struct ResourceChange {
    /// What it is to the application.
    pub kind: Option<String>,
    /// Who may read it without any grant.
    pub visibility: Option<Visibility>,
}

/// A resource as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceInfo {
    /// The id.
    pub id: ResourceId,
    /// The name of the organization that owns it.
    pub organization: String,
    /// The name, unique among those of its kind in the organization, whatever the case.
    pub name: String,
    /// What it is to the application.
    pub kind: String,
    /// Who may read it without any grant.
    pub visibility: Visibility,
    /// When it was made.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// Grows by one with each change.
    #[schemars(range(min = 0))]
    pub version: i64,
}

impl Service {
    /// Makes a resource of an organization.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such organization; [`Error::Invalid`] when name or kind do not fit;
    /// [`Error::Conflict`] when the organization has a resource of that name and kind.
    pub async fn create_resource(
        &self,
        organization: &str,
        new: &NewResource,
    ) -> Result<ResourceInfo, Error> {
        let name: ResourceName = new
            .name
            .parse()
            .map_err(|error| Error::Invalid(format!("{:?} is no name for a resource: {error}", new.name)))?;
        let kind = new.kind.as_deref().map(parse_kind).transpose()?.unwrap_or_default();
        let visibility = new.visibility.unwrap_or_default();
        let organization = organization.to_owned();
        let now = self.clock().now();
        let id = ResourceId::new(now, &self.entropy().id());
        let scribe = Scribe::of_service(self, now);
        self.db()
            .write(move |tx| {
                let owner = find_organization(tx, &organization)?;
                let (name, kind) = (name.clone(), kind.clone());
                let row = ResourceRow {
                    id,
                    organization: owner.id,
                    name,
                    kind,
                    visibility,
                    created: now,
                    version: 1,
                };
                check_free(tx, &owner, &row)?;
                resource::insert(tx, &row)?;
                let changes = Changes::default()
                    .with("organization", owner.name.as_str())
                    .with("name", row.name.as_str())
                    .with("kind", row.kind.as_str())
                    .with("visibility", row.visibility);
                let told = tell(tx, &scribe, Action::ResourceCreated, (&owner, &row), &changes)?;
                told.fact(tx, *row.id.as_uuid(), None, Some(row.visibility))?;
                Ok(info(&owner, &row))
            })
            .await
    }

    /// A page of the resources of an organization, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such organization, [`Error::Invalid`] when the page is none.
    pub async fn resources_page(
        &self,
        organization: &str,
        page: &PageRequest,
    ) -> Result<Page<ResourceInfo>, Error> {
        let (organization, page) = (organization.to_owned(), page.clone());
        let after: Option<ResourceId> = page.after()?;
        self.db()
            .read(move |tx| {
                let owner = find_organization(tx, &organization)?;
                let rows = resource::list(tx, owner.id, after, page.one_more())?;
                page.cut(rows, |row| row.id).shown(|row| Ok(info(&owner, &row)))
            })
            .await
    }

    /// One resource of an organization, by name or id; `KIND:NAME` tells resources of one name apart.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, [`Error::Conflict`] when the name stands for several.
    pub async fn resource(&self, organization: &str, name: &str) -> Result<ResourceInfo, Error> {
        let (organization, name) = (organization.to_owned(), name.to_owned());
        self.db()
            .read(move |tx| {
                let owner = find_organization(tx, &organization)?;
                Ok(info(&owner, &find(tx, &owner, &name)?))
            })
            .await
    }

    /// Changes a resource, if it has the version that the caller believes to change; in force at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, [`Error::Invalid`] when the kind does not fit, [`Error::Conflict`] when there is
    /// one of that name and kind, [`Error::PreconditionFailed`] when it has another version.
    pub async fn change_resource(
        &self,
        organization: &str,
        name: &str,
        change: &ResourceChange,
        if_match: Option<&IfMatch>,
    ) -> Result<ResourceInfo, Error> {
        let (organization, name, if_match) = (organization.to_owned(), name.to_owned(), if_match.cloned());
        let kind = change.kind.as_deref().map(parse_kind).transpose()?;
        let visibility = change.visibility;
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let owner = find_organization(tx, &organization)?;
                let old = find(tx, &owner, &name)?;
                check_version(if_match.as_ref(), old.version)?;
                let mut row = old.clone();
                row.kind = kind.clone().unwrap_or(row.kind);
                row.visibility = visibility.unwrap_or(row.visibility);
                if row != old {
                    check_free(tx, &owner, &row)?;
                    resource::update(tx, &row)?;
                    row.version += 1;
                    let mut changes = Changes::default();
                    changes.change("kind", Some(old.kind.as_str()), Some(row.kind.as_str()));
                    changes.change("visibility", Some(old.visibility), Some(row.visibility));
                    let told = tell(tx, &scribe, Action::ResourceUpdated, (&owner, &row), &changes)?;
                    told.fact(tx, *row.id.as_uuid(), Some(old.visibility), Some(row.visibility))?;
                }
                Ok(info(&owner, &row))
            })
            .await
    }

    /// Deletes a resource that nothing depends on, if it has the version that the caller believes to delete.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, [`Error::PreconditionFailed`] when it has another version, [`Error::Conflict`]
    /// while a mapping to it or a grant on it is left.
    pub async fn delete_resource(
        &self,
        organization: &str,
        name: &str,
        if_match: Option<&IfMatch>,
    ) -> Result<(), Error> {
        let (organization, name, if_match) = (organization.to_owned(), name.to_owned(), if_match.cloned());
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let owner = find_organization(tx, &organization)?;
                let row = find(tx, &owner, &name)?;
                check_version(if_match.as_ref(), row.version)?;
                let mapped = !mapping::list_of(tx, Target::Resource(row.id))?.is_empty();
                if mapped || !resource_grant::list(tx, row.id, None, 1)?.is_empty() {
                    return Err(Error::Conflict(format!(
                        "{}/{} still has mappings or grants: remove them first, so that nobody loses access unseen",
                        owner.name, row.name
                    )));
                }
                resource::delete(tx, row.id)?;
                let changes = Changes::default().without("organization", owner.name.as_str());
                let told = tell(tx, &scribe, Action::ResourceDeleted, (&owner, &row), &changes)?;
                Ok(told.fact(tx, *row.id.as_uuid(), Some(row.visibility), None)?)
            })
            .await
    }
}

fn parse_kind(text: &str) -> Result<KindName, Error> {
    text.parse().map_err(|error| Error::Invalid(format!("{text:?} is no kind of a resource: {error}")))
}

/// Refuses a second resource of one name and kind.
fn check_free(tx: &Tx<'_>, owner: &OrganizationRow, row: &ResourceRow) -> Result<(), Error> {
    let mut others = resource::named(tx, owner.id, &row.name)?.into_iter();
    match others.find(|other| other.id != row.id && other.kind.key() == row.kind.key()) {
        Some(other) => {
            let ResourceRow { name, kind, .. } = other;
            Err(Error::Conflict(format!(
                "{} has a {kind} named {name} already: choose another name or kind, or change that one",
                owner.name
            )))
        }
        None => Ok(()),
    }
}

/// The resource of an organization that a caller means by an id, a name, or `KIND:NAME`. An id wins.
pub(crate) fn find(tx: &Tx<'_>, owner: &OrganizationRow, text: &str) -> Result<ResourceRow, Error> {
    one(owner, text, |id| Ok(resource::find(tx, id)?), |name| Ok(resource::named(tx, owner.id, name)?))
}

/// As [`find`], for an earlier time: of several that have had the name, one after the other, the one that was there then. Where none
/// was, the one that is there now, or was there last.
pub(crate) fn find_at(
    tx: &Tx<'_>,
    owner: &OrganizationRow,
    text: &str,
    at: Timestamp,
) -> Result<ResourceRow, Error> {
    let by_id = |id| match resource::find(tx, id)? {
        Some(row) => Ok(Some(row)),
        None => Ok(resource::find_deleted(tx, id)?),
    };
    let named = |name: &ResourceName| {
        let (present, deleted) =
            (resource::named(tx, owner.id, name)?, resource::deleted_named(tx, owner.id, name)?);
        let mut then: Vec<ResourceRow> = present.iter().filter(|row| row.created <= at).cloned().collect();
        for row in deleted.iter().filter(|row| row.created <= at) {
            let last = fact_history::last(tx, *row.id.as_uuid(), at)?;
            if last.is_none_or(|last| !last.new.is_empty()) {
                then.push(row.clone());
            }
        }
        Ok(match (then.is_empty(), present.is_empty()) {
            (false, _) => then,
            (true, false) => present,
            (true, true) => deleted.into_iter().next_back().into_iter().collect(),
        })
    };
    one(owner, text, by_id, named)
}

/// The one that is meant: by its id, or the only one of the kind of those with the name.
fn one(
    owner: &OrganizationRow,
    text: &str,
    by_id: impl FnOnce(ResourceId) -> Result<Option<ResourceRow>, Error>,
    named: impl FnOnce(&ResourceName) -> Result<Vec<ResourceRow>, Error>,
) -> Result<ResourceRow, Error> {
    if let Ok(id) = text.parse()
        && let Some(row) = by_id(id)?
        && row.organization == owner.id
    {
        return Ok(row);
    }
    let (kind, name) = match text.split_once(':') {
        Some((kind, name)) => (Some(kind), name),
        None => (None, text),
    };
    let kind = kind.and_then(|kind| kind.parse::<KindName>().ok()).map(|kind| kind.key());
    let mut found = match name.parse() {
        Ok(name) => named(&name)?,
        Err(_) => Vec::new(),
    };
    found.retain(|row| kind.as_ref().is_none_or(|kind| row.kind.key() == *kind));
    let owner = &owner.name;
    if found.len() > 1 {
        let all: Vec<String> = found.iter().map(|row| format!("{}:{}", row.kind, row.name)).collect();
        return Err(Error::Conflict(format!(
            "{owner} has several resources named {name}; say which: {}",
            all.join(", ")
        )));
    }
    found.pop().ok_or_else(|| {
        Error::NotFound(format!("{owner} has no resource {text:?}; list them: enroll resource list {owner}"))
    })
}

fn info(owner: &OrganizationRow, row: &ResourceRow) -> ResourceInfo {
    ResourceInfo {
        id: row.id,
        organization: owner.name.to_string(),
        name: row.name.to_string(),
        kind: row.kind.to_string(),
        visibility: row.visibility,
        created: row.created,
        version: row.version,
    }
}

fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    action: Action,
    (owner, row): (&OrganizationRow, &ResourceRow),
    changes: &Changes,
) -> Result<Told, StoreError> {
    let (id, name) = (row.id.to_string(), format!("{}/{}", owner.name, row.name));
    scribe.write_global(tx, action, (SubjectKind::Resource, &id, &name), changes)
}
