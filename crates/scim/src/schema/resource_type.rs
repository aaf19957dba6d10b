//! Schemas and resource types as the discovery endpoints describe them (RFC 7643 §6, §7).

use serde::{Deserialize, Serialize};

use crate::{Attribute, SchemaUri};

/// A named set of attributes (RFC 7643 §7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The schema's URI.
    pub id: SchemaUri,
    /// A short name for people, for example `User`.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The top-level attribute of that name, in any case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.is(name))
    }
}

/// An extension that a resource type allows (RFC 7643 §6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaExtension {
    /// The URI of the extension's schema.
    pub schema: SchemaUri,
    /// Whether every resource of the type must have it.
    pub required: bool,
}

/// A kind of resource and its endpoint (RFC 7643 §6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceType {
    /// The name, for example `User`; also the value of `meta.resourceType`.
    pub name: String,
    /// The path below the base URL, for example `/Users`.
    pub endpoint: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The URI of the base schema.
    pub schema: SchemaUri,
    /// The extensions it allows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schema_extensions: Vec<SchemaExtension>,
}
