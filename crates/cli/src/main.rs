//! The `enroll` binary: reads the command line, opens what the command needs, prints what it gives.

use std::process::ExitCode;

use clap::Parser;

mod api;
mod args;
mod commands;
mod exit;
mod logging;
mod open;
mod os_user;
mod output;
mod settings;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return exit::report(&anyhow::Error::new(error).context("cannot start the async runtime"));
        }
    };
    match runtime.block_on(commands::run(arguments)) {
        // Whatever the command came to, nobody has read it.
        Ok(_) if output::has_failed() => ExitCode::FAILURE,
        Ok(code) => code,
        Err(error) => exit::report(&error),
    }
}
