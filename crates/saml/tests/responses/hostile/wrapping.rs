//! Signature wrapping (A2): what was signed is somewhere in the document, and something else stands where it would be read. The
//! eight forms of Somorovsky et al., "On Breaking SAML" (2012), and relatives.

use enroll_saml::Reason;
use enroll_testkit::idp::{Dialect, Signed};

use super::cut;
use crate::world::{World, key};

/// A signed response in its parts.
struct Parts {
    world: World,
    xml: String,
    assertion: String,
    signature: String,
}

impl Parts {
    fn new(signed: Signed) -> Self {
        let world = World::of(Dialect::Entra);
        let mut spec = world.spec(Dialect::Entra);
        spec.signed = signed;
        let xml = spec.xml(key());
        let assertion = cut(&xml, "<Assertion ", "</Assertion>").to_owned();
        let signature = cut(&xml, "<Signature ", "</Signature>").to_owned();
        Self { world, assertion, signature, xml }
    }

    /// The assertion without its signature.
    fn bare(&self) -> String {
        self.assertion.replace(&self.signature, "")
    }

    /// An assertion about somebody else, with another id and without a signature.
    fn evil(&self) -> String {
        evil(&self.bare())
    }

    /// The response with something else in the place of the assertion.
    fn with(&self, assertion: &str) -> String {
        self.xml.replace(&self.assertion, assertion)
    }

    fn refused(&self, xml: &str, reason: Reason) {
        assert!(xml.contains("eve@example.com"), "the document is an attack");
        assert_eq!(self.world.refusal_of_xml(xml), reason, "{xml}");
    }
}

/// Somebody else's, under another id.
fn evil(xml: &str) -> String {
    xml.replace("ada@example.com", "eve@example.com")
        .replace("ID=\"_9b2d6c6e", "ID=\"_evil")
        .replace("ID=\"_f47ac10b", "ID=\"_evil-response")
}

fn object(content: &str) -> String {
    format!("<Object xmlns=\"http://www.w3.org/2000/09/xmldsig#\">{content}</Object>")
}

/// Puts something at the end of an element.
fn at_the_end(xml: &str, tag: &str, content: &str) -> String {
    let at = xml.rfind(tag).unwrap();
    format!("{}{content}{}", &xml[..at], &xml[at..])
}

#[test]
fn threat_a2_xsw1_and_xsw2_response_wrapped() {
    let parts = Parts::new(Signed::Response);
    let original = parts.xml.replace(&parts.signature, "");
    let with_object = parts.signature.replace("</Signature>", &format!("{}</Signature>", object(&original)));
    let xsw1 =
        evil(&parts.xml.replace(&parts.signature, "@")).replace('@', "{at}").replace("eve{at}", "eve@");
    let xsw1 = xsw1.replace("ada{at}", "ada@").replace("{at}", &with_object);
    parts.refused(&xsw1, Reason::NestedResponse);
    let xsw2 = evil(&original).replacen(
        "<samlp:Status>",
        &format!("{original}{}<samlp:Status>", parts.signature),
        1,
    );
    parts.refused(&xsw2, Reason::NestedResponse);
}

#[test]
fn threat_a2_xsw3_and_xsw4_assertion_beside_and_inside() {
    let parts = Parts::new(Signed::Assertion);
    parts.refused(&parts.with(&format!("{}{}", parts.evil(), parts.assertion)), Reason::SeveralAssertions);
    parts.refused(&parts.with(&format!("{}{}", parts.assertion, parts.evil())), Reason::SeveralAssertions);
    let inside = at_the_end(&parts.evil(), "</Assertion>", &parts.assertion);
    parts.refused(&parts.with(&inside), Reason::SeveralAssertions);
}

#[test]
fn threat_a2_xsw5_and_xsw6_signature_taken_over() {
    let parts = Parts::new(Signed::Assertion);
    let taken = parts.evil().replacen("</Issuer>", &format!("</Issuer>{}", parts.signature), 1);
    parts.refused(&parts.with(&format!("{taken}{}", parts.bare())), Reason::SeveralAssertions);
    let with_object =
        parts.signature.replace("</Signature>", &format!("{}</Signature>", object(&parts.bare())));
    let xsw6 = parts.evil().replacen("</Issuer>", &format!("</Issuer>{with_object}"), 1);
    parts.refused(&parts.with(&xsw6), Reason::SeveralAssertions);
}

#[test]
fn threat_a2_xsw7_and_xsw8_extensions_and_object() {
    let parts = Parts::new(Signed::Assertion);
    let extensions = format!("<samlp:Extensions>{}</samlp:Extensions>{}", parts.evil(), parts.assertion);
    parts.refused(&parts.with(&extensions), Reason::SeveralAssertions);
    let original = parts.bare();
    let with_object = parts.signature.replace("</Signature>", &format!("{}</Signature>", object(&original)));
    let xsw8 = at_the_end(&parts.evil(), "</Assertion>", &with_object);
    parts.refused(&parts.with(&xsw8), Reason::SeveralAssertions);
}

#[test]
fn threat_a2_the_same_id_twice() {
    let parts = Parts::new(Signed::Assertion);
    let twin = parts.bare().replace("ada@example.com", "eve@example.com");
    parts.refused(&parts.with(&format!("{twin}{}", parts.assertion)), Reason::DuplicateId);
    // An id is an id under any of the names that verifiers look for.
    for name in ["Id", "id", "AssertionID", "xml:id"] {
        let id = cut(&parts.assertion, "ID=\"", "\" IssueInstant").replace("\" IssueInstant", "\"");
        let other =
            parts.evil().replacen("<Subject>", &format!("<Subject {}>", id.replacen("ID", name, 1)), 1);
        parts.refused(&parts.with(&format!("{other}{}", parts.assertion)), Reason::DuplicateId);
    }
}

#[test]
fn threat_a2_the_assertion_in_another_place() {
    let parts = Parts::new(Signed::Assertion);
    let hidden = format!("<samlp:Extensions>{}</samlp:Extensions>", parts.assertion);
    assert_eq!(parts.world.refusal_of_xml(parts.with(&hidden)), Reason::AssertionPlacement);
    let foreign = parts.evil().replace("SAML:2.0:assertion", "SAML:2.0:assertions");
    // An element of another namespace is no assertion: the one that is signed is read.
    let beside = parts.with(&format!("{foreign}{}", parts.assertion));
    assert_eq!(parts.world.finish_xml(beside).outcome.unwrap().join, "ada@example.com");
    parts.refused(&parts.with(&foreign), Reason::NoAssertion);
}

#[test]
fn threat_a2_the_signature_in_another_place() {
    let parts = Parts::new(Signed::Assertion);
    let evil = parts.evil();
    for (document, reason) in [
        // In the response, about the assertion.
        (
            parts.with(&evil).replacen("<samlp:Status>", &format!("{}<samlp:Status>", parts.signature), 1),
            Reason::ReferenceUri,
        ),
        (
            parts.with(&evil.replacen("</Subject>", &format!("{}</Subject>", parts.signature), 1)),
            Reason::SignaturePlacement,
        ),
        (
            parts.with(&evil.replacen("</Conditions>", &format!("{}</Conditions>", parts.signature), 1)),
            Reason::SignaturePlacement,
        ),
        (
            parts.with(&evil.replacen(
                "</Issuer>",
                &format!("</Issuer>{}{}", parts.signature, parts.signature),
                1,
            )),
            Reason::SignaturePlacement,
        ),
        // About an id that nothing has, or that something else has.
        (
            parts.with(&evil.replacen("</Issuer>", &format!("</Issuer>{}", parts.signature), 1)),
            Reason::ReferenceUri,
        ),
        // Under the id that was signed.
        (parts.with(&parts.assertion.replace("ada@example.com", "eve@example.com")), Reason::DigestMismatch),
    ] {
        parts.refused(&document, reason);
    }
}

#[test]
fn threat_a2_altered_after_signing() {
    for dialect in [Dialect::Okta, Dialect::Entra] {
        let world = World::of(dialect);
        for signed in [Signed::Response, Signed::Assertion, Signed::Both] {
            let mut spec = world.spec(dialect);
            spec.signed = signed;
            let xml = spec.xml(key());
            let p = if dialect == Dialect::Okta { "saml2:" } else { "" };
            for (from, to) in [
                (">ada@example.com<".to_owned(), ">eve@example.com<".to_owned()),
                (">Engineering<".into(), ">Administrators<".into()),
                (">Engineering<".into(), "> Engineering<".into()),
                ("nameid-format:emailAddress".into(), "nameid-format:persistent".into()),
                (
                    format!("</{p}AttributeStatement>"),
                    format!("<{p}Attribute Name=\"x\"/></{p}AttributeStatement>"),
                ),
                (format!("<{p}Subject>"), format!("<{p}Subject x=\"\">")),
                (format!("</{p}NameID>"), format!("<{p}x/></{p}NameID>")),
            ] {
                let altered = xml.replacen(&from, &to, 1);
                assert_ne!(altered, xml, "{from}");
                assert_eq!(
                    world.refusal_of_xml(&altered),
                    Reason::DigestMismatch,
                    "{dialect:?} {signed:?} {to}"
                );
            }
        }
    }
}

/// What is written in another way and means the same still verifies, and is read as it was signed.
#[test]
fn threat_a4_other_spellings_of_the_signed_text() {
    let parts = Parts::new(Signed::Assertion);
    for (from, to) in [
        (">ada@example.com<", ">&#97;da&#x40;example.com<"),
        ("<Subject>", "<Subject  >"),
        ("<Subject>", "<Subject xmlns:unused=\"urn:x\">"),
        (" Version=\"2.0\"><Issuer>", "\n Version = '2.0'><Issuer>"),
        ("R&amp;D &lt;core&gt;", "R&#38;D &#60;core>"),
    ] {
        let spelled = parts.xml.replacen(from, to, 1);
        assert_ne!(spelled, parts.xml, "{from}");
        assert_eq!(parts.world.finish_xml(&spelled).outcome.unwrap().join, "ada@example.com", "{to}");
    }
}
