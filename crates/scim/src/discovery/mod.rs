//! The discovery documents: ServiceProviderConfig, ResourceTypes, Schemas (RFC 7643 §5-7, RFC 7644 §4).
//!
//! Each function takes the base URL under which the endpoints are, for example `https://enroll.example.com/scim/v2`.

mod config;
mod resource_types;
mod schemas;

use serde_json::{Value, json};

pub use config::{
    AuthenticationScheme, Bulk, Pagination, SERVICE_PROVIDER_CONFIG_SCHEMA, ServiceProviderConfig,
};
pub use resource_types::{RESOURCE_TYPE_SCHEMA, resource_type, resource_types};
pub use schemas::{SCHEMA_SCHEMA, schema, schemas};

/// The `meta` of a discovery document: its type and its URL below the base URL.
fn meta(resource_type: &str, base_url: &str, path: &str) -> Value {
    json!({ "resourceType": resource_type, "location": format!("{}{path}", base_url.trim_end_matches('/')) })
}
