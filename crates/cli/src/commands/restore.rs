//! `enroll restore`: the database of a backup, in an empty folder or an empty database on a server.

use std::path::PathBuf;

use clap::Args;
use enroll_service::Clock;
use enroll_store::backup;
use enroll_store::moving::Place;

use super::backup::{Report, describe, with_bar};
use crate::open::place;
use crate::output::Output;
use crate::settings::Settings;

/// What `enroll restore` is told.
#[derive(Debug, Args)]
pub(crate) struct RestoreArguments {
    /// A backup that `enroll backup` has written
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(crate) async fn run(
    arguments: &RestoreArguments,
    settings: &Settings,
    output: Output,
) -> anyhow::Result<()> {
    let (file, target, now) = (arguments.file.clone(), place(settings), Clock::system().now());
    let shown_target = match &target {
        Place::Sqlite(_) => settings.data_dir.display().to_string(),
        Place::Postgres(url) => url.to_string(),
    };
    let checked = with_bar(output, move |tell| backup::restore(&file, &target, now, tell)).await?;
    let report = Report::new(Some(&arguments.file), checked);
    output.result(&report, |report| {
        let restored = describe(report, &format!("restored into {shown_target}"));
        format!("{restored}\nNow run `enroll verify` and `enroll audit verify` on it, then start the server.")
    })
}
