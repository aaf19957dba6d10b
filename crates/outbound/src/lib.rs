//! Requests to addresses that somebody else has given: webhooks, the metadata of identity providers, clients that are told of a logout (threat S39).
//!
//! Whoever may enter a URL could otherwise have the server ask inside its own network. Every request goes through [`Outbound`]: names
//! are resolved once and checked, redirects are not followed, and no proxy resolves anything in between.

mod client;
mod document;
mod guard;

pub use client::{Outbound, causes};
pub use document::{Fetch, Unfetched};
pub use guard::{AllowedNetworks, InvalidNetwork, Refused};
pub use reqwest::Error as ClientError;
