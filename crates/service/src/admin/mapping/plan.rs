//! What a change of a mapping comes to: read first, then written or only looked at.
//!
//! A change and its preview are planned by the same lines, so that a preview shows what the change does.

use enroll_domain::enrollment::Mapping;
use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{
    GroupName, GroupNameKey, MappedGroup, MappingBinding, MappingId, OrganizationId, RoleOn, RoleWord,
};
use enroll_store::mapping::{self, MappingRow};
use enroll_store::organization::OrganizationRow;
use enroll_store::{Tx, group};
use jiff::Timestamp;

use super::super::directory::find as find_directory;
use super::super::organization::{admitted, find as find_organization};
use super::super::resource::find as find_resource;
use super::{MappingChange, NewMapping, NewResourceMapping, find};
use crate::Error;

/// A change of a mapping, made or only previewed.
#[derive(Debug, Clone)]
pub enum MappingEdit {
    /// Maps a group to an organization.
    Add(NewMapping),
    /// Maps a group to a resource.
    AddToResource(NewResourceMapping),
    /// Changes role or pause.
    Change {
        /// The mapping's id.
        id: String,
        /// What to change.
        change: MappingChange,
    },
    /// Points a mapping at the group that has its name now, or at another.
    Rebind {
        /// The mapping's id.
        id: String,
        /// Another group's name.
        group: Option<String>,
    },
    /// Removes a mapping.
    Remove {
        /// The mapping's id.
        id: String,
    },
}

/// The mapping as it is and as it will be: one of both at least.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) before: Option<MappingRow>,
    pub(super) after: Option<MappingRow>,
}

impl Plan {
    /// The mapping as it is, and as it will be, where it is there.
    pub(super) fn rows(&self) -> impl Iterator<Item = &MappingRow> {
        self.before.iter().chain(&self.after)
    }
}

impl MappingEdit {
    /// Reads what the change comes to. `id` and `now` are for a new mapping.
    ///
    /// # Errors
    /// Those of the use cases that make the change, but for a clash with another mapping.
    pub(super) fn plan(&self, tx: &Tx<'_>, id: MappingId, now: Timestamp) -> Result<Plan, Error> {
        match self {
            Self::Add(new) => {
                let role = new.allow_privileged.organization_role(new.role).map_err(invalid)?;
                let organization = find_organization(tx, &new.organization)?;
                let gives = RoleOn::Organization(organization.id, role);
                add(tx, (&new.directory, &new.group), &organization, (gives, new.paused), (id, now))
            }
            Self::AddToResource(new) => {
                let role = new.allow_privileged.resource_role(new.role).map_err(invalid)?;
                let organization = find_organization(tx, &new.organization)?;
                let resource = find_resource(tx, &organization, &new.resource)?;
                let gives = RoleOn::Resource(resource.id, role);
                add(tx, (&new.directory, &new.group), &organization, (gives, new.paused), (id, now))
            }
            Self::Change { id, change } => {
                let before = find(tx, id)?;
                let mut after = before.clone();
                if let Some(role) = change.role {
                    after.mapping.gives = with_role(before.mapping.gives, role, change.allow_privileged)?;
                }
                after.mapping.paused = change.paused.unwrap_or(before.mapping.paused);
                Ok(Plan { before: Some(before), after: Some(after) })
            }
            Self::Rebind { id, group } => {
                let before = find(tx, id)?;
                let Mapping { directory, group: mapped, .. } = &before.mapping;
                let name = group.as_deref().unwrap_or(mapped.name().as_str());
                let found =
                    group::find_for_mapping(tx, *directory, &GroupNameKey::new(name))?.ok_or_else(|| {
                        Error::NotFound(format!(
                            "the directory has no group {name:?}; name another with --group"
                        ))
                    })?;
                let mut after = before.clone();
                after.mapping.group.rebind(found.id, named(&found.display_name)?);
                Ok(Plan { before: Some(before), after: Some(after) })
            }
            Self::Remove { id } => Ok(Plan { before: Some(find(tx, id)?), after: None }),
        }
    }
}

fn add(
    tx: &Tx<'_>,
    (directory, group): (&str, &str),
    organization: &OrganizationRow,
    (gives, paused): (RoleOn, bool),
    (id, created): (MappingId, Timestamp),
) -> Result<Plan, Error> {
    let name = GroupName::new(group).map_err(|error| Error::Invalid(error.to_string()))?;
    let directory = find_directory(tx, directory)?;
    admitted(tx, organization, directory.id)?;
    let group = match group::find_for_mapping(tx, directory.id, name.key())? {
        Some(row) => MappedGroup::new(named(&row.display_name)?, Some(row.id)),
        None => MappedGroup::new(name, None),
    };
    let mapping = Mapping { id, directory: directory.id, group, gives, paused };
    Ok(Plan { before: None, after: Some(MappingRow { mapping, created }) })
}

fn with_role(gives: RoleOn, role: RoleWord, allow: AllowPrivileged) -> Result<RoleOn, Error> {
    Ok(match gives {
        RoleOn::Organization(organization, _) => {
            let role = role.on_organization().map_err(invalid)?;
            RoleOn::Organization(organization, allow.organization_role(Some(role)).map_err(invalid)?)
        }
        RoleOn::Resource(resource, _) => {
            let role = role.on_resource().map_err(invalid)?;
            RoleOn::Resource(resource, allow.resource_role(Some(role)).map_err(invalid)?)
        }
    })
}

fn invalid(error: impl std::fmt::Display) -> Error {
    Error::Invalid(error.to_string())
}

fn named(name: &str) -> Result<GroupName, Error> {
    GroupName::new(name).map_err(|error| Error::Internal(error.to_string()))
}

/// The organization that a mapping is about: the target itself, or the owner of the resource.
pub(super) fn organization_of(tx: &Tx<'_>, gives: RoleOn) -> Result<OrganizationId, Error> {
    match gives {
        RoleOn::Organization(organization, _) => Ok(organization),
        RoleOn::Resource(resource, _) => enroll_store::resource::find(tx, resource)?
            .map(|row| row.organization)
            .ok_or_else(|| Error::Internal("a mapping to a resource that is not there".to_owned())),
    }
}

/// Refuses a mapping beside another one of the same group, or of the same name that waits for its group, to the same target.
pub(super) fn check_single(tx: &Tx<'_>, row: &MappingRow) -> Result<(), Error> {
    let own = &row.mapping;
    let same = |other: &Mapping| match (own.group.binding(), other.group.binding()) {
        (MappingBinding::Bound(own), MappingBinding::Bound(other)) => own == other,
        (MappingBinding::Waiting, MappingBinding::Waiting) => {
            (own.directory, own.group.key()) == (other.directory, other.group.key())
        }
        _ => false,
    };
    // A mapping has the present name of its group.
    let others = mapping::named_to(tx, own.directory, own.group.key(), own.gives.target())?;
    if others.iter().any(|other| other.mapping.id != own.id && same(&other.mapping)) {
        return Err(super::taken(tx, row)?);
    }
    Ok(())
}
