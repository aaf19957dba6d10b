//! `/api/v1`, for applications: who is in an organization, may she, and why; and for administrators: what is set up. Errors are
//! problem details (RFC 9457).

mod access;
pub(crate) mod admins;
pub(crate) mod audit;
pub(crate) mod authenticated;
pub(crate) mod body;
pub(crate) mod brake;
mod check;
pub(crate) mod clients;
pub(crate) mod directories;
mod events;
mod explain;
pub(crate) mod grants;
pub(crate) mod idempotency;
mod keys;
pub(crate) mod list;
pub(crate) mod mappings;
pub(crate) mod members;
mod openapi;
pub(crate) mod organizations;
pub(crate) mod parameters;
pub(crate) mod people;
pub(crate) mod previews;
mod problem;
pub(crate) mod readiness;
pub(crate) mod request_log;
pub(crate) mod resource_grants;
pub(crate) mod resources;
pub(crate) mod schemas;
pub(crate) mod sessions;
mod signed_in;
pub(crate) mod sso;
pub(crate) mod tokens;
pub(crate) mod transfer;
pub(crate) mod version;
pub(crate) mod webhooks;

pub(crate) use access::access;
pub(crate) use check::check;
pub(crate) use events::events;
pub(crate) use explain::explain;
pub(crate) use keys::keys;
pub(crate) use openapi::openapi;
pub(crate) use problem::Problem;
