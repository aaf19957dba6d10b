//! `enroll verify`: recompute everything and compare.

use std::process::ExitCode;

use enroll_service::Service;

use crate::exit;
use crate::output::Output;

pub(crate) async fn run(service: &Service, output: Output) -> anyhow::Result<ExitCode> {
    let report = service.verify().await?;
    output.result(&report, ToString::to_string)?;
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}
