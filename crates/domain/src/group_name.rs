//! Names of groups, as they are shown and as they are compared.

use std::fmt;

use enroll_scim::Folded;
use serde::{Serialize, Serializer};

/// A group name without any character that shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a group is empty: give the name as the identity provider shows it")]
pub struct BlankGroupName;

/// The display name of a group: kept as it was given, compared by its [`GroupNameKey`].
#[derive(Debug, Clone)]
pub struct GroupName {
    text: Box<str>,
    key: GroupNameKey,
}

impl GroupName {
    /// The name of a group.
    ///
    /// ```
    /// use enroll_domain::GroupName;
    ///
    /// let name = GroupName::new(" Web Team ")?;
    /// assert_eq!(name, GroupName::new("web team")?);
    /// assert_eq!(name.as_str(), " Web Team ");
    /// # Ok::<(), enroll_domain::group_name::BlankGroupName>(())
    /// ```
    ///
    /// # Errors
    /// When nothing but white space is given.
    pub fn new(text: &str) -> Result<Self, BlankGroupName> {
        let key = GroupNameKey::new(text);
        if key.as_str().is_empty() { Err(BlankGroupName) } else { Ok(Self { text: text.into(), key }) }
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether white space stands around the name. Such a name and the one without it are the same name.
    ///
    /// ```
    /// use enroll_domain::GroupName;
    ///
    /// assert!(GroupName::new("Web ")?.is_padded());
    /// assert!(!GroupName::new("Web Team")?.is_padded());
    /// # Ok::<(), enroll_domain::group_name::BlankGroupName>(())
    /// ```
    pub fn is_padded(&self) -> bool {
        Folded::new(&self.text).as_str() != self.key.as_str()
    }

    /// What the name is compared by.
    pub fn key(&self) -> &GroupNameKey {
        &self.key
    }
}

impl PartialEq for GroupName {
    /// Two names are the same name when their keys are.
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for GroupName {}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for GroupName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// What names of groups are compared by: trimmed and case-folded (enrollment.md 3.7).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupNameKey(Box<str>);

impl GroupNameKey {
    /// The key of a name; of a key, the same key.
    pub fn new(name: &str) -> Self {
        // Folding first: it turns some characters into white space of its own.
        Self(Folded::new(name).as_str().trim().into())
    }

    /// The key as text, for the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{GroupName, GroupNameKey};

    #[test]
    fn e3_7_names_compare_folded_and_trimmed() {
        for other in ["WEB TEAM", "  web team\t", "\u{a0}Web\u{3000}Team"] {
            assert_eq!(GroupName::new("Web Team").unwrap(), GroupName::new(other).unwrap(), "{other:?}");
        }
        assert_ne!(GroupName::new("Web Team").unwrap(), GroupName::new("WebTeam").unwrap());
    }

    #[test]
    fn e3_7_blank_name_is_no_name() {
        for text in ["", " ", "\u{a0}\t"] {
            assert!(GroupName::new(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn e3_7_key_of_a_key_is_the_key(text in ".{0,20}") {
            let key = GroupNameKey::new(&text);
            prop_assert_eq!(GroupNameKey::new(key.as_str()), key);
        }
    }
}
