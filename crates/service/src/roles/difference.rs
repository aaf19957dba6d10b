//! What differs between the roles that were told last and those that are in force.

use std::collections::{BTreeMap, BTreeSet};

use enroll_domain::enrollment::{Enrollment, Enrollments, State};
use enroll_domain::event::RoleEvent;
use enroll_domain::{DirectoryId, GroupId, GroupName, OrganizationId, Role, UserId};
use enroll_store::event::NewRoleEvent;
use enroll_store::role_history::{self, RoleRow};
use enroll_store::{StoreError, Tx, event, organization, tombstone, user};
use serde_json::{Value, json};

use crate::audit::Told;
use crate::source::{GroupSummary, Names, SourceView};

/// An organization and a user.
type Place = (OrganizationId, UserId);

/// A user's role in an organization with its sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    role: Option<Role>,
    sources: Vec<SourceView>,
}

impl Standing {
    /// Everybody's.
    pub(super) fn all(enrollments: &Enrollments, state: &State) -> BTreeMap<Place, Self> {
        let names: BTreeMap<GroupId, GroupName> =
            state.groups.iter().map(|(id, facts)| (*id, facts.name.clone())).collect();
        let of = |entry: &Enrollment| {
            let sources = entry.sources.iter().filter_map(|source| Names(&names).source(source)).collect();
            ((entry.organization, entry.user), Self { role: entry.effective_role, sources })
        };
        enrollments.iter().map(of).collect()
    }

    /// Whether it is what was told: the same role for the same reasons. The name of a group is no reason.
    fn is_told_by(&self, row: &RoleRow) -> bool {
        let told: Option<Vec<SourceView>> = serde_json::from_str(&row.sources).ok();
        let reasons = |sources: Vec<SourceView>| sources.into_iter().map(unnamed).collect::<Vec<_>>();
        self.role == row.role && told.map(reasons) == Some(reasons(self.sources.clone()))
    }
}

/// A source without the names of its groups.
fn unnamed(source: SourceView) -> SourceView {
    let unnamed = |group: GroupSummary| GroupSummary { display_name: String::new(), ..group };
    match source {
        SourceView::Group { role, mapping, group, path } => SourceView::Group {
            role,
            mapping,
            group: unnamed(group),
            path: path.into_iter().map(unnamed).collect(),
        },
        other => other,
    }
}

/// Brings the history to what is in force now, and writes an event for every role that differs. All users are of `directory`,
/// where it is known. What was before the history is written down and no event.
pub(super) fn write_differences(
    tx: &Tx<'_>,
    cause: Told,
    directory: Option<DirectoryId>,
    before: Vec<RoleRow>,
    now: &BTreeMap<Place, Standing>,
) -> Result<(), StoreError> {
    let before: BTreeMap<Place, RoleRow> =
        before.into_iter().map(|row| ((row.organization, row.user), row)).collect();
    let places: BTreeSet<Place> = before.keys().chain(now.keys()).copied().collect();
    let mut names = BTreeMap::new();
    for place in places {
        let (old, new) = (before.get(&place), now.get(&place));
        if let (Some(old), Some(new)) = (old, new)
            && new.is_told_by(old)
        {
            continue;
        }
        let (organization, user) = place;
        if old.is_some() {
            role_history::end(tx, (user, organization), cause.time, cause.sequence)?;
        }
        if let Some(Standing { role, sources }) = new {
            let sources = serde_json::to_string(sources).unwrap_or_default();
            role_history::begin(tx, (user, organization), (*role, &sources), cause.time, cause.sequence)?;
        }
        let roles = (old.and_then(|old| old.role), new.and_then(|new| new.role));
        let of = match roles {
            (old, new) if old == new => continue,
            (None, _) => RoleEvent::MemberAdded,
            (_, None) => RoleEvent::MemberRemoved,
            _ => RoleEvent::MemberRoleChanged,
        };
        if cause.sequence == 0 {
            continue;
        }
        let Some((directory, who)) = describe(tx, directory, user)? else { continue };
        let name = match names.get(&organization) {
            Some(name) => name,
            None => {
                let row = organization::find(tx, organization)?;
                let name = row.map_or_else(|| organization.to_string(), |row| row.name.to_string());
                names.entry(organization).or_insert(name)
            }
        };
        let mut change = serde_json::Map::new();
        change.extend(roles.0.map(|old| ("old".to_owned(), json!(old))));
        change.extend(roles.1.map(|new| ("new".to_owned(), json!(new))));
        let sources = new.map_or(&[][..], |new| &new.sources);
        let data = json!({"user": who, "role": change, "sources": sources}).to_string();
        let directory = Some(directory).filter(|directory| !directory.is_built_in());
        let new = NewRoleEvent { of, directory, organization, name, data: &data };
        event::append_role(tx, cause.sequence, &new)?;
    }
    Ok(())
}

/// The user as events show her, and her directory. Of one who is gone, what the tombstone says.
fn describe(
    tx: &Tx<'_>,
    directory: Option<DirectoryId>,
    id: UserId,
) -> Result<Option<(DirectoryId, Value)>, StoreError> {
    let found = match directory {
        Some(directory) => user::find(tx, directory, id)?,
        None => match user::resolve(tx, &id.to_string())? {
            user::Reference::One(row) => Some(row),
            _ => None,
        },
    };
    if let Some(row) = found {
        let who = json!({"id": id, "handle": row.handle.as_str(), "userName": row.user_name});
        return Ok(Some((row.directory, who)));
    }
    let Some(directory) = directory else { return Ok(None) };
    Ok(tombstone::find(tx, directory, *id.as_uuid())?.map(|gone| {
        let handle = gone.handle.as_ref().map(|handle| handle.as_str().to_owned());
        (directory, json!({"id": id, "handle": handle, "userName": gone.name}))
    }))
}
