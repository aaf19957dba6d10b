//! A run from its first request to its report.

use std::time::Instant;

use serde_json::Value;

use crate::answer::Answer;
use crate::check::{Check, CheckInfo, Section, Stop, Verdict};
use crate::checks::SECTIONS;
use crate::client::Client;
use crate::error::RunError;
use crate::features::Features;
use crate::json::elements;
use crate::lab::Lab;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::report::{CheckResult, Outcome, Report};
use crate::request::Request;
use crate::selection::select;

/// Checks the server and reports.
///
/// When `interrupted` completes, the check under way is left, what was made is deleted, and the report says so.
///
/// # Errors
/// Nothing could be checked: the URL, the token or the choice of checks is wrong, or the server does not answer.
pub async fn run(
    plan: &Plan,
    progress: &dyn Progress,
    interrupted: impl Future<Output = ()>,
) -> Result<Report, RunError> {
    let chosen = select(SECTIONS, &plan.only)?;
    let mut lab = Lab::new(Client::new(plan)?, &plan.run);
    let begun = Instant::now();
    let features = discover(&lab).await?;
    lab.features = features;
    admitted(&lab).await?;
    progress.started(chosen.len());
    let mut report = Report::new(lab.base_url(), lab.run());
    let mut interrupted = std::pin::pin!(interrupted);
    for (section, check) in chosen {
        progress.checking(&section.name());
        let started = Instant::now();
        lab.take_trace();
        let verdict = tokio::select! {
            biased;
            () = &mut interrupted => {
                report.stopped = Some("the run was interrupted".to_owned());
                break;
            }
            verdict = (check.run)(&lab) => verdict,
        };
        report.results.push(result(section, check, verdict, &lab, started));
        report.leftovers.extend(lab.clean_up(false).await);
        progress.checked();
    }
    report.leftovers.extend(lab.clean_up(true).await);
    lab.sweep().await;
    progress.finished();
    report.requests = lab.requests();
    report.seconds = begun.elapsed().as_secs_f64();
    Ok(report)
}

/// The chosen checks in the order in which they run, all if `only` is empty.
///
/// # Errors
/// A word chooses nothing.
pub fn list(only: &[String]) -> Result<Vec<CheckInfo>, RunError> {
    Ok(select(SECTIONS, only)?.into_iter().map(|(section, check)| CheckInfo::of(section, check)).collect())
}

fn result(section: &Section, check: &Check, verdict: Verdict, lab: &Lab, started: Instant) -> CheckResult {
    let (outcome, reason) = match verdict {
        Ok(()) => (Outcome::Passed, None),
        Err(Stop::Fault(sentence)) => (Outcome::Failed, Some(sentence)),
        Err(Stop::Skip(reason)) => (Outcome::Skipped, Some(reason)),
    };
    let exchanges = lab.take_trace();
    CheckResult {
        info: CheckInfo::of(section, check),
        outcome,
        reason,
        milliseconds: started.elapsed().as_secs_f64() * 1000.0,
        exchanges: if outcome == Outcome::Failed { exchanges } else { Vec::new() },
    }
}

/// Reads what the server says of itself. What cannot be read stays empty; the checks of discovery say what is wrong.
async fn discover(lab: &Lab) -> Result<Features, RunError> {
    let config = lab.send_quietly(&Request::get("/ServiceProviderConfig")).await;
    if config.status() == 0 {
        let exchange = lab.take_trace().pop();
        let reason = exchange.and_then(|exchange| exchange.transport_error).unwrap_or_default();
        return Err(RunError::Unreachable(reason));
    }
    let resources = |answer: &Answer| elements(answer.at("Resources")).to_vec();
    Ok(Features {
        config: if config.status() == 200 { config.json().clone() } else { Value::Null },
        resource_types: resources(&lab.send_quietly(&Request::get("/ResourceTypes")).await),
        schemas: resources(&lab.send_quietly(&Request::get("/Schemas")).await),
    })
}

/// A refused token would fail every check and say nothing about the server.
async fn admitted(lab: &Lab) -> Result<(), RunError> {
    let path = format!("{}?count=1", lab.users());
    let status = lab.send_quietly(&Request::get(path.clone())).await.status();
    if matches!(status, 401 | 403) { Err(RunError::Refused { path, status }) } else { Ok(()) }
}
