//! The simulated identity providers from outside.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

mod checks;
mod run;
mod summary;
mod support;
