//! `enroll requests`: what identity providers have sent and what came of it.

use std::time::Duration;

use clap::{Args, Subcommand};
use enroll_service::{LoggedFailure, LoggedRequest};
use serde::Deserialize;

use crate::api::{Api, segment};
use crate::output::{Output, is_open, raw, table};

/// How often `tail` looks.
const LOOK: Duration = Duration::from_millis(500);

/// Requests that `tail` takes at a time.
const AT_A_TIME: u32 = 500;

/// What to do with the request log.
#[derive(Debug, Subcommand)]
pub(crate) enum RequestsCommand {
    /// List the newest requests
    List {
        #[command(flatten)]
        which: Which,
        /// Requests at most
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Show one request with its bodies and what to do about its error
    Show {
        /// Its number in the list, or the request id from the answer or the server's log
        id: String,
    },
    /// Show new requests as they come, until Ctrl-C
    Tail {
        #[command(flatten)]
        which: Which,
    },
}

/// Which requests.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Only those of this directory
    #[arg(long)]
    directory: Option<String>,
    /// Only those with this status: 409, 4xx, or error
    #[arg(long)]
    status: Option<String>,
    /// Only those with this method
    #[arg(long)]
    method: Option<String>,
    /// Only those about this user or group: its name or id
    #[arg(long)]
    user: Option<String>,
}

impl Which {
    fn query(&self, limit: u32) -> String {
        let given = [
            ("directory", self.directory.clone()),
            ("status", self.status.clone()),
            ("method", self.method.clone()),
            ("user", self.user.clone()),
        ];
        let mut query = format!("/request-log?limit={limit}");
        for (name, value) in given {
            if let Some(value) = value {
                query.push_str(&format!("&{name}={}", segment(&value)));
            }
        }
        query
    }
}

/// A page of the API.
#[derive(Deserialize)]
struct Found {
    requests: Vec<LoggedRequest>,
}

async fn find(api: &Api, query: &str) -> anyhow::Result<Vec<LoggedRequest>> {
    let found: Found = serde_json::from_value(api.get(query).await?)?;
    Ok(found.requests)
}

pub(crate) async fn run(command: &RequestsCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    match command {
        RequestsCommand::List { which, limit } => {
            output.result(&find(api, &which.query(*limit)).await?, |requests| {
                let rows = requests.iter().map(row).collect();
                table(
                    ["#", "TIME", "DIRECTORY", "STATUS", "REQUEST", "ABOUT", "WHAT CAME OF IT"],
                    rows,
                    "No requests.",
                )
            })
        }
        RequestsCommand::Show { id } => {
            let request = api.get(&format!("/request-log/{}", segment(id))).await?;
            output.result(&serde_json::from_value(request)?, told)
        }
        RequestsCommand::Tail { which } => tail(which, api, output).await,
    }
}

async fn tail(which: &Which, api: &Api, output: Output) -> anyhow::Result<()> {
    let newest = |requests: &[LoggedRequest]| requests.first().map(|newest| newest.id);
    let mut behind = newest(&find(api, "/request-log?limit=1").await?).unwrap_or(0);
    loop {
        let found = find(api, &format!("{}&behind={behind}", which.query(AT_A_TIME))).await?;
        behind = newest(&found).unwrap_or(behind);
        for request in found.iter().rev() {
            match output {
                Output::Json => raw(serde_json::to_string(request)?),
                Output::Text => raw(row(request).join("  ")),
            }
        }
        if !is_open() {
            return Ok(());
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = super::serve::shutdown_signal() => return Ok(()),
        }
    }
}

fn row(request: &LoggedRequest) -> [String; 7] {
    [
        request.id.to_string(),
        format!("{:.0}", request.time),
        request.directory.clone().unwrap_or_else(|| "-".to_owned()),
        status(request),
        format!("{} {}", request.method, request.operation),
        about(request),
        came_of_it(request),
    ]
}

/// The status; of a bulk request also how many operations have failed, which its status does not say.
fn status(request: &LoggedRequest) -> String {
    match &request.failed_operations {
        Some(failed) => format!("{} ({} of {} failed)", request.status, failed.count, failed.of),
        None => request.status.to_string(),
    }
}

fn about(request: &LoggedRequest) -> String {
    let kind = request.resource_type.as_deref().unwrap_or_default();
    match request.resource.as_deref().or(request.resource_id.as_deref()) {
        Some(name) => format!("{kind} {name}").trim().to_owned(),
        None => kind.to_owned(),
    }
}

/// The explanation of an error, or of the first that operations of a bulk request have; else what was read differently.
fn came_of_it(request: &LoggedRequest) -> String {
    let failed = request.failed_operations.iter().flat_map(|failed| &failed.first).map(|one| &one.error);
    let explained = request
        .error
        .iter()
        .chain(failed)
        .find_map(|error| error.explanation.clone().or_else(|| error.detail.clone()));
    explained.unwrap_or_else(|| {
        let notes: Vec<&str> = request.normalized.iter().map(|note| note.text.as_str()).collect();
        notes.join("; ")
    })
}

/// A failed operation of a bulk request: its place, what it asked for, and its status.
fn failure(failed: &LoggedFailure) -> String {
    let asked = [failed.method.as_deref(), failed.path.as_deref(), failed.resource.as_deref()];
    let asked = asked.into_iter().flatten().collect::<Vec<_>>().join(" ");
    format!("operation {}: {asked}: {}", failed.number, failed.status)
}

fn told(request: &LoggedRequest) -> String {
    let mut text = format!("{} {}\n", request.method, request.path);
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            text.push_str(&format!("  {name:<13} {value}\n"));
        }
    };
    line("status", Some(format!("{} after {} ms", status(request), request.duration_ms)));
    line("time", Some(request.time.to_string()));
    line("request id", Some(request.request_id.clone()));
    line("directory", request.directory.clone());
    let refused = if request.authenticated { "" } else { " (refused)" };
    line("token", request.token.as_ref().map(|label| format!("{label}{refused}")));
    line("about", Some(about(request)));
    line("from", request.address.clone());
    line("client", request.user_agent.clone());
    if let Some(error) = &request.error {
        line("scimType", error.scim_type.clone());
        line("told", error.detail.clone());
        line("meaning", error.explanation.clone());
        line("what to do", error.advice.clone());
    }
    if let Some(failed) = &request.failed_operations {
        for one in &failed.first {
            line("failed", Some(failure(one)));
            line("  scimType", one.error.scim_type.clone());
            line("  told", one.error.detail.clone());
            line("  meaning", one.error.explanation.clone());
            line("  what to do", one.error.advice.clone());
        }
        let more = failed.count.saturating_sub(failed.first.len());
        line("failed", (more > 0).then(|| format!("{more} more: see the answer")));
    }
    for note in &request.normalized {
        let quirk = note.quirk.as_ref().map(|quirk| format!(" ({quirk})")).unwrap_or_default();
        line("read as", Some(format!("{}{quirk}", note.text)));
    }
    for (name, body) in [("request", &request.request_body), ("answer", &request.response_body)] {
        if let Some(body) = body {
            let body = match body {
                serde_json::Value::String(text) => text.clone(),
                body => serde_json::to_string_pretty(body).unwrap_or_default(),
            };
            text.push_str(&format!("\n{name}\n{body}\n"));
        }
    }
    text
}
