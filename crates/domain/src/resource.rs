//! Resources of organizations: what access is decided on (enrollment.md 1.6).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::word::words;

words! {
    /// Who may read a resource without any grant.
    Visibility: "a visibility" {
        /// Nobody.
        Private = "private",
        /// Every active user of the instance.
        Public = "public",
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the derive macro cannot mark a variant that another macro declares"
)]
impl Default for Visibility {
    fn default() -> Self {
        Self::Private
    }
}

/// Longest name, in characters.
const NAME_CHARACTERS: usize = 100;

/// Longest kind, in characters.
const KIND_CHARACTERS: usize = 50;

/// Which rule a name or kind of a resource breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidResource {
    /// Empty, or longer than a name may be.
    #[error("the name of a resource has 1 to 100 characters")]
    NameLength,
    /// A character that no name has.
    #[error(
        "the name of a resource consists of a to z, A to Z, 0 to 9, `.`, `_` and `-`; {0:?} is not allowed"
    )]
    NameCharacter(char),
    /// `.` or `..`: an address would lose it on its way.
    #[error("the name of a resource has a character other than `.`")]
    NameDots,
    /// Empty, or longer than a kind may be.
    #[error("the kind of a resource has 1 to 50 characters")]
    KindLength,
    /// A character that no kind has.
    #[error("the kind of a resource has no `:`, no `/` and no line break; {0:?} is not allowed")]
    KindCharacter(char),
}

/// The name of a resource, as it was given. Two names that differ in case alone are the same.
///
/// ```
/// use enroll_domain::ResourceName;
///
/// let name: ResourceName = "Web.Site_2".parse()?;
/// assert_eq!((name.as_str(), name.key()), ("Web.Site_2", "web.site_2".to_owned()));
/// assert!("a/b".parse::<ResourceName>().is_err() && "..".parse::<ResourceName>().is_err());
/// # Ok::<(), enroll_domain::resource::InvalidResource>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResourceName(Box<str>);

/// What a resource is to the application: free text, trimmed; `repository` unless it is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KindName(Box<str>);

impl ResourceName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What names are compared by.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl KindName {
    /// The kind as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What kinds are compared by.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl Default for KindName {
    fn default() -> Self {
        Self("repository".into())
    }
}

impl FromStr for ResourceName {
    type Err = InvalidResource;

    /// Checks the rule: nothing is trimmed and no case is changed.
    fn from_str(text: &str) -> Result<Self, InvalidResource> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if let Some(character) = text.chars().find(|c| !allowed(*c)) {
            return Err(InvalidResource::NameCharacter(character));
        }
        match text.len() {
            0 => Err(InvalidResource::NameLength),
            length if length > NAME_CHARACTERS => Err(InvalidResource::NameLength),
            _ if text.chars().all(|c| c == '.') => Err(InvalidResource::NameDots),
            _ => Ok(Self(text.into())),
        }
    }
}

impl FromStr for KindName {
    type Err = InvalidResource;

    /// Trims the text and checks the rule.
    fn from_str(text: &str) -> Result<Self, InvalidResource> {
        let text = text.trim();
        if let Some(character) = text.chars().find(|c| matches!(c, ':' | '/') || c.is_control()) {
            return Err(InvalidResource::KindCharacter(character));
        }
        match text.chars().count() {
            1..=KIND_CHARACTERS => Ok(Self(text.into())),
            _ => Err(InvalidResource::KindLength),
        }
    }
}

macro_rules! text {
    ($($name:ident)+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidResource;

            fn try_from(text: String) -> Result<Self, InvalidResource> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0.into()
            }
        }
    )+};
}

text! { ResourceName KindName }

#[cfg(test)]
mod tests {
    use super::{InvalidResource, KindName, ResourceName, Visibility};

    #[test]
    fn e1_6_a_name_fits_an_address_and_has_its_limit() {
        for name in ["a", "Web.Site_2", "-", ".github", &"x".repeat(100)] {
            assert_eq!(name.parse::<ResourceName>().unwrap().as_str(), name);
        }
        for (name, error) in [
            ("", InvalidResource::NameLength),
            (&*"x".repeat(101), InvalidResource::NameLength),
            ("a b", InvalidResource::NameCharacter(' ')),
            ("a/b", InvalidResource::NameCharacter('/')),
            ("a:b", InvalidResource::NameCharacter(':')),
            ("ä", InvalidResource::NameCharacter('ä')),
            (".", InvalidResource::NameDots),
            ("..", InvalidResource::NameDots),
        ] {
            assert_eq!(name.parse::<ResourceName>(), Err(error), "{name:?}");
        }
    }

    #[test]
    fn e1_6_a_kind_is_free_text_of_one_line() {
        assert_eq!(KindName::default().as_str(), "repository");
        assert_eq!(" Qualitätsbericht ".parse::<KindName>().unwrap().as_str(), "Qualitätsbericht");
        assert!("ä".repeat(50).parse::<KindName>().is_ok());
        for (kind, error) in [
            ("", InvalidResource::KindLength),
            (" ", InvalidResource::KindLength),
            (&*"ä".repeat(51), InvalidResource::KindLength),
            ("a:b", InvalidResource::KindCharacter(':')),
            ("a\nb", InvalidResource::KindCharacter('\n')),
        ] {
            assert_eq!(kind.parse::<KindName>(), Err(error), "{kind:?}");
        }
    }

    #[test]
    fn e1_6_a_resource_is_private_unless_it_is_said() {
        assert_eq!(Visibility::default(), Visibility::Private);
        assert_eq!("public".parse(), Ok(Visibility::Public));
    }
}
