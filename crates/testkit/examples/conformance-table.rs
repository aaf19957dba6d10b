//! Writes or checks `docs/reference/scim-support.md`. Called by `scripts/conformance-table`, in
//! the workspace's folder.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use enroll_testkit::conformance::{Facts, Results, Traced, render};

const USAGE: &str = "usage: conformance-table [--check] RESULTS
RESULTS: the JUnit report of cargo-nextest, or what cargo test printed";

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => say(&format!("conformance-table: {error}")),
    }
}

/// Compares, or writes the table; failure when something does not fit.
fn run() -> Result<ExitCode, Failure> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let check = arguments.first().is_some_and(|first| first == "--check");
    if check {
        arguments.remove(0);
    }
    let [results] = arguments.as_slice() else { return Ok(say(USAGE)) };
    let folder = Path::new("docs/reference");
    let table = folder.join("scim-support.md");
    let facts = Facts::parse(&read(&folder.join("scim-support.toml"))?)?;
    let results =
        Results::parse(&read(Path::new(results))?).map_err(|error| format!("{results}: {error}"))?;
    let traced = Traced::new(&facts, &results);
    let text = render(&traced);
    let mut wrong: Vec<String> = traced.mismatches().iter().map(ToString::to_string).collect();
    if !check && wrong.is_empty() {
        fs::write(&table, &text)?;
    } else if check && !read(&table).is_ok_and(|committed| committed == text) {
        wrong.push("docs/reference/scim-support.md is out of date: run scripts/conformance-table".to_owned());
    }
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { say(&wrong.join("\n")) })
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Says what is wrong; without a reader there is nobody to tell.
fn say(text: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::FAILURE
}
