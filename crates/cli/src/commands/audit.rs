//! `enroll audit`: the audit trail.

use std::io::{BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use enroll_domain::audit::ChainHash;
use enroll_service::{AuditFormat, AuditQuery, ChainReport, ChainedEntry, Service};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use crate::exit;
use crate::output::{Output, table};

/// Entries read at a time for an export.
const PAGE: u32 = 1000;

/// What to do with the audit trail.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List the newest entries
    List(ListEntries),
    /// Recompute the chain of hashes and name the first entry that is not as it was written
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

pub(crate) async fn run(
    command: &AuditCommand,
    service: &Service,
    output: Output,
) -> anyhow::Result<ExitCode> {
    match command {
        AuditCommand::List(list) => {
            let since = since(list.since.as_deref(), service)?;
            let query = AuditQuery { user: list.user.clone(), directory: list.directory.clone(), since };
            print(&service.audit_entries(query, list.limit).await?, output)?;
        }
        AuditCommand::Verify { anchor } => {
            let report = service.verify_audit(*anchor).await?;
            output.result(&report, verdict)?;
            if report.broken.is_some() {
                return Ok(ExitCode::from(exit::ANSWERED_NO));
            }
        }
        AuditCommand::Export { format } => export(service, *format).await?,
    }
    Ok(ExitCode::SUCCESS)
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
fn since(text: Option<&str>, service: &Service) -> anyhow::Result<Option<Timestamp>> {
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
            let ago = service.clock().now().checked_sub(SignedDuration::from_hours(hours));
            return ago.map(Some).map_err(|_| hint());
        }
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(Some(time));
    }
    let date: Date = text.parse().map_err(|_| hint())?;
    TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).map(Some).map_err(|_| hint())
}

fn print(entries: &[ChainedEntry], output: Output) -> anyhow::Result<()> {
    output.result(&entries, |entries| {
        let rows = entries
            .iter()
            .map(|ChainedEntry { entry, .. }| {
                [
                    entry.sequence.to_string(),
                    format!("{:.0}", entry.time),
                    format!("{} ({})", entry.actor, entry.actor_kind),
                    entry.action.clone(),
                    entry.subject.clone(),
                    entry.changes.clone(),
                ]
            })
            .collect();
        table(["#", "TIME", "BY", "ACTION", "SUBJECT", "CHANGES"], rows, "No entries.")
    })
}

/// Writes the trail page by page: memory does not grow with it, and no page keeps the database from being tidied up.
async fn export(service: &Service, format: Format) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout());
    match write_all(service, format, &mut out).await {
        // A reader that has seen enough is no fault.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        other => other,
    }
}

async fn write_all(service: &Service, format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    const CONTEXT: &str = "cannot write to standard output";
    let format = match format {
        Format::Jsonl => AuditFormat::JsonLines,
        Format::Csv => AuditFormat::Csv,
    };
    out.write_all(format.header().as_bytes()).context(CONTEXT)?;
    let mut after = 0;
    loop {
        let page = service.audit_page(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.entry.sequence;
        for entry in &page {
            out.write_all(format.line(entry)?.as_bytes()).context(CONTEXT)?;
        }
    }
    out.flush().context(CONTEXT)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
