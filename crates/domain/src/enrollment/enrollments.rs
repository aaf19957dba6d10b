//! The answer of the enrollment function.

use serde::Serialize;

use super::source::Source;
use crate::{OrganizationId, Role, UserId};

/// One user's standing on one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Enrollment {
    /// The organization.
    pub organization: OrganizationId,
    /// The user.
    pub user: UserId,
    /// Not deactivated.
    pub active: bool,
    /// The highest role of all sources; none for a deactivated user (enrollment.md 2.3).
    pub effective_role: Option<Role>,
    /// Every source, highest role first, then by kind (group, direct, jit), then by id.
    pub sources: Vec<Source>,
}

impl Enrollment {
    pub(super) fn new(
        organization: OrganizationId,
        user: UserId,
        active: bool,
        sources: Vec<Source>,
    ) -> Self {
        let highest = sources.iter().map(Source::role).max();
        Self { organization, user, active, effective_role: highest.filter(|_| active), sources }
    }
}

/// Every enrollment of a state, ordered by organization, then by user.
///
/// A user without any source on an organization has no entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Enrollments(Vec<Enrollment>);

impl Enrollments {
    pub(super) const fn from_sorted(all: Vec<Enrollment>) -> Self {
        Self(all)
    }

    /// All, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Enrollment> {
        self.0.iter()
    }

    /// The enrollments of one organization, ordered by user.
    pub fn of_organization(&self, organization: OrganizationId) -> &[Enrollment] {
        let start = self.0.partition_point(|entry| entry.organization < organization);
        let end = self.0.partition_point(|entry| entry.organization <= organization);
        self.0.get(start..end).unwrap_or_default()
    }

    /// One user's enrollment in one organization.
    pub fn get(&self, organization: OrganizationId, user: UserId) -> Option<&Enrollment> {
        let found =
            self.0.binary_search_by_key(&(organization, user), |entry| (entry.organization, entry.user));
        self.0.get(found.ok()?)
    }

    /// One user's role in force on one organization: what an access check asks.
    pub fn effective_role(&self, organization: OrganizationId, user: UserId) -> Option<Role> {
        self.get(organization, user)?.effective_role
    }
}

impl<'a> IntoIterator for &'a Enrollments {
    type Item = &'a Enrollment;
    type IntoIter = std::slice::Iter<'a, Enrollment>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Enrollments {
    type Item = Enrollment;
    type IntoIter = std::vec::IntoIter<Enrollment>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
