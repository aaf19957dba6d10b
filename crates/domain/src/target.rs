//! What roles are held on: an organization, or one of its resources (enrollment.md 1.7, 1.8).

use serde::Serialize;

use crate::{OrganizationId, ResourceId, ResourceRole, Role, RoleWord};

/// An organization or a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// An organization.
    Organization(OrganizationId),
    /// A resource of an organization.
    Resource(ResourceId),
}

/// A role on a target: each kind of target has roles of its own, so that no other pair can be written.
///
/// ```
/// use enroll_domain::{OrganizationId, Role, RoleOn, Target};
/// # let acme = OrganizationId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]);
///
/// let gives = RoleOn::Organization(acme, Role::Writer);
/// assert_eq!(gives.target(), Target::Organization(acme));
/// assert_eq!(gives.role().as_str(), "writer");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum RoleOn {
    /// A role on an organization.
    Organization(OrganizationId, Role),
    /// A role on a resource.
    Resource(ResourceId, ResourceRole),
}

impl RoleOn {
    /// What the role is held on.
    pub const fn target(self) -> Target {
        match self {
            Self::Organization(organization, _) => Target::Organization(organization),
            Self::Resource(resource, _) => Target::Resource(resource),
        }
    }

    /// The word for the role.
    pub fn role(self) -> RoleWord {
        match self {
            Self::Organization(_, role) => role.into(),
            Self::Resource(_, role) => role.into(),
        }
    }
}
