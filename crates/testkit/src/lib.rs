//! For tests and benches only: a server on a free port with a store of its own, and a client that speaks plain HTTP.

pub mod server;
pub mod wire;

pub use server::TestServer;
pub use wire::{Connection, Response};
