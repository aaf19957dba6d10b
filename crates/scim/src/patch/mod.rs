//! PATCH (RFC 7644 §3.5.2).
//!
//! [`PatchRequest::parse`] reads a request by the schemas of one resource type: paths are resolved and values checked before
//! any resource is looked at. [`PatchRequest::apply`] then changes a resource, all or nothing.
//!
//! ```
//! use enroll_scim::patch::PatchRequest;
//! use enroll_scim::{Dialect, Limits, Notes, Registry, Resource};
//! use serde_json::{from_value, json};
//!
//! let model = Registry::core().model("User").unwrap();
//! let (dialect, limits, mut notes) = (Dialect::compat(), Limits::default(), Notes::default());
//! let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
//!                   "Operations": [{"op": "Replace", "path": "active", "value": "False"}]});
//! let user = Resource::from_stored(from_value(json!({"userName": "bjensen", "active": true})).unwrap());
//!
//! let request = PatchRequest::parse(from_value(body).unwrap(), &model, &dialect, &limits, &mut notes).unwrap();
//! let patched = request.apply(&model, &user, &mut notes).unwrap();
//! assert!(patched.changed);
//! assert_eq!(patched.resource.get("active"), Some(&json!(false)));
//! ```

mod add;
mod apply;
mod elements;
mod expand;
mod list;
mod members;
mod merge;
mod operand;
mod remove;
mod replace;
mod request;
mod same;
mod selection;
mod step;
mod target;

pub use apply::Patched;
pub use members::MemberChange;
pub use request::{PATCH_OP_SCHEMA, PatchRequest};
