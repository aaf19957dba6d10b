//! Where a role comes from, in words.

use std::collections::BTreeMap;
use std::fmt;

use enroll_domain::enrollment::{GroupPath, NearMiss, Source};
use enroll_domain::{GroupId, GroupName, MappingId, Role};
use serde::{Deserialize, Serialize};

/// A group as other objects name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupSummary {
    /// The id.
    pub id: GroupId,
    /// The displayName.
    pub display_name: String,
}

/// One grant with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum SourceView {
    /// Through a mapping.
    Group {
        /// The role it gives.
        role: Role,
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
        role: Role,
    },
    /// Given at first sign-in.
    Jit {
        /// The role it gives.
        role: Role,
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
    pub(crate) fn source(&self, source: &Source) -> Option<SourceView> {
        Some(match source {
            Source::Group { mapping, role, path } => {
                let path = self.path(path);
                SourceView::Group { role: *role, mapping: *mapping, group: path.last()?.clone(), path }
            }
            Source::Direct { role, .. } => SourceView::Direct { role: *role },
            Source::Jit { role, .. } => SourceView::Jit { role: *role },
        })
    }

    /// What narrowly gives no role, as a sentence.
    pub(crate) fn near_miss(&self, miss: &NearMiss) -> String {
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

impl fmt::Display for SourceView {
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
