//! `enroll check` and `enroll explain`: may she, and why.

use std::process::ExitCode;

use clap::Args;
use enroll_service::{ExplainAnswer, SourceView};
use serde_json::Value;

use crate::api::{Api, segment, text};
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

impl AccessArguments {
    fn query(&self) -> String {
        format!("?user={}&organization={}", segment(&self.user), segment(&self.org))
    }
}

/// Prints yes or no; the exit code says the same.
pub(crate) async fn check(access: &AccessArguments, api: &Api, output: Output) -> anyhow::Result<ExitCode> {
    let answer = api.get(&format!("/check{}", access.query())).await?;
    let allowed = answer["allowed"] == true;
    output.result(&answer, |answer| {
        let verdict = if allowed { "yes" } else { "no" };
        format!("{verdict}: {}", text(answer, "reason"))
    })?;
    Ok(if allowed { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}

/// Prints every grant with its source, and what narrowly gives none.
pub(crate) async fn explain(access: &AccessArguments, api: &Api, output: Output) -> anyhow::Result<()> {
    let answer = api.get(&format!("/explain{}", access.query())).await?;
    let told: ExplainAnswer = serde_json::from_value(answer.clone())?;
    output.result(&answer, |_| told.to_string())
}

/// A source of a role, in words.
pub(crate) fn source(source: &Value) -> String {
    serde_json::from_value::<SourceView>(source.clone())
        .map_or_else(|_| source.to_string(), |source| source.to_string())
}
