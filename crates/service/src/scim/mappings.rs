//! What happens to mappings when groups come, change their names, or go (enrollment.md §3.7).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::enrollment::Mapping;
use enroll_domain::{DirectoryId, GroupId, GroupName};
use enroll_store::mapping::{self, Named};
use enroll_store::{Tx, directory};
use tracing::{info, warn};

use crate::Error;
use crate::audit::{Changes, Scribe, Told};
use crate::roles::{self, Reach};

/// A group was made or renamed: mappings that wait for its name bind to it; those bound to it show the new name.
pub(crate) fn group_named(
    tx: &Tx<'_>,
    scribe: &Scribe,
    directory: DirectoryId,
    group: GroupId,
    name: &GroupName,
) -> Result<(), Error> {
    let policy = directory::find(tx, directory)?.map(|row| row.rebind).unwrap_or_default();
    for change in mapping::group_named(tx, directory, group, name, policy)? {
        match change {
            Named::Bound(mapping) => {
                info!(%directory, %group, mapping = %mapping.id, "mapping bound to its group");
                let changes = Changes::default().with("group", group);
                let told = tell(tx, scribe, Action::MappingBound, &mapping, &changes)?;
                roles::tell(tx, told, directory, &Reach::of_mapping(tx, &mapping)?)?;
            }
            Named::Renamed(mapping) => {
                info!(%directory, %group, mapping = %mapping.id, "mapping follows its group's name");
                tell(
                    tx,
                    scribe,
                    Action::MappingRenamed,
                    &mapping,
                    &Changes::default().with("groupName", name.as_str()),
                )?;
            }
            Named::Redundant(mapping) => {
                warn!(%directory, %group, mapping = %mapping.id, "mapping stays unbound: its group is mapped to that organization already");
            }
        }
    }
    Ok(())
}

/// A group is deleted: what it gave ends, and its mappings wait for an administrator.
pub(crate) fn group_deleted(
    tx: &Tx<'_>,
    scribe: &Scribe,
    directory: DirectoryId,
    group: GroupId,
) -> Result<(), Error> {
    for mapping in mapping::group_deleted(tx, directory, group)? {
        warn!(%directory, %group, mapping = %mapping.id, "mapping has lost its group");
        tell(tx, scribe, Action::MappingLost, &mapping, &Changes::default().without("group", group))?;
    }
    Ok(())
}

fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    action: Action,
    mapping: &Mapping,
    changes: &Changes,
) -> Result<Told, Error> {
    let id = mapping.id.to_string();
    let subject = (SubjectKind::Mapping, id.as_str(), mapping.group.name().as_str());
    Ok(scribe.write(tx, action, mapping.directory, subject, changes)?)
}
