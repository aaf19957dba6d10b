//! Lines on their way to the API, as many in a request as it takes.

use reqwest::Method;
use serde_json::Value;

use super::ImportArguments;
use super::report::Report;
use crate::api::{Api, Refused, segment, with_more};

/// Lines in one request.
const LINES: usize = 500;

/// Bytes in one request, unless one line is larger.
const BYTES: usize = 512 * 1024;

/// Collects lines, sends them, and counts what came of them.
pub(super) struct Batches<'a> {
    api: &'a Api,
    target: String,
    body: String,
    /// Where the lines of the body stand in the file.
    numbers: Vec<u64>,
    report: Report,
}

impl<'a> Batches<'a> {
    pub(super) fn new(api: &'a Api, arguments: &ImportArguments, dry_run: bool) -> Self {
        let target = format!(
            "/directories/{}/import?dryRun={dry_run}&allowPrivileged={}",
            segment(&arguments.directory),
            arguments.allow_privileged
        );
        let report = Report::new(dry_run);
        Self { api, target, body: String::new(), numbers: Vec::new(), report }
    }

    /// Adds a line, which stands in the file under this number.
    pub(super) async fn line(&mut self, number: u64, line: &str) -> anyhow::Result<()> {
        if self.numbers.len() == LINES || (!self.body.is_empty() && self.body.len() + line.len() > BYTES) {
            self.send().await?;
        }
        self.numbers.push(number);
        self.body.push_str(line);
        self.body.push('\n');
        Ok(())
    }

    /// Sends what is left, and gives what came of all lines.
    pub(super) async fn done(mut self) -> anyhow::Result<Report> {
        self.send().await?;
        Ok(self.report)
    }

    async fn send(&mut self) -> anyhow::Result<()> {
        let (Some(first), Some(last)) = (self.numbers.first(), self.numbers.last()) else { return Ok(()) };
        let place = format!("lines {first} to {last}");
        let body = std::mem::take(&mut self.body);
        let answer = self.api.send_text(Method::POST, &self.target, body).await.map_err(|error| {
            let refused = error.downcast_ref::<Refused>().is_some_and(|refused| refused.status.is_client_error());
            with_more(
                error,
                if refused {
                    format!("nothing of {place} is imported: mend the cause and import the file again")
                } else {
                    format!(
                        "of {place} nobody has said what came of them: mend the cause and import the file again; what is there by \
                         then stays as it is"
                    )
                },
            )
        })?;
        for line in answer.get("lines").and_then(Value::as_array).into_iter().flatten() {
            let within = line.get("line").and_then(Value::as_u64).unwrap_or_default();
            let number = usize::try_from(within).ok().and_then(|line| self.numbers.get(line.checked_sub(1)?));
            self.report.add(number.copied().unwrap_or(within), line);
        }
        self.numbers.clear();
        Ok(())
    }
}
