//! A dry run of a connection: of its settings, and of a response that an administrator has at hand.

use data_encoding::BASE64;
use enroll_saml::{Pending, finish};
use enroll_store::Tx;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::connection::connected;
use super::lookup::{Found, find};
use super::steps::{LoggedStep, Steps};
use crate::{Error, Service};

/// What is to be tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInTest {
    /// A response as the browser posts it: base64. Without, the settings alone are checked.
    pub response: Option<String>,
}

/// A check of the settings.
pub type ConfigurationCheck = LoggedStep;

/// What came of it. Nothing was changed, and nobody has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SsoTest {
    /// Whether everything passed.
    pub passed: bool,
    /// The checks of the settings.
    pub configuration: Vec<ConfigurationCheck>,
    /// The checks of the response, up to the first that refuses it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response: Vec<LoggedStep>,
}

/// Days before the end of a certificate from which on it is warned about (threat A17).
pub(crate) const CERTIFICATE_DAYS: i64 = 30;

impl Service {
    /// Checks the settings of a connection, and what would come of a response: as if it were posted now, by the browser that its
    /// request came from, for the first time.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory or connection.
    pub async fn test_sso(&self, directory: &str, test: SignInTest) -> Result<SsoTest, Error> {
        let (service, name) = (self.clone(), directory.to_owned());
        self.db().read(move |tx| service.tested(tx, &name, &test)).await
    }

    fn tested(&self, tx: &Tx<'_>, name: &str, test: &SignInTest) -> Result<SsoTest, Error> {
        let (row, stored) = connected(tx, name)?;
        let (connection, now) = (stored.connection()?, self.clock().now());
        let id = *enroll_domain::SessionId::new(now, &self.entropy().id()).as_uuid();
        let mut settings = Steps { id, at: now, verified: false, request: None, steps: Vec::new() };
        let ours = self.service_provider(row.name.as_str());
        match &ours {
            Ok(ours) => settings.note("service_provider", true, format!("posts go to {}", ours.acs.as_str())),
            Err(error) => settings.note("service_provider", false, error.to_string()),
        }
        let soon = now.saturating_add(SignedDuration::from_hours(24 * CERTIFICATE_DAYS)).unwrap_or(now);
        for certificate in connection.identity_provider.certificates.iter() {
            let (print, end) = (certificate.fingerprint(), certificate.not_after());
            settings.note("certificate", end > soon, format!("{print} is valid until {end}"));
        }
        let mut response = Vec::new();
        if let (Some(posted), Ok(ours)) = (&test.response, ours) {
            let pending = answered(posted).map(|request_id| Pending {
                request_id,
                relay_state: String::new(),
                begun: now,
                anew: false,
            });
            let finished = finish(&ours, &connection, pending.as_ref(), posted, now);
            let mut steps = Steps::of(&finished.trace, (id, now), None);
            if let Ok(identity) = &finished.outcome {
                let to = stored.join.to;
                match find(tx, row.id, to, &identity.join)? {
                    Found::One(user) if user.active => steps.note("user", true, "found, active"),
                    Found::One(_) => steps.note("user", false, "deactivated"),
                    Found::Several => steps.note("user", false, format!("several users have this {to}")),
                    Found::Nobody if stored.jit => steps.note("user", true, "would be made"),
                    Found::Nobody => {
                        steps.note("user", false, format!("no user of the directory has this {to}"));
                    }
                }
                steps.note("attributes", true, format!("sent: {}", identity.attribute_names.join(", ")));
            }
            response = steps.steps;
        }
        let passed = settings.steps.iter().chain(&response).all(|step| step.verdict == "passed");
        Ok(SsoTest { passed, configuration: settings.steps, response })
    }
}

/// The request that a response says it answers: read from the bare text, and worth nothing but for a dry run.
fn answered(posted: &str) -> Option<String> {
    let dense: String = posted.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let text = String::from_utf8(BASE64.decode(dense.as_bytes()).ok()?).ok()?;
    let (_, rest) = text.split_once("InResponseTo=")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.get(1..)?.split(quote).next().map(str::to_owned)
}
