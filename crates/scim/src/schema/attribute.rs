//! One attribute and its characteristics (RFC 7643 §2.2, §7).

use serde::{Deserialize, Serialize};

use crate::AttributeName;

/// The data type of an attribute (RFC 7643 §2.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttributeType {
    /// A sequence of Unicode characters.
    #[default]
    String,
    /// JSON `true` or `false`.
    Boolean,
    /// A number with or without a fraction.
    Decimal,
    /// A whole number, written without fraction or exponent.
    Integer,
    /// An `xsd:dateTime` with date and time.
    DateTime,
    /// A URI; compared case-exact.
    Reference,
    /// Base64-encoded bytes; compared case-exact.
    Binary,
    /// A set of sub-attributes.
    Complex,
}

impl AttributeType {
    /// The keyword as it stands in a schema document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Reference => "reference",
            Self::Binary => "binary",
            Self::Complex => "complex",
        }
    }
}

/// When a client may write an attribute (RFC 7643 §7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Only the server writes it.
    ReadOnly,
    /// Written at any time.
    #[default]
    ReadWrite,
    /// Written at creation or while unassigned, and never changed.
    Immutable,
    /// Written at any time, never returned.
    WriteOnly,
}

impl Mutability {
    /// The keyword as it stands in a schema document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "readOnly",
            Self::ReadWrite => "readWrite",
            Self::Immutable => "immutable",
            Self::WriteOnly => "writeOnly",
        }
    }
}

/// When an attribute is part of an answer (RFC 7643 §7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// In every representation.
    Always,
    /// In none.
    Never,
    /// Unless the request's projection leaves it out.
    #[default]
    Default,
    /// Only when the request names it, or has just written it.
    Request,
}

impl Returned {
    /// The keyword as it stands in a schema document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
            Self::Default => "default",
            Self::Request => "request",
        }
    }
}

/// Among whom a value is unique (RFC 7643 §7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// Not unique.
    #[default]
    None,
    /// Unique within the endpoint of one directory.
    Server,
    /// Unique everywhere.
    Global,
}

impl Uniqueness {
    /// The keyword as it stands in a schema document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Server => "server",
            Self::Global => "global",
        }
    }
}

/// One attribute or sub-attribute with all its characteristics. What a definition leaves out has the defaults of
/// RFC 7643 §2.2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// The name, for example `userName`.
    pub name: AttributeName,
    /// The data type.
    #[serde(rename = "type", default)]
    pub kind: AttributeType,
    /// Whether the value is a list.
    #[serde(default)]
    pub multi_valued: bool,
    /// What the attribute means, for people.
    #[serde(default)]
    pub description: String,
    /// Whether a resource must have it.
    #[serde(default)]
    pub required: bool,
    /// Suggested values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canonical_values: Vec<String>,
    /// Whether strings are compared with regard to case.
    #[serde(default)]
    pub case_exact: bool,
    /// When a client may write it.
    #[serde(default)]
    pub mutability: Mutability,
    /// When it is part of an answer.
    #[serde(default)]
    pub returned: Returned,
    /// Among whom its value is unique.
    #[serde(default)]
    pub uniqueness: Uniqueness,
    /// For references: what they may point to (resource type names, `external`, `uri`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference_types: Vec<String>,
    /// For complex attributes: their parts. A part is never complex itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_attributes: Vec<Attribute>,
}

impl Attribute {
    /// The sub-attribute of that name, in any case.
    pub fn sub_attribute(&self, name: &str) -> Option<&Self> {
        self.sub_attributes.iter().find(|sub| sub.name.is(name))
    }

    /// Whether the attribute has parts.
    pub fn is_complex(&self) -> bool {
        self.kind == AttributeType::Complex
    }

    /// Whether values are compared with regard to case: by declaration, or because the type always is
    /// (RFC 7643 §2.3.6, §2.3.7).
    pub fn compares_exact(&self) -> bool {
        self.case_exact || matches!(self.kind, AttributeType::Reference | AttributeType::Binary)
    }
}
