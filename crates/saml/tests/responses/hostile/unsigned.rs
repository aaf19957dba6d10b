//! Without a signature that counts (A1, A3, A6).

use enroll_saml::{CertificateError, Certificates, Reason};
use enroll_testkit::idp::{Dialect, Signed};

use super::cut;
use crate::world::{World, foreign_key, key};

#[test]
fn threat_a1_unsigned() {
    for dialect in [Dialect::Okta, Dialect::Entra] {
        let world = World::of(dialect);
        let mut spec = world.spec(dialect);
        spec.signed = Signed::Nothing;
        assert_eq!(world.refusal(&spec), Reason::Unsigned);
    }
}

#[test]
fn threat_a1_signatures_stripped() {
    let world = World::of(Dialect::Okta);
    for signed in [Signed::Response, Signed::Assertion] {
        let mut spec = world.spec(Dialect::Okta);
        spec.signed = signed;
        let xml = spec.xml(key());
        let stripped = xml.replace(cut(&xml, "<ds:Signature ", "</ds:Signature>"), "");
        assert_eq!(world.refusal_of_xml(stripped), Reason::Unsigned);
    }
}

/// Where both are signed, the assertion's signature is enough: what is read is what it covers. The other way round the
/// response's signature covers the assertion with its signature.
#[test]
fn threat_a1_one_of_two_signatures_stripped() {
    let world = World::of(Dialect::Okta);
    let xml = world.spec(Dialect::Okta).xml(key());
    let (outer, rest) = xml.split_once("</ds:Signature>").unwrap();
    let (head, _) = outer.split_once("<ds:Signature ").unwrap();
    let without_outer = format!("{head}{rest}");
    let identity = world.finish_xml(&without_outer).outcome.unwrap();
    assert_eq!(identity.join, "ada@example.com");
    let tampered = without_outer.replacen("ada@example.com", "eve@example.com", 1);
    assert_eq!(world.refusal_of_xml(tampered), Reason::DigestMismatch);

    let inner = cut(rest, "<ds:Signature ", "</ds:Signature>");
    assert_eq!(world.refusal_of_xml(xml.replace(inner, "")), Reason::DigestMismatch);
}

#[test]
fn threat_a1_hollow_signatures() {
    let world = World::of(Dialect::Entra);
    let xml = world.spec(Dialect::Entra).xml(key());
    let signature = cut(&xml, "<Signature ", "</Signature>");
    let info = cut(&xml, "<SignedInfo>", "</SignedInfo>");
    let reference = cut(&xml, "<Reference ", "</Reference>");
    let value = cut(&xml, "<SignatureValue>", "</SignatureValue>");
    for (from, to, reason) in [
        (signature, "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>", Reason::SignatureForm),
        (signature, "<Signature xmlns=\"urn:other\"/>", Reason::Unsigned),
        (signature, "<Signature/>", Reason::Unsigned),
        (info, "", Reason::SignatureForm),
        (info, "<SignedInfo/>", Reason::SignatureForm),
        (reference, "", Reason::ReferenceCount),
        (value, "", Reason::SignatureForm),
        (value, "<SignatureValue/>", Reason::SignatureInvalid),
        (value, "<SignatureValue>AAAA</SignatureValue>", Reason::SignatureInvalid),
        (value, "<SignatureValue>not base64</SignatureValue>", Reason::SignatureForm),
    ] {
        assert_eq!(world.refusal_of_xml(xml.replacen(from, to, 1)), reason, "{to}");
    }
}

#[test]
fn threat_a1_no_connection_without_a_certificate() {
    assert_eq!(Certificates::new([]), Err(CertificateError::None));
}

#[test]
fn threat_a3_other_documents_of_the_identity_provider() {
    let world = World::of(Dialect::Entra);
    let xml = world.spec(Dialect::Entra).xml(key());
    let assertion = cut(&xml, "<Assertion ", "</Assertion>");
    let signature = cut(&xml, "<Signature ", "</Signature>");
    let metadata = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"m\">{signature}</EntityDescriptor>"
    );
    let renamed = |name: &str| xml.replace("samlp:Response", &format!("samlp:{name}"));
    for (document, reason) in [
        (metadata.clone(), Reason::NotAResponse),
        (xml.replace(assertion, &metadata), Reason::NoAssertion),
        (assertion.to_owned(), Reason::NotAResponse),
        (renamed("LogoutResponse"), Reason::NotAResponse),
        (renamed("ArtifactResponse"), Reason::NotAResponse),
        (renamed("AuthnRequest"), Reason::NotAResponse),
        (xml.replace("SAML:2.0:protocol", "SAML:1.0:protocol"), Reason::NotAResponse),
        (
            format!(
                "<samlp:ArtifactResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">{xml}</samlp:ArtifactResponse>"
            ),
            Reason::NotAResponse,
        ),
        (format!("<Envelope>{xml}</Envelope>"), Reason::NotAResponse),
    ] {
        assert_eq!(world.refusal_of_xml(&document), reason, "{document}");
    }
}

#[test]
fn threat_a6_another_key() {
    for dialect in [Dialect::Okta, Dialect::Entra] {
        let world = World::of(dialect);
        for signed in [Signed::Response, Signed::Assertion, Signed::Both] {
            let mut spec = world.spec(dialect);
            spec.signed = signed;
            assert_eq!(world.refusal_of_xml(spec.xml(foreign_key())), Reason::SignatureInvalid);
        }
    }
}

#[test]
fn threat_a6_key_info_is_not_trusted() {
    let world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    for after in [
        format!(
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
            foreign_key().certificate_base64()
        ),
        format!("<ds:KeyInfo><ds:KeyValue>{}</ds:KeyValue></ds:KeyInfo>", foreign_key().public_key_base64()),
        "<ds:KeyInfo><ds:RetrievalMethod URI=\"https://evil.example/key\"></ds:RetrievalMethod></ds:KeyInfo>"
            .to_owned(),
    ] {
        spec.response_signature.after = after.clone();
        spec.assertion_signature.after = after.clone();
        assert_eq!(world.refusal_of_xml(spec.xml(foreign_key())), Reason::SignatureInvalid);
        // The same beside the right key does no harm.
        assert!(world.finish_xml(spec.xml(key())).outcome.is_ok());
    }
}

#[test]
fn threat_a6_a_removed_certificate_verifies_nothing() {
    let world = World::with_keys(enroll_saml::Preset::Okta, &[foreign_key()]);
    assert_eq!(world.refusal_of_xml(world.spec(Dialect::Okta).xml(key())), Reason::SignatureInvalid);
}
