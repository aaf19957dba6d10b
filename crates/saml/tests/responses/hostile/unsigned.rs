//! Without a signature that counts (A1, A6).

use enroll_saml::Reason;
use enroll_testkit::idp::{Dialect, Signed};

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
    ] {
        spec.response_signature.after = after.clone();
        spec.assertion_signature.after = after.clone();
        assert_eq!(world.refusal_of_xml(spec.xml(foreign_key())), Reason::SignatureInvalid);
        // The same beside the right key does no harm.
        assert!(world.finish_xml(spec.xml(key())).outcome.is_ok());
    }
}
