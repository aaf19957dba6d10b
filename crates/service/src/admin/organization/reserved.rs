//! Organizations reserved to certain directories: others cannot be mapped to them (enrollment.md §1.5).

use enroll_domain::{DirectoryId, OrganizationId};
use enroll_store::organization::{self, OrganizationRow};
use enroll_store::{Tx, directory, mapping};

use super::super::directory::find as find_directory;
use crate::Error;

/// Most directories that an organization is reserved to.
const DIRECTORIES: usize = 100;

/// The names of the directories that an organization is reserved to; none where it is open to all.
pub(super) fn names(tx: &Tx<'_>, organization: OrganizationId) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for id in organization::directories(tx, organization)? {
        names.push(name(tx, id)?);
    }
    names.sort();
    Ok(names)
}

/// Reserves an organization to directories, by name or id; an empty list opens it to all. Nobody loses access unseen: while
/// another directory gives roles there, it is refused.
pub(super) fn reserve(tx: &Tx<'_>, row: &OrganizationRow, directories: &[String]) -> Result<(), Error> {
    if directories.len() > DIRECTORIES {
        return Err(Error::Invalid(format!(
            "an organization is reserved to at most {DIRECTORIES} directories; leave it open to all instead"
        )));
    }
    let mut ids = Vec::new();
    for directory in directories {
        ids.push(find_directory(tx, directory)?.id);
    }
    if !ids.is_empty() {
        let mut giving = mapping::directories_of(tx, row.id)?;
        giving.extend(directory::enrolling_into(tx, row.id)?);
        if let Some(other) = giving.into_iter().find(|directory| !ids.contains(directory)) {
            return Err(Error::Conflict(format!(
                "the directory {} has mappings to {} or to its resources, or enrolls people there by default: remove that \
                 first, so that nobody loses access unseen",
                name(tx, other)?,
                row.name
            )));
        }
    }
    Ok(organization::set_directories(tx, row.id, &ids)?)
}

/// Refuses a directory that an organization is not reserved to.
pub(in crate::admin) fn admitted(
    tx: &Tx<'_>,
    organization: &OrganizationRow,
    directory: DirectoryId,
) -> Result<(), Error> {
    let reserved = organization::directories(tx, organization.id)?;
    if reserved.is_empty() || reserved.contains(&directory) {
        return Ok(());
    }
    let (owner, names) = (&organization.name, names(tx, organization.id)?.join(", "));
    Err(Error::Conflict(format!(
        "{owner} is reserved to the directories {names}, and {} is none of them: choose another organization, or admit the \
         directory with enroll org set {owner} --directory (each of them), over HTTP with `directories`",
        name(tx, directory)?
    )))
}

fn name(tx: &Tx<'_>, id: DirectoryId) -> Result<String, Error> {
    Ok(directory::find(tx, id)?.map(|row| row.name.to_string()).unwrap_or_default())
}
