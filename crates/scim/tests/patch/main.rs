//! PATCH: the facts of RFC 7644 §3.5.2, and the requests that identity providers send.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod add;
mod custom;
mod entra;
mod general;
mod limits;
mod members;
mod okta;
mod oracle;
mod other_providers;
mod paths;
mod properties;
mod remove;
mod replace;
mod rfc;
mod support;
mod values;
