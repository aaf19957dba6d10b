//! The report for people: a line for each section, then what failed with its evidence.

use std::fmt;

use super::{CheckResult, Outcome, Report};
use crate::exchange::Exchange;

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.base_url)?;
        for section in self.results.chunk_by(|one, other| one.info.section == other.info.section) {
            line(section, formatter)?;
        }
        skipped(&self.results, formatter)?;
        for result in self.results.iter().filter(|result| result.outcome == Outcome::Failed) {
            failed(result, formatter)?;
        }
        if let Some(reason) = &self.stopped {
            write!(formatter, "\n\nThe run is not whole: {reason}.")?;
        }
        if !self.leftovers.is_empty() {
            write!(formatter, "\n\nCould not be deleted: {}", self.leftovers.join(", "))?;
        }
        let tally = self.tally();
        write!(
            formatter,
            "\n\n{} checks: {} passed, {} failed (MUST), {} failed (SHOULD), {} notes, {} skipped; {} requests in {:.1} s.",
            self.results.len(),
            tally.passed,
            tally.must_failed,
            tally.should_failed,
            tally.notes,
            tally.skipped,
            self.requests,
            self.seconds
        )?;
        match (&self.stopped, self.is_conformant()) {
            (Some(_), _) => write!(formatter, "\nWhether the server conforms is not known."),
            (None, true) => write!(formatter, "\nAs far as checked, the server conforms."),
            (None, false) => write!(formatter, "\nAs far as checked, the server does not conform."),
        }
    }
}

fn line(section: &[CheckResult], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(first) = section.first() else { return Ok(()) };
    let count = |outcome| section.iter().filter(|result| result.outcome == outcome).count();
    write!(
        formatter,
        "\n  {:19} {:42} {:2} of {:2} passed",
        first.info.section,
        first.info.heading,
        count(Outcome::Passed),
        section.len()
    )?;
    for (number, word) in [(count(Outcome::Failed), "failed"), (count(Outcome::Skipped), "skipped")] {
        if number > 0 {
            write!(formatter, ", {number} {word}")?;
        }
    }
    Ok(())
}

/// Skipped checks, those with the same reason together.
fn skipped(results: &[CheckResult], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for result in results.iter().filter(|result| result.outcome == Outcome::Skipped) {
        let reason = result.reason.as_deref().unwrap_or_default();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, ids)) => ids.push(result.info.id),
            None => reasons.push((reason, vec![result.info.id])),
        }
    }
    if !reasons.is_empty() {
        write!(formatter, "\n\nSkipped:")?;
    }
    for (reason, ids) in reasons {
        write!(formatter, "\n  {reason}: {}", ids.join(", "))?;
    }
    Ok(())
}

fn failed(result: &CheckResult, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let info = &result.info;
    write!(formatter, "\n\n{} failed: {} ({}, {})", info.level, info.title, info.section, info.id)?;
    write!(formatter, "\n  {}", result.reason.as_deref().unwrap_or_default())?;
    let Some((last, before)) = result.exchanges.split_last() else { return Ok(()) };
    let before = before.iter().map(Exchange::outline);
    for text in before.chain([last.to_string()]) {
        text.lines().try_for_each(|line| write!(formatter, "\n    {line}"))?;
    }
    Ok(())
}
