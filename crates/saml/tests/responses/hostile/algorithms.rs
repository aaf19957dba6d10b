//! Algorithms and transforms that are not on the list (A7), signed by the right key wherever it can sign them.

use enroll_saml::Reason;
use enroll_testkit::idp::{Dialect, ResponseSpec, replacing};

use crate::world::World;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

fn refused(reason: Reason, change: impl Fn(&mut ResponseSpec), name: &str) {
    let world = World::of(Dialect::Entra);
    let mut spec = world.spec(Dialect::Entra);
    change(&mut spec);
    assert_eq!(world.refusal(&spec), reason, "{name}");
}

#[test]
fn threat_a7_signature_methods_that_are_not_listed() {
    for method in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "http://www.w3.org/2007/05/xmldsig-more#rsa-pss",
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
        "none",
    ] {
        refused(
            Reason::SignatureMethod,
            |spec| spec.assertion_signature.method = Some(method.into()),
            method,
        );
    }
}

/// The signature is a right HMAC under the public certificate, which everybody has.
#[test]
fn threat_a7_hmac_with_the_certificate_as_secret() {
    for method in
        ["http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"]
    {
        refused(
            Reason::SignatureMethod,
            |spec| spec.assertion_signature.method = Some(method.into()),
            method,
        );
    }
    let length = "<HMACOutputLength>1</HMACOutputLength></SignatureMethod>";
    refused(
        Reason::SignatureMethod,
        |spec| spec.assertion_signature.edit = replacing("</SignatureMethod>", length),
        "HMACOutputLength",
    );
}

/// The name of the key's own algorithm family, another key.
#[test]
fn threat_a7_algorithm_of_another_kind_of_key() {
    let method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    refused(Reason::SignatureInvalid, |spec| spec.assertion_signature.method = Some(method.into()), method);
    // The verification goes by the name that is signed, not by what the key can do.
    let method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
    let world = World::of(Dialect::Entra);
    let xml = world.spec(Dialect::Entra).xml(crate::world::key());
    let renamed = xml.replacen("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", method, 1);
    assert_eq!(world.refusal_of_xml(renamed), Reason::SignatureInvalid);
}

#[test]
fn threat_a7_digests_that_are_not_listed() {
    for digest in [
        "http://www.w3.org/2001/04/xmldsig-more#md5",
        "http://www.w3.org/2000/09/xmldsig#sha1",
        "http://www.w3.org/2001/04/xmldsig-more#sha224",
        "http://www.w3.org/2001/04/xmlenc#ripemd160",
        "",
    ] {
        let reason = if digest.is_empty() { Reason::Incomplete } else { Reason::DigestMethod };
        refused(reason, |spec| spec.assertion_signature.digest = Some(digest.into()), digest);
    }
}

#[test]
fn threat_a7_canonicalization_methods_that_are_not_listed() {
    for method in [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "urn:identity",
    ] {
        let to = format!("<CanonicalizationMethod Algorithm=\"{method}\">");
        let from = format!("<CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\">");
        refused(
            Reason::CanonicalizationMethod,
            |spec| spec.assertion_signature.edit = replacing(from.clone(), to.clone()),
            method,
        );
    }
}

#[test]
fn threat_a7_transforms_that_are_not_listed() {
    let enveloped =
        "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></Transform>";
    let exclusive = format!("<Transform Algorithm=\"{EXCLUSIVE}\"></Transform>");
    let both = format!("{enveloped}{exclusive}");
    let one = |uri: &str| format!("<Transform Algorithm=\"{uri}\"></Transform>");
    let xslt = "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"></xsl:stylesheet></Transform>";
    let xpath = "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><XPath>self::node()</XPath></Transform>";
    for (name, transforms) in [
        ("none", String::new()),
        ("enveloped alone", enveloped.to_owned()),
        ("exclusive alone", exclusive.clone()),
        ("in the other order", format!("{exclusive}{enveloped}")),
        ("three", format!("{both}{exclusive}")),
        ("200", exclusive.repeat(200)),
        ("xslt", format!("{enveloped}{xslt}")),
        ("xslt first", format!("{xslt}{exclusive}")),
        ("xpath", format!("{enveloped}{xpath}")),
        ("xpath filter 2", format!("{enveloped}{}", one("http://www.w3.org/2002/06/xmldsig-filter2"))),
        ("base64", format!("{enveloped}{}", one("http://www.w3.org/2000/09/xmldsig#base64"))),
        ("with comments", format!("{enveloped}{}", one("http://www.w3.org/2001/10/xml-exc-c14n#WithComments"))),
        ("inclusive", format!("{enveloped}{}", one("http://www.w3.org/TR/2001/REC-xml-c14n-20010315"))),
        ("of another namespace", both.replace("<Transform ", "<Transform xmlns=\"urn:other\" ")),
        (
            "content in enveloped",
            both.replacen("></Transform>", "><XPath>x</XPath></Transform>", 1),
        ),
        (
            "many prefixes",
            both.replacen(
                &exclusive,
                &exclusive.replace("></Transform>", &format!("><ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{}\"></ec:InclusiveNamespaces></Transform>", "a ".repeat(17).trim_end())),
                1,
            ),
        ),
    ] {
        refused(
            Reason::Transforms,
            |spec| spec.assertion_signature.edit = replacing(both.clone(), transforms.clone()),
            name,
        );
    }
    refused(
        Reason::Transforms,
        |spec| {
            spec.assertion_signature.edit =
                replacing(format!("<Transforms>{both}</Transforms>"), String::new());
        },
        "no Transforms",
    );
}
