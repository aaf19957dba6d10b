//! Who may do what on a resource (enrollment.md 3.1, 3.3).

use std::collections::BTreeMap;

use super::collector::Collector;
use super::enrollments::{Enrollment, Enrollments};
use super::giver::Giver;
use super::graph::Walker;
use super::source::{ResourceSource, Source};
use super::state::{ResourceFacts, State};
use crate::{ResourceId, ResourceRole, RoleOn, UserId, Visibility};

/// One user's standing on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceEnrollment {
    /// The user.
    pub user: UserId,
    /// Not deactivated.
    pub active: bool,
    /// The highest role of all sources; none for a deactivated user (enrollment.md 2.3).
    pub effective_role: Option<ResourceRole>,
    /// Every source, highest role first; of the same role, those on the resource itself before those through the organization, and
    /// these before what everybody has.
    pub sources: Vec<ResourceSource>,
}

/// Everybody with a source of a role on one resource, ordered by user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceEnrollments(Vec<ResourceEnrollment>);

impl ResourceEnrollments {
    /// All, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, ResourceEnrollment> {
        self.0.iter()
    }

    /// One user's standing.
    pub fn get(&self, user: UserId) -> Option<&ResourceEnrollment> {
        let found = self.0.binary_search_by_key(&user, |entry| entry.user);
        self.0.get(found.ok()?)
    }

    /// One user's role in force: what an access check asks.
    pub fn effective_role(&self, user: UserId) -> Option<ResourceRole> {
        self.get(user)?.effective_role
    }
}

impl<'a> IntoIterator for &'a ResourceEnrollments {
    type Item = &'a ResourceEnrollment;
    type IntoIter = std::slice::Iter<'a, ResourceEnrollment>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Every user's role on one resource, with all sources; nobody's, if the state has no such resource.
///
/// - Mappings to the resource and grants on it give their roles, by the rules of [`super::enroll`].
/// - Each source of a role on the organization gives what that role implies on its resources (3.1).
/// - On a public resource every user may `read`.
/// - The effective role is the highest of all; every source is kept (3.3). A deactivated user has none (2.3).
pub fn enroll_resource(state: &State, resource: ResourceId) -> ResourceEnrollments {
    enroll_resource_with(state, &mut Walker::new(state), resource)
}

/// [`enroll_resource`] with what is known of the groups already.
pub(super) fn enroll_resource_with(
    state: &State,
    walker: &mut Walker<'_>,
    resource: ResourceId,
) -> ResourceEnrollments {
    let Some(facts) = state.resources.get(&resource) else { return ResourceEnrollments::default() };
    let organization = super::enroll_with(state, walker, |other| other == facts.organization);
    let givers = givers(state, |other| other == resource).remove(&resource).unwrap_or_default();
    let mut collector = Collector::new(state.users.len());
    on_resource(*facts, organization.of_organization(facts.organization), givers, walker, &mut collector)
}

/// [`enroll_resource`] for one resource of the state after the other, in the order of their ids. `enrollments` is what
/// [`super::enroll`] makes of the same state.
///
/// All answers together grow with the resources times the members of their organizations; one at a time is in memory.
pub fn enroll_resources<'a>(
    state: &'a State,
    enrollments: &'a Enrollments,
) -> impl Iterator<Item = (ResourceId, ResourceEnrollments)> + 'a {
    let mut givers = givers(state, |_| true);
    let (mut walker, mut collector) = (Walker::new(state), Collector::new(state.users.len()));
    state.resources.iter().map(move |(resource, facts)| {
        let own = givers.remove(resource).unwrap_or_default();
        let organization = enrollments.of_organization(facts.organization);
        (*resource, on_resource(*facts, organization, own, &mut walker, &mut collector))
    })
}

/// What users are given on resources themselves, by mappings to them and grants on them: each with all sources, the highest role first.
/// Which resources there are does not matter. It is a part of what [`enroll_resource`] finds, and the one that grows with neither the
/// organizations' members nor with public resources.
pub fn given_on_resources(state: &State) -> BTreeMap<(ResourceId, UserId), Vec<Source<ResourceRole>>> {
    let (mut walker, mut collector) = (Walker::new(state), Collector::new(state.users.len()));
    let mut all = BTreeMap::new();
    for (resource, mut givers) in givers(state, |_| true) {
        givers.sort_by_cached_key(Giver::precedence);
        for giver in givers {
            giver.give(&mut walker, |user, source| collector.add(user, source));
        }
        for (position, sources) in collector.take() {
            if let Some((user, _)) = walker.user(position) {
                all.insert((resource, user), sources);
            }
        }
    }
    all
}

fn givers(
    state: &State,
    wanted: impl Fn(ResourceId) -> bool,
) -> BTreeMap<ResourceId, Vec<Giver<ResourceRole>>> {
    let mut all: BTreeMap<ResourceId, Vec<Giver<ResourceRole>>> = BTreeMap::new();
    for mapping in state.mappings.iter().filter(|mapping| !mapping.paused) {
        if let RoleOn::Resource(resource, role) = mapping.gives
            && wanted(resource)
        {
            all.entry(resource).or_default().push(Giver::mapping(mapping, role));
        }
    }
    for grant in state.resource_grants.iter().filter(|grant| wanted(grant.resource)) {
        all.entry(grant.resource).or_default().push(Giver::from(grant));
    }
    all
}

fn on_resource(
    facts: ResourceFacts,
    organization: &[Enrollment],
    mut givers: Vec<Giver<ResourceRole>>,
    walker: &mut Walker<'_>,
    collector: &mut Collector<ResourceSource>,
) -> ResourceEnrollments {
    givers.sort_by_cached_key(Giver::precedence);
    for giver in givers {
        giver.give(walker, |user, source| collector.add(user, ResourceSource::Own(source)));
    }
    for enrollment in organization {
        let Some(user) = walker.position(enrollment.user) else { continue };
        for via in &enrollment.sources {
            collector.add(user, implied(via, facts.base));
        }
    }
    if facts.visibility == Visibility::Public {
        for user in 0..walker.users() {
            collector.add(user, ResourceSource::Public);
        }
    }
    let entry = |(position, mut sources): (usize, Vec<ResourceSource>)| {
        let (user, user_facts) = walker.user(position)?;
        // Stable: of the same role, in the order in which they were collected.
        sources.sort_by_key(|source| std::cmp::Reverse(source.role()));
        let highest = sources.first().map(ResourceSource::role).filter(|_| user_facts.active);
        Some(ResourceEnrollment { user, active: user_facts.active, effective_role: highest, sources })
    };
    ResourceEnrollments(collector.take().into_iter().filter_map(entry).collect())
}

/// What a source of a role on an organization gives on its resources.
fn implied(via: &Source, base: ResourceRole) -> ResourceSource {
    ResourceSource::Organization { role: via.role().on_resources(base), via: via.clone() }
}
