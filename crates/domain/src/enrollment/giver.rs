//! What gives roles: mappings and grants alike.

use std::cmp::Reverse;

use uuid::Uuid;

use super::graph::Walker;
use super::source::Source;
use super::state::{Grant, GrantKind, Mapping, ResourceGrant};
use crate::{GrantId, GroupId, MappingId, ResourceRole, Role, UserId};

/// A mapping or a grant, with its role.
#[derive(Debug, Clone, Copy)]
pub(super) enum Giver<R> {
    Mapping { id: MappingId, group: Option<GroupId>, role: R },
    Grant { id: GrantId, user: UserId, role: R, kind: GrantKind },
}

impl<R> Giver<R> {
    pub(super) const fn mapping(mapping: &Mapping, role: R) -> Self {
        Self::Mapping { id: mapping.id, group: mapping.group.binding().group(), role }
    }
}

impl From<&Grant> for Giver<Role> {
    fn from(grant: &Grant) -> Self {
        Self::Grant { id: grant.id, user: grant.user, role: grant.role, kind: grant.kind }
    }
}

impl From<&ResourceGrant> for Giver<ResourceRole> {
    fn from(grant: &ResourceGrant) -> Self {
        Self::Grant { id: grant.id, user: grant.user, role: grant.role, kind: GrantKind::Direct }
    }
}

impl<R: Copy + Ord> Giver<R> {
    /// The order in which a user's sources are listed: highest role first, then by kind, then by id.
    pub(super) const fn precedence(&self) -> (Reverse<R>, u8, Uuid) {
        match self {
            Self::Mapping { id, role, .. } => (Reverse(*role), 0, *id.as_uuid()),
            Self::Grant { id, role, kind, .. } => {
                let kind = match kind {
                    GrantKind::Direct => 1,
                    GrantKind::Jit => 2,
                };
                (Reverse(*role), kind, *id.as_uuid())
            }
        }
    }

    /// Adds a source to everybody concerned: nobody, where a mapping has no group.
    pub(super) fn give(&self, walker: &mut Walker<'_>, mut add: impl FnMut(usize, Source<R>)) {
        match *self {
            Self::Mapping { id, group, role } => {
                let Some(group) = group else { return };
                for (user, path) in walker.reach(group).users() {
                    add(user, Source::Group { mapping: id, role, path });
                }
            }
            Self::Grant { id, user, role, kind } => {
                if let Some(user) = walker.position(user) {
                    add(
                        user,
                        match kind {
                            GrantKind::Direct => Source::Direct { grant: id, role },
                            GrantKind::Jit => Source::Jit { grant: id, role },
                        },
                    );
                }
            }
        }
    }
}
