//! Changes of mappings, in force at once: one row each, whatever the size of the group (enrollment.md §3.6).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::{MappingId, OrganizationId, Role, RoleOn};
use enroll_store::Tx;
use enroll_store::mapping::{self, MappingRow};

use super::plan::{MappingEdit, Plan, check_single};
use super::version::PreviewVersion;
use super::{MappingChange, MappingInfo, NewMapping, NewResourceMapping, info};
use crate::audit::{Changes, Scribe, Told};
use crate::roles::{self, Reach};
use crate::standing::keeping_owners;
use crate::{Error, Service};

impl Service {
    /// Maps a group to a role in an organization. In force at once, or as soon as a group of that name appears.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory or organization; [`Error::Invalid`] for an empty name or a privileged role
    /// that is not expressly allowed; [`Error::Conflict`] when the group is mapped to the organization already, or the
    /// organization is reserved to other directories.
    pub async fn add_mapping(&self, new: &NewMapping) -> Result<MappingInfo, Error> {
        there(self.apply_mapping(&MappingEdit::Add(new.clone()), None).await?)
    }

    /// Maps a group to a role on a resource.
    ///
    /// # Errors
    /// As [`Service::add_mapping`]; also [`Error::NotFound`] for an unknown resource and [`Error::Invalid`] for the role `owner`.
    pub async fn add_resource_mapping(&self, new: &NewResourceMapping) -> Result<MappingInfo, Error> {
        there(self.apply_mapping(&MappingEdit::AddToResource(new.clone()), None).await?)
    }

    /// Changes a mapping; in force at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id; [`Error::Invalid`] for a role that its target has not, and for a
    /// privileged role that is not expressly allowed.
    pub async fn change_mapping(&self, id: &str, change: &MappingChange) -> Result<MappingInfo, Error> {
        let edit = MappingEdit::Change { id: id.to_owned(), change: change.clone() };
        there(self.apply_mapping(&edit, None).await?)
    }

    /// Pauses a mapping, or lets it have effect again; in force at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn pause_mapping(&self, id: &str, paused: bool) -> Result<MappingInfo, Error> {
        self.change_mapping(id, &MappingChange { paused: Some(paused), ..MappingChange::default() }).await
    }

    /// Points a mapping at the group that has its name now, or at the group named `group`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such mapping or group; [`Error::Conflict`] when another mapping maps that group to
    /// the same target.
    pub async fn rebind_mapping(&self, id: &str, group: Option<&str>) -> Result<MappingInfo, Error> {
        let edit = MappingEdit::Rebind { id: id.to_owned(), group: group.map(str::to_owned) };
        there(self.apply_mapping(&edit, None).await?)
    }

    /// Removes a mapping; what it gave ends at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn remove_mapping(&self, id: &str) -> Result<(), Error> {
        self.apply_mapping(&MappingEdit::Remove { id: id.to_owned() }, None).await.map(drop)
    }

    /// Makes a change of a mapping and gives the mapping as it is then; `None` when it was removed. With the version of a preview,
    /// only if the preview still holds.
    ///
    /// # Errors
    /// Those of the change: see the use cases above; [`Error::Conflict`] when the preview no longer holds;
    /// [`Error::PreconditionFailed`] when the mapping has another version than is [expected](Service::expecting).
    pub async fn apply_mapping(
        &self,
        edit: &MappingEdit,
        previewed: Option<&PreviewVersion>,
    ) -> Result<Option<MappingInfo>, Error> {
        let now = self.clock().now();
        let (id, edit, previewed) =
            (MappingId::new(now, &self.entropy().id()), edit.clone(), previewed.cloned());
        let (scribe, expected) = (Scribe::of_service(self, now), self.expected().clone());
        self.db()
            .write(move |tx| {
                let plan = edit.plan(tx, id, now)?;
                plan.before.as_ref().map_or(Ok(()), |row| expected.check(&info(tx, row)?))?;
                previewed.as_ref().map_or(Ok(()), |version| version.check(tx, &plan))?;
                make(tx, &scribe, &plan)?;
                plan.after.as_ref().map(|row| info(tx, row)).transpose()
            })
            .await
    }
}

fn there(mapping: Option<MappingInfo>) -> Result<MappingInfo, Error> {
    mapping.ok_or_else(|| Error::Internal("a mapping is gone that was not removed".to_owned()))
}

/// Writes what is planned, unless an organization would lose its last owner by it.
pub(super) fn make(tx: &Tx<'_>, scribe: &Scribe, plan: &Plan) -> Result<(), Error> {
    keeping_owners(tx, scribe, owned(plan).as_slice(), || apply(tx, scribe, plan))
}

/// The organization, where the mapping makes owners now.
pub(super) fn owned(plan: &Plan) -> Option<OrganizationId> {
    let before = &plan.before.as_ref()?.mapping;
    match before.gives {
        RoleOn::Organization(organization, Role::Owner) if !before.paused => Some(organization),
        _ => None,
    }
}

/// Writes what is planned, and tells the audit trail what is different by that.
fn apply(tx: &Tx<'_>, scribe: &Scribe, plan: &Plan) -> Result<(), Error> {
    match (&plan.before, &plan.after) {
        (None, Some(row)) => {
            check_single(tx, row)?;
            mapping::insert(tx, row)?;
            tell(tx, scribe, Action::MappingCreated, row, &whole(tx, row, Changes::with)?)?;
            Ok(())
        }
        (Some(row), None) => {
            let changes = whole(tx, row, Changes::without)?;
            mapping::delete(tx, row.mapping.directory, row.mapping.id)?;
            tell(tx, scribe, Action::MappingRemoved, row, &changes)?;
            Ok(())
        }
        (Some(before), Some(after)) => change(tx, scribe, before, after),
        (None, None) => Ok(()),
    }
}

fn change(tx: &Tx<'_>, scribe: &Scribe, before: &MappingRow, after: &MappingRow) -> Result<(), Error> {
    let (old, new) = (&before.mapping, &after.mapping);
    if old.gives != new.gives {
        mapping::set_role(tx, new.directory, new.id, new.gives)?;
        let mut changes = Changes::default();
        changes.change("role", Some(old.gives.role()), Some(new.gives.role()));
        tell(tx, scribe, Action::MappingUpdated, after, &changes)?;
    }
    if old.paused != new.paused {
        mapping::set_paused(tx, new.directory, new.id, new.paused)?;
        let action = if new.paused { Action::MappingPaused } else { Action::MappingResumed };
        let mut changes = Changes::default();
        changes.change("paused", Some(old.paused), Some(new.paused));
        tell(tx, scribe, action, after, &changes)?;
    }
    if let Some(group) = new.group.binding().group()
        && old.group != new.group
    {
        check_single(tx, after)?;
        mapping::rebind(tx, new.directory, new.id, group, new.group.name().clone())?;
        let mut changes = Changes::default();
        changes.change("groupName", Some(old.group.name().as_str()), Some(new.group.name().as_str()));
        changes.change("group", old.group.binding().group(), new.group.binding().group());
        let told = tell(tx, scribe, Action::MappingRebound, after, &changes)?;
        // And of those in the group that it was bound to.
        roles::tell(tx, told, old.directory, &Reach::of_mapping(tx, old)?)?;
    }
    Ok(())
}

/// All that a mapping is, as something new or something gone.
fn whole(
    tx: &Tx<'_>,
    row: &MappingRow,
    note: impl Fn(Changes, &'static str, Option<String>) -> Changes,
) -> Result<Changes, Error> {
    let shown = info(tx, row)?;
    let all = [
        ("groupName", Some(shown.group)),
        ("group", shown.group_id.map(|id| id.to_string())),
        ("organization", Some(shown.organization)),
        ("resource", shown.resource),
        ("role", Some(shown.role.to_string())),
    ];
    Ok(all.into_iter().fold(Changes::default(), |changes, (name, value)| note(changes, name, value)))
}

/// Writes what is different into the audit trail, and tells of the roles of all who are in the group.
fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    action: Action,
    row: &MappingRow,
    changes: &Changes,
) -> Result<Told, Error> {
    let mapping = &row.mapping;
    let id = mapping.id.to_string();
    let subject = (SubjectKind::Mapping, id.as_str(), mapping.group.name().as_str());
    let told = scribe.write(tx, action, mapping.directory, subject, changes)?;
    roles::tell(tx, told, mapping.directory, &Reach::of_mapping(tx, mapping)?)?;
    Ok(told)
}
