//! `enroll readiness`: what to look at before people rely on a directory, and while they do.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use crate::api::{Api, segment, text};
use crate::exit;
use crate::output::Output;

/// Which directory.
#[derive(Debug, Args)]
pub(crate) struct ReadinessArguments {
    /// Only this directory; all of them by default
    #[arg(long)]
    directory: Option<String>,
}

pub(crate) async fn run(
    arguments: &ReadinessArguments,
    api: &Api,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let directories = match &arguments.directory {
        Some(directory) => vec![directory.clone()],
        None => {
            let all = api.all("/directories", "directories").await?;
            all.iter().map(|directory| text(directory, "name")).collect()
        }
    };
    let mut reports = Vec::new();
    for directory in directories {
        reports.push(api.get(&format!("/directories/{}/readiness", segment(&directory))).await?);
    }
    output.result(&reports, |reports| reports.iter().map(told).collect::<Vec<_>>().join("\n"))?;
    let ready = reports.iter().all(|report| report["ready"] == true);
    Ok(if ready { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}

fn told(report: &Value) -> String {
    let list = |object: &Value, member: &str| object[member].as_array().cloned().unwrap_or_default();
    let mut told = format!("Directory {}", text(report, "directory"));
    let state = text(report, "state");
    told.push_str(&if state.is_empty() { "\n".to_owned() } else { format!(" ({state})\n") });
    let findings = list(report, "findings");
    for finding in &findings {
        let severity = match text(finding, "severity").as_str() {
            "error" => "ERROR".to_owned(),
            other => other.to_owned(),
        };
        told.push_str(&format!("  {severity:<7}  {} [{}]\n", text(finding, "text"), text(finding, "code")));
        let concerned = list(finding, "concerned");
        if !concerned.is_empty() {
            let names: Vec<String> = concerned.iter().map(|object| text(object, "name")).collect();
            let count = finding["count"].as_u64().unwrap_or_default();
            let more = count.saturating_sub(concerned.len() as u64);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            told.push_str(&format!("           {}{more}\n", names.join(", ")));
        }
        told.push_str(&format!("           -> {}\n", text(finding, "advice")));
    }
    if findings.is_empty() {
        told.push_str("  nothing to look at\n");
    }
    let not_checked: Vec<String> =
        list(report, "notChecked").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if !not_checked.is_empty() {
        told.push_str(&format!("  not checked: {}\n", not_checked.join("; ")));
    }
    told
}
