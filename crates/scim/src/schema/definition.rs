//! What a schema definition may not contradict (RFC 7643 §2 and §7).

use super::{Attribute, AttributeType, Mutability, ResourceType, Returned, Schema, Uniqueness};

/// Endpoints that belong to the protocol (RFC 7644 §3.2).
const RESERVED_ENDPOINTS: [&str; 6] =
    ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/Me", "/Bulk", "/.search"];

/// The schemas of the discovery documents themselves (RFC 7643 §5 to §7).
const DISCOVERY_SCHEMAS: [&str; 3] = [
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
    "urn:ietf:params:scim:schemas:core:2.0:Schema",
];

/// What the URIs of messages begin with: they are not listed under `/Schemas` (RFC 7644 §3.1).
const MESSAGES: &str = "urn:ietf:params:scim:api:";

/// Longest URI of a schema and longest name or endpoint of a resource type, in bytes.
const LONGEST: usize = 256;

/// Whether the URI belongs to the protocol, as those of messages and of the discovery documents do, and no resource can have it.
pub fn is_protocol_schema(uri: &str) -> bool {
    uri.get(..MESSAGES.len()).is_some_and(|start| start.eq_ignore_ascii_case(MESSAGES))
        || DISCOVERY_SCHEMAS.iter().any(|schema| schema.eq_ignore_ascii_case(uri))
}

/// Checks name and endpoint of a resource type. Both are a segment of a URL (`/ResourceTypes/{name}`).
///
/// # Errors
/// A sentence that names the rule.
pub(super) fn check_type(resource_type: &ResourceType) -> Result<(), String> {
    let ResourceType { name, endpoint, .. } = resource_type;
    if !is_segment(name) {
        return Err(format!(
            "{name:?} cannot be the name of a resource type: it needs letters of ASCII, digits, '-' and '_', at most {LONGEST}"
        ));
    }
    let segment = endpoint.strip_prefix('/').unwrap_or_default();
    if !is_segment(segment)
        || is_version(segment)
        || RESERVED_ENDPOINTS.iter().any(|reserved| reserved.eq_ignore_ascii_case(endpoint))
    {
        return Err(format!("{endpoint:?} cannot be the endpoint of a resource type"));
    }
    Ok(())
}

fn is_segment(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// `v` and digits: a base URL may end in the version of the protocol (RFC 7644 §3.13).
fn is_version(segment: &str) -> bool {
    let number = segment.strip_prefix(['v', 'V']).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Checks the definition of a schema.
///
/// # Errors
/// A sentence that names the attribute and the rule.
pub(super) fn check(schema: &Schema) -> Result<(), String> {
    let uri = schema.id.as_str();
    // It stands in paths of filters and in a segment of a URL, and is compared without regard to ASCII case.
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~:@!$&*+;=".contains(&b);
    if !(1..=LONGEST).contains(&uri.len()) || !uri.bytes().all(fits) || uri.ends_with(':') {
        return Err(format!(
            "{uri:?} cannot be the URI of a schema: it needs letters of ASCII, digits and -._~:@!$&*+;= alone, at most {LONGEST}"
        ));
    }
    if is_protocol_schema(uri) {
        return Err(format!("{uri} belongs to the protocol and is no schema of resources"));
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
