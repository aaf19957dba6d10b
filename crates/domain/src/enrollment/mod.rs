//! The enrollment function: who is in which organization, in which role, and why (enrollment.md 3).
//!
//! [`enroll`] is pure, and the same for a whole instance, for one user and for one organization: give it the slice of the
//! [`State`] that matters. [`enroll_resource`] does the same for a resource. [`diff()`] compares two results, for previews and
//! events; [`explain()`] tells an admin why one user has, or has not, a role.

mod collector;
mod diff;
mod enrollments;
mod explain;
mod giver;
mod graph;
mod resources;
mod source;
mod state;

use std::collections::BTreeMap;

pub use diff::{Change, ResourceChange, diff, diff_resource};
pub use enrollments::{Enrollment, Enrollments};
pub use explain::{Explanation, NearMiss, ResourceExplanation, explain, explain_resource};
pub use resources::{
    ResourceEnrollment, ResourceEnrollments, enroll_resource, enroll_resources, given_on_resources,
};
pub use source::{GroupPath, ResourceSource, Source};
pub use state::{Grant, GrantKind, GroupFacts, Mapping, ResourceFacts, ResourceGrant, State, UserFacts};

use crate::{OrganizationId, Role, RoleOn};
use collector::Collector;
use giver::Giver;
use graph::Walker;

/// Every user's role on every organization, with all sources.
///
/// - A mapping gives its role to all members of its group, those of nested groups included; cycles are tolerated (3.4).
/// - A mapping that is paused, waits for its group or has lost it gives nothing (3.7).
/// - The effective role is the highest of all; every source is kept (3.3).
/// - A deactivated user keeps the sources and has no effective role (2.3).
///
/// The cost grows with the size of the state and of the answer, not with their product.
pub fn enroll(state: &State) -> Enrollments {
    enroll_with(state, &mut Walker::new(state), |_| true)
}

/// [`enroll`], for some organizations only.
fn enroll_with(
    state: &State,
    walker: &mut Walker<'_>,
    wanted: impl Fn(OrganizationId) -> bool,
) -> Enrollments {
    let mut organizations: BTreeMap<OrganizationId, Vec<Giver<Role>>> = BTreeMap::new();
    for mapping in state.mappings.iter().filter(|mapping| !mapping.paused) {
        if let RoleOn::Organization(organization, role) = mapping.gives
            && wanted(organization)
        {
            organizations.entry(organization).or_default().push(Giver::mapping(mapping, role));
        }
    }
    for grant in state.grants.iter().filter(|grant| wanted(grant.organization)) {
        organizations.entry(grant.organization).or_default().push(Giver::from(grant));
    }

    let mut collector = Collector::new(state.users.len());
    let mut all = Vec::new();
    for (organization, mut givers) in organizations {
        // In this order each user's sources arrive as they are to be listed.
        givers.sort_by_cached_key(Giver::precedence);
        for giver in givers {
            giver.give(walker, |user, source| collector.add(user, source));
        }
        for (position, sources) in collector.take() {
            if let Some((user, facts)) = walker.user(position) {
                all.push(Enrollment::new(organization, user, facts.active, sources));
            }
        }
    }
    Enrollments::from_sorted(all)
}
