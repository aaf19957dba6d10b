//! The HTTP surfaces, from outside: a real server on a loopback port, a real client, a store in a temporary folder.

mod api;
mod authentication;
mod discovery;
mod limits;
mod refusals;
mod resources;
mod server;
mod site;
