//! Which test proves which fact about SCIM.
//!
//! `docs/reference/scim-support.toml` lists the facts ([`Facts`]); a test carries the ids of those that it proves at the start of
//! its name ([`ids_of`]); a run of the tests says which passed ([`Results`]). [`Traced`] joins the three: it finds what does not
//! fit and writes `docs/reference/scim-support.md`.

mod facts;
mod id;
mod names;
mod results;
mod table;
mod traced;

pub use facts::{Fact, Facts, FactsError, Level, Section};
pub use id::FactId;
pub use names::{OtherLists, UnknownId, ids_of};
pub use results::{Outcome, Results, ResultsError};
pub use table::render;
pub use traced::{Mismatch, State, Traced};
