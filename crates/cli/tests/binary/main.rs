//! The `enroll` binary from outside: processes, folders, exit codes.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

mod apply;
mod audit;
mod commands;
mod conform;
mod crash;
mod server;
mod support;
