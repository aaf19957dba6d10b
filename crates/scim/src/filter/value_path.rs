//! The paths of PATCH: an attribute, or elements of one, or a sub-attribute of those (RFC 7644 §3.5.2, Figure 7).

use std::fmt;

use super::Filter;
use super::parser::Parser;
use super::syntax_error::{SyntaxError, excerpt};
use crate::{AttributeName, AttributePath, Dialect, Limits, Notes, ScimError};

/// A PATCH path as it was written: `attrPath`, or `attrPath[filter]` with an optional `.sub`.
#[derive(Debug, Clone, PartialEq)]
pub struct ValuePath {
    /// The attribute. Without a filter it may name the sub-attribute itself: `name.givenName`.
    pub path: AttributePath,
    /// Which elements of it; its paths are sub-attributes.
    pub filter: Option<Filter>,
    /// The sub-attribute behind the filter: `emails[type eq "work"].value`.
    pub sub: Option<AttributeName>,
}

impl ValuePath {
    /// Reads a PATCH path.
    ///
    /// ```
    /// use enroll_scim::filter::ValuePath;
    /// use enroll_scim::{Dialect, Limits, Notes};
    ///
    /// let text = r#"emails[type eq "work"].value"#;
    /// let path = ValuePath::parse(text, &Limits::default(), &Dialect::strict(), &mut Notes::default()).unwrap();
    /// assert_eq!(path.path.name, "emails");
    /// assert!(path.filter.is_some());
    /// assert!(path.sub.is_some_and(|sub| sub.is("value")));
    /// ```
    ///
    /// # Errors
    /// 400 `invalidPath` when the path is malformed or longer than [`Limits::path_bytes`]; 400 `invalidFilter` when the
    /// filter in its brackets is.
    pub fn parse(
        text: &str,
        limits: &Limits,
        dialect: &Dialect,
        notes: &mut Notes,
    ) -> Result<Self, ScimError> {
        if text.len() > limits.path_bytes {
            let most = limits.path_bytes;
            return Err(ScimError::invalid_path(format!(
                "the path is longer than {most} bytes, the limit (path_bytes)"
            )));
        }
        read(text, limits, dialect, notes).map_err(|error| {
            let detail = error.detail("path", text);
            if error.outside { ScimError::invalid_path(detail) } else { ScimError::invalid_filter(detail) }
        })
    }
}

impl fmt::Display for ValuePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        self.filter.as_ref().map_or(Ok(()), |filter| write!(f, "[{filter}]"))?;
        self.sub.as_ref().map_or(Ok(()), |sub| write!(f, ".{sub}"))
    }
}

fn read(text: &str, limits: &Limits, dialect: &Dialect, notes: &mut Notes) -> Result<ValuePath, SyntaxError> {
    let bracket = text.find('[');
    let attribute = text.get(..bracket.unwrap_or(text.len())).unwrap_or_default();
    let path = AttributePath::parse(attribute).map_err(|error| {
        SyntaxError::outside(0, format!("{} is not an attribute: {error}", excerpt(attribute)))
    })?;
    let Some(bracket) = bracket else {
        return Ok(ValuePath { path, filter: None, sub: None });
    };
    let inner = text.get(bracket + 1..).unwrap_or_default();
    if inner.starts_with(|first: char| first.is_ascii_digit() || first == '*') {
        let message = "elements are named by a filter, as in emails[type eq \"work\"], not by a position";
        return Err(SyntaxError::outside(bracket + 1, message));
    }
    let (filter, end) = Parser::value_path(text, bracket + 1, limits, dialect, notes).run()?;
    let rest = text.get(end..).unwrap_or_default();
    let sub = match rest.strip_prefix('.').map(AttributeName::new) {
        Some(Ok(sub)) => Some(sub),
        None if rest.is_empty() => None,
        _ => {
            let message =
                format!("expected the end or '.' and a sub-attribute after ']', found {}", excerpt(rest));
            return Err(SyntaxError::outside(end, message));
        }
    };
    Ok(ValuePath { path, filter: Some(filter), sub })
}
