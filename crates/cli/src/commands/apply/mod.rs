//! `enroll apply`: what is set up, kept in a file; the difference to what is there is shown first and then made.

mod diff;
mod file;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use crate::api::{Api, ForceArguments, ServerArguments};
use crate::exit;
use crate::output::Output;
use diff::{Step, Verb};

/// Which file to apply, and how far.
#[derive(Debug, Args)]
pub(crate) struct ApplyArguments {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) force: ForceArguments,
    /// The file, TOML; - for standard input
    file: PathBuf,
    /// Show what would be changed and change nothing; the exit code is 3 when there is something
    #[arg(long)]
    dry_run: bool,
    /// Also remove the mappings and direct grants of the file's organizations that the file does not have
    #[arg(long)]
    prune: bool,
}

/// Shows the difference and makes it, step by step; stops at the first step that is refused.
pub(crate) async fn run(apply: &ApplyArguments, api: &Api, output: Output) -> anyhow::Result<ExitCode> {
    let text = super::schema::read(&apply.file)?;
    let wanted: file::File =
        toml::from_str(&text).with_context(|| format!("{} cannot be applied", apply.file.display()))?;
    wanted.check()?;
    let steps = diff::steps(&wanted, api, apply.prune).await?;
    if output == Output::Text {
        steps.iter().for_each(|step| output.line(step.to_string()));
    }
    if steps.is_empty() {
        output.result(&json!({"changes": []}), |_| "Everything is as the file says.".to_owned())?;
        return Ok(ExitCode::SUCCESS);
    }
    if apply.dry_run {
        finish(&steps, "would be", output)?;
        return Ok(ExitCode::from(exit::ANSWERED_NO));
    }
    for (done, step) in steps.iter().enumerate() {
        step.make(api).await.with_context(|| {
            format!(
                "{done} of {} changes are made; mend this one and apply the file again: {step}",
                steps.len()
            )
        })?;
    }
    finish(&steps, "", output)?;
    Ok(ExitCode::SUCCESS)
}

fn finish(steps: &[Step], mood: &str, output: Output) -> anyhow::Result<()> {
    let changes: Vec<Value> = steps.iter().map(Step::to_json).collect();
    output.result(&json!({"changes": changes}), |_| {
        let count = |verb| steps.iter().filter(|step| step.verb == verb).count();
        let (added, changed, removed) = (count(Verb::Add), count(Verb::Change), count(Verb::Remove));
        let words = format!("{added} {mood} added, {changed} {mood} changed, {removed} {mood} removed.");
        words.replace("  ", " ")
    })
}
