//! `enroll backup`: the database in one file, while the server runs or not.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use enroll_service::Clock;
use enroll_store::backup::{self, BackupError, Checked, Manifest, Progress};
use enroll_store::moving::Place;
use indicatif::ProgressBar;
use serde::Serialize;

use super::progress::bar;
use crate::api::no_server;
use crate::exit;
use crate::open::existing_place;
use crate::output::{Output, warning};
use crate::settings::Settings;

/// What `enroll backup` is told.
#[derive(Debug, Args)]
pub(crate) struct BackupArguments {
    /// File to write, which must not exist; - writes to standard output
    #[arg(value_name = "FILE", required_unless_present = "verify")]
    file: Option<PathBuf>,
    /// Read a backup as a whole and say whether it can be restored; writes nothing
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    verify: Option<PathBuf>,
}

/// What was written, restored or found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) manifest: Manifest,
    /// Where the chain of the audit trail breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_trail: Option<String>,
}

impl Report {
    /// What was found, which is said to standard error, too, when it is bad: of a backup that goes to standard output nothing else is seen.
    pub(super) fn new(file: Option<&Path>, checked: Checked) -> Self {
        let Checked { manifest, broken_trail } = checked;
        if let Some(reason) = &broken_trail {
            warning(&format!(
                "the audit trail is BROKEN: {reason}. All rows are as they were in the database. Find out what has changed them \
                 (`enroll audit verify` names the place), and keep older backups: what was before is in them"
            ));
        }
        Self { file: shown(file), manifest, broken_trail }
    }
}

pub(crate) async fn run(
    arguments: &BackupArguments,
    settings: &Settings,
    output: Output,
) -> anyhow::Result<ExitCode> {
    if let Some(file) = arguments.verify.clone() {
        let checked = with_bar(output, move |tell| backup::verify(&file, tell)).await?;
        let report = Report::new(arguments.verify.as_deref(), checked);
        output.result(&report, |report| describe(report, "can be restored"))?;
        let whole = report.broken_trail.is_none();
        return Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) });
    }
    no_server("backup")?;
    let database = existing_place(settings)?;
    match arguments.file.as_deref() {
        Some(file) if file != Path::new("-") => {
            let target = file.to_owned();
            let report = Report::new(Some(file), write(database, target, output).await?);
            output.result(&report, |report| describe(report, "written"))?;
        }
        _ => to_standard_output(database, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn write(database: Place, target: PathBuf, output: Output) -> anyhow::Result<Checked> {
    let now = Clock::system().now();
    with_bar(output, move |tell| backup::create(&database, &target, now, tell)).await
}

/// A backup is complete in a file before its first byte goes out: a reader never gets half of one that failed.
async fn to_standard_output(database: Place, output: Output) -> anyhow::Result<()> {
    if std::io::stdout().is_terminal() {
        bail!("a backup is no text for a terminal: name a file, or send standard output to one");
    }
    let folder = tempfile::tempdir().context("cannot make a temporary folder (TMPDIR)")?;
    let file = folder.path().join("enroll.backup");
    Report::new(None, write(database, file.clone(), output).await?);
    let mut source = File::open(&file).context("cannot read the temporary file")?;
    let mut out = std::io::stdout().lock();
    // What is left at the end would be written when the program ends, and nobody would hear that it was not.
    std::io::copy(&mut source, &mut out).and_then(|_| out.flush()).context("cannot write to standard output")
}

/// Runs `work` on a thread that may block, with a bar that follows it.
pub(super) async fn with_bar<T: Send + 'static>(
    output: Output,
    work: impl FnOnce(&(dyn Fn(Progress) + Sync)) -> Result<T, BackupError> + Send + 'static,
) -> anyhow::Result<T> {
    let bar = Arc::new(bar(100, output).with_message("Copying"));
    let shared = Arc::clone(&bar);
    let done = tokio::task::spawn_blocking(move || work(&|progress| follow(&shared, progress))).await;
    bar.finish_and_clear();
    Ok(done.context("the work was interrupted")??)
}

fn follow(bar: &ProgressBar, progress: Progress) {
    match progress {
        Progress::Copying { done, total } => bar.set_position(done.saturating_mul(100) / total.max(1)),
        Progress::Checking => {
            bar.set_position(100);
            bar.set_message("Checking");
        }
    }
}

fn shown(file: Option<&Path>) -> String {
    file.unwrap_or(Path::new("-")).display().to_string()
}

/// The manifest for people.
pub(super) fn describe(Report { file, manifest, broken_trail }: &Report, done: &str) -> String {
    let rows = |table: &str| manifest.rows.get(table).copied().unwrap_or(0);
    let mut text = format!(
        "{file} {done}: {} users, {} groups, {} organizations, {:.0}.",
        rows("users"),
        rows("groups"),
        rows("organizations"),
        manifest.created
    );
    // Writing to a text cannot fail.
    let _ = write!(
        text,
        "\nUp to entry {}:{} of the audit trail; schema {}; SHA-256 {}.",
        manifest.audit.sequence, manifest.audit.hash, manifest.schema_version, manifest.sha256
    );
    if let Some(reason) = broken_trail {
        let _ = write!(text, "\nIts audit trail is BROKEN: {reason}.");
    }
    text
}
