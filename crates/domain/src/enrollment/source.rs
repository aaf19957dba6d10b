//! Where a role comes from.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::{GrantId, GroupId, MappingId, ResourceRole, Role};

/// One reason for a user to have a role on an organization; with [`ResourceRole`], on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Source<R = Role> {
    /// A mapping of a group that the user is in.
    Group {
        /// The mapping.
        mapping: MappingId,
        /// The role that it gives.
        role: R,
        /// How the user is in the mapped group.
        path: GroupPath,
    },
    /// A grant by an admin.
    Direct {
        /// The grant.
        grant: GrantId,
        /// The role that it gives.
        role: R,
    },
    /// A grant by the default enrollment at first sign-in.
    Jit {
        /// The grant.
        grant: GrantId,
        /// The role that it gives.
        role: R,
    },
}

impl<R: Copy> Source<R> {
    /// The role that this source gives.
    pub const fn role(&self) -> R {
        match self {
            Self::Group { role, .. } | Self::Direct { role, .. } | Self::Jit { role, .. } => *role,
        }
    }
}

impl<R> Source<R> {
    /// How the user is in the mapped group, if the source is one.
    pub(super) const fn path(&self) -> Option<&GroupPath> {
        match self {
            Self::Group { path, .. } => Some(path),
            Self::Direct { .. } | Self::Jit { .. } => None,
        }
    }
}

/// One reason for a user to have a role on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceSource {
    /// A mapping to the resource or a grant on it.
    Own(Source<ResourceRole>),
    /// A role on the organization, which implies one on each of its resources (enrollment.md 3.1).
    Organization {
        /// The role on the resource.
        role: ResourceRole,
        /// Where the role on the organization comes from.
        via: Source,
    },
    /// The resource is public: every user may read it (enrollment.md 1.6).
    Public,
}

impl ResourceSource {
    /// The role that this source gives.
    pub const fn role(&self) -> ResourceRole {
        match self {
            Self::Own(source) => source.role(),
            Self::Organization { role, .. } => *role,
            Self::Public => ResourceRole::Read,
        }
    }

    /// How the user is in the mapped group, if a mapping is behind it.
    pub(super) const fn path(&self) -> Option<&GroupPath> {
        match self {
            Self::Own(source) => source.path(),
            Self::Organization { via, .. } => via.path(),
            Self::Public => None,
        }
    }
}

/// A group that a walk from a mapped group inward came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) group: GroupId,
    /// The step that led here; the first step, the mapped group, names itself.
    pub(super) outer: usize,
}

/// How a user is in a mapped group: the group that the user is a direct member of, the group that this one is nested in, and
/// so on up to the mapped group. Serialised as a list of ids in that order.
///
/// It is the shortest way; of several, the one whose ids come first when read from the mapped group inward.
/// All paths of one walk share its steps, so that a path costs the same however deep groups are nested.
#[derive(Clone)]
pub struct GroupPath {
    walk: Arc<[Step]>,
    innermost: usize,
}

impl GroupPath {
    pub(super) const fn new(walk: Arc<[Step]>, innermost: usize) -> Self {
        Self { walk, innermost }
    }

    /// The groups, from the user's direct group to the mapped group.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> {
        let mut next = Some(self.innermost);
        std::iter::from_fn(move || {
            let position = next?;
            let step = self.walk.get(position)?;
            next = (step.outer != position).then_some(step.outer);
            Some(step.group)
        })
    }
}

impl PartialEq for GroupPath {
    fn eq(&self, other: &Self) -> bool {
        self.groups().eq(other.groups())
    }
}

impl Eq for GroupPath {}

impl fmt::Debug for GroupPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.groups()).finish()
    }
}

impl Serialize for GroupPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.groups())
    }
}
