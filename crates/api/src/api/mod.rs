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
pub(crate) mod dry_run;
mod events;
mod explain;
pub(crate) mod grants;
pub(crate) mod idempotency;
mod keys;
pub(crate) mod list;
pub(crate) mod mappings;
pub(crate) mod members;
pub(crate) mod openapi;
pub(crate) mod organizations;
pub(crate) mod parameters;
pub(crate) mod people;
pub(crate) mod previews;
pub(crate) mod problem;
pub(crate) mod readiness;
pub(crate) mod request_log;
pub(crate) mod resource_grants;
pub(crate) mod resources;
pub(crate) mod schemas;
pub(crate) mod sessions;
mod signed_in;
pub(crate) mod sso;
mod streamed;
pub(crate) mod tokens;
pub(crate) mod transfer;
pub(crate) mod version;
pub(crate) mod webhooks;

pub(crate) use problem::Problem;

use crate::openapi::Routes;

/// Everything below `/api/v1`, in the order in which readers of the document meet it.
pub(crate) fn routes() -> Routes {
    organizations::routes()
        .and(members::routes())
        .and(grants::routes())
        .and(resources::routes())
        .and(resource_grants::routes())
        .and(mappings::routes())
        .and(previews::routes())
        .and(directories::routes())
        .and(schemas::routes())
        .and(readiness::routes())
        .and(sso::routes())
        .and(brake::routes())
        .and(transfer::routes())
        .and(tokens::routes())
        .and(people::routes())
        .and(access::routes())
        .and(admins::routes())
        .and(sessions::routes())
        .and(clients::routes())
        .and(audit::routes())
        .and(request_log::routes())
        .and(check::routes())
        .and(explain::routes())
        .and(events::routes())
        .and(webhooks::routes())
        .and(keys::routes())
        .and(dry_run::routes())
        .and(openapi::routes())
}
