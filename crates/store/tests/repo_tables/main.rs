//! What each table promises, on a real database.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../fixture/mod.rs"]
mod fixture;

mod audit;
mod groups;
mod handles;
mod isolation;
mod lint;
mod mappings;
mod members;
mod organizations;
mod pages;
mod server_keys;
mod sign_in_returns;
mod slices;
mod sources;
mod statements;
mod tokens;
mod users;
mod verify;
