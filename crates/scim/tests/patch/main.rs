//! PATCH: the facts of RFC 7644 §3.5.2, and the requests that identity providers send.

mod add;
mod entra;
mod general;
mod limits;
mod members;
mod okta;
mod oracle;
mod other_providers;
mod properties;
mod remove;
mod replace;
mod rfc;
mod support;
