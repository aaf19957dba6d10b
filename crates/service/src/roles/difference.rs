//! What differs between the roles that were told last and those that are in force.

use std::collections::{BTreeMap, BTreeSet};

use enroll_domain::enrollment::{self, Source, State};
use enroll_domain::event::RoleEvent;
use enroll_domain::{DirectoryId, GroupId, GroupName, Role, RoleWord, Target, UserId};
use enroll_store::event::NewRoleEvent;
use enroll_store::role_history::{self, RoleRow};
use enroll_store::{StoreError, Tx, event, organization, tombstone, user};
use serde_json::{Value, json};

use crate::audit::Told;
use crate::source::{GroupSummary, Names, SourceView};

/// An organization or a resource, and a user.
type Place = (Target, UserId);

/// A user's role in an organization with its sources, or what a user is given on a resource itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// In an organization; none on a resource, where it takes more than is looked at here.
    role: Option<Role>,
    sources: Vec<SourceView<RoleWord>>,
}

impl Standing {
    /// Everybody's.
    pub(super) fn all(state: &State) -> BTreeMap<Place, Self> {
        let names: BTreeMap<GroupId, GroupName> =
            state.groups.iter().map(|(id, facts)| (*id, facts.name.clone())).collect();
        let names = Names(&names);
        let enrollments = enrollment::enroll(state);
        let organizations = enrollments.iter().map(|entry| {
            let place = (Target::Organization(entry.organization), entry.user);
            (place, Self { role: entry.effective_role, sources: worded(&names, &entry.sources) })
        });
        let given = enrollment::given_on_resources(state).into_iter().map(|((resource, user), sources)| {
            ((Target::Resource(resource), user), Self { role: None, sources: worded(&names, &sources) })
        });
        organizations.chain(given).collect()
    }

    /// Whether it is what was told: the same role for the same reasons. The name of a group is no reason.
    fn is_told_by(&self, row: &RoleRow) -> bool {
        let told: Option<Vec<SourceView<RoleWord>>> = serde_json::from_str(&row.sources).ok();
        let reasons =
            |sources: Vec<SourceView<RoleWord>>| sources.into_iter().map(unnamed).collect::<Vec<_>>();
        self.role == row.role && told.map(reasons) == Some(reasons(self.sources.clone()))
    }
}

/// Sources with the names of their groups, and words for their roles.
fn worded<R: Copy + Into<RoleWord>>(names: &Names<'_>, sources: &[Source<R>]) -> Vec<SourceView<RoleWord>> {
    sources.iter().filter_map(|source| names.source(source)).map(SourceView::worded).collect()
}

/// A source without the names of its groups.
pub(super) fn unnamed<R>(source: SourceView<R>) -> SourceView<R> {
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

/// Brings the history to what is in force now, and writes an event for every role in an organization that differs. All users are of `directory`,
/// where it is known. What was before the history is written down and no event.
pub(super) fn write_differences(
    tx: &Tx<'_>,
    cause: Told,
    directory: Option<DirectoryId>,
    before: Vec<RoleRow>,
    now: &BTreeMap<Place, Standing>,
) -> Result<(), StoreError> {
    let before: BTreeMap<Place, RoleRow> =
        before.into_iter().map(|row| ((row.target, row.user), row)).collect();
    let places: BTreeSet<Place> = before.keys().chain(now.keys()).copied().collect();
    let mut names = BTreeMap::new();
    for place in places {
        let (old, new) = (before.get(&place), now.get(&place));
        if let (Some(old), Some(new)) = (old, new)
            && new.is_told_by(old)
        {
            continue;
        }
        let (target, user) = place;
        if old.is_some() {
            role_history::end(tx, (user, target), cause.time, cause.sequence)?;
        }
        if let Some(Standing { role, sources }) = new {
            let sources = serde_json::to_string(sources).unwrap_or_default();
            role_history::begin(tx, (user, target), (*role, &sources), cause.time, cause.sequence)?;
        }
        let Target::Organization(organization) = target else { continue };
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
