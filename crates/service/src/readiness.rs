//! Readiness: what to look at before people rely on a directory, and while they do (enrollment.md §7.1).
//!
//! One table of checks; each looks at one thing and finds nothing when all is well. What cannot be known, or not at a price that a
//! report may have, is not guessed: the report says so.

mod checks;
mod expiry;
mod names;
mod owners;

use enroll_store::Tx;
use enroll_store::directory::DirectoryRow;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::admin::find_directory;
use crate::request_log::DirectoryHealth;
use crate::{Error, ScimSession, Service};

/// Objects that a finding names at most.
const NAMED: u32 = 20;

/// What nobody can look at before somebody has signed in.
const ASSERTIONS: &str =
    "whether assertions have what the join rule of the sign-in connection compares: a sign-in shows it";

/// What is too much to look at in a large instance.
const USER_NAMES: &str = "whether users of other directories have the same userName: there are too many";

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// People are or will soon be without access.
    Error,
    /// Something will go wrong for somebody.
    Warning,
    /// Worth knowing.
    Info,
}

/// Something that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Concerned {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReadinessFinding {
    /// How much it matters.
    pub severity: Severity,
    /// What it is, for programs.
    pub code: &'static str,
    /// What it is, for people.
    pub text: String,
    /// What to do.
    pub advice: String,
    /// How many objects it is about.
    pub count: u64,
    /// The first 20 of them.
    pub concerned: Vec<Concerned>,
}

/// What was found in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadinessReport {
    /// The directory's name.
    pub directory: String,
    /// Whether nothing of severity `error` was found.
    pub ready: bool,
    /// How its identity provider is doing, where a request log is kept.
    #[serde(flatten)]
    pub health: Option<DirectoryHealth>,
    /// What was found, errors first.
    pub findings: Vec<ReadinessFinding>,
    /// What was not looked at.
    pub not_checked: Vec<&'static str>,
}

/// Whom a report is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// An administrator of this service.
    Administrator,
    /// The identity provider of the directory, who learns of nothing else.
    IdentityProvider,
}

/// What a check looks at.
struct Subject<'a> {
    tx: &'a Tx<'a>,
    directory: &'a DirectoryRow,
    reader: Reader,
    health: Option<&'a DirectoryHealth>,
    now: Timestamp,
}

type Check = fn(&Subject<'_>) -> Result<Vec<ReadinessFinding>, Error>;

/// Every check. One of the whole instance belongs here too: each directory's report is read by itself.
const CHECKS: [Check; 13] = [
    checks::traffic,
    expiry::tokens,
    checks::shared_work_emails,
    checks::look_alikes,
    checks::users_without_external_id,
    checks::mappings_without_group,
    checks::unmapped_groups,
    owners::organizations,
    names::shared_user_names,
    names::join_rule,
    checks::no_local_admin,
    checks::sign_in,
    checks::metadata,
];

impl Service {
    /// What an administrator should look at in a directory, by name or id.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory.
    pub async fn readiness(&self, directory: &str) -> Result<ReadinessReport, Error> {
        self.report(directory, Reader::Administrator).await
    }

    async fn report(&self, directory: &str, reader: Reader) -> Result<ReadinessReport, Error> {
        let mut known = [self.directory(directory).await?];
        let [info] = &mut known;
        let (id, health, now) = (info.id.to_string(), info.health.take(), self.clock().now());
        self.db()
            .read(move |tx| {
                let row = find_directory(tx, &id)?;
                let subject = Subject { tx, directory: &row, reader, health: health.as_ref(), now };
                let mut findings = Vec::new();
                for check in CHECKS {
                    findings.extend(check(&subject)?);
                }
                findings.sort_by_key(|finding| finding.severity);
                let mut not_checked = vec![ASSERTIONS];
                if reader == Reader::Administrator && !names::compares_user_names(&subject)? {
                    not_checked.push(USER_NAMES);
                }
                Ok(ReadinessReport {
                    directory: row.name.to_string(),
                    ready: findings.iter().all(|finding| finding.severity != Severity::Error),
                    health,
                    findings,
                    not_checked,
                })
            })
            .await
    }

    /// What to look at in the directory of a SCIM token.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn scim_readiness(&self, session: &ScimSession) -> Result<ReadinessReport, Error> {
        self.report(&session.directory.to_string(), Reader::IdentityProvider).await
    }

    /// Writes into the server's log which SCIM tokens have expired or soon will (enrollment.md §5.1). For the start of a server and
    /// every day after it.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn warn_of_expiring_tokens(&self) -> Result<(), Error> {
        let now = self.clock().now();
        let warnings = self.db().read(move |tx| expiry::warnings(tx, now)).await?;
        for expiry::Warning { directory, label, token, expires } in warnings {
            tracing::warn!(%directory, %label, %token, %expires, "a SCIM token expires: make a new one and enter it in the identity provider");
        }
        Ok(())
    }
}
