//! Names that admins choose, and that appear in addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which rule a name breaks (enrollment.md 1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Fewer than three characters.
    #[error("a name has at least 3 characters")]
    TooShort,
    /// More than 32 characters.
    #[error("a name has at most 32 characters")]
    TooLong,
    /// The first character is not a letter.
    #[error("a name starts with a letter from a to z")]
    Start,
    /// A character that no name has.
    #[error("a name consists of a to z, 0 to 9 and `-`; {0:?} is not allowed")]
    Character(char),
}

/// Checks the rule of enrollment.md 1.5: 3 to 32 of `a-z 0-9 -`, starting with a letter.
fn check(text: &str) -> Result<(), InvalidName> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if let Some(character) = text.chars().find(|c| !allowed(*c)) {
        return Err(InvalidName::Character(character));
    }
    match text.len() {
        0..3 => Err(InvalidName::TooShort),
        3..=32 if text.starts_with(|c: char| c.is_ascii_lowercase()) => Ok(()),
        3..=32 => Err(InvalidName::Start),
        _ => Err(InvalidName::TooLong),
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            /// Checks the rule: nothing is trimmed and no case is changed.
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                check(text).map(|()| Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                check(&text).map(|()| Self(text.into()))
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
    )+};
}

names! {
    /// The name of an organization: unique in the instance, never used again for another organization (enrollment.md 1.5).
    ///
    /// ```
    /// use enroll_domain::OrganizationName;
    ///
    /// assert!("web-team-2".parse::<OrganizationName>().is_ok());
    /// let error = "2nd-team".parse::<OrganizationName>().unwrap_err();
    /// assert_eq!(error.to_string(), "a name starts with a letter from a to z");
    /// ```
    OrganizationName
    /// The name of a directory: unique in the instance. The first directory is `default`, see [`DirectoryName::default`].
    DirectoryName
}

impl Default for DirectoryName {
    /// `default`, the directory of a new instance (enrollment.md 1.2).
    fn default() -> Self {
        Self("default".into())
    }
}

#[cfg(test)]
mod tests {
    use super::{DirectoryName, InvalidName, OrganizationName};

    #[test]
    fn e1_5_names_by_the_rule() {
        let longest = "a".repeat(32);
        for name in ["abc", "a-1", "a--", "web-team-2", "default", longest.as_str()] {
            assert_eq!(name.parse::<OrganizationName>().unwrap().as_str(), name);
        }
    }

    #[test]
    fn e1_5_error_says_which_rule() {
        let too_long = "a".repeat(33);
        for (name, error) in [
            ("", InvalidName::TooShort),
            ("ab", InvalidName::TooShort),
            (too_long.as_str(), InvalidName::TooLong),
            ("1abc", InvalidName::Start),
            ("-abc", InvalidName::Start),
            ("Abc", InvalidName::Character('A')),
            ("a b", InvalidName::Character(' ')),
            ("caf\u{e9}", InvalidName::Character('\u{e9}')),
            ("abc\n", InvalidName::Character('\n')),
        ] {
            assert_eq!(name.parse::<OrganizationName>(), Err(error), "{name:?}");
        }
    }

    #[test]
    fn e1_2_first_directory_is_named_default() {
        assert_eq!(DirectoryName::default().as_str().parse(), Ok(DirectoryName::default()));
    }

    #[test]
    fn e1_5_json_is_checked_too() {
        assert!(serde_json::from_str::<OrganizationName>("\"A\"").is_err());
        let name: OrganizationName = serde_json::from_str("\"web\"").unwrap();
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"web\"");
    }
}
