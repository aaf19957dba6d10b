//! `enroll apply`: what is set up, kept in a file; the difference to what is there is shown first and then made.

mod check;
mod diff;
mod file;
mod step;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Value, json};

use crate::api::{Api, ForceArguments, ServerArguments};
use crate::exit;
use crate::output::Output;
use diff::Difference;
use step::{Step, Verb};

/// Which file to apply, and how far.
#[derive(Debug, Args)]
pub(crate) struct ApplyArguments {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) force: ForceArguments,
    /// The file, TOML; - for standard input
    file: PathBuf,
    /// Show what would be changed, and what would be refused of it, and change nothing; the exit code is 3 when there is something
    #[arg(long)]
    dry_run: bool,
    /// Also remove the mappings and direct grants of the file's organizations that the file does not have, and, if it has webhooks,
    /// the webhooks that it does not have
    #[arg(long)]
    prune: bool,
}

/// Shows the difference with what would be refused of it; unless something would be, makes it, step by step. A step that is refused
/// all the same ends the run.
pub(crate) async fn run(apply: &ApplyArguments, api: &Api, output: Output) -> anyhow::Result<ExitCode> {
    let text = super::schema::read(&apply.file)?;
    let wanted =
        file::File::read(&text).with_context(|| format!("{} cannot be applied", apply.file.display()))?;
    let Difference { steps, notes } = diff::difference(wanted, api, apply.prune).await?;
    let refusals = check::check(&steps, api).await?;
    for (step, refusal) in steps.iter().zip(&refusals) {
        output.line(step.to_string());
        if let Some(refusal) = refusal {
            output.line(format!("  refused: {refusal}"));
        }
    }
    notes.iter().for_each(|note| output.line(format!("! {note}")));
    let mut told = Told { steps: &steps, notes: &notes, refusals, secrets: vec![None; steps.len()] };
    let refused = told.refusals.iter().flatten().count();
    if refused > 0 {
        told.finish("would be", output)?;
        bail!(
            "{refused} of {} changes would be refused; nothing was changed: mend the file and apply it again",
            steps.len()
        );
    }
    if steps.is_empty() {
        told.finish("", output)?;
        return Ok(ExitCode::SUCCESS);
    }
    if apply.dry_run {
        told.finish("would be", output)?;
        return Ok(ExitCode::from(exit::ANSWERED_NO));
    }
    for (done, step) in steps.iter().enumerate() {
        told.secrets[done] = step.make(api).await.with_context(|| {
            format!(
                "{done} of {} changes are made; mend this one and apply the file again: {step}",
                steps.len()
            )
        })?;
        if let Some(secret) = &told.secrets[done] {
            output.line(format!("The secret of the {}, which is not shown again: {secret}", step.what));
        }
    }
    told.finish("", output)?;
    Ok(ExitCode::SUCCESS)
}

/// The steps with what came of them.
struct Told<'s> {
    steps: &'s [Step],
    notes: &'s [String],
    refusals: Vec<Option<String>>,
    secrets: Vec<Option<String>>,
}

impl Told<'_> {
    fn finish(&self, mood: &str, output: Output) -> anyhow::Result<()> {
        let changes: Vec<Value> =
            self.steps.iter().zip(&self.refusals).zip(&self.secrets).map(described).collect();
        output.result(&json!({"changes": changes, "notes": self.notes}), |_| {
            if self.steps.is_empty() {
                return "Everything is as the file says.".to_owned();
            }
            let count = |verb| self.steps.iter().filter(|step| step.verb == verb).count();
            let (added, changed, removed) = (count(Verb::Add), count(Verb::Change), count(Verb::Remove));
            let words = format!("{added} {mood} added, {changed} {mood} changed, {removed} {mood} removed.");
            words.replace("  ", " ")
        })
    }
}

fn described(((step, refusal), secret): ((&Step, &Option<String>), &Option<String>)) -> Value {
    let mut change = step.to_json();
    for (member, text) in [("refused", refusal), ("secret", secret)] {
        if let Some(text) = text {
            change[member] = json!(text);
        }
    }
    change
}
