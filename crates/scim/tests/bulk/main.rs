//! Bulk requests: conformance.md V and threat S29, as far as they need no store.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod envelope;
mod operations;
mod order;
mod references;
mod support;
