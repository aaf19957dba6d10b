//! The shape of a response: where assertion and signatures stand. Wrapping attacks need a second assertion, a second signature
//! or another place (A2); there is none.

use roxmltree::{Document, Node};

use crate::refusal::{Reason, Refusal};
use crate::trace::{Check, Trace};
use crate::xml::{ASSERTION, PROTOCOL, SIGNATURE, at_most_one, children, is, one};

pub(crate) const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// The places of what counts.
pub(crate) struct Shape<'a, 'i> {
    pub(crate) response: Node<'a, 'i>,
    pub(crate) assertion: Node<'a, 'i>,
    pub(crate) response_signature: Option<Node<'a, 'i>>,
    pub(crate) assertion_signature: Option<Node<'a, 'i>>,
}

impl<'a, 'i> Shape<'a, 'i> {
    /// Finds them in a message that was parsed, and notes the checks on the way.
    pub(crate) fn find(document: &'a Document<'i>, trace: &mut Trace) -> Result<Self, Refusal> {
        let response = trace.note(Check::Root, root(document), |_| "samlp:Response".to_owned())?;
        trace.note(Check::Status, status(response), |()| "Success".to_owned())?;
        let assertion =
            trace.note(Check::Assertion, the_assertion(response), |_| "one, not encrypted".to_owned())?;
        match signatures(response, assertion) {
            Ok([response_signature, assertion_signature]) => {
                Ok(Self { response, assertion, response_signature, assertion_signature })
            }
            Err(refusal) => trace.note(Check::Signature, Err(refusal), |_| String::new()),
        }
    }
}

/// The root is a response, and no other is inside (A2, A3).
pub(crate) fn root<'a, 'i>(document: &'a Document<'i>) -> Result<Node<'a, 'i>, Refusal> {
    let root = document.root_element();
    if !is(root, PROTOCOL, "Response") {
        return Err(Refusal::with(Reason::NotAResponse, format!("the root is {}", root.tag_name().name())));
    }
    if root.descendants().skip(1).any(|node| is(node, PROTOCOL, "Response")) {
        return Err(Reason::NestedResponse.into());
    }
    Ok(root)
}

/// The status is success. Identity providers send no assertion with any other.
fn status(response: Node<'_, '_>) -> Result<(), Refusal> {
    let status = one(response, PROTOCOL, "Status")?;
    let code = one(status, PROTOCOL, "StatusCode")?;
    let value = code.attribute("Value").unwrap_or_default();
    if value == SUCCESS {
        return Ok(());
    }
    let inner = at_most_one(code, PROTOCOL, "StatusCode")?.and_then(|inner| inner.attribute("Value"));
    Err(Refusal::with(Reason::StatusNotSuccess, [value, inner.unwrap_or_default()].join(" ").trim()))
}

/// Exactly one assertion in the whole message, directly in the response (A2), in the clear (A16).
pub(crate) fn the_assertion<'a, 'i>(response: Node<'a, 'i>) -> Result<Node<'a, 'i>, Refusal> {
    if response.descendants().any(|node| is(node, ASSERTION, "EncryptedAssertion")) {
        return Err(Reason::Encrypted.into());
    }
    let mut all = response.descendants().filter(|node| is(*node, ASSERTION, "Assertion"));
    let assertion = all.next().ok_or(Refusal::from(Reason::NoAssertion))?;
    if all.next().is_some() {
        return Err(Reason::SeveralAssertions.into());
    }
    if assertion.parent_element() != Some(response) {
        return Err(Reason::AssertionPlacement.into());
    }
    Ok(assertion)
}

/// The signatures of the response and of the assertion: at least one, each directly in what it signs, and no third (A1, A2).
fn signatures<'a, 'i>(
    response: Node<'a, 'i>,
    assertion: Node<'a, 'i>,
) -> Result<[Option<Node<'a, 'i>>; 2], Refusal> {
    let all = response.descendants().filter(|node| is(*node, SIGNATURE, "Signature")).count();
    let of = |element| children(element, SIGNATURE, "Signature").next();
    let found = [of(response), of(assertion)];
    match (all, found.iter().flatten().count()) {
        (0, _) => Err(Reason::Unsigned.into()),
        (all, placed) if all != placed => Err(Reason::SignaturePlacement.into()),
        _ => Ok(found),
    }
}
