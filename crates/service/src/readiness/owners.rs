//! Organizations that nobody is in charge of (enrollment.md §2.8, §7.1).

use enroll_store::readiness::{self, Found};
use enroll_store::{organization, owner};

use super::checks::about;
use super::{NAMED, Reader, ReadinessFinding, Severity, Subject};
use crate::Error;
use crate::admin::{DEFAULT, all_organizations};

/// Organizations without an active owner that this directory leads into. Those that no directory leads into are in the report that
/// administrators have of the directory that every instance has: each is in some report, and no identity provider learns of others.
pub(super) fn organizations(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    let mut rows = Vec::new();
    for id in readiness::organizations_of(subject.tx, subject.directory.id)? {
        if !owner::has_active_owner(subject.tx, id)? {
            rows.extend(organization::find(subject.tx, id)?);
        }
    }
    if subject.reader == Reader::Administrator && subject.directory.name.as_str() == DEFAULT {
        for row in all_organizations(subject.tx)? {
            if !owner::has_active_owner(subject.tx, row.id)?
                && readiness::directories_of(subject.tx, row.id)?.iter().all(|id| id.is_built_in())
            {
                rows.push(row);
            }
        }
    }
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    let named = rows.iter().take(NAMED as usize).map(|row| (row.id.to_string(), row.name.to_string()));
    let found = Found { count: u64::try_from(rows.len()).unwrap_or(u64::MAX), first: named.collect() };
    Ok(about(
        found,
        Severity::Error,
        "no-owner",
        "Organizations have no active owner: nobody can manage them.",
        "Give somebody the role (enroll org grant ORG USER --role owner), or map a group to it (enroll mapping add --role owner --allow-privileged).",
    ))
}
