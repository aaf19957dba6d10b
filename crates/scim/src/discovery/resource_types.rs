//! `/ResourceTypes` (RFC 7643 §6).

use serde_json::{Value, json};

use super::meta;
use crate::Object;
use crate::schema::{Registry, ResourceType};

/// The `schemas` URI of a resource type document.
pub const RESOURCE_TYPE_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

/// All resource types, each as [`resource_type`] gives it.
pub fn resource_types(registry: &Registry, base_url: &str) -> Vec<Object> {
    registry.resource_types().map(|one| resource_type(one, base_url)).collect()
}

/// The document of one resource type; its `id` is its name.
pub fn resource_type(resource_type: &ResourceType, base_url: &str) -> Object {
    let extensions: Vec<Value> = resource_type
        .schema_extensions
        .iter()
        .map(|extension| json!({ "schema": extension.schema.as_str(), "required": extension.required }))
        .collect();
    let name = resource_type.name.as_str();
    Object::from_iter([
        ("schemas".to_owned(), json!([RESOURCE_TYPE_SCHEMA])),
        ("id".to_owned(), name.into()),
        ("name".to_owned(), name.into()),
        ("endpoint".to_owned(), resource_type.endpoint.as_str().into()),
        ("description".to_owned(), resource_type.description.as_str().into()),
        ("schema".to_owned(), resource_type.schema.as_str().into()),
        ("schemaExtensions".to_owned(), extensions.into()),
        ("meta".to_owned(), meta("ResourceType", base_url, &format!("/ResourceTypes/{name}"))),
    ])
}
