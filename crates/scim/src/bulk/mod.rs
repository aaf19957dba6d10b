//! Bulk requests (RFC 7644 §3.7): reading them, the order in which they are carried out, and the answer.
//!
//! Nothing is carried out here. [`BulkRequest::parse`] reads the envelope and every operation for itself, so that a bad
//! operation fails alone; [`BulkRequest::into_plan`] finds out what refers to what; whoever has a store carries out the
//! [`Plan`] batch by batch and renders its [`OperationResult`]s with [`response()`].

mod components;
mod operation;
mod plan;
mod references;
mod request;
mod response;
mod target;

pub use operation::{Action, Operation, Version};
pub use plan::Plan;
pub use request::{BulkRequest, Entry};
pub use response::{OperationResult, response};
pub use target::Endpoint;

/// The `schemas` URI of a bulk request (RFC 7644 §3.7).
pub const BULK_REQUEST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/// The `schemas` URI of a bulk response (RFC 7644 §3.7).
pub const BULK_RESPONSE_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// What stands before a `bulkId` where it is used instead of an id (RFC 7644 §3.7.2).
const REFERENCE: &str = "bulkId:";
