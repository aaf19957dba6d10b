//! Names of attributes and schemas: compared without regard to case, kept as they were written.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// The name of one attribute or sub-attribute, for example `userName` or `$ref`.
///
/// A name begins with a letter or `$` and goes on with letters, digits, `$`, `-` and `_` (RFC 7643 §2.1; `$ref` is the one
/// published name that begins with `$`). Two names that differ only in case are the same name.
#[derive(Clone, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AttributeName(Box<str>);

/// The text is not an attribute name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an attribute name: a letter, then letters, digits, '$', '-' or '_'")]
pub struct InvalidName(pub String);

impl AttributeName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidName`] when the text does not follow the `ATTRNAME` rule of RFC 7643 §2.1.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let mut bytes = text.bytes();
        let starts = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'$');
        let goes_on = bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'$' | b'-' | b'_'));
        if starts && goes_on { Ok(Self(text.into())) } else { Err(InvalidName(text.into())) }
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is this name, in any case.
    pub fn is(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text)
    }
}

/// The URI of a schema, for example `urn:ietf:params:scim:schemas:core:2.0:User`. Compared without regard to case
/// (RFC 7644 §3.10).
#[derive(Clone, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SchemaUri(Box<str>);

impl SchemaUri {
    /// Takes the text as it is.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The URI as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is this URI, in any case.
    pub fn is(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text)
    }
}

impl TryFrom<String> for AttributeName {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::new(&text)
    }
}

impl From<AttributeName> for String {
    fn from(name: AttributeName) -> Self {
        name.0.into()
    }
}

macro_rules! compares_without_case {
    ($type:ty) => {
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }
        }

        impl Hash for $type {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.bytes().for_each(|byte| state.write_u8(byte.to_ascii_lowercase()));
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

compares_without_case!(AttributeName);
compares_without_case!(SchemaUri);
