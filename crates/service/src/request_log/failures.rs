//! The failed operations of a bulk request, each explained as a request of its own would be (RFC 7644 §3.7.3; lesson 32).

use enroll_domain::{DirectoryState, Idp};
use enroll_store::request_log::FailedRow;

use super::advice;
use super::digest::{Operation, bounded, one_line};
use super::exchange::Exchange;
use super::show::{LoggedError, LoggedFailure, LoggedFailures};
use crate::brake::stopped_by;
use crate::scim::{FailedOperation, FailedOperations};

/// What is kept of failed operations, and what the state of the directory learns from them.
pub(super) struct Failures {
    /// How many have failed.
    pub(super) count: usize,
    /// [`LoggedFailures`] as JSON.
    pub(super) text: String,
    /// By what the first of them are found.
    pub(super) rows: Vec<FailedRow>,
    /// The first failure that somebody has to do something about.
    pub(super) worst: Option<Worst>,
}

/// A failure that somebody has to do something about.
pub(super) struct Worst {
    pub(super) status: u16,
    pub(super) explanation: String,
    pub(super) advice: Option<String>,
    /// Whether no operation was carried out, for another reason than the brake or a pause.
    pub(super) nothing_done: bool,
}

/// Explains the failed operations of a request. `name` finds the name of a user or group by its id.
pub(super) fn of(
    exchange: &Exchange,
    failed: &FailedOperations,
    idp: Idp,
    name: impl Fn(&str) -> Option<String>,
) -> Failures {
    let told: Vec<(LoggedFailure, Option<DirectoryState>)> =
        failed.first.iter().map(|one| explained(exchange, one, idp, &name)).collect();
    // What comes right by itself is no trouble, as with single requests.
    let worst = told.iter().find_map(|(failure, stopped)| {
        let explanation = failure.error.explanation.clone()?;
        let counts = stopped.is_some() || !matches!(failure.status, 412 | 429);
        counts.then(|| Worst {
            status: failure.status,
            explanation,
            advice: failure.error.advice.clone(),
            nothing_done: stopped.is_none() && failed.count == failed.of,
        })
    });
    let first: Vec<LoggedFailure> = told.into_iter().map(|(failure, _)| failure).collect();
    let rows = first.iter().map(|failure| FailedRow {
        number: i64::try_from(failure.number).unwrap_or(i64::MAX),
        status: failure.status,
        target_id: failure.resource_id.clone(),
        target: failure.resource.clone(),
    });
    let rows = rows.collect();
    let shown = LoggedFailures { count: failed.count, of: failed.of, first };
    Failures { count: failed.count, text: serde_json::to_string(&shown).unwrap_or_default(), rows, worst }
}

fn explained(
    exchange: &Exchange,
    failed: &FailedOperation,
    idp: Idp,
    name: impl Fn(&str) -> Option<String>,
) -> (LoggedFailure, Option<DirectoryState>) {
    let caller = exchange.caller.as_ref();
    let path = failed.path.as_deref().unwrap_or_default();
    let (endpoint, id) = path
        .trim_start_matches('/')
        .split_once('/')
        .map_or((path, None), |(endpoint, id)| (endpoint, Some(id)));
    let operation = match failed.method.as_deref() {
        Some("POST") => Operation::Create,
        Some("PUT") => Operation::Replace,
        Some("PATCH") => Operation::Patch,
        Some("DELETE") => Operation::Delete,
        _ => Operation::Other,
    };
    let kind = caller.and_then(|caller| caller.models.at(endpoint.trim_start_matches('/')));
    let resource_type = kind.map(|kind| kind.name().to_owned());
    let (detail, scim_type) =
        (one_line(&failed.detail), failed.scim_type.map(|word| word.as_str().to_owned()));
    let stopped = stopped_by(failed.status, &detail);
    let told = advice::of(advice::Problem {
        status: failed.status,
        scim_type: scim_type.as_deref(),
        detail: &detail,
        stopped,
        operation,
        target_type: resource_type.as_deref(),
        standing: caller.map(|caller| caller.standing),
        idp,
    });
    let failure = LoggedFailure {
        number: failed.number,
        method: failed.method.as_deref().map(bounded),
        path: failed.path.as_deref().map(bounded),
        bulk_id: failed.bulk_id.as_deref().map(bounded),
        resource_type,
        resource: failed.name.clone().or_else(|| name(id?)).map(|name| bounded(&name)),
        resource_id: id.map(bounded),
        status: failed.status,
        error: LoggedError {
            scim_type,
            detail: Some(detail),
            explanation: told.map(|told| told.explanation.to_owned()),
            advice: told.map(|told| told.advice_for(caller.map(|caller| caller.directory_name.as_str()))),
        },
    };
    (failure, stopped)
}
