//! Why a user has a role, or has none (enrollment.md 3.10).

use std::collections::BTreeMap;

use serde::Serialize;

use super::enroll_with;
use super::graph::Walker;
use super::resources::enroll_resource_with;
use super::source::{GroupPath, ResourceSource, Source};
use super::state::{Mapping, State, UserFacts};
use crate::{
    GroupId, GroupName, MappingBinding, MappingId, OrganizationId, ResourceId, ResourceRole, Role, RoleOn,
    UserId,
};

/// Why one user has, or has not, a role on one organization; as [`ResourceExplanation`], on one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation<R = Role, S = Source<R>> {
    /// Not deactivated.
    pub active: bool,
    /// The role in force, if any.
    pub effective_role: Option<R>,
    /// Every source of a role, the highest first.
    pub sources: Vec<S>,
    /// What might be expected to give a role, or to give it force, and does not.
    pub near_misses: Vec<NearMiss<R>>,
    /// The names of all groups in the paths.
    pub group_names: BTreeMap<GroupId, GroupName>,
}

/// Why one user has, or has not, a role on one resource.
pub type ResourceExplanation = Explanation<ResourceRole, ResourceSource>;

/// Why something does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "camelCase")]
pub enum NearMiss<R = Role> {
    /// The user is deactivated: the sources are kept and not in force.
    UserDeactivated {
        /// The role after reactivation.
        role: R,
    },
    /// The user is in the mapped group, but the mapping is paused.
    MappingPaused {
        /// The mapping.
        mapping: MappingId,
        /// The role that it would give.
        role: R,
        /// How the user is in the mapped group.
        path: GroupPath,
    },
    /// A mapping of the user's directory waits for its group: none of the name has been seen.
    #[serde(rename_all = "camelCase")]
    MappingWaiting {
        /// The mapping.
        mapping: MappingId,
        /// The role that it would give.
        role: R,
        /// The name waited for.
        group_name: GroupName,
    },
    /// The group of a mapping of the user's directory was deleted.
    #[serde(rename_all = "camelCase")]
    MappingLost {
        /// The mapping.
        mapping: MappingId,
        /// The role that it would give.
        role: R,
        /// The last name of the deleted group.
        group_name: GroupName,
    },
}

/// Explains one user's standing on one organization. `None`: no such user.
pub fn explain(state: &State, organization: OrganizationId, user: UserId) -> Option<Explanation> {
    let mut walker = Walker::new(state);
    let position = walker.position(user)?;
    let (_, facts) = walker.user(position)?;
    let enrollments = enroll_with(state, &mut walker, |other| other == organization);
    let sources = enrollments.get(organization, user).map(|entry| entry.sources.clone()).unwrap_or_default();

    let mut near_misses = deactivated(facts, sources.first().map(Source::role));
    near_misses.extend(missed(state, &mut walker, position, facts, |gives| match gives {
        RoleOn::Organization(other, role) if other == organization => Some(role),
        _ => None,
    }));

    let paths = sources.iter().filter_map(Source::path);
    Some(Explanation {
        active: facts.active,
        effective_role: enrollments.effective_role(organization, user),
        group_names: group_names(state, paths, &near_misses),
        sources,
        near_misses,
    })
}

/// Explains one user's standing on one resource. What nearly gives a role on its organization nearly gives what that role
/// implies. `None`: no such user or resource.
pub fn explain_resource(state: &State, resource: ResourceId, user: UserId) -> Option<ResourceExplanation> {
    let mut walker = Walker::new(state);
    let position = walker.position(user)?;
    let (_, facts) = walker.user(position)?;
    let on = *state.resources.get(&resource)?;
    let enrollments = enroll_resource_with(state, &mut walker, resource);
    let sources = enrollments.get(user).map(|entry| entry.sources.clone()).unwrap_or_default();

    let mut near_misses = deactivated(facts, sources.first().map(ResourceSource::role));
    near_misses.extend(missed(state, &mut walker, position, facts, |gives| match gives {
        RoleOn::Resource(other, role) if other == resource => Some(role),
        RoleOn::Organization(other, role) if other == on.organization => Some(role.on_resources(on.base)),
        _ => None,
    }));

    let paths = sources.iter().filter_map(ResourceSource::path);
    Some(Explanation {
        active: facts.active,
        effective_role: enrollments.effective_role(user),
        group_names: group_names(state, paths, &near_misses),
        sources,
        near_misses,
    })
}

/// A deactivated user would have the highest role of the sources.
fn deactivated<R>(facts: &UserFacts, highest: Option<R>) -> Vec<NearMiss<R>> {
    highest.filter(|_| !facts.active).map(|role| NearMiss::UserDeactivated { role }).into_iter().collect()
}

/// The mappings, oldest first, that nearly give what `role` says of them.
fn missed<R>(
    state: &State,
    walker: &mut Walker<'_>,
    position: usize,
    facts: &UserFacts,
    role: impl Fn(RoleOn) -> Option<R>,
) -> Vec<NearMiss<R>> {
    let mut mappings: Vec<_> =
        state.mappings.iter().filter_map(|mapping| Some((mapping, role(mapping.gives)?))).collect();
    mappings.sort_by_key(|(mapping, _)| mapping.id);
    mappings
        .into_iter()
        .filter_map(|(mapping, role)| near_miss(mapping, role, walker, position, facts))
        .collect()
}

/// Why a mapping gives a user nothing though it nearly does.
fn near_miss<R>(
    mapping: &Mapping,
    role: R,
    walker: &mut Walker<'_>,
    position: usize,
    facts: &UserFacts,
) -> Option<NearMiss<R>> {
    let id = mapping.id;
    let group_name = || mapping.group.name().clone();
    match mapping.group.binding() {
        MappingBinding::Bound(group) if mapping.paused => {
            let path = walker.reach(group).path(position)?;
            Some(NearMiss::MappingPaused { mapping: id, role, path })
        }
        MappingBinding::Bound(_) => None,
        _ if facts.directory != Some(mapping.directory) => None,
        MappingBinding::Waiting => {
            Some(NearMiss::MappingWaiting { mapping: id, role, group_name: group_name() })
        }
        MappingBinding::Lost => Some(NearMiss::MappingLost { mapping: id, role, group_name: group_name() }),
    }
}

/// The names of all groups in the paths.
fn group_names<'a, R: 'a>(
    state: &State,
    given: impl Iterator<Item = &'a GroupPath>,
    near_misses: &'a [NearMiss<R>],
) -> BTreeMap<GroupId, GroupName> {
    let missed = near_misses.iter().filter_map(|miss| match miss {
        NearMiss::MappingPaused { path, .. } => Some(path),
        _ => None,
    });
    let named = given.chain(missed).flat_map(GroupPath::groups);
    named.filter_map(|group| Some((group, state.groups.get(&group)?.name.clone()))).collect()
}
