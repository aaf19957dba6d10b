//! `enroll import` of a file that `enroll export` has written.

use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use super::ImportArguments;
use super::batches::Batches;
use super::check::{Fault, Next, check, next_line};
use super::report::Report;
use crate::api::Api;
use crate::commands::progress::Late;
use crate::output::Output;

pub(super) async fn run(arguments: &ImportArguments, api: &Api, output: Output) -> anyhow::Result<ExitCode> {
    let path = &arguments.file;
    let unreadable = || format!("{} cannot be read", path.display());
    let open = || File::open(path).map(BufReader::new).with_context(unreadable);
    let checked = match check(&mut open()?).with_context(unreadable)? {
        Ok(checked) => checked,
        Err(faults) => bail!("{}", told(&path.display().to_string(), &faults)),
    };
    let mut progress = Late::new(if arguments.dry_run { "Trying" } else { "Importing" }, output);
    progress.of(checked.lines);
    let mut batches = Batches::new(api, arguments, arguments.dry_run);
    let (mut file, mut line, mut read) = (open()?, Vec::new(), 0);
    for number in 1.. {
        match next_line(&mut file, &mut line, &mut read).with_context(unreadable)? {
            Next::End => break,
            Next::TooLong => bail!("{} has changed while it was read", path.display()),
            Next::Line { .. } => {}
        }
        // The header says what follows, and the last line that it is whole: both are checked.
        if number == 1 || number > checked.lines + 1 {
            continue;
        }
        let text = std::str::from_utf8(&line).with_context(unreadable)?;
        batches.line(number, text).await?;
        progress.at(number);
    }
    let report = batches.done().await?;
    progress.done();
    output.result(&report, Report::to_text)?;
    Ok(report.exit_code())
}

/// The faults of a file, from which nothing was imported.
fn told(path: &str, faults: &[Fault]) -> String {
    let mut text = format!("{path} cannot be imported, and nothing of it was:");
    for fault in faults {
        text.push_str(&format!("\n  {fault}"));
    }
    text
}
