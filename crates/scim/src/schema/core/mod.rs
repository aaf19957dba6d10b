//! The schemas and resource types of RFC 7643 with their errata.
//!
//! The characteristics are those of the published schemas (RFC 7643 §8.7.1) with errata 5368, 6001, 6004, 6011, 8471 and 8472
//! applied, and with these choices of our own: `password` is not listed (it is accepted and dropped), a group's `displayName`
//! is unique, a member needs a `value` (§4.2 leaves that to the server), and a member's `display` is computed.

mod common;
mod enterprise;
mod group;
mod user;

use std::sync::{Arc, LazyLock};

use super::{ResourceType, Schema, SchemaExtension};
use crate::SchemaUri;

/// The URI of the User schema (RFC 7643 §4.1).
pub const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// The URI of the Group schema (RFC 7643 §4.2).
pub const GROUP_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// The URI of the Enterprise User extension (RFC 7643 §4.3).
pub const ENTERPRISE_USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// `schemas`, `id`, `externalId` and `meta`, which every resource type has.
pub(super) fn common() -> Arc<Schema> {
    static COMMON: LazyLock<Arc<Schema>> = LazyLock::new(|| Arc::new(common::schema()));
    Arc::clone(&COMMON)
}

/// User, Group and Enterprise User.
pub(super) fn schemas() -> Vec<Arc<Schema>> {
    vec![Arc::new(user::schema()), Arc::new(group::schema()), Arc::new(enterprise::schema())]
}

/// User, with the enterprise extension as an option (the RFC's example makes it required, which ordinary clients do not
/// meet), and Group.
pub(super) fn resource_types() -> Vec<ResourceType> {
    let enterprise = SchemaExtension { schema: SchemaUri::new(ENTERPRISE_USER_SCHEMA), required: false };
    vec![
        ResourceType {
            name: "User".into(),
            endpoint: "/Users".into(),
            description: "User account".into(),
            schema: SchemaUri::new(USER_SCHEMA),
            schema_extensions: vec![enterprise],
        },
        ResourceType {
            name: "Group".into(),
            endpoint: "/Groups".into(),
            description: "Group of users and groups".into(),
            schema: SchemaUri::new(GROUP_SCHEMA),
            schema_extensions: Vec::new(),
        },
    ]
}
