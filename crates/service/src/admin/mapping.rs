//! Mappings of groups to roles in organizations (enrollment.md §1.7, §3.2, §3.7).

use std::collections::HashMap;

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::enrollment::Mapping;
use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{
    DirectoryId, GroupId, GroupName, GroupNameKey, MappedGroup, MappingBinding, MappingId, OrganizationId,
    Role,
};
use enroll_store::mapping::{self, MappingRow};
use enroll_store::{StoreError, Tx, directory, group};
use jiff::Timestamp;
use serde::Serialize;

use super::directory::find as find_directory;
use super::organization::{all as all_organizations, find as find_organization};
use super::page::{Page, PageRequest};
use crate::audit::{Changes, Scribe};
use crate::{Error, Service};

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

/// What to change of a mapping; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct MappingChange {
    /// Whether it is kept without effect.
    pub paused: Option<bool>,
    /// The role it gives.
    pub role: Option<Role>,
    /// Whether the roles `admin` and `owner` are meant.
    pub allow_privileged: AllowPrivileged,
}

/// Which mappings to list; those that meet both.
#[derive(Debug, Clone, Default)]
pub struct MappingFilter {
    /// Of the directory of that name.
    pub directory: Option<String>,
    /// To the organization of that name or id.
    pub organization: Option<String>,
}

/// Whether a mapping has effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// The role it gives.
    pub role: Role,
    /// Whether it has effect.
    pub state: MappingState,
    /// When it was made.
    pub created: Timestamp,
}

impl Service {
    /// Maps a group to a role in an organization. In force at once, or as soon as a group of that name appears.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory or organization; [`Error::Invalid`] for an empty name or a privileged role
    /// that is not expressly allowed; [`Error::Conflict`] when the group is mapped to the organization already.
    pub async fn add_mapping(&self, new: &NewMapping) -> Result<MappingInfo, Error> {
        let role = new
            .allow_privileged
            .organization_role(new.role)
            .map_err(|error| Error::Invalid(error.to_string()))?;
        let name = GroupName::new(&new.group).map_err(|error| Error::Invalid(error.to_string()))?;
        let now = self.clock().now();
        let id = MappingId::new(now, &self.entropy().id());
        let new = new.clone();
        let scribe = Scribe::of_service(self, now);
        self.db()
            .write(move |tx| {
                let directory = find_directory(tx, &new.directory)?.id;
                let organization = find_organization(tx, &new.organization)?.id;
                let found = group::find_for_mapping(tx, directory, name.key())?;
                let group = match found {
                    Some(row) => MappedGroup::new(named(&row.display_name)?, Some(row.id)),
                    None => MappedGroup::new(name.clone(), None),
                };
                let row = MappingRow {
                    mapping: Mapping { id, directory, group, organization, role, paused: new.paused },
                    created: now,
                };
                mapping::insert(tx, &row).map_err(|error| taken(error, name.as_str(), &new.organization))?;
                let made = info(tx, &row)?;
                let changes = Changes::default()
                    .with("groupName", &made.group)
                    .with("group", made.group_id)
                    .with("organization", &made.organization)
                    .with("role", made.role)
                    .with("paused", new.paused.then_some(true));
                tell(tx, &scribe, Action::MappingCreated, &row, &changes)?;
                Ok(made)
            })
            .await
    }

    /// All mappings of all directories, oldest first.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn mappings(&self) -> Result<Vec<MappingInfo>, Error> {
        self.db()
            .read(|tx| {
                let names: HashMap<OrganizationId, String> =
                    all_organizations(tx)?.into_iter().map(|row| (row.id, row.name.to_string())).collect();
                let mut all = Vec::new();
                for directory in directory::list(tx)? {
                    for row in mapping::list(tx, directory.id)? {
                        let organization = names.get(&row.mapping.organization).cloned().unwrap_or_default();
                        all.push(describe(&row, directory.name.to_string(), organization));
                    }
                }
                all.sort_by_key(|mapping| mapping.id);
                Ok(all)
            })
            .await
    }

    /// A page of the mappings, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory or organization, [`Error::Invalid`] when the page is none.
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
                let organization =
                    filter.organization.as_deref().map(|name| find_organization(tx, name)).transpose()?;
                let selection = mapping::Selection {
                    directory: directory.map(|row| row.id),
                    organization: organization.map(|row| row.id),
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

    /// Changes a mapping; in force at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id; [`Error::Invalid`] for a privileged role that is not expressly allowed.
    pub async fn change_mapping(&self, id: &str, change: &MappingChange) -> Result<MappingInfo, Error> {
        let allowed = |role| change.allow_privileged.organization_role(Some(role));
        let role = change.role.map(allowed).transpose().map_err(|error| Error::Invalid(error.to_string()))?;
        let (id, paused) = (id.to_owned(), change.paused);
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let mut row = find(tx, &id)?;
                if let Some(role) = role.filter(|role| *role != row.mapping.role) {
                    let old = std::mem::replace(&mut row.mapping.role, role);
                    mapping::set_role(tx, row.mapping.directory, row.mapping.id, role)?;
                    let mut changes = Changes::default();
                    changes.change("role", Some(old), Some(role));
                    tell(tx, &scribe, Action::MappingUpdated, &row, &changes)?;
                }
                if let Some(paused) = paused {
                    set_paused(tx, &scribe, &mut row, paused)?;
                }
                info(tx, &row)
            })
            .await
    }

    /// Pauses a mapping, or lets it have effect again; in force at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn pause_mapping(&self, id: &str, paused: bool) -> Result<MappingInfo, Error> {
        let id = id.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let mut row = find(tx, &id)?;
                set_paused(tx, &scribe, &mut row, paused)?;
                info(tx, &row)
            })
            .await
    }

    /// Points a mapping at the group that has its name now, or at the group named `group`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such mapping or group; [`Error::Conflict`] when another mapping maps that group to
    /// the organization.
    pub async fn rebind_mapping(&self, id: &str, group: Option<&str>) -> Result<MappingInfo, Error> {
        let (id, group) = (id.to_owned(), group.map(str::to_owned));
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find(tx, &id)?;
                let Mapping { id, directory, .. } = row.mapping;
                let name = group.as_deref().unwrap_or(row.mapping.group.name().as_str()).to_owned();
                let found =
                    group::find_for_mapping(tx, directory, &GroupNameKey::new(&name))?.ok_or_else(|| {
                        Error::NotFound(format!(
                            "the directory has no group {name:?}; name another with --group"
                        ))
                    })?;
                mapping::rebind(tx, directory, id, found.id, named(&found.display_name)?)
                    .map_err(|error| taken(error, &name, "the organization"))?;
                let after = find(tx, &id.to_string())?;
                let (old, new) = (&row.mapping.group, &after.mapping.group);
                let mut changes = Changes::default();
                changes.change("groupName", Some(old.name().as_str()), Some(new.name().as_str()));
                changes.change("group", old.binding().group(), new.binding().group());
                if !changes.is_empty() {
                    tell(tx, &scribe, Action::MappingRebound, &after, &changes)?;
                }
                info(tx, &after)
            })
            .await
    }

    /// Removes a mapping; what it gave ends at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn remove_mapping(&self, id: &str) -> Result<(), Error> {
        let id = id.to_owned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find(tx, &id)?;
                mapping::delete(tx, row.mapping.directory, row.mapping.id)?;
                let gone = info(tx, &row)?;
                let changes = Changes::default()
                    .without("groupName", &gone.group)
                    .without("group", gone.group_id)
                    .without("organization", &gone.organization)
                    .without("role", gone.role);
                tell(tx, &scribe, Action::MappingRemoved, &row, &changes)
            })
            .await
    }
}

fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    action: Action,
    row: &MappingRow,
    changes: &Changes,
) -> Result<(), Error> {
    let mapping = &row.mapping;
    let id = mapping.id.to_string();
    let subject = (SubjectKind::Mapping, id.as_str(), mapping.group.name().as_str());
    Ok(scribe.write(tx, action, mapping.directory, subject, changes)?)
}

/// Pauses or resumes a mapping that is not so yet, and tells the audit trail.
fn set_paused(tx: &Tx<'_>, scribe: &Scribe, row: &mut MappingRow, paused: bool) -> Result<(), Error> {
    if row.mapping.paused == paused {
        return Ok(());
    }
    mapping::set_paused(tx, row.mapping.directory, row.mapping.id, paused)?;
    row.mapping.paused = paused;
    let action = if paused { Action::MappingPaused } else { Action::MappingResumed };
    let mut changes = Changes::default();
    changes.change("paused", Some(!paused), Some(paused));
    tell(tx, scribe, action, row, &changes)
}

fn find(tx: &Tx<'_>, id: &str) -> Result<MappingRow, Error> {
    let missing = || Error::NotFound(format!("there is no mapping {id:?}; list them: enroll mapping list"));
    let parsed: MappingId = id.parse().map_err(|_| missing())?;
    mapping::find_anywhere(tx, parsed)?.ok_or_else(missing)
}

fn named(name: &str) -> Result<GroupName, Error> {
    GroupName::new(name).map_err(|error| Error::Internal(error.to_string()))
}

fn taken(error: StoreError, group: &str, organization: &str) -> Error {
    match error {
        StoreError::Unique { .. } => Error::Conflict(format!(
            "the group {group:?} is mapped to {organization} already; remove that mapping first, or change it"
        )),
        other => other.into(),
    }
}

fn info(tx: &Tx<'_>, row: &MappingRow) -> Result<MappingInfo, Error> {
    let directory: DirectoryId = row.mapping.directory;
    let directory = directory::find(tx, directory)?.map(|row| row.name.to_string()).unwrap_or_default();
    let organization = enroll_store::organization::find(tx, row.mapping.organization)?;
    Ok(describe(row, directory, organization.map(|row| row.name.to_string()).unwrap_or_default()))
}

fn describe(row: &MappingRow, directory: String, organization: String) -> MappingInfo {
    let mapping = &row.mapping;
    let state = match mapping.group.binding() {
        _ if mapping.paused => MappingState::Paused,
        MappingBinding::Bound(_) => MappingState::Active,
        MappingBinding::Waiting => MappingState::Waiting,
        MappingBinding::Lost => MappingState::Lost,
    };
    MappingInfo {
        id: mapping.id,
        directory,
        group: mapping.group.name().to_string(),
        group_id: mapping.group.binding().group(),
        organization,
        role: mapping.role,
        state,
        created: row.created,
    }
}
