//! Where a role comes from, in words.

use std::collections::BTreeMap;
use std::fmt;

use enroll_domain::enrollment::{GroupPath, NearMiss, ResourceSource, Source};
use enroll_domain::{GroupId, GroupName, MappingId, ResourceRole, Role, RoleWord};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A group as other objects name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupSummary {
    /// The id.
    pub id: GroupId,
    /// The displayName.
    pub display_name: String,
}

/// One grant with its source: on an organization; with [`ResourceRole`], on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[schemars(rename = "SourceView_{R}")]
pub enum SourceView<R = Role> {
    /// Through a mapping.
    Group {
        /// The role it gives.
        role: R,
        /// The mapping.
        mapping: MappingId,
        /// The mapped group.
        group: GroupSummary,
        /// From the group that has the user as a member to the mapped group; one entry when they are the same.
        path: Vec<GroupSummary>,
    },
    /// Given by an administrator.
    Direct {
        /// The role it gives.
        role: R,
    },
    /// Given at first sign-in.
    Jit {
        /// The role it gives.
        role: R,
    },
}

impl<R: Copy> SourceView<R> {
    /// The role that it gives.
    pub(crate) const fn role(&self) -> R {
        match self {
            Self::Group { role, .. } | Self::Direct { role } | Self::Jit { role } => *role,
        }
    }
}

impl ResourceSourceView {
    /// The role that it gives.
    pub(crate) const fn role(&self) -> ResourceRole {
        match self {
            Self::Own(own) => own.role(),
            Self::Implied(ImpliedView::Organization { role, .. } | ImpliedView::Public { role }) => *role,
        }
    }
}

impl<R> SourceView<R> {
    /// The same with the word for its role.
    pub(crate) fn worded(self) -> SourceView<RoleWord>
    where
        R: Into<RoleWord>,
    {
        match self {
            Self::Group { role, mapping, group, path } => {
                SourceView::Group { role: role.into(), mapping, group, path }
            }
            Self::Direct { role } => SourceView::Direct { role: role.into() },
            Self::Jit { role } => SourceView::Jit { role: role.into() },
        }
    }
}

/// One grant with its source, on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ResourceSourceView {
    /// On the resource itself.
    Own(SourceView<ResourceRole>),
    /// Not on the resource itself.
    Implied(ImpliedView),
}

/// Why somebody has a role on a resource without a grant on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ImpliedView {
    /// By a role on the organization.
    Organization {
        /// The role on the resource.
        role: ResourceRole,
        /// Where the role on the organization comes from.
        via: SourceView,
    },
    /// The resource is public.
    Public {
        /// What everybody may do: `read`.
        role: ResourceRole,
    },
}

/// Names for the groups of a state.
pub(crate) struct Names<'a>(pub(crate) &'a BTreeMap<GroupId, GroupName>);

impl Names<'_> {
    fn path(&self, path: &GroupPath) -> Vec<GroupSummary> {
        path.groups()
            .map(|id| GroupSummary {
                id,
                display_name: self.0.get(&id).map(ToString::to_string).unwrap_or_default(),
            })
            .collect()
    }

    /// One source with the names of its groups.
    pub(crate) fn source<R: Copy>(&self, source: &Source<R>) -> Option<SourceView<R>> {
        Some(match source {
            Source::Group { mapping, role, path } => {
                let path = self.path(path);
                SourceView::Group { role: *role, mapping: *mapping, group: path.last()?.clone(), path }
            }
            Source::Direct { role, .. } => SourceView::Direct { role: *role },
            Source::Jit { role, .. } => SourceView::Jit { role: *role },
        })
    }

    /// One source of a role on a resource with the names of its groups.
    pub(crate) fn resource_source(&self, source: &ResourceSource) -> Option<ResourceSourceView> {
        Some(match source {
            ResourceSource::Own(own) => ResourceSourceView::Own(self.source(own)?),
            ResourceSource::Organization { role, via } => {
                ResourceSourceView::Implied(ImpliedView::Organization { role: *role, via: self.source(via)? })
            }
            ResourceSource::Public => {
                ResourceSourceView::Implied(ImpliedView::Public { role: source.role() })
            }
        })
    }

    /// What narrowly gives no role, as a sentence.
    pub(crate) fn near_miss<R: fmt::Display>(&self, miss: &NearMiss<R>) -> String {
        match miss {
            NearMiss::UserDeactivated { role } => {
                format!("the user is deactivated; as an active user the role would be {role}")
            }
            NearMiss::MappingPaused { mapping, role, path } => {
                format!("{role} {}, but the mapping {mapping} is paused", through(&self.path(path)))
            }
            NearMiss::MappingWaiting { mapping, role, group_name } => format!(
                "the mapping {mapping} gives {role} to the group \"{group_name}\", but no group of that name has been seen"
            ),
            NearMiss::MappingLost { mapping, role, group_name } => format!(
                "the mapping {mapping} gave {role} to the group \"{group_name}\", which was deleted; \
                 if it was made anew, confirm it: enroll mapping rebind {mapping}"
            ),
        }
    }
}

/// `through the group "Backend", which is in "Engineering"`
fn through(path: &[GroupSummary]) -> String {
    let names: Vec<String> = path.iter().map(|group| format!("\"{}\"", group.display_name)).collect();
    format!("through the group {}", names.join(", which is in "))
}

impl<R: fmt::Display> fmt::Display for SourceView<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group { role, mapping, path, .. } => {
                write!(f, "{role} {} (mapping {mapping})", through(path))
            }
            Self::Direct { role } => write!(f, "{role} by a direct grant"),
            Self::Jit { role } => write!(f, "{role} by the directory's default enrollment at first sign-in"),
        }
    }
}

impl fmt::Display for ResourceSourceView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(source) => source.fmt(f),
            Self::Implied(ImpliedView::Organization { role, via }) => {
                write!(f, "{role} by a role on the organization: {via}")
            }
            Self::Implied(ImpliedView::Public { role }) => write!(f, "{role} because the resource is public"),
        }
    }
}
