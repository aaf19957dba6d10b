//! What was checked and with what verdict: for administrators who look for the cause of a refusal (lessons.md 20).

use serde::Serialize;

use crate::refusal::{Refusal, shown};

/// A step of verification, in the order of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The form field: size and base64.
    Form,
    /// The XML: encoding, forbidden constructs, limits, unique ids.
    Xml,
    /// The root is a samlp:Response.
    Root,
    /// The status is success.
    Status,
    /// Exactly one assertion, in its place, not encrypted.
    Assertion,
    /// Each signature, by a configured key.
    Signature,
    /// Version, issuer and destination of the response.
    Response,
    /// Which request it answers.
    Request,
    /// Version and issuer of the assertion.
    Issuer,
    /// The subject confirmation: bearer, recipient, times.
    Confirmation,
    /// The conditions: times, audience, nothing unknown.
    Conditions,
    /// That and until when the user is signed in.
    Session,
    /// The NameID and the attributes.
    Subject,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// In order.
    Passed,
    /// The reason of the refusal. Nothing is checked after it.
    Refused,
}

/// One line of the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What was checked.
    pub check: Check,
    /// How it ended.
    pub verdict: Verdict,
    /// Facts: names of endpoints, times, algorithms, counts. Never a NameID or the value of an attribute.
    pub detail: String,
}

/// The checks of one response in their order. It ends with the first refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Trace(Vec<Step>);

impl Trace {
    /// The lines.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Notes how a check ended and hands its result on.
    pub(crate) fn note<T>(
        &mut self,
        check: Check,
        result: Result<T, Refusal>,
        detail: impl FnOnce(&T) -> String,
    ) -> Result<T, Refusal> {
        let (verdict, detail) = match &result {
            Ok(value) => (Verdict::Passed, detail(value)),
            Err(refusal) => (Verdict::Refused, refusal.to_string()),
        };
        self.0.push(Step { check, verdict, detail: shown(&detail) });
        result
    }
}
