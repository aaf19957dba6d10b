//! How the schemas that ship with this crate are written down: an attribute with the defaults of RFC 7643 §2.2, then what
//! differs from them.

use super::{Attribute, AttributeType, Mutability, Returned, Schema, Uniqueness};
use crate::{AttributeName, SchemaUri};

/// A schema of this crate.
pub(super) fn schema(uri: &str, name: &str, description: &str, attributes: Vec<Attribute>) -> Schema {
    Schema { id: SchemaUri::new(uri), name: name.into(), description: description.into(), attributes }
}

/// An attribute of the type with default characteristics.
#[expect(
    clippy::expect_used,
    reason = "the names are constants of this crate, and a test builds every one of them"
)]
fn attribute(name: &'static str, kind: AttributeType, description: &str) -> Attribute {
    Attribute {
        name: AttributeName::new(name).expect("an attribute name"),
        kind,
        multi_valued: false,
        description: description.into(),
        required: false,
        canonical_values: Vec::new(),
        // References and binary values are case-exact by their nature (RFC 7643 §2.3.6, §2.3.7, erratum 6001).
        case_exact: matches!(kind, AttributeType::Reference | AttributeType::Binary),
        mutability: Mutability::ReadWrite,
        returned: Returned::Default,
        uniqueness: Uniqueness::None,
        reference_types: Vec::new(),
        sub_attributes: Vec::new(),
    }
}

/// A string.
pub(super) fn string(name: &'static str, description: &str) -> Attribute {
    attribute(name, AttributeType::String, description)
}

/// `true` or `false`.
pub(super) fn boolean(name: &'static str, description: &str) -> Attribute {
    attribute(name, AttributeType::Boolean, description)
}

/// A point in time.
pub(super) fn date_time(name: &'static str, description: &str) -> Attribute {
    attribute(name, AttributeType::DateTime, description)
}

/// Base64-encoded bytes.
pub(super) fn binary(name: &'static str, description: &str) -> Attribute {
    attribute(name, AttributeType::Binary, description)
}

/// A URI that points to one of `types`.
pub(super) fn reference(name: &'static str, types: &[&str], description: &str) -> Attribute {
    let mut reference = attribute(name, AttributeType::Reference, description);
    reference.reference_types = owned(types);
    reference
}

/// A set of sub-attributes.
pub(super) fn complex(name: &'static str, description: &str, sub_attributes: Vec<Attribute>) -> Attribute {
    Attribute { sub_attributes, ..attribute(name, AttributeType::Complex, description) }
}

impl Attribute {
    /// The same attribute with a list of values.
    pub(super) fn multi_valued(self) -> Self {
        Self { multi_valued: true, ..self }
    }

    /// The same attribute, required.
    pub(super) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same attribute, compared with regard to case.
    pub(super) fn case_exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    /// The same attribute, written by the server alone; so are its sub-attributes.
    pub(super) fn read_only(self) -> Self {
        self.mutability(Mutability::ReadOnly)
    }

    /// The same attribute, written once; so are its sub-attributes.
    pub(super) fn immutable(self) -> Self {
        self.mutability(Mutability::Immutable)
    }

    fn mutability(mut self, mutability: Mutability) -> Self {
        self.mutability = mutability;
        self.sub_attributes.iter_mut().for_each(|sub| sub.mutability = mutability);
        self
    }

    /// The same attribute, part of every answer.
    pub(super) fn always_returned(self) -> Self {
        Self { returned: Returned::Always, ..self }
    }

    /// The same attribute, unique within one endpoint of one directory.
    pub(super) fn unique_on_server(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self }
    }

    /// The same attribute with suggested values.
    pub(super) fn suggesting(self, values: &[&str]) -> Self {
        Self { canonical_values: owned(values), ..self }
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
