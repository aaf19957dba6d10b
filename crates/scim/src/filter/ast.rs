//! A filter as it was written.

use super::parser::Parser;
use crate::{AttributePath, Dialect, Limits, Notes, ScimError};

/// A comparison operator other than `pr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `co`
    Contains,
    /// `sw`
    StartsWith,
    /// `ew`
    EndsWith,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
}

/// The value an attribute is compared with: any JSON value that is neither an object nor an array.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`: unassigned.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(serde_json::Number),
    /// A string.
    String(String),
}

/// A filter as it was written, before any schema has been asked.
///
/// `and` and `or` are n-ary, so that a long chain is wide and not deep. An element path followed by a comparison of one
/// of its sub-attributes, `emails[type eq "work"].value eq "a"`, is read as `emails[type eq "work" and value eq "a"]`.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All hold; two or more.
    And(Vec<Filter>),
    /// At least one holds; two or more.
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// `path pr`
    Present(AttributePath),
    /// `path op value`
    Compare {
        /// What is compared.
        path: AttributePath,
        /// How.
        op: CompareOp,
        /// With what.
        value: Literal,
    },
    /// `path[filter]`: at least one element of a multi-valued attribute meets the filter as a whole.
    Element {
        /// The multi-valued attribute.
        path: AttributePath,
        /// What one element has to meet; its paths are sub-attributes.
        filter: Box<Filter>,
    },
}

impl CompareOp {
    /// The operator with that keyword, in any case (RFC 7644 Table 3).
    pub fn parse(keyword: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.keyword().eq_ignore_ascii_case(keyword))
    }

    /// Every operator.
    pub const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
    ];

    /// How the operator is written.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }

    /// Whether it asks which of two values is the greater one.
    pub fn is_ordering(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterOrEqual | Self::Less | Self::LessOrEqual)
    }

    /// Whether it looks for a part of the value.
    pub fn is_substring(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith | Self::EndsWith)
    }
}

impl Filter {
    /// Reads a filter (RFC 7644 §3.4.2.2).
    ///
    /// Keywords may be in any case; `not` binds tighter than `and`, `and` tighter than `or`. Where the grammar has one space,
    /// there may be more.
    ///
    /// ```
    /// use enroll_scim::filter::Filter;
    /// use enroll_scim::{Dialect, Limits, Notes};
    ///
    /// let (limits, dialect, mut notes) = (Limits::default(), Dialect::strict(), Notes::default());
    /// let filter = Filter::parse(r#"title pr OR not(active eq true)"#, &limits, &dialect, &mut notes).unwrap();
    /// assert_eq!(filter.to_string(), "title pr or not (active eq true)");
    ///
    /// let error = Filter::parse("userName eq 'x'", &limits, &dialect, &mut notes).unwrap_err();
    /// assert_eq!(error.detail(), "filter, column 13: strings stand in double quotes (\"), not in (')");
    /// ```
    ///
    /// # Errors
    /// 400 `invalidFilter` with the column, what was found and what was expected; also when the filter is longer, deeper or
    /// has more terms than `limits` allow.
    pub fn parse(
        text: &str,
        limits: &Limits,
        dialect: &Dialect,
        notes: &mut Notes,
    ) -> Result<Self, ScimError> {
        if text.len() > limits.filter_bytes {
            let most = limits.filter_bytes;
            let detail = format!("the filter is longer than {most} bytes, the limit (filter_bytes)");
            return Err(ScimError::invalid_filter(detail));
        }
        let read = Parser::filter(text, limits, dialect, notes).run();
        read.map(|(filter, _)| filter).map_err(|error| error.into_filter_error(text))
    }

    /// Both, without an `and` directly in an `and`; `term` is not one.
    pub(super) fn and_also(self, term: Self) -> Self {
        match self {
            Self::And(mut filters) => {
                filters.push(term);
                Self::And(filters)
            }
            other => Self::And(vec![other, term]),
        }
    }

    /// All of them, without an `and` directly in an `and`; `None` of none.
    pub(super) fn all(filters: Vec<Self>) -> Option<Self> {
        let mut flat = Vec::with_capacity(filters.len());
        for filter in filters {
            match filter {
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() < 2 { flat.pop() } else { Some(Self::And(flat)) }
    }

    /// Any of them, without an `or` directly in an `or`; `None` of none.
    pub(super) fn any(filters: Vec<Self>) -> Option<Self> {
        let mut flat = Vec::with_capacity(filters.len());
        for filter in filters {
            match filter {
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() < 2 { flat.pop() } else { Some(Self::Or(flat)) }
    }
}
