//! How a mapping, made by the name of a group, holds on to one group (enrollment.md 3.7).

use serde::Serialize;

use crate::id::GroupId;
use crate::word::words;
use crate::{GroupName, GroupNameKey};

/// Whether a mapping has found its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", content = "group", rename_all = "camelCase")]
pub enum MappingBinding {
    /// No group of the name has been seen yet: the first one binds.
    Waiting,
    /// The mapping holds this group, whatever it is called.
    Bound(GroupId),
    /// The bound group was deleted.
    Lost,
}

impl MappingBinding {
    /// The group whose members the mapping reaches.
    pub const fn group(self) -> Option<GroupId> {
        match self {
            Self::Bound(group) => Some(group),
            Self::Waiting | Self::Lost => None,
        }
    }
}

words! {
    /// What a directory does when a group appears with the name of a lost one.
    RebindPolicy: "a rebind policy" {
        /// An admin must confirm.
        Confirm = "confirm",
        /// The group of the same name is bound.
        ByName = "by-name",
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the derive macro cannot mark a variant that another macro declares"
)]
impl Default for RebindPolicy {
    fn default() -> Self {
        Self::Confirm
    }
}

/// The group side of a mapping: the name it goes by, and the group it holds.
///
/// Every change of a directory's groups goes through the three `group_` functions, for each mapping of that directory.
/// All three ignore groups that the mapping has nothing to do with.
///
/// ```
/// use enroll_domain::{GroupId, GroupName, MappedGroup, MappingBinding, RebindPolicy};
/// # let (first, other) = (GroupId::new(jiff::Timestamp::UNIX_EPOCH, &[1; 10]), GroupId::new(jiff::Timestamp::UNIX_EPOCH, &[2; 10]));
///
/// let mut mapped = MappedGroup::new(GroupName::new("Web")?, None);
/// mapped.group_named(first, &GroupName::new("web")?, RebindPolicy::Confirm);
/// mapped.group_named(first, &GroupName::new("Website")?, RebindPolicy::Confirm);
/// mapped.group_named(other, &GroupName::new("Web")?, RebindPolicy::Confirm);
/// assert_eq!(mapped.binding(), MappingBinding::Bound(first));
/// assert_eq!(mapped.name().as_str(), "Website");
/// # Ok::<(), enroll_domain::group_name::BlankGroupName>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MappedGroup {
    name: GroupName,
    binding: MappingBinding,
}

impl MappedGroup {
    /// A new or re-pointed mapping: holds the group of that name, or waits for it.
    pub fn new(name: GroupName, group: Option<GroupId>) -> Self {
        Self { name, binding: group.map_or(MappingBinding::Waiting, MappingBinding::Bound) }
    }

    /// What the store kept.
    pub const fn from_stored(name: GroupName, binding: MappingBinding) -> Self {
        Self { name, binding }
    }

    /// The name of the group: the bound one's present name, or the one waited for, or the lost one's last name.
    pub fn name(&self) -> &GroupName {
        &self.name
    }

    /// What the name is compared by.
    pub fn key(&self) -> &GroupNameKey {
        self.name.key()
    }

    /// Whether the mapping has found its group.
    pub const fn binding(&self) -> MappingBinding {
        self.binding
    }

    /// A group was created with a name, or was renamed to it. Answers whether the mapping found its group by that.
    ///
    /// The first group of the name binds. The bound group takes the mapping along to its new name. A lost mapping binds
    /// again only under [`RebindPolicy::ByName`].
    pub fn group_named(&mut self, group: GroupId, name: &GroupName, policy: RebindPolicy) -> bool {
        let found = match self.binding {
            MappingBinding::Bound(bound) => {
                if bound == group {
                    self.name = name.clone();
                }
                return false;
            }
            MappingBinding::Waiting => self.name == *name,
            MappingBinding::Lost => policy == RebindPolicy::ByName && self.name == *name,
        };
        if found {
            *self = Self::new(name.clone(), Some(group));
        }
        found
    }

    /// A group was deleted. Answers whether it was the bound one.
    pub fn group_deleted(&mut self, group: GroupId) -> bool {
        let lost = self.binding == MappingBinding::Bound(group);
        if lost {
            self.binding = MappingBinding::Lost;
        }
        lost
    }

    /// An admin points the mapping at a group: confirms a re-created one, or chooses another.
    pub fn rebind(&mut self, group: GroupId, name: GroupName) {
        *self = Self::new(name, Some(group));
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{MappedGroup, MappingBinding, RebindPolicy};
    use crate::{GroupId, GroupName};

    fn id(number: u8) -> GroupId {
        GroupId::new(Timestamp::UNIX_EPOCH, &[number; 10])
    }

    fn name(text: &str) -> GroupName {
        GroupName::new(text).unwrap()
    }

    fn bound() -> MappedGroup {
        MappedGroup::new(name("Web"), Some(id(1)))
    }

    #[test]
    fn e3_7_first_match_binds_folded_and_trimmed() {
        let mut mapped = MappedGroup::new(name("Web"), None);
        assert!(!mapped.group_named(id(1), &name("Webs"), RebindPolicy::Confirm));
        assert_eq!(mapped.binding(), MappingBinding::Waiting);
        assert!(mapped.group_named(id(2), &name(" WEB "), RebindPolicy::Confirm));
        assert_eq!(mapped.binding(), MappingBinding::Bound(id(2)));
        assert_eq!(mapped.name().as_str(), " WEB ");
    }

    #[test]
    fn e3_7_rename_keeps_the_binding_and_shows_the_new_name() {
        let mut mapped = bound();
        assert!(!mapped.group_named(id(1), &name("Website"), RebindPolicy::Confirm));
        assert_eq!(mapped.binding(), MappingBinding::Bound(id(1)));
        assert_eq!(mapped.name().as_str(), "Website");
    }

    #[test]
    fn e3_7_other_group_taking_the_name_gains_nothing() {
        for policy in [RebindPolicy::Confirm, RebindPolicy::ByName] {
            let mut mapped = bound();
            mapped.group_named(id(1), &name("Website"), policy);
            assert!(!mapped.group_named(id(2), &name("Web"), policy));
            assert_eq!(mapped.binding(), MappingBinding::Bound(id(1)));
        }
    }

    #[test]
    fn e3_7_deleted_group_is_lost_and_stays_lost() {
        let mut mapped = bound();
        assert!(!mapped.group_deleted(id(2)));
        assert!(mapped.group_deleted(id(1)));
        assert!(!mapped.group_named(id(3), &name("Web"), RebindPolicy::default()));
        assert_eq!(mapped.binding(), MappingBinding::Lost);
        mapped.rebind(id(3), name("Web"));
        assert_eq!(mapped.binding(), MappingBinding::Bound(id(3)));
    }

    #[test]
    fn e3_7_policy_by_name_binds_the_recreated_group() {
        let mut mapped = bound();
        mapped.group_deleted(id(1));
        assert!(!mapped.group_named(id(2), &name("Other"), RebindPolicy::ByName));
        assert!(mapped.group_named(id(3), &name("web"), RebindPolicy::ByName));
        assert_eq!(mapped.binding().group(), Some(id(3)));
    }

    #[test]
    fn e3_7_lost_mapping_remembers_the_last_name() {
        let mut mapped = bound();
        mapped.group_named(id(1), &name("Website"), RebindPolicy::ByName);
        mapped.group_deleted(id(1));
        assert!(!mapped.group_named(id(2), &name("Web"), RebindPolicy::ByName));
        assert!(mapped.group_named(id(3), &name("Website"), RebindPolicy::ByName));
    }
}
