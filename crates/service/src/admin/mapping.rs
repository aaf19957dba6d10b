//! Mappings of groups to roles in organizations and on resources (enrollment.md §1.7, §3.2, §3.7).

mod apply;
mod plan;
mod preview;
mod version;

use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::time::Moment;
use enroll_domain::{
    GroupId, MappingBinding, MappingId, ResourceId, ResourceRole, Role, RoleOn, RoleWord, Target,
};
use enroll_store::mapping::{self, MappingRow};
use enroll_store::{Tx, directory, organization, resource};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::directory::find as find_directory;
use super::organization::find as find_organization;
use super::page::{Page, PageRequest};
use super::resource::find as find_resource;
use crate::{Error, Service};

pub use plan::MappingEdit;
pub use preview::{OnResources, Preview, PreviewedUser};
pub use version::{InvalidVersion, PreviewVersion};

/// A mapping to be made.
#[derive(Debug, Clone)]
pub struct NewMapping {
    /// The directory's name.
    pub directory: String,
    /// The group's name, as the identity provider shows it; the group need not exist yet.
    pub group: String,
    /// Name or id of the organization.
    pub organization: String,
    /// The role; `member` when there is none.
    pub role: Option<Role>,
    /// Whether the roles `admin` and `owner` are meant.
    pub allow_privileged: AllowPrivileged,
    /// Made without effect, to be resumed later.
    pub paused: bool,
}

/// A mapping to a resource to be made.
#[derive(Debug, Clone)]
pub struct NewResourceMapping {
    /// The directory's name.
    pub directory: String,
    /// The group's name, as the identity provider shows it; the group need not exist yet.
    pub group: String,
    /// Name or id of the organization.
    pub organization: String,
    /// Name or id of its resource.
    pub resource: String,
    /// The role; `read` when there is none. Never `owner`.
    pub role: Option<ResourceRole>,
    /// Whether the role `admin` is meant.
    pub allow_privileged: AllowPrivileged,
    /// Made without effect, to be resumed later.
    pub paused: bool,
}

/// What to change of a mapping; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct MappingChange {
    /// Whether it is kept without effect.
    pub paused: Option<bool>,
    /// The role it gives: one of what it is mapped to.
    pub role: Option<RoleWord>,
    /// Whether the roles `admin` and `owner` are meant.
    pub allow_privileged: AllowPrivileged,
}

/// Which mappings to list; those that meet all.
#[derive(Debug, Clone, Default)]
pub struct MappingFilter {
    /// Of the directory of that name.
    pub directory: Option<String>,
    /// To the organization of that name or id.
    pub organization: Option<String>,
    /// To the resource of that name or id in that organization, instead of to the organization itself.
    pub resource: Option<String>,
}

/// Whether a mapping has effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MappingState {
    /// Bound to a group.
    Active,
    /// Waits for a group of its name.
    Waiting,
    /// Its group was deleted; an administrator has to confirm another.
    Lost,
    /// Kept without effect.
    Paused,
}

/// A mapping as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MappingInfo {
    /// The id.
    pub id: MappingId,
    /// The directory's name.
    pub directory: String,
    /// The bound group's present name, or the name it waits for, or the last name of the deleted group.
    pub group: String,
    /// The bound group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// The organization's name.
    pub organization: String,
    /// The name of its resource, where the mapping is to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The kind of its resource, where the mapping is to one: two of one name differ in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_kind: Option<String>,
    /// The id of its resource, where the mapping is to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<ResourceId>,
    /// The role it gives.
    pub role: RoleWord,
    /// Whether it has effect.
    pub state: MappingState,
    /// When it was made.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
}

impl Service {
    /// A page of the mappings, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, organization or resource, [`Error::Invalid`] when the page is none, or
    /// a resource is named without its organization.
    pub async fn mappings_page(
        &self,
        filter: &MappingFilter,
        page: &PageRequest,
    ) -> Result<Page<MappingInfo>, Error> {
        let (filter, page) = (filter.clone(), page.clone());
        let after: Option<MappingId> = page.after()?;
        self.db()
            .read(move |tx| {
                let directory =
                    filter.directory.as_deref().map(|name| find_directory(tx, name)).transpose()?;
                let selection = mapping::Selection {
                    directory: directory.map(|row| row.id),
                    target: target(tx, &filter)?,
                };
                let rows = mapping::page(tx, selection, after, page.one_more())?;
                page.cut(rows, |row| row.mapping.id).shown(|row| info(tx, &row))
            })
            .await
    }

    /// One mapping.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn mapping(&self, id: &str) -> Result<MappingInfo, Error> {
        let id = id.to_owned();
        self.db().read(move |tx| info(tx, &find(tx, &id)?)).await
    }
}

fn target(tx: &Tx<'_>, filter: &MappingFilter) -> Result<Option<Target>, Error> {
    let organization = filter.organization.as_deref().map(|name| find_organization(tx, name)).transpose()?;
    Ok(match (organization, filter.resource.as_deref()) {
        (None, None) => None,
        (Some(organization), None) => Some(Target::Organization(organization.id)),
        (Some(organization), Some(name)) => {
            Some(Target::Resource(find_resource(tx, &organization, name)?.id))
        }
        (None, Some(_)) => {
            return Err(Error::Invalid(
                "a resource is named within its organization: give organization too".to_owned(),
            ));
        }
    })
}

fn find(tx: &Tx<'_>, id: &str) -> Result<MappingRow, Error> {
    let missing = || Error::NotFound(format!("there is no mapping {id:?}; list them: enroll mapping list"));
    let parsed: MappingId = id.parse().map_err(|_| missing())?;
    mapping::find_anywhere(tx, parsed)?.ok_or_else(missing)
}

/// The refusal of a second mapping of a group to the same target.
fn taken(tx: &Tx<'_>, row: &MappingRow) -> Result<Error, Error> {
    let MappingInfo { group, organization, resource, resource_kind, .. } = info(tx, row)?;
    let target = match (resource_kind, resource) {
        (Some(kind), Some(resource)) => format!("{organization}/{kind}:{resource}"),
        _ => organization,
    };
    Ok(Error::Conflict(format!(
        "the group {group:?} is mapped to {target} already; remove that mapping first, or change it"
    )))
}

fn info(tx: &Tx<'_>, row: &MappingRow) -> Result<MappingInfo, Error> {
    let mapping = &row.mapping;
    let directory =
        directory::find(tx, mapping.directory)?.map(|row| row.name.to_string()).unwrap_or_default();
    let on = match mapping.gives {
        RoleOn::Organization(..) => None,
        RoleOn::Resource(resource, _) => resource::find(tx, resource)?,
    };
    let organization = organization::find(tx, plan::organization_of(tx, mapping.gives)?)?;
    let state = match mapping.group.binding() {
        _ if mapping.paused => MappingState::Paused,
        MappingBinding::Bound(_) => MappingState::Active,
        MappingBinding::Waiting => MappingState::Waiting,
        MappingBinding::Lost => MappingState::Lost,
    };
    Ok(MappingInfo {
        id: mapping.id,
        directory,
        group: mapping.group.name().to_string(),
        group_id: mapping.group.binding().group(),
        organization: organization.map(|row| row.name.to_string()).unwrap_or_default(),
        resource_id: on.as_ref().map(|row| row.id),
        resource_kind: on.as_ref().map(|row| row.kind.to_string()),
        resource: on.map(|row| row.name.to_string()),
        role: mapping.gives.role(),
        state,
        created: row.created,
    })
}
