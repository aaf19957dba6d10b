//! The SCIM 2.0 language, without a server.
//!
//! This crate knows what RFC 7643 and RFC 7644 say about schemas, resources, filters, PATCH, projection, discovery
//! documents and errors. It works on JSON values and on nothing else: **no I/O, no async, no clock, no randomness**.
//! Who stores a resource, who may see it and what it leads to is decided by the crates that use this one.

pub mod bulk;
pub mod datetime;
pub mod discovery;
pub mod error;
pub mod filter;
pub mod fold;
pub mod json;
pub mod limits;
pub mod list;
pub mod name;
pub mod patch;
pub mod path;
pub mod projection;
pub mod quirks;
pub mod resource;
pub mod schema;
pub mod search;
pub mod sort;
pub mod validate;

pub use error::{ScimError, ScimType};
pub use fold::Folded;
pub use limits::Limits;
pub use name::{AttributeName, SchemaUri};
pub use path::AttributePath;
pub use quirks::{Dialect, Note, Notes, Quirk};
pub use resource::Resource;
pub use schema::{Attribute, Registry, ResourceModel, ResourceType, Schema, UnknownExtensions};

/// A JSON object that keeps the order of its members.
pub type Object = serde_json::Map<String, serde_json::Value>;
