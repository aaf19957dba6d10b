//! The end of a sign-in: a posted response becomes an identity, or a refusal with its reason.

use jiff::Timestamp;
use roxmltree::Document;

use crate::assertion::Expected;
use crate::begin::Pending;
use crate::connection::{Connection, ServiceProvider};
use crate::identity::Identity;
use crate::policy::MAX_DECODED_BYTES;
use crate::refusal::{Reason, Refusal};
use crate::response;
use crate::shape::{Shape, root, the_assertion};
use crate::signature::{Verified, from_base64, verify};
use crate::subject;
use crate::trace::{Check, Trace};
use crate::xml::{ASSERTION, is, parse};

/// How a sign-in ended, and what was checked on the way.
#[derive(Debug)]
pub struct Finished {
    /// Who signed in, or why nobody did.
    pub outcome: Result<Identity, Refusal>,
    /// The checks in their order.
    pub trace: Trace,
}

/// Checks a response: the form field `SAMLResponse` of the HTTP-POST binding (SAML bindings §3.5).
///
/// `pending` is the sign-in that this browser began, found by its cookie; none if there is none. Whether the assertion was
/// used before is for the caller to check: [`Identity::once`] says what to write (A13).
pub fn finish(
    service_provider: &ServiceProvider,
    connection: &Connection,
    pending: Option<&Pending>,
    saml_response: &str,
    now: Timestamp,
) -> Finished {
    let mut trace = Trace::default();
    let expected = Expected { service_provider, connection, pending, now };
    let outcome = checked(&expected, saml_response, &mut trace);
    Finished { outcome, trace }
}

fn checked(expected: &Expected<'_>, saml_response: &str, trace: &mut Trace) -> Result<Identity, Refusal> {
    let bytes = trace
        .note(Check::Form, decoded(saml_response), |bytes| format!("{} bytes of base64", bytes.len()))?;
    let sent =
        trace.note(Check::Xml, parse(&bytes), |_| "well-formed, nothing that SAML forbids".to_owned())?;
    let shape = Shape::find(&sent, trace)?;
    let signed = trace.note(Check::Signature, signed(&shape, expected), Signed::describe)?;

    // From here on, what a signature covers is read from the text that was verified.
    let response_again = signed.response.as_ref().map(again).transpose()?;
    let assertion_again = signed.assertion.as_ref().map(again).transpose()?;
    let response = match &response_again {
        Some(document) => root(document)?,
        None => shape.response,
    };
    let assertion = match (&assertion_again, &response_again) {
        (Some(document), _) => document.root_element(),
        (None, Some(_)) => the_assertion(response)?,
        (None, None) => return Err(Reason::Unsigned.into()),
    };
    if !is(assertion, ASSERTION, "Assertion") {
        return Err(Reason::VerifiedUnreadable.into());
    }

    let is_signed = response_again.is_some();
    trace.note(Check::Response, response::check(response, is_signed, expected), Clone::clone)?;
    let begun_by =
        trace.note(Check::Request, expected.request(response, assertion), |by| format!("begun by {by:?}"))?;
    trace.note(Check::Issuer, expected.issuer(assertion), Clone::clone)?;
    let confirmed = trace.note(Check::Confirmation, expected.confirmation(assertion, begun_by), |end| {
        format!("bearer, recipient {}, until {end}", expected.service_provider.acs.as_str())
    })?;
    let conditions = trace.note(Check::Conditions, expected.conditions(assertion), |end| {
        format!("audience {}, until {end}", expected.service_provider.entity_id.as_str())
    })?;
    let session =
        trace.note(Check::Session, expected.session(assertion, begun_by), |session| match session.ends {
            Some(ends) => format!("until {ends}"),
            None => "no end given".to_owned(),
        })?;
    let once = expected.once(assertion, confirmed.max(conditions))?;
    let identity = subject::read(assertion, &expected.connection.mapping)
        .map(|facts| facts.into_identity(begun_by, session, once));
    trace.note(Check::Subject, identity, subject::describe)
}

/// The bytes of the form field.
pub(crate) fn decoded(field: &str) -> Result<Vec<u8>, Refusal> {
    // Four characters for three bytes, and room for line ends.
    if field.len() > MAX_DECODED_BYTES * 3 / 2 {
        return Err(Reason::TooLarge.into());
    }
    let bytes = from_base64(field, Reason::NotBase64)?;
    if bytes.len() > MAX_DECODED_BYTES { Err(Reason::TooLarge.into()) } else { Ok(bytes) }
}

/// What is signed. Where both are, both signatures have to verify.
struct Signed<'c> {
    response: Option<Verified<'c>>,
    assertion: Option<Verified<'c>>,
}

impl Signed<'_> {
    fn describe(&self) -> String {
        let parts = [("response", &self.response), ("assertion", &self.assertion)];
        let parts = parts.into_iter().filter_map(|(name, verified)| {
            let by = verified.as_ref()?.by;
            Some(format!("{name} signed by certificate {} (until {})", by.fingerprint(), by.not_after()))
        });
        parts.collect::<Vec<String>>().join("; ")
    }
}

fn signed<'c>(shape: &Shape<'_, '_>, expected: &Expected<'c>) -> Result<Signed<'c>, Refusal> {
    let certificates = &expected.connection.identity_provider.certificates;
    let response = shape.response_signature.map(|signature| verify(shape.response, signature, certificates));
    let assertion =
        shape.assertion_signature.map(|signature| verify(shape.assertion, signature, certificates));
    Ok(Signed { response: response.transpose()?, assertion: assertion.transpose()? })
}

/// Parses what was verified.
fn again<'v>(verified: &'v Verified<'_>) -> Result<Document<'v>, Refusal> {
    parse(verified.text.as_bytes()).map_err(|_| Reason::VerifiedUnreadable.into())
}
