//! What a run found.

mod junit;
mod text;

use serde::{Serialize, Serializer};

use crate::check::{CheckInfo, Level};
use crate::exchange::Exchange;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The server is right.
    Passed,
    /// The server is wrong.
    Failed,
    /// The check does not apply to the server, or could not be made.
    Skipped,
}

/// One check with its outcome.
#[derive(Debug, Clone, Serialize)]
pub struct CheckResult {
    /// What was checked.
    #[serde(flatten)]
    pub info: CheckInfo,
    /// How it ended.
    pub outcome: Outcome,
    /// What is wrong, or why it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How long it took.
    pub milliseconds: f64,
    /// Where it failed: everything that was sent and answered, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<Exchange>,
}

impl CheckResult {
    /// Whether it failed, and the RFC says MUST.
    pub fn is_violation(&self) -> bool {
        self.outcome == Outcome::Failed && self.info.level == Level::Must
    }
}

/// How many checks ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Right.
    pub passed: usize,
    /// Wrong where the RFC says MUST.
    pub must_failed: usize,
    /// Wrong where the RFC says SHOULD.
    pub should_failed: usize,
    /// Remarks that no RFC asks for.
    pub notes: usize,
    /// Not applicable, or not possible.
    pub skipped: usize,
}

/// What a run found. Display gives text for people, serde a document for programs, [`Report::junit`] a file for CI.
#[derive(Debug, Clone)]
pub struct Report {
    /// The SCIM base URL.
    pub base_url: String,
    /// What the names of everything that the run made begin with.
    pub run: String,
    /// How many requests were sent.
    pub requests: usize,
    /// How long it took.
    pub seconds: f64,
    /// Every check that was made, in order.
    pub results: Vec<CheckResult>,
    /// Paths of resources that the run made and could not delete.
    pub leftovers: Vec<String>,
    /// Why the run ended early, if it did.
    pub stopped: Option<String>,
}

impl Report {
    pub(crate) fn new(base_url: &str, run: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            run: run.to_owned(),
            requests: 0,
            seconds: 0.0,
            results: Vec::new(),
            leftovers: Vec::new(),
            stopped: None,
        }
    }

    /// Whether the run is whole and nothing failed that an RFC says a server MUST do.
    pub fn is_conformant(&self) -> bool {
        self.stopped.is_none() && !self.results.iter().any(CheckResult::is_violation)
    }

    /// How many checks ended how.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for result in &self.results {
            *match (result.outcome, result.info.level) {
                (Outcome::Passed, _) => &mut tally.passed,
                (Outcome::Failed, Level::Must) => &mut tally.must_failed,
                (Outcome::Failed, Level::Should) => &mut tally.should_failed,
                (Outcome::Failed, Level::Note) => &mut tally.notes,
                (Outcome::Skipped, _) => &mut tally.skipped,
            } += 1;
        }
        tally
    }

    /// The report as JUnit XML: a suite for each section, a test case for each check.
    ///
    /// A failed SHOULD or NOTE is a skipped test case with its message, so that CI is red exactly when the run is.
    pub fn junit(&self) -> String {
        junit::document(self)
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("baseUrl", &self.base_url)?;
        map.serialize_entry("run", &self.run)?;
        map.serialize_entry("conformant", &self.is_conformant())?;
        map.serialize_entry("seconds", &self.seconds)?;
        map.serialize_entry("requests", &self.requests)?;
        map.serialize_entry("tally", &self.tally())?;
        map.serialize_entry("stopped", &self.stopped)?;
        map.serialize_entry("leftovers", &self.leftovers)?;
        map.serialize_entry("results", &self.results)?;
        map.end()
    }
}
