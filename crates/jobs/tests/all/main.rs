//! The work beside the requests.
#![expect(clippy::unwrap_used, reason = "for tests")]

mod metadata;
mod receiver;
mod security_events;
mod site;
mod webhooks;
mod work;
