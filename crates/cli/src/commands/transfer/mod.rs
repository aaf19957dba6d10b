//! `enroll export` and `enroll import`: a directory as a file, out of one instance and into another.

mod batches;
mod check;
mod csv;
mod export;
mod jsonl;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::api::Api;
use crate::output::Output;

pub(crate) use export::{ExportArguments, run as export};

/// What to import, and into what.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The file
    file: PathBuf,
    /// What the file is: what `enroll export` has written, or a list of users with a header
    #[arg(long, value_enum, default_value = "export")]
    from: Format,
    /// The directory that it is read into
    #[arg(long, default_value = "default")]
    directory: String,
    /// Only say what would come of it
    #[arg(long)]
    dry_run: bool,
    /// Mappings and a default enrollment may give the roles admin and owner
    #[arg(long)]
    allow_privileged: bool,
    /// Which column of a list is which attribute where its header does not say, for example userName=Login,email=Mail
    #[arg(long, value_name = "ATTRIBUTE=COLUMN", value_delimiter = ',')]
    columns: Vec<String>,
    /// Import a list without asking, after its report
    #[arg(long)]
    yes: bool,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// What `enroll export` has written
    Export,
    /// A list of users as spreadsheets write it
    Csv,
}

pub(crate) async fn import(
    arguments: &ImportArguments,
    api: &Api,
    output: Output,
) -> anyhow::Result<ExitCode> {
    match arguments.from {
        Format::Export => jsonl::run(arguments, api, output).await,
        Format::Csv => csv::run(arguments, api, output).await,
    }
}
