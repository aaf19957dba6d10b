//! The HTTP surfaces, from outside: a real server on a loopback port, a real client, a store in a temporary folder.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]

mod admin;
mod api;
mod attributes;
mod audit;
mod audit_trail;
mod authentication;
mod brake;
mod bulk;
mod bulk_or_single;
mod changes;
mod conditions;
mod cursors;
mod custom_attributes;
mod custom_schemas;
mod described;
mod directories;
mod discovery;
mod dry_run;
mod enrollments;
mod events;
mod grants;
mod held;
mod idempotency;
mod kept;
mod life;
mod limits;
mod mappings;
mod membership;
mod metrics;
mod oidc;
mod openapi;
mod organization_resources;
mod organizations;
mod parameters;
mod past;
mod people;
mod previews;
mod queries;
mod readiness;
mod refusals;
mod registered_schemas;
mod request_log;
mod requests_kept;
mod resources;
mod roles;
mod saml;
mod server;
mod sessions;
mod site;
mod standing;
mod tenants;
mod token_networks;
mod tokens;
mod transfer;
mod transfer_managers;
mod webhooks;
