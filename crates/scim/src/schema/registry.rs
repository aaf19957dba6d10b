//! The registry: every schema and resource type a server knows.

use std::sync::Arc;

use super::{ResourceModel, ResourceType, Schema};

/// Every schema and resource type a server knows. Starts with [`Registry::core`]; custom ones are registered beside.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    schemas: Vec<Arc<Schema>>,
    resource_types: Vec<ResourceType>,
}

/// A schema or resource type that cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The URI, name or endpoint is taken.
    #[error("{0} is registered already")]
    Duplicate(String),
    /// A resource type names a schema that is not registered.
    #[error("the schema {0} is not registered")]
    UnknownSchema(String),
    /// The definition contradicts RFC 7643.
    #[error("{0}")]
    Invalid(String),
}

impl Registry {
    /// User, Group and Enterprise User with all characteristics and errata (RFC 7643 §4, §8.7).
    pub fn core() -> Self {
        todo!("H1")
    }

    /// Adds a schema.
    ///
    /// # Errors
    /// [`RegistryError`] when the URI is taken or the definition contradicts RFC 7643 §2.3.8 and §7.
    pub fn register_schema(&mut self, _schema: Schema) -> Result<(), RegistryError> {
        todo!("H1")
    }

    /// Adds a resource type whose schemas are registered.
    ///
    /// # Errors
    /// [`RegistryError`] when name or endpoint is taken or a schema is unknown.
    pub fn register_resource_type(&mut self, _resource_type: ResourceType) -> Result<(), RegistryError> {
        todo!("H1")
    }

    /// All schemas, in the order of registration.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.schemas.iter().map(AsRef::as_ref)
    }

    /// All resource types, in the order of registration.
    pub fn resource_types(&self) -> impl Iterator<Item = &ResourceType> {
        self.resource_types.iter()
    }

    /// The schema with that URI, in any case.
    pub fn schema(&self, uri: &str) -> Option<&Schema> {
        self.schemas().find(|schema| schema.id.is(uri))
    }

    /// What is known of one resource type, for example `model("User")`.
    pub fn model(&self, _resource_type: &str) -> Option<ResourceModel> {
        todo!("H1")
    }
}
