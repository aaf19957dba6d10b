//! `enroll move`: the whole store from one database into another.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use enroll_service::{Clock, VerifyReport};
use enroll_store::moving::{self, Moved, Place, Progress};
use indicatif::ProgressBar;
use serde::Serialize;

use super::progress::bar;
use crate::exit;
use crate::open::{Opening, service_at};
use crate::output::Output;
use crate::settings::Settings;

/// What `enroll move` is told.
#[derive(Debug, Args)]
#[command(after_help = "\
Stop all servers first: nothing may change while a database is moved, and a database in use is refused. The
target must be empty; the source stays as it is. Ids, versions, ETags, tokens, sessions, keys, the feed of
events and the audit trail are kept. All rows of both are compared at the end; until then the target is marked as
unfinished, the server refuses it, and the same move once more begins anew.

The request log is a file in the data folder of each server (requests.db) and stays there.

Example: enroll move --from sqlite:/var/lib/enroll --to postgres://enroll:secret@db.example.com/enroll")]
pub(crate) struct MoveArguments {
    /// Database to read: sqlite:FOLDER, sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE; `-` is the one of the settings
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// Empty database to fill, named in the same way; `-` is the one of the settings, which keeps a password out of lists of processes
    #[arg(long, value_name = "PLACE")]
    to: String,
}

/// What was moved, and what recomputing all memberships in the target has found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    from: String,
    to: String,
    #[serde(flatten)]
    moved: Moved,
    verify: VerifyReport,
}

pub(crate) async fn run(
    arguments: &MoveArguments,
    settings: &Settings,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let (from, to) = (place(&arguments.from, settings)?, place(&arguments.to, settings)?);
    let (shown_from, shown_to) = (from.to_string(), to.to_string());
    let moved = moved(from, to.clone(), output).await?;
    // Opened as a server opens it: what is recomputed is compared with what it would answer.
    let service = service_at(&to, settings, Opening::Existing).await?;
    let verify = service.verify().await;
    service.close().await;
    let verify = verify?;
    let sound = verify.findings.is_empty();
    let report = Report { from: shown_from, to: shown_to, moved, verify };
    output.result(&report, describe)?;
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}

fn place(text: &str, settings: &Settings) -> anyhow::Result<Place> {
    if text == "-" { Ok(crate::open::place(settings)) } else { Ok(text.parse()?) }
}

async fn moved(from: Place, to: Place, output: Output) -> anyhow::Result<Moved> {
    let bar = Arc::new(bar(1, output).with_message("Copying"));
    let shared = Arc::clone(&bar);
    let now = Clock::system().now();
    let work = move || moving::run(&from, &to, now, &|progress| follow(&shared, progress));
    let done = tokio::task::spawn_blocking(work).await;
    bar.finish_and_clear();
    Ok(done.context("the work was interrupted")??)
}

fn follow(bar: &ProgressBar, progress: Progress) {
    let (message, done, total) = match progress {
        Progress::Copying { done, total } => ("Copying", done, total),
        Progress::Comparing { done, total } => ("Comparing", done, total),
        Progress::Checking => return bar.set_message("Checking the audit trail"),
    };
    bar.set_message(message);
    bar.set_length(total);
    bar.set_position(done);
}

fn describe(report: &Report) -> String {
    let Report { from, to, moved, verify } = report;
    let rows = |table: &str| moved.rows.get(table).copied().unwrap_or(0);
    let all: u64 = moved.rows.values().sum();
    let mut text = format!(
        "{from} moved to {to}: {} users, {} groups, {} organizations; all {all} rows compared, 0 differences.\n\
         Up to entry {}:{} of the audit trail, whose chain holds; schema {}.\n{verify}",
        rows("users"),
        rows("groups"),
        rows("organizations"),
        moved.audit.sequence,
        moved.audit.hash,
        moved.schema_version,
    );
    if !verify.findings.is_empty() {
        text.push_str("\nThe source has the same findings: every row is as it was there.");
    }
    text.push_str("\nNow start the server on the new database. The old one is as it was: keep it until you are content.");
    text
}
