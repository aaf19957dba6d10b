//! Why a user has a role, or has none (enrollment.md 3.10).

use std::collections::BTreeMap;

use serde::Serialize;

use super::enroll_with;
use super::graph::Walker;
use super::source::{GroupPath, Source};
use super::state::{Mapping, State, UserFacts};
use crate::{GroupId, GroupName, MappingBinding, MappingId, OrganizationId, Role, UserId};

/// Why one user has, or has not, a role on one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Not deactivated.
    pub active: bool,
    /// The role in force, if any.
    pub effective_role: Option<Role>,
    /// Every source of a role, the highest first.
    pub sources: Vec<Source>,
    /// What might be expected to give a role, or to give it force, and does not.
    pub near_misses: Vec<NearMiss>,
    /// The names of all groups in the paths.
    pub group_names: BTreeMap<GroupId, GroupName>,
}

/// Why something does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "camelCase")]
pub enum NearMiss {
    /// The user is deactivated: the sources are kept and not in force.
    UserDeactivated {
        /// The role after reactivation.
        role: Role,
    },
    /// The user is in the mapped group, but the mapping is paused.
    MappingPaused {
        /// The mapping.
        mapping: MappingId,
        /// The role that it would give.
        role: Role,
        /// How the user is in the mapped group.
        path: GroupPath,
    },
    /// A mapping of the user's directory waits for its group: none of the name has been seen.
    #[serde(rename_all = "camelCase")]
    MappingWaiting {
        /// The mapping.
        mapping: MappingId,
        /// The role that it would give.
        role: Role,
        /// The name waited for.
        group_name: GroupName,
    },
    /// The group of a mapping of the user's directory was deleted.
    #[serde(rename_all = "camelCase")]
    MappingLost {
        /// The mapping.
        mapping: MappingId,
        /// The role that it would give.
        role: Role,
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

    let mut near_misses = Vec::new();
    if let Some(first) = sources.first().filter(|_| !facts.active) {
        near_misses.push(NearMiss::UserDeactivated { role: first.role() });
    }
    let mut mappings: Vec<_> = state.mappings.iter().filter(|m| m.organization == organization).collect();
    mappings.sort_by_key(|mapping| mapping.id);
    near_misses
        .extend(mappings.into_iter().filter_map(|mapping| near_miss(mapping, &mut walker, position, facts)));

    Some(Explanation {
        active: facts.active,
        effective_role: enrollments.effective_role(organization, user),
        group_names: group_names(state, &sources, &near_misses),
        sources,
        near_misses,
    })
}

/// Why a mapping gives a user nothing though it nearly does.
fn near_miss(
    mapping: &Mapping,
    walker: &mut Walker<'_>,
    position: usize,
    facts: &UserFacts,
) -> Option<NearMiss> {
    let (id, role) = (mapping.id, mapping.role);
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
fn group_names(state: &State, sources: &[Source], near_misses: &[NearMiss]) -> BTreeMap<GroupId, GroupName> {
    let given = sources.iter().filter_map(|source| match source {
        Source::Group { path, .. } => Some(path),
        Source::Direct { .. } | Source::Jit { .. } => None,
    });
    let missed = near_misses.iter().filter_map(|miss| match miss {
        NearMiss::MappingPaused { path, .. } => Some(path),
        _ => None,
    });
    let named = given.chain(missed).flat_map(GroupPath::groups);
    named.filter_map(|group| Some((group, state.groups.get(&group)?.name.clone()))).collect()
}
