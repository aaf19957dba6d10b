//! Events: what applications are told of changes (enrollment.md §6.2, §6.3; `docs/decisions/0009`).

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::audit::Action;
use crate::word::words;

words! {
    /// What happened to a user's role in an organization. It follows from changes of users, groups, mappings and grants.
    RoleEvent: "an event of a role" {
        /// A user has a role and had none.
        MemberAdded = "organization.member_added",
        /// A user has another role.
        MemberRoleChanged = "organization.member_role_changed",
        /// A user has no role any more.
        MemberRemoved = "organization.member_removed",
    }
}

/// What an event tells of: a change, by the word of its audit entry, or what follows from it for roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventType {
    /// The change itself.
    Change(Action),
    /// A role in an organization.
    Role(RoleEvent),
}

/// No event has this type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no event has the type {0:?}: use one such as user.created or organization.member_added, or all of a kind such as group.*"
)]
pub struct UnknownType(pub String);

impl EventType {
    /// Every type.
    pub fn all() -> impl Iterator<Item = Self> {
        let changes = Action::ALL.iter().copied().map(Self::Change);
        changes.chain(RoleEvent::ALL.iter().copied().map(Self::Role))
    }

    /// The type, as it is written everywhere.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Change(action) => action.as_str(),
            Self::Role(role) => role.as_str(),
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for EventType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        let role = || text.parse().map(Self::Role).ok();
        text.parse().map(Self::Change).ok().or_else(role).ok_or_else(|| UnknownType(text.to_owned()))
    }
}

impl Serialize for EventType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Which types somebody wants to be told of: `user.created`, all of a kind as `group.*`, several with commas between. None named
/// means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypeFilter(Vec<String>);

impl TypeFilter {
    /// Whether events of the type are wanted.
    pub fn wants(&self, of: EventType) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| matches(pattern, of))
    }

    /// The types and kinds named; none for all.
    pub fn patterns(&self) -> &[String] {
        &self.0
    }
}

fn matches(pattern: &str, of: EventType) -> bool {
    match pattern.strip_suffix('*') {
        // `group.` with its dot: `group.*` is not `groups`.
        Some(kind) => kind.ends_with('.') && of.as_str().starts_with(kind),
        None => pattern == of.as_str(),
    }
}

impl FromStr for TypeFilter {
    type Err = UnknownType;

    /// Reads a list with commas; a name that no event has is refused, because nothing would ever come.
    fn from_str(text: &str) -> Result<Self, UnknownType> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let known = |name: &str| match EventType::all().any(|of| matches(name, of)) {
            true => Ok(name.to_owned()),
            false => Err(UnknownType(name.to_owned())),
        };
        names.map(known).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for TypeFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::{EventType, TypeFilter};

    #[test]
    fn e6_3_every_type_is_read_as_it_is_written() {
        for of in EventType::all() {
            assert_eq!(of.as_str().parse(), Ok(of));
            assert!(TypeFilter::default().wants(of));
        }
    }

    #[test]
    fn a_filter_names_types_and_kinds() {
        let filter: TypeFilter = "user.created, group.*".parse().unwrap();
        let wanted: Vec<&str> =
            EventType::all().filter(|of| filter.wants(*of)).map(EventType::as_str).collect();
        assert!(wanted.contains(&"user.created") && wanted.contains(&"group.member_added"), "{wanted:?}");
        assert!(
            wanted.iter().all(|word| *word == "user.created" || word.starts_with("group.")),
            "{wanted:?}"
        );
        assert_eq!(filter.to_string().parse(), Ok(filter));
        for wrong in ["users.*", "user.create", "*", "user.", "us*"] {
            assert!(wrong.parse::<TypeFilter>().is_err(), "{wrong}");
        }
    }
}
