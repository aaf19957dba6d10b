//! What a run reports at its end.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::exchange::Exchange;
use crate::ledger::Ledger;
use crate::plan::Idp;

/// The result of a simulation: what was sent, how fast it was answered, what was wrong, and what the server
/// must hold now. Display gives a table for people, serde a document for `--json`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The identity provider that was played.
    pub idp: Idp,
    /// The SCIM base URL that was used.
    pub base_url: String,
    /// How long the run took, in seconds.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub elapsed: Duration,
    /// All requests together.
    pub requests: Timing,
    /// Each kind of request, such as `PATCH /Groups/{id}`.
    pub kinds: Vec<Timing>,
    /// How many answers 429 were waited out.
    pub throttled: usize,
    /// How many checks were made on the answers.
    pub checks: usize,
    /// How many of them failed.
    pub failures: usize,
    /// The failed checks with their evidence, the first 200 of them.
    pub failed_checks: Vec<FailedCheck>,
    /// Sequences that were not played, each with the reason.
    pub skipped: Vec<String>,
    /// Why the run ended early, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// What the server holds now if it did everything right.
    pub expected: ExpectedState,
}

/// The number and the durations of one kind of request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timing {
    /// Such as `GET /Users/{id}`.
    pub kind: String,
    /// How many were answered.
    pub count: usize,
    /// Half of the answers took at most this long.
    #[serde(rename = "p50Milliseconds", serialize_with = "milliseconds")]
    pub p50: Duration,
    /// Nineteen of twenty answers took at most this long.
    #[serde(rename = "p95Milliseconds", serialize_with = "milliseconds")]
    pub p95: Duration,
    /// The slowest answer.
    #[serde(rename = "maxMilliseconds", serialize_with = "milliseconds")]
    pub max: Duration,
}

/// A check on an answer that failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FailedCheck {
    /// Where in the run, such as `group push`.
    pub sequence: String,
    /// What was wrong.
    pub sentence: String,
    /// The request and the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
}

/// What a server must hold after the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExpectedState {
    /// The users, in the order of their creation.
    pub users: Vec<ExpectedUser>,
    /// The groups, in the order of their creation.
    pub groups: Vec<ExpectedGroup>,
}

/// A user that must exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpectedUser {
    /// The userName.
    pub user_name: String,
    /// The identity provider's id.
    pub external_id: String,
    /// Whether the user is active.
    pub active: bool,
}

/// A group that must exist, with exactly these members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpectedGroup {
    /// The displayName.
    pub display_name: String,
    /// The userNames of the members, sorted.
    pub members: Vec<String>,
}

impl Summary {
    /// Reads the ledger of a run.
    pub(crate) fn of(
        idp: Idp,
        base_url: &str,
        elapsed: Duration,
        ledger: &Ledger,
        expected: ExpectedState,
    ) -> Self {
        ledger.read(|entries| Self {
            idp,
            base_url: base_url.to_owned(),
            elapsed,
            requests: entries.total(),
            kinds: entries.timings(),
            throttled: entries.throttled,
            checks: entries.checks,
            failures: entries.failures,
            failed_checks: entries.failed_checks.clone(),
            skipped: entries.skipped.clone(),
            stopped: None,
            expected,
        })
    }

    /// Whether everything was played and every check held.
    pub fn is_clean(&self) -> bool {
        self.failures == 0 && self.stopped.is_none()
    }
}

impl Timing {
    /// Sorts the durations and picks the percentiles (nearest rank).
    pub(crate) fn of(kind: &str, durations: &[Duration]) -> Self {
        let mut sorted = durations.to_vec();
        sorted.sort_unstable();
        let rank = |percent: usize| {
            let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(index).copied().unwrap_or_default()
        };
        Self {
            kind: kind.to_owned(),
            count: sorted.len(),
            p50: rank(50),
            p95: rank(95),
            max: sorted.last().copied().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.requests.count as f64 / self.elapsed.as_secs_f64().max(0.001);
        writeln!(formatter, "{} against {}", self.idp, self.base_url)?;
        writeln!(
            formatter,
            "{} requests in {:.1} s ({rate:.0} a second), {} waits after 429\n",
            self.requests.count,
            self.elapsed.as_secs_f64(),
            self.throttled
        )?;
        self.table(formatter)?;
        writeln!(
            formatter,
            "\nExpected on the server now: users {}, groups {}, memberships {}",
            self.expected.users.len(),
            self.expected.groups.len(),
            self.expected.groups.iter().map(|group| group.members.len()).sum::<usize>()
        )?;
        for reason in &self.skipped {
            writeln!(formatter, "Not played: {reason}")?;
        }
        self.verdict(formatter)
    }
}

impl Summary {
    fn table(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<&Timing> = self.kinds.iter().chain([&self.requests]).collect();
        let width = rows.iter().map(|row| row.kind.len()).max().unwrap_or_default();
        writeln!(
            formatter,
            "{:<width$}  {:>7}  {:>9}  {:>9}  {:>9}",
            "request", "count", "p50 ms", "p95 ms", "max ms"
        )?;
        for row in rows {
            writeln!(
                formatter,
                "{:<width$}  {:>7}  {:>9.1}  {:>9.1}  {:>9.1}",
                row.kind,
                row.count,
                as_milliseconds(row.p50),
                as_milliseconds(row.p95),
                as_milliseconds(row.max)
            )?;
        }
        Ok(())
    }

    fn verdict(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.stopped {
            writeln!(formatter, "The run ended early: {reason}")?;
        }
        if self.failures == 0 {
            return write!(formatter, "All {} checks passed.", self.checks);
        }
        write!(formatter, "{} of {} checks failed:", self.failures, self.checks)?;
        for failed in &self.failed_checks {
            write!(formatter, "\n\n[{}] {}", failed.sequence, failed.sentence)?;
            if let Some(exchange) = &failed.exchange {
                write!(formatter, "\n  {exchange}")?;
            }
        }
        let hidden = self.failures.saturating_sub(self.failed_checks.len());
        if hidden > 0 {
            write!(formatter, "\n\n... and {hidden} more")?;
        }
        Ok(())
    }
}

fn as_milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(as_milliseconds(*duration))
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}
