//! The speed of the main paths, each as a ratio against a reference that runs at the same time on the same machine.
//!
//! `cargo bench -p enroll-testkit --bench spine` prints a table; `-- --quick` takes a tenth of the data, and
//! `-- reads members` runs only those. Absolute numbers say
//! little on a shared machine; the ratios are what `docs/performance.md` keeps.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops at what it does not expect"
)]

mod bare;
mod changes;
mod check;
mod creates;
mod filters;
mod load;
mod members;
mod pages;
mod preview;
mod reads;
mod report;
mod scale;

use enroll_testkit::TestServer;
use report::Report;
use scale::Scale;

/// The allocator of the binary; both sides of every comparison have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let names = ["creates", "reads", "filters", "members", "pages", "bulk", "patch", "preview", "check"];
    let only: Vec<&String> = arguments.iter().filter(|argument| names.contains(&argument.as_str())).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|only| *only == name);
    let scale = if quick {
        Scale { large: 10_000, rounds: 3, milliseconds: 500 }
    } else {
        Scale { large: 100_000, rounds: 5, milliseconds: 2_000 }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut report = Report::default();
    runtime.block_on(async {
        if wanted("creates") {
            creates::run(scale, &mut report).await;
        }
        if wanted("reads") {
            reads::run(scale, &mut report).await;
        }
        if wanted("filters") {
            filters::run(TestServer::start().await, TestServer::start().await, scale, &mut report).await;
        }
        if wanted("members") {
            members::run(TestServer::start().await, scale, &mut report).await;
        }
        if wanted("pages") {
            pages::run(scale, &mut report).await;
        }
        if wanted("bulk") {
            changes::bulk(scale, &mut report).await;
        }
        if wanted("patch") {
            changes::patch(scale, &mut report).await;
        }
        if wanted("check") {
            check::run(scale, &mut report).await;
        }
        if wanted("preview") {
            preview::run(scale, &mut report).await;
        }
    });
    report.print();
}
