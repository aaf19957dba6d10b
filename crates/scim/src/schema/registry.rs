//! The registry: every schema and resource type a server knows.

use std::sync::Arc;

use super::{ResourceModel, ResourceType, Schema, SchemaExtension, core, definition};

/// Every schema and resource type a server knows. Starts with [`Registry::core`]; custom ones are registered beside.
///
/// ```
/// use enroll_scim::{Registry, ResourceType, Schema};
///
/// let schema: Schema = serde_json::from_str(r#"{
///     "id": "urn:example:2.0:Printer",
///     "name": "Printer",
///     "attributes": [{"name": "serialNumber", "required": true, "caseExact": true, "uniqueness": "server"}]
/// }"#)?;
/// let printers: ResourceType = serde_json::from_str(r#"{
///     "name": "Printer", "endpoint": "/Printers", "schema": "urn:example:2.0:Printer"
/// }"#)?;
///
/// let mut registry = Registry::core();
/// registry.register_schema(schema)?;
/// registry.register_resource_type(printers)?;
/// assert!(registry.model("Printer").is_some_and(|model| model.attribute("SERIALNUMBER").is_some()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        Self { schemas: core::schemas(), resource_types: core::resource_types() }
    }

    /// Adds a schema.
    ///
    /// # Errors
    /// [`RegistryError`] when the URI is taken or the definition contradicts RFC 7643 §2.3.8 and §7.
    pub fn register_schema(&mut self, schema: Schema) -> Result<(), RegistryError> {
        definition::check(&schema).map_err(RegistryError::Invalid)?;
        if self.schema(schema.id.as_str()).is_some() {
            return Err(RegistryError::Duplicate(schema.id.to_string()));
        }
        self.schemas.push(Arc::new(schema));
        Ok(())
    }

    /// Adds a resource type whose schemas are registered.
    ///
    /// # Errors
    /// [`RegistryError`] when name or endpoint is taken or a schema is unknown.
    pub fn register_resource_type(&mut self, resource_type: ResourceType) -> Result<(), RegistryError> {
        let ResourceType { name, endpoint, schema, schema_extensions, .. } = &resource_type;
        definition::check_type(&resource_type).map_err(RegistryError::Invalid)?;
        for other in &self.resource_types {
            if other.name.eq_ignore_ascii_case(name) {
                return Err(RegistryError::Duplicate(name.clone()));
            }
            if other.endpoint.eq_ignore_ascii_case(endpoint) {
                return Err(RegistryError::Duplicate(endpoint.clone()));
            }
        }
        let mut used = vec![schema];
        for extension in schema_extensions {
            if used.contains(&&extension.schema) {
                return Err(RegistryError::Invalid(format!(
                    "{name} lists the schema {} twice",
                    extension.schema
                )));
            }
            used.push(&extension.schema);
        }
        match used.into_iter().find(|uri| self.schema(uri.as_str()).is_none()) {
            Some(unknown) => Err(RegistryError::UnknownSchema(unknown.to_string())),
            None => {
                self.resource_types.push(resource_type);
                Ok(())
            }
        }
    }

    /// Lets the resources of a registered type have one more extension.
    ///
    /// # Errors
    /// [`RegistryError`] when there is no such type, its schema is unknown, or the type has it already.
    pub fn extend(&mut self, resource_type: &str, extension: SchemaExtension) -> Result<(), RegistryError> {
        if self.schema(extension.schema.as_str()).is_none() {
            return Err(RegistryError::UnknownSchema(extension.schema.to_string()));
        }
        let mut types = self.resource_types.iter_mut();
        let Some(found) = types.find(|found| found.name.eq_ignore_ascii_case(resource_type)) else {
            return Err(RegistryError::Invalid(format!(
                "there is no resource type {resource_type:?} to extend"
            )));
        };
        if found.schema == extension.schema
            || found.schema_extensions.iter().any(|other| other.schema == extension.schema)
        {
            return Err(RegistryError::Invalid(format!("{} has {} already", found.name, extension.schema)));
        }
        found.schema_extensions.push(extension);
        Ok(())
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
        self.shared(uri).map(AsRef::as_ref)
    }

    /// The resource type of that name, in any case.
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        self.resource_types().find(|resource_type| resource_type.name.eq_ignore_ascii_case(name))
    }

    /// What is known of one resource type, for example `model("User")`.
    pub fn model(&self, resource_type: &str) -> Option<ResourceModel> {
        let resource_type = self.resource_type(resource_type)?;
        let base = Arc::clone(self.shared(resource_type.schema.as_str())?);
        let extensions = resource_type
            .schema_extensions
            .iter()
            .map(|extension| self.shared(extension.schema.as_str()).map(Arc::clone))
            .collect::<Option<_>>()?;
        Some(ResourceModel::new(resource_type.clone(), base, extensions, core::common()))
    }

    fn shared(&self, uri: &str) -> Option<&Arc<Schema>> {
        self.schemas.iter().find(|schema| schema.id.is(uri))
    }
}
