//! `enroll check` and `enroll explain`: may she, and why.

use std::process::ExitCode;

use clap::Args;
use enroll_service::Service;

use crate::exit;
use crate::output::Output;

/// A user and an organization.
#[derive(Debug, Args)]
pub(crate) struct AccessArguments {
    /// Handle, userName or id of the user
    user: String,
    /// Name or id of the organization
    org: String,
}

/// Prints yes or no; the exit code says the same.
pub(crate) async fn check(
    access: &AccessArguments,
    service: &Service,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let answer = service.check(&access.user, &access.org).await?;
    output.result(&answer, |answer| {
        let verdict = if answer.allowed { "yes" } else { "no" };
        format!("{verdict}: {}", answer.reason)
    })?;
    Ok(if answer.allowed { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}

/// Prints every grant with its source, and what narrowly gives none.
pub(crate) async fn explain(
    access: &AccessArguments,
    service: &Service,
    output: Output,
) -> anyhow::Result<()> {
    output.result(&service.explain(&access.user, &access.org).await?, ToString::to_string)
}
