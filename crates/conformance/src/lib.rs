//! Checks any SCIM 2.0 server against RFC 7643, RFC 7644 and RFC 9865 over HTTP.
//!
//! [`run()`] reads what the server announces, makes users and groups of its own, checks every answer, deletes what
//! it made, and gives a [`Report`]: each check with its section, whether it is a MUST or a SHOULD, and, where it
//! failed, every request and answer that it consisted of.
//!
//! One section of an RFC is one file in `checks`. What a server says that it does not support is skipped with the
//! reason. It changes and deletes only what it has made itself, and the token is never part of a report.
//!
//! It knows nothing of the server that it talks to, and shares no code with it: a fault in our own reading of the
//! RFC must not hide in both.
//!
//! ```no_run
//! # async fn example() -> Result<(), enroll_conformance::RunError> {
//! use enroll_conformance::{Plan, Silent};
//!
//! let plan = Plan::new("http://127.0.0.1:8080/scim/v2", "k3x9").token("the-token");
//! let report = enroll_conformance::run(&plan, &Silent, std::future::pending()).await?;
//! println!("{report}");
//! std::fs::write("junit.xml", report.junit()).ok();
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod answer;
mod check;
mod checks;
mod client;
mod error;
mod exchange;
mod features;
mod json;
mod lab;
mod made;
mod people;
mod plan;
mod progress;
mod report;
mod request;
mod run;
mod selection;
mod specimen;
mod urn;

pub use check::{CheckInfo, Level};
pub use error::RunError;
pub use exchange::Exchange;
pub use plan::Plan;
pub use progress::{Progress, Silent};
pub use report::{CheckResult, Outcome, Report, Tally};
pub use run::{list, run};
