//! Attribute notation (RFC 7644 §3.10): `name.givenName`, `urn:ietf:params:scim:schemas:core:2.0:User:userName`.

use std::fmt;

/// An attribute path as it was written, before any schema has been asked.
///
/// The text before the last `:` is the `prefix`, what follows is `name` and, after a `.`, `sub`. Whether a prefix is a
/// schema URI, and whether `prefix:name` together is one (`…:enterprise:2.0:User` names a whole extension), is decided by
/// [`ResourceModel::resolve`](crate::ResourceModel::resolve).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttributePath {
    /// The URN prefix, without the colon that ends it.
    pub prefix: Option<String>,
    /// The attribute's name.
    pub name: String,
    /// The sub-attribute's name.
    pub sub: Option<String>,
}

impl AttributePath {
    /// A path of one unqualified attribute.
    pub fn attribute(name: impl Into<String>) -> Self {
        Self { prefix: None, name: name.into(), sub: None }
    }

    /// A path of an unqualified attribute and its sub-attribute.
    pub fn sub_attribute(name: impl Into<String>, sub: impl Into<String>) -> Self {
        Self { prefix: None, name: name.into(), sub: Some(sub.into()) }
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = &self.prefix {
            write!(f, "{prefix}:")?;
        }
        f.write_str(&self.name)?;
        self.sub.as_ref().map_or(Ok(()), |sub| write!(f, ".{sub}"))
    }
}
