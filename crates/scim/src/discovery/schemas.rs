//! `/Schemas` (RFC 7643 §7).

use std::fmt::Write;

use serde_json::{Value, json};

use super::meta;
use crate::Object;
use crate::schema::{Attribute, Registry, Schema};

/// The `schemas` URI of a schema document.
pub const SCHEMA_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// All schemas, each as [`schema`] gives it.
pub fn schemas(registry: &Registry, base_url: &str) -> Vec<Object> {
    registry.schemas().map(|one| schema(one, base_url)).collect()
}

/// The document of one schema, with all characteristics of its attributes.
pub fn schema(schema: &Schema, base_url: &str) -> Object {
    let path = format!("/Schemas/{}", path_segment(schema.id.as_str()));
    Object::from_iter([
        ("schemas".to_owned(), json!([SCHEMA_SCHEMA])),
        ("id".to_owned(), schema.id.as_str().into()),
        ("name".to_owned(), schema.name.as_str().into()),
        ("description".to_owned(), schema.description.as_str().into()),
        ("attributes".to_owned(), attributes(&schema.attributes)),
        ("meta".to_owned(), meta("Schema", base_url, &path)),
    ])
}

fn attributes(attributes: &[Attribute]) -> Value {
    attributes.iter().map(|one| Value::Object(attribute(one))).collect()
}

/// One attribute. A complex attribute has neither `caseExact` nor `uniqueness` (erratum 6004).
fn attribute(attribute: &Attribute) -> Object {
    let mut object = Object::new();
    let mut put = |name: &str, value: Value| {
        object.insert(name.to_owned(), value);
    };
    put("name", attribute.name.as_str().into());
    put("type", attribute.kind.as_str().into());
    put("multiValued", attribute.multi_valued.into());
    put("description", attribute.description.as_str().into());
    put("required", attribute.required.into());
    if !attribute.canonical_values.is_empty() {
        put("canonicalValues", json!(attribute.canonical_values));
    }
    if !attribute.is_complex() {
        put("caseExact", attribute.compares_exact().into());
    }
    put("mutability", attribute.mutability.as_str().into());
    put("returned", attribute.returned.as_str().into());
    if !attribute.is_complex() {
        put("uniqueness", attribute.uniqueness.as_str().into());
    }
    if !attribute.reference_types.is_empty() {
        put("referenceTypes", json!(attribute.reference_types));
    }
    if attribute.is_complex() {
        put("subAttributes", attributes(&attribute.sub_attributes));
    }
    object
}

/// The URI as one segment of a path (RFC 3986 §3.3): `pchar` as it is, everything else percent-encoded.
fn path_segment(uri: &str) -> String {
    uri.bytes().fold(String::with_capacity(uri.len()), |mut segment, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~:@!$&'()*+,;=".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(segment, "%{byte:02X}");
        }
        segment
    })
}
