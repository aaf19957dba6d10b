//! The lines of a file that an administrator could have typed: organizations, resources, mappings, grants, default enrollment.
//! Each is compared with what is there, and goes through the use case that makes or changes it.

use enroll_domain::enrollment::GrantKind;
use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{
    DirectoryId, GroupName, KindName, MappingBinding, OrganizationName, ResourceName, Target,
};
use enroll_store::mapping::MappingRow;
use enroll_store::{Tx, mapping};

use super::import::ImportOptions;
use super::line::{EnrollmentLine, GrantLine, Line, MappingLine, OrganizationLine, ResourceLine};
use crate::admin::{
    DirectorySettings, MappingChange, MappingEdit, NewEnrollment, NewMapping, NewOrganization, NewResource,
    NewResourceMapping, OrganizationChange, ResourceChange, find_organization, find_resource,
};
use crate::scim::{Came, user_named};
use crate::{Error, ScimSession, Service};

/// What is there, if it is.
fn found<T>(looked: Result<T, Error>) -> Result<Option<T>, Error> {
    match looked {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn invalid(error: impl std::fmt::Display) -> Error {
    Error::Invalid(error.to_string())
}

/// What came of a change of what was there as `there` says: whether as the line has it.
fn came(there: Option<bool>) -> Came {
    match there {
        None => Came::Made,
        Some(false) => Came::Changed,
        Some(true) => Came::Same,
    }
}

/// A dry run goes the same way to its end: each use case is carried out, and its transaction undone (`Service::trying`).
impl ImportOptions {
    /// What a line names, if it is there; in a dry run it may be made by an earlier line, of which nothing was kept.
    fn named<T>(self, looked: Result<T, Error>) -> Result<Option<T>, Error> {
        if self.dry_run { found(looked) } else { looked.map(Some) }
    }

    /// As [`ImportOptions::named`], for a change that was tried or made.
    fn done<T>(self, changed: Result<T, Error>) -> Result<(), Error> {
        self.named(changed).map(drop)
    }
}

impl Service {
    /// Makes or changes what the line says. Gives what is to be known of it, too.
    pub(super) async fn set_up(
        &self,
        session: &ScimSession,
        line: &Line,
        options: ImportOptions,
    ) -> Result<(Came, Option<String>), Error> {
        let came = match line {
            Line::Organization(line) => return self.import_organization(session, line, options).await,
            Line::Resource(line) => self.import_resource(line, options).await,
            Line::Mapping(line) => self.import_mapping(session, line, options).await,
            Line::Grant(line) => self.import_grant(session, line, options).await,
            Line::DefaultEnrollment(line) => self.import_enrollment(session, line, options).await,
            _ => Err(Error::Internal("a line is none of what is set up".to_owned())),
        };
        Ok((came?, None))
    }

    async fn import_organization(
        &self,
        session: &ScimSession,
        line: &OrganizationLine,
        options: ImportOptions,
    ) -> Result<(Came, Option<String>), Error> {
        line.name.parse::<OrganizationName>().map_err(invalid)?;
        let Some(there) = found(self.organization(&line.name).await)? else {
            let directories = if line.reserved { vec![session.directory_name.clone()] } else { Vec::new() };
            let new = NewOrganization {
                name: line.name.clone(),
                display_name: Some(line.display_name.clone()),
                description: Some(line.description.clone()),
                base_resource_role: Some(line.base_resource_role),
                directories,
            };
            options.done(self.create_organization(&new).await)?;
            return Ok((Came::Made, None));
        };
        // Whom it is reserved to is a matter of the instance that has it.
        let note = reserved_to_others(&line.name, &there.directories, &session.directory_name);
        let as_said = there.display_name == line.display_name
            && there.description == line.description
            && there.base_resource_role == line.base_resource_role;
        if as_said {
            return Ok((Came::Same, note));
        }
        let change = OrganizationChange {
            display_name: Some(line.display_name.clone()),
            description: Some(line.description.clone()),
            base_resource_role: Some(line.base_resource_role),
            directories: None,
        };
        options.done(self.change_organization(&line.name, &change, None).await)?;
        Ok((Came::Changed, note))
    }

    async fn import_resource(&self, line: &ResourceLine, options: ImportOptions) -> Result<Came, Error> {
        line.name.parse::<ResourceName>().map_err(invalid)?;
        line.kind.parse::<KindName>().map_err(invalid)?;
        let name = format!("{}:{}", line.kind, line.name);
        let looked = self.resource(&line.organization, &name).await;
        let Some(there) = found(looked)? else {
            let new = NewResource {
                name: line.name.clone(),
                kind: Some(line.kind.clone()),
                visibility: Some(line.visibility),
            };
            options.done(self.create_resource(&line.organization, &new).await)?;
            return Ok(Came::Made);
        };
        if there.visibility == line.visibility {
            return Ok(Came::Same);
        }
        let change = ResourceChange { kind: None, visibility: Some(line.visibility) };
        let id = there.id.to_string();
        options.done(self.change_resource(&line.organization, &id, &change, None).await)?;
        Ok(Came::Changed)
    }

    async fn import_mapping(
        &self,
        session: &ScimSession,
        line: &MappingLine,
        options: ImportOptions,
    ) -> Result<Came, Error> {
        let (directory, of, group) =
            (session.directory, line.clone(), GroupName::new(&line.group).map_err(invalid)?);
        let looked = self.db().read(move |tx| mapped(tx, directory, &of, &group)).await;
        let allow_privileged = options.allow_privileged;
        let (edit, came) = match found(looked)?.flatten() {
            None => (added(&session.directory_name, line, allow_privileged)?, Came::Made),
            Some(there) if there.mapping.gives.role() == line.role && there.mapping.paused == line.paused => {
                return Ok(Came::Same);
            }
            Some(there) => {
                let id = there.mapping.id.to_string();
                let (paused, role) = (Some(line.paused), Some(line.role));
                let change = MappingChange { paused, role, allow_privileged };
                (MappingEdit::Change { id, change }, Came::Changed)
            }
        };
        options.done(self.apply_mapping(&edit, None).await)?;
        Ok(came)
    }

    async fn import_grant(
        &self,
        session: &ScimSession,
        line: &GrantLine,
        options: ImportOptions,
    ) -> Result<Came, Error> {
        let directory = session.directory;
        let user = self.db().look_up(|tx| user_named(tx, directory, &line.user))?;
        let user = user.map(|user| user.to_string()).ok_or_else(|| {
            Error::NotFound(format!("no user of this directory has the userName {:?}", line.user))
        });
        match &line.resource {
            None => {
                let role = line.role.on_organization().map_err(invalid)?;
                let Some(user) = options.named(user)? else { return Ok(Came::Made) };
                let there = found(self.grant_of_user(&line.organization, &user, GrantKind::Direct).await)?;
                let there = there.map(|grant| grant.role == role);
                if there != Some(true) {
                    options.done(self.give_grant(&line.organization, &user, role).await)?;
                }
                Ok(came(there))
            }
            Some(resource) => {
                let role = line.role.on_resource().map_err(invalid)?;
                let Some(user) = options.named(user)? else { return Ok(Came::Made) };
                let there = found(self.resource_grant(&line.organization, resource, &user).await)?;
                let there = there.map(|grant| grant.role == role);
                if there != Some(true) {
                    let given = self.give_resource_grant(&line.organization, resource, &user, role);
                    options.done(given.await)?;
                }
                Ok(came(there))
            }
        }
    }

    async fn import_enrollment(
        &self,
        session: &ScimSession,
        line: &EnrollmentLine,
        options: ImportOptions,
    ) -> Result<Came, Error> {
        let before = self.directory(&session.directory_name).await?.default_enrollment;
        let there =
            before.as_ref().map(|there| there.organization == line.organization && there.role == line.role);
        if there == Some(true) {
            return Ok(Came::Same);
        }
        let new = NewEnrollment {
            organization: line.organization.clone(),
            role: Some(line.role),
            allow_privileged: options.allow_privileged,
        };
        let settings =
            DirectorySettings { default_enrollment: Some(Some(new)), ..DirectorySettings::default() };
        options.done(self.set_directory(&session.directory_name, &settings).await)?;
        Ok(came(there))
    }
}

/// That an organization is reserved to directories of which this is none, and what to do if it is to be one.
fn reserved_to_others(organization: &str, directories: &[String], directory: &str) -> Option<String> {
    if directories.is_empty() || directories.iter().any(|name| name == directory) {
        return None;
    }
    let admitted = directories.iter().map(String::as_str).chain([directory]);
    let admitted: String = admitted.map(|name| format!(" --directory {name}")).collect();
    Some(format!(
        "it is reserved to {}, which an import leaves as it is: mappings of {directory} to it are refused. Is {directory} to be \
         admitted: enroll org set {organization}{admitted}; then import the file again",
        directories.join(", ")
    ))
}

/// A new mapping as the line says it.
fn added(
    directory: &str,
    line: &MappingLine,
    allow_privileged: AllowPrivileged,
) -> Result<MappingEdit, Error> {
    let (directory, group, organization) =
        (directory.to_owned(), line.group.clone(), line.organization.clone());
    Ok(match &line.resource {
        None => MappingEdit::Add(NewMapping {
            directory,
            group,
            organization,
            role: Some(line.role.on_organization().map_err(invalid)?),
            allow_privileged,
            paused: line.paused,
        }),
        Some(resource) => MappingEdit::AddToResource(NewResourceMapping {
            directory,
            group,
            organization,
            resource: resource.clone(),
            role: Some(line.role.on_resource().map_err(invalid)?),
            allow_privileged,
            paused: line.paused,
        }),
    })
}

/// The mapping of a group to what the line names, if it is there.
fn mapped(
    tx: &Tx<'_>,
    directory: DirectoryId,
    line: &MappingLine,
    group: &GroupName,
) -> Result<Option<MappingRow>, Error> {
    let organization = find_organization(tx, &line.organization)?;
    let target = match &line.resource {
        None => Target::Organization(organization.id),
        Some(name) => Target::Resource(find_resource(tx, &organization, name)?.id),
    };
    let there = mapping::named_to(tx, directory, group.key(), target)?.into_iter();
    // One whose group was deleted is no help where there is another.
    Ok(there.min_by_key(|row| row.mapping.group.binding() == MappingBinding::Lost))
}
