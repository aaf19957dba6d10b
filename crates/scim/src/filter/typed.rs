//! A filter with its meaning for one resource type.

use super::CompareOp;
use crate::schema::AttributeType;
use crate::{Folded, SchemaUri};

/// An attribute or sub-attribute that a term of a filter looks at. Names are spelt as in the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The extension the attribute belongs to; `None` for base and common attributes.
    pub extension: Option<SchemaUri>,
    /// The attribute.
    pub attribute: String,
    /// Its sub-attribute. A comparison on a multi-valued complex attribute without one means `value` and says so here;
    /// inside an element filter `attribute` still names the multi-valued attribute and `sub` the part.
    pub sub: Option<String>,
    /// The type of what is compared.
    pub kind: AttributeType,
    /// Whether strings compare with regard to case.
    pub case_exact: bool,
    /// Whether the top-level attribute is multi-valued.
    pub multi_valued: bool,
}

/// The value of a comparison, converted to the type of its target.
#[derive(Debug, Clone, PartialEq)]
pub enum TypedValue {
    /// A boolean.
    Boolean(bool),
    /// A number, for `integer` and `decimal`.
    Number(serde_json::Number),
    /// A string of a case-exact attribute, a reference or binary: compared by code point.
    Exact(String),
    /// A string of an attribute that is not case-exact: both sides folded, then compared by code point.
    Folded(Folded),
    /// A point in time.
    DateTime(jiff::Timestamp),
}

/// A filter with its meaning for one resource type: names resolved, literals converted, comparisons checked.
///
/// `eq null` has become `Not(Present)`, `ne null` `Present`, and `ne value` is true where the attribute is unassigned or any
/// of its values differs. The values of `emails.type` are those of the elements that have a type.
///
/// The brackets of a single-valued attribute have become `And([Present(attribute), …])` with targets in the resource.
#[derive(Debug, Clone, PartialEq)]
pub enum TypedFilter {
    /// All hold.
    And(Vec<TypedFilter>),
    /// At least one holds.
    Or(Vec<TypedFilter>),
    /// It does not hold.
    Not(Box<TypedFilter>),
    /// The target has a value (RFC 7644 Table 3: not null, not empty, for a complex attribute any part).
    Present(Target),
    /// The target compares so with the value; for multi-valued targets any value does.
    Compare {
        /// What is compared.
        target: Target,
        /// How.
        op: CompareOp,
        /// With what.
        value: TypedValue,
    },
    /// One element of a multi-valued complex attribute meets the inner filter as a whole.
    Element {
        /// The multi-valued attribute (`sub` is `None`).
        target: Target,
        /// What one element has to meet.
        filter: Box<TypedFilter>,
    },
    /// Holds for nothing: a term on an attribute that this resource type does not have, in a query over several types
    /// (RFC 7644 §3.4.2.1).
    Never,
}
