//! `enroll check`, `enroll explain` and `enroll access`: may she, why, and what else may she reach.

use std::fmt;
use std::process::ExitCode;

use clap::Args;
use enroll_domain::RoleWord;
use enroll_domain::time::parse_moment;
use enroll_service::{ExplainAnswer, PastAnswer, ResourceSourceView, SourceView};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::api::{Api, segment, text};
use crate::exit;
use crate::output::{Output, table};

/// A user and an organization or a resource.
#[derive(Debug, Args)]
pub(crate) struct AccessArguments {
    /// Handle, userName or id of the user
    user: String,
    /// Name or id of the organization; ORG/NAME for one of its resources
    #[arg(value_name = "ORG[/RESOURCE]")]
    target: String,
}

/// What is asked.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    access: AccessArguments,
    /// The least role that is enough; without it, any role is
    #[arg(long)]
    role: Option<RoleWord>,
}

/// Whose access.
#[derive(Debug, Args)]
pub(crate) struct ReachArguments {
    /// Handle, userName or id of the user
    user: String,
}

impl AccessArguments {
    fn query(&self) -> String {
        let user = segment(&self.user);
        match self.target.split_once('/') {
            None => format!("?user={user}&organization={}", segment(&self.target)),
            Some((org, resource)) => {
                format!("?user={user}&organization={}&resource={}", segment(org), segment(resource))
            }
        }
    }
}

/// A user and an organization or a resource, now or at an earlier time.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    access: AccessArguments,
    /// What was then: a date (its first moment in UTC) such as 2026-03-01, or a time such as 2026-03-01T12:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = parse_moment)]
    at: Option<Timestamp>,
}

/// Prints yes or no; the exit code says the same.
pub(crate) async fn check(check: &CheckArguments, api: &Api, output: Output) -> anyhow::Result<ExitCode> {
    let least = check.role.map(|role| format!("&role={role}")).unwrap_or_default();
    let answer = api.get(&format!("/check{}{least}", check.access.query())).await?;
    let allowed = answer["allowed"] == true;
    output.result(&answer, |answer| {
        let verdict = if allowed { "yes" } else { "no" };
        format!("{verdict}: {}", text(answer, "reason"))
    })?;
    Ok(if allowed { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}

/// Prints every grant with its source, and what narrowly gives none; or what was at an earlier time, and what brought it.
pub(crate) async fn explain(explain: &ExplainArguments, api: &Api, output: Output) -> anyhow::Result<()> {
    let query = explain.access.query();
    if let Some(at) = explain.at {
        let answer = api.get(&format!("/explain{query}&at={}", segment(&at.to_string()))).await?;
        let told: PastAnswer<RoleWord, AnySource> = serde_json::from_value(answer.clone())?;
        return output.result(&answer, |_| told.to_string());
    }
    let answer = api.get(&format!("/explain{query}")).await?;
    let told: ExplainAnswer<RoleWord, AnySource> = serde_json::from_value(answer.clone())?;
    output.result(&answer, |_| told.to_string())
}

/// Prints everything that a user may reach.
pub(crate) async fn reach(reach: &ReachArguments, api: &Api, output: Output) -> anyhow::Result<()> {
    let all = api.all(&format!("/users/{}/access", segment(&reach.user)), "access").await?;
    output.result(&all, |all| {
        let rows = all.iter().map(|entry| [target(entry), text(entry, "role"), sources(entry)]).collect();
        table(["TARGET", "ROLE", "BECAUSE"], rows, "Nothing: no role anywhere is in force.")
    })
}

/// `ORG` or `ORG/NAME`, for what names an organization and perhaps its resource.
fn target(object: &Value) -> String {
    let organization = text(object, "organization");
    match text(object, "resource") {
        none if none.is_empty() => organization,
        resource => format!("{organization}/{resource}"),
    }
}

/// The sources of a role, in words.
pub(crate) fn sources(object: &Value) -> String {
    let source = |source: &Value| {
        AnySource::deserialize(source).map_or_else(|_| source.to_string(), |source| source.to_string())
    };
    let texts: Vec<String> = object["sources"].as_array().into_iter().flatten().map(source).collect();
    texts.join("; ")
}

/// A source of a role on an organization or on a resource.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnySource {
    Organization(SourceView),
    Resource(ResourceSourceView),
}

impl fmt::Display for AnySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization(source) => source.fmt(f),
            Self::Resource(source) => source.fmt(f),
        }
    }
}
