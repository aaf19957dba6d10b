//! Signatures whose parts are repeated, missing or about something else (A5, A8), signed by the right key.

use enroll_saml::Reason;
use enroll_testkit::idp::{Dialect, ResponseSpec, replacing};

use super::cut;
use crate::world::{World, key};

fn refused(reason: Reason, change: impl Fn(&mut ResponseSpec), name: &str) {
    let world = World::of(Dialect::Entra);
    let mut spec = world.spec(Dialect::Entra);
    change(&mut spec);
    assert_eq!(world.refusal(&spec), reason, "{name}");
}

#[test]
fn threat_a8_references_to_anything_but_the_parent() {
    let own = "URI=\"#_9b2d6c6e-3f0a-4b7e-8f55-1d5a5b7c2a01\"";
    for uri in [
        "URI=\"\"",
        "URI=\"#\"",
        "",
        "URI=\"#xpointer(/)\"",
        "URI=\"#xpointer(id('_9b2d6c6e-3f0a-4b7e-8f55-1d5a5b7c2a01'))\"",
        "URI=\"_9b2d6c6e-3f0a-4b7e-8f55-1d5a5b7c2a01\"",
        "URI=\"http://169.254.169.254/latest/meta-data\"",
        "URI=\"file:///etc/passwd\"",
        "URI=\"https://evil.example/#_9b2d6c6e-3f0a-4b7e-8f55-1d5a5b7c2a01\"",
        "URI=\"cid:_9b2d6c6e-3f0a-4b7e-8f55-1d5a5b7c2a01\"",
        "URI=\"#_f47ac10b-58cc-4372-a567-0e02b2c3d479\"",
        "URI=\"#_9B2D6C6E-3F0A-4B7E-8F55-1D5A5B7C2A01\"",
        "URI=\"#_9b2d6c6e-3f0a-4b7e-8f55-1d5a5b7c2a01 \"",
        "URI=\"#unknown\"",
    ] {
        refused(Reason::ReferenceUri, |spec| spec.assertion_signature.edit = replacing(own, uri), uri);
    }
}

#[test]
fn threat_a2_several_references() {
    let twice = |info: String| {
        let reference = cut(&info, "<Reference ", "</Reference>").to_owned();
        info.replace(&reference, &reference.repeat(2))
    };
    refused(Reason::ReferenceCount, |spec| spec.assertion_signature.edit = Some(Box::new(twice)), "two");
    let foreign =
        |info: String| info.replace("<Reference ", "<Manifest ").replace("</Reference>", "</Manifest>");
    refused(
        Reason::ReferenceCount,
        |spec| spec.assertion_signature.edit = Some(Box::new(foreign)),
        "Manifest",
    );
}

#[test]
fn threat_a5_two_signed_infos() {
    let world = World::of(Dialect::Entra);
    let xml = world.spec(Dialect::Entra).xml(key());
    let info = cut(&xml, "<SignedInfo>", "</SignedInfo>");
    let forged = info.replace("DigestValue>", "DigestValue>AAAA");
    for two in [format!("{info}{forged}"), format!("{forged}{info}"), info.repeat(2)] {
        assert_eq!(world.refusal_of_xml(xml.replace(info, &two)), Reason::SignatureForm);
    }
    // In a place that is not signed.
    for place in ["</SignatureValue>", "</Signature>"] {
        let to =
            if place == "</Signature>" { format!("{forged}{place}") } else { format!("{place}{forged}") };
        assert_eq!(world.refusal_of_xml(xml.replacen(place, &to, 1)), Reason::SignatureForm);
    }
    let hidden = format!("<Object>{info}</Object></Signature>");
    assert_eq!(world.refusal_of_xml(xml.replacen("</Signature>", &hidden, 1)), Reason::SignatureForm);
}

#[test]
fn threat_a5_two_digests() {
    for (from, to) in [
        ("</DigestValue>", "</DigestValue><DigestValue>AAAA</DigestValue>"),
        ("<DigestValue>", "<DigestValue>AAAA</DigestValue><DigestValue>"),
        ("<DigestMethod ", "<DigestMethod Algorithm=\"urn:x\"></DigestMethod><DigestMethod "),
    ] {
        refused(Reason::SignatureForm, |spec| spec.assertion_signature.edit = replacing(from, to), to);
    }
}

/// SAMLStorm: the digest that is verified and the digest that is signed are not the same text.
#[test]
fn threat_a5_comments_and_more_in_the_digest_value() {
    let world = World::of(Dialect::Entra);
    let xml = world.spec(Dialect::Entra).xml(key());
    for (inserted, reason) in [
        ("<!--AAAA-->", Reason::Comment),
        ("<?x AAAA?>", Reason::ProcessingInstruction),
        ("<![CDATA[AAAA]]>", Reason::Cdata),
        ("<x>AAAA</x>", Reason::SignatureForm),
        ("AAAA", Reason::SignatureInvalid),
        ("&#10;", Reason::SignatureInvalid),
    ] {
        let altered = xml.replacen("<DigestValue>", &format!("<DigestValue>{inserted}"), 1);
        assert_eq!(world.refusal_of_xml(altered), reason, "{inserted}");
    }
    refused(
        Reason::SignatureForm,
        |spec| spec.assertion_signature.edit = replacing("<DigestValue>", "<DigestValue><x></x>"),
        "element",
    );
}

#[test]
fn threat_a5_a_wrong_digest_by_the_right_key() {
    let digest = |info: String| {
        let value = cut(&info, "<DigestValue>", "</DigestValue>").to_owned();
        info.replace(&value, "<DigestValue>AAAA</DigestValue>")
    };
    refused(Reason::DigestMismatch, |spec| spec.assertion_signature.edit = Some(Box::new(digest)), "digest");
}
