//! Schemas, resource types and their registry (RFC 7643 §2, §6, §7).

mod attribute;
mod build;
mod core;
mod definition;
mod model;
mod registry;
mod resource_type;

pub use self::core::{ENTERPRISE_USER_SCHEMA, GROUP_SCHEMA, USER_SCHEMA};
pub use attribute::{Attribute, AttributeType, Mutability, Returned, Uniqueness};
pub use definition::is_protocol_schema;
pub use model::{AttributeRef, ResourceModel, UnknownExtensions, is_extension_uri};
pub use registry::{Registry, RegistryError};
pub use resource_type::{ResourceType, Schema, SchemaExtension};
