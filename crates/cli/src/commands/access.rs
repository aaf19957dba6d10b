//! `enroll check` and `enroll explain`: may she, and why.

use std::process::ExitCode;

use clap::Args;
use enroll_service::Service;
use serde_json::json;

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
pub(crate) async fn check(access: &AccessArguments, service: &Service, output: Output) -> anyhow::Result<ExitCode> {
    let answer = service.check(&access.user, &access.org).await?;
    output.result(&answer, |answer| {
        let verdict = if answer.allowed { "yes" } else { "no" };
        format!("{verdict}: {}", answer.reason)
    })?;
    Ok(if answer.allowed { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}

/// Prints every grant with its source, and what narrowly gives none.
pub(crate) async fn explain(access: &AccessArguments, service: &Service, output: Output) -> anyhow::Result<()> {
    let (user, explanation) = service.explain(&access.user, &access.org).await?;
    output.result(&json!({"user": user, "explanation": explanation}), |_| {
        let role = explanation
            .effective_role
            .map_or_else(|| format!("is not in {}", access.org), |role| format!("is {role} of {}", access.org));
        let mut lines = vec![format!("{} ({}) {role}.", user.user_name, user.handle)];
        if !explanation.sources.is_empty() {
            lines.push("Because:".to_owned());
            lines.extend(explanation.sources.iter().map(|source| format!("  - {source}")));
        }
        if !explanation.near_misses.is_empty() {
            lines.push("Without effect:".to_owned());
            lines.extend(explanation.near_misses.iter().map(|miss| format!("  - {miss}")));
        }
        lines.join("\n")
    })
}
