//! What a schema definition may not contradict (RFC 7643 §2 and §7).

use super::{Attribute, AttributeType, Mutability, Returned, Schema, Uniqueness};

/// Checks the definition of a schema.
///
/// # Errors
/// A sentence that names the attribute and the rule.
pub(super) fn check(schema: &Schema) -> Result<(), String> {
    let uri = schema.id.as_str();
    if uri.is_empty() || uri.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return Err(format!("{uri:?} is not the URI of a schema"));
    }
    unique_names(&schema.attributes, uri)?;
    schema.attributes.iter().try_for_each(|attribute| check_attribute(attribute, uri))
}

fn check_attribute(attribute: &Attribute, uri: &str) -> Result<(), String> {
    let path = format!("{uri}:{}", attribute.name);
    characteristics(attribute, &path)?;
    if attribute.is_complex() && attribute.sub_attributes.is_empty() {
        return Err(format!("{path} is complex and needs subAttributes (RFC 7643 §7)"));
    }
    unique_names(&attribute.sub_attributes, &path)?;
    for sub in &attribute.sub_attributes {
        let path = format!("{path}.{}", sub.name);
        if sub.is_complex() {
            return Err(format!("{path} is a sub-attribute and cannot be complex (RFC 7643 §2.3.8)"));
        }
        characteristics(sub, &path)?;
    }
    Ok(())
}

/// The rules between the characteristics of one attribute.
fn characteristics(attribute: &Attribute, path: &str) -> Result<(), String> {
    let complaint = match attribute.kind {
        AttributeType::Complex if attribute.case_exact => "is complex and cannot be caseExact (erratum 6004)",
        AttributeType::Complex if attribute.uniqueness != Uniqueness::None => {
            "is complex and cannot have a uniqueness (erratum 6004)"
        }
        AttributeType::Complex | AttributeType::Boolean if !attribute.canonical_values.is_empty() => {
            "is not a string and cannot have canonicalValues"
        }
        AttributeType::Boolean | AttributeType::Binary if attribute.uniqueness != Uniqueness::None => {
            "has a type without uniqueness (RFC 7643 §2.3.2, §2.3.6)"
        }
        kind if kind != AttributeType::Complex && !attribute.sub_attributes.is_empty() => {
            "has subAttributes and must be complex"
        }
        kind if kind != AttributeType::Reference && !attribute.reference_types.is_empty() => {
            "has referenceTypes and must be a reference"
        }
        _ if attribute.mutability == Mutability::WriteOnly && attribute.returned != Returned::Never => {
            "is writeOnly, so returned must be never (RFC 7643 §7)"
        }
        _ => return Ok(()),
    };
    Err(format!("{path} {complaint}"))
}

fn unique_names(attributes: &[Attribute], owner: &str) -> Result<(), String> {
    let mut seen = std::collections::HashSet::new();
    match attributes.iter().find(|attribute| !seen.insert(&attribute.name)) {
        Some(twice) => Err(format!("{owner} defines {} twice (names differ only in case)", twice.name)),
        None => Ok(()),
    }
}
