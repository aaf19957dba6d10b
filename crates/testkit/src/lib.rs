//! For tests and benches only: a server on a free port with a store of its own, a client that speaks plain HTTP, and what
//! identity providers were recorded to send; and an identity provider that signs SAML responses ([`idp`]). [`conformance`] says which test proves which fact about SCIM.

pub mod conformance;
pub mod cutting;
pub mod idp;
pub mod recorded;
pub mod server;
pub mod wire;

pub use server::{TestServer, database, open_service, service_options};
pub use wire::{Connection, Response};
