//! Attribute notation (RFC 7644 §3.10): `name.givenName`, `urn:ietf:params:scim:schemas:core:2.0:User:userName`.

use std::fmt;

use crate::AttributeName;

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
    /// The sub-attribute's name. Behind a prefix it may hold one dot more, for the dotted form of a URN:
    /// `urn:…:enterprise:2.0:User.manager.value`.
    pub sub: Option<String>,
}

/// The text is not in attribute notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPath {
    /// There is no name, or the text ends after a `:` or `.`.
    #[error("an attribute name is missing")]
    NoName,
    /// A name has a character that names do not have.
    #[error("an attribute name is a letter, then letters, digits, '$', '-' or '_'")]
    BadName,
    /// More than one `.` after the last `:`.
    #[error("a path has at most one '.': attribute.subAttribute")]
    TooDeep,
    /// The text before the last `:` is not a URI.
    #[error("the text before the last ':' is not a schema URI")]
    BadPrefix,
}

impl AttributePath {
    /// Reads attribute notation: `[URI ":"] name ["." sub]` (RFC 7644 §3.10).
    ///
    /// The URI may hold dots and digits (`…:core:2.0:User`), so it ends at the last colon.
    ///
    /// ```
    /// use enroll_scim::AttributePath;
    ///
    /// let path = AttributePath::parse("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName").unwrap();
    /// assert_eq!(path.prefix.as_deref(), Some("urn:ietf:params:scim:schemas:core:2.0:User"));
    /// assert_eq!((path.name.as_str(), path.sub.as_deref()), ("name", Some("givenName")));
    /// ```
    ///
    /// # Errors
    /// [`InvalidPath`] when a name is missing or holds other characters than RFC 7643 §2.1 allows.
    pub fn parse(text: &str) -> Result<Self, InvalidPath> {
        let (prefix, names) = match text.rsplit_once(':') {
            Some((prefix, names)) if is_uri(prefix) => (Some(prefix.to_owned()), names),
            Some(_) => return Err(InvalidPath::BadPrefix),
            None => (None, text),
        };
        let (name, sub) = match names.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (names, None),
        };
        let deepest = if prefix.is_some() { 2 } else { 1 };
        if sub.is_some_and(|sub| sub.split('.').count() > deepest) {
            return Err(InvalidPath::TooDeep);
        }
        std::iter::once(name)
            .chain(sub.into_iter().flat_map(|sub| sub.split('.')))
            .try_for_each(check_name)?;
        Ok(Self { prefix, name: name.to_owned(), sub: sub.map(str::to_owned) })
    }

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

fn check_name(text: &str) -> Result<(), InvalidPath> {
    match AttributeName::new(text) {
        Ok(_) => Ok(()),
        Err(_) if text.is_empty() => Err(InvalidPath::NoName),
        Err(_) => Err(InvalidPath::BadName),
    }
}

/// Whether every character may stand in a URI (RFC 3986 §2), without those that have a meaning of their own in filters.
fn is_uri(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#@!$&*+,;=%".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::{AttributePath, InvalidPath};

    #[test]
    fn m15_a_prefix_ends_at_the_last_colon() {
        let path =
            AttributePath::parse("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value");
        let path = path.unwrap();
        assert_eq!(
            path.prefix.as_deref(),
            Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")
        );
        assert_eq!((path.name.as_str(), path.sub.as_deref()), ("manager", Some("value")));
    }

    #[test]
    fn m15_a_dotted_urn_is_kept_for_the_model_to_read() {
        let path = AttributePath::parse("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager")
            .unwrap();
        assert_eq!(path.prefix.as_deref(), Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0"));
        assert_eq!((path.name.as_str(), path.sub.as_deref()), ("User", Some("manager")));
        let path = AttributePath::parse("urn:example:2.0:User.manager.value").unwrap();
        assert_eq!((path.name.as_str(), path.sub.as_deref()), ("User", Some("manager.value")));
    }

    #[test]
    fn a2_a_dollar_sign_is_part_of_a_name() {
        assert_eq!(AttributePath::parse("members.$ref"), Ok(AttributePath::sub_attribute("members", "$ref")));
    }

    #[test]
    fn a2_other_text_is_refused() {
        for (text, error) in [
            ("", InvalidPath::NoName),
            ("urn:x:", InvalidPath::NoName),
            ("name.", InvalidPath::NoName),
            (".name", InvalidPath::NoName),
            ("a.b.c", InvalidPath::TooDeep),
            ("urn:x:a.b.c.d", InvalidPath::TooDeep),
            ("urn:x:a.b.", InvalidPath::NoName),
            (":name", InvalidPath::BadPrefix),
            ("urn x:name", InvalidPath::BadPrefix),
            ("user name", InvalidPath::BadName),
            ("1name", InvalidPath::BadName),
            ("n\u{e4}me", InvalidPath::BadName),
        ] {
            assert_eq!(AttributePath::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_path_prints_as_it_was_written() {
        for text in ["userName", "name.givenName", "urn:example:2.0:User:name.givenName", "URN:Example:X"] {
            assert_eq!(AttributePath::parse(text).unwrap().to_string(), text);
        }
    }
}
