//! The difference between two answers: for previews (enrollment.md 3.8) and for events (6.3).

use serde::Serialize;

use super::enrollments::{Enrollment, Enrollments};
use crate::{OrganizationId, Role, UserId};

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

/// Everybody whose effective role differs between two answers, ordered by organization, then by user.
///
/// Sources that come or go without effect on the role make no change.
pub fn diff(before: &Enrollments, after: &Enrollments) -> Vec<Change> {
    let key = |entry: &&Enrollment| (entry.organization, entry.user);
    let mut changes = Vec::new();
    let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let first = before.peek().map(key).into_iter().chain(after.peek().map(key)).min();
        let Some((organization, user)) = first else { return changes };
        let is_first = |entry: &&Enrollment| key(entry) == (organization, user);
        let role = |entry: Option<&Enrollment>| entry.and_then(|entry| entry.effective_role);
        let (before, after) = (role(before.next_if(is_first)), role(after.next_if(is_first)));
        if before != after {
            changes.push(Change { organization, user, before, after });
        }
    }
}
