//! The speed on PostgreSQL, each as a ratio against a reference that runs in turn on the same machine and the same server, which syncs
//! every commit.
//!
//! `cargo bench -p enroll-testkit --bench postgres` prints a table; `-- --quick` takes a tenth of the data, and `-- creates replicas`
//! runs only those. `docs/performance.md` keeps the ratios. Needs PostgreSQL with pgbench, as `scripts/test-postgres` finds or installs it.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops at what it does not expect"
)]

mod creates;
#[path = "../spine/filters.rs"]
mod filters;
#[path = "../spine/load.rs"]
mod load;
#[path = "../spine/members.rs"]
mod members;
mod replicas;
#[path = "../spine/report.rs"]
mod report;
#[path = "../spine/scale.rs"]
mod scale;

use enroll_testdb::OwnServer;
use enroll_testkit::TestServer;
use report::Report;
use scale::Scale;

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A database of its own on the server, empty.
fn database(server: &OwnServer, name: &str) -> String {
    server.run(&format!("CREATE DATABASE {name} OWNER service ENCODING 'UTF8' TEMPLATE template0"));
    server.url_of(name)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let names = ["creates", "replicas", "filters", "members"];
    let only: Vec<&String> = arguments.iter().filter(|argument| names.contains(&argument.as_str())).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|only| *only == name);
    let scale = if quick {
        Scale { large: 10_000, rounds: 3, milliseconds: 2_000 }
    } else {
        Scale { large: 100_000, rounds: 5, milliseconds: 4_000 }
    };
    let postgres = OwnServer::start();
    postgres.be_durable();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut report = Report::default();
    runtime.block_on(async {
        if wanted("creates") {
            creates::run(&postgres, scale, &mut report).await;
        }
        if wanted("replicas") {
            replicas::run(&postgres, scale, &mut report).await;
        }
        if wanted("filters") {
            let small = TestServer::start_on(&database(&postgres, "filters_small")).await;
            let large = TestServer::start_on(&database(&postgres, "filters_large")).await;
            filters::run(small, large, scale, &mut report).await;
        }
        if wanted("members") {
            let server = TestServer::start_on(&database(&postgres, "members")).await;
            members::run(server, scale, &mut report).await;
        }
    });
    report.print();
}
