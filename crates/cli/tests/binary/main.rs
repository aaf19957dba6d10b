//! The `enroll` binary from outside: processes, folders, exit codes.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at what it does not expect and says what it reached"
)]

mod apply;
mod apply_again;
mod audit;
mod backup;
mod commands;
mod conform;
mod crash;
#[cfg(target_os = "linux")]
mod faults;
mod load;
mod moving;
mod objects;
#[cfg(target_os = "linux")]
mod output;
#[cfg(target_os = "linux")]
mod pressure;
#[cfg(target_os = "linux")]
mod replicas;
mod server;
mod support;
mod transfer;
