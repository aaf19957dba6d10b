//! What must hold for any input, one function for each target. None may panic; what is read must also make sense.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a target says that something is wrong"
)]

/// The parsers of request heads, as the server has them: they are no part of its public interface.
#[path = "../../crates/api/src/parse/mod.rs"]
#[expect(dead_code, reason = "the targets use some of it")]
mod parse;

/// The identity provider of the test kit: it signs what the fuzzer alters.
#[path = "../../crates/testkit/src/idp/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the targets use some of it")]
mod idp;

mod cursors;
mod heads;
mod language;
mod saml;

pub use cursors::cursor;
pub use heads::{authorization, if_match, query};
pub use language::{bulk, filter, patch, path, post};
pub use saml::{saml, saml_metadata};
