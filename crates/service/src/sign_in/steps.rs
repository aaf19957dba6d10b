//! What was checked at a sign-in, for administrators who look for the cause of a refusal (lessons.md 20). Nothing of it is a NameID or the
//! value of an attribute.

use enroll_domain::UserId;
use enroll_domain::time::Moment;
use enroll_saml::Trace;
use enroll_store::sign_in::{self, SignInRow};
use enroll_store::{StoreError, Tx};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::admin::find_directory;
use crate::{Error, Service};

/// Sign-ins that are kept of a directory: of responses that its identity provider has signed ...
const KEPT: u32 = 100;

/// ... and of others, which anybody can send.
const KEPT_OF_STRANGERS: u32 = 20;

/// The code of a sign-in that was not refused.
pub(super) const ACCEPTED: &str = "accepted";

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoggedStep {
    /// What was checked.
    pub check: String,
    /// `passed` or `refused`.
    #[schemars(extend("enum" = ["passed", "refused"]))]
    pub verdict: String,
    /// Facts.
    pub detail: String,
}

/// A sign-in as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedSignIn {
    /// Its id.
    pub id: Uuid,
    /// When.
    #[schemars(with = "Moment")]
    pub at: Timestamp,
    /// `accepted`, or the code of the refusal.
    pub code: String,
    /// Whether the response was signed by the identity provider.
    pub verified: bool,
    /// Who, where somebody was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The id on the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The checks in their order.
    pub steps: Vec<LoggedStep>,
}

/// The checks of a sign-in that is under way. A transaction that runs again begins with a copy.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    pub(super) id: Uuid,
    pub(super) at: Timestamp,
    pub(super) verified: bool,
    pub(super) request: Option<String>,
    pub(super) steps: Vec<LoggedStep>,
}

impl Steps {
    /// The checks of a response. It is verified when its signature is.
    pub(super) fn of(trace: &Trace, (id, at): (Uuid, Timestamp), request: Option<String>) -> Self {
        let word = |value: serde_json::Result<serde_json::Value>| {
            value.ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
        };
        let steps: Vec<LoggedStep> = trace
            .steps()
            .iter()
            .map(|step| LoggedStep {
                check: word(serde_json::to_value(step.check)),
                verdict: word(serde_json::to_value(step.verdict)),
                detail: step.detail.clone(),
            })
            .collect();
        let verified = steps.iter().any(|step| step.check == "signature" && step.verdict == "passed");
        Self { id, at, verified, request, steps }
    }

    /// Notes a check.
    pub(super) fn note(&mut self, check: &str, passed: bool, detail: impl Into<String>) {
        let verdict = if passed { "passed" } else { "refused" };
        self.steps.push(LoggedStep {
            check: check.to_owned(),
            verdict: verdict.to_owned(),
            detail: detail.into(),
        });
    }

    /// Keeps the sign-in.
    pub(super) fn keep(
        &self,
        tx: &Tx<'_>,
        directory: enroll_domain::DirectoryId,
        code: &str,
        user: Option<UserId>,
    ) -> Result<(), StoreError> {
        let row = SignInRow {
            id: self.id,
            verified: self.verified,
            at: self.at,
            code: code.to_owned(),
            user,
            request: self.request.clone(),
            steps: serde_json::to_string(&self.steps).unwrap_or_else(|_| "[]".to_owned()),
        };
        sign_in::log(tx, directory, &row, if self.verified { KEPT } else { KEPT_OF_STRANGERS })
    }
}

impl Service {
    /// The last sign-ins of a directory, the last one first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory.
    pub async fn sign_ins(&self, directory: &str) -> Result<Vec<LoggedSignIn>, Error> {
        let name = directory.to_owned();
        self.db()
            .read(move |tx| {
                let row = find_directory(tx, &name)?;
                let logged = sign_in::logged(tx, row.id)?.into_iter().map(|row| LoggedSignIn {
                    id: row.id,
                    at: row.at,
                    code: row.code,
                    verified: row.verified,
                    user: row.user,
                    request_id: row.request,
                    steps: serde_json::from_str(&row.steps).unwrap_or_default(),
                });
                Ok(logged.collect())
            })
            .await
    }
}
