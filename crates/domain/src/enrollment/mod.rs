//! The enrollment function: who is in which organization, in which role, and why (enrollment.md 3).
//!
//! [`enroll`] is pure, and the same for a whole instance, for one user and for one organization: give it the slice of the
//! [`State`] that matters. [`diff`] compares two results, for previews and events; [`explain`] tells an admin why one user
//! has, or has not, a role.

mod diff;
mod enrollments;
mod explain;
mod graph;
mod source;
mod state;

use std::collections::BTreeMap;

pub use diff::{Change, diff};
pub use enrollments::{Enrollment, Enrollments};
pub use explain::{Explanation, NearMiss, explain};
pub use source::{GroupPath, Source};
pub use state::{Grant, GrantKind, GroupFacts, Mapping, State, UserFacts};

use crate::OrganizationId;
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
    let mut organizations: BTreeMap<OrganizationId, Vec<(usize, Source)>> = BTreeMap::new();
    for mapping in state.mappings.iter().filter(|mapping| !mapping.paused && wanted(mapping.organization)) {
        let Some(group) = mapping.group.binding().group() else { continue };
        let reach = walker.reach(group);
        let sources = organizations.entry(mapping.organization).or_default();
        sources.extend(
            reach
                .users()
                .map(|(user, path)| (user, Source::Group { mapping: mapping.id, role: mapping.role, path })),
        );
    }
    for grant in state.grants.iter().filter(|grant| wanted(grant.organization)) {
        if let Some(user) = walker.position(grant.user) {
            organizations.entry(grant.organization).or_default().push((user, Source::from(grant)));
        }
    }
    let mut all = Vec::new();
    for (organization, mut sources) in organizations {
        // The sort is stable and thrives on what is here: each mapping's users are in order already.
        sources.sort_by(|(user, source), (other_user, other)| {
            user.cmp(other_user).then_with(|| source.precedence().cmp(&other.precedence()))
        });
        let mut sources = sources.into_iter().peekable();
        while let Some((position, first)) = sources.next() {
            let mut of_user = vec![first];
            while let Some((_, source)) = sources.next_if(|(other, _)| *other == position) {
                of_user.push(source);
            }
            if let Some((user, facts)) = walker.user(position) {
                all.push(Enrollment::new(organization, user, facts.active, of_user));
            }
        }
    }
    Enrollments::from_sorted(all)
}
