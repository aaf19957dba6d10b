//! What a user may reach (enrollment.md §6.1).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use enroll_domain::enrollment::{self, State};
use enroll_domain::id::InvalidId;
use enroll_domain::{OrganizationId, ResourceId, RoleOn, RoleWord, UserId};
use enroll_store::organization::{self, OrganizationRow};
use enroll_store::resource::{self, ResourceRow};
use enroll_store::{Tx, slice};
use schemars::JsonSchema;
use serde::Serialize;

use super::resource::sources as resource_sources;
use super::{find_user, group_names, sources};
use crate::admin::{Page, PageRequest};
use crate::source::{Names, ResourceSourceView, SourceView};
use crate::{Error, Service};

/// An organization or a resource that a user may reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessEntry {
    /// The organization's name.
    pub organization: String,
    /// The organization's id.
    pub organization_id: OrganizationId,
    /// The name of its resource, where the entry is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The kind of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The id of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<ResourceId>,
    /// The effective role.
    pub role: RoleWord,
    /// Every grant, each with where it comes from; the highest first.
    pub sources: AccessSources,
}

/// The sources of a role on an organization, or on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum AccessSources {
    /// On an organization.
    Organization(Vec<SourceView>),
    /// On a resource.
    Resource(Vec<ResourceSourceView>),
}

impl fmt::Display for AccessSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = match self {
            Self::Organization(sources) => sources.iter().map(ToString::to_string).collect(),
            Self::Resource(sources) => sources.iter().map(ToString::to_string).collect(),
        };
        f.write_str(&texts.join("; "))
    }
}

/// A place in the list: organizations come first, each in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Organization(OrganizationId),
    Resource(ResourceId),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization(id) => write!(f, "organization.{id}"),
            Self::Resource(id) => write!(f, "resource.{id}"),
        }
    }
}

impl FromStr for Place {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.split_once('.') {
            Some(("organization", id)) => id.parse().map(Self::Organization),
            Some(("resource", id)) => id.parse().map(Self::Resource),
            _ => Err(InvalidId),
        }
    }
}

impl Service {
    /// A page of what a user may reach: first the organizations, then the resources, public ones included. A deactivated user
    /// reaches nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user, [`Error::Conflict`] when the name stands for several, [`Error::Invalid`]
    /// when the page is none.
    pub async fn user_access(&self, user: &str, page: &PageRequest) -> Result<Page<AccessEntry>, Error> {
        let (user, page) = (user.to_owned(), page.clone());
        let after: Option<Place> = page.after()?;
        self.db()
            .read(move |tx| {
                let user = find_user(tx, &user)?;
                if !user.active {
                    return Ok(Page { items: Vec::new(), next: None });
                }
                let state = slice::of_users(tx, user.directory, &[user.id], false)?;
                let rows = entries(tx, state, user.id, after, page.one_more())?;
                page.cut(rows, |(place, _)| *place).shown(|(_, entry)| Ok(entry))
            })
            .await
    }
}

/// What an active user may reach behind a place; `state` is the user's slice.
fn entries(
    tx: &Tx<'_>,
    mut state: State,
    user: UserId,
    after: Option<Place>,
    limit: u32,
) -> Result<Vec<(Place, AccessEntry)>, Error> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let names = group_names(&state);
    let mut owners: BTreeMap<OrganizationId, OrganizationRow> = BTreeMap::new();
    let mut found = Vec::new();
    for enrollment in &enrollment::enroll(&state) {
        let Some(role) = enrollment.effective_role else { continue };
        let Some(owner) = organization::find(tx, enrollment.organization)? else { continue };
        let place = Place::Organization(owner.id);
        if after.is_none_or(|after| place > after) && found.len() < wanted {
            let sources = AccessSources::Organization(sources(enrollment, &names));
            found.push((place, entry(&owner, None, role.into(), sources)));
        }
        owners.insert(owner.id, owner);
    }
    let behind = match after {
        Some(Place::Resource(id)) => Some(id),
        _ => None,
    };
    let rest = wanted.saturating_sub(found.len());
    let candidates =
        if rest == 0 { Vec::new() } else { candidates(tx, &state, owners.keys(), behind, limit)? };
    for row in candidates.into_iter().take(rest) {
        let owner = match owners.get(&row.organization) {
            Some(owner) => owner.clone(),
            None => organization::find(tx, row.organization)?
                .ok_or_else(|| Error::Internal("a resource without its organization".to_owned()))?,
        };
        state.resources.insert(row.id, row.facts(owner.base_resource_role));
        let enrollments = enrollment::enroll_resource(&state, row.id);
        if let Some(found_entry) = enrollments.get(user)
            && let Some(role) = found_entry.effective_role
        {
            let sources = AccessSources::Resource(resource_sources(found_entry, &Names(&names)));
            let place = Place::Resource(row.id);
            found.push((place, entry(&owner, Some(row), role.into(), sources)));
        }
    }
    Ok(found)
}

/// The first resources behind an id on which an active user has a role: by a mapping or a grant, by an organization, or because
/// they are public.
fn candidates<'a>(
    tx: &Tx<'_>,
    state: &State,
    organizations: impl Iterator<Item = &'a OrganizationId>,
    after: Option<ResourceId>,
    limit: u32,
) -> Result<Vec<ResourceRow>, Error> {
    let mapped =
        state.mappings.iter().filter(|mapping| !mapping.paused).filter_map(|mapping| match mapping.gives {
            RoleOn::Resource(resource, _) => Some(resource),
            RoleOn::Organization(..) => None,
        });
    let granted = state.resource_grants.iter().map(|grant| grant.resource);
    let named = mapped.chain(granted).filter(|id| after.is_none_or(|after| *id > after));
    let mut rows = resource::list_of_ids(tx, named)?;
    for organization in organizations {
        rows.extend(resource::list(tx, *organization, after, limit)?);
    }
    rows.extend(resource::list_public(tx, after, limit)?);
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

fn entry(
    owner: &OrganizationRow,
    resource: Option<ResourceRow>,
    role: RoleWord,
    sources: AccessSources,
) -> AccessEntry {
    AccessEntry {
        organization: owner.name.to_string(),
        organization_id: owner.id,
        resource_id: resource.as_ref().map(|row| row.id),
        kind: resource.as_ref().map(|row| row.kind.to_string()),
        resource: resource.map(|row| row.name.to_string()),
        role,
        sources,
    }
}
