//! `enroll restore`: the database of a backup, in an empty folder.

use std::path::PathBuf;

use clap::Args;
use enroll_store::backup;

use super::backup::{Report, describe, shown, with_bar};
use crate::open::database_file;
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
    let (file, target) = (arguments.file.clone(), database_file(settings)?);
    let manifest = with_bar(output, move |tell| backup::restore(&file, &target, tell)).await?;
    let report = Report { file: shown(Some(&arguments.file)), manifest };
    output.result(&report, |report| {
        let folder = settings.data_dir.display();
        let restored = describe(report, &format!("restored into {folder}"));
        format!("{restored}\nNow run `enroll verify` and `enroll audit verify` on it, then start the server.")
    })
}
