//! `enroll conform`: checks a SCIM server against the RFCs, ours or anybody's.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use enroll_conformance::{CheckInfo, Plan, Progress};
use enroll_service::Entropy;
use indicatif::ProgressBar;

use super::progress::bar;
use super::serve::shutdown_signal;
use crate::exit;
use crate::output::{Output, table};

/// Which server, and which checks.
#[derive(Debug, Args)]
pub(crate) struct ConformArguments {
    /// SCIM base URL of the server, for example http://127.0.0.1:8080/scim/v2
    #[arg(required_unless_present = "list")]
    url: Option<String>,
    /// SCIM token; without one, requests carry none
    #[arg(long, env = "ENROLL_SCIM_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Only this section (3.5.2, 7643-4.2, 9865) with those below it, or the check of this id; may be repeated
    #[arg(long, value_name = "SECTION")]
    only: Vec<String>,
    /// Show what is checked, and check nothing
    #[arg(long)]
    list: bool,
    /// Also write the report as JUnit XML to this file
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

pub(crate) async fn run(arguments: &ConformArguments, output: Output) -> anyhow::Result<ExitCode> {
    let Some(url) = arguments.url.as_deref().filter(|_| !arguments.list) else {
        output.result(&enroll_conformance::list(&arguments.only)?, |checks| listed(checks))?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut plan = Plan::new(url, run_name());
    plan.token = arguments.token.clone().map(Into::into);
    plan.only.clone_from(&arguments.only);
    let bar = Bar(bar(0, output));
    let report = enroll_conformance::run(&plan, &bar, shutdown_signal()).await?;
    if let Some(file) = &arguments.junit {
        std::fs::write(file, report.junit()).with_context(|| format!("cannot write {}", file.display()))?;
    }
    output.result(&report, ToString::to_string)?;
    Ok(match (report.is_conformant(), &report.stopped) {
        (true, _) => ExitCode::SUCCESS,
        (false, None) => ExitCode::from(exit::ANSWERED_NO),
        (false, Some(_)) => ExitCode::FAILURE,
    })
}

/// Letters and digits that no other run has.
fn run_name() -> String {
    Entropy.id().iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

fn listed(checks: &[CheckInfo]) -> String {
    let rows = checks.iter().map(|check| {
        [check.section.clone(), check.level.to_string(), check.id.to_owned(), check.title.to_owned()]
    });
    table(["SECTION", "LEVEL", "ID", "CHECK"], rows.collect(), "")
}

/// One bar over all checks, which names the section under way.
struct Bar(ProgressBar);

impl Progress for Bar {
    fn started(&self, checks: usize) {
        self.0.set_length(checks.try_into().unwrap_or(u64::MAX));
    }

    fn checking(&self, section: &str) {
        self.0.set_message(section.to_owned());
    }

    fn checked(&self) {
        self.0.inc(1);
    }

    fn finished(&self) {
        self.0.finish_and_clear();
    }
}
