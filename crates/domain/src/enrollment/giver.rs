//! What gives roles: mappings and grants alike.

use std::cmp::Reverse;

use uuid::Uuid;

use super::collector::Collector;
use super::graph::Walker;
use super::source::Source;
use super::state::{Grant, GrantKind, Mapping};
use crate::{OrganizationId, Role};

/// A mapping or a grant.
pub(super) enum Giver<'a> {
    Mapping(&'a Mapping),
    Grant(&'a Grant),
}

impl Giver<'_> {
    pub(super) const fn organization(&self) -> OrganizationId {
        match self {
            Self::Mapping(mapping) => mapping.organization,
            Self::Grant(grant) => grant.organization,
        }
    }

    /// The order in which a user's sources are listed: highest role first, then by kind, then by id.
    pub(super) const fn precedence(&self) -> (Reverse<Role>, u8, Uuid) {
        match self {
            Self::Mapping(mapping) => (Reverse(mapping.role), 0, *mapping.id.as_uuid()),
            Self::Grant(grant) => {
                let kind = match grant.kind {
                    GrantKind::Direct => 1,
                    GrantKind::Jit => 2,
                };
                (Reverse(grant.role), kind, *grant.id.as_uuid())
            }
        }
    }

    /// Adds a source to everybody concerned: nobody, where a mapping has no group.
    pub(super) fn give(&self, walker: &mut Walker<'_>, collector: &mut Collector) {
        match self {
            Self::Mapping(mapping) => {
                let Some(group) = mapping.group.binding().group() else { return };
                for (user, path) in walker.reach(group).users() {
                    collector.add(user, Source::Group { mapping: mapping.id, role: mapping.role, path });
                }
            }
            Self::Grant(grant) => {
                if let Some(user) = walker.position(grant.user) {
                    collector.add(user, Source::from(*grant));
                }
            }
        }
    }
}
