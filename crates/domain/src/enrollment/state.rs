//! What the enrollment function looks at.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::word::words;
use crate::{
    DirectoryId, GrantId, GroupId, GroupName, MappedGroup, MappingId, OrganizationId, ResourceId,
    ResourceRole, Role, RoleOn, UserId, Visibility,
};

/// Users, groups, resources, mappings and grants: of a whole instance, or a slice of it.
///
/// What a slice leaves out must not matter to the question:
/// - **one user**: the user; the groups that contain the user, directly or nested (members may be cut down to the user); the
///   mappings to those groups; the user's grants. For [`super::explain()`] also the mappings of the organization that wait for
///   their group or lost it.
/// - **one organization**: its mappings and its grants; the mapped groups with all that they nest; the users of both.
/// - **one resource**: the resource, its mappings and grants, and those of its organization; else as for an organization.
///
/// An id that a group, a mapping or a grant names and that is not here is ignored.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Users that are not deleted.
    pub users: BTreeMap<UserId, UserFacts>,
    /// Groups that are not deleted.
    pub groups: BTreeMap<GroupId, GroupFacts>,
    /// Resources of organizations.
    pub resources: BTreeMap<ResourceId, ResourceFacts>,
    /// Mappings of groups to organizations and resources, in any order.
    pub mappings: Vec<Mapping>,
    /// Grants on organizations that do not come from a mapping, in any order.
    pub grants: Vec<Grant>,
    /// Grants on resources, in any order.
    pub resource_grants: Vec<ResourceGrant>,
}

/// What matters of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserFacts {
    /// The directory that the user came from; local users and bots have none.
    pub directory: Option<DirectoryId>,
    /// Not deactivated.
    pub active: bool,
}

/// What matters of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFacts {
    /// The display name: it gives nothing, explanations show it.
    pub name: GroupName,
    /// Direct members that are users, in any order.
    pub members: Vec<UserId>,
    /// Direct members that are groups, in any order.
    pub nested: Vec<GroupId>,
}

/// What matters of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceFacts {
    /// The organization that owns it.
    pub organization: OrganizationId,
    /// That organization's base resource role: what its members get.
    pub base: ResourceRole,
    /// Who may read it without any grant.
    pub visibility: Visibility,
}

/// A mapping of a group to a role on an organization or a resource (enrollment.md 1.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mapping {
    /// The mapping's id.
    pub id: MappingId,
    /// The directory whose group is mapped.
    pub directory: DirectoryId,
    /// The group: by which name, and which one.
    pub group: MappedGroup,
    /// The role that the group's members get, and on what.
    pub gives: RoleOn,
    /// Paused: kept, and gives nothing.
    pub paused: bool,
}

words! {
    /// How a grant came about that does not come from a mapping (enrollment.md 1.8).
    GrantKind: "a kind of grant" {
        /// Given by an admin.
        Direct = "direct",
        /// Given at first sign-in by the directory's default enrollment.
        Jit = "jit",
    }
}

/// A role on an organization that one user holds, whatever the groups say (enrollment.md 1.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The grant's id.
    pub id: GrantId,
    /// Who holds it.
    pub user: UserId,
    /// The organization.
    pub organization: OrganizationId,
    /// The role.
    pub role: Role,
    /// How it came about.
    pub kind: GrantKind,
}

/// A role on a resource that an admin has given to one user (enrollment.md 1.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceGrant {
    /// The grant's id.
    pub id: GrantId,
    /// Who holds it.
    pub user: UserId,
    /// The resource.
    pub resource: ResourceId,
    /// The role.
    pub role: ResourceRole,
}
