//! A filter as it was written.

use crate::AttributePath;

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
