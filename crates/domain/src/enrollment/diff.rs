//! The difference between two answers: for previews (enrollment.md 3.8) and for events (6.3).

use serde::Serialize;

use super::enrollments::{Enrollment, Enrollments};
use super::resources::{ResourceEnrollment, ResourceEnrollments};
use crate::{OrganizationId, ResourceRole, Role, UserId};

/// A user whose effective role on an organization differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The organization.
    pub organization: OrganizationId,
    /// The user.
    pub user: UserId,
    /// The effective role before: none when the user gains access.
    pub before: Option<Role>,
    /// The effective role after: none when the user loses access.
    pub after: Option<Role>,
}

/// A user whose effective role on a resource differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceChange {
    /// The user.
    pub user: UserId,
    /// The effective role before: none when the user gains access.
    pub before: Option<ResourceRole>,
    /// The effective role after: none when the user loses access.
    pub after: Option<ResourceRole>,
}

/// Everybody whose effective role differs between two answers, ordered by organization, then by user.
///
/// Sources that come or go without effect on the role make no change.
pub fn diff(before: &Enrollments, after: &Enrollments) -> Vec<Change> {
    let entry = |entry: &Enrollment| ((entry.organization, entry.user), entry.effective_role);
    let differences = differences(before.iter().map(entry), after.iter().map(entry));
    let change = |((organization, user), before, after)| Change { organization, user, before, after };
    differences.into_iter().map(change).collect()
}

/// Everybody whose effective role on a resource differs between two answers for it, ordered by user.
pub fn diff_resource(before: &ResourceEnrollments, after: &ResourceEnrollments) -> Vec<ResourceChange> {
    let entry = |entry: &ResourceEnrollment| (entry.user, entry.effective_role);
    let differences = differences(before.iter().map(entry), after.iter().map(entry));
    differences.into_iter().map(|(user, before, after)| ResourceChange { user, before, after }).collect()
}

/// What differs between two lists that are ordered by key.
fn differences<K: Copy + Ord, R: Copy + PartialEq>(
    before: impl Iterator<Item = (K, Option<R>)>,
    after: impl Iterator<Item = (K, Option<R>)>,
) -> Vec<(K, Option<R>, Option<R>)> {
    let mut differences = Vec::new();
    let (mut before, mut after) = (before.peekable(), after.peekable());
    loop {
        let first =
            before.peek().map(|entry| entry.0).into_iter().chain(after.peek().map(|entry| entry.0)).min();
        let Some(key) = first else { return differences };
        let is_first = |entry: &(K, Option<R>)| entry.0 == key;
        let role = |entry: Option<(K, Option<R>)>| entry.and_then(|entry| entry.1);
        let (before, after) = (role(before.next_if(is_first)), role(after.next_if(is_first)));
        if before != after {
            differences.push((key, before, after));
        }
    }
}
