//! `enroll audit`: the audit trail.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use enroll_domain::audit::ChainHash;
use enroll_service::{ChainReport, Clock, Service};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

use crate::api::{Api, moment, segment, text};
use crate::exit;
use crate::output::{Output, stream, table};

/// Entries asked for at a time.
const PAGE: usize = 1000;

/// What to do with the audit trail.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List the newest entries
    List(ListEntries),
    /// Recompute the chain of hashes and name the first entry that is not as it was written; reads the database itself, so it runs
    /// where the database is
    Verify {
        /// Place and hash of an entry as an earlier `enroll audit verify` has shown them, for example 1042:9f86d0...
        #[arg(long, value_name = "SEQUENCE:HASH", value_parser = anchor)]
        anchor: Option<(i64, ChainHash)>,
    },
    /// Write the whole trail to standard output, oldest entry first
    Export {
        /// One JSON object a line, or a table for spreadsheets
        #[arg(long, default_value = "jsonl")]
        format: Format,
    },
}

/// Which entries to list.
#[derive(Debug, Args)]
pub(crate) struct ListEntries {
    /// Only entries about this user or naming her: handle, userName or id
    #[arg(long)]
    user: Option<String>,
    /// Only entries of this directory
    #[arg(long)]
    directory: Option<String>,
    /// Only entries from then on: 7d, 12h, 2026-11-26 or 2026-11-26T08:00:00Z
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Entries at most
    #[arg(long, default_value_t = 50)]
    limit: usize,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// JSON Lines
    Jsonl,
    /// Comma-separated values with a header (RFC 4180)
    Csv,
}

pub(crate) async fn list(list: &ListEntries, api: &Api, output: Output) -> anyhow::Result<()> {
    print(&newest(list, api).await?, output)
}

pub(crate) async fn verify(
    anchor: Option<(i64, ChainHash)>,
    service: &Service,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let report = service.verify_audit(anchor).await?;
    output.result(&report, verdict)?;
    Ok(if report.broken.is_some() { ExitCode::from(exit::ANSWERED_NO) } else { ExitCode::SUCCESS })
}

fn verdict(report: &ChainReport) -> String {
    let ChainReport { entries, sequence, hash, broken } = report;
    match broken {
        None => format!("{entries} entries, the chain is whole. Note its end elsewhere: {sequence}:{hash}"),
        Some(broken) => {
            format!("{entries} entries are in order, then the chain is BROKEN: {}", broken.reason)
        }
    }
}

/// Reads `1042:9f86d0...`.
fn anchor(text: &str) -> Result<(i64, ChainHash), String> {
    let (sequence, hash) = text.split_once(':').ok_or("write SEQUENCE:HASH")?;
    let sequence = sequence.parse().ok().filter(|sequence| *sequence >= 0);
    let sequence = sequence.ok_or_else(|| "SEQUENCE is a whole number".to_owned())?;
    Ok((sequence, hash.parse().map_err(|error| format!("{error}"))?))
}

/// Reads `7d`, `12h`, a date or a time.
fn since(text: Option<&str>, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let hint = || {
        anyhow::anyhow!(
            "--since is {text:?}: write days or hours such as 7d or 12h, a date such as 2026-11-26, or a time such as \
             2026-11-26T08:00:00Z"
        )
    };
    for (unit, hours) in [('d', 24), ('h', 1)] {
        if let Some(number) = text.strip_suffix(unit) {
            let hours = i64::from(number.parse::<u32>().map_err(|_| hint())?) * hours;
            let ago = now.checked_sub(SignedDuration::from_hours(hours));
            return ago.map(Some).map_err(|_| hint());
        }
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(Some(time));
    }
    let date: Date = text.parse().map_err(|_| hint())?;
    TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).map(Some).map_err(|_| hint())
}

/// The newest entries, newest first, page by page.
async fn newest(list: &ListEntries, api: &Api) -> anyhow::Result<Vec<Value>> {
    let mut query = String::new();
    for (name, value) in [("user", &list.user), ("directory", &list.directory)] {
        if let Some(value) = value {
            query.push_str(&format!("&{name}={}", segment(value)));
        }
    }
    if let Some(since) = since(list.since.as_deref(), Clock::system().now())? {
        query.push_str(&format!("&since={}", segment(&since.to_string())));
    }
    let (mut entries, mut after) = (Vec::new(), String::new());
    while entries.len() < list.limit {
        let at_a_time = PAGE.min(list.limit - entries.len());
        let mut page = api.get(&format!("/audit?limit={at_a_time}{query}{after}")).await?;
        if let Some(Value::Array(found)) = page.get_mut("entries").map(Value::take) {
            entries.extend(found);
        }
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={}", segment(next)),
            None => break,
        }
    }
    Ok(entries)
}

fn print(entries: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&entries, |entries| {
        let row = |entry: &Value| {
            [
                text(entry, "sequence"),
                moment(entry, "time"),
                format!("{} ({})", text(entry, "actor"), text(entry, "actorKind")),
                text(entry, "action"),
                text(entry, "subject"),
                text(entry, "changes"),
            ]
        };
        let columns = ["#", "TIME", "BY", "ACTION", "SUBJECT", "CHANGES"];
        table(columns, entries.iter().map(row).collect(), "No entries.")
    })
}

/// Writes the trail as it comes: memory does not grow with it.
pub(crate) async fn export(api: &Api, format: Format) -> anyhow::Result<()> {
    let format = match format {
        Format::Jsonl => "jsonl",
        Format::Csv => "csv",
    };
    stream(async |write| api.download(&format!("/audit?format={format}"), write).await).await
}
